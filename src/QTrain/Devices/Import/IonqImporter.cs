using QTrain.Formats;

namespace QTrain.Devices.Import;

/// <summary>IonQ characterizations: one, or the pages of <c>/backends/{b}/characterizations</c>. All values hold for the whole device.</summary>
internal static class IonqImporter
{
    public static bool IsList(SourceNode root) => root.IsObject && root.Find("characterizations") is { IsList: true };

    public static bool Is(SourceNode root) => root.IsObject && root.Find("fidelity") is { IsObject: true } fidelity && root.Find("timing") is { IsObject: true }
        && fidelity.FindAny("spam", "1q", "2q") is not null;

    public static Calibration Read(SourceNode root)
    {
        var notes = new Notes();
        var at = root.FindAny("date")?.AsTime();
        var device = root.FindAny("backend", "target")?.AsText() ?? "ionq";
        if (string.IsNullOrWhiteSpace(device)) throw root.FindAny("backend", "target")!.Value.Fault("must not be empty.");
        var qubits = root.Require("qubits").AsInteger(1, 10_000);
        var (fidelity, timing) = (root.Require("fidelity").AsObject(), root.Require("timing").AsObject());
        HashSet<QubitPair>? couplings = null;
        if (root.Find("connectivity") is { } connectivity)
        {
            couplings = [];
            foreach (var pair in connectivity.AsList())
            {
                var ends = pair.AsList();
                if (ends.Count != 2 || ends[0].AsInteger(0, qubits - 1) == ends[1].AsInteger(0, qubits - 1)) throw pair.Fault("must be two different qubits.");
                couplings.Add(QubitPair.Of(ends[0].AsInteger(0), ends[1].AsInteger(0)));
            }
            if (couplings.Count == qubits * (qubits - 1) / 2) couplings = null;
        }
        else notes.Add("The connectivity was not given: every pair is taken as coupled, as on all devices of this provider.");
        var (one, two, readout) = (Error("1q"), Error("2q"), Error("spam"));
        if (readout is not null) notes.Add("The readout error is that of preparation and measurement together, for the whole device.");
        notes.Add("All values hold for the whole device: this source has none of single qubits or pairs.");
        return root.At(() => new Calibration(device, Enumerable.Repeat(new QubitCalibration(), qubits),
            IonTraps.Gates(IonTraps.Entanglers(device, notes), one, two, Time("1q"), Time("2q")), couplings, [.. IonTraps.OneQubitGates, .. IonTraps.Entanglers(device, notes)])
        {
            Provider = "ionq",
            Version = root.FindAny("id", "uuid") is { Kind: JsonKind.Text } id ? id.AsText() : null,
            TakenAt = at,
            Source = "IonQ characterization",
            EveryQubit = new QubitCalibration { T1 = Time("t1"), T2 = Time("t2"), ReadoutError = readout, ReadoutDuration = Time("readout") },
            Notes = notes.All,
        });

        CalibratedValue? Error(string key) => fidelity.Find(key)?.AsObject() is { } entry && entry.FindAny("median", "mean") is { } value ? value.ErrorOfFidelity(at, entry.Find("stderr")) : null;

        CalibratedValue? Time(string key) => timing.Find(key) is { } value
            ? value.Checked(key is "t1" or "t2" ? key : "duration", CalibratedValue.Seconds(value.AsNumber(), at)) : null;
    }
}

/// <summary>What ion traps of one provider have in common.</summary>
internal static class IonTraps
{
    public static readonly string[] OneQubitGates = ["gpi", "gpi2"];

    /// <summary>The entangling gate of a device family: <c>ms</c> of Harmony and Aria, <c>zz</c> of Forte, which is <c>rzz</c> here.</summary>
    public static string[] Entanglers(string device, Notes notes)
    {
        bool Named(string part) => device.Contains(part, StringComparison.OrdinalIgnoreCase);
        if (Named("forte") || Named("tempo")) return ["rzz"];
        if (Named("aria") || Named("harmony")) return ["ms"];
        notes.Add($"'{device}' does not tell whether its entangling gate is ms or zz (rzz): the two-qubit values are kept for both.");
        return ["ms", "rzz"];
    }

    /// <summary>Values of the whole device, for each gate.</summary>
    public static IEnumerable<GateCalibration> Gates(IEnumerable<string> entanglers, CalibratedValue? one, CalibratedValue? two, CalibratedValue? oneDuration, CalibratedValue? twoDuration) =>
    [
        .. OneQubitGates.Select(g => new GateCalibration { Gate = g, Error = one, Duration = oneDuration }),
        .. entanglers.Select(g => new GateCalibration { Gate = g, Error = two, Duration = twoDuration }),
        // A turn about Z is a change of later phases.
        new GateCalibration { Gate = "rz", Error = CalibratedValue.Probability(0), Duration = CalibratedValue.Seconds(0) },
    ];
}
