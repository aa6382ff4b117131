using System.Collections.Immutable;
using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.Tests.Reference;
using QTrain.Transpilation;

namespace QTrain.Tests.Transpilation;

public sealed class A_compiled_circuit
{
    public static TheoryData<int> Targets => [.. Enumerable.Range(0, Equivalence.Targets.Length)];

    [Theory, MemberData(nameof(Targets))]
    public void is_each_gate_of_the_table(int target)
    {
        foreach (var gate in Gates.All)
            for (var seed = 0UL; seed < 3; seed++)
            {
                var random = new RandomStream(seed, (ulong)target);
                var circuit = new Circuit(Math.Max(gate.QubitCount, 2), [Any.Placed(gate, Math.Max(gate.QubitCount, 2), ref random)], parameters: Parameter.Vector("p", 4));
                Transpiler.Run(circuit, Equivalence.Targets[target], new() { Level = (int)seed }).ShouldBe(circuit, seed);
            }
    }

    [Theory, MemberData(nameof(Targets))]
    public void is_the_original_whatever_its_parameters_are(int target)
    {
        for (var seed = 0UL; seed < 40; seed++)
        {
            var circuit = Any.UnitaryCircuit(1 + (int)(seed % 5), 2 + (int)(seed % 13), seed + 1000 * (ulong)target);
            Transpiler.Run(circuit, Equivalence.Targets[target], new() { Level = (int)(seed % 4), Seed = seed }).ShouldBe(circuit, seed);
        }
    }

    [Theory, MemberData(nameof(Targets))]
    public void measures_resets_and_asks_conditions_as_the_original_does(int target)
    {
        for (var seed = 0UL; seed < 24; seed++)
        {
            var random = new RandomStream(seed, 5);
            var circuit = Dynamic(2 + (int)(seed % 3), 12, ref random);
            Transpiler.Run(circuit, Equivalence.Targets[target], new() { Level = (int)(seed % 4), Seed = seed }).ShouldMeasureAs(circuit, seed);
        }
    }

    [Fact]
    public void is_the_same_for_a_seed_and_differs_by_its_hash_otherwise()
    {
        var random = new RandomStream(1);
        var circuit = Any.UnitaryCircuit(5, 30, ref random);
        var target = Equivalence.Targets[0];
        var (first, second) = (Transpiler.Run(circuit, target, new() { Seed = 4 }), Transpiler.Run(circuit, target, new() { Seed = 4 }));
        second.Circuit.ShouldBe(first.Circuit);
        second.Hash.ShouldBe(first.Hash);
        second.Hash.Length.ShouldBe(64);
        Transpiler.Run(circuit, target, new() { Seed = 4, Level = 0 }).Hash.ShouldNotBe(first.Hash);
    }

    [Fact]
    public void needs_no_swap_where_a_placement_has_all_neighbours()
    {
        // A ring of six lies in a grid of two rows, whatever order its qubits are numbered in.
        int[] around = [3, 0, 5, 1, 4, 2];
        var circuit = Circuit.Build(6, c =>
        {
            for (var k = 0; k < 6; k++) c.Rzz(Parameter.Named("g"), around[k], around[(k + 1) % 6]).Rx(Parameter.Named("b"), around[k]);
        });
        var compiled = Transpiler.Run(circuit, Target.Grid(2, 3, "rzz", "rz", "sx"));
        compiled.Size.TwoQubitGates.ShouldBe(6);
        compiled.ShouldBe(circuit, seed: 3);
    }

    [Theory]
    [InlineData("cx 0 1; cx 1 2; cx 1 2; cx 0 1", 0)]
    [InlineData("cx 0 1; cx 0 2; cx 0 1", 1)]
    [InlineData("swap 0 1; cx 0 1", 1)]
    [InlineData("iswap 0 1", 1)]
    [InlineData("rxx(a) 0 1; ryy(b) 0 1; rzz(c) 0 1", 3)]
    [InlineData("xx_plus_yy(a, b) 0 1", 2)]
    [InlineData("cx 0 1; rz(a) 1; cx 0 1; rzz(b) 1 0", 2)]
    [InlineData("rzz(a) 0 1; rz(b) 0; crz(c) 1 0", 2)]
    [InlineData("cx 0 1; rz(0.3) 1; ry(0.2) 0; cx 1 0; rx(0.1) 0; cx 0 1; ry(0.4) 1; rx(0.2) 0; cx 0 1", 3)]
    [InlineData("h 0; cx 0 1; cz 0 1; measure 0; measure 1", 1)]
    [InlineData("h 0; cx 0 1; rz(a) 1; cx 0 1; h 1; measure 1", 2)]
    public void has_no_more_entangling_gates_than_needed(string text, int expected)
    {
        var circuit = Circuit.Build(3, c =>
        {
            foreach (var line in text.Split("; "))
            {
                var parts = line.Split(' ');
                var open = line.IndexOf('(', StringComparison.Ordinal);
                var name = (open < 0 ? parts[0] : line[..open]).Trim();
                ImmutableArray<Angle> angles = open < 0 ? [] : [.. line[(open + 1)..line.IndexOf(')', StringComparison.Ordinal)].Split(", ")
                    .Select(a => double.TryParse(a, out var number) ? number : (Angle)Parameter.Named(a))];
                int[] qubits = [.. (open < 0 ? line[(name.Length + 1)..] : line[(line.IndexOf(')', StringComparison.Ordinal) + 2)..]).Split(' ').Select(int.Parse)];
                if (name == "measure") c.Measure(qubits[0], qubits[0]);
                else c.Gate(name, [.. qubits], angles);
            }
        });
        foreach (var gate in new[] { "cx", "cz", "ecr" })
        {
            var compiled = Transpiler.Run(circuit, Target.AllToAll(3, gate, "rz", "sx", "x"));
            compiled.Size.TwoQubitGates.ShouldBe(expected, gate);
            if (circuit.IsUnitary) compiled.ShouldBe(circuit, seed: 2);
            else compiled.ShouldMeasureAs(circuit, seed: 2);
        }
    }

    [Fact]
    public void leaves_plain_circuits_as_they_are()
    {
        var circuit = Circuit.Build(2, c => c.Rz(Parameter.Named("a"), 0).Sx(0).Cx(0, 1).Rz(0.25, 1).X(0));
        // Phases may be split; they cost nothing.
        string[] Lines(Circuit c) => [.. c.Operations.Where(o => o.Name != "rz").Select(o => o.ToString()!).Order()];
        Lines(Transpiler.Run(circuit, Target.Line(2)).Circuit).ShouldBe(Lines(circuit));
    }

    [Fact]
    public void maps_observables_to_where_the_qubits_end()
    {
        var random = new RandomStream(8);
        var circuit = Any.UnitaryCircuit(4, 14, ref random);
        var at = Any.Point(4, 8);
        var compiled = Transpiler.Run(circuit, Target.Line(6));
        var observable = Any.Observable(4, 6, ref random);
        var mapped = compiled.Map(QTrain.Observables.SparsePauliSum.From(observable));
        var there = QTrain.Observables.PauliSum.Of(6, mapped.Terms.Select(t => (string.Concat(Enumerable.Range(0, 6).Reverse()
            .Select(q => t.Letters.FirstOrDefault(l => l.Qubit == q, new(q, 'I')).Letter)), t.Coefficient)));
        Expectation(compiled.Circuit, there).ShouldBe(Expectation(circuit, observable), 1e-9);

        double Expectation(Circuit c, QTrain.Observables.PauliSum o)
        {
            using var state = QTrain.Simulation.StateVector.Zero(c.QubitCount);
            state.Apply(c, at);
            return state.Expectation(o);
        }
    }

    [Fact]
    public void keeps_off_disabled_qubits_and_bad_pairs()
    {
        var gates = Target.Line(6).Gates.Select(g => g.Qubits.Length == 2 ? g with { Error = g.Qubits.Contains(1) ? 0.2 : 0.001 * (1 + g.Qubits.Sum()) } : g with { Error = 1e-4 });
        var quality = Enumerable.Range(0, 6).Select(q => new QubitQuality { IsEnabled = q != 5, ReadoutError = 0.01 }).ToArray();
        var target = new Target("calibrated", 6, gates, quality);
        var circuit = Circuit.Build(3, c => c.H(0).Cx(0, 1).Cx(0, 2).MeasureAll());
        var compiled = Transpiler.Run(circuit, target);
        compiled.ShouldMeasureAs(circuit, seed: 1);
        compiled.FinalLayout.Order().ShouldBe([2, 3, 4]);
        compiled.EstimatedSuccess!.Value.ShouldBe(Math.Pow(0.99, 3) * (1 - 0.006) * (1 - 0.008), 2e-3);
    }

    [Fact]
    public void obeys_the_layout_that_the_user_gives()
    {
        var circuit = Circuit.Build(3, c => c.H(0).Cx(0, 1).Cx(0, 2));
        var compiled = Transpiler.Run(circuit, Target.Line(5), new() { InitialLayout = [4, 0, 2] });
        compiled.InitialLayout.ShouldBe([4, 0, 2]);
        compiled.ShouldBe(circuit, seed: 1);
    }

    [Fact]
    public void is_refused_with_the_reason()
    {
        var bell = Circuit.Build(2, c => c.H(0).Cx(0, 1));
        Reason(() => Transpiler.Run(Circuit.Build(6, c => c.H(5)), Target.Line(5))).ShouldBe("A circuit of 6 qubits does not fit target 'line:5': it has 5.");
        Reason(() => Transpiler.Run(bell, Target.Line(5), new() { Level = 4 })).ShouldBe("There is no optimization level 4: allowed are 0, 1, 2 and 3.");
        Reason(() => Transpiler.Run(bell, Target.Line(5, "cx", "rz"))).ShouldStartWith("Target 'line:5' cannot make every rotation of qubit 0: its gates there are rz.");
        Reason(() => Transpiler.Run(bell, Target.Line(5, "u"))).ShouldStartWith("A circuit of 2 qubits does not fit");
        Reason(() => Transpiler.Run(bell, Target.Line(5, "swap", "u"))).ShouldContain("by nothing that circuits can be compiled to");
        Reason(() => Transpiler.Run(bell, Target.Line(5), new() { InitialLayout = [1, 1] })).ShouldBe("The initial layout uses qubit 1 twice.");
        Reason(() => Transpiler.Run(bell, Target.Line(5), new() { Decoupling = Decoupling.Xx })).ShouldStartWith("Pulses for waiting qubits need the durations of gates");
        Reason(() => Transpiler.Run(Circuit.Build(1, c => c.Channel(QTrain.Noise.Channels.Make("phase_damping", 0.1), 0)), Target.Line(5))).ShouldContain("devices have noise of their own");

        static string Reason(Func<object> make) => Should.Throw<QuantumException>(make).Message;
    }

    /// <summary>Gates, measurements, resets, barriers and conditions at random.</summary>
    private static Circuit Dynamic(int qubits, int operations, ref RandomStream random)
    {
        var list = new List<Operation>();
        for (var k = 0; k < operations; k++)
        {
            var qubit = (int)random.NextBelow(qubits);
            Operation operation = random.NextBelow(8) switch
            {
                0 or 1 => new Measure(qubit, (int)random.NextBelow(3)),
                2 => new Reset(qubit),
                3 => new QTrain.Circuits.Barrier(Any.Qubits(qubits, ref random)[..(int)(1 + random.NextBelow(qubits))]),
                _ => Any.UnitaryOperation(qubits, ref random),
            };
            if (random.NextBelow(3) == 0 && operation is not QTrain.Circuits.Barrier) operation = operation with { Condition = new Condition([(int)random.NextBelow(3)], random.NextUInt64() & 1) };
            list.Add(operation);
        }
        return new Circuit(qubits, list, 3, Parameter.Vector("p", 4));
    }
}
