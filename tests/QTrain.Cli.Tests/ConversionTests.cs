using System.Text.Json;

namespace QTrain.Cli.Tests;

public sealed class The_verbs_that_show_and_convert : IDisposable
{
    private static readonly string Fcidump = TestData.Path("hamiltonians", "fcidump", "h2.fcidump");

    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Theory]
    [InlineData("fcidump/h2.fcidump", -1.1373060357533997)]
    [InlineData("h2_2qubit_qiskit.json", -1.8572750302023795)]
    public async Task give_a_Hamiltonian_the_same_energy_in_every_form_that_holds_it(string name, double energy)
    {
        var file = TestData.Path(["hamiltonians", .. name.Split('/')]);
        foreach (var form in (string[])["pauli-json", "qiskit", "sparse-pauli-op", "openfermion"])
        {
            var target = Path.Combine(_line.Folder, form);
            var outcome = await CommandLine.RunAsync("convert", file, target, "--to", form, "--output", "json");
            outcome.Status.ShouldBe(0, outcome.Error);
            outcome.Json.GetProperty("to").GetString().ShouldBe(form);
            var exact = await CommandLine.RunAsync("exact", "--observable", target, "--output", "json");
            exact.Json.GetProperty("energies")[0].GetDouble().ShouldBe(energy, 1e-9);
        }
    }

    [Fact]
    public async Task take_the_form_from_the_ending_and_refuse_to_overwrite()
    {
        var target = Path.Combine(_line.Folder, "h2.json");
        (await CommandLine.RunAsync("convert", Fcidump, target)).Out.ShouldContain("4 qubits and 15 terms");
        (await CommandLine.RunAsync("convert", Fcidump, target)).Error.ShouldContain("--force");
        (await CommandLine.RunAsync("convert", Fcidump, target, "--force")).Status.ShouldBe(0);
        (await CommandLine.RunAsync("convert", Fcidump, Path.Combine(_line.Folder, "x.bin"))).Error.ShouldContain("add --to");
        (await CommandLine.RunAsync("convert", Fcidump, "-", "--to", "qubo")).Error.ShouldContain("products of two Z only");
        (await CommandLine.RunAsync("convert", Fcidump, "-", "--to", "nothing")).Status.ShouldBe(2);
        (await CommandLine.RunAsync("convert", target, Path.Combine(_line.Folder, "again.fcidump"))).Status.ShouldBe(0);
    }

    [Fact]
    public async Task ask_which_end_of_a_label_is_qubit_0()
    {
        var file = _line.Write("h.txt", "0.5*XZ + 0.25*ZI\n");
        var asked = await CommandLine.RunAsync("exact", "--observable", file);
        asked.Status.ShouldBe(2);
        asked.Error.ShouldContain("h.txt:1:5:");
        asked.Error.ShouldContain("--bit-order rightmost");
        var (left, right) = (await Converted("leftmost"), await Converted("rightmost"));
        left.ShouldContain("0.5 [X0 Z1]");
        right.ShouldContain("0.5 [Z0 X1]");

        async Task<string> Converted(string order) => (await CommandLine.RunAsync("convert", file, "-", "--to", "openfermion", "--bit-order", order)).Out;
    }

    [Fact]
    public async Task train_what_a_spec_names_in_any_form()
    {
        _line.Write("tour.tsp", "TYPE: TSP\nDIMENSION: 3\nEDGE_WEIGHT_TYPE: EUC_2D\nNODE_COORD_SECTION\n1 0 0\n2 3 0\n3 0 4\nEOF\n");
        _line.Write("amb.txt", "1.0*XZ + 0.5*ZI\n");
        var tour = await Train("problem: {hamiltonian: tour.tsp}\nansatz: {type: hardware-efficient, layers: 1}\nseed: 3\nstopping: {iterations: 3}\n");
        tour.Status.ShouldBe(0, tour.Error);
        var cut = await Train("problem: {maxcut: edges.txt}\nstopping: {iterations: 2}\n", ("edges.txt", "1 2\n2 3\n1 3\n"));
        cut.Json.GetProperty("knownOptimum").GetDouble().ShouldBe(-2);
        var molecule = await Train($"problem: {{hamiltonian: '{Fcidump}', spin-orbitals: interleaved}}\n");
        molecule.Json.GetProperty("bestLoss").GetDouble().ShouldBe(-1.1373060357533997, 1e-8);
        (await Train("problem: {hamiltonian: amb.txt}\n")).Error.ShouldContain("'bit-order' under 'problem'");
        (await Train("problem: {hamiltonian: amb.txt, bit-order: leftmost}\nstopping: {iterations: 1}\n")).Status.ShouldBe(0);
        (await Train("problem: {maxcut: edges.txt, bit-order: leftmost}\n")).Error.ShouldContain("'problem.bit-order' is about the file of a Hamiltonian");
    }

    [Fact]
    public async Task draw_circuits_as_text_and_as_a_picture()
    {
        var circuit = _line.Write("bell.json", """{"num_qubits": 2, "operations": [{"gate": "h", "qubits": [0]}, {"gate": "cx", "qubits": [0, 1]}]}""");
        (await CommandLine.RunAsync("draw", circuit)).Out.ShouldContain("q0: ─h─●─");
        var picture = Path.Combine(_line.Folder, "bell.svg");
        var drawn = await CommandLine.RunAsync("draw", circuit, "--svg", picture, "--output", "json");
        drawn.Json.GetProperty("file").GetString().ShouldBe(picture);
        File.ReadAllText(picture).ShouldStartWith("<svg");
        (await CommandLine.RunAsync("draw", circuit, "--width", "3")).Error.ShouldContain("--width 3");
        (await CommandLine.RunAsync("draw", "nowhere.json")).Status.ShouldBe(2);
        var converted = await CommandLine.RunAsync("convert", circuit, "-", "--to", "circuit-json");
        JsonDocument.Parse(converted.Out).RootElement.GetProperty("num_qubits").GetInt32().ShouldBe(2);
    }

    private async Task<Outcome> Train(string spec, params (string Name, string Text)[] files)
    {
        foreach (var (name, text) in files) _line.Write(name, text);
        return await CommandLine.RunAsync("train", _line.Write("spec.yaml", spec), "--store", _line.Store, "--output", "json");
    }
}
