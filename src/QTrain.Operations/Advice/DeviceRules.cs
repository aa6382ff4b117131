using QTrain.Circuits;
using QTrain.Devices;
using QTrain.Observables;

namespace QTrain.Operations.Advice;

/// <summary>Whether a circuit suits a device.</summary>
internal static class DeviceRules
{
    // After half of a coherence time four states in ten have decayed.
    private const double MostOfACoherence = 0.5;

    /// <summary>too-few-qubits: the circuit is wider than the device.</summary>
    public static IEnumerable<AdviceNote> TooFewQubits(AdviceSubject subject)
    {
        if (subject.Device is not { } device) yield break;
        var (enabled, needed) = (device.Qubits.Count(q => q.IsEnabled), subject.Circuit.QubitCount);
        if (needed <= enabled) yield break;
        yield return new AdviceNote("too-few-qubits", AdviceLevel.Warning,
            $"The circuit has {needed} qubits, {device.Device} has {enabled} in use.", "Take a larger device, or make the problem smaller: fewer active orbitals, fewer vertices, symmetries taken off.")
        { Figures = [new("qubits", needed), new("deviceQubits", enabled)] };
    }

    /// <summary>off-the-topology: gates on pairs that the device does not join.</summary>
    public static IEnumerable<AdviceNote> OffTheTopology(AdviceSubject subject)
    {
        if (subject.Device is not { IsFullyConnected: false } device || subject.Circuit.QubitCount > device.Qubits.Length) yield break;
        var pairs = new Dictionary<QubitPair, int>();
        foreach (var operation in subject.Circuit.Operations)
            if (operation is GateOperation { Qubits: [var a, var b] }) pairs[QubitPair.Of(a, b)] = pairs.GetValueOrDefault(QubitPair.Of(a, b)) + 1;
        var wide = subject.Circuit.Operations.Count(o => o is GateOperation && o.Qubits.Length > 2);
        QubitPair[] off = [.. pairs.Keys.Where(p => !device.IsCoupled(p.First, p.Second)).OrderBy(p => p.First).ThenBy(p => p.Second)];
        if (off.Length == 0 && wide == 0) yield break;
        var gates = off.Sum(p => pairs[p]);
        var busiest = pairs.Keys.SelectMany(p => (int[])[p.First, p.Second]).GroupBy(q => q).Select(g => g.Count()).DefaultIfEmpty().Max();
        var degree = Enumerable.Range(0, device.Qubits.Length).Max(q => device.Neighbours(q).Length);
        yield return new AdviceNote("off-the-topology", AdviceLevel.Warning,
            (off.Length == 0 ? "" : $"{gates} of {pairs.Values.Sum()} two-qubit gates act on pairs that {device.Device} does not join, as the qubits are numbered ({string.Join(", ", off.Take(6))}{(off.Length > 6 ? ", …" : "")}). ")
            + (wide == 0 ? "" : $"{wide} gates act on more than two qubits and will be taken apart. ")
            + (busiest > degree ? $"No other numbering helps: a qubit of the circuit has {busiest} partners, one of the device at most {degree}; swaps are needed, each three two-qubit gates." : "Another layout may avoid them; else each takes swaps, three two-qubit gates every one."),
            "Look at what `qtrain transpile` makes of it, or take an ansatz that follows the device's lines (entanglement: linear).")
        { Figures = [new("gatesOffTheTopology", gates), new("pairs", pairs.Count), new("busiestQubit", busiest), new("deviceDegree", degree)] };
    }

    /// <summary>unsupported-gates: gates that the device does not have and that must be rewritten.</summary>
    public static IEnumerable<AdviceNote> UnsupportedGates(AdviceSubject subject)
    {
        if (subject.Device is not { } device || device.NativeGates.IsDefaultOrEmpty) yield break;
        (string Name, int Count)[] foreign =
        [
            .. subject.Circuit.Operations.OfType<GateOperation>().Where(g => !(g.Controls.IsEmpty && g.Gate.IsNamed && device.NativeGates.Contains(g.Gate.Name)))
                .GroupBy(g => (g.Controls.IsEmpty ? "" : "controlled ") + (g.Gate is { Pauli: not null, IsNamed: false } ? "Pauli rotation" : g.Name)).OrderByDescending(g => g.Count()).Select(g => (g.Key, g.Count())),
        ];
        var dynamic = subject.Circuit.Operations.Any(o => o.Condition is not null || o is Reset);
        if (foreign.Length == 0 && !dynamic) yield break;
        var entanglers = subject.Circuit.Operations.Sum(o => (long)DeviceFigures.Entanglers(o));
        yield return new AdviceNote("unsupported-gates", AdviceLevel.Warning,
            (foreign.Length == 0 ? "" : $"{device.Device} has {string.Join(", ", device.NativeGates.Take(10))}; the circuit also uses {string.Join(", ", foreign.Take(6).Select(f => $"{f.Name} ({f.Count})"))}{(foreign.Length > 6 ? ", …" : "")}, which must be rewritten. ")
            + $"About {Figures.Count(entanglers)} native two-qubit gates come of it, before any routing." + (dynamic ? " It resets qubits or acts on measured bits, which not every device can." : ""),
            "`qtrain transpile C --device D` writes it in the device's gates; compare its two-qubit count before you pay.")
        { Figures = [new("foreignGates", foreign.Sum(f => f.Count)), new("twoQubitGates", entanglers)] };
    }

    /// <summary>circuit-too-long: the circuit takes a good part of a coherence time.</summary>
    public static IEnumerable<AdviceNote> TooLong(AdviceSubject subject)
    {
        if (subject.Device is not { } device) yield break;
        var figures = new DeviceFigures(device);
        if (figures.DurationOf(subject.Circuit) is not { } takes || figures.T2 is null && figures.T1 is null) yield break;
        var coherence = Math.Min(figures.T1 ?? double.PositiveInfinity, figures.T2 ?? double.PositiveInfinity);
        if (takes <= MostOfACoherence * coherence) yield break;
        var success = figures.SuccessOf(subject.Circuit);
        yield return new AdviceNote("circuit-too-long", AdviceLevel.Warning,
            $"The circuit takes about {Figures.Time(takes)} on {device.Device} even without routing, {Figures.Percent(takes / coherence)} of its shorter coherence time (T1 {Time(figures.T1)}, T2 {Time(figures.T2)}, medians): a qubit keeps its phase with probability {Figures.Percent(Math.Exp(-takes / coherence))}"
            + (success is { } s ? $", and all gates and readings are right in {Figures.Percent(s)} of the runs." : "."),
            "Use fewer layers or a shallower ansatz, or another device; error mitigation cannot bring back what is mostly noise.")
        { Figures = [new("seconds", takes), new("coherenceSeconds", coherence), .. success is { } p ? [new KeyValuePair<string, double>("success", p)] : Array.Empty<KeyValuePair<string, double>>()] };
    }

    /// <summary>readout-bias: wrong readings shift the energy by more than the wanted error, and nothing mitigates them.</summary>
    public static IEnumerable<AdviceNote> ReadoutBias(AdviceSubject subject)
    {
        if (subject.Device is not { } device || new DeviceFigures(device).ReadoutError is not { } wrong || wrong == 0) yield break;
        // Each letter of a string is damped by 1 − 2r; at most all terms are damped the same way.
        var (worst, typical) = (0.0, 0.0);
        foreach (var term in subject.Observable.Terms)
        {
            var shift = Math.Abs(term.Coefficient.Real) * (1 - Math.Pow(1 - 2 * wrong, term.Pauli.Weight));
            worst += shift;
            typical += shift * shift;
        }
        typical = Math.Sqrt(typical);
        if (typical <= subject.WantedError) yield break;
        var unit = subject.Plan.Problem.Unit;
        yield return new AdviceNote("readout-bias", AdviceLevel.Warning,
            $"{device.Device} reads a qubit wrongly with probability {Figures.Percent(wrong)} (median). That shifts the energy by about {Figures.Energy(typical, unit)}, at most {Figures.Energy(worst, unit)}, however many shots are taken; {subject.WantedErrorInWords} is {Figures.Energy(subject.WantedError, unit)}.",
            "Mitigate readout errors (measure the confusion matrix and invert it), or compare energies of circuits that are read the same way.")
        { Figures = [new("readoutError", wrong), new("bias", typical), new("biasBound", worst), new("wantedError", subject.WantedError)] };
    }

    /// <summary>ideal-simulation: a device is meant, but what is trained is a simulator without its noise.</summary>
    public static IEnumerable<AdviceNote> IdealSimulation(AdviceSubject subject)
    {
        if (subject.Device is not { } device || subject.Plan.Noise is not null || subject.Circuit.Operations.Any(o => o is ChannelOperation)) yield break;
        var success = new DeviceFigures(device).SuccessOf(subject.Circuit);
        yield return new AdviceNote("ideal-simulation", AdviceLevel.Warning,
            $"The spec trains on the simulator without noise, but {device.Device} is meant"
            + (success is { } s ? $": there all gates and readings are right in about {Figures.Percent(s)} of the runs" : "") + (subject.Plan.Shots is null ? ", and shots have errors that exact energies have not." : "."),
            $"Train with the device's noise before you pay (`backend: {{device: {device.Device}}}`, or its twin), and with shots.")
        { Figures = success is { } p ? [new("success", p)] : [] };
    }

    private static string Time(double? seconds) => seconds is { } time ? Figures.Time(time) : "unknown";
}
