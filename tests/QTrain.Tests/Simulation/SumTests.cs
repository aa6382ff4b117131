using System.Numerics;
using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.Observables;
using QTrain.Simulation;
using QTrain.Tests.Reference;

namespace QTrain.Tests.Simulation;

public sealed class Sums_over_a_state
{
    /// <summary>Rounding of sums of up to 2¹³ terms with coefficients of size one.</summary>
    private const double Rounding = 1e-12;

    public static TheoryData<int, Precision> Widths => The_state_vector.Widths;

    [Theory, MemberData(nameof(Widths))]
    public void give_expectation_variance_and_image_of_any_observable(int width, Precision precision) => Law.ForAll(Any.Seed(), seed =>
    {
        var random = new RandomStream(seed);
        var qubits = 1 + (int)random.NextBelow(7);
        var observable = Any.Observable(qubits, 1 + (int)random.NextBelow(40), ref random);
        Check(qubits, observable, seed, width, precision);
    });

    [Theory, MemberData(nameof(Widths))]
    public void reach_across_tiles(int width, Precision precision)
    {
        // 13 and 14 qubits are 2 and 4 tiles; flips and signs outside the tile, inside it, and inside a block.
        foreach (var qubits in new[] { 12, 13, 14 })
        {
            string[] labels = ["ZI", "IX", "YY", "XZ", "ZY", "XX"];
            var terms = new List<PauliTerm>();
            var random = new RandomStream(12);
            foreach (var pair in new[] { (0, 1), (2, 3), (5, 11), (11, qubits - 1), (1, qubits - 1), (qubits - 2, qubits - 1) })
                foreach (var label in labels)
                {
                    var (a, b) = (PauliString.Single(label[1], pair.Item1), PauliString.Single(label[0], pair.Item2));
                    terms.Add(new PauliTerm(new PauliString(a.X | b.X, a.Z | b.Z), random.NextGaussian()));
                }
            for (var k = 0; k < 40; k++) terms.Add(new PauliTerm(new PauliString(0, random.NextUInt64() >> (64 - qubits)), random.NextGaussian()));
            Check(qubits, new PauliSum(qubits, terms), 13, width, precision);
        }
    }

    [Theory]
    [InlineData(Precision.Double)]
    [InlineData(Precision.Single)]
    public void gather_tiles_for_flips_of_high_qubits_the_same_on_any_number_of_threads(Precision precision)
    {
        // 16 qubits are four tiles of the visits that gather. Random flips need several of them; single ones share one.
        const int qubits = 16;
        var random = new RandomStream(21);
        var amplitudes = Any.Amplitudes(qubits, 22);
        using (var rounded = StateVector.FromAmplitudes(amplitudes, new SimulationOptions { Precision = precision })) amplitudes = rounded.ToArray();
        PauliTerm[] terms =
        [
            .. Enumerable.Range(0, 12).Select(_ => new PauliTerm(Any.Pauli(qubits, ref random), random.NextGaussian())),
            .. Enumerable.Range(13, 3).Select(q => new PauliTerm(PauliString.Single("XY"[q & 1], q), random.NextGaussian())),
            .. Enumerable.Range(0, 5).Select(q => new PauliTerm(new PauliString(3UL << 14, 0x5A5AUL * (ulong)q & 0xFFFF), random.NextGaussian())),
        ];
        var observable = new PauliSum(qubits, terms).Simplify();
        var expected = NaiveState.FromAmplitudes(amplitudes).Expectation(observable);
        var values = new List<double>();
        foreach (var width in LaneWidths.All)
            foreach (var threads in (int[])[1, 2, 5])
            {
                using var state = StateVector.FromAmplitudes(amplitudes, The_state_vector.Wide((int)width, precision) with { Threads = threads });
                values.Add(state.Expectation(observable));
            }
        values[0].ShouldBe(expected, Rounding * terms.Length);
        values.ShouldAllBe(v => v == values[0], "neither threads nor widths change a bit");
    }

    [Fact]
    public void have_the_same_bits_at_every_width() => Law.ForAll(Any.Seed(), seed =>
    {
        var random = new RandomStream(seed);
        var qubits = 1 + (int)random.NextBelow(13);
        var observable = Any.Observable(qubits, 20, ref random);
        var amplitudes = Any.Amplitudes(qubits, seed);
        var precision = Precisions.All[seed % 2];
        using var scalar = StateVector.FromAmplitudes(amplitudes, The_state_vector.Wide(1, precision));
        foreach (var width in LaneWidths.All)
        {
            using var state = StateVector.FromAmplitudes(amplitudes, The_state_vector.Wide((int)width, precision));
            state.Expectation(observable).ShouldBe(scalar.Expectation(observable));
            state.Variance(observable).ShouldBe(scalar.Variance(observable));
            state.NormSquared().ShouldBe(scalar.NormSquared());
            state.InnerProduct(scalar).ShouldBe(scalar.InnerProduct(scalar));
        }
    }, tests: 30);

    [Fact]
    public void take_observables_that_are_not_hermitian()
    {
        var random = new RandomStream(14);
        PauliTerm[] terms = [.. Enumerable.Range(0, 12).Select(_ => new PauliTerm(Any.Pauli(5, ref random), new Complex(random.NextGaussian(), random.NextGaussian())))];
        Check(5, new PauliSum(5, terms), 15, (int)LaneWidths.Widest, Precision.Double);
    }

    [Fact]
    public void take_an_observable_on_fewer_qubits_and_an_empty_one()
    {
        using var state = StateVector.FromAmplitudes(Any.Amplitudes(6, 16));
        var z = new PauliSum(1, [new PauliTerm(PauliString.Single('Z', 0), 2)]);
        state.Expectation(z).ShouldBe(NaiveState.FromAmplitudes(state.ToArray()).Expectation(new PauliSum(6, z.Terms)), Rounding);
        state.Expectation(new PauliSum(6, [])).ShouldBe(0);
        state.Variance(new PauliSum(6, [])).ShouldBe(0);
    }

    [Fact]
    public void have_a_variance_that_does_not_drown_in_a_large_constant()
    {
        // Z on Ry(0.7)|0⟩ has the variance sin²(0.7); as a difference of squares near 1e16 nothing of it would be left.
        using var state = StateVector.Zero(1);
        state.Apply(Circuit.Build(1, c => c.Ry(0.7, 0)));
        var sin = Math.Sin(0.7);

        state.Variance(PauliSum.Parse("Z + 1e8*I")).ShouldBe(sin * sin, 1e-7);

        using var eigenstate = StateVector.Zero(1);
        eigenstate.Variance(PauliSum.Parse("0.1*Z - 123.4*I")).ShouldBeInRange(0, 1e-25);
    }

    [Theory, MemberData(nameof(Widths))]
    public void give_inner_products_with_generators(int width, Precision precision) => Law.ForAll(Any.UnitaryCircuit(maxQubits: 7), bound =>
    {
        var qubits = bound.Circuit.QubitCount;
        var (left, right) = (Any.Amplitudes(qubits, 17), Any.Amplitudes(qubits, 18));
        using var bra = StateVector.FromAmplitudes(left, The_state_vector.Wide(width, precision));
        using var ket = StateVector.FromAmplitudes(right, The_state_vector.Wide(width, precision));
        // As they were rounded.
        (left, right) = (bra.ToArray(), ket.ToArray());
        (bra.InnerProduct(ket) - NaiveState.FromAmplitudes(left).InnerProduct(NaiveState.FromAmplitudes(right))).Magnitude.ShouldBeLessThan(Rounding);
        foreach (var instruction in CompiledCircuit.From(bound.Circuit).Instructions)
        {
            if (instruction.Kind == InstructionKind.Matrix) continue;
            var projected = NaiveState.FromAmplitudes(right);
            for (var q = 0; q < qubits; q++)
                if ((instruction.ControlMask >> q & 1) != 0) projected.Project(q, (instruction.ControlValue >> q & 1) != 0);
            var expected = NaiveState.FromAmplitudes(left).InnerProduct(projected.Apply(instruction.Pauli));
            (StateVector.InnerProductWith(instruction, bra, ket) - expected).Magnitude.ShouldBeLessThan(Rounding);
            using var sum = StateVector.FromAmplitudes(left, The_state_vector.Wide(width, precision));
            StateVector.AddGeneratorImage(sum, new Complex(0.3, -0.7), instruction, ket);
            sum.ToArray().ShouldBe([.. left.Zip(projected.Amplitudes, (l, p) => l + new Complex(0.3, -0.7) * p)], Tolerance.Of(precision, 1, Rounding));
        }
    });

    [Theory]
    [InlineData(Precision.Double)]
    [InlineData(Precision.Single)]
    public void give_the_probabilities_of_all_qubits_and_of_some(Precision precision)
    {
        const int qubits = 11;
        using var state = StateVector.FromAmplitudes(Any.Amplitudes(qubits, 19), new SimulationOptions { Precision = precision });
        var all = NaiveState.FromAmplitudes(state.ToArray()).Probabilities();
        state.Probabilities().ShouldBe(all, Rounding);
        foreach (var qubits_ in new int[][] { [0], [10], [4, 1], [9, 0, 3], [0, 1, 2, 3, 4, 5, 6, 7, 8], [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0], [] })
        {
            var expected = new double[1 << qubits_.Length];
            for (var i = 0; i < all.Length; i++) expected[StateVector.Extract((ulong)i, qubits_)] += all[i];
            state.Probabilities(qubits_).ShouldBe(expected, Rounding);
        }
        Should.Throw<QubitOutOfRangeException>(() => state.Probabilities(11));
        Should.Throw<QuantumException>(() => state.Probabilities(3, 3)).Message.ShouldBe("Qubit 3 is listed twice: the qubits must differ.");
    }

    private static void Check(int qubits, PauliSum observable, ulong seed, int width, Precision precision)
    {
        var amplitudes = Any.Amplitudes(qubits, seed);
        using var state = StateVector.FromAmplitudes(amplitudes, The_state_vector.Wide(width, precision));
        // Of the amplitudes as they were rounded: sums over singles are exact to the same place as sums over doubles.
        var naive = NaiveState.FromAmplitudes(state.ToArray());
        using var image = StateVector.Zero(qubits, The_state_vector.Wide(width, precision));
        var size = 1 + observable.Terms.Sum(t => t.Coefficient.Magnitude);
        state.Expectation(observable).ShouldBe(naive.Expectation(observable), Rounding * size);
        // Rounded amplitudes have not quite the norm that ⟨O²⟩ − ⟨O⟩² takes for granted.
        state.Variance(observable).ShouldBe(naive.Variance(observable), Tolerance.Of(precision, 1, Rounding) * size * size);
        StateVector.SetToImage(image, observable, state);
        image.ShouldBe(naive.Image(observable), Tolerance.Of(precision, 1, Rounding) * size);
    }
}
