using System.Collections.Immutable;
using QTrain.Circuits;
using QTrain.Formats.Hamiltonians;

namespace QTrain.Operations.Specs;

/// <summary>The table of every key of a spec. What reads, checks, completes and documents a spec is derived from it.</summary>
internal static class SpecKeys
{
    public const string HardwareEfficient = "hardware-efficient", Uccsd = "uccsd", Qaoa = "qaoa", Circuit = "circuit";
    public const string Simulator = "simulator", Noisy = "noisy", Twin = "twin";
    public const string Zeros = "zeros", FixedAngles = "fixed-angles", Random = "random", Values = "values", File = "file", Run = "run";

    public static SpecKey Root { get; } = new("", SpecKind.Section, "A training: what is trained, how, and when it stops.")
    {
        Keys =
        [
            new("name", SpecKind.Text, "What the run is called in lists and on plots.")
            {
                DefaultNote = "the name of the file", Example = "H2 at 0.735 Å", Maximum = 200,
            },
            Problem, Ansatz, Initial, OptimizerKeys.Section,
            new("gradient", SpecKind.Choice, "How gradients are computed, where the optimizer asks for them.")
            {
                Default = "auto",
                Allowed =
                [
                    new("auto", "adjoint without shots, parameter shift with shots"),
                    new("adjoint", "one forward and one backward sweep; exact, the fastest; not with shots"),
                    new("shift", "parameter-shift rules; works with shots"),
                    new("difference", "central differences; approximate"),
                ],
            },
            new("backend", SpecKind.Section, "What runs the circuits.")
            {
                Shorthand = "name", AlwaysThere = true, Discriminator = "name",
                Keys =
                [
                    new("name", SpecKind.Choice, "Which backend.")
                    {
                        Default = Simulator,
                        DefaultNote = "simulator; noisy where a device or noise is named",
                        Allowed =
                        [
                            new(Simulator, "the exact state-vector simulator of this machine"),
                            new(Noisy, "noise simulated: that of a noise model, or of a device, for which circuits are compiled to its gates and qubits once, run with the errors its calibration reports, and are misread as its readings are"),
                            new(Twin, "a device made of its calibration, behind the interface of hardware: jobs of measured circuits that take time, on a device that drifts and is calibrated anew; needs shots"),
                        ],
                    },
                    new("device", SpecKind.Text, "The device: a name of `qtrain devices list`, or the file of a calibration. The calibration is kept with the run.")
                    {
                        Only = [Noisy, Twin], Example = "manila", Maximum = 1000,
                    },
                    new("noise", SpecKind.Text, "Instead of a device: the file of a noise model written by hand. Circuits run as they are, with its errors. Kept with the run.")
                    {
                        Only = [Noisy], Example = "noise.json", Maximum = 1000,
                    },
                    new("level", SpecKind.Integer, "How hard the compiler tries to make circuits short on the device.") { Default = "3", Minimum = 0, Maximum = 3, Only = [Noisy, Twin] },
                    new("crosstalk", SpecKind.Number, "Phase flips of the neighbours of a two-qubit gate, as a share of the gate's error; calibrations do not report it.")
                    {
                        Default = "0", Minimum = 0, Maximum = 1, Only = [Noisy, Twin],
                    },
                    new("drift", SpecKind.Choice, "How the twin moves away from its calibration.")
                    {
                        Default = "daily", Only = [Twin],
                        Allowed = [new("daily", "values wander over hours, gate errors grow by a quarter a day, and the device is calibrated anew every day"), new("none", "it stays as calibrated")],
                    },
                    new("pace", SpecKind.Duration, "How long a step of the training takes on the twin's clock, waiting included. Nobody waits for it.")
                    {
                        Default = "1m", Minimum = 0, Maximum = 86400, Only = [Twin],
                    },
                    new("precision", SpecKind.Choice, "Of the simulator's amplitudes. Results of the two differ from about the seventh digit on.")
                    {
                        Default = "double", Only = [Simulator],
                        Allowed =
                        [
                            new("double", "16 bytes an amplitude"),
                            new("single", "8 bytes an amplitude: half the memory and about half the time; energies are right to some 1e-6 of their scale"),
                        ],
                    },
                    new("threads", SpecKind.Integer, "Threads of the simulator. Results do not depend on it. `--threads` overrides it.")
                    {
                        DefaultNote = "all processors", Minimum = 1, Maximum = 1024, Example = "4",
                    },
                ],
            },
            new("shots", SpecKind.Integer, "Shots for every measured circuit. `none` gives exact expectation values.")
            {
                DefaultNote = "none: exact expectation values", Minimum = 1, Maximum = 1_000_000_000, MayBeNone = true, Example = "1000",
            },
            new("seed", SpecKind.Integer, "The seed of every random choice: shots, optimizer, random initial parameters. Equal specs with equal seeds are equal to the bit.")
            {
                Default = "0", Minimum = 0, Maximum = ulong.MaxValue,
            },
            Stopping,
            new("tags", SpecKind.Texts, "Words to find the run by.") { Default = "[]", Example = "[h2, uccsd]" },
        ],
    };

    private static SpecKey Problem => new("problem", SpecKind.Section, "What is minimised. One of `hamiltonian`, `maxcut`, or `circuit` with `observable`.")
    {
        Keys =
        [
            new("hamiltonian", SpecKind.File, "A Hamiltonian, whose lowest energy is sought: Pauli terms as JSON (`terms: [{\"pauli\": \"XIZ\", \"coeff\": 0.5}]`), Qiskit, OpenFermion, FCIDUMP, QUBO or Ising, a graph or TSPLIB; which one is seen from the file.") { Example = "data/h2.json" },
            new("maxcut", SpecKind.Section, "The graph whose largest cut is sought; the loss is the negative expected cut.")
            {
                Shorthand = "graph", ListShorthand = "edges",
                Keys =
                [
                    new("graph", SpecKind.File, "A graph: as JSON (`edges: [[0, 1], [1, 2, 0.5]]`), as lines `u v weight`, or the distances of a TSPLIB file.") { Example = "data/graph.json" },
                    new("edges", SpecKind.Edges, "The edges, written here: `[u, v]` or `[u, v, weight]`, vertices from 0.") { Example = "[[0, 1], [1, 2], [2, 0]]" },
                    new("vertices", SpecKind.Integer, "How many vertices, where the edges leave some out.") { Minimum = 2, Maximum = 62, DefaultNote = "the largest vertex of the edges + 1" },
                ],
            },
            new("circuit", SpecKind.File, "A parameterized circuit as JSON; needs `observable`.") { Example = "data/circuit.json" },
            new("observable", SpecKind.File, "What is measured at the end of `circuit`, in any form of a Hamiltonian.") { Example = "data/observable.json" },
            new("bit-order", SpecKind.Choice, "Which letter of a Pauli label in the file is qubit 0.")
            {
                DefaultNote = "what the form of the file says; where it says nothing and it matters, there is no default", Example = "leftmost",
                Allowed = [new("rightmost", "the last letter, as Qiskit writes"), new("leftmost", "the first letter, as Cirq, PennyLane and Braket write")],
            },
            new("spin-orbitals", SpecKind.Choice, "The qubits that the spin orbitals of a FCIDUMP become.")
            {
                DefaultNote = "blocked", Example = "interleaved",
                Allowed = [new("blocked", "all spin up, then all spin down"), new("interleaved", "qubit 2p is orbital p spin up, 2p+1 spin down")],
            },
            new("format", SpecKind.Choice, "The form of the file.")
            {
                DefaultNote = "seen from what is in the file", Example = "qubo",
                Allowed = [.. FormatNames.All.Select(n => new SpecName(n, FormatNames.About(FormatNames.Find(n)!.Value)))],
            },
        ],
    };

    private static SpecKey Ansatz => new("ansatz", SpecKind.Section, "The parameterized circuit.")
    {
        Shorthand = "type", Discriminator = "type",
        Keys =
        [
            new("type", SpecKind.Choice, "Which family of circuits.")
            {
                DefaultNote = "uccsd for a molecule whose file tells its encoding and electrons, hardware-efficient for other Hamiltonians, qaoa for maxcut, circuit for a circuit",
                Allowed =
                [
                    new(HardwareEfficient, "layers of rotations and entangling gates; for any Hamiltonian"),
                    new(Uccsd, "unitary coupled cluster singles and doubles, one Trotter step; for a molecule in Jordan–Wigner encoding"),
                    new(Qaoa, "alternating layers of cost and mixer; for maxcut"),
                    new(Circuit, "a circuit of your own"),
                ],
            },
            new("layers", SpecKind.Integer, "How many layers.") { Default = "2", Minimum = 0, Maximum = 10_000, Only = [HardwareEfficient] },
            new("layers", SpecKind.Integer, "How many layers: the p of QAOA.") { Default = "3", Minimum = 1, Maximum = 10_000, Only = [Qaoa] },
            new("rotations", SpecKind.Choices, "The rotations each qubit gets in a layer, in order: `[ry]` reaches real states, `[ry, rz]` any.")
            {
                Default = "[ry]", Only = [HardwareEfficient], Allowed = GateNames(qubits: 1, angles: 1),
            },
            new("entangler", SpecKind.Choice, "The gate that entangles two qubits.")
            {
                Default = "cx", Only = [HardwareEfficient], Allowed = GateNames(qubits: 2, angles: 0),
            },
            new("entanglement", SpecKind.Choice, "Which pairs of qubits are entangled in a layer.")
            {
                Default = "linear", Only = [HardwareEfficient],
                Allowed = [new("linear", "neighbours"), new("circular", "neighbours, and the last with the first"), new("full", "every pair")],
            },
            new("final-rotations", SpecKind.Flag, "Whether another layer of rotations comes last.") { Default = "true", Only = [HardwareEfficient] },
            new("reference", SpecKind.Text, "The state before the first layer: `zero`, `hartree-fock` (the file's `reference_determinant`) or a bit string, qubit 0 rightmost.")
            {
                Default = "zero", Only = [HardwareEfficient], Example = "\"0011\"",
            },
            new("electrons", SpecKind.Integer, "How many electrons.") { DefaultNote = "`num_electrons` of the Hamiltonian's file", Minimum = 1, Maximum = 62, Only = [Uccsd], Example = "2" },
            new("ms2", SpecKind.Integer, "Electrons of spin up minus electrons of spin down.")
            {
                DefaultNote = "`ms2` or `multiplicity` of the Hamiltonian's file, else as few unpaired electrons as can be", Minimum = -62, Maximum = 62, Only = [Uccsd], Example = "0",
            },
            new("order", SpecKind.Choice, "The order of the spin orbitals.")
            {
                DefaultNote = "read from `encoding` of the Hamiltonian's file", Only = [Uccsd],
                Allowed = [new("interleaved", "qubit 2p is orbital p spin up, 2p+1 spin down"), new("blocked", "all spin up, then all spin down")],
            },
            new("encoding", SpecKind.Choice, "How fermions became qubits.")
            {
                DefaultNote = "read from `encoding` of the Hamiltonian's file", Only = [Uccsd], Allowed = [new("jordan-wigner", "qubit k is the occupation of spin orbital k")],
            },
            new("file", SpecKind.File, "The circuit as JSON.") { DefaultNote = "`problem.circuit`", Only = [Circuit], Example = "data/circuit.json" },
        ],
    };

    private static SpecKey Initial => new("initial", SpecKind.Section, "Where training starts. A bare list is `values`.")
    {
        Shorthand = "type", ListShorthand = Values, Discriminator = "type",
        Keys =
        [
            new("type", SpecKind.Choice, "Where the initial parameters come from; `values`, `file`, `run` and `random` imply it.")
            {
                DefaultNote = "zeros for uccsd (the Hartree–Fock state), fixed-angles for qaoa on a regular unweighted graph of the table, else random",
                Allowed =
                [
                    new(Zeros, "every parameter 0"),
                    new(FixedAngles, "the angles of arXiv:2107.00677 for regular graphs; qaoa only"),
                    new(Random, "seeded random numbers"),
                    new(Values, "the numbers under `values`"),
                    new(File, "a JSON file of parameters"),
                    new(Run, "the best parameters of an earlier run"),
                ],
            },
            new(Values, SpecKind.Values, "Radians, in the order of the parameters or by name.") { Only = [Values], Example = "{theta0: 0.1, theta1: -0.2}" },
            new(File, SpecKind.File, "A file `{\"name\": radians}`; the printed result of a training is read too.") { Only = [File], Example = "parameters.json" },
            new(Run, SpecKind.Text, "The identity of an earlier run in the store.") { Only = [Run], Example = "last" },
            new(Random, SpecKind.Section, "How they are drawn: uniform in [low, high), or normal with standard deviation `scale`.")
            {
                Only = [Random], AlwaysThere = true,
                Keys =
                [
                    new("seed", SpecKind.Integer, "A seed of its own.") { DefaultNote = "the seed of the run", Minimum = 0, Maximum = ulong.MaxValue },
                    new("low", SpecKind.Number, "The lowest value, radians.") { DefaultNote = "−π, without `scale`" },
                    new("high", SpecKind.Number, "The highest value, radians.") { DefaultNote = "π, without `scale`" },
                    new("scale", SpecKind.Number, "The standard deviation of a normal distribution around 0, radians.")
                    {
                        Minimum = 0, AboveMinimum = true, DefaultNote = "0.1 for hardware-efficient circuits when nothing else is given", Example = "0.1",
                    },
                ],
            },
        ],
    };

    private static SpecKey Stopping => new("stopping", SpecKind.Section, "When training ends: whichever comes first. `none` switches a rule off.")
    {
        AlwaysThere = true,
        Keys =
        [
            new("iterations", SpecKind.Integer, "Updates of the parameters.") { Default = "1000", Minimum = 0, Maximum = int.MaxValue, MayBeNone = true },
            new("evaluations", SpecKind.Integer, "Energies evaluated.") { Minimum = 1, Maximum = 1e15, MayBeNone = true, Example = "100000" },
            new("time", SpecKind.Duration, "Working time over all sessions of the run: `90` (seconds), `10m`, `1h30m`.") { Minimum = 0, AboveMinimum = true, Maximum = 1e9, MayBeNone = true, Example = "10m" },
            new("tolerance", SpecKind.Number, "A step that changes the loss by no more than this ends the training.") { Minimum = 0, MayBeNone = true, Example = "1e-9" },
            new("gradient-tolerance", SpecKind.Number, "A gradient with no larger norm ends the training.") { Minimum = 0, MayBeNone = true, Example = "1e-6" },
            new("plateau", SpecKind.Section, "So many steps without improvement end the training.")
            {
                Shorthand = "steps", MayBeNone = true,
                Keys =
                [
                    new("steps", SpecKind.Integer, "How many steps.") { Minimum = 1, Maximum = int.MaxValue, Example = "50" },
                    new("tolerance", SpecKind.Number, "What counts as an improvement of the best loss.") { Default = "1e-8", Minimum = 0 },
                ],
            },
            new("divergence", SpecKind.Number, "A loss that exceeds the initial loss by more than this ends the training; one that is not finite always does.")
            {
                Minimum = 0, MayBeNone = true, Example = "10",
            },
        ],
    };

    private static ImmutableArray<SpecName> GateNames(int qubits, int angles) =>
        [.. Gates.All.Where(g => g.QubitCount == qubits && g.AngleCount == angles && (angles == 0 || g.Generator is not null)).Select(g => new SpecName(g.Name, g.About))];

    /// <summary>Every key with its dotted path, in order.</summary>
    public static IEnumerable<(string Path, SpecKey Key)> All() => Walk(Root, "");

    private static IEnumerable<(string Path, SpecKey Key)> Walk(SpecKey section, string path) =>
        section.Keys.SelectMany(k => Walk(k, path + k.Name + ".").Prepend((path + k.Name, k)));
}
