using FsCheck;
using FsCheck.Fluent;
using QTrain.Observables;
using QTrain.Simulation;

namespace QTrain.Tests.Observables;

public sealed class Qubit_wise_commuting_groups
{
    [Fact]
    public void hold_every_measured_term_once_and_commute_qubit_by_qubit() =>
        Prop.ForAll(AnyPauli.Sum(1, 5, hermitian: true).ToArbitrary(), sum =>
        {
            var groups = MeasurementGroups.QubitWise(sum);
            groups.SelectMany(g => g.Terms).OrderBy(t => t.Pauli.X).ThenBy(t => t.Pauli.Z).ShouldBe(
                sum.Terms.Where(t => t.Pauli != PauliString.Identity && t.Coefficient != 0).OrderBy(t => t.Pauli.X).ThenBy(t => t.Pauli.Z));
            foreach (var group in groups)
            {
                foreach (var a in group.Terms)
                    foreach (var b in group.Terms) a.Pauli.CommutesQubitWiseWith(b.Pauli).ShouldBeTrue();
                group.Basis.ShouldBe(group.Terms.Aggregate(PauliString.Identity, (basis, t) => new(basis.X | t.Pauli.X, basis.Z | t.Pauli.Z)));
            }
            MeasurementGroups.QubitWise(sum).ShouldBe(groups);
        }).Check(AnyPauli.Fixed);

    [Fact]
    public void turn_into_the_computational_basis_by_their_change_of_basis() =>
        Prop.ForAll(AnyPauli.String(3).ToArbitrary(), pauli =>
        {
            var group = new MeasurementGroup(pauli, [new PauliTerm(pauli, 1)]);
            var change = CompiledCircuit.From(group.BasisChange(3));
            for (var b = 0; b < 8; b++)
            {
                using var state = StateVector.Zero(3);
                for (var q = 0; q < 3; q++)
                    if ((b >> q & 1) != 0) state.Apply(QTrain.Circuits.Circuit.Build(3, c => c.X(q)));
                // C†|b⟩ must be an eigenstate of P with the parity of b on the support.
                for (var k = change.Instructions.Length - 1; k >= 0; k--) state.Apply(change.Instructions[k], 0, inverse: true);
                var parity = int.IsEvenInteger(int.PopCount(b & (int)pauli.Support)) ? 1 : -1;
                state.Expectation(new PauliSum(3, [new PauliTerm(pauli, 1)])).ShouldBe(parity, 1e-12);
            }
        }).Check(AnyPauli.Fixed);

    [Fact]
    public void are_one_for_a_diagonal_observable() =>
        MeasurementGroups.QubitWise(PauliSum.Parse("0.5*ZZI + 0.5*IZZ - 3 + Z0")).ShouldHaveSingleItem().IsDiagonal.ShouldBeTrue();

    [Fact]
    public void are_none_for_a_constant() => MeasurementGroups.QubitWise(PauliSum.Parse("3*II + 0*XX")).ShouldBeEmpty();

    [Theory]
    [InlineData("h2_fcidump.json", 5)]
    [InlineData("spin/tfim_open_n10_h1.0.json", 2)]
    [InlineData("spin/heisenberg_open_n8.json", 3)]
    [InlineData("lih_sto3g_1.45A.json", 153)]
    public void of_known_Hamiltonians_are_as_few_as_they_were(string name, int count) =>
        MeasurementGroups.QubitWise(HamiltonianFiles.Read(name).Hamiltonian).Length.ShouldBeLessThanOrEqualTo(count);

    [Fact]
    public void are_refused_for_an_observable_that_is_not_Hermitian() =>
        Should.Throw<NotHermitianException>(() => MeasurementGroups.QubitWise(PauliSum.Parse("Z + (0.5+0.25i)*X"))).Message.ShouldBe(
            "The observable is not Hermitian: the coefficient of X is (0.5+0.25i), but only real ones can be measured. "
            + "Take (O + O†)/2, or Simplify() when the imaginary part is rounding.");
}
