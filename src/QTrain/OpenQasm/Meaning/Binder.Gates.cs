using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using QTrain.Circuits;
using QTrain.Formats;
using QTrain.OpenQasm.Running;
using QTrain.OpenQasm.Syntax;

namespace QTrain.OpenQasm.Meaning;

internal sealed partial class Binder
{
    private bool IsQubits(Expression expression)
    {
        while (expression is IndexExpression index) expression = index.Of;
        return expression is PhysicalQubit || expression is NameExpression name && Find(name.Name, name.Span) is QubitSymbol;
    }

    private QubitOperand BindQubits(Expression expression)
    {
        switch (expression)
        {
            case PhysicalQubit physical:
                if (!_physical.TryGetValue(physical.Number, out var use))
                {
                    if (_physical.Count >= MaxQubits) throw physical.Span.Fault("too many physical qubits.");
                    _physical.Add(physical.Number, use = new PhysicalUse());
                }
                return new QubitOperand(_ => [use.Index], false, 0, null, physical.Span) { Physical = physical.Number };
            case NameExpression name:
                var symbol = Find(name.Name, name.Span) ?? throw NotDefined(name.Name, name.Span, s => s is QubitSymbol);
                if (symbol is not QubitSymbol qubits) throw name.Span.Fault($"'{name.Name}' is {symbol.What}, where a qubit is expected.");
                if (qubits.Fixed is { } all) return new QubitOperand(_ => all, qubits.IsRegister, qubits.Width, all, name.Span);
                var (isGlobal, slot) = (qubits.IsGlobal, qubits.Slot);
                return new QubitOperand(b => ((QubitReference)b.Frames[FrameOf(b, isGlobal)][slot].Content!).Qubits, qubits.IsRegister, qubits.Width, null, name.Span);
            case IndexExpression index:
                return BindIndexedQubits(index);
            case Concatenation joined:
                var parts = joined.Parts.Select(BindQubits).ToArray();
                return new QubitOperand(b => [.. parts.SelectMany(p => p.Find(b))], true, parts.Any(p => p.IsRegister && p.Width < 0) ? -1 : parts.Sum(p => p.IsRegister ? p.Width : 1),
                    parts.All(p => p.Fixed is not null) ? [.. parts.SelectMany(p => p.Fixed!)] : null, joined.Span);
            default:
                throw expression.Span.Fault("expected a qubit.");
        }
    }

    private QubitOperand BindIndexedQubits(IndexExpression index)
    {
        // Nearly all operands are q[3].
        if (index is { Of: NameExpression name, Index: { IsSet: false, Items: [IntegerLiteral literal] } } && Find(name.Name, name.Span) is QubitSymbol { Fixed: { } register, IsRegister: true } symbol && literal.Value < register.Length)
        {
            var (one, finder) = symbol.Single((int)literal.Value);
            return new QubitOperand(finder, false, 0, one, index.Span);
        }
        var of = BindQubits(index.Of);
        if (_scope.Around == ScopeKind.Gate) throw index.Span.Fault("the qubits of a gate are single qubits: they cannot be indexed in its body.");
        if (!index.Index.IsSet && index.Index.Items.Length != 1) throw index.Index.Span.Fault("qubits take one index only.");
        var selection = index.Index.IsSet ? SelectSet(index.Index.Items, index.Index.Span) : Select(index.Index.Items[0]);
        if (!of.IsRegister && (_isStrict || !selection.IsSingle || index.Of is PhysicalQubit or IndexExpression)) throw index.Span.Fault("a single qubit cannot be indexed.");
        var width = of.IsRegister ? of.Width : 1;
        Check(selection, width);
        if (of.Fixed is { } all && selection.IsFixed)
        {
            int[] chosen = [.. selection.Find(null, all.Length).Select(k => all[k])];
            if (chosen.Distinct().Count() != chosen.Length) throw index.Index.Span.Fault("a qubit is chosen twice: the indices must differ.");
            return new QubitOperand(_ => chosen, !selection.IsSingle, selection.IsSingle ? 0 : chosen.Length, chosen, index.Span);
        }
        var find = of.Find;
        return new QubitOperand(b =>
        {
            var from = find(b);
            var chosen = selection.Find(b, from.Length);
            var qubits = new int[chosen.Length];
            for (var k = 0; k < qubits.Length; k++) qubits[k] = from[chosen[k]];
            return qubits;
        }, !selection.IsSingle, selection.IsSingle ? 0 : CountOf(selection, width), null, index.Span);
    }

    private void BindGateDefinition(GateDefinition gate)
    {
        RequireGlobal(gate.Span, "a gate");
        if (gate.IsOpaque)
        {
            Declare(new GateSymbol(gate.Name, gate.Span, new OpaqueRule(gate.Name, gate.Parameters.Length, gate.Qubits.Length), false));
            return;
        }
        RefuseRedefinition(gate);
        var layout = new FrameLayout();
        var (frame, loops, depth, reads) = (_frame, _loops, _depth, _readsGlobals);
        (_frame, _loops, _depth, _readsGlobals) = (layout, 0, 0, false);
        var body = InScope(ScopeKind.Gate, () =>
        {
            foreach (var parameter in gate.Parameters) Declare(new VariableSymbol(parameter.Name, parameter.Span, QasmType.Float, false, layout.Take()) { IsReadOnly = true, Role = "a parameter of the gate" });
            foreach (var qubit in gate.Qubits) Declare(new QubitSymbol(qubit.Name, qubit.Span, 0, false, null, false, layout.Take()) { Role = "a gate qubit" });
            return new BlockStep(gate.Span, [.. BindAll(gate.Body.Statements)]);
        });
        var rule = new DefinedRule(gate.Name, gate.Parameters.Length, gate.Qubits.Length, layout.Size, body, _depth, !_readsGlobals);
        if (_depth > MaxDefinitionDepth) throw gate.Span.Fault($"gates are defined by each other more than {MaxDefinitionDepth} levels deep.");
        (_frame, _loops, _depth, _readsGlobals) = (frame, loops, depth, reads);
        Declare(new GateSymbol(gate.Name, gate.Span, rule, false));
    }

    private void RefuseRedefinition(GateDefinition gate)
    {
        if (_scope.Symbols.TryGetValue(gate.Name, out var old) && old is not GateSymbol { MayBeReplaced: true })
            Declare(new GateSymbol(gate.Name, gate.Span, GateLibrary.PlainU, false));
    }

    private GateRule FindGate(GateCall call)
    {
        // In OpenQASM 2 qubits and parameters of a gate do not hide the gates of their names.
        switch (_program.Version == 2 ? GlobalScope.Symbols.GetValueOrDefault(call.Name) : Find(call.Name, call.NameSpan))
        {
            case GateSymbol gate:
                return gate.Rule;
            // Gates that no include brought leave their names to variables.
            case VariableSymbol or ConstantSymbol or BitAliasSymbol when _fallback?.GetValueOrDefault(call.Name) is { } builtIn:
                return builtIn;
            case { } symbol:
                throw call.NameSpan.Fault($"'{call.Name}' is {symbol.What}, not a gate.");
        }
        if (_fallback?.GetValueOrDefault(call.Name) is { } rule) return rule;
        var known = GlobalScope.Symbols.Values.OfType<GateSymbol>().Select(g => g.Name).Concat(_fallback?.Keys ?? []);
        var include = _program.Version == 2 && GateLibrary.Qelib1.ContainsKey(call.Name) ? " It is one of qelib1.inc: add include \"qelib1.inc\";"
            : _program.Version == 3 && !_isBraket && GateLibrary.Standard.ContainsKey(call.Name) ? " It is one of stdgates.inc: add include \"stdgates.inc\";"
            : Nearest.To(call.Name, known) is { } near ? $" Did you mean '{near}'?" : "";
        throw call.NameSpan.Fault($"gate '{call.Name}' is not defined.{include}");
    }

    private Step BindGateCall(GateCall call)
    {
        if (_fallback is not null && call.Modifiers.IsEmpty && call.Name is "measure_ff" or "cc_prx" && Find(call.Name, call.NameSpan) is null) return BindFeedback(call);
        if (call.Modifiers.IsEmpty && call.Name != "gphase" && Find(call.Name, call.NameSpan) is SubroutineSymbol routine)
        {
            BindRoutineCall(routine, [.. call.Arguments, .. call.Qubits], call.Span);
            return new BlockStep(call.Span, []);
        }
        var rule = call.Name == "gphase" ? GateLibrary.GlobalPhase : FindGate(call);
        _depth = Math.Max(_depth, rule.Depth + 1);
        if (!rule.IsFixed) _readsGlobals = true;
        if (call.Arguments.Length != rule.AngleCount)
            throw call.Span.Fault($"gate '{call.Name}' takes {Counted(rule.AngleCount, "angle")}, but {call.Arguments.Length} {(call.Arguments.Length == 1 ? "is" : "are")} given.");
        _realLiterals = _program.Version == 2;
        var angles = call.Arguments.IsEmpty ? [] : new Bound[call.Arguments.Length];
        for (var k = 0; k < angles.Length; k++)
        {
            var angle = BindExpression(call.Arguments[k]);
            angles[k] = angle.Type == QasmType.Float ? angle : Converted(angle, QasmType.Float, isExplicit: false, $"an angle of '{call.Name}'");
        }
        _realLiterals = false;
        foreach (var angle in angles)
            if (angle.Constant is { } value && !double.IsFinite(value.Real)) throw angle.Span.Fault($"this angle is {value.Real.ToString(CultureInfo.InvariantCulture)}: angles must be finite.");
        ImmutableArray<BoundModifier> modifiers = call.Modifiers.IsEmpty ? [] : [.. call.Modifiers.Select(BindModifier)];
        var bound = new QubitOperand[call.Qubits.Length];
        for (var k = 0; k < bound.Length; k++) bound[k] = BindQubits(call.Qubits[k]);
        var operands = ImmutableCollectionsMarshal.AsImmutableArray(bound);
        var wanted = rule.QubitCount + modifiers.Sum(m => m.Count);
        // Braket's programs may say which qubits a global phase is for; it is global all the same.
        if (_isBraket && call.Name == "gphase" && operands.Length > wanted) operands = operands[..wanted];
        if (modifiers.Any(m => m.Counted is not null) ? operands.Length < wanted : operands.Length != wanted)
            throw call.Span.Fault($"{(modifiers.IsEmpty ? "gate" : "with its modifiers, gate")} '{call.Name}' acts on {Counted(wanted, "qubit")}, but {operands.Length} {(operands.Length == 1 ? "is" : "are")} given.");
        CheckSizes(operands, call);
        var isFixed = rule.IsFixed;
        foreach (var operand in operands) isFixed &= operand.Fixed is not null;
        foreach (var modifier in modifiers) isFixed &= modifier.Counted is null && (modifier.Power is null || modifier.IsWhole);
        foreach (var angle in angles) isFixed &= angle.Constant is not null;
        return new GateStep(call.Span, rule, modifiers, angles, operands, isFixed);
    }

    private static string Counted(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";

    private static void CheckSizes(ImmutableArray<QubitOperand> operands, GateCall call)
    {
        QubitOperand? first = null;
        foreach (var operand in operands)
        {
            if (!operand.IsRegister || operand.Width < 0) continue;
            if (first is not null && first.Width != operand.Width) throw operand.Span.Fault(QubitOperand.Mismatch(first.Width, operand.Width));
            first ??= operand;
        }
        // Single qubits are compared with each other, and with registers at the same place.
        for (var a = 0; a < operands.Length; a++)
            for (var b = 0; b < a; b++)
            {
                if (operands[a].Physical is { } number && operands[b].Physical == number) throw operands[a].Span.Fault($"'{call.Name}' is given one qubit twice: they must differ.");
                if (operands[a].Fixed is not { } x || operands[b].Fixed is not { } y || x.Length == 0 || y.Length == 0) continue;
                if (Meet(x, y, operands[a].IsRegister && operands[b].IsRegister))
                    throw operands[a].Span.Fault($"'{call.Name}' is given one qubit twice: they must differ.");
            }
    }

    private static bool Meet(int[] left, int[] right, bool isPairwise)
    {
        if (isPairwise)
        {
            for (var k = 0; k < Math.Min(left.Length, right.Length); k++)
                if (left[k] == right[k]) return true;
            return false;
        }
        // One of the two is a single qubit.
        return left.Length == 1 ? right.Contains(left[0]) : right.Length == 1 ? left.Contains(right[0]) : left.Intersect(right).Any();
    }

    private BoundModifier BindModifier(Modifier modifier)
    {
        switch (modifier.Kind)
        {
            case ModifierKind.Inverse:
                return new BoundModifier(modifier.Kind, 0, null, true, modifier.Span);
            case ModifierKind.Power:
                var power = BindExpression(modifier.Argument!);
                var real = Converted(power, QasmType.Float, isExplicit: false, "a power");
                return new BoundModifier(modifier.Kind, 0, b => real.Find(b).Real, power.Constant is not null, modifier.Span);
            default:
                if (modifier.Argument is null) return new BoundModifier(modifier.Kind, 1, null, true, modifier.Span);
                var count = BindExpression(modifier.Argument);
                // Braket's programs count controls by variables.
                if (_fallback is not null && count.Constant is null && (count.Type.IsInteger || count.Type.IsTruth))
                    return new BoundModifier(modifier.Kind, 0, null, false, modifier.Span) { Counted = b => count.Find(b).Integer };
                return new BoundModifier(modifier.Kind, ConstantInteger(modifier.Argument, "the number of controls", 1, MaxControls), null, true, modifier.Span);
        }
    }

    // Braket's classical feedback: a measurement under a number, and a prx that happens when it gave 1.
    private Step BindFeedback(GateCall call)
    {
        var isMeasured = call.Name == "measure_ff";
        var count = isMeasured ? 1 : 3;
        if (call.Arguments.Length != count) throw call.Span.Fault($"'{call.Name}' takes {Counted(count, "argument")}, but {call.Arguments.Length} {(call.Arguments.Length == 1 ? "is" : "are")} given.");
        if (call.Qubits.Length != 1) throw call.Span.Fault($"'{call.Name}' acts on 1 qubit, but {call.Qubits.Length} are given.");
        var key = ConstantInteger(call.Arguments[^1], "the number of the measurement", 0, int.MaxValue);
        if (isMeasured)
        {
            if (!_feedback.TryGetValue(key, out var place)) _feedback.Add(key, place = _globals.Take());
            _measures = true;
            return new MeasureStep(call.Span, BindQubits(call.Qubits[0]), _ => [new BitAddress(0, place, 0, 0)], _classicalBits);
        }
        if (!_feedback.TryGetValue(key, out var slot)) throw call.Arguments[^1].Span.Fault($"'cc_prx' asks for measurement {key}, but no 'measure_ff({key})' stands before it.");
        return new IfStep(call.Span, b => Memory.Load(b, 0, slot), BindGateCall(call with { Name = "prx", Arguments = call.Arguments[..2] }), null);
    }

    // Of pragmas only Braket's unitary is a gate; all others are kept and do nothing here.
    private Step? BindPragma(PragmaStatement pragma)
    {
        if (Pragmas.Note(pragma.Content) is { } note && _notes.All(n => n.Text != note) && _notes.Count < MaxNotes) _notes.Add((pragma.Span, note));
        var text = pragma.Content.TrimStart('#');
        const string head = "braket unitary";
        if (_program.Version == 2) return null;
        if (!text.StartsWith(head, StringComparison.Ordinal)) return new KeepStep(pragma.Span, $"#pragma {text.TrimStart()}");
        var open = text.IndexOf('(', StringComparison.Ordinal);
        var close = text.LastIndexOf(')');
        if (open < 0 || close < open) throw pragma.Span.Fault("expected '#pragma braket unitary([[…]]) qubits'.");
        var matrix = ReadMatrix(text[(open + 1)..close], pragma.Span);
        var names = text[(close + 1)..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var operands = names.Select(n => BindQubits(OperandOf(n, pragma.Span))).ToImmutableArray();
        // A register stands for its qubits, not for as many gates.
        return new ActionStep(pragma.Span, (machine, branch) =>
        {
            int[] qubits = [.. operands.SelectMany(o => o.Find(branch))];
            // Braket's first qubit is the highest bit of the matrix.
            machine.Add(branch, new GateOperation(Gate.Unitary(matrix), [.. qubits.Reverse()], []) { Condition = machine.ConditionOf(branch) }, pragma.Span);
        });
    }

    private static Expression OperandOf(string text, Span span)
    {
        if (text.StartsWith('$') && int.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var physical)) return new PhysicalQubit(span, physical);
        var bracket = text.IndexOf('[', StringComparison.Ordinal);
        if (bracket < 0) return new NameExpression(span, text);
        if (!text.EndsWith(']') || !int.TryParse(text.AsSpan(bracket + 1, text.Length - bracket - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var index)) throw span.Fault($"'{text}' is no qubit.");
        return new IndexExpression(span, new NameExpression(span, text[..bracket].Trim()), new IndexNode(span, [new IntegerLiteral(span, index)], IsSet: false));
    }

    private const int MaxNotes = 20;

    private const double MostDefect = 1e-6;

    private static Complex[,] ReadMatrix(string text, Span span)
    {
        var rows = text.Trim().TrimStart('[').TrimEnd(']').Split("],", StringSplitOptions.TrimEntries).Select(r => r.Trim().Trim('[', ']').Split(',').Select(e => Entry(e, span)).ToArray()).ToArray();
        var size = rows.Length;
        if (rows.Any(r => r.Length != size)) throw span.Fault("the matrix is not square: it must have as many columns as rows.");
        var matrix = new Complex[size, size];
        for (var row = 0; row < size; row++)
            for (var column = 0; column < size; column++) matrix[row, column] = rows[row][column];
        try
        {
            // Written in eight digits, a matrix is hardly ever unitary: the nearest one that is was meant.
            if (Orthonormal.Defect(matrix) < MostDefect) matrix = Orthonormal.Nearest(matrix);
            Gate.Unitary(matrix);
        }
        catch (QuantumException fault)
        {
            throw span.Fault(fault.Message);
        }
        return matrix;
    }

    private static Complex Entry(string text, Span span)
    {
        var compact = text.Replace(" ", "", StringComparison.Ordinal);
        Complex sum = 0;
        for (var at = 0; at < compact.Length;)
        {
            // Signs may follow one another: 0 - -0.5im.
            var sign = 1;
            while (at < compact.Length && compact[at] is '+' or '-') sign *= compact[at++] == '-' ? -1 : 1;
            var end = Math.Min(at + 1, compact.Length);
            while (end < compact.Length && (compact[end] is not ('+' or '-') || compact[end - 1] is 'e' or 'E')) end++;
            var term = compact[at..end];
            var isImaginary = term.EndsWith("im", StringComparison.Ordinal);
            if (isImaginary) term = term[..^2].TrimEnd('*');
            if (!double.TryParse(term.Length == 0 && isImaginary ? "1" : term, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) throw span.Fault($"'{text.Trim()}' is no entry of a matrix: write 0.5, 1im or 0.5 - 0.5im.");
            sum += sign * (isImaginary ? new Complex(0, number) : number);
            at = end;
        }
        return sum;
    }
}
