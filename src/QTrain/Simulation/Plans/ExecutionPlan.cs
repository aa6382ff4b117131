using QTrain.Gradients;
using QTrain.Numerics;
using QTrain.Simulation.Kernels;

namespace QTrain.Simulation.Plans;

/// <summary>A unitary circuit as few sweeps over memory, each many steps on a tile while the cache holds it. Made once, bound to parameters
/// again and again.</summary>
/// <remarks>A plan depends on the circuit, the width of the registers and the precision, never on threads, time or the size of a cache.</remarks>
internal sealed unsafe class ExecutionPlan
{
    private readonly PassPlan[] _passes;
    private readonly PlanKernels _kernels;
    private readonly int _bytes, _firstMovedPass, _firstMovedStep;
    private readonly Lock _lock = new();
    private readonly Stack<PlanBinding> _free = [];

    public ExecutionPlan(int qubits, ReadOnlySpan<Instruction> instructions, LaneWidth width, Precision precision, TileShape? shape = null)
    {
        // A block holds three qubits, whether the circuit has them or not.
        qubits = Math.Max(3, qubits);
        QubitCount = qubits;
        _kernels = PlanKernels.For(width, precision);
        _passes = PassBuilder.Build(qubits, instructions, shape ?? TileShape.Of(precision), _kernels, KernelTable.For(width, precision));
        foreach (var pass in _passes)
            foreach (var step in pass.Steps)
            {
                step.Offset = _bytes;
                _bytes += (step.Bytes + 63) & ~63;
            }

        // Nothing before the first step that a parameter moves need be undone.
        (_firstMovedPass, _firstMovedStep) = FirstMoved();

        (int Pass, int Step) FirstMoved()
        {
            for (var p = 0; p < _passes.Length; p++)
            {
                if (_passes[p].Whole is { IsMoved: true }) return (p, 0);
                for (var step = 0; step < _passes[p].Steps.Length; step++)
                    if (_passes[p].Steps[step].IsMoved) return (p, step);
            }
            return (_passes.Length, 0);
        }
    }

    public int QubitCount { get; }

    /// <summary>Passes and their steps, one a line.</summary>
    public override string ToString() => string.Join('\n', _passes.Select(p =>
        $"pass over {p.Tile}\n" + string.Join('\n', p.Steps.Select(s => $"  {s}"))));

    /// <summary>Runs the circuit on a state of <paramref name="qubits"/> qubits, at least as many as the plan's.</summary>
    /// <param name="state">The first number of the amplitudes, in the layout of a <see cref="StateVector"/>.</param>
    /// <param name="qubits">Of the state.</param>
    /// <param name="known">Qubits of the state whose values are known: tiles that hold nothing but zeros are left alone.</param>
    /// <param name="at">Parameter values.</param>
    /// <param name="parts">Threads.</param>
    /// <param name="whole">For gates that mix more qubits than a tile has.</param>
    public void Run(void* state, int qubits, KnownQubits known, ReadOnlySpan<double> at, int parts, GateSweeps whole)
    {
        var binding = Rent();
        Run(binding, state, qubits, known, at, parts, whole);
        Return(binding);
    }

    /// <summary>What an evaluation does before it touches a state, by itself, to be timed.</summary>
    public void Bind(ReadOnlySpan<double> at)
    {
        var binding = Rent();
        Bind(binding, at);
        Return(binding);
    }

    private void Bind(PlanBinding binding, ReadOnlySpan<double> at)
    {
        var scale = new DeferredScale(_kernels.ElementBytes == sizeof(float));
        foreach (var pass in _passes)
            foreach (var step in pass.Steps) step.Bind(binding.Memory + step.Offset, at, ref scale);
    }

    private void Run(PlanBinding binding, void* state, int qubits, KnownQubits known, ReadOnlySpan<double> at, int parts, GateSweeps whole)
    {
        Bind(binding, at);
        foreach (var pass in _passes)
        {
            if (pass.Whole is { } instruction)
            {
                whole.Apply(instruction, instruction.Angle.At(at), inverse: false);
                known = default;
                continue;
            }
            pass.Run((byte*)state, Math.Max(3, qubits), known, binding.Memory, parts);
            known = known.Without(pass.Tile.Mask);
        }
    }

    /// <summary>One forward sweep from |0…0⟩, H|ψ⟩, and one backward sweep: the gradient of ⟨ψ|O|ψ⟩.</summary>
    /// <param name="ket">A state of the plan's qubits; overwritten.</param>
    /// <param name="bra">Another.</param>
    /// <param name="at">Parameter values.</param>
    /// <param name="gradient">One number a parameter; overwritten.</param>
    /// <param name="image">Makes O|ket⟩ of <paramref name="bra"/>, and returns ⟨O⟩.</param>
    /// <param name="cancellation">Looked at between passes.</param>
    public double Differentiate(
        StateVector ket, StateVector bra, ReadOnlySpan<double> at, Span<double> gradient, Func<double> image, CancellationToken cancellation)
    {
        var binding = Rent();
        try
        {
            ket.SetZero();
            Run(binding, ket.Pointer, ket.QubitCount, KnownQubits.Basis(0), at, ket.Parts, ket.Gates);
            var expectation = image();
            gradient.Clear();
            var scale = new DeferredScale(_kernels.ElementBytes == sizeof(float));
            for (var p = _passes.Length - 1; p >= _firstMovedPass; p--)
            {
                cancellation.ThrowIfCancellationRequested();
                var pass = _passes[p];
                if (pass.Whole is { } instruction)
                {
                    if (instruction.IsMoved)
                    {
                        var slope = instruction.SlopeOf(StateVector.InnerProductWith(instruction, bra, ket));
                        instruction.Angle.AddTo(gradient, scale.Value * scale.Value * slope);
                    }
                    ket.Apply(instruction, instruction.Angle.At(at), inverse: true);
                    bra.Apply(instruction, instruction.Angle.At(at), inverse: true);
                    continue;
                }
                var first = p == _firstMovedPass ? _firstMovedStep : 0;
                for (var k = pass.Steps.Length - 1; k >= first; k--) pass.Steps[k].BindBack(binding.Memory + pass.Steps[k].Offset, ref scale);
                var qubits = Math.Max(3, ket.QubitCount);
                var tiles = 1 << (qubits - pass.Tile.QubitCount);
                var slopes = binding.Slopes(tiles * pass.SlopeCount);
                fixed (double* start = slopes)
                    pass.RunBack((byte*)ket.Pointer, (byte*)bra.Pointer, qubits, binding.Memory, ket.Parts, first, start);
                // Tiles are added in order.
                for (var tile = 1; tile < tiles; tile++)
                    for (var k = 0; k < pass.SlopeCount; k++) slopes[k] += slopes[tile * pass.SlopeCount + k];
                for (var k = pass.Steps.Length - 1; k >= first; k--)
                    pass.Steps[k].AddTo(gradient, binding.Memory + pass.Steps[k].Offset, slopes.AsSpan(pass.Steps[k].FirstSlope, pass.Steps[k].SlopeCount));
            }
            GC.KeepAlive(ket);
            GC.KeepAlive(bra);
            return expectation;
        }
        finally
        {
            Return(binding);
        }
    }

    private PlanBinding Rent()
    {
        lock (_lock)
        {
            if (_free.TryPop(out var free)) return free;
        }
        var made = new PlanBinding(_bytes);
        foreach (var pass in _passes)
            foreach (var step in pass.Steps) step.Initialize(made.Memory + step.Offset);
        return made;
    }

    private void Return(PlanBinding binding)
    {
        lock (_lock) _free.Push(binding);
    }
}

/// <summary>The numbers of one evaluation of a plan: coefficients and tables of its steps.</summary>
internal sealed unsafe class PlanBinding
{
    private readonly byte[] _bytes;
    private double[] _slopes = [];

    public PlanBinding(int bytes)
    {
        _bytes = GC.AllocateArray<byte>(bytes + 64, pinned: true);
        Memory = (byte*)(((nuint)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(_bytes, 0) + 63) & ~(nuint)63);
    }

    public byte* Memory { get; }

    /// <summary>Room for the slopes of a pass.</summary>
    public double[] Slopes(int count)
    {
        if (_slopes.Length < count) _slopes = new double[count];
        return _slopes;
    }
}
