using System.Numerics;
using System.Text.Json;
using QTrain.Circuits;
using QTrain.Formats;
using QTrain.Noise;
using QTrain.Numerics;
using QTrain.Tests.Reference;
using QTrain.TestSupport;
using Barrier = QTrain.Circuits.Barrier;

namespace QTrain.Tests.Noise;

public sealed class Every_channel
{
    private const double Rounding = 1e-12;

    public static TheoryData<string> Rows => [.. Channels.All.Select(r => r.Name)];

    [Theory, MemberData(nameof(Rows))]
    public void keeps_the_trace_and_says_the_same_in_every_form(string name)
    {
        var channel = Example(name);
        Check(channel);
        channel.Name.ShouldBe(name);
        Channels.Make(name, [.. channel.Arguments]).ShouldBe(channel);
        Channels.Find(name)!.About.ShouldEndWith(".");
    }

    [Fact]
    public void of_random_kraus_operators_says_the_same_in_every_form()
    {
        var random = new RandomStream(4);
        for (var k = 0; k < 12; k++) Check(AnyNoise.Kraus(1 + k % 3, 1 << k % 2, ref random));
    }

    [Fact]
    public void of_the_table_has_the_kraus_operators_written_out_elsewhere()
    {
        // The files write λ of ρ → (1 − λ)ρ + λ·1/2ᵏ; the total Pauli error is 3λ/4 or 15λ/16.
        Same("depolarizing_1q.json", 0, Channel.Depolarizing(0.75 * 0.12));
        Same("bell_depolarizing_2q_readout.json", 0, Channel.Depolarizing(15 / 16.0 * 0.08, 2));
        Same("amplitude_damping.json", 0, Channel.AmplitudeDamping(0.31));
        Same("phase_damping_bell.json", 0, Channel.PhaseDamping(0.4));
        Same("thermal_relaxation.json", 0, Channel.ThermalRelaxation(5e-5, 7e-5, 1.2e-5));
        Same("thermal_relaxation.json", 1, Channel.ThermalRelaxation(5e-5, 3e-5, 5e-6));

        static void Same(string file, int index, Channel channel)
        {
            using var document = JsonDocument.Parse(File.ReadAllText(TestData.Path("noise", "channels", file)));
            var expected = ExactChannels.Circuit(document.RootElement).Operations.OfType<ChannelOperation>().ElementAt(index).Channel.PauliTransferMatrix();
            var actual = channel.PauliTransferMatrix();
            for (var r = 0; r < expected.GetLength(0); r++)
                for (var c = 0; c < expected.GetLength(0); c++) actual[r, c].ShouldBe(expected[r, c], Rounding, file);
        }
    }

    [Fact]
    public void that_mixes_paulis_or_unitaries_knows_their_probabilities()
    {
        Channel.Depolarizing(0.3).Mixture!.Value.Select(t => Math.Round(t.Probability, 12)).ShouldBe([0.7, 0.1, 0.1, 0.1]);
        Channel.PhaseDamping(0.36).Mixture!.Value.Select(t => (t.Pauli.ToString(), Math.Round(t.Probability, 12))).ShouldBe([("I", 0.9), ("Z", 0.1)]);
        Channel.Pauli2(("XI", 0.1), ("ZZ", 0.2)).Mixture!.Value.Select(t => (t.Pauli!.Value.ToLabel(2), Math.Round(t.Probability, 12)))
            .ShouldBe([("II", 0.7), ("XI", 0.1), ("ZZ", 0.2)]);
        Channel.AmplitudeDamping(0.1).Mixture.ShouldBeNull();
        var coherent = Channel.OverRotation("zz", 0.1);
        coherent.IsPauliMixture.ShouldBeFalse();
        coherent.Mixture!.Value.Single().Probability.ShouldBe(1, Rounding);
    }

    [Fact]
    public void says_what_was_given_and_what_is_allowed()
    {
        Message(() => Channel.Depolarizing(1.2)).ShouldBe("1.2 is no probability: probabilities are 0 to 1.");
        Message(() => Channel.Pauli(0.5, 0.4, 0.3)).ShouldBe("The probabilities of a channel add up to 1.2: at most 1 is allowed.");
        Message(() => Channel.ThermalRelaxation(1, 3, 0.1)).ShouldBe("Relaxation with T1 = 1 and T2 = 3 cannot be: T2 is at most 2·T1 = 2. Use that where a calibration reports more.");
        Message(() => Channels.Make("depolarising", 0.1)).ShouldBe("There is no channel 'depolarising'. Did you mean 'depolarizing'?");
        Message(() => Channels.Make("pauli", 0.1)).ShouldBe("Channel 'pauli' takes 3 numbers (px, py, pz), but 1 was given.");
        Message(() => Channel.FromKraus("half", new Complex[,] { { 0.5, 0 }, { 0, 0.5 } })).ShouldStartWith("Channel 'half' does not keep the trace: Σ K†K differs from 1 by 0.75");
        Message(() => ReadoutError.FromMatrix(new[,] { { 0.9, 0.1 }, { 0.2, 0.9 } })).ShouldContain("must add up to 1");
        Message(() => new ChannelOperation(Channel.Depolarizing(0.1, 2), [0])).ShouldBe("Channel 'depolarizing2' acts on 2 qubits, but was given 1.");

        static string Message(Func<object> make) => Should.Throw<QuantumException>(() => make()).Message;
    }

    [Fact]
    public void in_a_circuit_is_a_value_that_is_written_and_read()
    {
        var random = new RandomStream(8);
        var circuit = Circuit.Build(3, c => c.H(0).Channel(Channel.Depolarizing(0.1, 2), 2, 0).Channel(AnyNoise.Kraus(1, 2, ref random), 1)
            .Measure(0, 0).If([0], 1, i => i.Channel(Channel.AmplitudeDamping(0.25), 1)));
        CircuitJson.Read(CircuitJson.Write(circuit), "noisy.json").ShouldBe(circuit);
        circuit.ShouldNotBe(Circuit.Build(3, c => c.H(0)));
        new Circuit(3, circuit.Operations.Take(2)).Draw().ShouldBe(
            """
            q0: ─h─depolarizing2─
                         │
            q1: ─────────┼───────
                         │
            q2: ───depolarizing2─

            """);
        Should.Throw<NotUnitaryException>(() => circuit.Inverse());
        circuit.OnQubits(4, 3, 2, 1).Operations[1].Qubits.ShouldBe([1, 3]);
    }

    private static Channel Example(string name)
    {
        var rule = Channels.Find(name)!;
        double[] arguments = [.. rule.Arguments.Select((_, k) => 0.3 / (k + 2))];
        if (name == "thermal_relaxation") arguments = [50, 70, 12, 0.1];
        return rule.Make(arguments);
    }

    private static void Check(Channel channel)
    {
        var size = 1 << channel.QubitCount;
        var random = new RandomStream(77);
        var rho = RandomMatrix(size, ref random);
        var expected = channel.Kraus.Select(k => Product(Product(k, rho), Adjoint(k))).Aggregate(Sum);
        Enumerable.Range(0, size).Aggregate(Complex.Zero, (t, k) => t + expected[k, k] - rho[k, k]).Magnitude.ShouldBe(0, 1e-9);

        var super = channel.Superoperator();
        var transfer = channel.PauliTransferMatrix();
        for (var row = 0; row < size; row++)
            for (var column = 0; column < size; column++)
            {
                Complex sum = 0;
                for (var k = 0; k < size * size; k++) sum += super[column * size + row, k] * rho[k % size, k / size];
                (sum - expected[row, column]).Magnitude.ShouldBe(0, Rounding);
            }
        for (var i = 0; i < size * size; i++)
        {
            Complex sum = 0;
            for (var j = 0; j < size * size; j++) sum += transfer[i, j] * Trace(Product(Letters(j, channel.QubitCount), rho));
            (sum - Trace(Product(Letters(i, channel.QubitCount), expected))).Magnitude.ShouldBe(0, Rounding);
        }
        if (channel.Mixture is not { } mixture) return;
        mixture.Sum(t => t.Probability).ShouldBe(1, Rounding);
        var mixed = mixture.Select(t => Scaled(Product(Product(t.Unitary, rho), Adjoint(t.Unitary)), t.Probability)).Aggregate(Sum);
        for (var row = 0; row < size; row++)
            for (var column = 0; column < size; column++) (mixed[row, column] - expected[row, column]).Magnitude.ShouldBe(0, Rounding);
    }

    private static Complex[,] Letters(int number, int qubits)
    {
        var matrix = new Complex[,] { { 1 } };
        for (var q = 0; q < qubits; q++)
        {
            var letter = Gates.Named("ixyz"[number >> (2 * q) & 3].ToString()).Matrix();
            var size = matrix.GetLength(0);
            var next = new Complex[2 * size, 2 * size];
            for (var r = 0; r < 2 * size; r++)
                for (var c = 0; c < 2 * size; c++) next[r, c] = letter[r / size, c / size] * matrix[r % size, c % size];
            matrix = next;
        }
        return matrix;
    }

    private static Complex[,] RandomMatrix(int size, ref RandomStream random)
    {
        var matrix = new Complex[size, size];
        for (var r = 0; r < size; r++)
            for (var c = 0; c < size; c++) matrix[r, c] = new Complex(random.NextGaussian(), random.NextGaussian());
        return matrix;
    }

    private static Complex Trace(Complex[,] matrix) => Enumerable.Range(0, matrix.GetLength(0)).Aggregate(Complex.Zero, (t, k) => t + matrix[k, k]);

    private static Complex[,] Adjoint(Complex[,] matrix)
    {
        var result = new Complex[matrix.GetLength(0), matrix.GetLength(0)];
        for (var r = 0; r < matrix.GetLength(0); r++)
            for (var c = 0; c < matrix.GetLength(0); c++) result[r, c] = Complex.Conjugate(matrix[c, r]);
        return result;
    }

    private static Complex[,] Scaled(Complex[,] matrix, double factor) => Product(matrix, Diagonal(matrix.GetLength(0), factor));

    private static Complex[,] Diagonal(int size, double value)
    {
        var result = new Complex[size, size];
        for (var k = 0; k < size; k++) result[k, k] = value;
        return result;
    }

    private static Complex[,] Sum(Complex[,] left, Complex[,] right)
    {
        var result = (Complex[,])left.Clone();
        for (var r = 0; r < left.GetLength(0); r++)
            for (var c = 0; c < left.GetLength(0); c++) result[r, c] += right[r, c];
        return result;
    }

    private static Complex[,] Product(Complex[,] left, Complex[,] right)
    {
        var size = left.GetLength(0);
        var result = new Complex[size, size];
        for (var r = 0; r < size; r++)
            for (var c = 0; c < size; c++)
                for (var k = 0; k < size; k++) result[r, c] += left[r, k] * right[k, c];
        return result;
    }
}

public sealed class A_noise_model
{
    [Fact]
    public void puts_channels_beside_the_operations_its_rules_speak_of()
    {
        var (one, two, damping) = (Channel.Depolarizing(0.001), Channel.Depolarizing(0.01, 2), Channel.AmplitudeDamping(0.1));
        var model = NoiseModel.None.AfterOneQubitGates(one, except: ["rz"]).AfterTwoQubitGates(two).AfterGate("cnot", damping, 1, 0)
            .With(new NoiseRule { Operation = "measure", Channel = damping, IsBefore = true })
            .With(new NoiseRule { Operation = "x", Channel = Channel.PhaseFlip(0.5), On = [2] })
            .WithReadout(new ReadoutError(0.1, 0.2)).WithReadout(1, new ReadoutError(0, 0));
        var noisy = model.ApplyTo(Circuit.Build(3, c => c.X(0).Rz(0.3, 1).Cx(0, 1).Cx(1, 0).Barrier().Measure(2, 0)));
        noisy.Circuit.Operations.Where(o => o is not Barrier).Select(o => o.ToString()!.StartsWith("Measure", StringComparison.Ordinal) ? "measure" : o.ToString()).ShouldBe(
        [
            "x 0", "depolarizing(0.001) 0", "phase_flip(0.5) 2", "rz(0.3) 1", "cx 0, 1", "depolarizing2(0.01) 0, 1",
            "cx 1, 0", "depolarizing2(0.01) 1, 0", "amplitude_damping(0.1) 1", "amplitude_damping(0.1) 0", "amplitude_damping(0.1) 2", "measure",
        ]);
        noisy.Readout.Keys.ShouldBe([0, 2]);
        model.ShouldBe(NoiseModel.None.AfterOneQubitGates(one, except: ["rz"]).AfterTwoQubitGates(two).AfterGate("cx", damping, 1, 0)
            .With(new NoiseRule { Operation = "measure", Channel = damping, IsBefore = true })
            .With(new NoiseRule { Operation = "x", Channel = Channel.PhaseFlip(0.5), On = [2] })
            .WithReadout(new ReadoutError(0.1, 0.2)).WithReadout(1, new ReadoutError(0, 0)));
    }

    [Fact]
    public void is_written_as_the_guide_writes_it()
    {
        var model = NoiseModel.None
            .AfterOneQubitGates(Channel.Depolarizing(0.001), except: ["rz"])
            .AfterTwoQubitGates(Channel.Depolarizing(0.01, 2))
            .AfterGate("cx", Channel.ThermalRelaxation(t1: 50, t2: 70, duration: 0.3))
            .WithReadout(new ReadoutError(OneGivenZero: 0.02, ZeroGivenOne: 0.04));
        model.ApplyTo(Circuit.Build(2, c => c.H(0).Rz(1, 0).Cx(0, 1))).Circuit.Operations.Select(o => o.Name)
            .ShouldBe(["h", "depolarizing", "rz", "cx", "depolarizing2", "thermal_relaxation", "thermal_relaxation"]);
    }

    [Fact]
    public void keeps_conditions_and_the_order_of_parameters()
    {
        var circuit = new Circuit(2, Circuit.Build(2, c => c.Measure(0, 0).If([0], 1, i => i.Rx(Parameter.Named("b"), 1).Ry(Parameter.Named("a"), 1))).Operations,
            parameters: [Parameter.Named("a"), Parameter.Named("b")]);
        var noisy = NoiseModel.None.AfterOneQubitGates(Channel.BitFlip(0.1)).ApplyTo(circuit);
        noisy.Circuit.Parameters.ShouldBe(circuit.Parameters);
        noisy.Circuit.Operations.OfType<ChannelOperation>().Select(c => c.Condition).ShouldAllBe(c => c == new Condition(new[] { 0 }.ToImmutable(), 1));
    }

    [Fact]
    public void refuses_a_channel_that_fits_no_qubits() =>
        Should.Throw<QuantumException>(() => NoiseModel.None.AfterGate("x", Channel.Depolarizing(0.1, 2)).ApplyTo(Circuit.Build(1, c => c.X(0))))
            .Message.ShouldBe("The noise rule for 'x 0' has the channel depolarizing2(0.1) on 2 qubits, but 1 qubits to act on: they must be as many, or the channel on one.");
}

file static class Arrays
{
    public static System.Collections.Immutable.ImmutableArray<int> ToImmutable(this int[] values) => [.. values];
}
