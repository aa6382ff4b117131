using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using QTrain.Simulation.Stabilizer;

namespace QTrain.Formats;

/// <summary>Stim's text format of stabilizer circuits, <c>.stim</c>.</summary>
/// <remarks>Every instruction of Stim's gate reference is read. Sweep bits are 0, as where no table of them is given.</remarks>
public static class StimText
{
    /// <summary>The largest number of a qubit.</summary>
    internal const int MaxQubit = (1 << 24) - 1;

    /// <summary>How deep REPEAT blocks may be nested.</summary>
    internal const int MaxNesting = 64;

    private const long MaxRepetitions = 1_000_000_000_000_000_000;
    private const int MaxObservable = (1 << 20) - 1;

    /// <summary>Reads a circuit.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">The file as the user named it, for messages.</param>
    /// <exception cref="InvalidFileException">The text is not right; says where, what was given and what is allowed.</exception>
    public static StimCircuit Read(string text, string file)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(file);
        var blocks = new Stack<(StimInstruction Head, int Line, ImmutableArray<StimInstruction>.Builder Body)>();
        var body = ImmutableArray.CreateBuilder<StimInstruction>();
        var number = 0;
        foreach (var written in text.TrimStart('\uFEFF').AsSpan().EnumerateLines())
        {
            number++;
            var line = new StimLine(written, file, number);
            if (line.IsEmpty) continue;
            if (line.IsBlockEnd)
            {
                if (blocks.Count == 0) throw line.Fault("'}' ends no block: there is no REPEAT before it that is still open.");
                if (body.Count == 0) throw line.Fault("the REPEAT block is empty: put something into it, or remove it.");
                var (head, _, outer) = blocks.Pop();
                outer.Add(head with { Body = body.ToImmutable() });
                body = outer;
                continue;
            }
            var instruction = line.ReadInstruction(out var opensBlock);
            if (!opensBlock)
            {
                body.Add(instruction);
                continue;
            }
            if (blocks.Count == MaxNesting) throw line.Fault($"REPEAT blocks are nested deeper than {MaxNesting}.");
            blocks.Push((instruction, number, body));
            body = ImmutableArray.CreateBuilder<StimInstruction>();
        }
        if (blocks.Count > 0) throw new InvalidFileException(file, blocks.Peek().Line, 1, "the REPEAT block that begins here does not end: a line '}' is missing.");
        var instructions = body.ToImmutable();
        CheckRecords(instructions, 0, file);
        return new StimCircuit(instructions);
    }

    /// <summary>The circuit as text; <see cref="Read"/> reads it back as an equal circuit.</summary>
    public static string Write(StimCircuit circuit)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        var text = new StringBuilder();
        Write(circuit.Instructions, 0, text);
        return text.ToString();
    }

    private static void Write(ImmutableArray<StimInstruction> instructions, int indent, StringBuilder text)
    {
        foreach (var instruction in instructions)
        {
            text.Append(' ', indent).Append(instruction.Gate.Name);
            if (instruction.Tag.Length > 0) text.Append('[').Append(instruction.Tag).Append(']');
            if (instruction.Gate.Kind == StimKind.Repeat)
            {
                text.Append(' ').Append(instruction.Repetitions.ToString(CultureInfo.InvariantCulture)).Append(" {\n");
                Write(instruction.Body, indent + 4, text);
                text.Append(' ', indent).Append("}\n");
                continue;
            }
            if (!instruction.Arguments.IsEmpty)
                text.Append('(').AppendJoin(", ", instruction.Arguments.Select(a => a.ToString("R", CultureInfo.InvariantCulture))).Append(')');
            var joined = true;      // no space before the first target's own
            foreach (var target in instruction.Targets)
            {
                if (target.Kind == StimTargetKind.Combiner) joined = false;
                else
                {
                    if (joined) text.Append(' ');
                    joined = true;
                }
                text.Append(target.ToString());
            }
            text.Append('\n');
        }
    }

    /// <summary>Throws where an instruction looks back before the start of the record. Within a block the first time round looks back furthest.</summary>
    private static long CheckRecords(ImmutableArray<StimInstruction> instructions, long before, string file)
    {
        foreach (var instruction in instructions)
        {
            if (instruction.Gate.Kind == StimKind.Repeat)
            {
                var after = CheckRecords(instruction.Body, before, file);
                before = long.CreateSaturating((Int128)before + (Int128)(after - before) * instruction.Repetitions);
                continue;
            }
            foreach (var target in instruction.Targets)
                if (target.Kind == StimTargetKind.Record && target.Number > before)
                    throw new InvalidFileException(file, instruction.Line, 1, $"{target} looks back before the start of the measurement record, which holds {before} result{(before == 1 ? "" : "s")} here.");
            before = long.CreateSaturating((Int128)before + instruction.Measurements);
        }
        return before;
    }

    /// <summary>One line, read from left to right.</summary>
    private ref struct StimLine
    {
        private readonly ReadOnlySpan<char> _text;
        private readonly string _file;
        private readonly int _number;
        private int _at;

        public StimLine(ReadOnlySpan<char> written, string file, int number)
        {
            (_file, _number) = (file, number);
            // A # within a tag is no comment.
            var end = 0;
            for (var inTag = false; end < written.Length && (inTag || written[end] != '#'); end++)
                inTag = written[end] == '[' || (inTag && written[end] != ']');
            _text = written[..end].TrimEnd();
            SkipSpace();
        }

        public readonly bool IsEmpty => _at == _text.Length;

        public readonly bool IsBlockEnd => _text[_at..] is "}";

        public readonly InvalidFileException Fault(string reason) => new(_file, _number, _at + 1, reason);

        public StimInstruction ReadInstruction(out bool opensBlock)
        {
            var gate = ReadGate();
            var tag = ReadTag();
            if (gate.Kind == StimKind.Repeat)
            {
                opensBlock = true;
                return new StimInstruction(gate, [], []) { Tag = tag, Repetitions = ReadRepetitions(), Line = _number };
            }
            opensBlock = false;
            var at = _at;
            var arguments = ReadArguments(gate);
            CheckArguments(gate, arguments, at);
            var targets = ReadTargets(gate);
            if (gate.QubitCount == 2) CheckPairs(gate, targets);
            var instruction = new StimInstruction(gate, arguments, targets) { Tag = tag, Line = _number };
            if (gate.Kind is StimKind.MeasureProduct or StimKind.PhaseProduct)
                foreach (var product in instruction.Products())
                {
                    SparsePauli.Of(product, out var isHermitian);
                    if (!isHermitian) throw Fault($"{string.Join('*', product)} is not Hermitian: letters that anticommute must meet on an even number of qubits.");
                }
            if (gate.Kind == StimKind.ShiftCoordinates && arguments.IsEmpty) throw Fault("SHIFT_COORDS needs the offsets in parentheses: SHIFT_COORDS(0, 1).");
            return instruction;
        }

        private StimGate ReadGate()
        {
            var start = _at;
            while (_at < _text.Length && (char.IsAsciiLetter(_text[_at]) || (_at > start && (char.IsAsciiDigit(_text[_at]) || _text[_at] == '_')))) _at++;
            var name = _text[start.._at].ToString();
            if (name.Length > 0 && StimGate.Find(name) is { } gate) return gate;
            _at = start;
            if (name.Length == 0) throw Fault($"an instruction is expected, such as 'H 0' or 'M 0 1', but '{_text[_at]}' was found.");
            var near = Nearest.To(name, StimGate.Names);
            throw Fault($"there is no instruction '{name}'. " + (near is null ? $"Instructions are: {string.Join(' ', StimGate.All.Select(g => g.Name))}." : $"Did you mean '{near.ToUpperInvariant()}'?"));
        }

        private string ReadTag()
        {
            if (_at == _text.Length || _text[_at] != '[') return "";
            var length = _text[(_at + 1)..].IndexOf(']');
            if (length < 0) throw Fault("the tag that begins here does not end: ']' is missing.");
            var tag = _text.Slice(_at + 1, length).ToString();
            _at += length + 2;
            return tag;
        }

        private long ReadRepetitions()
        {
            SkipSpace();
            var start = _at;
            while (_at < _text.Length && char.IsAsciiDigit(_text[_at])) _at++;
            var digits = _text[start.._at];
            SkipSpace();
            if (digits.IsEmpty || _text[_at..] is not "{") throw Fault("a REPEAT is written 'REPEAT 10 {', its block on the following lines, and '}' on a line of its own.");
            if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var times) || times is < 1 or > MaxRepetitions)
            {
                _at = start;
                throw Fault($"REPEAT {digits}: a block is repeated 1 to 10^18 times.");
            }
            return times;
        }

        private ImmutableArray<double> ReadArguments(StimGate gate)
        {
            if (_at == _text.Length || _text[_at] != '(') return [];
            var length = _text[_at..].IndexOf(')');
            if (length < 0) throw Fault("the parenthesis that opens here is not closed.");
            var inside = _text.Slice(_at + 1, length - 1);
            var arguments = ImmutableArray.CreateBuilder<double>();
            if (!inside.Trim().IsEmpty)
                foreach (var range in inside.Split(','))
                {
                    var given = inside[range].Trim();
                    if (!double.TryParse(given, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
                        throw Fault($"'{given}' is not a number: {gate.Name} takes {Allowed(gate)} in parentheses.");
                    arguments.Add(value);
                }
            _at += length + 1;
            return arguments.ToImmutable();
        }

        private static string Allowed(StimGate gate) => gate.Arguments switch
        {
            StimArguments.None => "nothing",
            StimArguments.Probability => "one probability",
            StimArguments.OptionalProbability => "nothing or one probability",
            StimArguments.Disjoint => $"{gate.ArgumentCount} probabilities",
            StimArguments.AnyDisjoint => "probabilities",
            StimArguments.Index => "the number of an observable",
            _ => "coordinates",
        };

        private void CheckArguments(StimGate gate, ImmutableArray<double> arguments, int at)
        {
            var (least, most) = gate.Arguments switch
            {
                StimArguments.None => (0, 0),
                StimArguments.Probability or StimArguments.Index => (1, 1),
                StimArguments.OptionalProbability => (0, 1),
                StimArguments.Disjoint => (gate.ArgumentCount, gate.ArgumentCount),
                _ => (0, int.MaxValue),
            };
            var end = _at;
            _at = at;
            if (arguments.Length < least || arguments.Length > most)
                throw Fault($"{gate.Name} takes {Allowed(gate)} in parentheses, but was given {(arguments.IsEmpty ? "nothing" : arguments.Length.ToString(CultureInfo.InvariantCulture))}.");
            if (gate.Arguments is StimArguments.Index)
            {
                if (arguments[0] < 0 || arguments[0] > MaxObservable || arguments[0] != Math.Floor(arguments[0])) throw Fault($"{arguments[0]:R} is no number of an observable: they are numbered 0 to {MaxObservable}.");
            }
            else if (gate.Arguments is not StimArguments.Coordinates)
            {
                foreach (var p in arguments)
                    if (p is < 0 or > 1) throw Fault($"{p:R} is not a probability: it lies between 0 and 1.");
                // Written probabilities are rounded; a sum may exceed 1 by that.
                if (arguments.Sum() > 1 + 1e-9) throw Fault($"the probabilities add up to {arguments.Sum():R}: they exclude each other, so their sum is at most 1.");
            }
            _at = end;
        }

        private ImmutableArray<StimTarget> ReadTargets(StimGate gate)
        {
            var targets = ImmutableArray.CreateBuilder<StimTarget>();
            var combinable = gate.Kind is StimKind.MeasureProduct or StimKind.PhaseProduct;
            while (true)
            {
                var before = _at;
                SkipSpace();
                if (_at == _text.Length) break;
                if (_text[_at] == '*')
                {
                    if (!combinable) throw Fault($"'*' joins the letters of a product in MPP and SPP; {gate.Name} takes {TargetsOf(gate)}.");
                    if (targets.Count == 0 || targets[^1].Kind != StimTargetKind.Pauli || before != _at) throw Fault("'*' stands between two letters without spaces: X0*Z1.");
                    _at++;
                    targets.Add(new StimTarget(StimTargetKind.Combiner, 0));
                    if (_at == _text.Length || char.IsWhiteSpace(_text[_at])) throw Fault("'*' stands between two letters without spaces: X0*Z1.");
                    targets.Add(ReadTarget(gate));
                    continue;
                }
                if (before == _at && before > 0) throw Fault($"a space is expected here, but '{_text[_at]}' was found; {gate.Name} takes {TargetsOf(gate)}.");
                targets.Add(ReadTarget(gate));
            }
            return targets.ToImmutable();
        }

        private StimTarget ReadTarget(StimGate gate)
        {
            var start = _at;
            var inverted = _text[_at] == '!';
            if (inverted) _at++;
            var rest = _text[_at..];
            StimTarget? target;
            if (rest.StartsWith("rec[-") && Number(5, out var number, ']')) target = number == 0 ? null : new StimTarget(StimTargetKind.Record, number);
            else if (rest.StartsWith("sweep[") && Number(6, out number, ']')) target = new StimTarget(StimTargetKind.Sweep, number);
            else if (rest is ['X' or 'Y' or 'Z' or 'x' or 'y' or 'z', ..] && Number(1, out number)) target = new StimTarget(StimTargetKind.Pauli, number, char.ToUpperInvariant(rest[0]), inverted);
            else if (Number(0, out number)) target = new StimTarget(StimTargetKind.Qubit, number, ' ', inverted);
            else target = null;
            var end = _at;
            _at = start;
            if (target is not { } found || (inverted && found.Kind is not (StimTargetKind.Qubit or StimTargetKind.Pauli)) || !Takes(gate, found))
            {
                var word = _text[start..];
                var space = word.IndexOfAny(" \t");
                throw Fault($"'{(space < 0 ? word : word[..space])}' is no target of {gate.Name}, which takes {TargetsOf(gate)}.");
            }
            if (found.Kind is StimTargetKind.Qubit or StimTargetKind.Pauli && found.Number > MaxQubit) throw Fault($"qubit {found.Number} is too large: qubits are numbered 0 to {MaxQubit}.");
            _at = end;
            return found;
        }

        private bool Number(int skip, out int number, char? close = null)
        {
            var end = _at + skip;
            while (end < _text.Length && char.IsAsciiDigit(_text[end])) end++;
            number = 0;
            var digits = _text[(_at + skip)..end];
            if (digits.IsEmpty) return false;
            if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number)) throw Fault($"the number {digits} is too large: at most {int.MaxValue} is read.");
            if (close is not null && (end == _text.Length || _text[end++] != close)) return false;
            _at = end;
            return true;
        }

        private static bool Takes(StimGate gate, StimTarget target) => gate.Kind switch
        {
            StimKind.Clifford => (target.Kind == StimTargetKind.Qubit && !target.IsInverted) || (target.Kind is StimTargetKind.Record or StimTargetKind.Sweep && gate.Feedback.Length > 0),
            StimKind.Measure or StimKind.MeasureReset or StimKind.MeasurePair => target.Kind == StimTargetKind.Qubit,
            StimKind.MeasureProduct or StimKind.PhaseProduct => target.Kind == StimTargetKind.Pauli,
            StimKind.CorrelatedError or StimKind.ElseCorrelatedError => target.Kind == StimTargetKind.Pauli && !target.IsInverted,
            StimKind.Pad => target is { Kind: StimTargetKind.Qubit, Number: 0 or 1, IsInverted: false },
            StimKind.Detector => target.Kind == StimTargetKind.Record,
            StimKind.Observable => target.Kind is StimTargetKind.Record or StimTargetKind.Pauli && !target.IsInverted,
            StimKind.Tick or StimKind.ShiftCoordinates => false,
            _ => target.Kind == StimTargetKind.Qubit && !target.IsInverted,
        };

        private static string TargetsOf(StimGate gate) => gate.Kind switch
        {
            StimKind.Clifford when gate.Feedback.Length > 0 => "pairs of qubits, one of which may be a result rec[-k]",
            StimKind.Measure or StimKind.MeasureReset => "qubits, inverted with '!'",
            StimKind.MeasurePair => "pairs of qubits, inverted with '!'",
            StimKind.MeasureProduct or StimKind.PhaseProduct => "products of letters such as X0*Z1",
            StimKind.CorrelatedError or StimKind.ElseCorrelatedError => "letters such as X0 Z1",
            StimKind.Pad => "the bits 0 and 1",
            StimKind.Detector => "results rec[-k]",
            StimKind.Observable => "results rec[-k] and letters such as X0",
            StimKind.Tick or StimKind.ShiftCoordinates => "no targets",
            _ => gate.QubitCount == 2 ? "pairs of qubits" : "qubits",
        };

        private readonly void CheckPairs(StimGate gate, ImmutableArray<StimTarget> targets)
        {
            if (targets.Length % 2 != 0) throw Fault($"{gate.Name} takes pairs of qubits, but was given {targets.Length} targets.");
            for (var k = 0; k < targets.Length; k += 2)
            {
                var (first, second) = (targets[k], targets[k + 1]);
                if (first.Kind == StimTargetKind.Qubit && second.Kind == StimTargetKind.Qubit)
                {
                    if (first.Number == second.Number) throw Fault($"{gate.Name} was given qubit {first.Number} twice in one pair: they must differ.");
                    continue;
                }
                foreach (var (target, place) in new[] { (first, 0), (second, 1) })
                    if (target.Kind != StimTargetKind.Qubit && !gate.Feedback.Any(f => f.Place == place))
                        throw Fault($"in {gate.Name}, {target} cannot be the {(place == 0 ? "first" : "second")} of a pair: only {(place == 0 ? "the second" : "the first")} may be a result or a sweep bit.");
            }
        }

        private void SkipSpace()
        {
            while (_at < _text.Length && _text[_at] is ' ' or '\t') _at++;
        }
    }
}
