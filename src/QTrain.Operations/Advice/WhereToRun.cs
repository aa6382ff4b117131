using System.Globalization;
using QTrain.Circuits;
using QTrain.Devices;
using QTrain.Observables;
using QTrain.Simulation;

namespace QTrain.Operations.Advice;

/// <summary>Simulator, hardware or classical? The answer, with figures.</summary>
internal static class WhereToRun
{
    // A core moves about so many amplitudes through a gate in a second; `qtrain bench` measures it.
    private const double AmplitudesPerSecond = 5e8;

    // Between shots a superconducting device waits, or resets its qubits.
    private const double UsualRepetition = 250e-6;

    // An exact matrix product state of this bond is quick on one machine.
    private const double WideBond = 1024;

    /// <summary>where-to-run: what each way would take, and which one to go.</summary>
    public static IEnumerable<AdviceNote> Answer(AdviceSubject subject)
    {
        var (circuit, plan, observable) = (subject.Circuit, subject.Plan, subject.Observable);
        var n = circuit.QubitCount;
        var amplitudes = Math.Pow(2, n);
        var effort = TrainingEffort.Of(plan);
        double steps = plan.Stopping.MaxIterations ?? TrainingEffort.UsualSteps;
        var states = plan.Shots is null && plan.Optimizer.NeedsGradient ? 3 : 2;
        var memory = states * 2.0 * (plan.Precision == Precision.Single ? 4 : 8) * amplitudes;
        var available = (double)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var energy = amplitudes * Math.Max(1, circuit.Operations.Length) / AmplitudesPerSecond;
        var simulation = steps * effort.EnergiesPerStep * (plan.Shots is null ? states : subject.Groups.Count) * energy;
        var fits = memory <= 0.8 * available;

        var classical = observable.IsDiagonal ? n <= ExactEnergies.MaxDiagonalQubits : n <= ExactEnergies.MaxQubits;
        var shots = plan.Shots ?? Math.Ceiling(ShotRules.Variances(subject).Typical / (subject.WantedError * subject.WantedError));
        var energies = steps * (plan.Shots is null && plan.Optimizer.NeedsGradient ? 1 + 2 * circuit.Parameters.Length : effort.EnergiesPerStep);
        var circuits = energies * subject.Groups.Count;
        var device = subject.Device is { } calibration ? new DeviceFigures(calibration) : null;
        var shot = (device?.DurationOf(circuit) ?? 0) + (device?.ReadoutDuration ?? 0) + (subject.Device?.Limits?.RepetitionDelaySeconds ?? UsualRepetition);
        var hours = circuits * shots * shot;
        var price = subject.Device?.Prices is { } prices ? CostOf(prices, circuits, shots, hours) : null;
        var success = device?.SuccessOf(circuit);
        var bond = BondOf(circuit);

        var sentences = new List<string>
        {
            classical
                ? $"Classical: the exact answer is one {(observable.IsDiagonal ? $"search through {Figures.Count(amplitudes)} bit strings" : $"diagonalisation of {Figures.Count(amplitudes)} × {Figures.Count(amplitudes)}, sparse")}; `qtrain exact` does it, in about {Figures.Bytes(observable.IsDiagonal ? 1 << 20 : 8 * 16 * amplitudes)}."
                : $"Classical: {n} qubits are beyond exact diagonalisation here ({(observable.IsDiagonal ? ExactEnergies.MaxDiagonalQubits : ExactEnergies.MaxQubits)} at most)" + (observable.IsDiagonal ? "; heuristics for such problems are strong, compare with one." : "."),
            $"Simulator: {states} states take {Figures.Bytes(memory)} of {Figures.Bytes(available)}, {(fits ? $"about {Figures.Time(simulation)} for {Figures.Count(steps)} steps on one core" : "which does not fit")}"
                + (!fits && bond <= WideBond ? $"; but no cut of the circuit entangles more than a bond of {Figures.Count(bond)}, so that a matrix product state holds it exactly (`qtrain expect --method mps`)." : "."),
            $"Hardware: {Figures.Count(energies)} energies of {subject.Groups.Count} circuit{(subject.Groups.Count == 1 ? "" : "s")} at {Figures.Count(shots)} shots are {Figures.Count(circuits * shots)} shots, {Figures.Time(hours)} of a device{(device is null ? " at 250 µs a shot" : "")}"
                + (price is { } cost ? $" and about {cost.Amount.ToString("#,0", CultureInfo.InvariantCulture)} {cost.Currency}" : subject.Device is null ? "" : "; its prices are not known")
                + (success is { } p ? $"; all gates and readings are right in {Figures.Percent(p)} of the runs." : "."),
        };
        var (answer, why) = (classical, fits, success) switch
        {
            (true, _, _) => ("classical", "The answer is to be had exactly: train to learn how the method does, not for the energy."),
            (_, true, _) => ("simulator", "It fits: a simulator is exact, has no queue and costs nothing."),
            _ when bond <= WideBond => ("simulator", "Its entanglement is small enough for a matrix product state."),
            (_, _, < 0.01) => ("none", "It fits no simulator, and the device's noise leaves nothing of it: make the circuit shorter first."),
            _ => ("hardware", "It fits no simulator here: hardware is the way to run it, with mitigation and a budget."),
        };
        yield return new AdviceNote("where-to-run", AdviceLevel.Information, string.Join(' ', sentences), $"{char.ToUpperInvariant(answer[0])}{answer[1..]}: {why}")
        {
            Figures =
            [
                new("qubits", n), new("classical", classical ? 1 : 0), new("memoryBytes", memory), new("availableBytes", available), new("simulationSeconds", simulation), new("bond", bond),
                new("energies", energies), new("circuits", circuits), new("shots", circuits * shots), new("deviceSeconds", hours),
                .. price is { } money ? [new KeyValuePair<string, double>("price", (double)money.Amount)] : Array.Empty<KeyValuePair<string, double>>(),
                .. success is { } right ? [new KeyValuePair<string, double>("success", right)] : Array.Empty<KeyValuePair<string, double>>(),
            ],
        };
    }

    private static Money? CostOf(Prices prices, double circuits, double shots, double seconds)
    {
        // Beyond this nobody asks for the exact amount, and money is decimal.
        if (circuits > 1e9 || shots > 1e12 || seconds > 1e12 || circuits * shots > 1e18) return null;
        return new Money((prices.PerJob ?? 0) + (decimal)circuits * (prices.PerCircuit ?? 0) + (decimal)(circuits * shots) * (prices.PerShot ?? 0) + (decimal)seconds * (prices.PerSecond ?? 0), prices.Currency);
    }

    /// <summary>The largest bond that a matrix product state may need: every gate across a cut doubles it per qubit, up to the smaller side.</summary>
    internal static double BondOf(Circuit circuit)
    {
        var largest = 1.0;
        var crossings = new int[circuit.QubitCount + 1];
        foreach (var operation in circuit.Operations)
        {
            if (operation.Qubits.Length < 2 || operation is not GateOperation) continue;
            // A gate of two qubits is a sum of at most four products, one with controls or a Pauli rotation of two; a wider matrix may be more.
            var growth = operation is GateOperation { Gate: { ControlCount: 0, Pauli: null } } gate ? 2 * Math.Max(1, gate.Targets.Length - 1) : 1;
            for (var cut = operation.Qubits.Min(); cut < operation.Qubits.Max(); cut++) crossings[cut] += growth;
        }
        for (var cut = 0; cut + 1 < circuit.QubitCount; cut++)
            largest = Math.Max(largest, Math.Pow(2, Math.Min(crossings[cut], Math.Min(cut + 1, circuit.QubitCount - cut - 1))));
        return largest;
    }
}
