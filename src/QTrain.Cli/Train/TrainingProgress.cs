using System.Diagnostics;
using QTrain.Cli.Terminal;
using QTrain.Training;

namespace QTrain.Cli.Train;

/// <summary>What is known of a training on its way: the losses so far, how fast it goes and how long it may still take.</summary>
internal sealed class TrainingProgress(TrainingPlan plan)
{
    private const double WindowSeconds = 5;

    private readonly Lock _lock = new();
    private readonly List<double> _losses = [];
    private readonly Queue<(long At, int Index, long Evaluations)> _window = new();
    private readonly long _began = Stopwatch.GetTimestamp();
    private TrainingStep? _last;

    public TrainingPlan Plan { get; } = plan;

    public TrainingStep? Last
    {
        get
        {
            lock (_lock) return _last;
        }
    }

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_began);

    public void Add(TrainingStep step)
    {
        var now = Stopwatch.GetTimestamp();
        lock (_lock)
        {
            _last = step;
            _losses.Add(step.Loss);
            _window.Enqueue((now, step.Index, step.Evaluations));
            // A minute's worth of quick steps need not be kept to know the last seconds.
            while (_window.Count > 2 && (Stopwatch.GetElapsedTime(_window.Peek().At, now).TotalSeconds > WindowSeconds || _window.Count > 100_000)) _window.Dequeue();
        }
    }

    public double[] Losses()
    {
        lock (_lock) return [.. _losses];
    }

    /// <summary>Evaluations a second, over the last seconds; null before it can be told.</summary>
    public double? EvaluationsPerSecond => Rates()?.Evaluations;

    /// <summary>How long until a limit of the spec is reached at this pace; the training may well converge before. Null when it cannot be told.</summary>
    public TimeSpan? AtMostLeft
    {
        get
        {
            if (Rates() is not { } rates || Last is not { } last) return null;
            var rules = Plan.Stopping;
            double? left = null;
            void Limit(double? seconds) => left = seconds is { } s && s >= 0 ? Math.Min(left ?? double.MaxValue, s) : left;
            if (rates.Steps > 0) Limit((rules.MaxIterations - last.Index) / rates.Steps);
            if (rates.Evaluations > 0) Limit((rules.MaxEvaluations - last.Evaluations) / rates.Evaluations);
            Limit((rules.MaxTime - Elapsed)?.TotalSeconds);
            return left is { } seconds && seconds < 1e9 ? TimeSpan.FromSeconds(seconds) : null;
        }
    }

    /// <summary>The state in one line.</summary>
    /// <param name="ended">Whether nothing more is to come.</param>
    public string Line(bool ended = false)
    {
        var last = Last!;
        var parts = new List<string>
        {
            $"step {last.Index,5}",
            $"loss {Show.Loss(last.Loss, last.StandardError)}",
            $"best {Show.Loss(last.BestLoss)}",
        };
        if (last.GradientNorm is { } norm) parts.Add($"|gradient| {Show.Small(norm)}");
        parts.Add(Show.Count(last.Evaluations, "evaluation"));
        if (EvaluationsPerSecond is { } rate) parts.Add($"{rate:0}/s");
        if (!ended && AtMostLeft is { } left) parts.Add($"at most {Show.Time(left)} left");
        return string.Join("  ", parts);
    }

    private (double Steps, double Evaluations)? Rates()
    {
        lock (_lock)
        {
            if (_window.Count < 2) return null;
            var (first, last) = (_window.Peek(), _last!);
            var seconds = Stopwatch.GetElapsedTime(first.At).TotalSeconds;
            return seconds < 1e-3 ? null : ((last.Index - first.Index) / seconds, (last.Evaluations - first.Evaluations) / seconds);
        }
    }
}
