using System.Numerics;
using System.Runtime.CompilerServices;
using QTrain.Observables;
using QTrain.Simulation.Kernels;

namespace QTrain.Simulation;

// Sums over amplitudes, tile by tile in a fixed shape.
public sealed unsafe partial class StateVector
{
    [ThreadStatic]
    private static double[]? _scratch;

    /// <summary>⟨ψ|O|ψ⟩; its real part where O is not Hermitian.</summary>
    /// <param name="observable">A sum on as many qubits as the state has, or fewer (the lowest).</param>
    public double Expectation(PauliSum observable)
    {
        var compiled = CompiledObservable.HermitianPartOf(observable);
        Check(compiled);
        var plan = compiled.PlanFor(PaddedQubits, _kernels);
        var sums = Sums(plan.UnitCount);
        fixed (double* start = sums)
        fixed (ObservableVisit* visits = plan.Visits)
        fixed (ObservableItem* items = plan.Items)
        fixed (RowMask* masks = plan.Masks)
        fixed (double* rows = compiled.Rows)
        fixed (ulong* starts = plan.Starts)
        fixed (ulong* rowStarts = plan.RowStarts)
        fixed (double* diagonals = plan.Diagonals)
        {
            var job = new ExpectationJob
            {
                Kernel = _kernels.Expectation,
                Units = plan.UnitCount,
                Pass = new ExpectationPass
                {
                    Source = Pointer,
                    Sums = start,
                    Visits = visits,
                    VisitCount = plan.Visits.Length,
                    Items = items,
                    Masks = masks,
                    Rows = rows,
                    Starts = starts,
                    RowStarts = rowStarts,
                    Diagonals = diagonals,
                    Qubits = PaddedQubits,
                },
            };
            var parts = PartsFor(plan.UnitCount);
            if (parts <= 1) ExpectationPart(&job, 0, 1);
            else Numerics.WorkerTeam.Shared.Run(&ExpectationPart, &job, parts);
            GC.KeepAlive(this);
            return Tiles.Combine(start, plan.UnitCount, 1);
        }
    }

    /// <summary>‖(O − m)|ψ⟩‖² with m = ⟨ψ|O|ψ⟩, which is ⟨ψ|O†O|ψ⟩ − m²: for Hermitian O the variance of its measured values. Never negative.</summary>
    /// <param name="observable">A sum on as many qubits as the state has, or fewer (the lowest).</param>
    public double Variance(PauliSum observable)
    {
        // Not as a difference of two large numbers: of an energy of −100 hartree that would leave 1e-12 at an eigenstate, of either sign.
        var mean = Expectation(observable);
        return Observe(CompiledObservable.For(observable), _kernels.SquareAround, null, mean).First;
    }

    /// <summary>⟨this|other⟩.</summary>
    public Complex InnerProduct(StateVector other)
    {
        Check(other);
        return InnerProduct(this, other, default, 0, 0);
    }

    /// <summary>⟨ψ|ψ⟩: 1 up to rounding, unless the state was projected.</summary>
    public double NormSquared() => Weight(0, 0);

    /// <summary>|amplitude|² of every basis state.</summary>
    public double[] Probabilities()
    {
        var probabilities = new double[Math.Max(8, Length)];
        fixed (double* start = probabilities)
        {
            var reduction = new Reduction { Bra = Pointer, Sums = start, TileBlocks = Tiles.BlocksFor(PaddedQubits) };
            RunTiles(_kernels.Squares, &reduction);
        }
        return probabilities.LongLength == Length ? probabilities : probabilities[..(int)Length];
    }

    /// <summary>The probability of every outcome of some qubits, the first listed the lowest bit of the outcome.</summary>
    public double[] Probabilities(params ReadOnlySpan<int> qubits)
    {
        CheckQubits(qubits);
        if (qubits.Length == QubitCount && IsInOrder(qubits)) return Probabilities();
        var outcomes = new double[1L << qubits.Length];
        if (qubits.Length <= 8)
        {
            // Each outcome visits only what belongs to it, so that all of them together are one pass.
            ulong mask = 0;
            foreach (var qubit in qubits) mask |= 1UL << qubit;
            for (var outcome = 0; outcome < outcomes.Length; outcome++)
            {
                ulong value = 0;
                for (var k = 0; k < qubits.Length; k++) value |= ((ulong)outcome >> k & 1) << qubits[k];
                outcomes[outcome] = Weight(mask, value);
            }
            return outcomes;
        }
        for (long i = 0; i < Length; i++)
        {
            var amplitude = Read((ulong)i);
            outcomes[Extract((ulong)i, qubits)] += amplitude.Real * amplitude.Real + amplitude.Imaginary * amplitude.Imaginary;
        }
        GC.KeepAlive(this);
        return outcomes;
    }

    /// <summary>The part of ⟨ψ|ψ⟩ in which the qubits of a mask have given values.</summary>
    internal double Weight(ulong mask, ulong value)
    {
        var sums = Sums();
        fixed (double* start = sums)
        {
            var reduction = Reduction.Between(Pointer, null, PaddedQubits, default, mask, value);
            reduction.Sums = start;
            RunTiles(_kernels.Norm, &reduction);
            return Tiles.Combine(start, Tiles.CountFor(PaddedQubits), 2);
        }
    }

    /// <summary>target = O·source, not normalized. For Lanczos, variances and adjoint gradients.</summary>
    internal static void SetToImage(StateVector target, PauliSum observable, StateVector source)
    {
        source.Check(target);
        if (observable.Terms.IsEmpty)
        {
            target.Clear();
            return;
        }
        if (ReferenceEquals(target, source)) throw new ArgumentException("The image needs a state of its own.", nameof(target));
        source.Observe(CompiledObservable.For(observable), source._kernels.Image, target);
    }

    /// <summary>⟨bra|G|ket⟩ of the generator of an instruction: G = P·Π for a rotation exp(−i·angle·P/2), G = Π for a phase, with Π the
    /// projector on the states that match the instruction's controls. One pass, no third state.</summary>
    internal static Complex InnerProductWith(Instruction instruction, StateVector bra, StateVector ket)
    {
        bra.Check(ket);
        return InnerProduct(bra, ket, instruction.Pauli, instruction.ControlMask, instruction.ControlValue);
    }

    /// <summary>target += factor·G|source⟩ with the generator G of <see cref="InnerProductWith"/>.</summary>
    internal static void AddGeneratorImage(StateVector target, Complex factor, Instruction instruction, StateVector source)
    {
        target.Check(source);
        if (ReferenceEquals(target, source)) throw new ArgumentException("The image needs a state of its own.", nameof(target));
        var reduction = Reduction.Between(
            target.Pointer, source.Pointer, target.PaddedQubits, instruction.Pauli, instruction.ControlMask, instruction.ControlValue);
        var phased = factor * Reduction.PhaseOfYs(instruction.Pauli);
        (reduction.FactorReal, reduction.FactorImaginary) = (phased.Real, phased.Imaginary);
        target.RunTiles(target._kernels.AddImage, &reduction);
        GC.KeepAlive(source);
    }

    /// <summary>⟨bra|P·Π|ket⟩.</summary>
    private static Complex InnerProduct(StateVector bra, StateVector ket, PauliString pauli, ulong mask, ulong value)
    {
        var sums = bra.Sums();
        fixed (double* start = sums)
        {
            var reduction = Reduction.Between(bra.Pointer, ket.Pointer, bra.PaddedQubits, pauli, mask, value);
            reduction.Sums = start;
            bra.RunTiles(bra._kernels.InnerProduct, &reduction);
            GC.KeepAlive(ket);
            var tiles = Tiles.CountFor(bra.PaddedQubits);
            var sum = new Complex(Tiles.Combine(start, tiles, 2), Tiles.Combine(start + 1, tiles, 2));
            return Reduction.PhaseOfYs(pauli) * sum;
        }
    }

    private (double First, double Second) Observe(
        CompiledObservable observable, delegate*<ObservablePass*, nint, double*, void> kernel, StateVector? target, double center = 0)
    {
        Check(observable);
        var sums = Sums();
        var blocks = Tiles.BlocksFor(PaddedQubits);
        var tiles = Tiles.CountFor(PaddedQubits);
        fixed (double* start = sums)
        fixed (ObservableGroup* groups = observable.Groups)
        fixed (RowMask* masks = observable.Masks)
        fixed (double* rows = observable.Rows)
        {
            var job = new ObservableJob
            {
                Kernel = kernel,
                Tiles = tiles,
                Pass = new ObservablePass
                {
                    Source = Pointer,
                    Target = target is null ? null : target.Pointer,
                    Center = center,
                    Sums = start,
                    TileBlocks = blocks,
                    Groups = groups,
                    GroupCount = observable.Groups.Length,
                    Masks = masks,
                    Rows = rows,
                },
            };
            var parts = PartsFor(tiles);
            if (parts == 1) ObservablePart(&job, 0, 1);
            else Numerics.WorkerTeam.Shared.Run(&ObservablePart, &job, parts);
            GC.KeepAlive(this);
            GC.KeepAlive(target);
            if (target is not null) return default;
            return (Tiles.Combine(start, tiles, 2), Tiles.Combine(start + 1, tiles, 2));
        }
    }

    private void Check(CompiledObservable observable)
    {
        if (observable.QubitCount > QubitCount)
            throw new QuantumException($"An observable on {observable.QubitCount} qubits cannot be measured on a state of {QubitCount}.");
    }

    private static void ExpectationPart(void* context, int part, int parts)
    {
        var job = (ExpectationJob*)context;
        fixed (double* space = Scratch())
        {
            var scratch = (double*)(((nuint)space + 63) & ~(nuint)63);
            for (var unit = Share(job->Units, part, parts); unit < Share(job->Units, part + 1, parts); unit++) job->Kernel(&job->Pass, unit, scratch);
        }
    }

    // Too large for a stack; one a thread, so that an evaluation allocates nothing.
    private static double[] Scratch() => _scratch ??= GC.AllocateUninitializedArray<double>(ExpectationKernels<Numerics.Lanes1, double>.Scratch + 8, pinned: true);

    [SkipLocalsInit]
    private static void ObservablePart(void* context, int part, int parts)
    {
        var job = (ObservableJob*)context;
        var space = stackalloc double[ObservableKernels<Numerics.Lanes1, double>.Scratch + 8];
        var scratch = (double*)(((nuint)space + 63) & ~(nuint)63);
        for (var tile = Share(job->Tiles, part, parts); tile < Share(job->Tiles, part + 1, parts); tile++) job->Kernel(&job->Pass, tile, scratch);
    }

    private void RunTiles(delegate*<Reduction*, nint, void> kernel, Reduction* reduction)
    {
        var job = new ReductionJob { Kernel = kernel, Reduction = reduction, Tiles = Tiles.CountFor(PaddedQubits) };
        // One portion a thread, as a sweep has: what a core wrote last it then reads from its own cache.
        var parts = (int)Math.Min(job.Tiles, _parts);
        if (parts == 1) ReductionPart(&job, 0, 1);
        else Numerics.WorkerTeam.Shared.Run(&ReductionPart, &job, parts);
        GC.KeepAlive(this);
    }

    private static void ReductionPart(void* context, int part, int parts)
    {
        var job = (ReductionJob*)context;
        for (var tile = Share(job->Tiles, part, parts); tile < Share(job->Tiles, part + 1, parts); tile++) job->Kernel(job->Reduction, tile);
    }

    // Tiles differ in work, so each thread gets a few portions rather than one.
    private int PartsFor(nint tiles) => _parts == 1 ? 1 : (int)Math.Min(tiles, Math.Min(4 * _parts, Numerics.WorkerTeam.MaxParts));

    private double[] Sums() => Sums(2 * Tiles.CountFor(PaddedQubits));

    private double[] Sums(nint needed)
    {
        if (_sums.Length < needed) _sums = GC.AllocateUninitializedArray<double>((int)needed, pinned: true);
        return _sums;
    }

    private void CheckQubits(ReadOnlySpan<int> qubits)
    {
        ulong seen = 0;
        foreach (var qubit in qubits)
        {
            if ((uint)qubit >= (uint)QubitCount) throw new QubitOutOfRangeException(qubit, QubitCount);
            if ((seen >> qubit & 1) != 0) throw new QuantumException($"Qubit {qubit} is listed twice: the qubits must differ.");
            seen |= 1UL << qubit;
        }
    }

    private static bool IsInOrder(ReadOnlySpan<int> qubits)
    {
        for (var k = 0; k < qubits.Length; k++)
            if (qubits[k] != k) return false;
        return true;
    }

    /// <summary>The bits of a basis state at some qubits, the first listed lowest.</summary>
    internal static ulong Extract(ulong basis, ReadOnlySpan<int> qubits)
    {
        ulong bits = 0;
        for (var k = 0; k < qubits.Length; k++) bits |= (basis >> qubits[k] & 1) << k;
        return bits;
    }

    private struct ExpectationJob
    {
        public delegate*<ExpectationPass*, nint, double*, void> Kernel;
        public nint Units;
        public ExpectationPass Pass;
    }

    private struct ObservableJob
    {
        public delegate*<ObservablePass*, nint, double*, void> Kernel;
        public nint Tiles;
        public ObservablePass Pass;
    }

    private struct ReductionJob
    {
        public delegate*<Reduction*, nint, void> Kernel;
        public Reduction* Reduction;
        public nint Tiles;
    }
}
