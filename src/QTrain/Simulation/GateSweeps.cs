using System.Numerics;
using System.Runtime.CompilerServices;
using QTrain.Numerics;
using QTrain.Observables;
using QTrain.Simulation.Kernels;

namespace QTrain.Simulation;

/// <summary>Applies one instruction after another to amplitudes: which kernel, which offsets, which coefficients in which lane.</summary>
/// <remarks>The amplitudes are a whole state, or a tile of one whose qubits have been renamed.</remarks>
internal sealed unsafe class GateSweeps(KernelTable table)
{
    private const int MostRows = 32;

    private readonly KernelTable _kernels = table;

    /// <summary>The first amplitude.</summary>
    public void* Pointer { get; set; }

    /// <summary>How many qubits the amplitudes are of; their memory holds at least one whole block.</summary>
    public int QubitCount { get; set; }

    /// <summary>How many threads take part.</summary>
    public int Parts { get; init; } = 1;

    private int PaddedQubits => Math.Max(3, QubitCount);

    /// <summary>Applies one unitary instruction, or its inverse, at an angle already bound.</summary>
    [SkipLocalsInit]
    public void Apply(Instruction instruction, double angle, bool inverse)
    {
        if (inverse) angle = -angle;
        var space = stackalloc double[MostRows * 8 + 8];
        var rows = (double*)(((nuint)space + 63) & ~(nuint)63);
        switch (instruction.Kind)
        {
            case InstructionKind.Phase:
                var (sin, cos) = Math.SinCos(angle);
                ApplyPhase(new Complex(cos, sin), instruction.ControlMask, instruction.ControlValue, rows);
                break;
            case InstructionKind.PauliRotation:
                ApplyPauliRotation(instruction.Pauli, angle, instruction.ControlMask, instruction.ControlValue, rows);
                break;
            case InstructionKind.Matrix:
                ApplyMatrix(instruction, inverse, rows);
                break;
            default:
                throw new QuantumException("A circuit that measures or resets before its end has no single final state; run it with shots.");
        }
    }

    /// <summary>Keeps the part of the state in which a qubit has a value and multiplies it with a factor.</summary>
    [SkipLocalsInit]
    public void Project(int qubit, bool value, double factor)
    {
        var space = stackalloc double[MostRows * 8 + 8];
        ApplyDiagonal(1UL << qubit, value ? 0 : factor, value ? factor : 0, 0, 0, (double*)(((nuint)space + 63) & ~(nuint)63));
    }

    private void ApplyMatrix(Instruction instruction, bool inverse, double* rows)
    {
        var plan = instruction.Plan;
        var (mask, value) = (instruction.ControlMask, instruction.ControlValue);
        switch (plan.Shape)
        {
            case GateShape.Nothing:
                break;
            case GateShape.Diagonal:
                var (zero, one) = (instruction.Matrix[0], instruction.Matrix[3]);
                if (inverse) (zero, one) = (Complex.Conjugate(zero), Complex.Conjugate(one));
                var target = 1UL << instruction.Targets[0];
                if (zero == Complex.One) ApplyPhase(one, mask | target, value | target, rows);
                else ApplyDiagonal(target, zero, one, mask, value, rows);
                break;
            case GateShape.Exchange:
                Exchange(plan.From, plan.To, mask | plan.Fixed, value | plan.FixedValue, rows);
                break;
            case GateShape.Real or GateShape.General:
                ApplyOneQubit(instruction, plan.Shape == GateShape.Real, inverse, rows);
                break;
            case GateShape.Two:
                ApplyTwoQubits(instruction, inverse, rows);
                break;
            default:
                ApplyMany(instruction, inverse, rows);
                break;
        }
    }

    private Sweep Begin(KernelTable kernels, ulong held, ulong controlMask, ulong controlValue)
    {
        var inside = (ulong)(kernels.Lanes - 1);
        var fix = Sweep.OffsetOf((held | controlMask) & ~inside) | 8 | (nuint)inside;
        return new Sweep
        {
            State = (byte*)Pointer + (nint)Sweep.OffsetOf(controlValue & ~inside) * kernels.ElementBytes,
            Fixed = fix,
            Count = (nint)1 << (PaddedQubits + 1 - BitOperations.PopCount(fix)),
        };
    }

    private void ApplyPhase(Complex phase, ulong mask, ulong value, double* rows)
    {
        var lanes = _kernels.Lanes;
        var sweep = Begin(_kernels, 0, mask, value);
        for (var lane = 0; lane < lanes; lane++) Set(rows, 0, lane, Matches(lane, mask, value) ? phase : Complex.One);
        sweep.Rows = rows;
        sweep.Kernel = _kernels.Phase;
        Run(&sweep);
    }

    /// <summary>Multiplies with <paramref name="even"/> or <paramref name="odd"/> by the parity of the qubits of <paramref name="z"/>.</summary>
    private void ApplyDiagonal(ulong z, Complex even, Complex odd, ulong mask, ulong value, double* rows)
    {
        var lanes = _kernels.Lanes;
        // One qubit outside the register needs no parity: its two values are visited together.
        var outside = z & ~(ulong)(lanes - 1);
        var isPair = BitOperations.IsPow2(outside);
        var sweep = Begin(_kernels, isPair ? outside : 0, mask, value);
        for (var parity = 0; parity < 2; parity++)
            for (var lane = 0; lane < lanes; lane++)
            {
                var isOdd = ((parity + BitOperations.PopCount(z & (ulong)lane)) & 1) != 0;
                Set(rows, parity, lane, !Matches(lane, mask, value) ? Complex.One : isOdd ? odd : even);
            }
        sweep.Rows = rows;
        sweep.Sign = sweep.Flip = Sweep.OffsetOf(outside);
        sweep.Kernel = outside == 0 ? _kernels.Phase : isPair ? _kernels.PairDiagonal : _kernels.Diagonal;
        Run(&sweep);
    }

    private void ApplyPauliRotation(PauliString pauli, double angle, ulong mask, ulong value, double* rows)
    {
        var (sin, cos) = Math.SinCos(angle / 2);
        if (pauli.X == 0)
        {
            if (pauli.Z == 0) ApplyPhase(new Complex(cos, -sin), mask, value, rows);
            else ApplyDiagonal(pauli.Z, new Complex(cos, -sin), new Complex(cos, sin), mask, value, rows);
            return;
        }
        // Row i of −i·sin·P has the factor −i·(−i)^y·(−1)^(z·i): imaginary for an even number y of Ys, real for an odd one.
        var y = pauli.CountY;
        var isTurned = (y & 1) == 0;
        if ((y & 2) == 0) sin = -sin;
        var (lanes, inside) = (_kernels.Lanes, (ulong)(_kernels.Lanes - 1));
        var outside = pauli.X & ~inside;
        var pivot = outside == 0 ? 0 : 1UL << BitOperations.Log2(outside);
        var sweep = Begin(_kernels, pivot, mask, value);
        sweep.Rows = rows;
        sweep.Flip = Sweep.OffsetOf(outside);
        sweep.LaneFlip = (int)(pauli.X & inside);
        sweep.Sign = Sweep.OffsetOf(pauli.Z & ~inside);
        if (!isTurned && outside == 0 && (pauli.Z & ~inside) == 0)
        {
            for (var lane = 0; lane < lanes; lane++) SetRotation(lane, 0, 1, -1);
            sweep.Kernel = _kernels.LaneReal;
        }
        else if (!isTurned && outside == pauli.X && outside == pivot && (pauli.Z & ~inside & ~pivot) == 0)
        {
            for (var lane = 0; lane < lanes; lane++)
            {
                SetRotation(lane, 0, 1, 2);
                rows[3 * lanes + lane] = rows[lane];
            }
            sweep.Kernel = _kernels.PairReal;
        }
        else
        {
            for (var lane = 0; lane < lanes; lane++) SetRotation(lane, 0, 1, 2);
            sweep.Kernel = outside == 0
                ? isTurned ? _kernels.LanePauliTurned : _kernels.LanePauli
                : sweep.LaneFlip == 0
                    ? isTurned ? _kernels.PairPauliTurned : _kernels.PairPauli
                    : isTurned ? _kernels.PairPauliTurnedFlipped : _kernels.PairPauliFlipped;
        }
        Run(&sweep);

        void SetRotation(int lane, int own, int even, int odd)
        {
            var matches = Matches(lane, mask, value);
            var signed = !matches ? 0 : (BitOperations.PopCount(pauli.Z & (ulong)lane) & 1) == 0 ? sin : -sin;
            rows[own * lanes + lane] = matches ? cos : 1;
            rows[even * lanes + lane] = signed;
            if (odd >= 0) rows[odd * lanes + lane] = matches ? -signed : 0;
        }
    }

    /// <summary>Exchanges the amplitudes of two basis states of some qubits: <paramref name="from"/> ⊕ <paramref name="to"/> are those qubits.</summary>
    private void Exchange(ulong from, ulong to, ulong mask, ulong value, double* rows)
    {
        var (lanes, inside) = (_kernels.Lanes, (ulong)(_kernels.Lanes - 1));
        var flipped = from ^ to;
        var sweep = Begin(_kernels, flipped, mask, value);
        sweep.Rows = rows;
        sweep.Flip = Sweep.OffsetOf(from & ~inside);
        sweep.Flip2 = Sweep.OffsetOf(to & ~inside);
        sweep.LaneFlip = (int)(flipped & inside);
        if ((flipped & ~inside) == 0)
        {
            for (var lane = 0; lane < lanes; lane++)
                SetMask(0, lane, Matches(lane, mask, value) && (Matches(lane, flipped, from) || Matches(lane, flipped, to)));
            sweep.Kernel = _kernels.LaneExchange;
        }
        else if (((flipped | mask) & inside) == 0)
        {
            sweep.Kernel = _kernels.PairExchange;
        }
        else
        {
            for (var lane = 0; lane < lanes; lane++)
            {
                SetMask(0, lane, Matches(lane, mask, value) && Matches(lane, flipped, from));
                SetMask(1, lane, Matches(lane, mask, value) && Matches(lane, flipped, to));
            }
            sweep.Kernel = _kernels.PairExchangeLanes;
        }
        Run(&sweep);

        void SetMask(int row, int lane, bool set) => ((long*)rows)[row * lanes + lane] = set ? -1 : 0;
    }

    private void ApplyOneQubit(Instruction instruction, bool isReal, bool inverse, double* rows)
    {
        var (mask, value) = (instruction.ControlMask, instruction.ControlValue);
        var lanes = _kernels.Lanes;
        var target = 1UL << instruction.Targets[0];
        var sweep = Begin(_kernels, target, mask, value);
        sweep.Rows = rows;
        if (target < (ulong)lanes)
        {
            sweep.LaneFlip = (int)target;
            for (var lane = 0; lane < lanes; lane++)
            {
                var bit = ((ulong)lane & target) != 0 ? 1 : 0;
                var matches = Matches(lane, mask, value);
                Put(0, lane, matches ? Entry(instruction, bit, bit, inverse) : 1);
                Put(1, lane, matches ? Entry(instruction, bit, bit ^ 1, inverse) : 0);
            }
            sweep.Kernel = isReal ? _kernels.LaneReal : _kernels.LaneGeneral;
        }
        else
        {
            sweep.Flip = Sweep.OffsetOf(target);
            for (var entry = 0; entry < 4; entry++)
            {
                var inMatrix = Entry(instruction, entry >> 1, entry & 1, inverse);
                Complex inIdentity = entry is 0 or 3 ? 1 : 0;
                for (var lane = 0; lane < lanes; lane++) Put(entry, lane, Matches(lane, mask, value) ? inMatrix : inIdentity);
            }
            sweep.Kernel = isReal ? _kernels.PairReal : _kernels.PairGeneral;
        }
        Run(&sweep);

        void Put(int row, int lane, Complex entry)
        {
            if (isReal) rows[row * lanes + lane] = entry.Real;
            else Set(rows, row, lane, entry);
        }
    }

    private void ApplyTwoQubits(Instruction instruction, bool inverse, double* rows)
    {
        var (mask, value) = (instruction.ControlMask, instruction.ControlValue);
        var lanes = _kernels.Lanes;
        var (first, second) = (1UL << instruction.Targets[0], 1UL << instruction.Targets[1]);
        var sweep = Begin(_kernels, first | second, mask, value);
        sweep.Rows = rows;
        // Targets by how they are reached: outside the register by an offset, inside it by flipping lanes.
        Span<ulong> outside = stackalloc ulong[2], inside = stackalloc ulong[2];
        var (outsideCount, insideCount) = (0, 0);
        foreach (var target in (ReadOnlySpan<ulong>)[first, second])
        {
            if (target < (ulong)lanes) inside[insideCount++] = target;
            else outside[outsideCount++] = target;
        }
        if (insideCount == 2 && inside[0] > inside[1]) (inside[0], inside[1]) = (inside[1], inside[0]);
        var row = 0;
        for (var to = 0; to < 1 << outsideCount; to++)
            for (var from = 0; from < 1 << outsideCount; from++)
                for (var flip = 0; flip < 1 << insideCount; flip++, row++)
                {
                    ulong flipped = 0;
                    for (var k = 0; k < insideCount; k++)
                        if ((flip >> k & 1) != 0) flipped |= inside[k];
                    for (var lane = 0; lane < lanes; lane++)
                    {
                        var (destination, origin) = ((ulong)lane & (first | second), ((ulong)lane ^ flipped) & (first | second));
                        for (var k = 0; k < outsideCount; k++)
                        {
                            if ((to >> k & 1) != 0) destination |= outside[k];
                            if ((from >> k & 1) != 0) origin |= outside[k];
                        }
                        Set(rows, row, lane, Matches(lane, mask, value)
                            ? Entry(instruction, Local(destination), Local(origin), inverse)
                            : destination == origin ? 1 : 0);
                    }
                }
        sweep.LaneFlip = (int)(inside[0] | inside[1]);
        sweep.Flip = Sweep.OffsetOf(outside[0]);
        sweep.Flip2 = Sweep.OffsetOf(outside[1]);
        sweep.Kernel = outsideCount switch { 2 => _kernels.DenseTwoOutside, 1 => _kernels.DenseOneOutside, _ => _kernels.DenseTwoInside };
        Run(&sweep);

        int Local(ulong state) => ((state & first) != 0 ? 1 : 0) | ((state & second) != 0 ? 2 : 0);
    }

    private void ApplyMany(Instruction instruction, bool inverse, double* rows)
    {
        var (mask, value) = (instruction.ControlMask, instruction.ControlValue);
        var kernels = _kernels;
        var inside = (ulong)(kernels.Lanes - 1);
        Span<int> targets = stackalloc int[instruction.Targets.Length];
        instruction.Targets.CopyTo(targets);
        // Targets inside the register change places with qubits outside for the while; where there are none the state is small.
        Span<(ulong Inside, ulong Outside)> moved = stackalloc (ulong, ulong)[3];
        var moves = 0;
        var free = ~(inside | mask | instruction.Plan.Targets) & ((1UL << QubitCount) - 1);
        for (var k = 0; k < targets.Length; k++)
        {
            if (1UL << targets[k] > inside) continue;
            if (free == 0)
            {
                kernels = KernelTable.For(LaneWidth.Scalar, kernels.Precision);
                break;
            }
            moved[moves++] = (1UL << targets[k], free & (0 - free));
            targets[k] = BitOperations.TrailingZeroCount(free);
            free &= free - 1;
        }
        for (var m = 0; m < moves; m++) Exchange(moved[m].Inside, moved[m].Outside, 0, 0, rows);
        var size = 1 << targets.Length;
        ulong all = 0;
        foreach (var target in targets) all |= 1UL << target;
        var offsets = stackalloc nuint[size];
        for (var local = 0; local < size; local++)
        {
            ulong global = 0;
            for (var k = 0; k < targets.Length; k++)
                if ((local >> k & 1) != 0) global |= 1UL << targets[k];
            offsets[local] = Sweep.OffsetOf(global);
        }
        var sweep = Begin(kernels, all, mask, value);
        sweep.Rows = rows;
        for (var lane = 0; lane < kernels.Lanes; lane++) ((long*)rows)[lane] = MatchesInside(lane, kernels.Lanes, mask, value) ? -1 : 0;
        fixed (Complex* entries = instruction.Matrix)
        {
            sweep.Dense = new DenseMatrix
            {
                Entries = (double*)entries,
                Down = inverse ? 2 : 2 * size,
                Right = inverse ? 2 * size : 2,
                Imaginary = inverse ? -1 : 1,
                Offsets = offsets,
                Size = size,
                HasLaneMask = (mask & (ulong)(kernels.Lanes - 1)) != 0,
            };
            sweep.Kernel = kernels.DenseMany;
            Run(&sweep);
        }
        for (var m = moves - 1; m >= 0; m--) Exchange(moved[m].Inside, moved[m].Outside, 0, 0, rows);
    }

    private static Complex Entry(Instruction instruction, int row, int column, bool inverse)
    {
        var size = 1 << instruction.Targets.Length;
        return inverse ? Complex.Conjugate(instruction.Matrix[column * size + row]) : instruction.Matrix[row * size + column];
    }

    private bool Matches(int lane, ulong mask, ulong value) => MatchesInside(lane, _kernels.Lanes, mask, value);

    public static bool MatchesInside(int lane, int lanes, ulong mask, ulong value) => (((ulong)lane ^ value) & mask & (ulong)(lanes - 1)) == 0;

    /// <summary>Writes a complex coefficient: a row of real parts and a row of imaginary parts.</summary>
    private void Set(double* rows, int row, int lane, Complex coefficient)
    {
        rows[2 * row * _kernels.Lanes + lane] = coefficient.Real;
        rows[(2 * row + 1) * _kernels.Lanes + lane] = coefficient.Imaginary;
    }

    private void Run(Sweep* sweep)
    {
        // Below this a part is shorter than telling a thread about it.
        if (Parts == 1 || sweep->Count < 512) sweep->Kernel(sweep, 0, sweep->Count);
        else WorkerTeam.Shared.Run(&SweepPart, sweep, Parts);
    }

    private static void SweepPart(void* context, int part, int parts)
    {
        var sweep = (Sweep*)context;
        sweep->Kernel(sweep, WorkerTeam.Share(sweep->Count, part, parts), WorkerTeam.Share(sweep->Count, part + 1, parts));
    }
}
