using System.Diagnostics;
using System.Text.Json;
using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.Observables;
using QTrain.Simulation.Stabilizer;
using QTrain.Tests.Reference;

namespace QTrain.Tests.Simulation.Stabilizer;

public sealed class The_stabilizer_state
{
    [Theory]
    [InlineData("random_clifford_n5")]
    [InlineData("random_clifford_n12")]
    public void has_the_generators_random_bits_and_certain_qubits_of_the_file(string name)
    {
        var file = new StabilizerFile(name);
        var state = StabilizerState.Of(ToCircuit(file.Circuit));
        state.Generators().ShouldBe(file.Known.GetProperty("stabilizer_generators").EnumerateArray().Select(g => g.GetString()!));
        state.RandomBits.ShouldBe(file.Known.GetProperty("random_bits_in_full_z_measurement").GetInt32());
        state.CertainOutcomes().ShouldBe(file.Known.GetProperty("deterministic_z_outcomes").EnumerateObject()
            .Select(o => KeyValuePair.Create(int.Parse(o.Name), o.Value.GetInt32() == 1)).OrderBy(o => o.Key));
        foreach (var generator in state.Generators()) state.Expectation(generator).ShouldBe(1);
    }

    [Fact]
    public void agrees_with_the_naive_state_on_any_Clifford_circuit() => Law.ForAll(Any.Seed(), seed =>
    {
        var random = new RandomStream(seed, 3);
        var circuit = AnyClifford.Unitary(1 + (int)random.NextBelow(6), 25, ref random);
        var state = StabilizerState.Of(circuit, AnyClifford.At);
        var naive = NaiveState.Of(circuit, AnyClifford.At);
        foreach (var generator in state.Generators().Concat(state.CanonicalGenerators()))
        {
            var pauli = PauliString.Parse(generator[1..]);
            naive.Expectation(new PauliSum(circuit.QubitCount, [new PauliTerm(pauli, generator[0] == '-' ? -1 : 1)])).ShouldBe(1, 1e-9, generator);
        }
        var terms = new List<PauliTerm>();
        for (var k = 0; k < 10; k++)
        {
            var mask = (1UL << circuit.QubitCount) - 1;
            var pauli = new PauliString(random.NextUInt64() & mask, random.NextUInt64() & mask);
            var exact = naive.Expectation(new PauliSum(circuit.QubitCount, [new PauliTerm(pauli, 1)]));
            ((double)state.Expectation(pauli)).ShouldBe(exact, 1e-9, pauli.ToString());
            terms.Add(new PauliTerm(pauli, k + 0.5));
        }
        var sum = new PauliSum(circuit.QubitCount, terms);
        state.Expectation(sum).ShouldBe(naive.Expectation(sum), 1e-8);
        var probabilities = naive.Probabilities();
        probabilities.Count(p => p > 1e-9).ShouldBe(1 << state.RandomBits);
        foreach (var (qubit, value) in state.CertainOutcomes())
            probabilities.Where((_, i) => (i >> qubit & 1) != 0 == value).Sum().ShouldBe(1, 1e-9);
    }, tests: 50);

    [Fact]
    public void has_one_set_of_canonical_generators_however_it_was_made()
    {
        var one = StabilizerState.Of(Circuit.Build(3, c => c.H(0).Cx(0, 1).Cx(1, 2)));
        var other = StabilizerState.Of(Circuit.Build(3, c => c.H(2).Cx(2, 0).Cx(2, 1).Cz(0, 1).Cz(0, 1)));
        one.CanonicalGenerators().ShouldBe(["+XXX", "+ZIZ", "+ZZI"], ignoreOrder: true);
        other.CanonicalGenerators().ShouldBe(one.CanonicalGenerators());
        StabilizerState.Of(Circuit.Build(2, c => c.H(0).X(1))).CanonicalGenerators().ShouldBe(["+IX", "-ZI"]);
    }

    [Fact]
    public void collapses_when_it_is_measured()
    {
        var state = StabilizerState.Of(Circuit.Build(3, c => c.H(0).Cx(0, 1).Cx(1, 2)));
        var random = new RandomStream(5);
        state.CertainOutcomes().ShouldBeEmpty();
        var first = state.Measure(1, ref random);
        state.CertainOutcomes().ShouldBe([KeyValuePair.Create(0, first), KeyValuePair.Create(1, first), KeyValuePair.Create(2, first)]);
        state.RandomBits.ShouldBe(0);
        state.Measure(2, ref random).ShouldBe(first);
    }

    [Fact]
    public void of_a_thousand_qubits_takes_a_moment()
    {
        var clock = Stopwatch.StartNew();
        var ghz = StabilizerState.Of(Circuit.Build(1000, c =>
        {
            c.H(0);
            for (var q = 1; q < 1000; q++) c.Cx(q - 1, q);
        }));
        ghz.RandomBits.ShouldBe(1);
        ghz.Expectation(new string('X', 1000)).ShouldBe(1);
        ghz.Expectation(new string('Y', 1000)).ShouldBe(1);          // i^1000 times the X and Z parts
        ghz.Expectation("-" + new string('I', 998) + "ZZ").ShouldBe(-1);
        ghz.Expectation(new string('I', 999) + "Z").ShouldBe(0);

        var random = new RandomStream(11);
        var state = StabilizerState.Of(AnyClifford.Unitary(63, 2000, ref random), AnyClifford.At);
        foreach (var generator in state.Generators()) state.Expectation(generator).ShouldBe(1);
        var wide = StabilizerState.Of(Scrambled(1000, 20_000));
        wide.RandomBits.ShouldBeGreaterThan(900);
        for (var q = 0; q < 1000; q++) wide.Measure(q, ref random);
        wide.RandomBits.ShouldBe(0);
        // A second or two where it is quick; ten thousand times the budget where a state vector would be.
        clock.Elapsed.TotalSeconds.ShouldBeLessThan(30);
    }

    internal static Circuit Scrambled(int qubits, int gates) => Circuit.Build(qubits, c =>
    {
        var random = new RandomStream(12);
        for (var k = 0; k < gates; k++)
        {
            var (a, b) = ((int)random.NextBelow(qubits), (int)random.NextBelow(qubits - 1));
            if (b >= a) b++;
            _ = random.NextBelow(4) switch { 0 => c.H(a), 1 => c.S(a), 2 => c.Cx(a, b), _ => c.Cz(a, b) };
        }
    });

    [Theory]
    [InlineData("t", "Operation 1, 't 0', is not a Clifford gate: it takes some Pauli operator to what is no Pauli operator. Stabilizer simulation runs Clifford gates, measurements and resets; use a state vector for others.")]
    [InlineData("ccx", "Operation 1, 'ccx 0, 1, 2', is not a Clifford gate")]
    [InlineData("ch", "Operation 1, 'ch 0, 1', is not a Clifford gate")]
    public void refuses_what_is_no_Clifford_gate(string gate, string message)
    {
        var circuit = Circuit.Build(3, c => c.H(0).Add(new GateOperation(Gates.Named(gate), [.. Enumerable.Range(0, Gates.Named(gate).QubitCount)], [])));
        Should.Throw<NotCliffordException>(() => StabilizerState.Of(circuit)).Message.ShouldStartWith(message);
        StabilizerSimulator.CanRun(circuit, []).ShouldBeFalse();
    }

    [Fact]
    public void takes_wide_gates_apart()
    {
        // A rotation on 40 qubits by a quarter turn is Clifford, by an eighth it is not; a triple-controlled whole turn is.
        var label = new string('X', 20) + new string('Z', 20);
        var state = StabilizerState.Of(Circuit.Build(40, c => c.PauliRotation(label, Math.PI / 2, [.. Enumerable.Range(0, 40)])));
        state.Expectation(new string('I', 39) + "Z").ShouldBe(1);
        state.Expectation("Z" + new string('I', 39)).ShouldBe(0);
        // e^(−iπP/4)·Z₃₉·e^(iπP/4) = iZP = i·(ZX)·X…Z… = −Y·X…Z…
        state.Expectation("-Y" + label[1..]).ShouldBe(1);
        Should.Throw<NotCliffordException>(() => StabilizerState.Of(Circuit.Build(40, c => c.PauliRotation(label, Math.PI / 4, [.. Enumerable.Range(0, 40)]))))
            .Message.ShouldContain("which is no multiple of a quarter turn");
    }

    [Fact]
    public void refuses_labels_and_qubits_it_does_not_have()
    {
        var state = StabilizerState.Zero(3);
        Should.Throw<QuantumException>(() => state.Expectation("XX")).Message.ShouldBe("'XX' is no Pauli label of this state: write 3 letters I, X, Y, Z with qubit 0 rightmost, and a sign before them or none.");
        Should.Throw<QubitOutOfRangeException>(() => state.Expectation(PauliString.Parse("Z5")));
        Should.Throw<QuantumException>(() => StabilizerState.Zero(0));
        Should.Throw<QuantumException>(() => StabilizerState.Zero(10_000_000)).Message.ShouldContain("use fewer qubits");
    }

    /// <summary>A stim circuit of named gates as one of ours.</summary>
    private static Circuit ToCircuit(StimCircuit circuit) => Circuit.Build(circuit.QubitCount, c =>
    {
        foreach (var line in circuit.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(' ');
            c.Gate(parts[0].ToLowerInvariant(), [.. parts[1..].Select(int.Parse)]);
        }
    });
}
