using System.Text.RegularExpressions;
using QTrain.Formats;

namespace QTrain.Devices.Import;

/// <summary>Google's calibration metrics: a list of named metrics of grid qubits <c>row_column</c>.</summary>
/// <remarks>Errors are taken as average infidelities; where only a Pauli error is given, that is 2/3 of it for one qubit and 4/5 for two. A metric
/// measured on all qubits at once goes before the isolated one, because circuits run so. Two-qubit errors are those of a cycle of cross-entropy
/// benchmarking, which holds one-qubit gates too. T₂ and durations are not reported.</remarks>
internal static partial class GoogleImporter
{
    private static readonly string[] PerQubit =
    [
        "single_qubit_p00_error", "single_qubit_p11_error", "parallel_p00_error", "parallel_p11_error",
        "single_qubit_rb_average_error_per_gate", "single_qubit_rb_pauli_error_per_gate", "single_qubit_idle_t1_micros",
    ];

    public static bool Is(SourceNode root) => root.IsObject && (root.Find("cirq_type") is { Kind: JsonKind.Text } type && type.AsText().EndsWith("Calibration", StringComparison.Ordinal)
        || Metrics(root) is { } metrics && metrics.AsList() is [{ IsObject: true } first, ..] && first.Find("targets") is not null);

    public static Calibration Read(SourceNode root, string device)
    {
        var metrics = Metrics(root) ?? throw root.Fault("needs the key \"metrics\" with a list of metrics.");
        var notes = new Notes();
        var values = new Dictionary<(string Metric, string Target), SourceNode>();
        var places = new SortedSet<(int Row, int Column)>();
        foreach (var metric in metrics.AsList())
        {
            var name = metric.Require("name").AsText();
            var targets = metric.Find("targets")?.AsList() ?? [];
            var isPair = TwoQubitMetric().IsMatch(name);
            if (!isPair && !PerQubit.Contains(name)) continue;
            if (targets.Count != (isPair ? 2 : 1)) throw metric.Fault($"is \"{name}\" of {targets.Count} targets: it needs {(isPair ? 2 : 1)}.");
            foreach (var target in targets) places.Add(Place(target));
            var list = metric.Require("values").AsList();
            if (list.Count != 1) throw metric.Require("values").Fault($"must hold 1 value, not {list.Count}.");
            var value = list[0].FindAny("doubleVal", "floatVal", "int32Val", "int64Val") ?? throw list[0].Fault("needs the key \"doubleVal\".");
            if (!values.TryAdd((name, string.Join(' ', targets.Select(t => KeyOf(Place(t))))), value)) throw metric.Fault($"gives \"{name}\" of the same targets a second time.");
        }
        if (places.Count == 0) throw metrics.Fault("has no metric of a qubit that is known here, such as single_qubit_idle_t1_micros.");
        var numbers = places.Select((p, k) => (p, k)).ToDictionary(x => KeyOf(x.p), x => x.k);
        var at = Timestamp(root);

        var qubits = places.Select(p =>
        {
            var label = KeyOf(p);
            return new QubitCalibration
            {
                Label = label,
                Position = (p.Column, p.Row),
                T1 = Value("t1", 1e-6, ("single_qubit_idle_t1_micros", 1)),
                OneGivenZero = Value("oneGivenZero", 1, ("parallel_p00_error", 1), ("single_qubit_p00_error", 1)),
                ZeroGivenOne = Value("zeroGivenOne", 1, ("parallel_p11_error", 1), ("single_qubit_p11_error", 1)),
            };

            CalibratedValue? Value(string quantity, double factor, params ReadOnlySpan<(string, double)> from) => First(label, quantity, factor, from);
        }).ToList();

        var gates = new List<GateCalibration>();
        foreach (var place in places)
        {
            var error = First(KeyOf(place), "error", 1, ("single_qubit_rb_average_error_per_gate", 1), ("single_qubit_rb_pauli_error_per_gate", 2.0 / 3));
            gates.Add(new GateCalibration { Gate = "prx", Qubits = [numbers[KeyOf(place)]], Error = error });
            gates.Add(new GateCalibration { Gate = "rz", Qubits = [numbers[KeyOf(place)]], Error = CalibratedValue.Probability(0), Duration = CalibratedValue.Seconds(0) });
        }
        var pairs = new HashSet<QubitPair>();
        foreach (var group in values.Keys.Select(k => (Match: TwoQubitMetric().Match(k.Metric), k.Target)).Where(k => k.Match.Success)
            .Select(k => (Gate: k.Match.Groups["gate"].Value, k.Target)).Distinct())
        {
            var ends = group.Target.Split(' ').Select(t => numbers[t]).ToArray();
            var stem = "_" + group.Gate + "_gate_xeb_";
            var error = First(group.Target, "error", 1,
                ("two_qubit_parallel" + stem + "average_error_per_cycle", 1), ("two_qubit_parallel" + stem + "pauli_error_per_cycle", 0.8),
                ("two_qubit" + stem + "average_error_per_cycle", 1), ("two_qubit" + stem + "pauli_error_per_cycle", 0.8));
            if (ends[0] == ends[1]) throw metrics.Fault($"has a two-qubit metric of {group.Target}: a pair has two different qubits.");
            if (!gates.Any(g => g.Gate == group.Gate && g.Qubits.SequenceEqual([ends[0], ends[1]])))
                gates.Add(new GateCalibration { Gate = group.Gate, Qubits = [ends[0], ends[1]], Error = error });
            pairs.Add(QubitPair.Of(ends[0], ends[1]));
        }
        notes.Add("Two-qubit errors are those of a benchmarking cycle, which holds a one-qubit gate on each qubit too.");
        notes.Add("T2 and the durations of gates are not reported by this source.");
        return root.At(() => new Calibration(device, qubits, gates, pairs, gates.Select(g => g.Gate))
        {
            Provider = "google",
            TakenAt = at,
            Source = "Google calibration metrics",
            Notes = notes.All,
        });

        CalibratedValue? First(string target, string quantity, double factor, params ReadOnlySpan<(string Metric, double Factor)> from)
        {
            foreach (var (metric, share) in from)
                if (values.TryGetValue((metric, target), out var node))
                    return node.Checked(quantity, new CalibratedValue(node.AsNumber() * factor * share, QubitCalibration.UnitOf(quantity), at));
            return null;
        }
    }

    private static SourceNode? Metrics(SourceNode root)
    {
        var metrics = root.Find("metrics");
        if (metrics is { IsObject: true } inner) metrics = inner.Find("metrics");
        return metrics is { IsList: true } ? metrics : null;
    }

    private static DateTimeOffset? Timestamp(SourceNode root)
    {
        var stamp = root.Find("timestampMs") ?? root.Find("timestamp_ms") ?? (root.Find("metrics") is { IsObject: true } inner ? inner.FindAny("timestampMs", "timestamp_ms") : null);
        if (stamp is not { } given) return null;
        // 64-bit numbers are texts in this provider's JSON.
        return given.Kind != JsonKind.Text ? given.AsTime()
            : long.TryParse(given.AsText(), out var milliseconds) && milliseconds is >= 0 and < 253402300800000 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : throw given.Fault($"is no time: milliseconds since 1970 are expected, not \"{given.AsText()}\".");
    }

    private static (int Row, int Column) Place(SourceNode target)
    {
        var parts = target.AsText().TrimStart('q').Split('_');
        return parts.Length == 2 && int.TryParse(parts[0], out var row) && int.TryParse(parts[1], out var column) && row is >= 0 and < 1000 && column is >= 0 and < 1000
            ? (row, column) : throw target.Fault($"must be a place row_column such as \"3_2\", not \"{target.AsText()}\".");
    }

    private static string KeyOf((int Row, int Column) place) => $"{place.Row}_{place.Column}";

    [GeneratedRegex("^two_qubit(_parallel)?_(?<gate>[a-z0-9_]+?)_gate_xeb_(average|pauli)_error_per_cycle$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TwoQubitMetric();
}
