using System.Numerics;
using QTrain.Circuits;
using QTrain.Devices;
using QTrain.Noise;
using QTrain.Numerics;
using QTrain.Tests.Reference;
using QTrain.Transpilation;

namespace QTrain.Tests.Transpilation;

public sealed class The_times_of_a_compiled_circuit
{
    /// <summary>Times are sums of some tens of durations of 1e-7 s.</summary>
    private const double Rounding = 1e-15;

    private static readonly Target Timed = WithDurations(Target.Line(5, "cz", "rz", "sx", "x"));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void are_those_of_a_search_over_all_predecessors(bool isLate)
    {
        for (var seed = 0UL; seed < 60; seed++)
        {
            var circuit = Native(seed);
            var schedule = Schedule.Of(circuit, Timed, isLate)!;
            var expected = Reference(circuit, isLate, out var duration);
            schedule.DurationSeconds.ShouldBe(duration, Rounding);
            for (var k = 0; k < expected.Length; k++) schedule.Operations[k].StartSeconds.ShouldBe(expected[k], Rounding, $"seed {seed}, {k}: {circuit.Operations[k]}");
        }
    }

    [Theory]
    [InlineData(false, Decoupling.None)]
    [InlineData(true, Decoupling.None)]
    [InlineData(true, Decoupling.Xx)]
    [InlineData(false, Decoupling.Xy4)]
    public void are_written_as_delays_that_leave_no_gap_and_change_nothing_else(bool isLate, Decoupling decoupling)
    {
        for (var seed = 0UL; seed < 20; seed++)
        {
            var original = Any.UnitaryCircuit(2 + (int)(seed % 3), 12, seed);
            var plain = Transpiler.Run(original, Timed, new() { Seed = seed, IsLate = isLate });
            var timed = Transpiler.Run(original, Timed, new() { Seed = seed, IsLate = isLate, ShowsWaits = true, Decoupling = decoupling });
            timed.DurationSeconds!.Value.ShouldBe(plain.DurationSeconds!.Value, 1e-13);
            // Without delays it is the circuit that it was; pulses are nothing together.
            Bare(timed).ShouldBe(original, seed);
            if (decoupling == Decoupling.None) Bare(timed).Circuit.ShouldBe(plain.Circuit);
            var free = new double[5];
            foreach (var (operation, start, duration) in timed.Schedule!.Operations)
                foreach (var qubit in operation.Qubits)
                {
                    start.ShouldBe(free[qubit], 1e-13, $"seed {seed}: {operation}");
                    free[qubit] = start + duration;
                }
        }

        static TranspiledCircuit Bare(TranspiledCircuit timed) => new(timed.Circuit,
            new Circuit(timed.Circuit.QubitCount, timed.Circuit.Operations.Where(o => o is not Delay), 0, timed.Circuit.Parameters), timed.Target, timed.InitialLayout, timed.FinalLayout, null);
    }

    [Fact]
    public void keep_the_delays_and_barriers_of_the_user()
    {
        var circuit = Circuit.Build(2, c => c.Sx(0).Delay(Duration.FromNanoseconds(700), 0).Barrier(0, 1).Sx(1).Cz(0, 1).Measure(0, 0));
        var compiled = Transpiler.Run(circuit, Timed, new() { InitialLayout = [0, 1], ShowsWaits = true, IsLate = false });
        compiled.Circuit.Operations.OfType<Delay>().Select(d => d.ToString()).ShouldContain(new Delay(Duration.FromNanoseconds(700), [0]).ToString());
        // 35 ns and 700 ns pass before the barrier, the second pulse after it, then 70 ns of cz.
        compiled.Schedule!.Operations.Single(o => o.Operation.Name == "cz").StartSeconds.ShouldBe(770e-9, 1e-13);
    }

    [Fact]
    public void say_what_is_missing()
    {
        var bell = Circuit.Build(2, c => c.H(0).Cx(0, 1));
        Should.Throw<QuantumException>(() => Transpiler.Run(bell, Target.Line(3), new() { ShowsWaits = true })).Message
            .ShouldStartWith("Times of operations need the durations of gates and readouts, and target 'line:3' gives none of '");
        var unknown = Circuit.Build(2, c => c.H(0).Delay(Duration.FromDt(16), 0).Cx(0, 1));
        Should.Throw<QuantumException>(() => Transpiler.Run(unknown, Timed, new() { ShowsWaits = true })).Message.ShouldContain("is in dt: write it in seconds");
    }

    /// <summary>The waiting qubit turns slowly, never at the same rate from run to run: the pulses undo what the waits do.</summary>
    [Theory]
    [InlineData(Decoupling.Xx)]
    [InlineData(Decoupling.Xy4)]
    public void have_pulses_that_protect_waiting_qubits(Decoupling decoupling)
    {
        // One qubit is in superposition while the others are busy, with pairs by turns, so that nothing is joined into less.
        var original = Circuit.Build(4, c =>
        {
            c.H(0).Cx(0, 1);
            for (var k = 0; k < 12; k++) c.Cx(1, 2).Ry(0.3 + k, 1).Rx(0.2, 2).Cx(2, 3).Ry(0.1, 2).Rx(0.5, 3);
            c.Cx(0, 1).H(0);
        });
        var (bare, protectedBy) = (Fidelity(Decoupling.None), Fidelity(decoupling));
        bare.ShouldBeLessThan(0.9);
        protectedBy.ShouldBeGreaterThan(1 - 0.05 * (1 - bare));

        // The mean fidelity over detunings with the state without any.
        double Fidelity(Decoupling sequence)
        {
            var compiled = Transpiler.Run(original, Timed, new() { InitialLayout = [0, 1, 2, 3], ShowsWaits = true, Decoupling = sequence });
            var ideal = Run(compiled, [0, 0, 0, 0, 0]);
            var random = new RandomStream(2);
            var sum = 0.0;
            for (var run = 0; run < 40; run++)
            {
                // Radians per second, up to a hundred kilohertz.
                double[] rates = [2 * Math.PI * 100e3 * (2 * random.NextDouble() - 1), 0, 0, 0, 0];
                Complex overlap = 0;
                var state = Run(compiled, rates);
                for (var k = 0; k < state.Length; k++) overlap += Complex.Conjugate(ideal[k]) * state[k];
                sum += overlap.Magnitude * overlap.Magnitude / 40;
            }
            return sum;
        }

        static Complex[] Run(TranspiledCircuit compiled, double[] rates) => NaiveState.Of(new Circuit(5, compiled.Circuit.Operations.SelectMany(o => o is Delay delay
            ? delay.Qubits.Select(q => (Operation)new GateOperation(Gates.Named("rz"), [q], [rates[q] * delay.Duration.Seconds]))
            : [o]))).Amplitudes;
    }

    /// <summary>The same as a device's noise has it: what waits relaxes, whether the wait is written or not.</summary>
    [Fact]
    public void relax_alike_written_or_not()
    {
        var device = BuiltInDevices.Get("lagos");
        var original = Circuit.Build(3, c => c.H(0).Cx(0, 1).Cx(1, 2).Cx(0, 1).MeasureAll());
        var noise = DeviceNoise.From(device);
        double[] Of(bool shows)
        {
            var compiled = Transpiler.Run(original, device.ToTarget(), new() { ShowsWaits = shows, IsLate = false });
            var noisy = noise.ApplyTo(compiled.Circuit).OnUsedQubits(out _);
            var density = NaiveDensity.Of(new NoisyCircuit(new Circuit(noisy.Circuit.QubitCount, noisy.Circuit.Operations.Where(o => o is not (Measure or Delay)))));
            return [.. Enumerable.Range(0, 1 << noisy.Circuit.QubitCount).Select(k => density.Matrix[k, k].Real)];
        }
        var (written, unwritten) = (Of(true), Of(false));
        for (var k = 0; k < written.Length; k++) written[k].ShouldBe(unwritten[k], 1e-9);
    }

    private static Target WithDurations(Target target) => new("timed", target.QubitCount,
        target.Gates.Select(g => g with { DurationSeconds = g.Name == "rz" ? 0 : g.Qubits.Length == 2 ? 70e-9 + 10e-9 * g.Qubits.Min() : 35e-9 }),
        [.. Enumerable.Range(0, target.QubitCount).Select(q => new QubitQuality { ReadoutSeconds = 700e-9 + 50e-9 * q })]);

    private static Circuit Native(ulong seed)
    {
        var random = new RandomStream(seed, 9);
        var operations = new List<Operation>();
        for (var k = 0; k < 25; k++)
        {
            var qubit = (int)random.NextBelow(4);
            Operation operation = random.NextBelow(9) switch
            {
                0 => new Measure(qubit, (int)random.NextBelow(2)),
                1 => new Reset(qubit),
                2 => new QTrain.Circuits.Barrier(Any.Qubits(5, ref random)[..(int)(1 + random.NextBelow(5))]),
                3 => new Delay(Duration.FromNanoseconds(1 + random.NextBelow(300)), [qubit]),
                4 or 5 => new GateOperation(Gates.Named("cz"), [qubit, qubit + 1], []),
                6 => new GateOperation(Gates.Named("rz"), [qubit], [0.3]),
                _ => new GateOperation(Gates.Named("sx"), [qubit], []),
            };
            if (random.NextBelow(5) == 0 && operation is not QTrain.Circuits.Barrier) operation = operation with { Condition = new Condition([(int)random.NextBelow(2)], 1) };
            operations.Add(operation);
        }
        return new Circuit(5, operations, 2);
    }

    /// <summary>Start times moved until none changes: no later than all that must come before ends, or all that must come after begins.</summary>
    private static double[] Reference(Circuit circuit, bool isLate, out double duration)
    {
        var count = circuit.Operations.Length;
        var starts = new double[count];
        double Length(int k) => circuit.Operations[k] switch
        {
            GateOperation gate => Timed.Find(gate)!.DurationSeconds!.Value,
            Measure measure => Timed.Qubits[measure.Qubit].ReadoutSeconds!.Value,
            Reset reset => Timed.Qubits[reset.Qubit].ReadoutSeconds!.Value,
            Delay delay => delay.Duration.Seconds,
            _ => 0,
        };
        Settle((earlier, later) => starts[later] = Math.Max(starts[later], starts[earlier] + Length(earlier)));
        var end = duration = Enumerable.Range(0, count).Max(k => starts[k] + Length(k));
        if (!isLate) return starts;
        for (var k = 0; k < count; k++) starts[k] = end - Length(k);
        Settle((earlier, later) => starts[earlier] = Math.Min(starts[earlier], starts[later] - Length(earlier)));
        return starts;

        void Settle(Action<int, int> order)
        {
            for (var pass = 0; pass < count; pass++)
                for (var earlier = 0; earlier < count; earlier++)
                    for (var later = earlier + 1; later < count; later++)
                        if (Shares(circuit.Operations[earlier], circuit.Operations[later])) order(earlier, later);
        }

        static bool Shares(Operation a, Operation b) => a.Qubits.Intersect(b.Qubits).Any() || Bits(a).Intersect(Bits(b)).Any();

        static IEnumerable<int> Bits(Operation o) => (o.Condition?.Bits ?? []).Concat(o is Measure measure ? [measure.Bit] : []);
    }
}
