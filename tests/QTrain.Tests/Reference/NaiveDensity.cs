using System.Numerics;
using QTrain.Circuits;
using QTrain.Noise;
using QTrain.Observables;
using Barrier = QTrain.Circuits.Barrier;

namespace QTrain.Tests.Reference;

/// <summary>The specification of noisy simulation: for every classical register that can occur, the unnormalized ρ, evolved by sums over dense
/// Kraus operators. It shares no code with the compiler or the kernels that are tested against it.</summary>
internal sealed class NaiveDensity
{
    private readonly NoisyCircuit _circuit;
    private Dictionary<ulong, Complex[,]> _branches;

    private NaiveDensity(NoisyCircuit circuit)
    {
        _circuit = circuit;
        var zero = new Complex[1 << circuit.Circuit.QubitCount, 1 << circuit.Circuit.QubitCount];
        zero[0, 0] = 1;
        _branches = new() { [0] = zero };
    }

    /// <summary>ρ summed over the registers.</summary>
    public Complex[,] Matrix => _branches.Values.Aggregate(Sum);

    public static NaiveDensity Of(NoisyCircuit circuit, ReadOnlySpan<double> at = default)
    {
        var result = new NaiveDensity(circuit);
        double[] values = [.. at];
        foreach (var operation in circuit.Circuit.Bind(values).Operations) result.Apply(operation);
        return result;
    }

    /// <summary>The register's probabilities; of all qubits as they are read when nothing is measured.</summary>
    public SortedDictionary<ulong, double> Probabilities()
    {
        var result = new SortedDictionary<ulong, double>();
        if (_circuit.Circuit.Operations.Any(o => o is Measure))
        {
            foreach (var (register, rho) in _branches) result[register] = Enumerable.Range(0, rho.GetLength(0)).Sum(k => rho[k, k].Real);
            return result;
        }
        var matrix = Matrix;
        for (var actual = 0; actual < matrix.GetLength(0); actual++)
            for (var read = 0; read < matrix.GetLength(0); read++)
            {
                var probability = matrix[actual, actual].Real;
                for (var q = 0; q < _circuit.Circuit.QubitCount; q++)
                    probability *= _circuit.Readout.GetValueOrDefault(q)[(read >> q & 1) != 0, (actual >> q & 1) != 0];
                result[(ulong)read] = result.GetValueOrDefault((ulong)read) + probability;
            }
        return result;
    }

    public double Expectation(PauliSum observable)
    {
        var (matrix, other) = (Matrix, observable.Matrix());
        Complex trace = 0;
        for (var a = 0; a < matrix.GetLength(0); a++)
            for (var b = 0; b < matrix.GetLength(0); b++) trace += matrix[a, b] * other[b, a];
        return trace.Real;
    }

    private void Apply(Operation operation)
    {
        var next = new Dictionary<ulong, Complex[,]>();
        foreach (var (register, rho) in _branches)
        {
            var bits = Enumerable.Range(0, 64).Select(b => (register >> b & 1) != 0).ToArray();
            if (operation.Condition is { } condition && !condition.Holds(bits)) Add(register, rho);
            else if (operation is Measure measure)
            {
                var error = _circuit.Readout.GetValueOrDefault(measure.Qubit);
                foreach (var actual in new[] { false, true })
                    foreach (var read in new[] { false, true })
                        Add(read ? register | 1UL << measure.Bit : register & ~(1UL << measure.Bit),
                            Scaled(Sandwich(rho, Projector(actual), [measure.Qubit], []), error[read, actual]));
            }
            else Add(register, Evolved(rho, operation));
        }
        _branches = next;

        void Add(ulong register, Complex[,] rho) => next[register] = next.TryGetValue(register, out var known) ? Sum(known, rho) : rho;
    }

    private static Complex[,] Evolved(Complex[,] rho, Operation operation) => operation switch
    {
        Barrier => rho,
        Reset => Sum(
            Sandwich(rho, Projector(false), [.. operation.Qubits], []),
            Sandwich(rho, new Complex[,] { { 0, 1 }, { 0, 0 } }, [.. operation.Qubits], [])),
        ChannelOperation channel => channel.Channel.Kraus.Select(k => Sandwich(rho, k, [.. channel.Qubits], [])).Aggregate(Sum),
        GlobalPhase phase => Sandwich(rho, new Complex[,] { { Complex.FromPolarCoordinates(1, phase.Phase.Constant) } }, [], [.. phase.Controls]),
        GateOperation gate => Sandwich(rho, gate.Gate.Matrix([.. gate.Angles.Select(a => a.Constant)]), [.. gate.Targets], [.. gate.Controls]),
        _ => throw new NotSupportedException(operation.ToString()),
    };

    /// <summary>KρK†: K on every column, and on every column of the adjoint.</summary>
    private static Complex[,] Sandwich(Complex[,] rho, Complex[,] k, int[] targets, Control[] controls)
    {
        var size = rho.GetLength(0);
        for (var side = 0; side < 2; side++)
        {
            var result = new Complex[size, size];
            for (var c = 0; c < size; c++)
            {
                var column = rho;
                var image = NaiveState.FromAmplitudes([.. Enumerable.Range(0, size).Select(r => column[r, c])]).Apply(k, targets, controls).Amplitudes;
                for (var r = 0; r < size; r++) result[c, r] = Complex.Conjugate(image[r]);
            }
            rho = result;
        }
        return rho;
    }

    private static Complex[,] Projector(bool value) => value ? new Complex[,] { { 0, 0 }, { 0, 1 } } : new Complex[,] { { 1, 0 }, { 0, 0 } };

    private static Complex[,] Scaled(Complex[,] matrix, double factor)
    {
        var result = (Complex[,])matrix.Clone();
        for (var r = 0; r < result.GetLength(0); r++)
            for (var c = 0; c < result.GetLength(1); c++) result[r, c] *= factor;
        return result;
    }

    private static Complex[,] Sum(Complex[,] left, Complex[,] right)
    {
        var result = (Complex[,])left.Clone();
        for (var r = 0; r < result.GetLength(0); r++)
            for (var c = 0; c < result.GetLength(1); c++) result[r, c] += right[r, c];
        return result;
    }
}

/// <summary>Random circuits with noise.</summary>
internal static class AnyNoise
{
    /// <summary>Any channel of the table, or of random Kraus operators on up to three qubits.</summary>
    public static Channel Channel(int maxQubits, ref QTrain.Numerics.RandomStream random)
    {
        if (random.NextBelow(5) == 0) return Kraus(1 + (int)random.NextBelow(Math.Min(3, maxQubits)), 2, ref random);
        var fitting = Channels.All.Where(r => r.QubitCount <= maxQubits).ToArray();
        var rule = fitting[random.NextBelow(fitting.Length)];
        var arguments = new double[rule.Arguments.Length];
        for (var k = 0; k < arguments.Length; k++) arguments[k] = random.NextDouble() / Math.Max(1, arguments.Length);
        if (rule.Name == "thermal_relaxation") arguments[1] = arguments[0] * (0.2 + 1.8 * random.NextDouble());
        return rule.Make(arguments);
    }

    /// <summary>Blocks of a random isometry: Kraus operators that keep the trace.</summary>
    public static Channel Kraus(int qubits, int count, ref QTrain.Numerics.RandomStream random)
    {
        var unitary = Any.Unitary(qubits + BitOperations.Log2((uint)count), ref random);
        var size = 1 << qubits;
        var operators = Enumerable.Range(0, count).Select(b =>
        {
            var k = new Complex[size, size];
            for (var r = 0; r < size; r++)
                for (var c = 0; c < size; c++) k[r, c] = unitary[b * size + r, c];
            return k;
        });
        return QTrain.Noise.Channel.FromKraus("random", operators);
    }

    /// <summary>Gates of every kind with channels between them over p0…p3; with measurements, resets and conditions where asked for.</summary>
    public static NoisyCircuit Circuit(int qubits, int operations, bool measures, ulong seed)
    {
        var random = new QTrain.Numerics.RandomStream(seed, 79);
        var list = new List<Operation>();
        for (var k = 0; k < operations; k++)
        {
            var kind = random.NextBelow(10);
            Operation operation;
            if (kind < 4) operation = Any.UnitaryOperation(qubits, ref random);
            else if (kind < 8 || !measures)
            {
                var channel = Channel(qubits, ref random);
                operation = new ChannelOperation(channel, Any.Qubits(qubits, ref random)[..channel.QubitCount]);
            }
            else if (kind == 8) operation = new Measure((int)random.NextBelow(qubits), (int)random.NextBelow(3));
            else operation = new Reset((int)random.NextBelow(qubits));
            if (measures && random.NextBelow(6) == 0) operation = operation with { Condition = new Condition([(int)random.NextBelow(3)], random.NextUInt64() & 1) };
            list.Add(operation);
        }
        var readout = new Dictionary<int, ReadoutError>();
        for (var q = 0; q < qubits; q++)
            if (random.NextBelow(2) == 0) readout.Add(q, new ReadoutError(0.2 * random.NextDouble(), 0.3 * random.NextDouble()));
        return new NoisyCircuit(new Circuit(qubits, list, bits: 3, parameters: Parameter.Vector("p", 4)), readout);
    }
}
