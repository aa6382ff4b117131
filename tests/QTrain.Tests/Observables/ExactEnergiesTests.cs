using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using QTrain.Numerics;
using QTrain.Observables;
using QTrain.Simulation;

namespace QTrain.Tests.Observables;

public sealed class Exact_energies
{
    /// <summary>Ten times better than a reference energy must agree.</summary>
    private const double Tolerance = 1e-9;

    public static TheoryData<string> Files => [.. HamiltonianFiles.Names()];

    [Theory, MemberData(nameof(Files))]
    public void agree_with_every_recorded_Hamiltonian(string name)
    {
        var (hamiltonian, lowest) = HamiltonianFiles.Read(name);
        ShouldAgree(ExactEnergies.Lowest(hamiltonian, lowest.Length), lowest);
    }

    /// <summary>Three more qubits with a complex Hamiltonian of their own: large enough for the iterative search, and the sums are known.</summary>
    [Theory]
    [InlineData("spin/heisenberg_open_n8.json")]
    [InlineData("spin/hubbard_chain_L2_U4.json")]
    [Trait("Category", "Slow")]
    public void of_two_systems_side_by_side_are_sums(string name)
    {
        var (hamiltonian, _) = HamiltonianFiles.Read(name);
        var field = PauliSum.Parse("0.9*X0 Z1 + 0.7*Y1 Y2 - 0.3*Z2 Z0 + 0.2*X2 + 0.1*Y0", 3);
        var together = hamiltonian.Tensor(PauliSum.Identity(3)) + PauliSum.Identity(hamiltonian.QubitCount).Tensor(field);
        var sums =
            from a in HermitianEigen.Values(hamiltonian.Matrix())
            from b in HermitianEigen.Values(field.Matrix())
            select a + b;
        ShouldAgree(ExactEnergies.Lowest(together, 6), [.. sums.Order().Take(6)]);
    }

    /// <summary>Free fermions: the open chain −ΣZZ − hΣX at h = 1 has the ground energy 1 − 1/sin(π/(4n + 2)).</summary>
    [Theory]
    [InlineData(9)]
    [InlineData(12)]
    [InlineData(14)]
    [Trait("Category", "Slow")]
    public void of_the_critical_transverse_field_Ising_chain_are_the_analytic_ones(int n)
    {
        // The modes of the open chain at h = 1: 4 sin of equidistant angles (Pfeuty 1970).
        var modes = Enumerable.Range(0, n).Select(m => 4 * Math.Sin(Math.PI * (2 * m + 1) / (2 * (2 * n + 1)))).Order().ToArray();
        var ground = -modes.Sum() / 2;
        ground.ShouldBe(1 - 1 / Math.Sin(Math.PI / (4 * n + 2)), 1e-11);
        ShouldAgree(ExactEnergies.Lowest(Ising(n, 1), 4), [.. new[] { ground, ground + modes[0], ground + modes[1], ground + Math.Min(modes[2], modes[0] + modes[1]) }.Order()]);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void of_the_ferromagnetic_Heisenberg_chain_are_degenerate_as_the_largest_spin_is()
    {
        // Spin n/2 has n + 1 states of energy −(n − 1); the next level is the slowest spin wave, of spin n/2 − 1 with n − 1 states.
        const int n = 10;
        var wave = -(n - 1) + 4 * (1 - Math.Cos(Math.PI / n));
        ShouldAgree(ExactEnergies.Lowest(-1 * Heisenberg(n), n + 1 + n - 1),
            [.. Enumerable.Repeat(-(n - 1.0), n + 1), .. Enumerable.Repeat(wave, n - 1)]);
    }

    [Fact]
    public void count_every_copy_of_a_level_that_is_more_degenerate_than_asked_for() =>
        ShouldAgree(ExactEnergies.Lowest(-1 * Heisenberg(9), 3), [-8, -8, -8]);

    [Fact]
    public void count_every_copy_where_a_whole_sector_is_flat()
    {
        // XX and ZZ of a pair commute, though not qubit by qubit, so the levels are few and far more degenerate than a block is wide.
        var pairs = PauliSum.Parse("X0 X1 + Z0 Z1 + X2 X3 + Z2 Z3 + X4 X5 + Z4 Z5 + X6 X7 + Z6 Z7 + X8 Z0 Z1", 9);
        ShouldAgree(ExactEnergies.Lowest(pairs, 20), [.. HermitianEigen.Values(pairs.Matrix()).Take(20)]);
    }

    [Fact]
    public void of_nothing_on_14_qubits_are_zeros() => ExactEnergies.Lowest(PauliSum.Zero(14), 5).ShouldBe([0, 0, 0, 0, 0]);

    [Fact]
    public void of_one_term_on_60_qubits_are_degenerate_by_the_idle_ones() =>
        ExactEnergies.Lowest(PauliSum.Parse("0.5*X0 Y59 + 2"), 3).ShouldBe([1.5, 1.5, 1.5]);

    [Theory]
    [InlineData('X')]
    [InlineData('Y')]
    [InlineData('Z')]
    public void of_a_field_on_20_qubits_are_those_of_flipped_spins(char letter)
    {
        var field = PauliSum.Of(20, Enumerable.Range(0, 20).Select(q => ($"{letter}{q}", -1.0)));
        var energies = ExactEnergies.Lowest(field, 22);
        ShouldAgree(energies, [-20, .. Enumerable.Repeat(-18.0, 20), -16]);
    }

    [Fact]
    public void of_a_diagonal_observable_are_the_values_of_its_bit_strings() =>
        Prop.ForAll(AnyPauli.Sum(5, hermitian: true).ToArbitrary(), sum =>
        {
            var diagonal = new PauliSum(5, sum.Terms.Select(t => t with { Pauli = new PauliString(0, t.Pauli.Support) }));
            ShouldAgree(ExactEnergies.Lowest(diagonal, 32), [.. Enumerable.Range(0, 32).Select(b => diagonal.ValueAt((ulong)b).Real).Order()]);
        }).Check(AnyPauli.Fixed);

    [Fact]
    public void of_small_observables_are_the_eigenvalues_of_their_matrix() =>
        Prop.ForAll(AnyPauli.Sum(1, 5, hermitian: true).ToArbitrary(), sum =>
        {
            var all = ExactEnergies.Lowest(sum, 1 << sum.QubitCount);
            // Tr H and Tr H² say that the spectrum is complete.
            all.Sum().ShouldBe((1 << sum.QubitCount) * sum[PauliString.Identity].Real, 1e-10);
            all.Sum(e => e * e).ShouldBe((1 << sum.QubitCount) * sum.Terms.Sum(t => t.Coefficient.Real * t.Coefficient.Real), 1e-9);
            all.ShouldBe(all.Order());
        }).Check(AnyPauli.Fixed);

    /// <summary>Real and complex sums of 40 strings on 9 qubits, where the search is iterative, against the dense matrix.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [Trait("Category", "Slow")]
    public void of_random_sums_on_nine_qubits_agree_with_the_dense_matrix(int seed, bool real)
    {
        var sum = Random(9, 40, (ulong)seed, real);
        var dense = HermitianEigen.Values(sum.Matrix());
        ShouldAgree(ExactEnergies.Lowest(sum, 7), dense[..7]);
        // 30 are still searched for; with 200 of 512 wanted the whole matrix is diagonalized.
        ShouldAgree(ExactEnergies.Lowest(sum, 30), dense[..30]);
        if (real) ShouldAgree(ExactEnergies.Lowest(sum, 200), dense[..200]);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void are_the_same_to_the_bit_on_any_number_of_threads()
    {
        var sum = Ising(13, 2);
        var one = ExactEnergies.Lowest(sum, 2, options: new SimulationOptions { Threads = 1 });
        ExactEnergies.Lowest(sum, 2, options: new SimulationOptions { Threads = 3 }).ShouldBe(one);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void move_by_rounding_only_with_the_seed() =>
        ShouldAgree(ExactEnergies.Lowest(Ising(10, 0.5), 3, seed: 1), ExactEnergies.Lowest(Ising(10, 0.5), 3, seed: 2));

    [Fact]
    public void scale_with_the_observable()
    {
        var energies = ExactEnergies.Lowest(Ising(9, 0.7), 3);
        ExactEnergies.Lowest(1e-9 * Ising(9, 0.7), 3).Select(e => e * 1e9).ShouldBe(energies, 1e-9);
        ExactEnergies.Lowest(1e9 * Ising(9, 0.7), 3).Select(e => e * 1e-9).ShouldBe(energies, 1e-9);
    }

    [Fact]
    public void are_refused_beyond_what_there_is()
    {
        Should.Throw<QuantumException>(() => ExactEnergies.Lowest(PauliSum.Parse("ZZ"), 5))
            .Message.ShouldBe("5 energies were asked for, but an observable on 2 qubits has 2^2 = 4.");
        Should.Throw<QuantumException>(() => ExactEnergies.Lowest(PauliSum.Parse("ZZ"), 0)).Message.ShouldBe("0 energies cannot be given: ask for at least 1.");
        Should.Throw<QuantumException>(() => ExactEnergies.Lowest(Ising(30, 1), 1)).Message.ShouldBe(
            "The energies of an observable on 30 qubits are out of reach: at most 26 are allowed, 36 when it is diagonal.");
        Should.Throw<NotHermitianException>(() => ExactEnergies.Lowest(PauliSum.Parse("(0+1i)*ZZ"), 1));
    }

    private static PauliSum Ising(int n, double field) => PauliSum.Of(n,
        [.. Enumerable.Range(0, n - 1).Select(q => ($"Z{q} Z{q + 1}", -1.0)), .. Enumerable.Range(0, n).Select(q => ($"X{q}", -field))]);

    private static PauliSum Heisenberg(int n) => PauliSum.Of(n,
        from q in Enumerable.Range(0, n - 1)
        from letter in "XYZ"
        select ($"{letter}{q} {letter}{q + 1}", 1.0));

    private static PauliSum Random(int qubits, int terms, ulong seed, bool real)
    {
        var random = new RandomStream(seed);
        var drawn = new List<PauliTerm>();
        while (drawn.Count < terms)
        {
            var pauli = new PauliString((ulong)random.NextBelow(1 << qubits), (ulong)random.NextBelow(1 << qubits));
            if (!real || int.IsEvenInteger(pauli.CountY)) drawn.Add(new PauliTerm(pauli, random.NextGaussian()));
        }
        return new PauliSum(qubits, drawn);
    }

    private static void ShouldAgree(double[] energies, double[] expected)
    {
        energies.Length.ShouldBe(expected.Length);
        for (var k = 0; k < energies.Length; k++) energies[k].ShouldBe(expected[k], Tolerance, $"energy {k}");
    }
}
