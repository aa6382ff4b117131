using QTrain.Operations.Runs;
using QTrain.Training;

namespace QTrain.Operations.Storage;

/// <summary>Records of one lane and member in the order of their paths as one piece of bytes: a format byte, the records, a checksum.
/// Of a record: by how much its step is past that of the record before, its slot (how far past, within a step), by how much its number is, its kind,
/// the lengths of question and answer, question, answer.</summary>
internal static class JournalBlock
{
    /// <summary>The most records of a block: as many as are read at once.</summary>
    public const int MostRecords = 1024;

    /// <summary>About the most bytes: what fits where memory is quick to be had.</summary>
    public const int MostBytes = 48 * 1024;

    private const byte Format = 1;

    /// <summary>Writes records of a page.</summary>
    /// <param name="page">The page.</param>
    /// <param name="indices">Which of its records, in order.</param>
    /// <param name="firstSequence">The number of the page's first record.</param>
    /// <param name="into">Where to.</param>
    public static void Write(JournalPage page, ReadOnlySpan<int> indices, long firstSequence, ByteWriter into)
    {
        into.Byte(Format);
        var (step, slot, sequence) = (0, 0, 0L);
        foreach (var index in indices)
        {
            var entry = page[index];
            var path = entry.Path;
            var number = firstSequence < 0 ? entry.Sequence : firstSequence + index;
            into.Number((ulong)(path.Step - step));
            into.Number((ulong)(path.Step == step ? path.Slot - slot : path.Slot));
            into.Signed(number - sequence);
            (step, slot, sequence) = (path.Step, path.Slot, number);
            into.Byte((byte)entry.Kind);
            into.Number((ulong)entry.Question.Length);
            into.Number((ulong)entry.Answer.Length);
            into.Bytes(entry.Question);
            into.Bytes(entry.Answer);
        }
        into.Seal();
    }

    /// <summary>Reads the records of a block one after another.</summary>
    internal ref struct Reader
    {
        private readonly JournalLane _lane;
        private readonly int _member;
        private ByteReader _bytes;
        private int _step, _slot;
        private long _sequence;

        /// <exception cref="FormatException">The bytes are damaged, or of a form this version does not know.</exception>
        public Reader(ReadOnlySpan<byte> block, JournalLane lane, int member)
        {
            (_lane, _member) = (lane, member);
            _bytes = new ByteReader(ByteReader.Unseal(block));
            var format = _bytes.Byte();
            if (format != Format) throw new FormatException($"has the form {format}, but this version knows {Format}");
        }

        public JournalEntry Current { get; private set; }

        public bool MoveNext()
        {
            if (_bytes.AtEnd) return false;
            var steps = (int)_bytes.Number();
            var slots = (int)_bytes.Number();
            _slot = steps == 0 ? _slot + slots : slots;
            _step += steps;
            _sequence += _bytes.Signed();
            var kind = (QuestionKind)_bytes.Byte();
            var (question, answer) = ((int)_bytes.Number(), (int)_bytes.Number());
            Current = new JournalEntry
            {
                Sequence = _sequence,
                Lane = _lane,
                Path = new QuestionPath(_member, _step, _slot),
                Kind = kind,
                Name = "",
                Question = _bytes.Bytes(question),
                Answer = _bytes.Bytes(answer),
            };
            return true;
        }
    }
}
