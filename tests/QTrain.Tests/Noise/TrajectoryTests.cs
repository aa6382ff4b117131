using System.Text.Json;
using QTrain.Circuits;
using QTrain.Noise;
using QTrain.Numerics;
using QTrain.Observables;
using QTrain.Simulation;
using QTrain.Simulation.Density;
using QTrain.Simulation.Trajectories;
using QTrain.Tests.Reference;
using QTrain.TestSupport;

namespace QTrain.Tests.Noise;

public sealed class Trajectories
{
    private const double Rounding = 1e-11;

    /// <summary>Five standard errors: a false alarm in two million checks, and the seeds are fixed.</summary>
    private const double Confidence = 5;

    public static TheoryData<string> Files => The_density_matrix.Files;

    [Fact]
    public void carry_certain_errors_exactly_through_any_gate()
    {
        // Errors of probability 1 leave nothing to chance: signs and frames must give the reference to rounding.
        for (ulong seed = 0; seed < 50; seed++)
        {
            var random = new RandomStream(seed, 12);
            var qubits = 1 + (int)(seed % 5);
            var operations = new List<Operation>();
            for (var k = 0; k < 24; k++)
            {
                operations.Add(Any.UnitaryOperation(qubits, ref random));
                if (random.NextBelow(3) > 0) continue;
                operations.Add(new ChannelOperation(Channel.Pauli(Certain(0), Certain(1), Certain(2)), [(int)random.NextBelow(qubits)]));
                double Certain(int letter) => letter == k % 3 ? 1 : 0;
            }
            var circuit = new NoisyCircuit(new Circuit(qubits, operations, parameters: Parameter.Vector("p", 4)));
            var at = Any.Point(4, seed);
            var observable = Any.Observable(qubits, 6, ref random);
            var estimate = TrajectorySimulator.Expectation(TrajectoryProgram.From(circuit), observable, at, 2, seed);
            var naive = NaiveDensity.Of(circuit, at);
            estimate.Value.ShouldBe(naive.Expectation(observable), Rounding, $"seed {seed}");
            estimate.StandardError.ShouldBe(0, Rounding);
            var probabilities = TrajectorySimulator.Probabilities(TrajectoryProgram.From(circuit), at, 1, seed);
            var matrix = naive.Matrix;
            for (var k = 0; k < probabilities.Length; k++) probabilities[k].ShouldBe(matrix[k, k].Real, Rounding, $"seed {seed}");
        }
    }

    [Fact]
    public void average_to_the_density_matrix()
    {
        for (ulong seed = 0; seed < 24; seed++)
        {
            var circuit = AnyNoise.Circuit(qubits: 1 + (int)(seed % 4), operations: 14, measures: false, seed);
            var at = Any.Point(4, seed);
            var random = new RandomStream(seed, 13);
            var observable = Any.Observable(circuit.Circuit.QubitCount, 4, ref random);
            var exact = NoisySimulator.Expectation(DensityProgram.From(circuit), observable, at);
            var estimate = TrajectorySimulator.Expectation(TrajectoryProgram.From(circuit), observable, at, 1500, seed);
            Math.Abs(estimate.Value - exact).ShouldBeLessThan(Confidence * estimate.StandardError + Rounding, $"seed {seed}: {estimate}, exactly {exact}");
        }
    }

    [Fact]
    public void count_what_measurements_resets_conditions_and_misread_qubits_give()
    {
        const int shots = 1000;
        for (ulong seed = 0; seed < 24; seed++)
        {
            var circuit = AnyNoise.Circuit(qubits: 1 + (int)(seed % 4), operations: 16, measures: true, seed);
            var at = Any.Point(4, seed);
            var exact = NoisySimulator.Probabilities(DensityProgram.From(circuit), at);
            var counts = TrajectorySimulator.Run(TrajectoryProgram.From(circuit), at, shots, seed);
            counts.Total.ShouldBe(shots);
            foreach (var (outcome, count) in counts)
            {
                var probability = exact.GetValueOrDefault(outcome);
                probability.ShouldBeGreaterThan(0, $"seed {seed}: {outcome} cannot be");
                (count / (double)shots).ShouldBe(probability, Confidence * Math.Sqrt(Math.Max(0, probability * (1 - probability)) / shots) + 2.0 / shots, $"seed {seed}");
            }
        }
    }

    [Theory, MemberData(nameof(Files))]
    public void have_the_exact_expectations_within_their_errors_of(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(TestData.Path("noise", "channels", file)));
        var root = document.RootElement;
        var circuit = ExactChannels.Circuit(root);
        var program = TrajectoryProgram.From(circuit);
        foreach (var expected in root.GetProperty("expected_pauli_expectations").EnumerateObject())
        {
            var estimate = TrajectorySimulator.Expectation(program, PauliSum.Of(circuit.QubitCount, (expected.Name, 1)), default, 4000, seed: 6);
            Math.Abs(estimate.Value - expected.Value.GetDouble()).ShouldBeLessThan(Confidence * estimate.StandardError + Rounding, $"{expected.Name}: {estimate}");
        }
    }

    [Fact]
    public void are_the_same_to_the_bit_on_any_number_of_threads()
    {
        var circuit = NoisyLayers(qubits: 6);
        var program = TrajectoryProgram.From(circuit);
        var at = Any.Point(program.ParameterCount, seed: 4);
        var observable = PauliSum.Of(6, ("ZZIIII", 1), ("IIXXII", 0.5), ("IIIIIY", 0.3));
        var one = Results(1);
        one.ShouldNotBe(Results(1, seed: 10));
        foreach (var threads in new[] { 2, 3 }) Results(threads).ShouldBe(one);

        string Results(int threads, ulong seed = 9)
        {
            var options = new SimulationOptions { Threads = threads };
            return string.Join(' ', TrajectorySimulator.Expectation(program, observable, at, 300, seed, options).Value.ToString("R"),
                TrajectorySimulator.Run(program, at, 300, seed, options),
                string.Join(' ', TrajectorySimulator.Probabilities(program, at, 300, seed, options).Select(p => p.ToString("R"))));
        }
    }

    [Fact]
    public void draw_errors_as_often_as_their_channels_say()
    {
        var channels = Enumerable.Range(0, 40).Select(k => new ChannelOperation(k % 2 == 0 ? Channel.Depolarizing(0.02) : Channel.BitFlip(k == 39 ? 1 : 0.1), [0])).ToArray();
        var sites = new ErrorSites(channels);
        const int draws = 20_000;
        var (found, often) = (new List<PauliError>(), new int[40]);
        for (ulong t = 0; t < draws; t++) sites.Draw(new RandomStream(3, t), found);
        foreach (var error in found) often[error.Site]++;
        for (var k = 0; k < 40; k++)
        {
            var probability = k == 39 ? 1 : k % 2 == 0 ? 0.02 : 0.1;
            (often[k] / (double)draws).ShouldBe(probability, Confidence * Math.Sqrt(probability * (1 - probability) / draws) + Rounding);
        }
        var signed = found.Count(e => e.Site % 2 == 0 && e is { X: 0, Z: 1 });
        (signed / (double)found.Count(e => e.Site % 2 == 0)).ShouldBe(1 / 3.0, 0.03);
    }

    [Fact]
    public void say_what_they_cannot_do()
    {
        var program = TrajectoryProgram.From(Circuit.Build(2, c => c.H(0)));
        Should.Throw<QuantumException>(() => TrajectorySimulator.Expectation(program, PauliSum.Identity(2), default, 1, 0)).Message
            .ShouldBe("1 trajectories tell no error: at least 2 are needed.");
        Should.Throw<QuantumException>(() => TrajectorySimulator.Run(program, [0.5], 1, 0)).Message.ShouldContain("0 parameters, but 1 values were given");
    }

    private static NoisyCircuit NoisyLayers(int qubits)
    {
        var next = 0;
        var circuit = Circuit.Build(qubits, c =>
        {
            for (var layer = 0; layer < 4; layer++)
            {
                for (var q = 0; q < qubits; q++) c.Ry(Parameter.Named($"t{next++}"), q).Rz(Parameter.Named($"t{next++}"), q);
                for (var q = 0; q + 1 < qubits; q++) c.Cx(q, q + 1);
                c.T(0);
            }
        });
        return NoiseModel.None.AfterOneQubitGates(Channel.Depolarizing(0.02)).AfterTwoQubitGates(Channel.Depolarizing(0.05, 2))
            .AfterGate("t", Channel.AmplitudeDamping(0.1)).ApplyTo(circuit);
    }
}
