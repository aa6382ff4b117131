using System.Numerics;
using QTrain.Circuits;
using QTrain.Devices;
using QTrain.Noise;
using QTrain.Simulation.Density;

namespace QTrain.Tests.Devices;

public sealed class The_noise_of_a_device
{
    /// <summary>Rounding of sums of a few hundred products of numbers of size one.</summary>
    private const double Rounding = 1e-12;

    public static TheoryData<string> Names => ["lima", "manila", "hanoi", "sherbrooke", "willow_pink", "belem", "bogota"];

    [Theory, MemberData(nameof(Names))]
    public void gives_every_gate_the_average_infidelity_that_is_reported(string name)
    {
        var device = name is "belem" or "bogota" ? CalibrationData.Import($"ibm/props_{name}.json", $"ibm/conf_{name}.json") : BuiltInDevices.Get(name);
        var noise = DeviceNoise.From(device);
        var relaxing = string.Join(' ', noise.Warnings.Where(w => w.StartsWith("Relaxation", StringComparison.Ordinal)));
        var (checkedGates, relaxedOnly) = (0, 0);
        foreach (var gate in device.Gates.Where(g => g is { IsEnabled: true, Error: not null, Qubits.Length: 1 or 2 } && g.Gate is not ("rz" or "reset")).Where((_, k) => k % 7 == 0 || device.Qubits.Length < 30))
        {
            var rules = noise.Model.Rules.Where(r => r.Operation == gate.Gate && r.Qubits.SequenceEqual(gate.Qubits)).ToArray();
            var infidelity = AverageInfidelity(rules, gate.Qubits);
            if (rules.Any(r => r.Channel.Name.StartsWith("depolarizing", StringComparison.Ordinal))) infidelity.ShouldBe(gate.Error!.Value.Value, Rounding, gate.ToString());
            else
            {
                infidelity.ShouldBeGreaterThanOrEqualTo(gate.Error!.Value.Value - Rounding, gate.ToString());
                relaxedOnly++;
            }
            checkedGates++;
        }
        checkedGates.ShouldBeGreaterThan(10);
        if (relaxedOnly > 0) relaxing.ShouldNotBeEmpty("a gate whose error relaxation exceeds is named in a warning");
    }

    /// <summary>1 − (Σ|Tr K|² + d)/(d² + d) over all products of Kraus operators: the definition, without transfer matrices.</summary>
    private static double AverageInfidelity(IEnumerable<NoiseRule> rules, IReadOnlyList<int> qubits)
    {
        var d = 1 << qubits.Count;
        List<Complex[,]> operators = [Identity(d)];
        foreach (var rule in rules)
        {
            var on = rule.On.IsDefault ? qubits : rule.On;
            var lifted = rule.Channel.Kraus.Select(k => rule.Channel.QubitCount == qubits.Count ? k : on[0] == qubits[0] ? Kron(Identity(2), k) : Kron(k, Identity(2))).ToList();
            operators = [.. operators.SelectMany(a => lifted.Select(b => Product(b, a)))];
        }
        var sum = operators.Sum(k => { Complex trace = 0; for (var i = 0; i < d; i++) trace += k[i, i]; return trace.Real * trace.Real + trace.Imaginary * trace.Imaginary; });
        return 1 - (sum + d) / (d * d + d);

        static Complex[,] Identity(int size) { var m = new Complex[size, size]; for (var i = 0; i < size; i++) m[i, i] = 1; return m; }

        static Complex[,] Product(Complex[,] a, Complex[,] b)
        {
            var n = a.GetLength(0);
            var m = new Complex[n, n];
            for (var i = 0; i < n; i++) for (var j = 0; j < n; j++) for (var k = 0; k < n; k++) m[i, j] += a[i, k] * b[k, j];
            return m;
        }

        // The first factor holds the higher bit.
        static Complex[,] Kron(Complex[,] high, Complex[,] low)
        {
            var m = new Complex[4, 4];
            for (var i = 0; i < 4; i++) for (var j = 0; j < 4; j++) m[i, j] = high[i >> 1, j >> 1] * low[i & 1, j & 1];
            return m;
        }
    }

    private static Calibration OneQubit(double? t1, double? t2, double? error, double? duration, double? up = 0.01, double? down = 0.02) => new(
        "test", [new QubitCalibration
        {
            T1 = t1 is { } a ? CalibratedValue.Seconds(a) : null, T2 = t2 is { } b ? CalibratedValue.Seconds(b) : null,
            OneGivenZero = up is { } u ? CalibratedValue.Probability(u) : null, ZeroGivenOne = down is { } d ? CalibratedValue.Probability(d) : null,
        }],
        [new GateCalibration { Gate = "x", Qubits = [0], Error = error is { } e ? CalibratedValue.Probability(e) : null, Duration = duration is { } s ? CalibratedValue.Seconds(s) : null }],
        [], ["x"]);

    [Fact]
    public void is_relaxation_alone_where_that_is_more_than_the_error_and_says_so()
    {
        var noise = DeviceNoise.From(OneQubit(1e-5, 1e-5, 1e-6, 1e-6));
        noise.Model.Rules.ShouldHaveSingleItem().Channel.ShouldBe(Channel.ThermalRelaxation(1e-5, 1e-5, 1e-6));
        noise.Warnings.ShouldBe(["Relaxation during it is more than the reported error, and acts alone, in x 0."]);
    }

    [Fact]
    public void takes_twice_T1_for_a_longer_T2_and_says_so()
    {
        var noise = DeviceNoise.From(OneQubit(1e-5, 3e-5, 0.1, 1e-6));
        noise.Model.Rules[0].Channel.ShouldBe(Channel.ThermalRelaxation(1e-5, 2e-5, 1e-6));
        noise.Warnings.ShouldHaveSingleItem().ShouldContain("T2 is reported as more than 2·T1");
        DeviceNoise.From(BuiltInDevices.Get("hanoi")).Warnings.ShouldContain("T2 is reported as more than 2·T1, which cannot be, and 2·T1 is taken, on qubits 2, 5, 10, 11, 13.");
    }

    [Fact]
    public void names_every_gap()
    {
        DeviceNoise.From(OneQubit(null, null, 0.01, 1e-6)).Warnings.ShouldBe(["Neither T1 nor T2 is known, so that nothing relaxes on qubit 0."]);
        DeviceNoise.From(OneQubit(1e-5, null, 0.1, 1e-6)).Warnings.ShouldHaveSingleItem().ShouldContain("T2 is not known");
        DeviceNoise.From(OneQubit(1e-5, 1e-5, null, 1e-6)).Warnings.ShouldBe(["The error is not known, so that nothing but relaxation acts in x."]);
        DeviceNoise.From(OneQubit(1e-5, 1e-5, 0.01, null)).Warnings.ShouldBe(["The duration is not known, so that nothing relaxes during x."]);
        DeviceNoise.From(OneQubit(1e-5, 1e-5, 0.5, 1e-6, null, null)).Warnings.ShouldContain("The readout error is not known, so that it is read rightly: qubit 0.");
        DeviceNoise.From(OneQubit(1e-5, 1e-5, 0.9, 1e-6)).Warnings.ShouldContain(w => w.Contains("loses everything", StringComparison.Ordinal));
        DeviceNoise.From(BuiltInDevices.Get("manila")).Warnings.ShouldNotContain(w => w.Contains("not known", StringComparison.Ordinal));
    }

    [Fact]
    public void leaves_disabled_gates_and_frame_changes_alone()
    {
        var torino = BuiltInDevices.Get("torino");
        var rules = DeviceNoise.From(torino).Model.Rules;
        rules.ShouldAllBe(r => r.Operation != "rz" && r.Operation != "rzz");
        foreach (var gate in torino.Gates.Where(g => !g.IsEnabled && g.Gate == "cz")) rules.Any(r => r.Operation == "cz" && r.Qubits.SequenceEqual(gate.Qubits)).ShouldBeFalse();
    }

    [Fact]
    public void misreads_qubits_as_reported()
    {
        var device = BuiltInDevices.Get("manila");
        var read = NoisySimulator.Probabilities(DensityProgram.From(DeviceNoise.From(device).ApplyTo(Circuit.Build(5, c => c.Measure(3, 0)))));
        read[1].ShouldBe(device.Qubits[3].OneGivenZero!.Value.Value, Rounding);
        var mean = DeviceNoise.From(OneQubit(1, 1, 0, 0, null, null).With(everyQubit: new QubitCalibration { ReadoutError = CalibratedValue.Probability(0.03) }));
        mean.Model.ReadoutByQubit[0].ShouldBe(new ReadoutError(0.03, 0.03));
        mean.Warnings.ShouldContain(w => w.StartsWith("Only the mean readout error", StringComparison.Ordinal));
    }

    [Fact]
    public void lets_qubits_relax_while_they_wait()
    {
        // Qubit 0 is excited and then waits for ten gates of qubit 1; nothing but T1 acts.
        var (t1, gate) = (2e-5, 1e-6);
        var qubit = new QubitCalibration { T1 = CalibratedValue.Seconds(t1), T2 = CalibratedValue.Seconds(2 * t1) };
        var device = new Calibration("pair", [qubit, qubit],
            [.. from q in new[] { 0, 1 } select new GateCalibration { Gate = "x", Qubits = [q], Duration = CalibratedValue.Seconds(gate) }, new GateCalibration { Gate = "cz", Qubits = [0, 1], Duration = CalibratedValue.Seconds(0) }],
            [new QubitPair(0, 1)], ["x", "cz"]);
        var circuit = Circuit.Build(2, c =>
        {
            c.X(0);
            for (var k = 0; k < 10; k++) c.X(1);
            c.Cz(0, 1).Measure(0, 0);
        });
        Excited(DeviceNoise.From(device)).ShouldBe(Math.Exp(-10 * gate / t1), Rounding, "one gate and nine of waiting");
        Excited(DeviceNoise.From(device, new() { IdleRelaxation = false })).ShouldBe(Math.Exp(-gate / t1), Rounding);
        DeviceNoise.From(device).DurationOf(circuit).ShouldBe(10 * gate, 1e-15);

        double Excited(DeviceNoise noise) => NoisySimulator.Probabilities(DensityProgram.From(noise.ApplyTo(circuit)))[1];
    }

    [Fact]
    public void flips_the_neighbours_of_two_qubit_gates_where_crosstalk_is_asked_for()
    {
        var device = BuiltInDevices.Get("manila");
        var rules = DeviceNoise.From(device, new() { Crosstalk = 0.5 }).Model.Rules.Where(r => r.Channel.Name == "phase_flip" && r.Operation == "cx" && r.Qubits.SequenceEqual([1, 2])).ToArray();
        rules.Select(r => r.On.Single()).ShouldBe([0, 3]);
        var expected = Channel.PhaseFlip(0.5 * device.Find("cx", 1, 2)!.Error!.Value.Value);
        rules.Select(r => r.Channel).ShouldBe([expected, expected]);
        Should.Throw<QuantumException>(() => DeviceNoise.From(device, new() { Crosstalk = 2 })).Message.ShouldContain("0 to 1");
    }

    [Fact]
    public void of_a_whole_device_value_acts_wherever_the_gate_does()
    {
        var ionq = CalibrationData.Import("examples/braket_ionq_device_capabilities.test-fixture.json");
        var noise = DeviceNoise.From(ionq);
        noise.Model.Rules.Length.ShouldBeLessThan(12);
        var noisy = noise.ApplyTo(Circuit.Build(25, c => c.Gate("ms", [3, 17], 0.0, 0.0, 0.25)));
        noisy.Circuit.Operations.OfType<ChannelOperation>().Count(o => o.Channel.Name == "depolarizing2").ShouldBe(1);
        noise.Uncovered(Circuit.Build(25, c => c.Gate("ms", [3, 17], 0.0, 0.0, 0.25).H(0).H(0))).ShouldBe(["h on 0"]);
    }

    [Fact]
    public void is_the_same_whether_rules_are_looked_up_or_tried_one_by_one()
    {
        var device = BuiltInDevices.Get("nairobi");
        var model = DeviceNoise.From(device, new() { Crosstalk = 0.3 }).Model
            .With(new NoiseRule { OperationQubits = 1, Channel = Channel.BitFlip(0.1) })
            .With(new NoiseRule { Qubits = [1, 2], Channel = Channel.PhaseFlip(0.2), IsBefore = true });
        var circuit = Circuit.Build(7, c => c.X(0).Sx(1).Cx(0, 1).Cx(1, 2).Rz(0.3, 2).Cx(2, 1).Reset(3).Measure(1, 0));
        var expected = circuit.Operations.SelectMany(o => model.Rules.Where(r => r.IsBefore && r.Matches(o)).SelectMany(r => r.Beside(o))
            .Append(o).Concat(model.Rules.Where(r => !r.IsBefore && r.Matches(o)).SelectMany(r => r.Beside(o))));
        model.ApplyTo(circuit).Circuit.Operations.ShouldBe(expected);
    }
}
