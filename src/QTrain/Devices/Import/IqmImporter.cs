using System.Text.RegularExpressions;
using QTrain.Formats;

namespace QTrain.Devices.Import;

/// <summary>IQM: quality metrics (<c>…/metrics</c>), best with the dynamic quantum architecture of the same calibration set.</summary>
/// <remarks>Metrics are named <c>metrics.method.gate.implementation.locus.quantity:options</c>, times <c>characterization.model.QB1.t1_time</c>. A pair
/// that the architecture does not list must not be used.</remarks>
internal static partial class IqmImporter
{
    public static bool IsMetrics(SourceNode root) => root.IsObject && root.Find("observations") is { IsList: true };

    public static bool IsArchitecture(SourceNode root) => root.IsObject && root.Find("gates") is { IsObject: true } && root.Find("qubits") is { IsList: true };

    public static Calibration Read(SourceNode root, SourceNode? architecture, string device)
    {
        var notes = new Notes();
        if (architecture is { } a && a.Find("calibration_set_id") is { Kind: JsonKind.Text } theirs && root.Find("calibration_set_id") is { Kind: JsonKind.Text } ours && theirs.AsText() != ours.AsText())
            throw theirs.Fault($"is {theirs.AsText()}, but the metrics are of calibration set {ours.AsText()}: give files of one set.");
        var set = root.FindAny("created_timestamp", "end_timestamp")?.AsTime();
        var observed = root.Require("observations").AsList().Select(o => Observe(o, set, notes)).OfType<Observation>().ToList();
        var labels = architecture?.Require("qubits").AsList().Select(q => q.AsText()).ToList()
            ?? [.. observed.SelectMany(o => o.Locus).Distinct().Where(l => QubitName().IsMatch(l))];
        labels = [.. labels.Distinct().OrderBy(l => l.Length).ThenBy(l => l, StringComparer.Ordinal)];
        if (labels.Count == 0) throw root.Require("observations").Fault("names no qubit, such as QB1.");
        var numbers = labels.Select((l, k) => (l, k)).ToDictionary(x => x.l, x => x.k);
        if (observed.Any(o => o.Locus.Any(l => !numbers.ContainsKey(l)))) notes.Add("Values of computational resonators and of qubits that the architecture does not list are left out.");
        observed.RemoveAll(o => o.Locus.Any(l => !numbers.ContainsKey(l)));

        var qubits = labels.Select(l => new QubitCalibration { Label = l }).ToList();
        foreach (var o in observed)
        {
            if (o.Gate is not null and not "measure" || o.Locus.Length != 1) continue;
            var at = numbers[o.Locus[0]];
            qubits[at] = (o.Gate, o.Quantity) switch
            {
                (null, "t1_time") => qubits[at] with { T1 = o.Node.Checked("t1", CalibratedValue.Seconds(o.Value, o.At, o.Uncertainty)) },
                (null, "t2_time") => qubits[at] with { T2 = o.Node.Checked("t2", CalibratedValue.Seconds(o.Value, o.At, o.Uncertainty)) },
                ("measure", "fidelity") => qubits[at] with { ReadoutError = o.Node.ErrorOfFidelity(o.At) with { Uncertainty = o.Uncertainty } },
                ("measure", "error_0_to_1") => qubits[at] with { OneGivenZero = o.Node.Checked("oneGivenZero", CalibratedValue.Probability(o.Value, o.At, o.Uncertainty)) },
                ("measure", "error_1_to_0") => qubits[at] with { ZeroGivenOne = o.Node.Checked("zeroGivenOne", CalibratedValue.Probability(o.Value, o.At, o.Uncertainty)) },
                _ => qubits[at],
            };
        }

        var usable = architecture is { } dynamic ? Loci(dynamic, numbers) : null;
        var gates = new List<GateCalibration>();
        foreach (var group in observed.Where(o => o.Gate is not null and not "measure" and not "clifford" && o.Quantity == "fidelity").GroupBy(o => (Gate: o.Gate!, Locus: string.Join("__", o.Locus))))
        {
            var implementation = usable?.GetValueOrDefault(group.Key.Gate)?.Default;
            // Interleaved benchmarking measures the gate itself; the implementation in use goes before others.
            var best = group.OrderBy(o => o.Implementation == implementation ? 0 : 1).ThenBy(o => o.Method == "irb" ? 0 : o.Method == "rb" ? 1 : 2).First();
            if (group.Select(o => o.Implementation).Distinct().Count() > 1)
                notes.Add($"{group.Key.Gate} has several implementations: {best.Implementation} was taken{(implementation == best.Implementation ? ", the default" : "")}.");
            gates.Add(new GateCalibration
            {
                Gate = GateNames.Of(group.Key.Gate),
                Qubits = [.. best.Locus.Select(l => numbers[l])],
                Error = best.Node.ErrorOfFidelity(best.At) with { Uncertainty = best.Uncertainty },
                IsEnabled = usable is null || usable.GetValueOrDefault(group.Key.Gate)?.Loci.Contains(group.Key.Locus) == true || usable.GetValueOrDefault(group.Key.Gate)?.Loci.Contains(string.Join("__", best.Locus.Reverse())) == true,
            });
        }
        var known = gates.Select(g => g.ToString()).ToHashSet();
        foreach (var (name, (_, loci)) in usable ?? [])
            foreach (var locus in name == "measure" ? [] : loci)
            {
                int[] on = [.. locus.Split("__").Where(numbers.ContainsKey).Select(l => numbers[l])];
                if (on.Length != locus.Split("__").Length) continue;
                if (known.Contains(new GateCalibration { Gate = GateNames.Of(name), Qubits = [.. on.Reverse()] }.ToString())) continue;
                var gate = new GateCalibration { Gate = GateNames.Of(name), Qubits = [.. on] };
                if (known.Add(gate.ToString())) gates.Add(gate);
            }
        if (usable is null) notes.Add("The architecture was not given: gates and couplings are those that the metrics have values of.");
        notes.Add("The durations of gates are not reported by this source.");
        return root.At(() => new Calibration(device, qubits, gates, gates.Where(g => g is { Qubits.Length: 2, IsEnabled: true }).Select(g => QubitPair.Of(g.Qubits[0], g.Qubits[1])), gates.Select(g => g.Gate))
        {
            Provider = "iqm",
            Version = (root.Find("calibration_set_id") ?? architecture?.Find("calibration_set_id"))?.AsText(),
            TakenAt = set ?? observed.Max(o => o.At),
            Source = architecture is null ? "IQM quality metrics" : "IQM quality metrics and architecture",
            Notes = notes.All,
        });
    }

    private sealed record Observation(SourceNode Node, double Value, string[] Locus, string? Method, string? Gate, string? Implementation, string Quantity, DateTimeOffset? At, double? Uncertainty);

    private sealed record Implemented(string? Default, HashSet<string> Loci);

    private static Observation? Observe(SourceNode node, DateTimeOffset? set, Notes notes)
    {
        var name = node.Require("dut_field").AsText();
        if (node.Find("invalid")?.AsTruth() == true)
        {
            notes.Add($"{name} is marked invalid and left out.");
            return null;
        }
        var parts = name.Split(':')[0].Split('.');
        var (at, uncertainty) = (node.FindAny("created_timestamp", "modified_timestamp")?.AsTime() ?? set, node.Find("uncertainty")?.AsNumber());
        if (parts is ["characterization", "model", var qubit, "t1_time" or "t2_time" or "t2_echo_time"])
        {
            // The Ramsey time is the T₂ that circuits without echoes see.
            if (parts[^1] == "t2_echo_time" || node.Find("value") is not { } time) return null;
            if (node.Find("unit") is { Kind: JsonKind.Text } unit && unit.AsText() is not ("s" or "")) throw unit.Fault($"must be \"s\", not \"{unit.AsText()}\".");
            return new Observation(time, time.AsNumber(), [qubit], null, null, null, parts[^1], at, uncertainty);
        }
        if (parts is ["metrics", var method, var gate, var implementation, var locus, "fidelity" or "error_0_to_1" or "error_1_to_0"] && node.Find("value") is { } value)
            return new Observation(value, value.AsNumber(), locus.Split("__"), method, gate, implementation, parts[^1], at, uncertainty);
        return null;
    }

    private static Dictionary<string, Implemented> Loci(SourceNode architecture, Dictionary<string, int> numbers)
    {
        var result = new Dictionary<string, Implemented>();
        foreach (var (gate, node) in architecture.Require("gates").AsObject().Members)
        {
            var loci = new HashSet<string>();
            foreach (var (_, implementation) in node.Require("implementations").AsObject().Members)
                foreach (var locus in implementation.Require("loci").AsList())
                {
                    var ends = locus.AsList().Select(e => e.AsText()).ToArray();
                    if (gate is "prx" or "cz" && ends.Any(e => QubitName().IsMatch(e) && !numbers.ContainsKey(e))) throw locus.Fault("names a qubit that \"qubits\" does not list.");
                    loci.Add(string.Join("__", ends));
                }
            result[gate] = new Implemented(node.Find("default_implementation")?.AsText(), loci);
        }
        return result;
    }

    [GeneratedRegex(@"^QB\d+$", RegexOptions.None, 1000)]
    private static partial Regex QubitName();
}
