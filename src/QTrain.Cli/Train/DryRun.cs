using System.Text.Json.Nodes;
using QTrain.Circuits;
using QTrain.Devices;
using QTrain.Cli.Terminal;
using QTrain.Observables;
using QTrain.Operations.Advice;
using QTrain.Operations.Specs;
using QTrain.Simulation;
using QTrain.Training;
using QTrain.Training.Noisy;

namespace QTrain.Cli.Train;

/// <summary>What a training would take, without training.</summary>
internal static class DryRun
{
    public static int Write(PreparedSpec prepared, SimulationOptions simulation, ResultWriter result)
    {
        var plan = prepared.Plan;
        var circuit = plan.Problem.Ansatz;
        var groups = MeasurementGroups.QubitWise(plan.Problem.Observable).Length;
        var effort = TrainingEffort.Of(plan);
        // What a device makes of the circuits is known only once they are compiled for it.
        using var device = plan.Noise is null ? null : (MeasuredEvaluator)Evaluators.For(plan, simulation);
        var method = device?.Method ?? effort.Method;
        var energies = device is not null && plan.Optimizer.NeedsGradient ? device.EnergiesPerGradient : effort.EnergiesPerStep;
        // Measured, every group of terms is a circuit; exactly, every energy is one pass through the circuit.
        var circuits = energies * (plan.Shots is null && device is null ? 1 : groups);
        var used = device?.Circuits.Select(c => c.Circuit.QubitCount).DefaultIfEmpty().Max() ?? circuit.QubitCount;
        var isMixed = device is not null && (plan.Shots is null || used <= MeasuredEvaluator.MostDensityQubits);
        var states = device?.MatrixCount ?? (plan.Shots is not null ? 2 : plan.Optimizer.NeedsGradient && method == GradientMethod.Adjoint ? 3 : 1);
        var memory = states * Math.Max(128.0, isMixed ? 8 * Math.Pow(4, used) : 2.0 * plan.Precision.ElementBytes() * Math.Pow(2, used));
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var operations = circuit.GateCounts.Values.Sum();

        result.Write(
            () => new JsonObject
            {
                ["name"] = plan.Problem.Name,
                ["qubits"] = circuit.QubitCount,
                ["parameters"] = circuit.Parameters.Length,
                ["gates"] = operations,
                ["gateCounts"] = new JsonObject(circuit.GateCounts.Select(g => KeyValuePair.Create(g.Key, (JsonNode?)JsonValue.Create(g.Value)))),
                ["depth"] = circuit.Depth,
                ["terms"] = plan.Problem.Observable.Terms.Length,
                ["groups"] = groups,
                ["optimizer"] = plan.Optimizer.Name,
                ["gradient"] = plan.Optimizer.NeedsGradient ? method.ToString().ToLowerInvariant() : null,
                ["energiesPerStep"] = energies,
                ["circuitsPerStep"] = circuits,
                ["shotsPerStep"] = plan.Shots is { } each ? (long)circuits * each : 0,
                ["device"] = plan.Noise?.Name,
                ["deviceQubits"] = device is null ? null : used,
                ["precision"] = plan.Precision.Name(),
                ["memoryBytes"] = ResultWriter.Number(memory),
                ["availableBytes"] = available,
                ["fits"] = memory <= available,
                ["maxIterations"] = plan.Stopping.MaxIterations,
                ["knownOptimum"] = ResultWriter.Number(plan.Problem.KnownOptimum),
                ["unit"] = plan.Problem.Unit,
                ["spec"] = JsonNode.Parse(prepared.Json),
            },
            text =>
            {
                text.WriteLine(result.Terminal.Bold(plan.Problem.Name) + "  would be trained, nothing is");
                var table = new TextTable("", "");
                table.Row("  qubits", circuit.QubitCount.ToString());
                table.Row("  parameters", Show.Count(circuit.Parameters.Length));
                table.Row("  circuit", $"{Show.Count(operations)} gates ({string.Join(", ", circuit.GateCounts.OrderByDescending(g => g.Value).Take(6).Select(g => $"{g.Value} {g.Key}"))}), depth {Show.Count(circuit.Depth)}");
                table.Row("  observable", $"{Show.Count(plan.Problem.Observable.Terms.Length)} terms, {Show.Count(groups)} groups measured together");
                if (device is not null)
                    table.Row("  device", $"{plan.Noise!.Name}{(plan.Twin is null ? "" : ", a twin")}: {device.Circuits.Length} circuits {(plan.Noise is DeviceNoiseSource ? "compiled to at most" : "on")} {Show.Count(used, "qubit")}, "
                        + $"{device.Circuits.Select(c => c.Circuit.Operations.Count(o => o is GateOperation && o.Qubits.Length == 2)).DefaultIfEmpty().Max()} two-qubit gates each");
                table.Row("  optimizer", plan.Optimizer.Name + (plan.Optimizer.NeedsGradient ? $", gradients by {Words(method)}" : ", no gradients"));
                table.Row("  a step", $"{(effort.IsExact ? "" : "about ")}{Show.Count(energies)} {(energies == 1 ? "evaluation" : "evaluations")}"
                    + (plan.Shots is { } shots ? $", {Show.Count(circuits)} circuits, {Show.Count((long)circuits * shots)} shots" : device is null ? ", exact" : $", {Show.Count(circuits)} circuits, exact"));
                table.Row("  memory", $"{Show.Bytes(memory)} for {states} {(isMixed ? "mixed states" : states == 1 ? "state" : "states")}{(plan.Precision == Precision.Single ? " of single precision" : "")}, {Show.Bytes(available)} available"
                    + (memory > available ? result.Terminal.Red("  it does not fit") : ""));
                table.Row("  threads", simulation.Threads == 0 ? $"all processors ({Environment.ProcessorCount})" : simulation.Threads.ToString());
                table.Row("  stops", Stops(plan));
                if (plan.Problem.KnownOptimum is { } exact) table.Row("  exact", Show.Loss(exact) + Show.Unit(plan.Problem.Unit));
                table.Write(text, result.Terminal);
            });
        return ExitCode.Success;
    }

    private static string Words(GradientMethod method) => method switch
    {
        GradientMethod.Shift => "parameter shift",
        GradientMethod.Difference => "central differences",
        _ => "the adjoint method",
    };

    private static string Stops(TrainingPlan plan)
    {
        var rules = plan.Stopping;
        var parts = new List<string>();
        if (rules.MaxIterations is { } iterations) parts.Add($"after {Show.Count(iterations)} iterations");
        if (rules.MaxEvaluations is { } evaluations) parts.Add($"after {Show.Count(evaluations)} evaluations");
        if (rules.MaxTime is { } time) parts.Add($"after {Show.Time(time)}");
        if (rules.LossTolerance is { } tolerance) parts.Add($"when a step changes the loss by at most {tolerance:R}");
        if (rules.GradientTolerance is { } gradient) parts.Add($"when the gradient's norm is at most {gradient:R}");
        if (rules.PlateauSteps is { } plateau) parts.Add($"after {plateau} steps without improvement");
        if (rules.DivergenceAbove is { } divergence) parts.Add($"when the loss rises by more than {divergence:R}");
        return parts.Count == 0 ? "when the optimizer has converged" : string.Join(", ", parts);
    }
}
