using System.Numerics;
using System.Runtime.InteropServices;
using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.Observables;
using QTrain.Simulation.Kernels;
using QTrain.Simulation.Plans;

namespace QTrain.Simulation;

/// <summary>A pure state of n qubits: 2ⁿ amplitudes, entry i belonging to the basis state whose binary digits are i, qubit 0 lowest.</summary>
/// <remarks>Amplitudes lie in native memory in blocks of eight real parts and eight imaginary parts, so that real gates never shuffle lanes;
/// see <see cref="Sweep"/>. A state is not safe for use by several threads at once; different states are. Dispose returns the memory.</remarks>
public sealed unsafe partial class StateVector : IDisposable
{
    /// <summary>Fewer qubits than this are done sooner by one thread than two can be told to begin.</summary>
    private const int FewestQubitsForThreads = 14;

    private readonly AmplitudeBuffer _buffer;
    private readonly KernelTable _kernels;
    private readonly int _parts;
    private readonly GateSweeps _gates;

    // Forgotten as soon as anybody may write.
    private KnownQubits _known;
    private double[] _sums = [];

    private StateVector(int qubits, SimulationOptions? options)
    {
        if (qubits < 1) throw new QuantumException($"A state of {qubits} qubits cannot be: it needs at least 1.");
        Options = options ?? SimulationOptions.Default;
        QubitCount = qubits;
        _kernels = KernelTable.For(Options.Width, Options.Precision);
        _parts = qubits < FewestQubitsForThreads ? 1 : Options.Parts;
        _buffer = AmplitudeBuffer.Rent(qubits, Options.Precision);
        _gates = new GateSweeps(_kernels) { Pointer = _buffer.Pointer, QubitCount = qubits, Parts = _parts };
    }

    /// <summary>How many qubits.</summary>
    public int QubitCount { get; }

    /// <summary>How many amplitudes: 2ⁿ.</summary>
    public long Length => 1L << QubitCount;

    /// <summary>What the amplitudes are kept as.</summary>
    public Precision Precision => Options.Precision;

    /// <summary>How the state uses the machine.</summary>
    public SimulationOptions Options { get; }

    /// <summary>|0…0⟩.</summary>
    /// <param name="qubits">How many qubits, at least 1.</param>
    /// <param name="options">Threads and so on; all threads by default.</param>
    /// <exception cref="NotEnoughMemoryException">The state does not fit into memory.</exception>
    public static StateVector Zero(int qubits, SimulationOptions? options = null)
    {
        var state = new StateVector(qubits, options);
        state.SetZero();
        return state;
    }

    /// <summary>A state of given amplitudes, 2ⁿ of them; they are taken as they are, without normalizing.</summary>
    public static StateVector FromAmplitudes(ReadOnlySpan<Complex> amplitudes, SimulationOptions? options = null)
    {
        if (amplitudes.Length < 2 || !BitOperations.IsPow2(amplitudes.Length))
            throw new QuantumException($"A state has 2, 4, 8 … amplitudes, one for each basis state; {amplitudes.Length} were given.");
        var state = Zero(BitOperations.Log2((uint)amplitudes.Length), options);
        for (var i = 0; i < amplitudes.Length; i++) state.Write((ulong)i, amplitudes[i]);
        GC.KeepAlive(state);
        return state;
    }

    /// <summary>The amplitude of a basis state.</summary>
    public Complex this[long basis]
    {
        get
        {
            if ((ulong)basis >= (ulong)Length)
                throw new ArgumentOutOfRangeException(nameof(basis), basis, $"A state of {QubitCount} qubits has basis states 0 to {Length - 1}.");
            var amplitude = Read((ulong)basis);
            GC.KeepAlive(this);
            return amplitude;
        }
    }

    /// <summary>Puts the state back to |0…0⟩.</summary>
    public void SetZero() => SetBasis(0);

    /// <summary>Puts the state to a basis state, such as a reference determinant.</summary>
    public void SetBasis(long basis)
    {
        if ((ulong)basis >= (ulong)Length)
            throw new ArgumentOutOfRangeException(nameof(basis), basis, $"A state of {QubitCount} qubits has basis states 0 to {Length - 1}.");
        Clear();
        Write((ulong)basis, Complex.One);
        _known = KnownQubits.Basis((ulong)basis);
        GC.KeepAlive(this);
    }

    /// <summary>Makes every amplitude zero: not a state, but the start of a sum of some.</summary>
    internal void Clear()
    {
        // Each part clears the pages it will work on.
        ForBytes(&ClearPart, Pointer, null);
        GC.KeepAlive(this);
    }

    /// <summary>Makes this state equal to another of as many qubits and the same precision.</summary>
    public void CopyFrom(StateVector other)
    {
        Check(other);
        ForBytes(&CopyPart, Pointer, other.Pointer);
        GC.KeepAlive(other);
        GC.KeepAlive(this);
    }

    /// <summary>All amplitudes.</summary>
    public Complex[] ToArray()
    {
        var amplitudes = new Complex[Length];
        for (long i = 0; i < amplitudes.LongLength; i++) amplitudes[i] = Read((ulong)i);
        GC.KeepAlive(this);
        return amplitudes;
    }

    /// <summary>Runs a unitary circuit on the state.</summary>
    /// <param name="circuit">A compiled circuit without measurement, reset or condition, of as many qubits or fewer (the lowest).</param>
    /// <param name="at">Parameter values in radians, in the order of the circuit's parameters.</param>
    /// <exception cref="QuantumException">The circuit measures, resets or asks a condition, or has more qubits than the state.</exception>
    public void Apply(CompiledCircuit circuit, ReadOnlySpan<double> at = default)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        if (circuit.QubitCount > QubitCount)
            throw new QuantumException($"A circuit of {circuit.QubitCount} qubits cannot run on a state of {QubitCount}.");
        circuit.CheckPoint(at);
        if (!circuit.IsUnitary)
            throw new QuantumException("A circuit that measures, resets or asks a condition has no single final state; run it with shots.");
        var known = _known;
        circuit.PlanFor(Options.Width, Options.Precision).Run(Pointer, QubitCount, known, at, _parts, _gates);
        GC.KeepAlive(this);
    }

    /// <summary>Runs a unitary circuit on the state.</summary>
    public void Apply(Circuit circuit, ReadOnlySpan<double> at = default) => Apply(CompiledCircuit.From(circuit), at);

    /// <summary>Applies one unitary instruction, or its inverse, at an angle already bound.</summary>
    internal void Apply(Instruction instruction, double angle, bool inverse)
    {
        ObjectDisposedException.ThrowIf(_buffer.Pointer is null, this);
        _known = default;
        _gates.Apply(instruction, angle, inverse);
        GC.KeepAlive(this);
    }

    /// <summary>Keeps the part of the state in which a qubit has a value and multiplies it with a factor.</summary>
    internal void Project(int qubit, bool value, double factor)
    {
        ObjectDisposedException.ThrowIf(_buffer.Pointer is null, this);
        _known = default;
        _gates.Project(qubit, value, factor);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    /// <summary>The first number of the amplitudes. Whoever uses it keeps the state alive until done.</summary>
    internal void* Pointer
    {
        get
        {
            _known = default;
            var pointer = _buffer.Pointer;
            ObjectDisposedException.ThrowIf(pointer is null, this);
            return pointer;
        }
    }

    /// <summary>How many threads take part.</summary>
    internal int Parts => _parts;

    /// <summary>Gates one by one.</summary>
    internal GateSweeps Gates => _gates;

    /// <summary>Qubits of the memory, which holds at least one whole block.</summary>
    private int PaddedQubits => Math.Max(3, QubitCount);

    private void Check(StateVector other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.QubitCount != QubitCount)
            throw new QuantumException($"The states have {QubitCount} and {other.QubitCount} qubits: they must have as many.");
        if (other.Precision != Precision)
            throw new QuantumException($"The states are of {Precision.Name()} and {other.Precision.Name()} precision: they must be of the same; ToArray and FromAmplitudes change it.");
    }

    private static nint Share(nint count, int part, int parts) => WorkerTeam.Share(count, part, parts);

    private Complex Read(ulong basis)
    {
        var offset = Sweep.OffsetOf(basis);
        if (Precision == Precision.Double) return new Complex(((double*)Pointer)[offset], ((double*)Pointer)[offset + ComplexLanes<Lanes1>.Plane]);
        return new Complex(((float*)Pointer)[offset], ((float*)Pointer)[offset + ComplexLanes<Lanes1>.Plane]);
    }

    private void Write(ulong basis, Complex amplitude)
    {
        var offset = Sweep.OffsetOf(basis);
        if (Precision == Precision.Double)
        {
            ((double*)Pointer)[offset] = amplitude.Real;
            ((double*)Pointer)[offset + ComplexLanes<Lanes1>.Plane] = amplitude.Imaginary;
        }
        else
        {
            ((float*)Pointer)[offset] = (float)amplitude.Real;
            ((float*)Pointer)[offset + ComplexLanes<Lanes1>.Plane] = (float)amplitude.Imaginary;
        }
    }

    private void ForBytes(delegate*<void*, int, int, void> body, void* target, void* source)
    {
        var range = new MemoryRange { Target = (byte*)target, Source = (byte*)source, Blocks = (nint)1 << (PaddedQubits - 3), BlockBytes = 16 * _kernels.ElementBytes };
        if (_parts == 1) body(&range, 0, 1);
        else WorkerTeam.Shared.Run(body, &range, _parts);
    }

    private static void ClearPart(void* context, int part, int parts)
    {
        var range = (MemoryRange*)context;
        var (start, end) = (Share(range->Blocks, part, parts), Share(range->Blocks, part + 1, parts));
        NativeMemory.Clear(range->Target + start * range->BlockBytes, (nuint)((end - start) * range->BlockBytes));
    }

    private static void CopyPart(void* context, int part, int parts)
    {
        var range = (MemoryRange*)context;
        var (start, end) = (Share(range->Blocks, part, parts), Share(range->Blocks, part + 1, parts));
        NativeMemory.Copy(range->Source + start * range->BlockBytes, range->Target + start * range->BlockBytes, (nuint)((end - start) * range->BlockBytes));
    }

    private struct MemoryRange
    {
        public byte* Target, Source;
        public nint Blocks, BlockBytes;
    }
}
