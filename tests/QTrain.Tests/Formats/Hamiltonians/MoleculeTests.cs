using System.Globalization;
using System.Numerics;
using QTrain.Formats;
using QTrain.Formats.Hamiltonians;
using QTrain.Numerics;
using QTrain.Observables;
using QTrain.Problems;

namespace QTrain.Tests.Formats.Hamiltonians;

public sealed class A_FCIDUMP
{
    private static readonly string H2 = File.ReadAllText(TestData.Path("hamiltonians", "fcidump", "h2.fcidump"));

    [Fact]
    public void of_hydrogen_gives_the_recorded_Hamiltonian()
    {
        var file = TestData.Path("hamiltonians", "h2_fcidump.json");
        var recorded = PauliJson.Read(File.ReadAllText(file), file);
        var read = HamiltonianText.Read(H2, "h2.fcidump");
        (read.Observable - recorded.Observable).OneNorm.ShouldBe(0, 1e-12);
        (read.Mapping, read.SpinOrbitals, read.ElectronCount, read.Ms2, read.ReferenceDeterminant, read.Unit)
            .ShouldBe((FermionMapping.JordanWigner, SpinOrbitalOrder.Blocked, 2, 0, "0101", "hartree"));
        read.ReferenceDeterminantEnergy!.Value.ShouldBe(recorded.ReferenceDeterminantEnergy!.Value, 1e-12);
        // H2 at 0.735 Å, STO-3G, full configuration interaction.
        ExactEnergies.Lowest(read.Observable, 1)[0].ShouldBe(-1.1373060363, 2e-8);
    }

    [Fact]
    public void has_the_same_energies_in_either_order_of_spin_orbitals()
    {
        var interleaved = HamiltonianText.Read(H2, "h2.fcidump", new HamiltonianReading { SpinOrbitals = SpinOrbitalOrder.Interleaved });
        interleaved.ReferenceDeterminant.ShouldBe("0011");
        interleaved.SpinOrbitals.ShouldBe(SpinOrbitalOrder.Interleaved);
        ExactEnergies.Lowest(interleaved.Observable, 5).ShouldBe(ExactEnergies.Lowest(HamiltonianText.Read(H2, "h2.fcidump").Observable, 5), 1e-9);
    }

    [Theory]
    [InlineData("&FCI NORB=1,NELEC=1,MS2=1,ORBSYM=1,ISYM=1,\n&END\n0.5 1 1 1 1\n-1.5D+00 1 1 0 0\n0.25 0 0 0 0\n")]
    [InlineData(" $fci\n norb = 1, nelec = 1\n ms2 = 1\n orbsym=8*1\n $end\n 0.5 1 1 1 1\n -1.5 1 1 0 0\n -0.7 1 0 0 0\n 0.25 0 0 0 0")]
    [InlineData("&FCI NORB=1 NELEC=1 MS2=1 IUHF=0 /\n(0.5,0.0) 1 1 1 1\n(-1.5,0) 1 1 0 0\n(0.25,0) 0 0 0 0\n")]
    public void may_be_in_any_dialect(string text)
    {
        var read = HamiltonianText.Read(text, "x");
        // One orbital: E + h(n↑ + n↓) + (11|11) n↑n↓.
        read.Observable.ValueAt(0b00).Real.ShouldBe(0.25, 1e-15);
        read.Observable.ValueAt(0b01).Real.ShouldBe(-1.25, 1e-15);
        read.Observable.ValueAt(0b11).Real.ShouldBe(-2.25, 1e-15);
        read.ReferenceDeterminant.ShouldBe("01");
    }

    [Theory]
    [InlineData(1, SpinOrbitalOrder.Blocked)]
    [InlineData(2, SpinOrbitalOrder.Interleaved)]
    [InlineData(3, SpinOrbitalOrder.Blocked)]
    [InlineData(3, SpinOrbitalOrder.Interleaved)]
    public void is_the_sum_of_its_operators_of_fermions(int orbitals, SpinOrbitalOrder order)
    {
        var random = new RandomStream(17);
        var integrals = new MolecularIntegrals(orbitals) { CoreEnergy = random.NextGaussian() };
        var all = Enumerable.Range(0, orbitals).ToArray();
        foreach (var (p, q) in from p in all from q in all select (p, q))
        {
            integrals.One(p, q) = random.NextGaussian();
            foreach (var (r, s) in from r in all from s in all select (r, s)) integrals.Two(p, q, r, s) = random.NextGaussian();
        }
        // The slow, obvious way: E + Σ h a†a + ½ Σ (pq|rs) a†(pσ) a†(rτ) a(sτ) a(qσ), operator by operator.
        var terms = new List<(Complex, System.Collections.Immutable.ImmutableArray<LadderOperator>)> { (integrals.CoreEnergy, []) };
        foreach (var (p, q) in from p in all from q in all select (p, q))
            foreach (var up in (bool[])[false, true])
            {
                terms.Add((integrals.One(p, q), [Op(p, up, true), Op(q, up, false)]));
                foreach (var (r, s) in from r in all from s in all select (r, s))
                    foreach (var other in (bool[])[false, true])
                        terms.Add((integrals.Two(p, q, r, s) / 2, [Op(p, up, true), Op(r, other, true), Op(s, other, false), Op(q, up, false)]));
            }
        (integrals.Hamiltonian(order) - JordanWigner.Map(2 * orbitals, terms)).OneNorm.ShouldBe(0, 1e-11);

        LadderOperator Op(int orbital, bool down, bool creates) => new(integrals.Qubit(orbital, down, order), creates);
    }

    [Theory]
    [InlineData("h2_sto3g_0.7414A.json")]
    [InlineData("lih_sto3g_1.45A.json")]
    [InlineData("h2o_sto3g_pennylane_active_4e4o.json")]
    [InlineData("h2_fcidump.json")]
    public void is_written_from_any_molecule_and_comes_back(string name)
    {
        var file = TestData.Path("hamiltonians", name);
        var content = HamiltonianContent.Read(File.ReadAllText(file), file, null);
        var known = content.ToFile();
        var text = HamiltonianText.Write(content, HamiltonianFormat.Fcidump);
        HamiltonianText.Recognise(new TextSource(text, "x"), out _).ShouldBe(HamiltonianFormat.Fcidump);
        var again = HamiltonianText.Read(text, "x", new HamiltonianReading { SpinOrbitals = known.SpinOrbitals!.Value });
        (again.Observable - known.Observable).OneNorm.ShouldBe(0, 1e-9);
        again.ReferenceDeterminant.ShouldBe(known.ReferenceDeterminant);
        again.ReferenceDeterminantEnergy!.Value.ShouldBe(known.ReferenceDeterminantEnergy!.Value, 1e-9);
    }

    [Fact]
    public void is_not_made_of_what_is_no_molecule()
    {
        var spins = TestData.Path("hamiltonians", "spin", "heisenberg_open_n4.json");
        Should.Throw<QuantumException>(() => HamiltonianText.Write(HamiltonianContent.Read(File.ReadAllText(spins), "spins", null), HamiltonianFormat.Fcidump))
            .Message.ShouldContain("does not say that it is a molecule");
        var false_ = """{"encoding": "Jordan-Wigner, blocked", "terms": [{"pauli": "XXXX", "coeff": 1}, {"pauli": "IIIX", "coeff": 1}]}""";
        Should.Throw<QuantumException>(() => HamiltonianText.Write(HamiltonianContent.Read(false_, "x", null), HamiltonianFormat.Fcidump))
            .Message.ShouldContain("no Hamiltonian of real, spin-restricted integrals");
    }

    [Fact]
    public void whose_orbitals_are_out_of_order_fills_the_lowest_ones()
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"&FCI NORB=2,NELEC=2,MS2=0 /\n{1.0} 1 1 0 0\n{-1.0} 2 2 0 0\n{1.0} 1 0 0 0\n{-1.0} 2 0 0 0\n");
        HamiltonianText.Read(text, "x").ReferenceDeterminant.ShouldBe("1010");
    }
}
