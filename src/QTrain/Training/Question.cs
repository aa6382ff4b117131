using System.Diagnostics.CodeAnalysis;

namespace QTrain.Training;

/// <summary>Where a question stands in a run. Given when it is asked, never when it is answered, so it is the same on every replay.</summary>
/// <param name="Member">Which member of an ensemble asks; 0 where there is one.</param>
/// <param name="Step">The step that asks; 0 before the first update.</param>
/// <param name="Slot">Counts the questions of a step.</param>
public readonly record struct QuestionPath(int Member, int Step, int Slot) : IComparable<QuestionPath>
{
    /// <summary>Order of member, step, slot.</summary>
    public int CompareTo(QuestionPath other) =>
        Member != other.Member ? Member.CompareTo(other.Member) : Step != other.Step ? Step.CompareTo(other.Step) : Slot.CompareTo(other.Slot);

    /// <summary><c>member/step/slot</c>.</summary>
    public override string ToString() => $"{Member}/{Step}/{Slot}";

    /// <summary>Whether the left comes first.</summary>
    public static bool operator <(QuestionPath left, QuestionPath right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left comes last.</summary>
    public static bool operator >(QuestionPath left, QuestionPath right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left does not come last.</summary>
    public static bool operator <=(QuestionPath left, QuestionPath right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left does not come first.</summary>
    public static bool operator >=(QuestionPath left, QuestionPath right) => left.CompareTo(right) >= 0;
}

/// <summary>What is asked at a point.</summary>
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "stored as one byte in journals")]
public enum QuestionKind : byte
{
    /// <summary>The loss.</summary>
    Loss = 0,

    /// <summary>The loss and its gradient.</summary>
    Gradient = 1,
}

/// <summary>One question of an optimizer to the world: the loss, or loss and gradient, at a point.</summary>
/// <param name="Path">Its identity in the run; also keys the randomness of its shots.</param>
/// <param name="Kind">What is asked.</param>
/// <param name="Point">Parameter values, in the order of the problem's parameters. Not to be written to after asking.</param>
public sealed record Question(QuestionPath Path, QuestionKind Kind, double[] Point)
{
    /// <summary>How many questions the optimizer asked with this one, itself included. It belongs to the question: where only some of them are still to
    /// be answered, as when a run is resumed, it does not change. An evaluator may choose by it how to answer.</summary>
    public int AskedTogether { get; init; } = 1;
}

/// <summary>What came back. A loss that is not finite is an answer too: the training diverged there.</summary>
/// <param name="Loss">The loss; an estimate when measured with shots.</param>
/// <param name="StandardError">Standard error of the loss; 0 when exact.</param>
/// <param name="Gradient">The gradient when asked for, in the order of the parameters.</param>
/// <param name="Evaluations">How many energies were evaluated for it: 1 for a loss or an adjoint gradient, 1 and two or four a rotation for a shift gradient.</param>
/// <param name="Shots">Shots spent in all measured circuits; 0 when exact.</param>
public sealed record Answer(double Loss, double StandardError = 0, double[]? Gradient = null, int Evaluations = 1, long Shots = 0)
{
    /// <summary>Why the question can never be answered, such as a circuit that a device refuses; null for an answer. A permanent failure is
    /// recorded like any answer, so that a resumed run neither asks nor pays again; a passing fault or a cancellation is thrown instead.</summary>
    public string? Failure { get; init; }

    /// <summary>The answer to a question that can never be answered.</summary>
    public static Answer Failed(string reason) => new(double.NaN, Evaluations: 0) { Failure = reason };
}

/// <summary>A question was answered with a permanent failure, so the training cannot go on.</summary>
public sealed class EvaluationFailedException(QuestionPath path, string reason)
    : QuantumException($"Question {path} can never be answered: {reason}")
{
    /// <summary>The question.</summary>
    public QuestionPath Path { get; } = path;

    /// <summary>Why.</summary>
    public string Reason { get; } = reason;
}

/// <summary>Answers questions: a simulator, a journal in front of one, hardware.</summary>
public interface IEvaluator
{
    /// <summary>How many parameters a point has.</summary>
    int Dimension { get; }

    /// <summary>A text that identifies everything that determines an answer apart from the question: circuit, observable, shots, seed,
    /// gradient method, versions of the arithmetic. Hashed into every recorded question.</summary>
    string Identity { get; }

    /// <summary>Answers a batch, in asking order. The same question has the same answer to the bit, on any number of threads.</summary>
    /// <remarks>A cancellation throws and is never an answer.</remarks>
    ValueTask<Answer[]> AnswerAsync(IReadOnlyList<Question> questions, CancellationToken cancellation);
}

/// <summary>How long a run has been worked on: the only clock that may change what a run does. Operations journals every reading.</summary>
public interface IRunClock
{
    /// <summary>Working time since the run began, over all its sessions.</summary>
    ValueTask<TimeSpan> ElapsedAsync(QuestionPath path, CancellationToken cancellation);
}
