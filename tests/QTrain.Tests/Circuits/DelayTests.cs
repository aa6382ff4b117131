using System.Numerics;
using QTrain.Circuits;
using QTrain.Devices;
using QTrain.Formats;
using QTrain.Noise;
using QTrain.Observables;
using QTrain.OpenQasm;
using QTrain.Simulation;
using QTrain.Numerics;
using QTrain.Simulation.Density;
using QTrain.Simulation.MatrixProduct;
using QTrain.Simulation.Stabilizer;
using QTrain.Simulation.Trajectories;
using QTrain.Tests.Reference;
using QTrain.Transpilation;
using Barrier = QTrain.Circuits.Barrier;

namespace QTrain.Tests.Circuits;

public sealed class A_delay
{
    private static Circuit Waiting => Circuit.Build(3, c => c.H(0).Delay(Duration.FromNanoseconds(100), 0, 2).Cx(0, 1).Delay(Duration.FromDt(160)).Ry(new Parameter("a"), 2).Delay(new Duration(1e-6, 16), 1));

    [Fact]
    public void changes_no_state_by_any_method()
    {
        var plain = new Circuit(3, Waiting.Operations.Where(o => o is not Delay), parameters: Waiting.Parameters);
        using var waited = StateVector.Zero(3);
        using var other = StateVector.Zero(3);
        waited.Apply(CompiledCircuit.From(Waiting), [0.3]);
        other.Apply(CompiledCircuit.From(plain), [0.3]);
        for (var k = 0; k < waited.Length; k++) waited[k].ShouldBe(other[k]);
        CompiledCircuit.From(Waiting).Instructions.Length.ShouldBe(CompiledCircuit.From(plain).Instructions.Length);
        var measured = Waiting.Bind(0.0).Then(c => c.MeasureAll());
        var ofBell = new ulong[] { 0b000, 0b011 };
        Simulator.Run(measured, [], 1000, 3).Select(o => o.Outcome).ShouldBe(ofBell);
        StabilizerSimulator.Run(measured, [], 1000, 3).Select(o => o.Outcome).ShouldBe(ofBell);
        MatrixProductSimulator.Run(measured, [], 1000, new RandomStream(3)).Counts.Count.ShouldBe(2);
        NoisySimulator.Run(DensityProgram.From(measured), [], 1000, 3).Select(o => o.Outcome).ShouldBe(ofBell);
        TrajectorySimulator.Run(TrajectoryProgram.From(measured), [], 1000, 3).Select(o => o.Outcome).ShouldBe(ofBell);
    }

    [Fact]
    public void stays_where_it_is_when_circuits_are_inverted_composed_bound_and_moved()
    {
        Waiting.IsUnitary.ShouldBeTrue();
        Waiting.Inverse().Operations.OfType<Delay>().Reverse().ShouldBe(Waiting.Operations.OfType<Delay>());
        Waiting.Inverse().Inverse().ShouldBe(Waiting);
        Waiting.Then(Waiting).Operations.OfType<Delay>().Count().ShouldBe(6);
        Waiting.Bind(0.4).Operations.OfType<Delay>().ShouldBe(Waiting.Operations.OfType<Delay>());
        Waiting.OnQubits(5, 4, 3, 1).Operations[1].ShouldBe(new Delay(Duration.FromNanoseconds(100), [4, 1]));
        Waiting.Controlled(3).Operations[1].ShouldBe(Waiting.Operations[1]);
        Waiting.Depth.ShouldBe(3);
        Waiting.GateCounts["delay"].ShouldBe(3);
    }

    [Fact]
    public void is_written_and_read_in_every_form_that_has_it()
    {
        CircuitJson.Read(CircuitJson.Write(Waiting), "c.json").ShouldBe(Waiting);
        var three = OpenQasmWriter.Write(Waiting);
        three.ShouldContain("delay[100ns] q[0], q[2];");
        three.ShouldContain("delay[160dt] q;");
        three.ShouldContain("delay[1us + 16dt] q[1];");
        OpenQasmProgram.Parse(three).ToCircuit().ShouldBe(Waiting);
        var two = OpenQasmWriter.WriteVersion2(Waiting.Bind(0.5));
        two.ShouldContain("// delay[100ns] q[0],q[2];");
        OpenQasmProgram.Parse(two).ToCircuit().Operations.ShouldBe(Waiting.Bind(0.5).Operations.Where(o => o is not Delay));
        Waiting.Draw().ShouldContain("wait(100ns)");
        Waiting.DrawSvg().ShouldContain(">wait<");
    }

    [Theory]
    [InlineData(1e-7, "100ns")]
    [InlineData(1.25e-9, "1.25ns")]
    [InlineData(2.2222222222222221e-10, "0.22222222222222221ns")]
    [InlineData(3e-6, "3us")]
    [InlineData(0.5, "0.5s")]
    [InlineData(0, "0s")]
    public void tells_its_duration_in_short_units(double seconds, string text)
    {
        if (seconds != 2.2222222222222221e-10) Duration.FromSeconds(seconds).ToString().ShouldBe(text);
        ((Delay)OpenQasmProgram.Parse($"qubit q; delay[{Duration.FromSeconds(seconds)}] q;").ToCircuit().Operations[0]).Duration.Seconds.ShouldBe(seconds);
    }

    [Fact]
    public void of_any_length_reads_back_to_the_last_bit() => Law.ForAll(Any.Seed(), seed =>
    {
        var random = new RandomStream(seed);
        var seconds = random.NextDouble() * Math.Pow(10, -(double)random.NextBelow(12));
        ((Delay)OpenQasmProgram.Parse($"qubit q; delay[{Duration.FromSeconds(seconds)}] q;").ToCircuit().Operations[0]).Duration.Seconds.ShouldBe(seconds);
    });

    [Fact]
    public void of_a_program_is_kept_through_gates_subroutines_loops_and_conditions()
    {
        var circuit = OpenQasmProgram.Parse("""
            OPENQASM 3.0;
            include "stdgates.inc";
            qubit[3] q; bit c;
            const duration pause = 40ns;
            gate echo a { delay[pause / 2] a; x a; delay[pause]; }
            def rest(qubit[2] r, duration d) { delay[2 * d] r; delay[d]; }
            echo q[1];
            inv @ echo q[1];
            rest(q[0:1], 1us);
            for int k in [1:2] delay[k * 10dt] q[2];
            c = measure q[0];
            if (c) { delay[1ms] q[1]; }
            delay[3s];
            stretch gap;
            delay[gap] q[0];
            """).ToCircuit();
        string[] delays = [.. circuit.Operations.OfType<Delay>().Select(d => d.ToString() + (d.Condition is null ? "" : $" if {d.Condition}"))];
        delays.ShouldBe(["delay[20ns] 1", "delay[40ns] 1", "delay[40ns] 1", "delay[20ns] 1", "delay[2us] 0, 1", "delay[1us] 0, 1", "delay[10dt] 2", "delay[20dt] 2", "delay[1ms] 1 if c0=1", "delay[3s] 0, 1, 2", "delay[0s] 0"]);
    }

    [Fact]
    public void of_a_box_stands_between_barriers() =>
        OpenQasmProgram.Parse("include \"stdgates.inc\"; qubit[3] q; h q[0]; box [1us] { cx q[0], q[2]; delay[10ns] q[0]; } box {} h q[1];").ToCircuit().Operations.Select(o => o.ToString()).ShouldBe(
            ["h 0", new Barrier([0, 2]).ToString(), "cx 0, 2", "delay[10ns] 0", new Barrier([0, 2]).ToString(), "h 1"]);

    [Theory]
    [InlineData("qubit q; delay[-1ns] q;", "not negative")]
    [InlineData("qubit q; delay[3] q;", "expected a duration")]
    [InlineData("qubit q; delay q;", "'[' and a duration")]
    public void that_cannot_be_is_refused_where_it_stands(string text, string reason) =>
        Should.Throw<InvalidFileException>(() => OpenQasmProgram.Parse("OPENQASM 3.0; " + text, "p.qasm").ToCircuit()).Message.ShouldContain(reason);

    [Fact]
    public void that_cannot_be_is_refused_by_a_circuit()
    {
        Should.Throw<QuantumException>(() => new Delay(Duration.FromSeconds(-1), [0])).Message.ShouldContain("A delay of -1s cannot be");
        Should.Throw<QuantumException>(() => new Delay(Duration.Zero, [0, 0])).Message.ShouldContain("must differ");
        Should.Throw<QuantumException>(() => new Delay(Duration.Zero, [])).Message.ShouldContain("needs a qubit");
        Should.Throw<InvalidFileException>(() => CircuitJson.Read("""{"num_qubits": 1, "operations": [{"gate": "delay", "qubits": [0]}]}""", "c.json")).Message.ShouldContain("\"seconds\"");
    }

    [Fact]
    public void on_a_device_relaxes_qubits_by_their_times()
    {
        var device = BuiltInDevices.Get("manila");
        var noise = DeviceNoise.From(device);
        const double seconds = 20e-6;
        var (t1, t2) = (device.Qubits[1].T1!.Value.Value, device.Qubits[1].T2!.Value.Value);
        // An excited state decays by T1, a superposition dephases by T2; gates that are not of the device are ideal here.
        Expectation(c => c.Y(1), "Z", seconds).ShouldBe(1 - 2 * Math.Exp(-seconds / t1), 1e-12);
        Expectation(c => c.Ry(Math.PI / 2, 1), "X", seconds).ShouldBe(Math.Exp(-seconds / t2), 1e-12);
        Expectation(_ => { }, "Z", seconds).ShouldBe(1, 1e-15);
        Expectation(c => c.Y(1), "Z", 0).ShouldBe(-1, 1e-15);

        double Expectation(Action<CircuitBuilder> prepare, string pauli, double wait)
        {
            var circuit = Circuit.Build(5, c => { prepare(c); c.Delay(Duration.FromSeconds(wait), 1, 2); });
            using var mixed = DensityMatrix.Zero(5);
            mixed.Apply(DensityProgram.From(noise.ApplyTo(circuit)));
            return mixed.Expectation(PauliSum.Of(5, ((pauli + "I").PadLeft(5, 'I'), 1)));
        }
    }

    [Fact]
    public void in_dt_is_refused_by_devices_that_do_not_say_what_these_are()
    {
        var circuit = Circuit.Build(1, c => c.X(0).Delay(Duration.FromDt(160), 0).Measure(0, 0));
        Should.Throw<QuantumException>(() => DeviceNoise.From(BuiltInDevices.Get("manila")).ApplyTo(circuit)).Message.ShouldContain("write the delay in seconds");
    }

    [Fact]
    public void stays_in_its_place_when_a_circuit_is_compiled()
    {
        var circuit = Circuit.Build(2, c => c.H(0).Cx(0, 1).Delay(Duration.FromNanoseconds(100), 0, 1).H(0).Delay(Duration.FromNanoseconds(50), 1).MeasureAll());
        var compiled = Transpiler.Run(circuit, Target.Line(2)).Circuit;
        compiled.Operations.OfType<Delay>().Select(d => d.Duration.Seconds).ShouldBe([1e-7, 5e-8]);
    }
}
