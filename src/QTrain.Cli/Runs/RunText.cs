using System.Collections.Immutable;
using QTrain.Cli.Terminal;
using QTrain.Operations.Runs;

namespace QTrain.Cli.Runs;

/// <summary>A run as text for a person.</summary>
internal static class RunText
{
    /// <summary>How it stands and what came of it, in a few aligned lines.</summary>
    public static void Write(TextWriter text, CommandTerminal terminal, RunRecord run, RunResult? result)
    {
        var reason = RunDocument.StopReason(run, result);
        text.WriteLine($"{terminal.Bold(run.Name)}  run {run.Id}  {Status(terminal, run.Status)}{(reason is null or "interrupted" ? "" : $" ({Reason(reason)})")}");
        if (!string.IsNullOrEmpty(run.Failure)) text.WriteLine($"  {terminal.Red(run.Failure)}");
        if (result is null) return;
        var (training, unit) = (result.Training, result.Unit);
        var table = new TextTable("", ">", "", "");
        table.Row("  initial loss", Show.Loss(training.InitialLoss), unit, "");
        table.Row("  final loss", Show.Loss(training.FinalLoss), unit, training.FinalStandardError > 0 ? $"± {training.FinalStandardError:F6} standard error" : "");
        table.Row("  best loss", Show.Loss(training.BestLoss), unit, training.FinalStandardError > 0 ? "measured with shots: the lowest of noisy values" : "");
        if (result.KnownOptimum is { } exact) table.Row("  exact", Show.Loss(exact), unit, Distance(terminal, result, exact));
        if (result.Device is { } device)
        {
            table.Row("  without noise", Show.Loss(device.Delta.IdealLoss), unit, "the final parameters on an ideal device");
            table.Row($"  on {device.Device}", Show.Loss(device.Delta.NoisyLoss), unit, $"for infinitely many shots; noise adds {Show.Difference(device.Delta.NoisyLoss - device.Delta.IdealLoss, unit)}");
        }
        table.Write(text, terminal);
        if (result.Device is { } from) text.WriteLine($"  {Departure(from)}");
        text.WriteLine($"  {Show.Count(training.Iterations, "iteration")}, {Show.Count(training.Evaluations, "evaluation")}"
            + (training.Shots > 0 ? $", {Show.Count(training.Shots, "shot")}" : "") + $", {Show.Time(TimeSpan.FromSeconds(result.Seconds))}");
        text.WriteLine(terminal.Dim($"  trajectory {training.TrajectoryHash[..16]}…  on {run.Fingerprint}"));
    }

    public static string Status(CommandTerminal terminal, RunStatus status) => status switch
    {
        RunStatus.Completed => terminal.Green("completed"),
        RunStatus.Failed => terminal.Red("failed"),
        RunStatus.Interrupted or RunStatus.Paused => terminal.Yellow(RunDocument.Status(status)),
        _ => RunDocument.Status(status),
    };

    /// <summary>How far a device's outcomes are from ideal ones, in a line.</summary>
    public static string Departure(DeviceOutcome device) =>
        $"outcomes depart from ideal ones by {Range(device.Delta.TotalVariation)} in total variation, {Range(device.Delta.Hellinger)} in Hellinger distance"
        + (device.CalibrationId.Length == 0 ? "" : $" (calibration {device.CalibrationId[..12]}{(device.CalibratedAt is { } at ? $" of {at:yyyy-MM-dd}" : "")})");

    private static string Range(ImmutableArray<double> distances)
    {
        var (low, high) = (distances.DefaultIfEmpty().Min(), distances.DefaultIfEmpty().Max());
        return $"{low:F3}" == $"{high:F3}" ? $"{high:F3}" : $"{low:F3} to {high:F3}";
    }

    // The lowest of noisy values says nothing about how near the exact one is; the last estimate with its error does.
    private static string Distance(CommandTerminal terminal, RunResult result, double exact)
    {
        var (training, unit) = (result.Training, result.Unit);
        var noisy = training.Shots > 0;
        var difference = (noisy ? training.FinalLoss : training.BestLoss) - exact;
        if (!double.IsFinite(difference)) return "";
        var accuracy = noisy || unit != "hartree" ? "" : difference <= 1.6e-3 ? terminal.Green(", within chemical accuracy (1.6)") : ", chemical accuracy is 1.6";
        return $"{(noisy ? "final" : "best")} − exact = {Show.Difference(difference, unit)}{accuracy}";
    }

    private static string Reason(string reason) => reason switch
    {
        "tolerance" => "converged within its tolerance",
        "plateau" => "no improvement any more",
        "divergence" => "the loss diverged",
        "evaluations" => "its evaluations are used up",
        "iterations" => "its iterations are used up",
        "time" => "its time is used up",
        _ => reason,
    };
}
