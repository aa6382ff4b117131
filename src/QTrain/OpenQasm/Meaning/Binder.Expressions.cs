using System.Collections.Immutable;
using System.Numerics;
using QTrain.Formats;
using QTrain.OpenQasm.Running;
using QTrain.OpenQasm.Syntax;

namespace QTrain.OpenQasm.Meaning;

internal sealed partial class Binder
{
    private Bound BindExpression(Expression expression)
    {
        switch (expression)
        {
            case IntegerLiteral literal:
                return _realLiterals ? Bound.Of(QasmType.Float, Value.Of((double)literal.Value), literal.Span) : Bound.Of(QasmType.Int, Value.Of(literal.Value), literal.Span);
            case RealLiteral literal:
                return Bound.Of(QasmType.Float, Value.Of(literal.Value), literal.Span);
            case ImaginaryLiteral literal:
                return Bound.Of(QasmType.Complex, Value.Of(0, literal.Value), literal.Span);
            case BooleanLiteral literal:
                return Bound.Of(QasmType.Bool, Value.Of(literal.Value), literal.Span);
            case BitsLiteral literal:
                return Bound.Of(QasmType.Bits(literal.Width), Value.Of(literal.Value), literal.Span);
            case TimingLiteral literal:
                return Bound.Of(QasmType.Duration, literal.IsDt ? Value.Of(0, literal.Value) : Value.Of(literal.Value), literal.Span);
            case NameExpression name:
                return BindName(name);
            case UnaryExpression unary:
                return BindUnary(unary);
            case BinaryExpression binary:
                return BindBinary(binary);
            case CastExpression cast:
                var type = BindType(cast.Type);
                return Converted(BindExpression(cast.Operand), type, isExplicit: true, "the type of the cast") with { Span = cast.Span };
            case IndexExpression index:
                return BindIndexed(index);
            case CallExpression call:
                return BindCall(call);
            case DurationOf duration:
                return BindDurationOf(duration);
            case PhysicalQubit qubit:
                throw qubit.Span.Fault("a qubit is no value: measure it, or apply a gate to it.");
            case MeasureExpression measure:
                return BindMeasure(measure);
            case Concatenation joined:
                return BindJoined(joined);
            default:
                throw expression.Span.Fault("this is no value.");
        }
    }

    // How long gates take is a matter of the device: without one they take no time.
    private Bound BindDurationOf(DurationOf duration)
    {
        InScope(ScopeKind.Block, () => BindAll(duration.Block.Statements));
        return new Bound(QasmType.Duration, static _ => Value.Of(0.0), duration.Span);
    }

    private Bound BindName(NameExpression name)
    {
        switch (Find(name.Name, name.Span))
        {
            case ConstantSymbol constant:
                return Bound.Of(constant.Type, constant.Value, name.Span);
            case VariableSymbol or BitAliasSymbol:
                return Read(BindPlace(name), name.Span);
            case { } symbol:
                throw name.Span.Fault($"'{name.Name}' is {symbol.What}, not a value.");
        }
        if (_program.Version == 2 ? name.Name == "pi" : Functions.Constants.ContainsKey(name.Name)) return Bound.Of(new QasmType(TypeKind.Float, _program.Version == 2 ? 0 : 64), Value.Of(Functions.Constants[name.Name]), name.Span);
        throw NotDefined(name.Name, name.Span, s => s is ConstantSymbol or VariableSymbol or BitAliasSymbol);
    }

    private static Bound Read(Place place, Span span) => new(place.Type, place.Load, span);

    private Bound BindUnary(UnaryExpression unary)
    {
        var operand = BindExpression(unary.Operand);
        if (Operators.Unary(unary.Operator, operand.Type) is not { } found)
            throw unary.Span.Fault($"'{unary.Operator}' cannot be applied to {operand.Type}.");
        return Mapped(operand with { Span = unary.Span }, found.Type, found.Find);
    }

    private Bound BindBinary(BinaryExpression binary)
    {
        var (left, right) = (BindExpression(binary.Left), BindExpression(binary.Right));
        if (Operators.Binary(binary.Operator, left.Type, right.Type) is not { } found)
            throw binary.Span.Fault($"'{binary.Operator}' cannot be applied to {left.Type} and {right.Type}" + (left.Type.IsRegister && right.Type.IsRegister ? ": the registers must be of one size." : "."));
        var (a, b, find) = (left.Find, right.Find, found.Find);
        if (_program.Version == 2 && binary.Operator == "/" && right.Constant is { Real: 0, Integer.IsZero: true }) throw binary.Right.Span.Fault("division by zero.");
        if (left.Constant is { } x && right.Constant is { } y) return Finite(Mapped(Bound.Of(left.Type, x, binary.Span), found.Type, _ => find(x, y)));
        // The second is not asked where the first decides, which may be why it was asked.
        if (binary.Operator is "&&" or "||")
        {
            var decides = binary.Operator == "||";
            var truth = Conversions.Find(left.Type, QasmType.Bool, isExplicit: false)!;
            return new Bound(found.Type, branch => a(branch) is var first && !Cases.Has(first) && truth(first).Truth == decides ? Value.Of(decides) : find(first, b(branch)), binary.Span);
        }
        return new Bound(found.Type, branch => find(a(branch), b(branch)), binary.Span);
    }

    // In OpenQASM 2 every number is an angle or a part of one.
    private Bound Finite(Bound value) => _program.Version != 2 || value.Constant is not { } known || value.Type.Kind != TypeKind.Float || double.IsFinite(known.Real)
        ? value
        : throw value.Span.Fault($"this is {known.Real.ToString(System.Globalization.CultureInfo.InvariantCulture)}: numbers must be finite.");

    private Bound BindCall(CallExpression call)
    {
        var symbol = Find(call.Name, call.Span);
        if (symbol is SubroutineSymbol routine) return BindRoutineCall(routine, call.Arguments, call.Span);
        if (symbol is not null) throw call.Span.Fault(symbol is GateSymbol ? $"'{call.Name}' is a gate: name the qubits it acts on." : $"'{call.Name}' is {symbol.What} and cannot be called.");
        if (call.Name == "sizeof") return BindSizeOf(call);
        // Qiskit wrote the inverse functions into its files of version 2.
        var name = _program.Version == 2 && !_isStrict && call.Name is "asin" or "acos" or "atan" ? "arc" + call.Name[1..] : call.Name;
        if (!Functions.Names.Contains(name) || _program.Version == 2 && call.Name is not ("sin" or "cos" or "tan" or "exp" or "ln" or "sqrt") && name == call.Name)
        {
            throw call.Span.Fault($"there is no function or subroutine '{call.Name}'."
                + (Nearest.To(call.Name, Functions.Names.Concat(GlobalScope.Symbols.Values.OfType<SubroutineSymbol>().Select(s => s.Name))) is { } near ? $" Did you mean '{near}'?" : ""));
        }
        var arguments = call.Arguments.Select(BindExpression).ToArray();
        if (Functions.Find(name, [.. arguments.Select(a => a.Type)]) is not { } found)
            throw call.Span.Fault($"'{call.Name}' does not take {(arguments.Length == 0 ? "no arguments" : string.Join(", ", arguments.Select(a => a.Type)))}.");
        if (arguments.All(a => a.Constant is not null))
            return Finite(Mapped(Bound.Of(found.Type, default, call.Span), found.Type, _ => found.Find([.. arguments.Select(a => a.Constant!.Value)])));
        return new Bound(found.Type, b => found.Find([.. arguments.Select(a => a.Find(b))]), call.Span);
    }

    private Bound BindSizeOf(CallExpression call)
    {
        if (call.Arguments.Length is not (1 or 2)) throw call.Span.Fault("'sizeof' takes an array and, if wanted, the number of a dimension: sizeof(a, 0).");
        if (call.Arguments[0] is NameExpression { Name: var name } && Find(name, call.Span) is QubitSymbol qubits)
            return Bound.Of(QasmType.Uint, Value.Of(new BigInteger(qubits.Width)), call.Span);
        var of = BindExpression(call.Arguments[0]);
        var dimension = call.Arguments.Length == 2 ? ConstantInteger(call.Arguments[1], "the dimension", 0, 7) : 0;
        if (of.Type.IsRegister && dimension == 0 && of.Type.Width > 0) return Bound.Of(QasmType.Uint, Value.Of(new BigInteger(of.Type.Width)), call.Span);
        if (of.Type.Kind != TypeKind.Array) throw of.Span.Fault($"'sizeof' asks for an array, not {of.Type}.");
        if (dimension >= of.Type.Dimensions.Length) throw call.Span.Fault($"the array has {of.Type.Dimensions.Length} dimensions, numbered from 0: there is no dimension {dimension}.");
        if (of.Type.Dimensions[dimension] >= 0) return Bound.Of(QasmType.Uint, Value.Of(new BigInteger(of.Type.Dimensions[dimension])), call.Span);
        return new Bound(QasmType.Uint, b => Value.Of(new BigInteger(((ArrayValue)of.Find(b).Content!).Shape[dimension])), call.Span);
    }

    private Bound BindRoutineCall(SubroutineSymbol routine, ImmutableArray<Expression> arguments, Span span)
    {
        if (arguments.Length != routine.Arguments.Length)
            throw span.Fault($"{routine.What} '{routine.Name}' takes {routine.Arguments.Length} argument{(routine.Arguments.Length == 1 ? "" : "s")}, but {arguments.Length} {(arguments.Length == 1 ? "is" : "are")} given.");
        if (_scope.Around == ScopeKind.Gate) throw span.Fault("a gate cannot call subroutines: only gates may stand in its body.");
        var finders = arguments.Select((a, k) => BindArgument(a, routine.Arguments[k], k + 1, routine.Name)).ToImmutableArray();
        _depth = Math.Max(_depth, routine.Depth + 1);
        var slot = _frame.Take();
        var isGlobal = IsGlobalFrame;
        _before.Add(routine.Routine is { } body
            ? new CallStep(span, body, finders, routine.Returns.Kind == TypeKind.Void ? null : (b, v) => b.Frames[FrameOf(b, isGlobal)][slot] = v)
            : new ActionStep(span, (_, _) => throw span.Fault($"'{routine.Name}' is an extern function: its definition is not in the program, so it cannot be run.")));
        return new Bound(routine.Returns, b => Memory.Load(b, FrameOf(b, isGlobal), slot), span);
    }

    private Func<Branch, Value> BindArgument(Expression argument, ArgumentType type, int number, string name)
    {
        var where = $"argument {number} of '{name}'";
        if (type.Type.Kind == TypeKind.Qubit)
        {
            var qubits = BindQubits(argument);
            var wanted = type.Type.Width;
            var given = qubits.IsRegister ? qubits.Width : 0;
            if (given >= 0 && Math.Max(1, given) != Math.Max(1, wanted)) throw argument.Span.Fault($"{where} is {Counted(wanted)}, but {Counted(given)} {(Math.Max(1, given) == 1 ? "is" : "are")} given.");
            return b =>
            {
                var found = qubits.Find(b);
                if (found.Length != Math.Max(1, wanted)) throw argument.Span.Fault($"{where} is {Counted(wanted)}, but {found.Length} are given.");
                return Value.Holding(new QubitReference(found));
            };
        }
        if (type.IsReference)
        {
            var place = BindPlace(argument);
            if (place.Locate is not { } locate) throw argument.Span.Fault($"{where} is {type.Type}, but the value is {place.Type}.");
            if (!SameShape(place.Type, type.Type)) throw argument.Span.Fault($"{where} is {type.Type}, but the value is {place.Type}.");
            if (type.IsMutable && place.ReadOnly is { } reason) throw argument.Span.Fault($"{where} may be changed there, but {reason}.");
            return b =>
            {
                var (frame, slot, _, at, shape) = locate(b);
                return Value.Holding(new ArrayReference(frame, slot, at, shape));
            };
        }
        var value = Converted(BindExpression(argument), type.Type, isExplicit: false, where);
        return value.Find;

        static string Counted(int width) => width == 0 ? "a qubit" : $"{width} qubit{(width == 1 ? "" : "s")}";
    }

    private static bool SameShape(QasmType given, QasmType wanted)
    {
        if (given.Kind != TypeKind.Array || given.Element != wanted.Element && !(given.Element!.Kind == wanted.Element!.Kind) || given.Dimensions.Length != wanted.Dimensions.Length) return false;
        for (var k = 0; k < given.Dimensions.Length; k++)
            if (wanted.Dimensions[k] >= 0 && given.Dimensions[k] >= 0 && wanted.Dimensions[k] != given.Dimensions[k]) return false;
        return true;
    }

    private Bound BindMeasure(MeasureExpression measure)
    {
        var qubits = BindMeasured(measure);
        var width = qubits.IsRegister ? qubits.Width : 0;
        if (width < 0) throw measure.Span.Fault("how many qubits are measured must be known before the program runs.");
        var (slot, isGlobal) = (_frame.Take(), IsGlobalFrame);
        var length = Math.Max(1, width);
        _before.Add(new ActionStep(measure.Span, (_, b) => b.Frames[FrameOf(b, isGlobal)][slot] = Value.Of(BigInteger.Zero)));
        _before.Add(new MeasureStep(measure.Span, qubits, b => [.. Enumerable.Range(0, length).Select(k => new BitAddress(FrameOf(b, isGlobal), slot, k, width))], _classicalBits));
        return new Bound(new QasmType(TypeKind.Bit, width), b => Memory.Load(b, FrameOf(b, isGlobal), slot), measure.Span);
    }

    private QubitOperand BindMeasured(MeasureExpression measure)
    {
        if (_scope.Around == ScopeKind.Gate) throw measure.Span.Fault("a gate cannot measure: only gates may stand in its body. Use a subroutine (def).");
        _measures = true;
        return BindQubits(measure.Qubits);
    }

    private Bound BindJoined(Concatenation joined)
    {
        var parts = joined.Parts.Select(BindExpression).ToArray();
        if (parts.All(p => p.Type.Kind == TypeKind.Array))
        {
            var first = parts[0].Type;
            foreach (var part in parts)
                if (part.Type.Element != first.Element || !part.Type.Dimensions[1..].SequenceEqual(first.Dimensions[1..])) throw part.Span.Fault($"{first} and {part.Type} cannot be joined: elements and inner sizes must be the same.");
            var length = parts.Any(p => p.Type.Dimensions[0] < 0) ? -1 : parts.Sum(p => p.Type.Dimensions[0]);
            return new Bound(QasmType.ArrayOf(first.Element!, first.Dimensions.SetItem(0, length)), b =>
            {
                var values = parts.Select(p => (ArrayValue)p.Find(b).Content!).ToArray();
                int[] shape = [values.Sum(v => v.Shape[0]), .. values[0].Shape[1..]];
                return Value.Holding(new ArrayValue([.. values.SelectMany(v => v.Items)], shape));
            }, joined.Span);
        }
        if (parts.Any(p => p.Type.Kind != TypeKind.Bit || p.Type.Width < 0)) throw joined.Span.Fault("'++' joins registers, or arrays of one type.");
        var width = parts.Sum(p => p.Type.BitWidth);
        return new Bound(QasmType.Bits(width), b =>
        {
            var (value, at) = (Value.Of(BigInteger.Zero), 0);
            foreach (var part in parts)
            {
                var of = part.Find(b);
                for (var k = 0; k < part.Type.BitWidth; k++) value = Memory.WithBit(value, width, at++, part.Type.Width == 0 ? of : Memory.Bit(of, k));
            }
            return value;
        }, joined.Span);
    }
}
