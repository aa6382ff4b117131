using System.Runtime.CompilerServices;
using QTrain.Operations.Storage;
using QTrain.Training;

namespace QTrain.Operations.Runs;

/// <summary>What the thread of a training has just had answered and done. That thread only copies the numbers here, into memory that a processor keeps close;
/// hashing, encoding and writing them is done beside the training, by whoever the draft is handed to.</summary>
/// <remarks>Copied, because an optimizer may go on with the arrays it asked with, and because what is held here would live through collections of garbage.</remarks>
internal sealed class JournalDraft
{
    /// <summary>The most records, and the most steps: so many that it does not matter what it takes to wake whoever writes them (20 µs in a virtual machine).</summary>
    private const int Capacity = 1024;

    private const int MostNumbers = 24 * 1024;

    private enum What : byte
    {
        Entry,
        Answer,
        AnswerWithGradient,
    }

    private record struct Answered(
        What What, QuestionKind Kind, QuestionPath Path, int Dimension, int Slopes, int Evaluations, double Loss, double StandardError, long Shots);

    private record struct Made(
        int Member, int Index, int Dimension, bool HasNorm, double Loss, double StandardError, double BestLoss, double GradientNorm, long Evaluations, long Shots,
        long Timestamp);

    private readonly Answered[] _answered = new Answered[Capacity];
    private readonly Made[] _made = new Made[Capacity];
    private readonly JournalPage _entries = new();
    private readonly List<(int At, string Reason)> _failures = [];
    private readonly byte[] _hash = new byte[QuestionHasher.Size];
    private double[] _points = new double[1024], _parameters = new double[1024];
    private QuestionHasher? _hasher;
    private int _answers, _steps, _timed, _pointNumbers, _parameterNumbers;

    /// <summary>Whether there may be no room for one more of everything.</summary>
    public bool IsFull => _answers == Capacity || _steps == Capacity || _pointNumbers >= MostNumbers || _parameterNumbers >= MostNumbers
        || _entries.Size >= sizeof(double) * MostNumbers;

    /// <summary>Puts down an answer.</summary>
    /// <param name="question">What was asked.</param>
    /// <param name="hasher">Hashes it; the same for all answers of a journal.</param>
    /// <param name="answer">What came back.</param>
    public void Add(Question question, QuestionHasher hasher, Answer answer)
    {
        _hasher = hasher;
        var (point, gradient) = (question.Point, answer.Gradient);
        Copy(point, ref _points, ref _pointNumbers);
        if (gradient is not null) Copy(gradient, ref _points, ref _pointNumbers);
        if (answer.Failure is { } reason) _failures.Add((_answers, reason));
        _answered[_answers++] = new Answered(
            gradient is null ? What.Answer : What.AnswerWithGradient, question.Kind, question.Path, point.Length, gradient?.Length ?? 0, answer.Evaluations,
            answer.Loss, answer.StandardError, answer.Shots);
    }

    /// <summary>Puts down any other record.</summary>
    public void Add(in JournalEntry entry)
    {
        _entries.Add(entry);
        _answered[_answers++].What = What.Entry;
    }

    /// <summary>Puts down a step; it has no time before the next <see cref="TellTime"/>.</summary>
    public void Add(int member, TrainingStep step)
    {
        Copy(step.Parameters, ref _parameters, ref _parameterNumbers);
        _made[_steps++] = new Made(
            member, step.Index, step.Parameters.Length, step.GradientNorm.HasValue, step.Loss, step.StandardError, step.BestLoss,
            step.GradientNorm.GetValueOrDefault(), step.Evaluations, step.Shots, 0);
    }

    /// <summary>Gives the steps added since the last time their time: one reading of the clock serves a step and the question after it.</summary>
    public void TellTime(long timestamp)
    {
        for (; _timed < _steps; _timed++) _made[_timed].Timestamp = timestamp;
    }

    /// <summary>Adds everything to a batch of records and forgets it.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="timeOf">The time of a timestamp.</param>
    public void MoveTo(JournalBatch batch, Func<long, DateTimeOffset> timeOf)
    {
        var (at, entry, failure) = (0, 0, 0);
        for (var k = 0; k < _answers; k++)
        {
            ref readonly var a = ref _answered[k];
            if (a.What == What.Entry)
            {
                batch.Entries.Add(_entries[entry++]);
                continue;
            }
            _hasher!.Hash(a.Path, a.Kind, _points.AsSpan(at, a.Dimension), _hash);
            at += a.Dimension;
            var reason = failure < _failures.Count && _failures[failure].At == k ? _failures[failure++].Reason : null;
            batch.Entries.Add(
                a.Path, a.Kind, _hash,
                new AnswerParts(
                    a.Loss, a.StandardError, a.What == What.AnswerWithGradient, _points.AsSpan(at, a.Slopes), a.Evaluations, a.Shots, reason));
            at += a.Slopes;
        }
        at = 0;
        for (var k = 0; k < _steps; k++)
        {
            ref readonly var m = ref _made[k];
            batch.Steps.Add(StepRecord.Of(
                m.Member, m.Index, m.Loss, m.StandardError, m.BestLoss, m.HasNorm ? m.GradientNorm : null, m.Evaluations, m.Shots, timeOf(m.Timestamp),
                _parameters.AsSpan(at, m.Dimension)));
            at += m.Dimension;
        }
        _entries.Clear();
        _failures.Clear();
        _answers = _steps = _timed = _pointNumbers = _parameterNumbers = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(ReadOnlySpan<double> numbers, ref double[] into, ref int length)
    {
        if (into.Length - length < numbers.Length) Array.Resize(ref into, 2 * (length + numbers.Length));
        numbers.CopyTo(into.AsSpan(length));
        length += numbers.Length;
    }
}
