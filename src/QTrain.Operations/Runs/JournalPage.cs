using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using QTrain.Operations.Storage;
using QTrain.Training;

namespace QTrain.Operations.Runs;

/// <summary>Which kind of thing a journal record answers. Records of a lane are read in the order of their paths.</summary>
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "stored as a small number in journals")]
public enum JournalLane : byte
{
    /// <summary>Answers of the evaluator.</summary>
    Answers = 0,

    /// <summary>Readings of the clock.</summary>
    Clock = 1,

    /// <summary>Recorded decisions, named.</summary>
    Decisions = 2,

    /// <summary>Marks: where a member's training may go on, see <see cref="TrainingMark"/>. They repeat what the other lanes determine.</summary>
    Marks = 3,

    /// <summary>Which answer was handed over where several were on their way, see <see cref="IConcurrentEvaluator"/>.</summary>
    Order = 4,

    /// <summary>Answers of the run this one was forked from, copied into <see cref="Answers"/> when the same question is asked.</summary>
    Warm = 16,
}

/// <summary>How sure a record must be before it is used.</summary>
public enum JournalDurability
{
    /// <summary>It can be computed again: it may be written with others, and survives the death of the process but perhaps not of the machine.</summary>
    Free,

    /// <summary>It cost money: it is on the disk, past a power failure, before it is used.</summary>
    Paid,
}

/// <summary>Where a record stands among those of its lane.</summary>
/// <param name="Path">Where in the run.</param>
/// <param name="Name">Which decision, where several are made at a path; otherwise empty.</param>
public readonly record struct JournalPosition(QuestionPath Path, string Name = "");

/// <summary>A record of a journal, as it lies in a <see cref="JournalPage"/>.</summary>
public readonly ref struct JournalEntry
{
    /// <summary>Its number in the journal, from 1; 0 before it is appended.</summary>
    public long Sequence { get; init; }

    /// <summary>Which kind of thing it answers.</summary>
    public JournalLane Lane { get; init; }

    /// <summary>Where it stands in the run.</summary>
    public QuestionPath Path { get; init; }

    /// <summary>What was asked, for answers.</summary>
    public QuestionKind Kind { get; init; }

    /// <summary>The name, for decisions; otherwise empty.</summary>
    public string Name { get; init; }

    /// <summary>The hash of the question, 16 bytes, or 32 from stores of the first schema; empty for readings of the clock.</summary>
    public ReadOnlySpan<byte> Question { get; init; }

    /// <summary>What came back, see <see cref="AnswerCodec"/>.</summary>
    public ReadOnlySpan<byte> Answer { get; init; }

    /// <summary>The same in another lane.</summary>
    internal JournalEntry In(JournalLane lane) =>
        new() { Sequence = Sequence, Lane = lane, Path = Path, Kind = Kind, Name = Name, Question = Question, Answer = Answer };
}

/// <summary>Records of a journal, read or to be appended: one buffer for all their bytes, so that a million of them are not a million objects.</summary>
public sealed class JournalPage
{
    private readonly record struct Header(
        long Sequence, JournalLane Lane, QuestionPath Path, QuestionKind Kind, string Name, int Start, int QuestionLength, int AnswerLength);

    private readonly List<Header> _headers = [];
    private readonly ByteWriter _bytes = new();

    /// <summary>How many records.</summary>
    public int Count => _headers.Count;

    /// <summary>Bytes of all questions and answers.</summary>
    internal long Size => _bytes.Length;

    /// <summary>A record. Its spans are valid until the page is cleared or added to.</summary>
    public JournalEntry this[int index]
    {
        get
        {
            ref readonly var header = ref CollectionsMarshal.AsSpan(_headers)[index];
            var bytes = _bytes.Written[header.Start..];
            return new JournalEntry
            {
                Sequence = header.Sequence,
                Lane = header.Lane,
                Path = header.Path,
                Kind = header.Kind,
                Name = header.Name,
                Question = bytes[..header.QuestionLength],
                Answer = bytes.Slice(header.QuestionLength, header.AnswerLength),
            };
        }
    }

    /// <summary>Where a record stands, without reading it.</summary>
    public QuestionPath PathOf(int index) => CollectionsMarshal.AsSpan(_headers)[index].Path;

    /// <summary>Bytes of a record's question and answer.</summary>
    internal int SizeOf(int index)
    {
        ref readonly var header = ref CollectionsMarshal.AsSpan(_headers)[index];
        return header.QuestionLength + header.AnswerLength;
    }

    /// <summary>Adds a record.</summary>
    public void Add(in JournalEntry entry)
    {
        var start = _bytes.Length;
        _bytes.Bytes(entry.Question);
        _bytes.Bytes(entry.Answer);
        _headers.Add(new Header(entry.Sequence, entry.Lane, entry.Path, entry.Kind, entry.Name ?? "", start, entry.Question.Length, entry.Answer.Length));
    }

    /// <summary>Adds the answer to a question, written straight into the page.</summary>
    internal void Add(QuestionPath path, QuestionKind kind, ReadOnlySpan<byte> hash, in AnswerParts answer)
    {
        var start = _bytes.Length;
        _bytes.Bytes(hash);
        AnswerCodec.Write(answer, _bytes);
        _headers.Add(new Header(0, JournalLane.Answers, path, kind, "", start, hash.Length, _bytes.Length - start - hash.Length));
    }

    /// <summary>Whether a record belongs to a lane and member and is not named.</summary>
    internal bool IsOf(int index, JournalLane lane, int member)
    {
        ref readonly var header = ref CollectionsMarshal.AsSpan(_headers)[index];
        return header.Lane == lane && header.Path.Member == member && header.Name.Length == 0;
    }

    /// <summary>Removes all records and keeps the memory.</summary>
    public void Clear()
    {
        _headers.Clear();
        _bytes.Clear();
    }
}
