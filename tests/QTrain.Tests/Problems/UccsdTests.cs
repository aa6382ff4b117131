using System.Numerics;
using QTrain.Circuits;
using QTrain.Formats;
using QTrain.Observables;
using QTrain.Optimizers;
using QTrain.Problems;
using QTrain.Simulation;
using QTrain.Tests.Reference;
using QTrain.Training;

namespace QTrain.Tests.Problems;

public sealed class UCCSD
{
    public static TheoryData<string> Molecules => ["h2_fcidump", "h2_sto3g_0.5A", "h2_sto3g_0.7414A", "h2_sto3g_1.0A", "h2_sto3g_1.5A", "h2_sto3g_2.0A",
        "lih_sto3g_1.45A", "lih_sto3g_1.45A_active_2e2o", "h2o_sto3g_pennylane_active_4e4o"];

    [Theory, MemberData(nameof(Molecules))]
    public void starts_at_the_energy_of_the_reference_determinant(string name)
    {
        var hamiltonian = Read(name);
        var problem = Uccsd.For(hamiltonian).ToProblem();
        Energy(problem.Ansatz, problem.Observable, problem.Start.AsSpan()).ShouldBe(hamiltonian.ReferenceDeterminantEnergy!.Value, tolerance: 1e-9);
        problem.Unit.ShouldBe("hartree");
    }

    [Theory, MemberData(nameof(Molecules))]
    public void keeps_the_electrons_of_each_spin(string name)
    {
        var uccsd = Uccsd.For(Read(name));
        var qubits = uccsd.Circuit.QubitCount;
        using var state = StateVector.Zero(qubits);
        state.Apply(uccsd.Circuit, Any.Point(uccsd.Circuit.Parameters.Length, seed: 3));
        foreach (var up in new[] { true, false })
        {
            var number = new PauliSum(qubits, Enumerable.Range(0, qubits).Where(k => Uccsd.IsUp(k, qubits, uccsd.SpinOrbitals) == up)
                .SelectMany(k => new[] { new PauliTerm(PauliString.Identity, 0.5), new PauliTerm(PauliString.Single('Z', k), -0.5) }));
            state.Expectation(number).ShouldBe(uccsd.ElectronCount / 2, tolerance: 1e-9);
            state.Variance(number).ShouldBe(0, tolerance: 1e-9);
        }
    }

    [Theory]
    [InlineData("h2_fcidump"), InlineData("h2_sto3g_0.5A"), InlineData("h2_sto3g_0.7414A"), InlineData("h2_sto3g_1.0A"), InlineData("h2_sto3g_1.5A"),
     InlineData("h2_sto3g_2.0A"), InlineData("h2_tangelo")]
    public void reaches_the_exact_energy_of_hydrogen(string name)
    {
        var hamiltonian = Read(name);
        var uccsd = Uccsd.For(hamiltonian, new UccsdOptions { ElectronCount = 2 });
        uccsd.Excitations.Length.ShouldBe(3);
        // Singles vanish by symmetry. Along the double the energy is A + B cos 2t + C sin 2t, which three values determine.
        double At(double t) => Energy(uccsd.Circuit, hamiltonian.Observable, [0, 0, t]);
        var (zero, middle, end) = (At(0), At(Math.PI / 4), At(Math.PI / 2));
        var mean = (zero + end) / 2;
        var lowest = mean - Math.Sqrt(Math.Pow((zero - end) / 2, 2) + Math.Pow(middle - mean, 2));
        lowest.ShouldBe(hamiltonian.GroundEnergy!.Value, tolerance: 1e-9);
    }

    [Theory, InlineData("h2_sto3g_2.0A", 1e-6), InlineData("lih_sto3g_1.45A_active_2e2o", 1e-6), InlineData("h2o_sto3g_pennylane_active_4e4o", 1.6e-3),
     InlineData("lih_sto3g_1.45A", 1.6e-3)]
    [Trait("Category", "Slow")]
    public async Task trains_to_the_exact_energy(string name, double tolerance)
    {
        var problem = Uccsd.For(Read(name)).ToProblem();
        var result = await Trainer.TrainAsync(new TrainingPlan { Problem = problem, Optimizer = new Lbfgs { GradientTolerance = 1e-5 } });
        result.FinalLoss.ShouldBe(problem.KnownOptimum!.Value, tolerance);
        result.FinalLoss.ShouldBeGreaterThan(problem.KnownOptimum!.Value - 1e-9);       // the variational principle
    }

    [Fact]
    public void lists_its_excitations_singles_up_singles_down_doubles()
    {
        Excitations("h2_sto3g_0.7414A").ShouldBe(["t_0_2", "t_1_3", "t_0_1_2_3"]);
        Excitations("h2_fcidump").ShouldBe(["t_0_1", "t_2_3", "t_0_2_1_3"]);
        Excitations("h2o_sto3g_pennylane_active_4e4o")[..9].ShouldBe(["t_0_4", "t_0_6", "t_2_4", "t_2_6", "t_1_5", "t_1_7", "t_3_5", "t_3_7", "t_0_1_4_5"]);
        Excitations("h2o_sto3g_pennylane_active_4e4o").Length.ShouldBe(8 + 18);
        Excitations("lih_sto3g_1.45A").Length.ShouldBe(16 + 76);

        static string[] Excitations(string name) => [.. Uccsd.For(Read(name)).Circuit.Parameters.Select(p => p.Name)];
    }

    [Theory, InlineData(new[] { 0 }, new[] { 2 }), InlineData(new[] { 3 }, new[] { 1 }), InlineData(new[] { 0, 1 }, new[] { 2, 3 }), InlineData(new[] { 0, 2 }, new[] { 1, 4 })]
    public void exponentiates_every_excitation_exactly(int[] from, int[] to)
    {
        const int qubits = 5;
        const double t = 0.37;
        var excitation = new Excitation([.. from], [.. to]);
        var generator = excitation.Generator(qubits);
        generator.Terms.Length.ShouldBe(from.Length == 1 ? 2 : 8);
        generator.Adjoint().ShouldBe(-generator);
        var builder = new CircuitBuilder(qubits);
        Uccsd.Append(builder, excitation);
        var product = NaiveState.Unitary(builder.ToCircuit(), [t]);
        var exponential = Exponential(t, generator.Matrix());
        for (var row = 0; row < 1 << qubits; row++)
            for (var column = 0; column < 1 << qubits; column++)
                (product[row, column] - exponential[row, column]).Magnitude.ShouldBeLessThan(1e-12);
    }

    [Fact]
    public void moves_electrons_with_the_sign_of_fermions()
    {
        // a†₂ a†₃ a₁ a₀ |0011⟩: moving two electrons past none gives −a†₃a†₂a₁a₀.
        var generator = new Excitation([0, 1], [2, 3]).Generator(4).Matrix();
        generator[0b1100, 0b0011].Magnitude.ShouldBe(1, tolerance: 1e-12);
        generator[0b0011, 0b1100].ShouldBe(-generator[0b1100, 0b0011]);
        // a†₂ a₀ passes the electron at 1: a sign.
        var single = new Excitation([0], [2]).Generator(3).Matrix();
        single[0b100, 0b001].Real.ShouldBe(1, tolerance: 1e-12);
        single[0b110, 0b011].Real.ShouldBe(-1, tolerance: 1e-12);
    }

    [Fact]
    public void takes_the_number_of_electrons_from_the_determinant_when_it_is_not_said() =>
        Uccsd.For(Read("h2_fcidump") with { ElectronCount = null }).ElectronCount.ShouldBe(2);

    [Fact]
    public void makes_its_own_determinant_for_another_number_of_electrons()
    {
        var h2o = Read("h2o_sto3g_pennylane_active_4e4o");
        Uccsd.For(h2o, new UccsdOptions { ElectronCount = 3 }).ReferenceDeterminant.ShouldBe("00000111");
        Uccsd.For(h2o, new UccsdOptions { Ms2 = 2 }).ReferenceDeterminant.ShouldBe("00010111");
        Uccsd.For(Read("h2_fcidump"), new UccsdOptions { ElectronCount = 1, Ms2 = -1 }).ReferenceDeterminant.ShouldBe("0100");
        Uccsd.For(h2o, new UccsdOptions { ElectronCount = 3 }).Ms2.ShouldBe(1);
    }

    [Fact]
    public void keeps_the_electrons_of_each_spin_in_open_shells_too()
    {
        var uccsd = Uccsd.For(Read("h2o_sto3g_pennylane_active_4e4o"), new UccsdOptions { Ms2 = 2 });
        var state = NaiveState.Of(uccsd.Circuit, Any.Point(uccsd.Circuit.Parameters.Length, seed: 4));
        var ups = Enumerable.Range(0, 256).Where(i => BitOperations.PopCount((uint)i & 0b01010101) == 3 && BitOperations.PopCount((uint)i & 0b10101010) == 1);
        ups.Sum(i => state.Probabilities()[i]).ShouldBe(1, tolerance: 1e-12);
        uccsd.ToProblem().KnownOptimum.ShouldBeNull();
    }

    [Fact]
    public void refuses_a_Hamiltonian_it_does_not_know_enough_about()
    {
        Reason("h2_bk_qulacs").ShouldStartWith("UCCSD must know how fermions became qubits, but the file has no \"encoding\".");
        Reason("h2_2qubit_qiskit").ShouldStartWith("UCCSD must know how fermions became qubits");
        Reason("spin/hubbard_chain_L2_U4").ShouldStartWith("UCCSD must know how fermions became qubits");
        Reason("h2_tangelo").ShouldBe("UCCSD must know how many electrons there are, but the file has neither \"num_electrons\" nor \"reference_determinant\". Say it with electrons: N.");
        Reason("h2_fcidump", h => h with { Mapping = FermionMapping.BravyiKitaev }).ShouldStartWith("UCCSD is built for Jordan-Wigner Hamiltonians");
        Reason("h2_fcidump", h => h with { SpinOrbitals = null }).ShouldStartWith("UCCSD must know the order of spin orbitals, interleaved or blocked, but the file's encoding is \"Jordan-Wigner, blocked");
    }

    [Fact]
    public void refuses_a_Hamiltonian_that_contradicts_itself()
    {
        Reason("h2_fcidump", h => h with { SpinOrbitals = SpinOrbitalOrder.Interleaved }).ShouldStartWith(
            "With interleaved spin orbitals the Hamiltonian does not keep the number of spin-up electrons.");
        Reason("h2_sto3g_1.0A", h => h with { SpinOrbitals = SpinOrbitalOrder.Blocked }).ShouldStartWith("With blocked spin orbitals the Hamiltonian does not keep");
        Reason("h2_fcidump", h => h with { ReferenceDeterminant = "0111" }).ShouldBe("The reference determinant 0111 holds 3 electrons, but there are 2.");
        Reason("h2_fcidump", h => h with { ReferenceDeterminant = "0011" }).ShouldStartWith(
            "With blocked spin orbitals the reference determinant 0011 holds 2 electrons of spin up and 0 of spin down, but ms2 = 0.");
        Reason("h2_fcidump", h => h with { ReferenceDeterminant = "1010" }).ShouldStartWith("The reference determinant 1010 has the energy ");
        Reason("h2_fcidump", h => h with { ElectronCount = 4, ReferenceDeterminant = null }).ShouldStartWith("UCCSD of 4 electrons in 4 spin orbitals has nothing to excite");
        Reason("h2_fcidump", h => h with { Ms2 = 2, ReferenceDeterminant = null }).ShouldBe(
            "UCCSD has nothing to excite from 0011: no electron can move to an empty spin orbital of its own spin.");
        Reason("h2_fcidump", h => h with { Ms2 = 1 }).ShouldBe("2 electrons in 2 orbitals cannot have ms2 = 1, spin up minus spin down.");
    }

    [Fact]
    public void takes_the_user_at_his_word_about_the_encoding()
    {
        var unsaid = Read("h2_fcidump") with { Encoding = null, Mapping = FermionMapping.Unknown, SpinOrbitals = null };
        Uccsd.For(unsaid, new UccsdOptions { Mapping = FermionMapping.JordanWigner, SpinOrbitals = SpinOrbitalOrder.Blocked }).ElectronCount.ShouldBe(2);
    }

    private static string Reason(string name, Func<HamiltonianFile, HamiltonianFile>? change = null)
    {
        var hamiltonian = Read(name);
        return Should.Throw<UnsuitableHamiltonianException>(() => Uccsd.For(change?.Invoke(hamiltonian) ?? hamiltonian)).Reason;
    }

    private static HamiltonianFile Read(string name) =>
        PauliJson.Read(File.ReadAllText(TestData.Path("hamiltonians", name + ".json")), name + ".json");

    private static double Energy(Circuit circuit, PauliSum observable, ReadOnlySpan<double> at)
    {
        using var state = StateVector.Zero(circuit.QubitCount);
        state.Apply(circuit, at);
        return state.Expectation(observable);
    }

    /// <summary>exp(t·A) by its series.</summary>
    private static Complex[,] Exponential(double t, Complex[,] matrix)
    {
        var size = matrix.GetLength(0);
        var (sum, power) = (new Complex[size, size], new Complex[size, size]);
        for (var k = 0; k < size; k++) sum[k, k] = power[k, k] = 1;
        for (var order = 1; order < 30; order++)
        {
            var next = new Complex[size, size];
            for (var row = 0; row < size; row++)
                for (var column = 0; column < size; column++)
                    for (var k = 0; k < size; k++) next[row, column] += power[row, k] * matrix[k, column] * (t / order);
            power = next;
            for (var row = 0; row < size; row++)
                for (var column = 0; column < size; column++) sum[row, column] += power[row, column];
        }
        return sum;
    }
}
