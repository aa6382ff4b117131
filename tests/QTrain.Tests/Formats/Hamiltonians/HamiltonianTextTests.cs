using QTrain.Formats;
using QTrain.Formats.Hamiltonians;
using QTrain.Numerics;
using QTrain.Observables;
using QTrain.Problems;
using QTrain.Tests.Reference;

namespace QTrain.Tests.Formats.Hamiltonians;

public sealed class A_Hamiltonian_in_any_form
{
    private const double Rounding = 1e-12;

    [Theory]
    [InlineData("""[["XX", 0.5], ["ZI", [0.25, 0]]]""", "0.5*XX + 0.25*ZI")]
    [InlineData("[('XX', (0.5+0j)), ('ZI', 0.25)]", "0.5*XX + 0.25*ZI")]
    [InlineData("""[["XZ", [0, 2], 0.5], ["", [], -1]]""", "0.5*ZIX - 1*III")]
    [InlineData("SparsePauliOp(['XX', 'ZI'],\n              coeffs=[0.5+0.j, 1. +0.j])\n", "0.5*XX + 1*ZI")]
    [InlineData("SparsePauliOp.from_list([('XX', 0.5)])", "0.5*XX")]
    [InlineData("SparsePauliOp.from_sparse_list([('XZ', [0, 2], 0.5)], num_qubits=4)", "0.5*IZIX")]
    [InlineData("qiskit.quantum_info.SparsePauliOp(PauliList(['XX']), array([0.5]))", "0.5*XX")]
    [InlineData("SparsePauliOp('XZ')", "1*XZ")]
    [InlineData("(0.5+0j) [X0 Z1] +\n-0.25 [] +", "0.5*ZX - 0.25*II")]
    [InlineData("QubitOperator:\n0.5 [X0 Z2]", "0.5*ZIX")]
    [InlineData("0.5 [X0] - 0.5 [Y1]", "0.5*IX - 0.5*YI")]
    [InlineData("-1.5e-1*XX + YY - 2", "-0.15*XX + 1*YY - 2*II")]
    [InlineData("0.5 X0 Z2 + 0.25 * Z1", "0.5*ZIX + 0.25*IZI")]
    [InlineData("XX 0.5\nZZ -0.25 # comment\n", "0.5*XX - 0.25*ZZ")]
    [InlineData("X0 Z2: 0.5\nZ1: 2\n", "0.5*ZIX + 2*IZI")]
    [InlineData("""{"XX": 0.5, "ZZ": -1}""", "0.5*XX - 1*ZZ")]
    [InlineData("""[{"pauli": "XZ", "coeff": 1}]""", "1*XZ")]
    [InlineData("""{"bit_order": "leftmost", "terms": [{"pauli": "XIZ", "coeff": 1}]}""", "1*ZIX")]
    [InlineData("FermionOperator:\n1.0 [0^ 0]", "0.5*I - 0.5*Z")]
    [InlineData("-1.0 [0^ 2] +\n-1.0 [2^ 0]", "-0.5*XZX - 0.5*YZY")]
    [InlineData("0 1\n1 2 2.5\n", "-1.75*III + 0.5*IZZ + 1.25*ZZI")]
    [InlineData("1 2\n", "-0.5*II + 0.5*ZZ")]
    [InlineData("3 2\n1 2 1\n2 3 -1\n", "0*III + 0.5*IZZ - 0.5*ZZI")]
    [InlineData("c a\np edge 3 1\ne 1 3\n", "-0.5*III + 0.5*ZIZ")]
    [InlineData("0 1 {'weight': 2}\n", "-1*II + 1*ZZ")]
    [InlineData("""{"edges": [[0, 1]]}""", "-0.5*II + 0.5*ZZ")]
    [InlineData("[[0, 1], [1, 2], [2, 3, 2]]", "-2*IIII + 0.5*IIZZ + 0.5*IZZI + 1*ZZII")]
    [InlineData("0 0 -1\n0 1 4\n", "0.5*II - 0.5*IZ - 1*ZI + 1*ZZ")]
    [InlineData("# vartype=SPIN\n# offset=3\n0 0 -1\n0 1 4\n", "3*II - 1*IZ + 4*ZZ")]
    [InlineData("c a\np qubo 0 3 1 1\n0 0 -2\n0 2 4\n", "0*III - 1*ZII + 1*ZIZ")]
    [InlineData("""{"Q": [[-2, 1], [3, 0]]}""", "0*II - 1*ZI + 1*ZZ")]
    [InlineData("""{"Q": {"0,0": -2, "(0, 1)": 4}}""", "0*II - 1*ZI + 1*ZZ")]
    [InlineData("[[-2, 2, 0, 0], [2, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]", "0*IIII - 1*IIZI + 1*IIZZ")]
    [InlineData("""{"num_variables": 2, "constant": 1, "linear": {"0": -2}, "quadratic": [[0, 1, 4]]}""", "1*II - 1*ZI + 1*ZZ")]
    [InlineData("""{"h": [1, 0], "J": {"0,1": -0.5}, "offset": 2}""", "2*II + 1*IZ - 0.5*ZZ")]
    [InlineData("""{"vartype": "SPIN", "linear": {"a": 1}, "quadratic": {"a": {"b": -1}}}""", "0*II + 1*IZ - 1*ZZ")]
    [InlineData("""{"type": "BinaryQuadraticModel", "variable_type": "BINARY", "offset": 1, "variable_labels": ["x", "y"], "linear_biases": [-2, 0], "quadratic_biases": [4], "quadratic_head": [0], "quadratic_tail": [1], "use_bytes": false}""", "1*II - 1*ZI + 1*ZZ")]
    public void is_recognised_and_read(string text, string sum)
    {
        var read = HamiltonianText.Read(text, "h").Observable;
        Close(read, PauliSum.Parse(sum));
        Close(HamiltonianText.ReadSparse(text, "h").ToPauliSum(), read);
    }

    [Theory]
    [InlineData("0.5*XIZ - 0.2*IIZ", 5)]
    [InlineData("XZ 0.5\n", 1)]
    [InlineData("""{"XZ": 0.5}""", 3)]
    public void that_leaves_the_end_of_its_labels_open_is_asked_about(string text, int column)
    {
        var fault = Should.Throw<InvalidFileException>(() => HamiltonianText.Read(text, "h.txt"));
        (fault.Line, fault.Column).ShouldBe((1, column));
        fault.Reason.ShouldContain("--bit-order");
        fault.Reason.ShouldContain("'bit-order' under 'problem'");
        var right = HamiltonianText.Read(text, "h.txt", new HamiltonianReading { BitOrder = BitOrder.Rightmost }).Observable;
        var left = HamiltonianText.Read(text, "h.txt", new HamiltonianReading { BitOrder = BitOrder.Leftmost }).Observable;
        left.ShouldNotBe(right);
        Reversed(left).ShouldBe(right);
    }

    [Theory]
    [InlineData("", 1, 1, "the file is empty")]
    [InlineData("nothing of the kind", 1, 1, "no Hamiltonian in any form that is known")]
    [InlineData("[[\"XX\", 0.5],\n [\"XQ\", 1]]", 2, 5, "'XQ' has 'Q' at position 2")]
    [InlineData("[[\"XX\", 0.5], [\"XXX\", 1]]", 1, 17, "3 letters, but those before it have 2")]
    [InlineData("[[\"XX\", [0, 0.5]]]", 1, 9, "imaginary part 0.5")]
    [InlineData("[('XX', nan)]", 1, 9, "only finite numbers")]
    [InlineData("SparsePauliOp(['XX', ..., 'ZZ'])", 1, 22, "op.to_list()")]
    [InlineData("SparsePauliOp(['XX', 'ZZ'], coeffs=[1.0])", 1, 36, "2 labels, but 1 coefficients")]
    [InlineData("SparsePauliOp(['XX'", 1, 15, "'[' is never closed")]
    [InlineData("0.5 [X0 Z1", 1, 5, "'[' is never closed")]
    [InlineData("0.5 [X0] +\n0.5 [0^ 1]", 2, 6, "a sum has one kind")]
    [InlineData("0.5 [0^ 1]", 1, 1, "not Hermitian")]
    [InlineData("0.5 [64^ 64]", 1, 6, "modes are numbered 0 to 63")]
    [InlineData("BosonOperator:\n1.0 [0^ 0]", 1, 1, "a BosonOperator is not read")]
    [InlineData("&FCI NORB=2,\n 0.5 1 1 1 1\n", 1, 6, "Is the head closed by &END or /?")]
    [InlineData("&FCI NELEC=2 &END\n", 1, 1, "needs NORB")]
    [InlineData("&FCI NORB=40 /\n", 1, 6, "from 1 to 32")]
    [InlineData("&FCI NORB=1,UHF=.TRUE. /\n", 1, 13, "unrestricted")]
    [InlineData("&FCI NORB=1 /\n0.5 1 1 2 2\n", 2, 1, "orbital 2 does not exist")]
    [InlineData("&FCI NORB=1 /\n0.5 1 1 1 0\n", 2, 1, "mean no integral")]
    [InlineData("&FCI NORB=1 /\n(0.5,0.1) 1 1 1 1\n", 2, 1, "only real orbitals")]
    [InlineData("&FCI NORB=2 /\n0.5 1 2 0 0\n0.6 2 1 0 0\n", 3, 1, "real integrals must agree")]
    [InlineData("&FCI NORB=1 /\n0 0 0 0 0\n0.5 1 1 0 0\n0 0 0 0 0\n", 4, 1, "UHF")]
    [InlineData("0 1\n1 1 2 3 4\n", 2, 1, "an edge must be")]
    [InlineData("0 1\n1 x\n", 2, 3, "'x' is no vertex")]
    [InlineData("0 1\n1 0\n", 2, 1, "occurs twice")]
    [InlineData("5 4\n1 2\n2 3\n3 4\n4 1\n", 1, 1, "the number of vertices and edges, or the first edge?")]
    [InlineData("[[0, 1], [1, 0]]", 1, 1, "the matrix of a QUBO or a list of edges")]
    [InlineData("""{"Q": [[1, 2], [3]]}""", 1, 16, "this row has 1 columns")]
    [InlineData("""{"Q": {"0": 1}}""", 1, 8, "does not name two variables")]
    [InlineData("""{"linear": {"a": 1, "0": 2}, "quadratic": []}""", 1, 21, "use one kind")]
    [InlineData("""{"linear": [1], "num_variables": 1, "quadratic": [[0, 3, 1]]}""", 1, 34, "variable 3 is mentioned")]
    [InlineData("0 0 1\n0 1 nan\n", 2, 5, "no finite number")]
    [InlineData("0 0 1\n0 2000000000 1\n", 2, 1, "variable 2000000000 is out of range")]
    [InlineData("{\"J\": {\"0,2000000000\": 1}}", 1, 8, "variable 2000000000 is out of range")]
    [InlineData("0.5 [X0 X2147483647]", 1, 6, "qubit 2147483647 is out of range")]
    [InlineData("0 1\n1 999999999\n", 2, 3, "vertex 999999999 is out of range")]
    [InlineData("NAME: x\nTYPE: CVRP\nDIMENSION: 3\n", 2, 1, "problems of type TSP and ATSP are read")]
    [InlineData("TYPE: TSP\nDIMENSION: 2\nEDGE_WEIGHT_TYPE: XRAY1\n", 3, 1, "XRAY1 is not read")]
    [InlineData("TYPE: TSP\nDIMENSION: 2\nEDGE_WEIGHT_TYPE: EUC_2D\nNODE_COORD_SECTION\n1 0 0\n2 1\n", 6, 3, "holds 5")]
    [InlineData("TYPE: TSP\nDIMENSION: 2\nEDGE_WEIGHT_TYPE: EUC_2D\nNODE_COORD_SECTION\n1 0 0\n1 1 1\n", 6, 1, "has coordinates already")]
    [InlineData("DIMENSION: 2\nTIPE: TSP\n", 2, 1, "did you mean TYPE?")]
    public void that_is_wrong_is_refused_with_its_place(string text, int line, int column, string reason)
    {
        var fault = Should.Throw<InvalidFileException>(() => HamiltonianText.Read(text, "h.txt"));
        fault.Reason.ShouldContain(reason);
        (fault.Line, fault.Column).ShouldBe((line, column));
    }

    [Theory]
    [InlineData("0.5 [X0] +\r\n0.25 [Z1]\r\n")]
    [InlineData("XX 0.5\r\nZZ 1\r\n")]
    [InlineData("0 1\r\n1 2 0.5\r\n")]
    [InlineData("# vartype=SPIN\r\n0 1 2\r\n")]
    [InlineData("TYPE: TSP\r\nDIMENSION: 2\r\nEDGE_WEIGHT_TYPE: EUC_2D\r\nNODE_COORD_SECTION\r\n1 0 0\r\n2 3 4\r\nEOF\r\n")]
    [InlineData("&FCI NORB=1,\r\nNELEC=1 &END\r\n-1.5 1 1 0 0\r\n")]
    public void may_end_its_lines_as_Windows_does(string text) =>
        Close(HamiltonianText.Read("\uFEFF" + text, "h").Observable, HamiltonianText.Read(text.Replace("\r", ""), "h").Observable);

    [Fact]
    public void nested_without_end_is_refused() =>
        Should.Throw<InvalidFileException>(() => HamiltonianText.Read("[(" + new string('(', 100_000) + "'XX'", "h")).Reason.ShouldContain("nested");

    [Theory]
    [InlineData(HamiltonianFormat.PauliJson)]
    [InlineData(HamiltonianFormat.QiskitList)]
    [InlineData(HamiltonianFormat.SparsePauliOp)]
    [InlineData(HamiltonianFormat.OpenFermion)]
    public void comes_back_as_it_was_written(HamiltonianFormat format) => Law.ForAll(Any.Seed(), seed =>
    {
        var random = new RandomStream(seed);
        var sum = Any.Observable(1 + (int)random.NextBelow(9), 5, ref random);
        var text = HamiltonianText.Write(HamiltonianContent.Of(new HamiltonianFile { File = "h", Observable = sum }), format);
        HamiltonianText.Recognise(new TextSource(text, "h"), out _).ShouldBe(format);
        // Numbered labels do not say how many qubits there are beyond the highest that is acted on.
        HamiltonianText.Read(text, "h").Observable.ExtendTo(sum.QubitCount).ShouldBe(sum);
    });

    [Theory]
    [InlineData(HamiltonianFormat.Qubo)]
    [InlineData(HamiltonianFormat.BinaryQuadraticModel)]
    [InlineData(HamiltonianFormat.Coordinates)]
    [InlineData(HamiltonianFormat.Ising)]
    public void that_is_a_cost_of_bits_comes_back_as_it_was_written(HamiltonianFormat format)
    {
        foreach (var file in Directory.EnumerateFiles(TestData.Path("combinatorial", "qubo")))
        {
            var content = HamiltonianContent.Read(File.ReadAllText(file), file, null);
            var again = HamiltonianContent.Read(HamiltonianText.Write(content, format), "again", null);
            again.Wide().ShouldBe(content.Wide());
            if (format != HamiltonianFormat.Ising) again.Qubo!.Quadratic.ShouldBe(content.Qubo!.Quadratic);
        }
    }

    [Theory]
    [InlineData(HamiltonianFormat.Graph)]
    [InlineData(HamiltonianFormat.EdgeList)]
    public void that_is_a_graph_comes_back_as_it_was_written(HamiltonianFormat format)
    {
        foreach (var file in Directory.EnumerateFiles(TestData.Path("combinatorial", "maxcut")))
        {
            var content = HamiltonianContent.Read(File.ReadAllText(file), file, null);
            HamiltonianText.ReadGraph(HamiltonianText.Write(content, format), "again").ShouldBe(content.Graph);
        }
    }

    [Fact]
    public void of_a_graph_is_minus_its_cut()
    {
        foreach (var file in Directory.EnumerateFiles(TestData.Path("combinatorial", "maxcut")).Where(f => !f.Contains("biqmac")))
        {
            var read = HamiltonianText.Read(File.ReadAllText(file), file);
            Close(read.Observable, MaxCut.Observable(GraphJson.Read(File.ReadAllText(file), file)));
            ExactEnergies.Lowest(read.Observable, 1)[0].ShouldBe(read.GroundEnergy!.Value, 1e-8);
        }
    }

    [Fact]
    public void of_a_cost_of_bits_has_its_minimum()
    {
        foreach (var file in Directory.EnumerateFiles(TestData.Path("combinatorial", "qubo")))
        {
            var content = HamiltonianContent.Read(File.ReadAllText(file), file, null);
            var (observable, qubo) = (content.ToFile().Observable, content.Qubo!);
            var least = double.PositiveInfinity;
            for (var bits = 0UL; bits < 1UL << qubo.VariableCount; bits++)
            {
                qubo.ValueAt(bits).ShouldBe(observable.ValueAt(bits).Real, 1e-7);
                least = Math.Min(least, qubo.ValueAt(bits));
            }
            least.ShouldBe(content.ToFile().GroundEnergy!.Value, 1e-7);
        }
    }

    [Fact]
    public void may_be_wider_than_masks_of_bits()
    {
        var chain = string.Join('\n', Enumerable.Range(0, 99).Select(k => $"{k} {k + 1} 1"));
        HamiltonianText.ReadSparse(chain, "chain.txt").QubitCount.ShouldBe(100);
        Should.Throw<InvalidFileException>(() => HamiltonianText.Read(chain, "chain.txt")).Reason.ShouldContain("at most 64");
        HamiltonianText.ReadSparse($"[['{new string('Z', 100)}', 1]]", "z").Terms.Single().Letters.Length.ShouldBe(100);
        HamiltonianText.ReadSparse("{\"terms\": [{\"pauli\": \"" + new string('I', 99) + "X\", \"coeff\": 1}]}", "x").QubitCount.ShouldBe(100);
    }

    private static PauliSum Reversed(PauliSum sum) =>
        new(sum.QubitCount, sum.Terms.Select(t => t with { Pauli = PauliString.Parse(string.Concat(t.Pauli.ToLabel(sum.QubitCount).Reverse())) }));

    private static void Close(PauliSum one, PauliSum other)
    {
        one.QubitCount.ShouldBe(other.QubitCount);
        (one - other).OneNorm.ShouldBe(0, Rounding);
    }
}
