using QTrain.Formats;

namespace QTrain.Devices.Import;

/// <summary>AQT: the answer of <c>/resources/{id}</c>, and the same quantities where Braket carries them. Fidelities are in percent.</summary>
internal static class AqtImporter
{
    public static bool Is(SourceNode root) => root.IsObject && root.Find("characterisation") is { IsObject: true };

    public static Calibration Read(SourceNode root)
    {
        var values = root.Require("characterisation").AsObject();
        var name = root.FindAny("id", "name") ?? throw root.Fault("needs the key \"id\", the device's name.");
        var at = values.Find("updated_at")?.AsTime() ?? root.Find("status_updated_at")?.AsTime();
        var singles = SingleQubitErrors(values, at);
        var count = root.Find("available_qubits")?.AsInteger(1, 10_000) ?? singles.Count;
        if (count == 0) throw root.Fault("tells neither \"available_qubits\" nor a single-qubit gate fidelity.");
        return root.At(() => new Calibration(name.AsText(), Enumerable.Repeat(new QubitCalibration(), count), Gates(values, singles, at, "prx", "rxx"), null, ["prx", "rxx", "rz"])
        {
            Provider = "aqt",
            TakenAt = at,
            Source = "AQT resource",
            EveryQubit = EveryQubit(values, at),
            Notes = ["The two-qubit error is one mean for the whole device; the readout error is an upper bound, for preparation and measurement together."],
        });
    }

    public static IEnumerable<GateCalibration> Gates(SourceNode values, IReadOnlyDictionary<int, CalibratedValue> singles, DateTimeOffset? at, string one, string two)
    {
        var (shortOnes, longOnes) = (Micros(values, "single_qubit_gate_duration_micros", at), Micros(values, "two_qubit_gate_duration_micros", at));
        foreach (var (qubit, error) in singles) yield return new GateCalibration { Gate = one, Qubits = [qubit], Error = error, Duration = shortOnes };
        if (singles.Count == 0) yield return new GateCalibration { Gate = one, Duration = shortOnes };
        yield return new GateCalibration { Gate = two, Error = Percent(values.Find("mean_two_qubit_gate_fidelity"), at), Duration = longOnes };
        yield return new GateCalibration { Gate = "rz", Error = CalibratedValue.Probability(0), Duration = CalibratedValue.Seconds(0) };
    }

    public static QubitCalibration EveryQubit(SourceNode values, DateTimeOffset? at) => new()
    {
        T1 = Seconds(values.Find("t1_s"), "t1", at),
        T2 = Seconds(values.FindAny("t2_coherence_time_s", "t2_s"), "t2", at),
        ReadoutError = Percent(values.Find("spam_fidelity_lower_bound"), at),
        ReadoutDuration = Micros(values, "readout_time_micros", at),
    };

    public static SortedDictionary<int, CalibratedValue> SingleQubitErrors(SourceNode values, DateTimeOffset? at)
    {
        var errors = new SortedDictionary<int, CalibratedValue>();
        foreach (var (key, node) in values.Find("single_qubit_gate_fidelity")?.AsObject().Members ?? [])
        {
            if (!int.TryParse(key, out var qubit) || qubit is < 0 or > 9999) throw node.Fault("is no qubit: keys here are numbers such as \"0\".");
            if (Percent(node, at) is { } error) errors[qubit] = error;
        }
        return errors;
    }

    // A number, or a number with its uncertainty.
    private static CalibratedValue? Percent(SourceNode? given, DateTimeOffset? at) => given is not { } node ? null
        : node.Kind == JsonKind.Number ? node.ErrorOfFidelity(at, whole: 100) : node.Require("value").ErrorOfFidelity(at, node.Find("uncertainty"), 100);

    private static CalibratedValue? Seconds(SourceNode? given, string quantity, DateTimeOffset? at)
    {
        if (given is not { } node) return null;
        var value = node.Kind == JsonKind.Number ? node : node.Require("value");
        return value.Checked(quantity, CalibratedValue.Seconds(value.AsNumber(), at, node.Kind == JsonKind.Number ? null : node.Find("uncertainty")?.AsNumber()));
    }

    private static CalibratedValue? Micros(SourceNode values, string key, DateTimeOffset? at) =>
        values.Find(key) is { } node ? node.Checked("duration", CalibratedValue.Seconds(node.AsNumber() * 1e-6, at)) : null;
}
