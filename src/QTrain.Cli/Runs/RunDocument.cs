using System.Text.Json.Nodes;
using QTrain.Cli.Terminal;
using QTrain.Operations.Runs;

namespace QTrain.Cli.Runs;

/// <summary>A run as a JSON document: what train and resume print, and what show begins with. A contract: fields may be added.</summary>
internal static class RunDocument
{
    public static JsonObject Of(RunRecord run, RunResult? result)
    {
        var training = result?.Training;
        return new JsonObject
        {
            ["run"] = run.Id.Value,
            ["name"] = run.Name,
            ["status"] = Status(run.Status),
            ["initialLoss"] = ResultWriter.Number(training?.InitialLoss),
            ["finalLoss"] = ResultWriter.Number(training?.FinalLoss),
            ["finalStandardError"] = ResultWriter.Number(training?.FinalStandardError),
            ["bestLoss"] = ResultWriter.Number(training?.BestLoss),
            ["bestParameters"] = ResultWriter.Numbers(result is null ? [] : result.ParameterNames.Zip(result.Training.BestParameters, KeyValuePair.Create)),
            ["iterations"] = training?.Iterations ?? 0,
            ["evaluations"] = training?.Evaluations ?? 0,
            ["shots"] = training?.Shots ?? 0,
            ["seconds"] = ResultWriter.Number(result?.Seconds ?? run.Worked.TotalSeconds),
            ["stopReason"] = StopReason(run, result),
            ["trajectoryHash"] = training?.TrajectoryHash,
            ["fingerprint"] = run.Fingerprint,
            ["knownOptimum"] = ResultWriter.Number(result?.KnownOptimum),
            ["unit"] = result?.Unit,
            ["device"] = Device(result?.Device),
            ["failure"] = string.IsNullOrEmpty(run.Failure) ? null : run.Failure,
        };
    }

    private static JsonObject? Device(DeviceOutcome? outcome) => outcome is null ? null : new JsonObject
    {
        ["name"] = outcome.Device,
        ["calibration"] = outcome.CalibrationId,
        ["calibratedAt"] = outcome.CalibratedAt?.ToString("O"),
        ["idealLoss"] = ResultWriter.Number(outcome.Delta.IdealLoss),
        ["noisyLoss"] = ResultWriter.Number(outcome.Delta.NoisyLoss),
        ["totalVariation"] = new JsonArray([.. outcome.Delta.TotalVariation.Select(d => ResultWriter.Number(d))]),
        ["hellinger"] = new JsonArray([.. outcome.Delta.Hellinger.Select(d => ResultWriter.Number(d))]),
    };

    /// <summary>Where a run stands, as programs read it.</summary>
    public static string Status(RunStatus status) => status.ToString().ToLowerInvariant();

    /// <summary>Why a run stopped; null while it goes on and when it failed.</summary>
    public static string? StopReason(RunRecord run, RunResult? result) => run.Status switch
    {
        RunStatus.Completed => result?.Training.StopReason.ToString().ToLowerInvariant(),
        RunStatus.Interrupted => "interrupted",
        _ => null,
    };

    public static JsonObject Step(StepRecord step) => new()
    {
        ["member"] = step.Member,
        ["step"] = step.Index,
        ["loss"] = ResultWriter.Number(step.Loss),
        ["standardError"] = ResultWriter.Number(step.StandardError),
        ["bestLoss"] = ResultWriter.Number(step.BestLoss),
        ["gradientNorm"] = ResultWriter.Number(step.GradientNorm),
        ["evaluations"] = step.Evaluations,
        ["shots"] = step.Shots,
        ["time"] = step.At.ToString("O"),
    };
}
