using System.Numerics;
using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.Observables;
using QTrain.Simulation;
using QTrain.Tests.Reference;

namespace QTrain.Tests.Simulation;

public sealed class The_state_vector
{
    /// <summary>Rounding of a few dozen products of numbers of size one.</summary>
    private const double Rounding = 1e-13;

    /// <summary>Every width in both precisions.</summary>
    public static TheoryData<int, Precision> Widths => [.. LaneWidths.All.SelectMany(w => Precisions.All, (w, p) => ((int)w, p))];

    [Theory, MemberData(nameof(Widths))]
    public void is_the_product_of_the_matrices_of_any_circuit(int width, Precision precision) => Law.ForAll(Any.UnitaryCircuit(maxQubits: 7, maxOperations: 24), bound =>
    {
        using var state = StateVector.Zero(bound.Circuit.QubitCount, Wide(width, precision));
        state.Apply(bound.Circuit, bound.At);
        state.ShouldBe(NaiveState.Of(bound.Circuit, bound.At), RoundingOf(precision, bound.Circuit));
    }, tests: 300);

    [Theory, MemberData(nameof(Widths))]
    public void applies_every_gate_of_the_table_at_every_width(int width, Precision precision)
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            var circuit = Any.EveryGate(qubits: 6, seed);
            var at = Any.Point(circuit.Parameters.Length, seed);
            using var state = StateVector.Zero(6, Wide(width, precision));
            state.Apply(circuit, at);
            state.ShouldBe(NaiveState.Of(circuit, at), RoundingOf(precision, circuit));
        }
    }

    [Theory, MemberData(nameof(Widths))]
    public void applies_every_gate_to_every_target_under_every_control(int width, Precision precision)
    {
        const int qubits = 6;
        var start = Any.Amplitudes(qubits, seed: 1);
        var random = new RandomStream(2);
        Gate[] gates =
        [
            .. Gates.All.Where(g => g.QubitCount == 1 || g.Name is "swap" or "iswap" or "ecr" or "rzx" or "cx" or "crz"),
            Gate.Unitary(Any.Unitary(1, ref random)), Gate.Unitary(Any.Unitary(2, ref random)),
            Gate.PauliRotation("Y"), Gate.PauliRotation("XY"), Gate.PauliRotation("ZY"), Gate.PauliRotation("ZZ"),
        ];
        foreach (var gate in gates)
        {
            var angles = Enumerable.Range(1, gate.AngleCount).Select(k => Angle.FromRadians(0.4 * k)).ToArray();
            for (var first = 0; first < qubits; first++)
                for (var last = 0; last < qubits; last++)
                {
                    if (gate.QubitCount == 1 ? last != 0 : last == first) continue;
                    int[] targets = gate.QubitCount == 1 ? [first] : [first, last];
                    for (var control = -1; control < qubits; control++)
                    {
                        if (targets.Contains(control)) continue;
                        Control[] controls = control < 0 ? [] : [new Control(control, On: (first + control) % 2 == 0)];
                        var circuit = new Circuit(qubits, [new GateOperation(gate, [.. targets], [.. angles], [.. controls])]);
                        using var state = StateVector.FromAmplitudes(start, Wide(width, precision));
                        state.Apply(circuit);
                        state.ShouldBe(NaiveState.FromAmplitudes(start).Apply(circuit), RoundingOf(precision, circuit));
                    }
                }
        }
    }

    [Theory, MemberData(nameof(Widths))]
    public void applies_matrices_on_many_qubits(int width, Precision precision)
    {
        var random = new RandomStream(3);
        foreach (var (qubits, targets) in new (int, int[])[]
        {
            (3, [2, 0, 1]), (4, [0, 1, 2]), (6, [0, 4, 5]), (6, [3, 4, 5]), (7, [1, 6, 2, 4]), (8, [0, 7, 1, 2]), (5, [4, 3, 2, 1, 0]), (9, [8, 0, 3, 5, 1, 7, 2]),
        })
        {
            var gate = Gate.Unitary(Any.Unitary(targets.Length, ref random));
            foreach (var control in Enumerable.Range(0, qubits).Where(q => !targets.Contains(q)).Select(q => (int?)q).Prepend(null))
            {
                Control[] controls = control is { } q ? [new Control(q, On: false)] : [];
                var operation = new GateOperation(gate, [.. targets], [], [.. controls]);
                var start = Any.Amplitudes(qubits, seed: 4);
                using var state = StateVector.FromAmplitudes(start, Wide(width, precision));
                state.Apply(new Circuit(qubits, [operation]));
                state.ShouldBe(NaiveState.FromAmplitudes(start).Apply(new Circuit(qubits, [operation])), Tolerance.Of(precision, 1, Rounding));
                state.Apply(new Circuit(qubits, [operation.Inverse()]));
                state.ShouldBe(NaiveState.FromAmplitudes(start), Tolerance.Of(precision, 2, Rounding));
            }
        }
    }

    [Theory, MemberData(nameof(Widths))]
    public void rotates_about_any_string_under_any_controls(int width, Precision precision) => Law.ForAll(Any.Seed(), seed =>
    {
        var random = new RandomStream(seed);
        var qubits = 1 + (int)random.NextBelow(8);
        var order = Any.Qubits(qubits, ref random);
        var controls = order[..(int)random.NextBelow(qubits)];
        var targets = order[controls.Length..];
        var label = new string([.. targets.Select(_ => "IXYZ"[(int)random.NextBelow(4)])]);
        var operation = new GateOperation(Gate.PauliRotation(label), targets, [Angle.FromRadians(random.NextDouble() * 7 - 3)],
            [.. controls.Select(q => new Control(q, random.NextBelow(2) == 0))]);
        var circuit = new Circuit(qubits, [operation]);
        var start = Any.Amplitudes(qubits, seed);
        using var state = StateVector.FromAmplitudes(start, Wide(width, precision));
        state.Apply(circuit);
        state.ShouldBe(NaiveState.FromAmplitudes(start).Apply(circuit), RoundingOf(precision, circuit));
    }, tests: 400);

    [Theory, MemberData(nameof(Widths))]
    public void is_undone_by_inverse_instructions_in_reverse(int width, Precision precision) => Law.ForAll(Any.UnitaryCircuit(maxQubits: 6, maxOperations: 24), bound =>
    {
        var start = Any.Amplitudes(bound.Circuit.QubitCount, seed: 5);
        using var state = StateVector.FromAmplitudes(start, Wide(width, precision));
        var compiled = CompiledCircuit.From(bound.Circuit);
        state.Apply(compiled, bound.At);
        foreach (var instruction in compiled.Instructions.Reverse()) state.Apply(instruction, instruction.Angle.At(bound.At), inverse: true);
        state.ShouldBe(NaiveState.FromAmplitudes(start), 2 * RoundingOf(precision, bound.Circuit));
    });

    [Fact]
    public void keeps_its_norm() => Law.ForAll(Any.UnitaryCircuit(maxQubits: 8, maxOperations: 30), bound =>
    {
        foreach (var precision in Precisions.All)
        {
            using var state = StateVector.Zero(bound.Circuit.QubitCount, new SimulationOptions { Precision = precision });
            state.Apply(bound.Circuit, bound.At);
            state.NormSquared().ShouldBe(1, RoundingOf(precision, bound.Circuit));
        }
    });

    [Fact]
    public void has_the_same_amplitudes_at_every_width() => Law.ForAll(Any.UnitaryCircuit(maxQubits: 9, maxOperations: 30), bound =>
    {
        foreach (var precision in Precisions.All)
        {
            using var scalar = StateVector.Zero(bound.Circuit.QubitCount, Wide(1, precision));
            scalar.Apply(bound.Circuit, bound.At);
            foreach (var width in LaneWidths.All)
            {
                using var state = StateVector.Zero(bound.Circuit.QubitCount, Wide((int)width, precision));
                state.Apply(bound.Circuit, bound.At);
                state.ToArray().ShouldBe(scalar.ToArray(), RoundingOf(precision, bound.Circuit));
            }
        }
    });

    [Theory]
    [InlineData(Precision.Double)]
    [InlineData(Precision.Single)]
    public void has_the_same_bits_on_any_number_of_threads(Precision precision)
    {
        const int qubits = 15;
        var circuit = Any.UnitaryCircuit(qubits, operations: 150, seed: 6);
        var at = Any.Point(4, seed: 6);
        var random = new RandomStream(7);
        var observable = Any.Observable(qubits, 30, ref random);
        using var one = StateVector.Zero(qubits, new SimulationOptions { Threads = 1, Precision = precision });
        one.Apply(circuit, at);
        foreach (var threads in new[] { 2, 3, 5, 8 })
        {
            using var several = StateVector.Zero(qubits, new SimulationOptions { Threads = threads, Precision = precision });
            several.Apply(circuit, at);
            several.ToArray().ShouldBeBitwise(one.ToArray());
            several.Expectation(observable).ShouldBe(one.Expectation(observable));
            several.Variance(observable).ShouldBe(one.Variance(observable));
            several.NormSquared().ShouldBe(one.NormSquared());
            several.InnerProduct(one).ShouldBe(one.InnerProduct(one));
            several.Probabilities().ShouldBe(one.Probabilities());
            several.Probabilities(14, 0, 7).ShouldBe(one.Probabilities(14, 0, 7));
            several.Sample(1000, new RandomStream(8)).ShouldBe(one.Sample(1000, new RandomStream(8)));
        }
    }

    [Fact]
    public void may_be_used_beside_others_on_several_threads()
    {
        const int qubits = 14;
        var circuit = CompiledCircuit.From(Any.UnitaryCircuit(qubits, operations: 60, seed: 9));
        var at = Any.Point(4, seed: 9);
        using var expected = StateVector.Zero(qubits, new SimulationOptions { Threads = 1 });
        expected.Apply(circuit, at);
        var results = new Complex[6][];
        var threads = Enumerable.Range(0, results.Length).Select(k => new Thread(() =>
        {
            using var state = StateVector.Zero(qubits, new SimulationOptions { Threads = 2 });
            for (var repetition = 0; repetition < 5; repetition++)
            {
                state.SetZero();
                state.Apply(circuit, at);
            }
            results[k] = state.ToArray();
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        foreach (var result in results) result.ShouldBeBitwise(expected.ToArray());
    }

    [Fact]
    public void runs_and_measures_without_allocating()
    {
        foreach (var (qubits, threads, precision) in new[] { (5, 1, Precision.Double), (15, 2, Precision.Double), (5, 1, Precision.Single), (15, 2, Precision.Single) })
        {
            var circuit = CompiledCircuit.From(Any.UnitaryCircuit(qubits, operations: 80, seed: 10));
            var at = Any.Point(4, seed: 10);
            var random = new RandomStream(11);
            var observable = Any.Observable(qubits, 12, ref random);
            using var state = StateVector.Zero(qubits, new SimulationOptions { Threads = threads, Precision = precision });
            using var other = StateVector.Zero(qubits, new SimulationOptions { Threads = threads, Precision = precision });
            Allocations.Of(Evaluate).ShouldBe(0);

            void Evaluate(int round)
            {
                state.SetZero();
                at[0] = round;
                state.Apply(circuit, at);
                _ = state.Expectation(observable);
                _ = state.Variance(observable);
                _ = state.NormSquared();
                StateVector.SetToImage(other, observable, state);
                _ = state.InnerProduct(other);
                foreach (var instruction in circuit.Instructions)
                    if (instruction.Kind != InstructionKind.Matrix) _ = StateVector.InnerProductWith(instruction, other, state);
                other.CopyFrom(state);
            }
        }
    }

    [Fact]
    public void refuses_what_it_cannot_run()
    {
        using var state = StateVector.Zero(2);
        Should.Throw<QuantumException>(() => state.Apply(Circuit.Build(2, c => c.H(0).Measure(0, 0))))
            .Message.ShouldBe("A circuit that measures, resets or asks a condition has no single final state; run it with shots.");
        Should.Throw<QuantumException>(() => state.Apply(Circuit.Build(3, c => c.H(2))))
            .Message.ShouldBe("A circuit of 3 qubits cannot run on a state of 2.");
        Should.Throw<QuantumException>(() => state.Apply(Circuit.Build(2, c => c.Rx(Parameter.Named("a"), 0))))
            .Message.ShouldBe("The circuit has 1 parameters, but 0 values were given. The parameters are: a.");
        Should.Throw<QuantumException>(() => state.Expectation(new PauliSum(3, [new PauliTerm(PauliString.Single('Z', 2), 1)])))
            .Message.ShouldBe("An observable on 3 qubits cannot be measured on a state of 2.");
        Should.Throw<QuantumException>(() => StateVector.Zero(0)).Message.ShouldBe("A state of 0 qubits cannot be: it needs at least 1.");
        Should.Throw<QuantumException>(() => StateVector.FromAmplitudes(new Complex[3]));
    }

    [Fact]
    public void cannot_be_used_once_disposed()
    {
        var state = StateVector.Zero(3);
        state.Dispose();
        state.Dispose();
        Should.Throw<ObjectDisposedException>(() => state.NormSquared());
        Should.Throw<ObjectDisposedException>(() => state.SetZero());
    }

    private static double RoundingOf(Precision precision, Circuit circuit) => Tolerance.Of(precision, circuit.Operations.Length, Rounding);

    internal static SimulationOptions Wide(int width, Precision precision = Precision.Double) => new() { Width = (LaneWidth)width, Threads = 1, Precision = precision };
}
