using System.Text.Json;
using QTrain.Circuits;
using QTrain.Mitigation;
using QTrain.Noise;
using QTrain.Numerics;
using QTrain.Observables;
using QTrain.Shots;
using QTrain.Simulation;
using QTrain.Simulation.Density;
using QTrain.Tests.Reference;
using QTrain.TestSupport;

namespace QTrain.Tests.Mitigation;

public sealed class Mitigated_values
{
    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Data().GetArrayLength())];

    [Theory, MemberData(nameof(Cases))]
    public void agree_with_those_computed_elsewhere(int index)
    {
        var data = Data()[index];
        switch (data.GetProperty("kind").GetString())
        {
            case "zne_extrapolation":
                var (scales, values) = (Numbers(data, "scale_factors"), Numbers(data, "expectation_values"));
                Extrapolation.Linear.AtZero(scales, values).ShouldBe(Number(data, "linear_fit_zero_noise"), 1e-12);
                Extrapolation.Polynomial(2).AtZero(scales, values).ShouldBe(Number(data, "quadratic_fit_zero_noise"), 1e-12);
                Extrapolation.Richardson.AtZero(scales, values).ShouldBe(Number(data, "richardson_zero_noise"), 1e-12);
                Extrapolation.Exponential(isWeighted: false).AtZero(scales, values).ShouldBe(Number(data, "log_linear_exponential_zero_noise_asymptote_0"), 1e-12);
                Extrapolation.Exponential().AtZero(scales, values).ShouldBe(Number(data, "mitiq_exp_factory_asymptote_0"), 1e-12);
                break;
            case "readout_inverse":
                ReadoutError[] errors = [.. data.GetProperty("p_1_given_0_and_p_0_given_1_per_qubit").EnumerateArray().Select(e => new ReadoutError(e[0].GetDouble(), e[1].GetDouble()))];
                var mitigated = new ReadoutMitigation([.. errors]).Invert(Probabilities(data, "measured_probabilities"));
                var expected = Probabilities(data, "mitigated_probabilities");
                for (var k = 0; k < expected.Length; k++) mitigated[k].ShouldBe(expected[k], 1e-12);
                break;
            case "pec_inverse_depolarizing_1q":
                // The file's p mixes with I/2: three quarters of it are errors.
                var one = QuasiProbabilities.Inverse(Channel.Depolarizing(0.75 * Number(data, "p")));
                foreach (var (pauli, weight) in one.Weights) weight.ShouldBe(Number(data.GetProperty("coefficients"), pauli.ToLabel(1)), 1e-12);
                one.OneNorm.ShouldBe(Number(data, "one_norm_gamma"), 1e-12);
                break;
            case "pec_inverse_depolarizing_2q":
                var two = QuasiProbabilities.Inverse(Channel.Depolarizing(15 / 16.0 * Number(data, "p"), 2));
                two.Weights[0].Weight.ShouldBe(Number(data, "coefficient_identity"), 1e-12);
                two.Weights.Length.ShouldBe(16);
                foreach (var (_, weight) in two.Weights.Skip(1)) weight.ShouldBe(Number(data, "coefficient_each_other_pauli_pair"), 1e-12);
                two.OneNorm.ShouldBe(Number(data, "one_norm_gamma"), 1e-12);
                break;
            case "folding_exact":
                var times = data.GetProperty("circuit").GetString()![0] - '0';
                var circuit = Circuit.Build(1, c => c.Ry(Number(data, "theta"), 0)).Repeat(times);
                var noise = NoiseModel.None.AfterOneQubitGates(Channel.Depolarizing(0.75 * Number(data, "p")));
                var z = new PauliSum(1, [new PauliTerm(PauliString.Parse("Z"), 1)]);
                Math.Cos(times * Number(data, "theta")).ShouldBe(Number(data, "ideal"), 1e-12);
                var byScale = data.GetProperty("expected_by_scale").EnumerateObject().Select(p => (Scale: double.Parse(p.Name), Value: p.Value.GetDouble())).ToArray();
                foreach (var (scale, value) in byScale)
                {
                    NoisySimulator.Expectation(DensityProgram.From(noise.ApplyTo(Folding.Global(circuit, scale))), z).ShouldBe(value, 1e-12);
                    // Of gates that are all alike, folding each is the same.
                    NoisySimulator.Expectation(DensityProgram.From(noise.ApplyTo(Folding.Gates(circuit, scale))), z).ShouldBe(value, 1e-12);
                }
                Extrapolation.Richardson.AtZero([.. byScale.Select(v => v.Scale)], [.. byScale.Select(v => v.Value)]).ShouldBe(Number(data, "richardson_zero_noise"), 1e-12);
                break;
            default:
                Assert.Fail($"unknown kind in {data}");
                break;
        }
    }

    [Fact]
    public void by_Richardson_have_the_published_coefficients_and_error()
    {
        // Scales 1, 2, 3: (3, −3, 1), 19 times the variance, an error of (1 − f)³ for values fᵏ.
        Extrapolation.Richardson.Coefficients(1, 2, 3)!.Value.Select(c => Math.Round(c, 12)).ShouldBe([3, -3, 1]);
        var estimates = new[] { new Estimate(0.9, 0.01, 100), new Estimate(0.81, 0.01, 100), new Estimate(0.729, 0.01, 100) };
        var mitigated = Extrapolation.Richardson.AtZero([1, 2, 3], estimates);
        (1 - mitigated.Value).ShouldBe(0.001, 1e-12);
        mitigated.StandardError.ShouldBe(Math.Sqrt(19) * 0.01, 1e-12);
        mitigated.Shots.ShouldBe(300);
        Extrapolation.Exponential().Coefficients(1, 2).ShouldBeNull();
    }

    [Fact]
    public void of_an_exponential_are_exact_where_the_noise_is_one_and_carry_their_error()
    {
        double[] scales = [1, 1.7, 2.2, 4];
        foreach (var (asymptote, height) in new[] { (0.0, 0.8), (0.25, -0.9), (-0.1, 0.4) })
        {
            double At(double l) => asymptote + height * Math.Exp(-0.3 * l);
            foreach (var weighted in new[] { false, true })
            {
                var rule = Extrapolation.Exponential(asymptote, weighted);
                rule.AtZero(scales, [.. scales.Select(At)]).ShouldBe(asymptote + height, 1e-12);
                // The error of one value alone, against a difference. Weights follow the values, so a weighted fit moves a little more or less.
                const double step = 1e-6;
                var moved = scales.Select(At).ToArray();
                moved[2] += step;
                var slope = (rule.AtZero(scales, moved) - asymptote - height) / step;
                var error = rule.AtZero(scales, [.. scales.Select((l, k) => new Estimate(At(l), k == 2 ? 1 : 0, 1))]).StandardError;
                error.ShouldBe(Math.Abs(slope), 1e-4);
            }
        }
    }

    [Fact]
    public void of_too_few_or_repeated_scales_or_across_the_asymptote_are_refused()
    {
        Should.Throw<QuantumException>(() => Extrapolation.Polynomial(2).AtZero([1, 3], [0.5, 0.4])).Message.ShouldContain("3 or more");
        Should.Throw<QuantumException>(() => Extrapolation.Linear.AtZero([1, 1], [0.5, 0.4])).Message.ShouldContain("twice");
        Should.Throw<QuantumException>(() => Extrapolation.Linear.AtZero([1, 2, 3], [0.5, 0.4])).Message.ShouldContain("one value for each");
        Should.Throw<QuantumException>(() => Extrapolation.Exponential().AtZero([1, 3], [0.1, -0.02])).Message.ShouldContain("both sides");
        Should.Throw<QuantumException>(() => Extrapolation.Polynomial(0));
    }

    private static JsonElement Data() => JsonDocument.Parse(File.ReadAllText(TestData.Path("noise", "mitigation.json"))).RootElement;

    private static double Number(JsonElement data, string name) => data.GetProperty(name).GetDouble();

    private static double[] Numbers(JsonElement data, string name) => [.. data.GetProperty(name).EnumerateArray().Select(v => v.GetDouble())];

    private static double[] Probabilities(JsonElement data, string name)
    {
        var all = data.GetProperty(name).EnumerateObject().ToArray();
        var result = new double[all.Length];
        foreach (var entry in all) result[Convert.ToInt32(entry.Name, 2)] = entry.Value.GetDouble();
        return result;
    }
}

public sealed class Folded_circuits
{
    [Fact]
    public void compute_the_same_with_as_many_gates_as_asked_and_measure_once()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            var circuit = Any.UnitaryCircuit(3, 7, seed);
            double[] at = [0.3, -1.1, 2.4, 0.7];
            var gates = circuit.Operations.Count(o => o is GateOperation);
            var before = NaiveState.Of(circuit, at).Amplitudes;
            foreach (var scale in new[] { 1, 1.3, 2, 3, 3.9, 5 })
                foreach (var folded in new[] { Folding.Global(circuit, scale), Folding.Gates(circuit, scale) })
                {
                    NaiveState.Of(folded, at).Amplitudes.ShouldBe(before, 1e-12);
                    Math.Abs(folded.Operations.Count(o => o is GateOperation) - gates * scale).ShouldBeLessThanOrEqualTo(1.0);
                }
        }
        var measured = Circuit.Build(2, c => c.H(0).Cx(0, 1).MeasureAll());
        foreach (var folded in new[] { Folding.Global(measured, 3), Folding.Gates(measured, 3) })
        {
            folded.Operations.Count(o => o is Measure).ShouldBe(2);
            folded.Operations[..6].ShouldAllBe(o => o is GateOperation);
        }
    }

    [Fact]
    public void of_measurements_in_the_middle_or_smaller_scales_are_refused()
    {
        Should.Throw<QuantumException>(() => Folding.Global(Circuit.Build(1, c => c.Measure(0, 0).H(0)), 3)).Message.ShouldContain("at the end");
        Should.Throw<QuantumException>(() => Folding.Gates(Circuit.Build(1, c => c.Reset(0)), 3)).Message.ShouldContain("reset");
        Should.Throw<QuantumException>(() => Folding.Gates(Circuit.Build(1, c => c.H(0)), 0.5)).Message.ShouldContain("0.5");
    }
}

public sealed class Readout_mitigation
{
    private static readonly ReadoutMitigation Two = new(new ReadoutError(0.03, 0.08), new ReadoutError(0.05, 0.01));

    [Fact]
    public void undoes_what_a_device_misreads()
    {
        var bell = Circuit.Build(2, c => c.Ry(0.7, 0).Cx(0, 1).Ry(0.4, 1).MeasureAll());
        var noisy = new NoisyCircuit(bell, new Dictionary<int, ReadoutError> { [0] = Two.Errors[0], [1] = Two.Errors[1] });
        var read = NoisySimulator.Probabilities(DensityProgram.From(noisy));
        var ideal = Simulator.Probabilities(CompiledCircuit.From(bell), default);
        var mitigated = Two.Invert([.. Enumerable.Range(0, 4).Select(k => read.GetValueOrDefault((ulong)k))]);
        for (var k = 0; k < 4; k++) mitigated[k].ShouldBe(ideal.GetValueOrDefault((ulong)k), 1e-12);
    }

    [Fact]
    public void of_expectations_equals_that_of_all_probabilities_and_knows_its_error()
    {
        var counts = new Counts(2, [new(0, 700), new(1, 120), new(2, 80), new(3, 100)]);
        var all = Two.Invert(counts);
        foreach (var bits in new ulong[] { 1, 2, 3 })
        {
            var expected = Enumerable.Range(0, 4).Sum(k => all[k] * ((ulong.PopCount((ulong)k & bits) & 1) == 0 ? 1 : -1));
            var estimate = Two.Expectation(counts, bits);
            estimate.Value.ShouldBe(expected, 1e-12);
            estimate.Shots.ShouldBe(1000);
            estimate.StandardError.ShouldBeInRange(0.02, Math.Sqrt(Two.VarianceFactor / 1000) * 1.01);
        }
        Two.Expectation(counts, 0).ShouldBe(new Estimate(1, 0, 1000));
        // Wider than any list of outcomes.
        var wide = new ReadoutMitigation([.. Enumerable.Repeat(new ReadoutError(0.1, 0.1), 40)]);
        wide.Expectation(new Counts(40, [new(0, 10)]), 1UL << 39).Value.ShouldBe(1 / 0.8, 1e-12);
    }

    [Fact]
    public void finds_the_nearest_probabilities()
    {
        ReadoutMitigation.Nearest([0.6, -0.2, 0.5, 0.1]).ShouldBe([1.6 / 3, 0, 1.3 / 3, 0.1 / 3], 1e-12);
        ReadoutMitigation.Nearest([0.25, 0.25, 0.25, 0.25]).ShouldBe([0.25, 0.25, 0.25, 0.25], 1e-12);
        // No other distribution is nearer: against many at random.
        var random = new RandomStream(8);
        for (var round = 0; round < 50; round++)
        {
            var given = Enumerable.Range(0, 5).Select(_ => random.NextDouble() - 0.3).ToArray();
            given[0] += 1 - given.Sum();
            var nearest = ReadoutMitigation.Nearest(given);
            nearest.Sum().ShouldBe(1, 1e-12);
            nearest.ShouldAllBe(p => p >= 0);
            var distance = Distance(nearest);
            for (var k = 0; k < 200; k++)
            {
                var other = Enumerable.Range(0, 5).Select(_ => -Math.Log(random.NextDouble())).ToArray();
                var (sum, t) = (other.Sum(), random.NextDouble());
                Distance([.. other.Zip(nearest, (o, n) => t * o / sum + (1 - t) * n)]).ShouldBeGreaterThanOrEqualTo(distance - 1e-12);
            }

            double Distance(double[] p) => p.Zip(given, (a, b) => (a - b) * (a - b)).Sum();
        }
    }

    [Fact]
    public void of_bits_that_say_nothing_or_are_not_there_is_refused()
    {
        Should.Throw<QuantumException>(() => new ReadoutMitigation(new ReadoutError(0.5, 0.5))).Message.ShouldContain("Bit 0");
        Should.Throw<QuantumException>(() => Two.Invert([0.5, 0.5])).Message.ShouldContain("2^2");
        Should.Throw<QuantumException>(() => Two.Expectation(new Counts(2, [new(0, 1)]), 4)).Message.ShouldContain("bit 2");
        Should.Throw<QuantumException>(() => Two.Expectation(new Counts(3, [new(0, 1)]), 1)).Message.ShouldContain("3 bits");
    }
}

public sealed class Quasi_probabilities
{
    [Fact]
    public void undo_any_mixture_of_Pauli_errors()
    {
        foreach (var channel in new[] { Channel.Pauli(0.05, 0.02, 0.11), Channel.PhaseFlip(0.2), Channel.Pauli2(("XY", 0.04), ("ZI", 0.1), ("IX", 0.03)), Channel.Depolarizing(0.2, 2) })
        {
            var inverse = QuasiProbabilities.Inverse(channel);
            inverse.Weights.Sum(w => w.Weight).ShouldBe(1, 1e-12);
            var transfer = channel.PauliTransferMatrix();
            var size = transfer.GetLength(0);
            // The weighted errors, one after the channel each, leave every string as it was.
            var sum = new double[size];
            foreach (var (pauli, weight) in inverse.Weights)
            {
                var error = Channel.FromKraus("error", [Matrix(pauli, channel.QubitCount)]).PauliTransferMatrix();
                for (var k = 0; k < size; k++) sum[k] += weight * error[k, k] * transfer[k, k];
            }
            sum.ShouldBe(Enumerable.Repeat(1.0, size), 1e-12);
        }
    }

    [Fact]
    public void have_the_published_cost()
    {
        // γ = 1 + 1.5r and 1 + 1.875r, r = ε/(1 − ε), ε = 4p/3 and 16p/15.
        foreach (var p in new[] { 0.001, 0.01, 0.1 })
        {
            double R(double e) => e / (1 - e);
            QuasiProbabilities.Inverse(Channel.Depolarizing(p)).OneNorm.ShouldBe(1 + 1.5 * R(4 * p / 3), 1e-12);
            QuasiProbabilities.Inverse(Channel.Depolarizing(p, 2)).OneNorm.ShouldBe(1 + 1.875 * R(16 * p / 15), 1e-12);
        }
        QuasiProbabilities.Inverse(Channel.Depolarizing(0.01, 2)).OneNorm.ShouldBe(1.020216, 1e-6);
    }

    [Fact]
    public void of_damping_or_of_complete_forgetting_are_refused()
    {
        Should.Throw<QuantumException>(() => QuasiProbabilities.Inverse(Channel.AmplitudeDamping(0.1))).Message.ShouldContain("mixture of Pauli");
        Should.Throw<QuantumException>(() => QuasiProbabilities.Inverse(Channel.PhaseFlip(0.5))).Message.ShouldContain("nothing undoes");
    }

    private static System.Numerics.Complex[,] Matrix(PauliString pauli, int qubits) => PauliTransfer.MatrixOf(pauli, qubits);
}
