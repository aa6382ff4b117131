using FsCheck;
using FsCheck.Fluent;
using QTrain.Formats;
using QTrain.Operations.Specs;
using static QTrain.Operations.Tests.Specs.SpecFolder;

namespace QTrain.Operations.Tests.Specs;

public sealed class A_spec_is_refused_with_its_place
{
    private static readonly string Molecule = $"problem: {{hamiltonian: {H2}}}\n";

    [Theory]
    [InlineData("optimiser: adam", "spec.yaml:2:1: 'optimiser' is not a key of a spec. Did you mean 'optimizer'?")]
    [InlineData("optimizer: {name: adam, learning_rate: 0.1}", "spec.yaml:2:25: 'optimizer.learning_rate' is not a key of a spec. Did you mean 'learning-rate'?")]
    [InlineData("optimizer: adamm", "spec.yaml:2:12: 'adamm' is not a value of 'optimizer.name'. Did you mean 'adam'? Allowed: ")]
    [InlineData("optimizer: {name: adam, memory: 3}", "spec.yaml:2:25: 'optimizer.memory' belongs to name l-bfgs, but the name here is adam.")]
    [InlineData("optimizer: {name: adam, learning-rate: -1}", "spec.yaml:2:40: 'optimizer.learning-rate' is -1: it must be more than 0.")]
    [InlineData("backend: noisy", "spec.yaml:2:10: backend noisy needs 'backend.device': a name of `qtrain devices list`")]
    [InlineData("backend: {device: manilla}", "spec.yaml:2:19: There is no device 'manilla'. Did you mean 'manila'?")]
    [InlineData("backend: {device: manila, name: simulator}", "spec.yaml:2:11: 'backend.device' belongs to name noisy or twin, but the name here is simulator.")]
    [InlineData("backend: {device: manila, precision: single}", "spec.yaml:2:27: 'backend.precision' belongs to name simulator, but the name here is noisy.")]
    [InlineData("backend: {device: manila, drift: none}", "spec.yaml:2:27: 'backend.drift' belongs to name twin, but the name here is noisy.")]
    [InlineData("backend: {device: manila, name: twin}", "spec.yaml:2:33: a twin measures as hardware does: add 'shots: 1000'")]
    [InlineData("backend: {device: manila, noise: n.json}", "spec.yaml:2:27: a device has the noise of its calibration, and 'noise' names another: keep 'backend.device' or 'backend.noise'.")]
    [InlineData("backend: {noise: missing.json}", "spec.yaml:2:18: the file 'missing.json' does not exist")]
    [InlineData("backend: {name: twin, noise: n.json}\nshots: 10", "spec.yaml:2:17: backend twin needs 'backend.device'")]
    [InlineData("shots: many", "spec.yaml:2:8: 'shots' must be a whole number (at least 1 and at most 1000000000), found 'many'.")]
    [InlineData("shots: \"100\"", "spec.yaml:2:8: 'shots' must be a whole number (at least 1 and at most 1000000000), found the text \"100\".")]
    [InlineData("shots: 0", "spec.yaml:2:8: 'shots' is 0: it must be at least 1 and at most 1000000000.")]
    [InlineData("shots: 1.5", "spec.yaml:2:8: 'shots' must be a whole number")]
    [InlineData("shots: [1]", "spec.yaml:2:8: 'shots' must be a whole number (at least 1 and at most 1000000000), found a list.")]
    [InlineData("seed: 18446744073709551616", "spec.yaml:2:7: 'seed'")]
    [InlineData("seed: .nan", "spec.yaml:2:7: 'seed' must be a whole number")]
    [InlineData("stopping: {tolerance: .inf}", "spec.yaml:2:23: 'stopping.tolerance' must be a finite number")]
    [InlineData("stopping: {time: soon}", "spec.yaml:2:18: 'stopping.time' must be a time such as")]
    [InlineData("stopping: 100", "spec.yaml:2:11: 'stopping' needs keys with values")]
    [InlineData("iterations: 100", "spec.yaml:2:1: 'iterations' is not a key of a spec. There is 'stopping.iterations'.")]
    [InlineData("stopping: {iterations: }", "spec.yaml:2:24: 'stopping.iterations' has no value: give a whole number")]
    [InlineData("ansatz: {type: qaoa}", "spec.yaml:2:16: ansatz qaoa is for 'problem.maxcut'.")]
    [InlineData("ansatz: {type: uccsd, layers: 2}", "spec.yaml:2:23: 'ansatz.layers' belongs to type hardware-efficient or qaoa, but the type here is uccsd.")]
    [InlineData("ansatz: {type: uccsd, electrons: 9}", "spec.yaml:2:34: ")]
    [InlineData("ansatz: {type: hardware-efficient, rotations: [ry, rw]}", "spec.yaml:2:52: 'rw' is not a value of 'ansatz.rotations'. Did you mean 'r")]
    [InlineData("ansatz: {type: hardware-efficient, reference: 011}", "spec.yaml:2:47: The reference state '011' has 3 bits, but there are 4 qubits.")]
    [InlineData("initial: fixed-angles", "spec.yaml:2:10: fixed-angles are for ansatz qaoa; here it is uccsd.")]
    [InlineData("initial: [1, 2]", "spec.yaml:2:10: 2 values were given, but the circuit has 3 parameters: t_0_1")]
    [InlineData("initial: {values: {t_0_9: 1}}", "spec.yaml:2:27: the circuit has no parameter 't_0_9'. Did you mean 't_0_1'?")]
    [InlineData("initial: {values: {t_0_1: x}}", "spec.yaml:2:27: 'initial.values.t_0_1' must be a finite number, found 'x'.")]
    [InlineData("initial: {file: nowhere.json}", "spec.yaml:2:17: the file 'nowhere.json' does not exist")]
    [InlineData("initial: {values: [1], file: a.json}", "spec.yaml:2:24: initial parameters come from one place")]
    [InlineData("initial: {random: {scale: 1, low: 0}}", "spec.yaml:2:30: 'scale' draws from a normal distribution")]
    [InlineData("initial: {random: {low: 2, high: 1}}", "spec.yaml:2:20: 'low' is 2 and 'high' is 1: low must be less than high.")]
    [InlineData("gradient: adjoint\nshots: 10", "spec.yaml:2:1: adjoint gradients need the exact state, but 'shots' is set.")]
    [InlineData("seed: 1\nseed: 2", "spec.yaml:3:1: 'seed' is given twice, first in line 2: keep one.")]
    [InlineData("name: \"a\\nb\"", "spec.yaml:2:7: 'name' holds a control character")]
    public void when_a_line_is_wrong(string line, string message) => Refusal(Molecule + line).ShouldStartWith(message);

    [Theory]
    [InlineData("", "spec.yaml: ")]
    [InlineData("- a", "spec.yaml:1:1: A spec needs keys with values (name, problem,")]
    [InlineData("name: x", "spec.yaml:1:1: a spec needs a 'problem'")]
    [InlineData("problem: {}", "spec.yaml:1:1: 'problem' needs one of hamiltonian, maxcut, or circuit with observable.")]
    [InlineData("problem: {hamiltonian: a.json, maxcut: b.json}", "spec.yaml:1:32: a spec has one problem, here are 'hamiltonian' and 'maxcut': keep one.")]
    [InlineData("problem: {circuit: gradients/circuit_a.json}", "spec.yaml:1:11: 'problem.circuit' needs 'problem.observable'")]
    [InlineData("problem: {hamiltonian: hamiltonians/h2_fcidum.json}", "spec.yaml:1:24: the file 'hamiltonians/h2_fcidum.json' does not exist")]
    [InlineData("problem: {hamiltonian: hamiltonians}", "spec.yaml:1:24: 'hamiltonians' is a folder: a file is needed.")]
    [InlineData("problem: {maxcut: [[0, 0]]}", "spec.yaml:1:19: Edge 0–0 leads from a vertex to itself")]
    [InlineData("problem: {maxcut: {edges: [[0, 1]], graph: x.json}}", "spec.yaml:1:20: 'problem.maxcut' needs either 'graph' (a file) or 'edges'.")]
    [InlineData("problem: &a {hamiltonian: x}", "spec.yaml:1:10: the anchor '&a' is not read here")]
    [InlineData("problem: !!str x", "spec.yaml:1:10: the tag")]
    [InlineData("name: x\n---\nname: y", "spec.yaml:2:1: a second document begins here")]
    [InlineData("problem: {hamiltonian: x", "spec.yaml:2:1: this is not YAML: ")]
    [InlineData("\tname: x", "spec.yaml:1:")]
    public void when_the_whole_is_wrong(string yaml, string message) => Refusal(yaml).ShouldStartWith(message);

    [Fact]
    public void when_a_file_it_names_is_wrong_with_the_place_in_that_file()
    {
        var folder = Directory.CreateTempSubdirectory("qtrain-spec");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "h.json"), "{\"terms\": [\n  {\"pauli\": \"XQ\", \"coeff\": 1}]}");
            Should.Throw<InvalidFileException>(() => SpecFile.Parse("problem: {hamiltonian: h.json}", "spec.yaml", folder.FullName))
                .Message.ShouldContain("h.json:2:");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

public sealed class A_hostile_spec
{
    [Fact]
    public void does_not_blow_up() =>
        Refusal("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]").ShouldStartWith("spec.yaml:1:4: the anchor '&a' is not read here");

    [Fact]
    public void is_not_followed_into_the_depth() =>
        Refusal(string.Concat(Enumerable.Repeat("[", 100_000))).ShouldContain("nested more than 16 levels deep");

    [Fact]
    public void is_not_read_when_it_is_huge() =>
        Refusal("name: " + new string('x', 2 << 20)).ShouldContain("are too many for a spec");

    [Fact]
    public void ends_in_a_refusal_whatever_it_holds() =>
        Prop.ForAll(Garbage().ToArbitrary(), text =>
        {
            try
            {
                SpecFile.Parse(text, "spec.yaml", TestData.Root);
                return true;
            }
            catch (InvalidFileException)
            {
                return true;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay(271828, 3141593));

    // Pieces of YAML in random order are nearer to the reader's corners than random letters.
    private static Gen<string> Garbage() =>
        from pieces in Gen.ListOf(Gen.Elements(
            "problem", "optimizer", "hamiltonian", "name", ":", ": ", "\n", "\n  ", "- ", "[", "]", "{", "}", ",", "#", "&a", "*a", "!t", "|", ">", "'", "\"", "\\", "%", "@", "`",
            "---", "...", "?", "~", "1", "-1e9", ".nan", "0x1", "\t", "\0", "é", "\ud83d", "<<", "none", H2))
        select string.Concat(pieces);
}

public sealed class A_mistyped_name
{
    [Theory]
    [InlineData("adm", "adam")]
    [InlineData("learningRate", "learning-rate")]
    [InlineData("itertaions", "iterations")]
    [InlineData("grad", "gradient")]
    [InlineData("zzz", null)]
    public void is_told_its_nearest_valid_one(string given, string? nearest) =>
        Suggestion.Nearest(given, ["adam", "learning-rate", "iterations", "gradient", "seed"]).ShouldBe(nearest);
}
