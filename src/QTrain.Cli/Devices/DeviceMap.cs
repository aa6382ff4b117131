using QTrain.Devices;

namespace QTrain.Cli.Devices;

/// <summary>What qubits are coloured by.</summary>
internal enum QubitColour
{
    /// <summary>The mean readout error.</summary>
    Readout,

    /// <summary>The error of one-qubit gates.</summary>
    Gate,

    /// <summary>T₁; short is bad.</summary>
    T1,

    /// <summary>T₂; short is bad.</summary>
    T2,
}

/// <summary>A device as a drawing: places, and what is known of each qubit and coupling.</summary>
internal sealed class DeviceMap
{
    public DeviceMap(Calibration device, QubitColour by)
    {
        Device = device;
        By = by;
        Summary = new CalibrationSummary(device);
        Layout = DeviceLayout.Of(device);
        Values = [.. device.Qubits.Select((q, k) => q.IsEnabled ? ValueOf(device, k, by) : null)];
        Edges = [.. device.Couplings.Select(p => (p, Summary.IsDisabled(p) ? null : Summary.PairError(p), Summary.IsDisabled(p)))];
        QubitColours = new ErrorColours(Values.OfType<CalibratedValue>().Select(Badness));
        EdgeColours = new ErrorColours(Edges.Select(e => e.Error).OfType<CalibratedValue>().Select(e => e.Value));
    }

    public Calibration Device { get; }

    public QubitColour By { get; }

    public CalibrationSummary Summary { get; }

    public DeviceLayout Layout { get; }

    /// <summary>Of each qubit what it is coloured by; null where not known, or disabled.</summary>
    public CalibratedValue?[] Values { get; }

    public (QubitPair Pair, CalibratedValue? Error, bool IsDisabled)[] Edges { get; }

    public ErrorColours QubitColours { get; }

    public ErrorColours EdgeColours { get; }

    public string QubitTitle => By switch { QubitColour.T1 => "T1", QubitColour.T2 => "T2", QubitColour.Gate => "one-qubit gate error", _ => "readout error" };

    public string EdgeTitle => string.Join(", ", Summary.Entanglers) + " error";

    /// <summary>How bad a qubit's value is: long times are good, so that their inverse is taken.</summary>
    public double Badness(CalibratedValue value) => By is QubitColour.T1 or QubitColour.T2 ? 1 / value.Value : value.Value;

    /// <summary>What an end of the scale of qubits stands for.</summary>
    public CalibratedValue QubitScale(double badness) => By is QubitColour.T1 or QubitColour.T2 ? CalibratedValue.Seconds(1 / badness) : CalibratedValue.Probability(badness);

    private static CalibratedValue? ValueOf(Calibration device, int qubit, QubitColour by) => by switch
    {
        QubitColour.T1 => device.Of(qubit, q => q.T1),
        QubitColour.T2 => device.Of(qubit, q => q.T2),
        QubitColour.Gate => device.NativeGates.Select(g => device.Find(g, qubit)).Where(g => g is { IsEnabled: true, Qubits.Length: 1, Error.Value: > 0 } && g.Gate != "id").Select(g => g!.Error)
            .OrderByDescending(e => e!.Value.Value).FirstOrDefault(),
        _ => CalibrationSummary.ReadoutError(device, qubit),
    };
}
