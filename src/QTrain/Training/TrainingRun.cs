using QTrain.Numerics;
using QTrain.Optimizers;

namespace QTrain.Training;

/// <summary>A training on its way: pulls iterates out of the optimizer, counts what they cost, and decides when to stop.</summary>
internal sealed class TrainingRun : IAsyncDisposable
{
    private readonly StoppingRules _rules;
    private readonly IRunClock _clock;
    private readonly PathedObjective _objective;
    private readonly IAsyncEnumerator<Iterate> _iterates;
    private readonly CancellationToken _cancellation;
    private readonly TrajectoryHash _trajectory;

    private Iterate? _initial, _last, _best;
    private int _index = -1;
    private double _plateauLoss = double.PositiveInfinity;
    private int _plateauIndex;

    public TrainingRun(TrainingPlan plan, IEvaluator evaluator, IRunClock clock, TrainerOptions options, CancellationToken cancellation)
    {
        var start = plan.StartOf(options.Member).AsSpan().ToArray();
        if (start.Length != evaluator.Dimension)
            throw new QuantumException(
                $"The start has {start.Length} values but the circuit has {evaluator.Dimension} parameters: give one value for each, in their order.");
        (_rules, _clock, _cancellation) = (plan.Stopping, clock, cancellation);
        _objective = new PathedObjective(evaluator, _rules.MaxEvaluations, options.Member, options.OnMark is null ? null : options.MarkEvery)
        {
            OnMark = state => options.OnMark?.Invoke(TrainingMark.Write(_index, plan, evaluator, options.Member, to => Write(to, state))),
        };
        var random = RandomPurpose.Optimizer.Stream(plan.Seed, options.Member);
        if (options.From is { } mark)
        {
            if (mark.MisfitWith(plan, evaluator, options.Member) is { } misfit) throw Unfit(misfit);
            using var state = mark.ReadState();
            _trajectory = new TrajectoryHash(state);
            _iterates = (plan.Optimizer.ResumeAsync(_objective, Read(state), random, cancellation)
                ?? throw Unfit($"the optimizer {plan.Optimizer.Name} does not understand the mark after step {mark.Step}")).GetAsyncEnumerator(cancellation);
            _objective.BeginStep(_index + 1);
            return;
        }
        _trajectory = new TrajectoryHash();
        _iterates = plan.Optimizer.MinimizeAsync(_objective, start, random, cancellation).GetAsyncEnumerator(cancellation);

        static QuantumException Unfit(string why) => new($"The training cannot go on from there: {why}. Train from the beginning.");
    }

    /// <summary>Null while the training goes on.</summary>
    public StopReason? StopReason { get; private set; }

    /// <summary>The step arrived at last.</summary>
    public TrainingStep Step => new(
        _index, _last!.Parameters, _last.Loss, _last.StandardError, BestLoss, _last.GradientNorm, _objective.Evaluations, _objective.Shots);

    public TrainingResult Result => new()
    {
        StopReason = StopReason!.Value,
        InitialLoss = _initial!.Loss,
        FinalLoss = _last!.Loss,
        FinalStandardError = _last.StandardError,
        FinalParameters = _last.Parameters,
        BestLoss = BestLoss,
        BestParameters = (_best ?? _initial).Parameters,
        Iterations = _index,
        Evaluations = _objective.Evaluations,
        Shots = _objective.Shots,
        TrajectoryHash = _trajectory.ToHex(),
    };

    private double BestLoss => _best?.Loss ?? double.NaN;

    /// <summary>Makes one step. False when there was none to make: the training has stopped. True with <see cref="StopReason"/> set: this was the last.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before there was a first step, so there is nothing to tell.</exception>
    public async ValueTask<bool> NextAsync()
    {
        if (StopReason is not null) return false;
        try
        {
            _cancellation.ThrowIfCancellationRequested();
            if (!await _iterates.MoveNextAsync())
            {
                StopReason = Training.StopReason.Tolerance;
                return false;
            }
        }
        catch (TrainingStopException stop)
        {
            StopReason = stop.Reason;
            return false;
        }
        catch (OperationCanceledException) when (_index >= 0 && _cancellation.IsCancellationRequested)
        {
            StopReason = Training.StopReason.Interrupted;
            return false;
        }

        var previous = _last;
        var iterate = _last = _iterates.Current;
        _index++;
        _initial ??= iterate;
        Append(iterate);
        if (double.IsFinite(iterate.Loss) && !(iterate.Loss >= _best?.Loss)) _best = iterate;
        try
        {
            StopReason = await DecideAsync(iterate, previous);
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            StopReason = Training.StopReason.Interrupted;
        }
        _objective.BeginStep(_index + 1);
        return true;
    }

    public ValueTask DisposeAsync() => _iterates.DisposeAsync();

    private async ValueTask<StopReason?> DecideAsync(Iterate iterate, Iterate? previous)
    {
        if (!double.IsFinite(iterate.Loss) || iterate.Loss - _initial!.Loss > _rules.DivergenceAbove) return Training.StopReason.Divergence;
        if (_objective.Evaluations >= _rules.MaxEvaluations) return Training.StopReason.Evaluations;
        if (_index >= _rules.MaxIterations) return Training.StopReason.Iterations;
        if (_rules.MaxTime is { } limit && await _clock.ElapsedAsync(_objective.NextPath(), _cancellation) >= limit)
            return Training.StopReason.Time;
        if (iterate.GradientNorm <= _rules.GradientTolerance) return Training.StopReason.Tolerance;
        // An iteration that stays where it was (Nelder–Mead, when no vertex beats the best) says nothing about convergence.
        if (previous is not null && !ReferenceEquals(previous.Parameters, iterate.Parameters)
            && Math.Abs(iterate.Loss - previous.Loss) <= _rules.LossTolerance) return Training.StopReason.Tolerance;
        if (_plateauLoss - iterate.Loss > _rules.PlateauTolerance) (_plateauLoss, _plateauIndex) = (iterate.Loss, _index);
        return _index - _plateauIndex >= _rules.PlateauSteps ? Training.StopReason.Plateau : null;
    }

    private void Append(Iterate iterate)
    {
        foreach (var value in iterate.Parameters) _trajectory.Add(value);
        _trajectory.Add(iterate.Loss);
    }

    private void Write(BinaryWriter to, OptimizerState state)
    {
        _trajectory.Write(to);
        to.Write(_index);
        _objective.Write(to);
        to.Write(_plateauLoss);
        to.Write(_plateauIndex);
        Write(to, _initial!);
        Write(to, _last!);
        to.Write(_best is not null);
        if (_best is not null) Write(to, _best);
        to.Write(state.Version);
        TrainingMark.Write(to, state.Numbers.AsSpan());
    }

    private OptimizerState Read(BinaryReader from)
    {
        _index = from.ReadInt32();
        _objective.Read(from);
        (_plateauLoss, _plateauIndex) = (from.ReadDouble(), from.ReadInt32());
        (_initial, _last) = (ReadIterate(from), ReadIterate(from));
        if (from.ReadBoolean()) _best = ReadIterate(from);
        return new OptimizerState(from.ReadInt32(), [.. TrainingMark.ReadNumbers(from)]);
    }

    private static void Write(BinaryWriter to, Iterate iterate)
    {
        TrainingMark.Write(to, iterate.Parameters);
        to.Write(iterate.Loss);
        to.Write(iterate.StandardError);
        to.Write(iterate.GradientNorm is not null);
        to.Write(iterate.GradientNorm ?? 0);
    }

    private static Iterate ReadIterate(BinaryReader from)
    {
        var (parameters, loss, standardError) = (TrainingMark.ReadNumbers(from), from.ReadDouble(), from.ReadDouble());
        var (known, norm) = (from.ReadBoolean(), from.ReadDouble());
        return new Iterate(parameters, loss, standardError, known ? norm : null);
    }
}
