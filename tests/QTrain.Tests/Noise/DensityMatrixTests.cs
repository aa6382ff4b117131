using System.Numerics;
using System.Text.Json;
using QTrain.Circuits;
using QTrain.Noise;
using QTrain.Numerics;
using QTrain.Observables;
using QTrain.Simulation;
using QTrain.Simulation.Density;
using QTrain.Tests.Reference;
using QTrain.TestSupport;

namespace QTrain.Tests.Noise;

public sealed class The_density_matrix
{
    /// <summary>Rounding of a few dozen products of numbers of size one.</summary>
    private const double Rounding = 1e-12;

    public static TheoryData<int> Widths => [.. LaneWidths.All.Select(w => (int)w)];

    public static TheoryData<string> Files => [.. Directory.GetFiles(TestData.Path("noise", "channels"), "*.json").Select(f => Path.GetFileName(f)!).Order()];

    [Theory, MemberData(nameof(Widths))]
    public void is_the_sum_over_kraus_operators_of_any_circuit(int width)
    {
        for (ulong seed = 0; seed < 60; seed++)
        {
            var circuit = AnyNoise.Circuit(qubits: 1 + (int)(seed % 5), operations: 14, measures: false, seed);
            var at = Any.Point(4, seed);
            using var matrix = DensityMatrix.Zero(circuit.Circuit.QubitCount, Wide(width));
            matrix.Apply(DensityProgram.From(circuit), at);
            ShouldBe(matrix.ToMatrix(), NaiveDensity.Of(circuit, at).Matrix, $"seed {seed}");
        }
    }

    [Theory, MemberData(nameof(Widths))]
    public void gathers_tiles_of_any_qubits(int width)
    {
        // Beyond seven qubits tiles are gathered; without noise the state vector is the reference.
        for (ulong seed = 0; seed < 6; seed++)
        {
            var qubits = 8 + (int)(seed % 2);
            var circuit = Any.UnitaryCircuit(qubits, 40, seed);
            var at = Any.Point(4, seed);
            using var matrix = DensityMatrix.Zero(qubits, Wide(width));
            matrix.Apply(circuit, at);
            using var state = StateVector.Zero(qubits);
            state.Apply(circuit, at);
            matrix.Fidelity(state).ShouldBe(1, Rounding);
            matrix.Purity.ShouldBe(1, Rounding);
        }
    }

    [Theory, MemberData(nameof(Files))]
    public void has_the_exact_entries_of(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(TestData.Path("noise", "channels", file)));
        var root = document.RootElement;
        var circuit = ExactChannels.Circuit(root);
        using var matrix = DensityMatrix.Zero(circuit.QubitCount);
        matrix.Apply(circuit);
        ShouldBe(matrix.ToMatrix(), ExactChannels.Matrix(root.GetProperty("expected_density_matrix")), file);
        matrix.Purity.ShouldBe(root.GetProperty("expected_purity").GetDouble(), Rounding);
        foreach (var expected in root.GetProperty("expected_pauli_expectations").EnumerateObject())
            matrix[PauliString.Parse(expected.Name, circuit.QubitCount)].ShouldBe(expected.Value.GetDouble(), Rounding);
        ShouldBe(NoisySimulator.Probabilities(DensityProgram.From(circuit)), root.GetProperty("expected_probabilities"));
        if (!root.TryGetProperty("expected_probabilities_with_readout_error", out var misread)) return;
        ShouldBe(NoisySimulator.Probabilities(DensityProgram.From(new NoisyCircuit(circuit, ExactChannels.Readout(root)))), misread);
    }

    [Fact]
    public void follows_measurements_resets_and_conditions_with_misread_qubits()
    {
        for (ulong seed = 0; seed < 60; seed++)
        {
            var circuit = AnyNoise.Circuit(qubits: 1 + (int)(seed % 4), operations: 16, measures: true, seed);
            var at = Any.Point(4, seed);
            var naive = NaiveDensity.Of(circuit, at);
            var expected = naive.Probabilities();
            var program = DensityProgram.From(circuit);
            var actual = NoisySimulator.Probabilities(program, at);
            foreach (var register in expected.Keys.Union(actual.Keys))
                actual.GetValueOrDefault(register).ShouldBe(expected.GetValueOrDefault(register), Rounding, $"seed {seed}, register {register}");
            var random = new RandomStream(seed, 5);
            var observable = Any.Observable(circuit.Circuit.QubitCount, 5, ref random);
            NoisySimulator.Expectation(program, observable, at).ShouldBe(naive.Expectation(observable), 10 * Rounding, $"seed {seed}");
        }
    }

    [Fact]
    public void has_the_same_bits_on_any_number_of_threads()
    {
        var circuit = Noisy(9);
        var program = DensityProgram.From(circuit);
        var at = Any.Point(program.ParameterCount, seed: 3);
        var one = Coefficients(1);
        foreach (var threads in new[] { 2, 3 }) Coefficients(threads).ShouldBe(one);

        long[] Coefficients(int threads)
        {
            using var matrix = DensityMatrix.Zero(9, new SimulationOptions { Threads = threads });
            matrix.Apply(program, at);
            return [.. matrix.ToMatrix().Cast<Complex>().SelectMany(c => new[] { BitConverter.DoubleToInt64Bits(c.Real), BitConverter.DoubleToInt64Bits(c.Imaginary) })];
        }
    }

    [Fact]
    public void allocates_nothing_per_evaluation()
    {
        var program = DensityProgram.From(Noisy(8));
        using var matrix = DensityMatrix.Zero(8, new SimulationOptions { Threads = 1 });
        var observable = PauliSum.Of(8, ("ZZIIIIII", 1), ("IIIIIXXI", 0.5));
        var points = Enumerable.Range(0, 3).Select(k => Any.Point(program.ParameterCount, (ulong)k)).ToArray();
        Allocations.Of(Evaluate).ShouldBe(0);

        void Evaluate(int k)
        {
            matrix.SetZero();
            matrix.Apply(program, points[k]);
            matrix.Expectation(observable);
        }
    }

    [Fact]
    public void traces_qubits_out_and_knows_fidelities()
    {
        var circuit = AnyNoise.Circuit(qubits: 4, operations: 20, measures: false, seed: 11);
        var at = Any.Point(4, seed: 11);
        using var matrix = DensityMatrix.Zero(4);
        matrix.Apply(DensityProgram.From(circuit), at);
        var full = matrix.ToMatrix();
        using var part = matrix.PartialTrace(3, 1);
        var expected = new Complex[4, 4];
        for (var a = 0; a < 16; a++)
            for (var b = 0; b < 16; b++)
                if ((a & 5) == (b & 5)) expected[a >> 3 & 1 | a & 2, b >> 3 & 1 | b & 2] += full[a, b];
        ShouldBe(part.ToMatrix(), expected, "partial trace");
        var amplitudes = Any.Amplitudes(4, seed: 2);
        using var state = StateVector.FromAmplitudes(amplitudes);
        Complex fidelity = 0;
        for (var a = 0; a < 16; a++)
            for (var b = 0; b < 16; b++) fidelity += Complex.Conjugate(amplitudes[a]) * full[a, b] * amplitudes[b];
        matrix.Fidelity(state).ShouldBe(fidelity.Real, Rounding);
        using var again = DensityMatrix.FromMatrix(full);
        ShouldBe(again.ToMatrix(), full, "from a matrix");
        matrix.Probabilities(2, 0)[1].ShouldBe(Enumerable.Range(0, 16).Where(k => (k & 5) == 4).Sum(k => full[k, k].Real), Rounding);
        var purity = full.Cast<Complex>().Sum(c => c.Real * c.Real + c.Imaginary * c.Imaginary);
        matrix.Purity.ShouldBe(purity, Rounding);
    }

    [Fact]
    public void counts_as_its_probabilities_say()
    {
        var circuit = new NoisyCircuit(Circuit.Build(2, c => c.Ry(0.8, 0).Cx(0, 1).Channel(Channel.AmplitudeDamping(0.2), 1)), new Dictionary<int, ReadoutError> { [0] = new(0.1, 0.2) });
        var program = DensityProgram.From(circuit);
        const int shots = 40_000;
        var counts = NoisySimulator.Run(program, default, shots, seed: 5);
        counts.Total.ShouldBe(shots);
        // Five standard deviations: a false alarm in two million runs, and the seed is fixed.
        foreach (var (outcome, probability) in NoisySimulator.Probabilities(program))
            (counts.Of(outcome) / (double)shots).ShouldBe(probability, 5 * Math.Sqrt(probability * (1 - probability) / shots));
        NoisySimulator.Run(program, default, shots, seed: 5).ShouldBe(counts);
    }

    [Fact]
    public void says_what_it_cannot_do()
    {
        Should.Throw<QuantumException>(() => DensityMatrix.Zero(27)).Message.ShouldContain("Use trajectories");
        var program = DensityProgram.From(Circuit.Build(2, c => c.Measure(0, 0).If([0], 1, i => i.X(1))));
        using var matrix = DensityMatrix.Zero(2);
        Should.Throw<QuantumException>(() => matrix.Apply(program)).Message.ShouldContain("NoisySimulator");
        Should.Throw<QuantumException>(() => DensityMatrix.FromMatrix(new Complex[,] { { 1, 1 }, { 0, 0 } })).Message.ShouldContain("Hermitian");
    }

    private static SimulationOptions Wide(int width) => new() { Width = (LaneWidth)width };

    private static NoisyCircuit Noisy(int qubits)
    {
        var next = 0;
        var circuit = Circuit.Build(qubits, c =>
        {
            for (var layer = 0; layer < 3; layer++)
            {
                for (var q = 0; q < qubits; q++) c.Ry(Parameter.Named($"t{next++}"), q).Rz(Parameter.Named($"t{next++}"), q);
                for (var q = 0; q + 1 < qubits; q++) c.Cx(q, q + 1);
                c.Rzz(Parameter.Named($"t{next++}"), 0, qubits - 1).PauliRotation("XYZX", Parameter.Named($"t{next++}"), 1, 3, 5, 7);
            }
        });
        return NoiseModel.None.AfterOneQubitGates(Channel.Depolarizing(0.001)).AfterTwoQubitGates(Channel.Depolarizing(0.01, 2))
            .AfterGate("rz", Channel.AmplitudeDamping(0.002)).ApplyTo(circuit);
    }

    private static void ShouldBe(IReadOnlyDictionary<ulong, double> actual, JsonElement expected)
    {
        foreach (var entry in expected.EnumerateObject())
            actual.GetValueOrDefault(Convert.ToUInt64(entry.Name, 2)).ShouldBe(entry.Value.GetDouble(), Rounding);
    }

    private static void ShouldBe(Complex[,] actual, Complex[,] expected, string what)
    {
        for (var r = 0; r < expected.GetLength(0); r++)
            for (var c = 0; c < expected.GetLength(1); c++)
                if (!((actual[r, c] - expected[r, c]).Magnitude <= Rounding))
                    Assert.Fail($"{what}: entry ({r}, {c}) is {actual[r, c]}, not {expected[r, c]}");
    }
}

/// <summary>The cases of tests/data/noise/channels: gates and Kraus operators written out, and what comes of them.</summary>
internal static class ExactChannels
{
    public static Circuit Circuit(JsonElement root) => QTrain.Circuits.Circuit.Build(root.GetProperty("num_qubits").GetInt32(), c =>
    {
        foreach (var step in root.GetProperty("steps").EnumerateArray())
        {
            int[] qubits = [.. step.GetProperty("qubits").EnumerateArray().Select(q => q.GetInt32())];
            if (step.TryGetProperty("gate", out var gate))
            {
                Angle[] angles = step.TryGetProperty("params", out var list) ? [.. list.EnumerateArray().Select(p => (Angle)p.GetDouble())] : [];
                c.Gate(gate.GetString()!, [.. qubits], [.. angles]);
            }
            else c.Channel(Channel.FromKraus(step.GetProperty("channel").GetString()!, step.GetProperty("kraus").EnumerateArray().Select(Matrix)), [.. qubits]);
        }
    });

    public static Dictionary<int, ReadoutError> Readout(JsonElement root) => root.GetProperty("readout_confusion").EnumerateObject().ToDictionary(
        e => int.Parse(e.Name, System.Globalization.CultureInfo.InvariantCulture), e =>
        {
            double[][] rows = [.. e.Value.GetProperty("matrix").EnumerateArray().Select(r => r.EnumerateArray().Select(v => v.GetDouble()).ToArray())];
            return ReadoutError.FromMatrix(new[,] { { rows[0][0], rows[0][1] }, { rows[1][0], rows[1][1] } });
        });

    public static Complex[,] Matrix(JsonElement rows)
    {
        var size = rows.GetArrayLength();
        var matrix = new Complex[size, size];
        for (var r = 0; r < size; r++)
            for (var c = 0; c < size; c++) matrix[r, c] = new Complex(rows[r][c][0].GetDouble(), rows[r][c][1].GetDouble());
        return matrix;
    }
}
