using QTrain.Circuits;
using QTrain.Devices;
using QTrain.Operations.Advice;
using QTrain.Operations.Specs;

namespace QTrain.Operations.Tests.Advice;

public sealed class Advice_before_cost
{
    private const string H2 = "problem: {hamiltonian: hamiltonians/h2_fcidump.json}\n";

    private static readonly Calibration Manila = BuiltInDevices.Get("manila");

    private static readonly DateTimeOffset Fresh = Manila.TakenAt!.Value.AddHours(1);

    [Fact]
    public void has_a_page_for_every_warning()
    {
        var glossary = File.ReadAllText(Path.Combine(TestData.Root, "..", "..", "docs", "guide", "glossary.md"));
        var notes = Advise(
            "problem: {hamiltonian: hamiltonians/spin/tfim_open_n10_h1.0.json}\nansatz: {type: hardware-efficient, layers: 60, rotations: [rx, ry], entanglement: full}\n"
            + "initial: {random: {low: -3, high: 3}}\nshots: 10\n", Manila, Manila.TakenAt!.Value.AddDays(9));
        notes.Select(n => n.Name).ShouldBe(
            ["too-few-shots", "barren-plateau", "too-few-qubits", "unsupported-gates", "circuit-too-long", "readout-bias", "ideal-simulation", "stale-calibration", "where-to-run"]);
        foreach (var name in notes.Select(n => n.Name).Concat(["off-the-topology", "mixed-calibration-windows"])) glossary.ShouldContain($"\n### {name}\n");
        notes.ShouldAllBe(n => n.Link == "docs/guide/glossary.md#" + n.Name && n.Remedy.Length > 0 && n.Message.Length > 0);
    }

    [Fact]
    public void is_only_where_to_run_when_nothing_is_wrong() =>
        Advise(H2).Select(n => n.Name).ShouldBe(["where-to-run"]);

    [Fact]
    public void counts_the_shots_that_the_wanted_error_takes()
    {
        // ZZ and 2·XX are measured by two circuits: √((1 + 4)/100) = 0.2236, for a state that favours none.
        var notes = Advise("problem: {hamiltonian: h.json}\nansatz: {type: hardware-efficient, layers: 1}\nshots: 100\n", null, null, 0.1,
            ("h.json", """{"terms": [{"pauli": "ZZ", "coeff": 1}, {"pauli": "XX", "coeff": 2}, {"pauli": "", "coeff": 7}]}"""));
        var few = notes.Single(n => n.Name == "too-few-shots");
        Figure(few, "standardError").ShouldBe(Math.Sqrt(0.05), 1e-12);
        Figure(few, "neededShots").ShouldBe(500);
        Figure(few, "groups").ShouldBe(2);
        Advise("problem: {hamiltonian: hamiltonians/h2_fcidump.json}\nshots: 1000\n", null, null, 0.1).Select(n => n.Name).ShouldNotContain("too-few-shots");
        var molecule = Advise("problem: {hamiltonian: hamiltonians/h2_fcidump.json}\nshots: 1000\n").Single(n => n.Name == "too-few-shots");
        molecule.Message.ShouldContain("chemical accuracy is 1.6 mhartree");
        Figure(molecule, "standardError").ShouldBeLessThan(Figure(molecule, "standardErrorBound"));
    }

    [Fact]
    public void sees_a_barren_plateau_and_not_where_the_start_is_near_a_known_state()
    {
        const string deep = "problem: {hamiltonian: hamiltonians/spin/tfim_open_n10_h1.0.json}\nansatz: {type: hardware-efficient, layers: 20, rotations: [ry, rz]}\n";
        var flat = Advise(deep + "initial: {random: {low: -3.14159, high: 3.14159}}\n").Single(n => n.Name == "barren-plateau");
        // Deep enough to be a two-design: what is measured is what the formula says. Σc² = 9 + 10 terms of 1.
        Figure(flat, "derivativeOfTwoDesign").ShouldBe(Math.Sqrt(19.0 * 1024 * 1024 / (2.0 * (1024 * 1024 - 1) * 1025)), 1e-9);
        Figure(flat, "derivative").ShouldBe(Figure(flat, "derivativeOfTwoDesign"), 0.2 * Figure(flat, "derivativeOfTwoDesign"));
        Advise(deep + "initial: {random: {scale: 0.01}}\n").Select(n => n.Name).ShouldBe(["where-to-run"]);
        Advise(deep + "initial: zeros\n").Select(n => n.Name).ShouldBe(["where-to-run"]);
    }

    [Fact]
    public void is_quiet_about_a_short_circuit_that_suits_its_device()
    {
        // Two layers of ry and cx along the line: Manila has cx 0-1-2-3-4 and no ry.
        var notes = Advise("problem: {hamiltonian: hamiltonians/spin/heisenberg_open_n4.json}\nansatz: {type: hardware-efficient, layers: 2}\n", Manila, Fresh);
        notes.Select(n => n.Name).ShouldNotContain("off-the-topology");
        notes.Select(n => n.Name).ShouldNotContain("circuit-too-long");
        notes.Select(n => n.Name).ShouldNotContain("stale-calibration");
        notes.Single(n => n.Name == "unsupported-gates").Message.ShouldContain("ry (12)");
        Figure(notes.Single(n => n.Name == "unsupported-gates"), "twoQubitGates").ShouldBe(6);
    }

    [Fact]
    public void counts_the_gates_that_a_device_does_not_join()
    {
        var notes = Advise("problem: {hamiltonian: hamiltonians/spin/heisenberg_open_n4.json}\nansatz: {type: hardware-efficient, layers: 1, entanglement: full}\n", Manila, Fresh);
        var off = notes.Single(n => n.Name == "off-the-topology");
        // Of the six pairs of four qubits a line joins three; every qubit has three partners, of a line two.
        Figure(off, "gatesOffTheTopology").ShouldBe(3);
        off.Message.ShouldContain("0-2, 0-3, 1-3");
        off.Message.ShouldContain("No other numbering helps");
    }

    [Fact]
    public void compares_the_time_of_a_circuit_with_that_of_its_qubits()
    {
        var notes = Advise("problem: {hamiltonian: hamiltonians/spin/heisenberg_open_n4.json}\nansatz: {type: hardware-efficient, layers: 300}\n", Manila, Fresh);
        var long_ = notes.Single(n => n.Name == "circuit-too-long");
        // 300 layers of three cx, which wait for one another along the line: at least 301 cx in a row.
        var figures = new DeviceFigures(Manila);
        Figure(long_, "seconds").ShouldBeGreaterThan(301 * figures.TwoQubitDuration!.Value);
        Figure(long_, "coherenceSeconds").ShouldBe(Math.Min(figures.T1!.Value, figures.T2!.Value));
        Figure(long_, "success").ShouldBeLessThan(0.01);
    }

    [Theory]
    [InlineData("{\"gate\": \"cx\", \"qubits\": [0, 1]}", 1)]
    [InlineData("{\"gate\": \"swap\", \"qubits\": [0, 1]}", 3)]
    [InlineData("{\"gate\": \"rzz\", \"qubits\": [0, 1], \"angle\": 0.1}", 2)]
    [InlineData("{\"gate\": \"ccx\", \"qubits\": [0, 1, 2]}", 6)]
    [InlineData("{\"gate\": \"pauli_rotation\", \"pauli\": \"XYZ\", \"qubits\": [0, 1, 2], \"angle\": 0.1}", 4)]
    [InlineData("{\"gate\": \"h\", \"qubits\": [0]}", 0)]
    [InlineData("{\"gate\": \"measure\", \"qubits\": [0], \"bit\": 0}", 0)]
    public void knows_how_many_two_qubit_gates_an_operation_takes(string operation, int gates)
    {
        var circuit = QTrain.Formats.CircuitJson.Read($"{{\"num_qubits\": 3, \"operations\": [{operation}]}}", "c");
        DeviceFigures.Entanglers(circuit.Operations[0]).ShouldBe(gates);
    }

    [Fact]
    public void says_when_a_calibration_is_old_or_mixed()
    {
        Advise(H2, Manila, Manila.TakenAt!.Value.AddHours(23)).Select(n => n.Name).ShouldNotContain("stale-calibration");
        Advise(H2, Manila, Manila.TakenAt!.Value.AddDays(3)).Single(n => n.Name == "stale-calibration").Message.ShouldContain("3 days old");
        var mixed = Advise(H2, BuiltInDevices.Get("sherbrooke"), Fresh).Single(n => n.Name == "mixed-calibration-windows");
        Figure(mixed, "spanSeconds").ShouldBeGreaterThan(86_400);
        Figure(mixed, "oldValues").ShouldBeGreaterThan(0);
    }

    [Fact]
    public void computes_the_bias_of_wrong_readings()
    {
        var bias = Advise("problem: {hamiltonian: h.json}\nansatz: {type: hardware-efficient, layers: 1}\n", Manila, Fresh, 1e-6,
            ("h.json", """{"terms": [{"pauli": "ZZ", "coeff": 3}]}""")).Single(n => n.Name == "readout-bias");
        var wrong = Figure(bias, "readoutError");
        wrong.ShouldBeInRange(0.005, 0.1);
        Figure(bias, "bias").ShouldBe(3 * (1 - (1 - 2 * wrong) * (1 - 2 * wrong)), 1e-12);
    }

    [Fact]
    public void answers_simulator_hardware_or_classical()
    {
        Advise(H2).Single().Remedy.ShouldStartWith("Classical:");
        var ring = "problem: {maxcut: {edges: [" + string.Join(", ", Enumerable.Range(0, 50).Select(v => $"[{v}, {(v + 1) % 50}]")) + "]}}\nansatz: {type: qaoa, layers: 2}\n";
        var wide = Advise(ring).Single();
        Figure(wide, "memoryBytes").ShouldBe(3 * 16 * Math.Pow(2, 50));
        // Two layers of a ring cross a cut four times.
        Figure(wide, "bond").ShouldBe(256);
        wide.Remedy.ShouldContain("matrix product state");
    }

    [Fact]
    public void bounds_the_bond_of_a_matrix_product_state()
    {
        WhereToRun.BondOf(Circuit.Build(qubits: 6, c => c.H(0).Cx(0, 1).Cx(1, 2).Cx(2, 3).Cx(3, 4).Cx(4, 5))).ShouldBe(2);
        WhereToRun.BondOf(Circuit.Build(qubits: 3, c => c.Cx(0, 2).Cx(0, 1).Cx(0, 1))).ShouldBe(2);       // a single qubit on one side
        WhereToRun.BondOf(Circuit.Build(qubits: 4, c => c.H(0).H(1))).ShouldBe(1);
    }

    private static double Figure(AdviceNote note, string name) => note.Figures.Single(f => f.Key == name).Value;

    private static IReadOnlyList<AdviceNote> Advise(string yaml, Calibration? device = null, DateTimeOffset? now = null, double? error = null, params (string Name, string Text)[] files)
    {
        var folder = TestData.Root;
        if (files.Length > 0) folder = Directory.CreateTempSubdirectory("qtrain-advice-").FullName;
        try
        {
            foreach (var (name, text) in files) File.WriteAllText(Path.Combine(folder, name), text);
            return Advisor.Advise(new AdviceSubject(SpecFile.Parse(yaml, "spec.yaml", folder), now ?? Fresh, device, error));
        }
        finally
        {
            if (files.Length > 0) Directory.Delete(folder, recursive: true);
        }
    }
}
