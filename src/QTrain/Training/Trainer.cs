using System.Runtime.CompilerServices;

namespace QTrain.Training;

/// <summary>Trains: lets an optimizer ask an evaluator until a rule says stop.</summary>
/// <remarks>The optimizer runs on a thread of its own and asks in a fixed order, so a training is a pure function of its plan and the answers.
/// Questions are numbered by member (0 where there is one), step (how many iterates there were before) and slot (0, 1 … within a step); a reading of the clock
/// takes the slot after the last question of its step.</remarks>
public static class Trainer
{
    /// <summary>Trains on the local simulator.</summary>
    /// <param name="plan">What, how and until when.</param>
    /// <param name="cancellation">Stops the training with reason <see cref="StopReason.Interrupted"/>.</param>
    public static async Task<TrainingResult> TrainAsync(TrainingPlan plan, CancellationToken cancellation = default)
    {
        var evaluator = Evaluators.For(plan);
        using var owned = evaluator as IDisposable;
        return await TrainAsync(plan, evaluator, new SystemRunClock(), onStep: null, cancellation).ConfigureAwait(false);
    }

    /// <summary>Trains by any evaluator.</summary>
    /// <param name="plan">What, how and until when.</param>
    /// <param name="evaluator">Answers the optimizer's questions.</param>
    /// <param name="clock">Asked once a step when <see cref="StoppingRules.MaxTime"/> is set, and never otherwise.</param>
    /// <param name="onStep">Called after every step on the optimizer's thread, which waits for it.</param>
    /// <param name="cancellation">Stops the training with reason <see cref="StopReason.Interrupted"/>, as soon as the evaluator lets go.</param>
    /// <returns>How it ended, with everything known by then.</returns>
    /// <exception cref="OperationCanceledException">Cancelled before the loss at the start was known.</exception>
    public static Task<TrainingResult> TrainAsync(
        TrainingPlan plan, IEvaluator evaluator, IRunClock clock, Action<TrainingStep>? onStep = null, CancellationToken cancellation = default) =>
        TrainAsync(plan, evaluator, clock, new TrainerOptions { OnStep = onStep }, cancellation);

    /// <summary>Trains by any evaluator, one member of an ensemble, or on from a mark.</summary>
    /// <param name="plan">What, how and until when.</param>
    /// <param name="evaluator">Answers the optimizer's questions.</param>
    /// <param name="clock">Asked once a step when <see cref="StoppingRules.MaxTime"/> is set, and never otherwise.</param>
    /// <param name="options">How it is gone through.</param>
    /// <param name="cancellation">Stops the training with reason <see cref="StopReason.Interrupted"/>, as soon as the evaluator lets go.</param>
    /// <returns>How it ended, with everything known by then; of steps before a mark what the mark knows.</returns>
    /// <exception cref="OperationCanceledException">Cancelled before the loss at the start was known.</exception>
    /// <exception cref="QuantumException">The mark does not fit.</exception>
    public static Task<TrainingResult> TrainAsync(
        TrainingPlan plan, IEvaluator evaluator, IRunClock clock, TrainerOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(evaluator);
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(options);
        return SingleThreadScheduler.RunAsync(async () =>
        {
            await using var run = new TrainingRun(plan, evaluator, clock, options, cancellation);
            while (await run.NextAsync()) options.OnStep?.Invoke(run.Step);
            return run.Result;
        });
    }

    /// <summary>Trains on the local simulator, step by step: <c>await foreach (var step in Trainer.StepsAsync(plan))</c>.</summary>
    /// <param name="plan">What, how and until when.</param>
    /// <param name="cancellation">Ends the enumeration with an <see cref="OperationCanceledException"/>; leaving the loop is the quieter way.</param>
    public static async IAsyncEnumerable<TrainingStep> StepsAsync(
        TrainingPlan plan, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var evaluator = Evaluators.For(plan);
        using var owned = evaluator as IDisposable;
        await foreach (var step in StepsAsync(plan, evaluator, new SystemRunClock(), cancellation).ConfigureAwait(false)) yield return step;
    }

    /// <summary>Trains by any evaluator, step by step. The next step is computed when it is asked for.</summary>
    /// <param name="plan">What, how and until when.</param>
    /// <param name="evaluator">Answers the optimizer's questions.</param>
    /// <param name="clock">Asked once a step when <see cref="StoppingRules.MaxTime"/> is set, and never otherwise.</param>
    /// <param name="cancellation">Ends the enumeration with an <see cref="OperationCanceledException"/>; leaving the loop is the quieter way.</param>
    public static async IAsyncEnumerable<TrainingStep> StepsAsync(
        TrainingPlan plan, IEvaluator evaluator, IRunClock clock, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(evaluator);
        ArgumentNullException.ThrowIfNull(clock);
        using var scheduler = new SingleThreadScheduler();
        var run = new TrainingRun(plan, evaluator, clock, new TrainerOptions(), cancellation);
        try
        {
            while (await scheduler.InvokeAsync(run.NextAsync).ConfigureAwait(false)) yield return run.Step;
            if (run.StopReason == StopReason.Interrupted) cancellation.ThrowIfCancellationRequested();
        }
        finally
        {
            await scheduler.InvokeAsync(async () =>
            {
                await run.DisposeAsync();
                return true;
            }).ConfigureAwait(false);
        }
    }
}
