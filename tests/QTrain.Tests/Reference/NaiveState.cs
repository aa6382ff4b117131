using System.Numerics;
using QTrain.Circuits;
using QTrain.Observables;
using Barrier = QTrain.Circuits.Barrier;

namespace QTrain.Tests.Reference;

/// <summary>The specification of simulation: dense matrix products straight from <see cref="Gate.Matrix"/>, with nothing clever.
/// It shares no code with the compiler or the kernels that are tested against it.</summary>
internal sealed class NaiveState
{
    private NaiveState(Complex[] amplitudes)
    {
        Amplitudes = amplitudes;
        QubitCount = BitOperations.Log2((uint)amplitudes.Length);
    }

    public int QubitCount { get; }

    public Complex[] Amplitudes { get; private set; }

    public static NaiveState Zero(int qubits)
    {
        var amplitudes = new Complex[1 << qubits];
        amplitudes[0] = 1;
        return new NaiveState(amplitudes);
    }

    public static NaiveState FromAmplitudes(ReadOnlySpan<Complex> amplitudes) => new(amplitudes.ToArray());

    /// <summary>The final state of a unitary circuit started in |0…0⟩.</summary>
    public static NaiveState Of(Circuit circuit, ReadOnlySpan<double> at = default) => Zero(circuit.QubitCount).Apply(circuit, at);

    /// <summary>The matrix of a unitary circuit, column by column.</summary>
    public static Complex[,] Unitary(Circuit circuit, ReadOnlySpan<double> at = default)
    {
        var size = 1 << circuit.QubitCount;
        var matrix = new Complex[size, size];
        for (var column = 0; column < size; column++)
        {
            var basis = new Complex[size];
            basis[column] = 1;
            var image = new NaiveState(basis).Apply(circuit, at).Amplitudes;
            for (var row = 0; row < size; row++) matrix[row, column] = image[row];
        }
        return matrix;
    }

    /// <summary>The probability of each value of the classical register (bit 0 lowest) at the end of any circuit, by following every branch.</summary>
    public static SortedDictionary<ulong, double> Outcomes(Circuit circuit, ReadOnlySpan<double> at = default)
    {
        var branches = new List<(NaiveState State, bool[] Register)> { (Zero(circuit.QubitCount), new bool[circuit.BitCount]) };
        foreach (var operation in circuit.Operations)
        {
            var next = new List<(NaiveState, bool[])>();
            foreach (var (state, register) in branches)
            {
                if (operation.Condition is { } condition && !condition.Holds(register)) next.Add((state, register));
                else if (operation is Measure measure)
                {
                    foreach (var value in new[] { false, true })
                    {
                        var written = (bool[])register.Clone();
                        written[measure.Bit] = value;
                        next.Add((new NaiveState(state.Amplitudes).Project(measure.Qubit, value), written));
                    }
                }
                else if (operation is Reset reset)
                {
                    next.Add((new NaiveState(state.Amplitudes).Project(reset.Qubit, false), register));
                    var flipped = new NaiveState(state.Amplitudes).Project(reset.Qubit, true);
                    next.Add((flipped.Apply(Gates.Named("x").Matrix(), [reset.Qubit], []), register));
                }
                else next.Add((state.Apply(operation, ValuesOf(circuit, at)), register));
            }
            branches = [.. next.Where(b => b.Item1.NormSquared() > 1e-14)];
        }
        var outcomes = new SortedDictionary<ulong, double>();
        foreach (var (state, register) in branches)
        {
            var key = 0UL;
            for (var bit = 0; bit < register.Length; bit++)
                if (register[bit]) key |= 1UL << bit;
            outcomes[key] = outcomes.GetValueOrDefault(key) + state.NormSquared();
        }
        return outcomes;
    }

    /// <summary>Runs a unitary circuit; the same object is returned.</summary>
    public NaiveState Apply(Circuit circuit, ReadOnlySpan<double> at = default)
    {
        var values = ValuesOf(circuit, at);
        foreach (var operation in circuit.Operations) Apply(operation, values);
        return this;
    }

    public NaiveState Apply(Operation operation, IReadOnlyDictionary<Parameter, double> values)
    {
        double[] angles = [.. operation.Angles.Select(a => Evaluate(a, values))];
        return operation switch
        {
            Barrier => this,
            GateOperation gate => Apply(gate.Gate.Matrix(angles), [.. gate.Targets], [.. gate.Controls]),
            GlobalPhase phase => Apply(new Complex[,] { { Complex.FromPolarCoordinates(1, angles[0]) } }, [], [.. phase.Controls]),
            _ => throw new NotSupportedException($"{operation} is not unitary"),
        };
    }

    /// <summary>Multiplies with a matrix on <paramref name="targets"/> (first lowest) where every control has its value.</summary>
    public NaiveState Apply(Complex[,] matrix, int[] targets, Control[] controls)
    {
        var result = new Complex[Amplitudes.Length];
        for (var column = 0; column < Amplitudes.Length; column++)
        {
            if (!Array.TrueForAll(controls, c => (column >> c.Qubit & 1) == (c.On ? 1 : 0)))
            {
                result[column] += Amplitudes[column];
                continue;
            }
            var local = 0;
            for (var k = 0; k < targets.Length; k++) local |= (column >> targets[k] & 1) << k;
            for (var image = 0; image < matrix.GetLength(0); image++)
            {
                var row = column;
                for (var k = 0; k < targets.Length; k++)
                    row = (row & ~(1 << targets[k])) | (image >> k & 1) << targets[k];
                result[row] += matrix[image, local] * Amplitudes[column];
            }
        }
        Amplitudes = result;
        return this;
    }

    /// <summary>P|ψ⟩ for a Pauli string, letter by letter.</summary>
    public NaiveState Apply(PauliString pauli)
    {
        for (var q = 0; q < QubitCount; q++)
            if (pauli[q] != 'I') Apply(Gates.Named(char.ToLowerInvariant(pauli[q]).ToString()).Matrix(), [q], []);
        return this;
    }

    /// <summary>Keeps the part in which a qubit has a value, without normalizing.</summary>
    public NaiveState Project(int qubit, bool value)
    {
        Amplitudes = [.. Amplitudes.Select((a, i) => (i >> qubit & 1) != 0 == value ? a : 0)];
        return this;
    }

    /// <summary>O|ψ⟩ as a new state.</summary>
    public NaiveState Image(PauliSum observable)
    {
        var sum = new Complex[Amplitudes.Length];
        foreach (var (pauli, coefficient) in observable.Terms)
        {
            var image = new NaiveState(Amplitudes).Apply(pauli).Amplitudes;
            for (var i = 0; i < sum.Length; i++) sum[i] += coefficient * image[i];
        }
        return new NaiveState(sum);
    }

    public double Expectation(PauliSum observable) => InnerProduct(Image(observable)).Real;

    public double Variance(PauliSum observable)
    {
        var image = Image(observable);
        var mean = InnerProduct(image).Real;
        return image.NormSquared() - mean * mean;
    }

    /// <summary>⟨this|other⟩.</summary>
    public Complex InnerProduct(NaiveState other)
    {
        Complex sum = 0;
        for (var i = 0; i < Amplitudes.Length; i++) sum += Complex.Conjugate(Amplitudes[i]) * other.Amplitudes[i];
        return sum;
    }

    public double NormSquared() => InnerProduct(this).Real;

    public double[] Probabilities() => [.. Amplitudes.Select(a => a.Real * a.Real + a.Imaginary * a.Imaginary)];

    private static Dictionary<Parameter, double> ValuesOf(Circuit circuit, ReadOnlySpan<double> at)
    {
        var values = new Dictionary<Parameter, double>();
        for (var k = 0; k < circuit.Parameters.Length; k++) values.Add(circuit.Parameters[k], at[k]);
        return values;
    }

    private static double Evaluate(Angle angle, IReadOnlyDictionary<Parameter, double> values) =>
        angle.Constant + angle.Terms.Sum(t => t.Coefficient * values[t.Parameter]);
}
