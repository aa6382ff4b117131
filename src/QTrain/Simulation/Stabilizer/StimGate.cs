using System.Collections.Frozen;
using System.Collections.Immutable;

namespace QTrain.Simulation.Stabilizer;

/// <summary>What an instruction of a stim circuit does.</summary>
internal enum StimKind
{
    Clifford,
    Measure,
    Reset,
    MeasureReset,
    MeasurePair,
    MeasureProduct,
    PhaseProduct,
    Pad,
    Noise1,
    Noise2,
    IdentityNoise,
    CorrelatedError,
    ElseCorrelatedError,
    Heralded,
    Detector,
    Observable,
    QubitCoordinates,
    ShiftCoordinates,
    Tick,
    Repeat,
}

/// <summary>What stands in an instruction's parentheses.</summary>
internal enum StimArguments
{
    None,

    /// <summary>Exactly one probability.</summary>
    Probability,

    /// <summary>One probability or nothing.</summary>
    OptionalProbability,

    /// <summary>As many probabilities as <see cref="StimGate.ArgumentCount"/> of things that exclude each other: their sum is at most 1.</summary>
    Disjoint,

    /// <summary>Any number of probabilities of things that exclude each other.</summary>
    AnyDisjoint,

    Coordinates,

    /// <summary>The number of an observable.</summary>
    Index,
}

/// <summary>One row of the table of stim's instructions: its name and what it means. Parser, printer, simulators and tests derive from it.</summary>
/// <remarks>Named and defined as in the gate reference of Stim (Gidney 2021, arXiv:2103.02202).</remarks>
internal sealed class StimGate
{
    private StimGate(string name, StimKind kind, int qubits, string[] aliases)
    {
        (Name, Kind, QubitCount, Aliases) = (name, kind, qubits, [.. aliases]);
    }

    public string Name { get; }

    public ImmutableArray<string> Aliases { get; }

    public StimKind Kind { get; }

    /// <summary>How many targets belong together: 2 for gates on pairs, else 1.</summary>
    public int QubitCount { get; }

    /// <summary>What a Clifford gate makes of Pauli operators.</summary>
    public CliffordMap? Map { get; private init; }

    /// <summary>X, Y or Z of a measurement or reset.</summary>
    public char Basis { get; private init; } = 'Z';

    public StimArguments Arguments { get; private init; }

    public int ArgumentCount { get; private init; }

    /// <summary>The Pauli strings that a noise channel applies, in the order of its probabilities; one probability is divided among them evenly.</summary>
    public ImmutableArray<SignedPauli> Errors { get; private init; } = [];

    /// <summary>The place of the target that may be a measurement's record or a sweep bit, and the Pauli operator then applied to the other; -1: none.</summary>
    public (int Place, char Pauli)[] Feedback { get; private init; } = [];

    // Before the table: static fields are set in the order they are written.
    private static readonly string[] Paulis1 = ["X", "Y", "Z"];
    private static readonly string[] Paulis2 = [.. from a in "_XYZ" from b in "_XYZ" where (a, b) != ('_', '_') select $"{a}{b}"];

    /// <summary>Every instruction.</summary>
    public static ImmutableArray<StimGate> All { get; } = Build();

    private static readonly FrozenDictionary<string, StimGate> ByName =
        All.SelectMany(g => g.Aliases.Append(g.Name).Select(n => (n, g))).ToFrozenDictionary(p => p.n, p => p.g, StringComparer.OrdinalIgnoreCase);

    /// <summary>Every name and alias.</summary>
    public static IEnumerable<string> Names => ByName.Keys;

    /// <summary>The instruction of a name or alias, in any case; null when there is none.</summary>
    public static StimGate? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The instruction of a name that is known to exist.</summary>
    public static StimGate Named(string name) => ByName[name];

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static ImmutableArray<StimGate> Build() =>
    [
        One("I", "X", "Z"), One("X", "X", "-Z"), One("Y", "-X", "-Z"), One("Z", "-X", "Z"),
        One("C_XYZ", "Y", "X"), One("C_ZYX", "Z", "Y"),
        One("C_NXYZ", "-Y", "-X"), One("C_XNYZ", "-Y", "X"), One("C_XYNZ", "Y", "-X"),
        One("C_NZYX", "-Z", "-Y"), One("C_ZNYX", "Z", "-Y"), One("C_ZYNX", "-Z", "Y"),
        One("H", "Z", "X", "H_XZ"), One("H_XY", "Y", "-Z"), One("H_YZ", "-X", "Y"),
        One("H_NXY", "-Y", "-Z"), One("H_NXZ", "-Z", "-X"), One("H_NYZ", "-X", "-Y"),
        One("S", "Y", "Z", "SQRT_Z"), One("S_DAG", "-Y", "Z", "SQRT_Z_DAG"),
        One("SQRT_X", "X", "-Y"), One("SQRT_X_DAG", "X", "Y"), One("SQRT_Y", "-Z", "X"), One("SQRT_Y_DAG", "Z", "-X"),

        Two("CX", ["XX", "Z_", "_X", "ZZ"], [(0, 'X')], "CNOT", "ZCX"), Two("CY", ["XY", "Z_", "ZX", "ZZ"], [(0, 'Y')], "ZCY"),
        Two("CZ", ["XZ", "Z_", "ZX", "_Z"], [(0, 'Z'), (1, 'Z')], "ZCZ"),
        Two("XCX", ["X_", "ZX", "_X", "XZ"]), Two("XCY", ["X_", "ZY", "XX", "XZ"]), Two("XCZ", ["X_", "ZZ", "XX", "_Z"], [(1, 'X')]),
        Two("YCX", ["XX", "ZX", "_X", "YZ"]), Two("YCY", ["XY", "ZY", "YX", "YZ"]), Two("YCZ", ["XZ", "ZZ", "YX", "_Z"], [(1, 'Y')]),
        Two("II", ["X_", "Z_", "_X", "_Z"]), Two("SWAP", ["_X", "_Z", "X_", "Z_"]),
        Two("ISWAP", ["ZY", "_Z", "YZ", "Z_"]), Two("ISWAP_DAG", ["-ZY", "_Z", "-YZ", "Z_"]),
        Two("CXSWAP", ["XX", "_Z", "X_", "ZZ"]), Two("SWAPCX", ["_X", "ZZ", "XX", "Z_"]), Two("CZSWAP", ["ZX", "_Z", "XZ", "Z_"], [], "SWAPCZ"),
        Two("SQRT_XX", ["X_", "-YX", "_X", "-XY"]), Two("SQRT_XX_DAG", ["X_", "YX", "_X", "XY"]),
        Two("SQRT_YY", ["-ZY", "XY", "-YZ", "YX"]), Two("SQRT_YY_DAG", ["ZY", "-XY", "YZ", "-YX"]),
        Two("SQRT_ZZ", ["YZ", "Z_", "ZY", "_Z"]), Two("SQRT_ZZ_DAG", ["-YZ", "Z_", "-ZY", "_Z"]),

        Collapse("M", StimKind.Measure, 'Z', "MZ"), Collapse("MX", StimKind.Measure, 'X'), Collapse("MY", StimKind.Measure, 'Y'),
        Collapse("MR", StimKind.MeasureReset, 'Z', "MRZ"), Collapse("MRX", StimKind.MeasureReset, 'X'), Collapse("MRY", StimKind.MeasureReset, 'Y'),
        Collapse("R", StimKind.Reset, 'Z', "RZ"), Collapse("RX", StimKind.Reset, 'X'), Collapse("RY", StimKind.Reset, 'Y'),
        Collapse("MXX", StimKind.MeasurePair, 'X'), Collapse("MYY", StimKind.MeasurePair, 'Y'), Collapse("MZZ", StimKind.MeasurePair, 'Z'),
        new("MPP", StimKind.MeasureProduct, 1, []) { Arguments = StimArguments.OptionalProbability },
        new("SPP", StimKind.PhaseProduct, 1, []), new("SPP_DAG", StimKind.PhaseProduct, 1, []),
        new("MPAD", StimKind.Pad, 1, []) { Arguments = StimArguments.OptionalProbability },

        Noise("X_ERROR", 1, "X"), Noise("Y_ERROR", 1, "Y"), Noise("Z_ERROR", 1, "Z"),
        Noise("DEPOLARIZE1", 1, Paulis1), Noise("DEPOLARIZE2", 2, Paulis2),
        Noise("PAULI_CHANNEL_1", 1, Paulis1), Noise("PAULI_CHANNEL_2", 2, Paulis2),
        new("I_ERROR", StimKind.IdentityNoise, 1, []) { Arguments = StimArguments.AnyDisjoint },
        new("II_ERROR", StimKind.IdentityNoise, 2, []) { Arguments = StimArguments.AnyDisjoint },
        new("E", StimKind.CorrelatedError, 1, ["CORRELATED_ERROR"]) { Arguments = StimArguments.Probability },
        new("ELSE_CORRELATED_ERROR", StimKind.ElseCorrelatedError, 1, []) { Arguments = StimArguments.Probability },
        new("HERALDED_ERASE", StimKind.Heralded, 1, []) { Arguments = StimArguments.Probability, Errors = Errors1("_", "X", "Y", "Z") },
        new("HERALDED_PAULI_CHANNEL_1", StimKind.Heralded, 1, []) { Arguments = StimArguments.Disjoint, ArgumentCount = 4, Errors = Errors1("_", "X", "Y", "Z") },

        new("DETECTOR", StimKind.Detector, 1, []) { Arguments = StimArguments.Coordinates },
        new("OBSERVABLE_INCLUDE", StimKind.Observable, 1, []) { Arguments = StimArguments.Index },
        new("QUBIT_COORDS", StimKind.QubitCoordinates, 1, []) { Arguments = StimArguments.Coordinates },
        new("SHIFT_COORDS", StimKind.ShiftCoordinates, 1, []) { Arguments = StimArguments.Coordinates },
        new("TICK", StimKind.Tick, 1, []), new("REPEAT", StimKind.Repeat, 1, []),
    ];


    private static ImmutableArray<SignedPauli> Errors1(params string[] paulis) => [.. paulis.Select(SignedPauli.Parse)];

    private static StimGate One(string name, string x, string z, params string[] aliases) =>
        new(name, StimKind.Clifford, 1, aliases) { Map = CliffordMap.Of(x, z) };

    private static StimGate Two(string name, string[] images, (int, char)[]? feedback = null, params string[] aliases) =>
        new(name, StimKind.Clifford, 2, aliases) { Map = CliffordMap.Of(images), Feedback = feedback ?? [] };

    private static StimGate Collapse(string name, StimKind kind, char basis, params string[] aliases) => new(name, kind, kind == StimKind.MeasurePair ? 2 : 1, aliases)
    {
        Basis = basis,
        Arguments = kind == StimKind.Reset ? StimArguments.None : StimArguments.OptionalProbability,
    };

    private static StimGate Noise(string name, int qubits, params string[] paulis) => new(name, qubits == 1 ? StimKind.Noise1 : StimKind.Noise2, qubits, [])
    {
        Arguments = name.StartsWith("PAULI", StringComparison.Ordinal) ? StimArguments.Disjoint : StimArguments.Probability,
        ArgumentCount = paulis.Length,
        Errors = Errors1(paulis),
    };
}
