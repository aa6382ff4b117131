using System.Numerics;
using QTrain.Circuits;
using QTrain.Observables;

namespace QTrain.Simulation;

/// <summary>A pure state of n qubits: 2ⁿ amplitudes, entry i belonging to the basis state whose binary digits are i, qubit 0 lowest.</summary>
public sealed class StateVector : IDisposable
{
    private readonly Complex[] _amplitudes;

    private StateVector(int qubits)
    {
        QubitCount = qubits;
        _amplitudes = new Complex[1L << qubits];
    }

    /// <summary>How many qubits.</summary>
    public int QubitCount { get; }

    /// <summary>How many amplitudes: 2ⁿ.</summary>
    public long Length => 1L << QubitCount;

    /// <summary>|0…0⟩.</summary>
    /// <param name="qubits">How many qubits, at least 1.</param>
    /// <param name="options">Threads and so on; all threads by default.</param>
    public static StateVector Zero(int qubits, SimulationOptions? options = null)
    {
        _ = options;
        var state = new StateVector(qubits);
        state._amplitudes[0] = 1;
        return state;
    }

    /// <summary>A state of given amplitudes, 2ⁿ of them.</summary>
    public static StateVector FromAmplitudes(ReadOnlySpan<Complex> amplitudes, SimulationOptions? options = null)
    {
        var state = Zero(BitOperations.Log2((uint)amplitudes.Length), options);
        amplitudes.CopyTo(state._amplitudes);
        return state;
    }

    /// <summary>The amplitude of a basis state.</summary>
    public Complex this[long basis] => _amplitudes[basis];

    /// <summary>Puts the state back to |0…0⟩.</summary>
    public void SetZero()
    {
        Array.Clear(_amplitudes);
        _amplitudes[0] = 1;
    }

    /// <summary>Makes this state equal to another of as many qubits.</summary>
    public void CopyFrom(StateVector other) => other._amplitudes.CopyTo(_amplitudes, 0);

    /// <summary>All amplitudes.</summary>
    public Complex[] ToArray() => (Complex[])_amplitudes.Clone();

    /// <summary>Runs a unitary circuit on the state.</summary>
    /// <param name="circuit">A compiled circuit without measurement, reset or condition.</param>
    /// <param name="at">Parameter values in radians, in the order of the circuit's parameters.</param>
    public void Apply(CompiledCircuit circuit, ReadOnlySpan<double> at = default)
    {
        foreach (var instruction in circuit.Instructions) Apply(instruction, instruction.Angle.At(at), inverse: false);
    }

    /// <summary>Runs a unitary circuit on the state.</summary>
    public void Apply(Circuit circuit, ReadOnlySpan<double> at = default) => Apply(CompiledCircuit.From(circuit), at);

    /// <summary>⟨ψ|O|ψ⟩.</summary>
    public double Expectation(PauliSum observable)
    {
        using var image = Zero(QubitCount);
        SetToImage(image, observable, this);
        return InnerProduct(image).Real;
    }

    /// <summary>⟨ψ|O²|ψ⟩ − ⟨ψ|O|ψ⟩².</summary>
    public double Variance(PauliSum observable)
    {
        using var image = Zero(QubitCount);
        SetToImage(image, observable, this);
        var mean = InnerProduct(image).Real;
        return image.NormSquared() - mean * mean;
    }

    /// <summary>⟨this|other⟩.</summary>
    public Complex InnerProduct(StateVector other)
    {
        Complex sum = 0;
        for (var i = 0; i < _amplitudes.Length; i++) sum += Complex.Conjugate(_amplitudes[i]) * other._amplitudes[i];
        return sum;
    }

    /// <summary>⟨ψ|ψ⟩: 1 up to rounding, unless the state was projected.</summary>
    public double NormSquared() => InnerProduct(this).Real;

    /// <summary>|amplitude|² of every basis state.</summary>
    public double[] Probabilities() => [.. _amplitudes.Select(a => a.Real * a.Real + a.Imaginary * a.Imaginary)];

    /// <inheritdoc/>
    public void Dispose() { }

    /// <summary>target = O·source, not normalized. For Lanczos, variances and adjoint gradients.</summary>
    internal static void SetToImage(StateVector target, PauliSum observable, StateVector source)
    {
        Array.Clear(target._amplitudes);
        foreach (var (pauli, coefficient) in observable.Terms)
            for (long i = 0; i < source.Length; i++)
                target._amplitudes[i ^ (long)pauli.X] += coefficient * Gate.PhaseOn(pauli, (ulong)i) * source._amplitudes[i];
    }

    /// <summary>Applies one unitary instruction, or its inverse, at an angle already bound.</summary>
    internal void Apply(Instruction instruction, double angle, bool inverse)
    {
        if (inverse) angle = -angle;
        switch (instruction.Kind)
        {
            case InstructionKind.Phase:
                var phase = Complex.FromPolarCoordinates(1, angle);
                for (long i = 0; i < Length; i++)
                    if (((ulong)i & instruction.ControlMask) == instruction.ControlValue) _amplitudes[i] *= phase;
                break;
            case InstructionKind.PauliRotation:
                ApplyPauliRotation(instruction, angle);
                break;
            case InstructionKind.Matrix:
                ApplyMatrix(instruction, inverse);
                break;
            default:
                throw new QuantumException("A circuit that measures or resets before its end has no single final state; run it with shots.");
        }
    }

    /// <summary>⟨bra|G|ket⟩ of the generator of an instruction: G = P·Π for a rotation exp(−i·angle·P/2), G = Π for a phase, with Π the
    /// projector on the states that match the instruction's controls. Needs no third state.</summary>
    internal static Complex InnerProductWith(Instruction instruction, StateVector bra, StateVector ket)
    {
        Complex sum = 0;
        for (long i = 0; i < ket.Length; i++)
        {
            if (((ulong)i & instruction.ControlMask) != instruction.ControlValue) continue;
            sum += Complex.Conjugate(bra._amplitudes[i ^ (long)instruction.Pauli.X])
                * Gate.PhaseOn(instruction.Pauli, (ulong)i) * ket._amplitudes[i];
        }
        return sum;
    }

    private void ApplyPauliRotation(Instruction instruction, double angle)
    {
        var (sin, cos) = Math.SinCos(angle / 2);
        var pauli = instruction.Pauli;
        for (long i = 0; i < Length; i++)
        {
            var j = i ^ (long)pauli.X;
            if (j < i || ((ulong)i & instruction.ControlMask) != instruction.ControlValue) continue;
            var (a, b) = (_amplitudes[i], _amplitudes[j]);
            _amplitudes[i] = cos * a + new Complex(0, -sin) * Gate.PhaseOn(pauli, (ulong)j) * b;
            if (j != i) _amplitudes[j] = cos * b + new Complex(0, -sin) * Gate.PhaseOn(pauli, (ulong)i) * a;
        }
    }

    private void ApplyMatrix(Instruction instruction, bool inverse)
    {
        var targets = instruction.Targets;
        var size = 1 << targets.Length;
        var mask = targets.Aggregate(0L, (m, q) => m | 1L << q);
        var gathered = new Complex[size];
        for (long i = 0; i < Length; i++)
        {
            if ((i & mask) != 0 || ((ulong)i & instruction.ControlMask) != instruction.ControlValue) continue;
            for (var k = 0; k < size; k++) gathered[k] = _amplitudes[Address(i, k)];
            for (var row = 0; row < size; row++)
            {
                Complex sum = 0;
                for (var column = 0; column < size; column++)
                    sum += gathered[column] * (inverse
                        ? Complex.Conjugate(instruction.Matrix[column * size + row])
                        : instruction.Matrix[row * size + column]);
                _amplitudes[Address(i, row)] = sum;
            }
        }

        long Address(long start, int local)
        {
            for (var k = 0; k < targets.Length; k++)
                if ((local >> k & 1) != 0) start |= 1L << targets[k];
            return start;
        }
    }
}

/// <summary>How a simulation uses the machine. Nothing here changes a result by a bit.</summary>
public sealed record SimulationOptions
{
    /// <summary>All threads, widest instructions.</summary>
    public static SimulationOptions Default { get; } = new();

    /// <summary>How many threads; 0: all processors the process may use. Set it when several simulations run side by side.</summary>
    public int Threads { get; init; }
}
