using System.Collections.Immutable;
using System.Numerics;
using QTrain.OpenQasm.Running;
using QTrain.OpenQasm.Syntax;

namespace QTrain.OpenQasm.Meaning;

internal sealed partial class Binder
{
    private Step? BindBare(Statement statement)
    {
        if (_scope.Around == ScopeKind.Gate) RefuseInGate(statement);
        switch (statement)
        {
            case BlockStatement block:
                return BindBody(block);
            case EmptyStatement:
                return null;
            case CalibrationStatement calibration:
                BindCalibration(calibration);
                return new KeepStep(calibration.Span, calibration.Content);
            case PragmaStatement pragma:
                return BindPragma(pragma);
            case IncludeStatement include:
                return BindInclude(include);
            case QubitDeclaration qubits:
                return BindQubitDeclaration(qubits);
            case ClassicalDeclaration declaration:
                return BindDeclaration(declaration);
            case InOutDeclaration declaration:
                return BindInOut(declaration);
            case AliasDeclaration alias:
                return BindAlias(alias);
            case GateDefinition gate:
                BindGateDefinition(gate);
                return null;
            case SubroutineDefinition routine:
                BindSubroutine(routine);
                return null;
            case ExternDeclaration function:
                RequireGlobal(function.Span, "an extern function");
                Declare(new SubroutineSymbol(function.Name, function.Span, null, [.. function.Parameters.Select(p => new ArgumentType(BindType(p), p.IsReference, p.IsMutable))], function.Returns is null ? QasmType.Void : BindType(function.Returns)));
                return null;
            case GateCall call:
                return BindGateCall(call);
            case MeasureStatement measure:
                return BindMeasureStatement(measure);
            case ResetStatement reset:
                return new ResetStep(reset.Span, BindQubits(reset.Qubits));
            case BarrierStatement barrier:
                var operands = BindAllOr(barrier.Qubits);
                return barrier.IsNop ? null : new BarrierStep(barrier.Span, operands, () => _physical.Count + _qubits);
            case DelayStatement delay:
                return new DelayStep(delay.Span, RequireDuration(delay.Duration).Find, BindAllOr(delay.Qubits), () => _physical.Count + _qubits);
            case BoxStatement box:
                return new BoxStep(box.Span, box.Duration is null ? null : RequireDuration(box.Duration).Find, BindBody(box.Body));
            case Assignment assignment:
                return BindAssignment(assignment);
            case ExpressionStatement expression:
                return BindExpressionStatement(expression);
            case IfStatement choice:
                var condition = Condition(choice.Condition);
                return new IfStep(choice.Span, condition.Find, BindBody(choice.Then), choice.Else is null ? null : BindBody(choice.Else));
            case ForStatement loop:
                return BindFor(loop);
            case WhileStatement loop:
                return BindWhile(loop);
            case SwitchStatement choice:
                return BindSwitch(choice);
            case ReturnStatement result:
                return BindReturn(result);
            case JumpStatement jump:
                if (jump.Kind != JumpKind.End && _loops == 0) throw jump.Span.Fault($"'{(jump.Kind == JumpKind.Break ? "break" : "continue")}' stands outside of a loop.");
                return new JumpStep(jump.Span, jump.Kind switch { JumpKind.Break => Flow.Breaks, JumpKind.Continue => Flow.Continues, _ => Flow.Ended });
            default:
                throw statement.Span.Fault("this statement has no meaning here.");
        }
    }

    // A gate may be known by its calibration alone.
    private void BindCalibration(CalibrationStatement calibration)
    {
        if (calibration.Name is not { } name || calibration.Returns || name is "measure" or "reset" or "delay" || _scope.Kind != ScopeKind.Global) return;
        if (Find(name, calibration.Span) is not null || _fallback?.ContainsKey(name) == true) return;
        Declare(new GateSymbol(name, calibration.Span, new OpaqueRule(name, calibration.ArgumentCount, calibration.QubitCount), MayBeReplaced: true));
    }

    private void RefuseInGate(Statement statement)
    {
        if (_program.Version == 2 && statement is not (GateCall or BarrierStatement or EmptyStatement)) throw statement.Span.Fault("only gates and barriers may stand in the body of a gate.");
        if (statement is GateCall or BarrierStatement or DelayStatement or BoxStatement or ForStatement or IfStatement or WhileStatement or SwitchStatement or BlockStatement or EmptyStatement or PragmaStatement) return;
        throw statement.Span.Fault("only gates may stand in the body of a gate" + (statement is ResetStatement or MeasureStatement ? ": resets and measurements belong in a subroutine (def)." : "."));
    }

    private void RequireGlobal(Span span, string what)
    {
        if (_scope.Kind != ScopeKind.Global) throw span.Fault($"{what} can only be declared at the outermost level of a program.");
    }

    private Bound RequireDuration(Expression expression)
    {
        var duration = BindExpression(expression);
        if (duration.Type.Kind != TypeKind.Duration && !(_isBraket && duration.Type.IsReal)) throw duration.Span.Fault($"expected a duration such as 100ns, not {duration.Type}.");
        return duration;
    }

    // Where none are listed all are meant: of a gate or subroutine its own, else those of the program, of which there may be more to come.
    private ImmutableArray<QubitOperand> BindAllOr(ImmutableArray<Expression> listed)
    {
        if (!listed.IsEmpty || _scope.Around == ScopeKind.Global) return [.. listed.Select(BindQubits)];
        var scope = _scope;
        while (scope.Kind == ScopeKind.Block) scope = scope.Outer!;
        return [.. scope.Symbols.Values.OfType<QubitSymbol>().Select(q => BindQubits(new NameExpression(q.Declared, q.Name)))];
    }

    private Bound Condition(Expression expression)
    {
        var condition = BindExpression(expression);
        return condition.Type.IsTruth ? condition : Converted(condition, QasmType.Bool, isExplicit: false, "a condition");
    }

    private BlockStep? BindInclude(IncludeStatement include)
    {
        if (!include.IsBuiltIn) return new BlockStep(include.Span, [.. BindAll(include.Statements)]);
        RequireGlobal(include.Span, "a library");
        var isTwo = _program.Version == 2;
        foreach (var (name, rule) in isTwo ? GateLibrary.Qelib1 : GateLibrary.Standard)
        {
            if (_scope.Symbols.TryGetValue(name, out var old) && old is not GateSymbol { MayBeReplaced: true })
            {
                if (ReferenceEquals((old as GateSymbol)?.Rule, rule)) throw include.Span.Fault($"'{include.Path}' is included twice.");
                // A program may bring its own version of what only later libraries have.
                if (isTwo && !GateLibrary.OfPaper.Contains(name)) continue;
                throw old.Declared.Fault($"'{name}' is defined here and again by the include of \"{include.Path}\": remove one.");
            }
            DefineGate(name, rule, mayBeReplaced: isTwo && !GateLibrary.OfPaper.Contains(name) && !_isStrict);
        }
        return null;
    }

    private Step? BindQubitDeclaration(QubitDeclaration declaration)
    {
        RequireGlobal(declaration.Span, "a qubit");
        var size = declaration.Size is null ? 0 : ConstantInteger(declaration.Size, "the number of qubits", _program.Version == 2 ? 0 : 1, MaxQubits);
        var count = declaration.Size is null ? 1 : size;
        if (_qubits + count > MaxQubits) throw declaration.Span.Fault($"the program has more than {MaxQubits:#,0} qubits: this reader holds no more.");
        var symbol = new QubitSymbol(declaration.Name, declaration.Span, size, declaration.Size is not null, [.. Enumerable.Range(_qubits, count)], true, 0)
        {
            Role = declaration.Size is null ? "a qubit" : "a register of qubits",
        };
        Declare(symbol);
        _qubitRegisters.Add(symbol);
        _qubits += count;
        return null;
    }

    private ActionStep? BindDeclaration(ClassicalDeclaration declaration)
    {
        var type = BindType(declaration.Type);
        if (declaration.IsConst)
        {
            var given = Converted(BindExpression(declaration.Value!), type, isExplicit: false, $"'{declaration.Name}'");
            if (given.Constant is not { } constant) throw given.Span.Fault($"the value of the constant '{declaration.Name}' must be known before the program runs.");
            Declare(new ConstantSymbol(declaration.Name, declaration.NameSpan, type, constant));
            return null;
        }
        var initial = declaration.Value is null ? null : declaration.Value is ArrayLiteral literal ? BindArrayLiteral(literal, type) : BindInitial(declaration.Value, type, declaration.Name);
        var variable = new VariableSymbol(declaration.Name, declaration.NameSpan, type, IsGlobalFrame, _frame.Take())
        {
            Role = type.IsRegister ? "a register of bits" : "a variable",
            IsEmpty = type.IsScalarBit && declaration.Type.Size is not null,
        };
        Declare(variable);
        if (type.Kind == TypeKind.Bit && _scope.Kind == ScopeKind.Global)
        {
            if (_bits + type.BitWidth > MaxWidth) throw declaration.Span.Fault($"the program has more than {MaxWidth:#,0} classical bits: this reader holds no more.");
            _classicalBits[variable.Slot] = _bits;
            _bits += variable.BitCount;
            _registers.Add(variable);
        }
        var (isGlobal, slot) = (variable.IsGlobal, variable.Slot);
        if (type.Kind == TypeKind.Array)
        {
            var length = type.Dimensions.Aggregate(1L, (product, d) => product * d);
            return new ActionStep(declaration.Span, (m, b) =>
            {
                m.Work(length / 4, declaration.Span);
                var array = initial is null ? EmptyArray(type) : ((ArrayValue)initial.Find(b).Content!).Copy();
                array.IsAssigned = initial is not null;
                if (!array.Shape.AsSpan().SequenceEqual(type.Dimensions.AsSpan())) throw new QuantumException($"an array of shape [{string.Join(", ", array.Shape)}] does not fit into {type}.");
                b.Frames[FrameOf(b, isGlobal)][slot] = Value.Holding(array);
            });
        }
        if (initial is null) return new ActionStep(declaration.Span, (_, b) => Memory.Overwrite(b, FrameOf(b, isGlobal), slot, default));
        var find = initial.Find;
        return new ActionStep(declaration.Span, (_, b) => Memory.Overwrite(b, FrameOf(b, isGlobal), slot, find(b)));
    }

    private static ArrayValue EmptyArray(QasmType type)
    {
        var items = new Value[type.Dimensions.Aggregate(1, (product, d) => product * d)];
        return new ArrayValue(items, [.. type.Dimensions]);
    }

    private Bound BindInitial(Expression value, QasmType type, string name)
    {
        var bound = BindExpression(value);
        if (type.Kind != TypeKind.Array) return Converted(bound, type, isExplicit: false, $"'{name}'");
        return ArrayConverted(bound, type, $"'{name}'");
    }

    // Arrays are converted element by element; shapes must be the same.
    private static Bound ArrayConverted(Bound value, QasmType type, string where)
    {
        if (value.Type.Kind != TypeKind.Array || value.Type.Dimensions.Length != type.Dimensions.Length
            || !value.Type.Dimensions.Zip(type.Dimensions).All(d => d.First < 0 || d.Second < 0 || d.First == d.Second)
            || Conversions.Find(value.Type.Element!, type.Element!, isExplicit: false) is not { } convert)
            throw value.Span.Fault($"{where} is {type}, but the value is {value.Type}.");
        if (value.Type.Element == type.Element) return value with { Type = type };
        var find = value.Find;
        return new Bound(type, b =>
        {
            var array = (ArrayValue)find(b).Content!;
            return Value.Holding(new ArrayValue([.. array.Items.Select(convert)], array.Shape));
        }, value.Span);
    }

    private Bound BindArrayLiteral(ArrayLiteral literal, QasmType type)
    {
        if (type.Kind != TypeKind.Array) throw literal.Span.Fault($"{type} is no array: values in braces belong to arrays.");
        var wanted = type.Dimensions[0];
        if (literal.Items.Length != wanted) throw literal.Span.Fault($"the array has {wanted} element{(wanted == 1 ? "" : "s")} in this dimension, but {literal.Items.Length} {(literal.Items.Length == 1 ? "is" : "are")} given.");
        var inner = type.Dimensions.Length == 1 ? type.Element! : QasmType.ArrayOf(type.Element!, type.Dimensions[1..]);
        var items = literal.Items.Select(item => item is ArrayLiteral nested ? BindArrayLiteral(nested, inner)
            : inner.Kind == TypeKind.Array ? ArrayConverted(BindExpression(item), inner, "a row of the array")
            : Converted(BindExpression(item), inner, isExplicit: false, "an element of the array")).ToArray();
        int[] shape = [.. type.Dimensions];
        return new Bound(type, b =>
        {
            var values = new List<Value>();
            foreach (var item in items)
            {
                var value = item.Find(b);
                if (value.Content is ArrayValue row) values.AddRange(row.Items);
                else values.Add(value);
            }
            return Value.Holding(new ArrayValue([.. values], shape));
        }, literal.Span);
    }

    private ActionStep? BindInOut(InOutDeclaration declaration)
    {
        RequireGlobal(declaration.Span, declaration.IsInput ? "an input" : "an output");
        if (!declaration.IsInput) return BindDeclaration(new ClassicalDeclaration(declaration.Span, declaration.Type, declaration.Name, declaration.NameSpan, null, IsConst: false));
        var variable = new VariableSymbol(declaration.Name, declaration.NameSpan, BindType(declaration.Type), true, _frame.Take()) { Role = "an input" };
        Declare(variable);
        _inputs.Add(variable);
        return null;
    }

    private ActionStep? BindAlias(AliasDeclaration alias)
    {
        var parts = alias.Value is Concatenation joined ? joined.Parts : [alias.Value];
        if (IsQubits(parts[0]))
        {
            var operands = parts.Select(BindQubits).ToArray();
            var isRegister = operands.Length > 1 || operands[0].IsRegister;
            var width = operands.Any(o => o.IsRegister && o.Width < 0) ? -1 : operands.Sum(o => o.IsRegister ? o.Width : 1);
            if (operands.All(o => o.Fixed is not null))
            {
                int[] qubits = [.. operands.SelectMany(o => o.Fixed!)];
                if (qubits.Distinct().Count() != qubits.Length) throw alias.Value.Span.Fault("a register cannot be joined with a part of itself: a qubit occurs twice.");
                Declare(new QubitSymbol(alias.Name, alias.Span, isRegister ? width : 0, isRegister, qubits, IsGlobalFrame, 0) { Role = "an alias of qubits" });
                return null;
            }
            var symbol = new QubitSymbol(alias.Name, alias.Span, isRegister ? width : 0, isRegister, null, IsGlobalFrame, _frame.Take()) { Role = "an alias of qubits" };
            Declare(symbol);
            return new ActionStep(alias.Span, (_, b) => b.Frames[FrameOf(b, symbol.IsGlobal)][symbol.Slot] = Value.Holding(new QubitReference([.. operands.SelectMany(o => o.Find(b))])));
        }
        var places = parts.Select(BindPlace).ToArray();
        if (places.Any(p => p.Bits is null || p.Type.Kind != TypeKind.Bit)) throw alias.Value.Span.Fault("an alias stands for qubits or for bits: registers, or parts of them.");
        if (places.Any(p => p.Type.Width < 0)) throw alias.Value.Span.Fault("how many bits an alias stands for must be known before the program runs.");
        var bits = new BitAliasSymbol(alias.Name, alias.Span, places.Sum(p => p.Type.BitWidth), IsGlobalFrame, _frame.Take());
        Declare(bits);
        return new ActionStep(alias.Span, (_, b) => b.Frames[FrameOf(b, bits.IsGlobal)][bits.Slot] = Value.Holding(new BitReference([.. places.SelectMany(p => p.Bits!(b))])));
    }

    private void BindSubroutine(SubroutineDefinition definition)
    {
        RequireGlobal(definition.Span, "a subroutine");
        if (_scope.Symbols.TryGetValue(definition.Name, out var old) && old is not GateSymbol { MayBeReplaced: true }) Declare(new GateSymbol(definition.Name, definition.Span, GateLibrary.PlainU, false));
        var routine = new Subroutine(definition.Name);
        var (frame, returns, loops, depth) = (_frame, _returns, _loops, _depth);
        var layout = new FrameLayout();
        (_frame, _loops, _depth) = (layout, 0, 0);
        _returns = definition.Returns is null ? QasmType.Void : BindType(definition.Returns);
        var arguments = ImmutableArray.CreateBuilder<ArgumentType>();
        routine.Body = InScope(ScopeKind.Subroutine, () =>
        {
            foreach (var parameter in definition.Parameters)
            {
                var type = BindType(parameter.Type);
                arguments.Add(new ArgumentType(type, parameter.Type.IsReference, parameter.Type.IsMutable));
                var slot = layout.Take();
                Declare(type.Kind == TypeKind.Qubit
                    ? new QubitSymbol(parameter.Name, parameter.Span, type.Width, parameter.Type.Size is not null, null, false, slot) { Role = "an argument of qubits" }
                    : new VariableSymbol(parameter.Name, parameter.Span, type, false, slot)
                    {
                        IsReference = parameter.Type.IsReference,
                        IsReadOnly = parameter.Type.IsReference && !parameter.Type.IsMutable,
                        Role = parameter.Type.IsReference && !parameter.Type.IsMutable ? "a readonly argument" : "an argument",
                    });
            }
            return new BlockStep(definition.Span, [.. BindAll(definition.Body.Statements)]);
        });
        routine.FrameSize = layout.Size;
        var symbol = new SubroutineSymbol(definition.Name, definition.Span, routine, arguments.ToImmutable(), _returns) { Depth = _depth };
        if (_depth > MaxDefinitionDepth) throw definition.Span.Fault($"subroutines call each other more than {MaxDefinitionDepth} levels deep.");
        (_frame, _returns, _loops, _depth) = (frame, returns, loops, depth);
        Declare(symbol);
    }

    private MeasureStep BindMeasureStatement(MeasureStatement statement)
    {
        var measure = (MeasureExpression)statement.Value;
        var qubits = BindMeasured(measure);
        if (statement.Target is null) return new MeasureStep(statement.Span, qubits, null, _classicalBits);
        var place = BindPlace(statement.Target);
        return MeasureInto(statement.Span, qubits, place, statement.Target.Span) ?? throw statement.Target.Span.Fault($"a measurement goes into bits, not into {place.Type}.");
    }

    private MeasureStep? MeasureInto(Span span, QubitOperand qubits, Place place, Span at)
    {
        if (place.ReadOnly is { } reason) throw at.Fault(reason + ".");
        if (place.Bits is null || place.Type.Kind is not (TypeKind.Bit or TypeKind.Bool)) return null;
        var (given, taken) = (qubits.IsRegister ? qubits.Width : 1, place.Type.Width == 0 ? 1 : place.Type.Width);
        if (_program.Version == 2 && qubits.IsRegister != (place.Type.Width != 0))
            throw span.Fault(qubits.IsRegister ? "a register of qubits is measured into a single bit: name one of the qubits, or a register of bits." : "a qubit is measured into a register of bits: name one of its bits.");
        if (given >= 0 && taken >= 0 && given != taken) throw span.Fault($"{given} qubit{(given == 1 ? " is" : "s are")} measured into {taken} bit{(taken == 1 ? "" : "s")}: there must be as many.");
        return new MeasureStep(span, qubits, place.Bits, _classicalBits);
    }

    private Step BindAssignment(Assignment assignment)
    {
        var place = BindPlace(assignment.Target);
        if (place.ReadOnly is { } reason) throw assignment.Target.Span.Fault(reason + ".");
        if (assignment.Operator == "=" && assignment.Value is MeasureExpression measure && MeasureInto(assignment.Span, BindMeasured(measure), place, assignment.Target.Span) is { } direct) return direct;
        var value = BindExpression(assignment.Value);
        var store = place.Store;
        if (assignment.Operator != "=")
        {
            var symbol = assignment.Operator[..^1];
            if (Operators.Binary(symbol, place.Type, value.Type) is not { } found)
                throw assignment.Span.Fault($"'{assignment.Operator}' cannot be applied to {place.Type} and {value.Type}" + (place.Type.IsRegister && value.Type.IsRegister ? ": the registers must be of one size." : "."));
            var (load, right, find) = (place.Load, value.Find, found.Find);
            var result = Converted(new Bound(found.Type, b => find(load(b), right(b)), assignment.Span), place.Type, isExplicit: true, "the variable").Find;
            return Weighed(assignment.Span, place.Type, b => store(b, result(b)));
        }
        if (place.Type.Kind == TypeKind.Array) value = ArrayConverted(value, place.Type, "the variable");
        else
        {
            // A number has no places that a slice could take.
            if (place.IsPart && place.Type.IsRegister && !value.Type.IsRegister) throw value.Span.Fault($"a slice of bits takes bits, such as \"01\", not {value.Type}.");
            value = Converted(value, place.Type, isExplicit: false, "the variable");
        }
        var of = value.Find;
        return Weighed(assignment.Span, place.Type, b => store(b, of(b)));
    }

    // What moves much counts for as many steps.
    private static ActionStep Weighed(Span span, QasmType type, Action<Branch> action)
    {
        var size = type.Kind == TypeKind.Array ? type.Dimensions.Aggregate(1L, (product, d) => product * Math.Max(1, d)) : Math.Max(0, type.Width) / 64;
        if (size < 16) return new ActionStep(span, (_, b) => action(b));
        return new ActionStep(span, (m, b) =>
        {
            m.Work(size / 4, span);
            action(b);
        });
    }

    private ActionStep? BindExpressionStatement(ExpressionStatement statement)
    {
        // A subroutine that returns nothing has no value, but may well be called.
        if (statement.Value is CallExpression call && Find(call.Name, call.Span) is SubroutineSymbol routine)
        {
            BindRoutineCall(routine, call.Arguments, call.Span);
            return null;
        }
        if (statement.Value is NameExpression name && Find(name.Name, name.Span) is SubroutineSymbol or GateSymbol) throw name.Span.Fault($"'{name.Name}' is named without qubits or arguments.");
        var value = BindExpression(statement.Value);
        return value.Constant is null ? new ActionStep(statement.Span, (_, b) => value.Find(b)) : null;
    }

    private ForStep BindFor(ForStatement loop)
    {
        var type = BindType(loop.Type);
        Func<Branch, IEnumerable<Value>> values;
        switch (loop.Values)
        {
            case RangeExpression range:
                if (range.Start is null || range.Stop is null) throw range.Span.Fault("the range of a loop needs a start and a stop: [0:3].");
                if (!type.IsInteger && type.Kind != TypeKind.Float && !type.IsTruth) throw loop.Type.Span.Fault($"a loop over a range needs a variable of type int or uint, not {type}.");
                var (start, step, stop) = (LoopBound(range.Start), range.Step is null ? null : LoopBound(range.Step), LoopBound(range.Stop));
                if (step?.Constant is { } fixedStep && fixedStep.Integer.IsZero) throw range.Step!.Span.Fault("the step of a range cannot be 0.");
                var convert = Conversions.Find(QasmType.Int, type, isExplicit: true)!;
                values = b =>
                {
                    var by = step is null ? BigInteger.One : step.Find(b).Integer;
                    if (by.IsZero) throw range.Span.Fault("the step of a range cannot be 0.");
                    return new LoopRange(start.Find(b).Integer, by, stop.Find(b).Integer, convert);
                };
                break;
            case SetExpression set:
                var items = set.Items.Select(i => Converted(BindExpression(i), type, isExplicit: false, "the loop variable")).ToArray();
                values = b => items.Select(i => i.Find(b)).ToArray();
                break;
            default:
                var of = BindExpression(loop.Values);
                if (of.Type is { Kind: TypeKind.Array, Dimensions.Length: 1 } && Conversions.Find(of.Type.Element!, type, isExplicit: false) is { } ofItem)
                    values = b => ((ArrayValue)of.Find(b).Content!).Items.Select(ofItem).ToArray();
                else if (of.Type.IsRegister && of.Type.Width > 0 && Conversions.Find(QasmType.Bit, type, isExplicit: false) is { } ofBit)
                    values = b => of.Find(b) is var bits ? Enumerable.Range(0, of.Type.Width).Select(k => ofBit(Memory.Bit(bits, k))).ToArray() : [];
                else throw of.Span.Fault($"a loop runs over a set {{1, 2}}, a range [0:3], a register of bits or an array of one dimension, with a variable of its type; this is {of.Type}.");
                break;
        }
        _loops++;
        var body = InScope(ScopeKind.Block, () =>
        {
            var variable = new VariableSymbol(loop.Name, loop.Span, type, IsGlobalFrame, _frame.Take()) { Role = "a loop variable" };
            Declare(variable);
            return (Variable: variable, Step: BindBody(loop.Body));
        });
        _loops--;
        var (isGlobal, slot) = (body.Variable.IsGlobal, body.Variable.Slot);
        return new ForStep(loop.Span, values, (b, v) => Memory.Overwrite(b, FrameOf(b, isGlobal), slot, v), body.Step);
    }

    private Bound LoopBound(Expression expression)
    {
        var bound = BindExpression(expression);
        return bound.Type.IsInteger || bound.Type.IsTruth ? bound : Converted(bound, QasmType.Int, isExplicit: false, "the end of a range");
    }

    private WhileStep BindWhile(WhileStatement loop)
    {
        var outer = _before;
        _before = [];
        var condition = Condition(loop.Condition);
        var before = _before.Count > 0 ? new BlockStep(loop.Span, [.. _before]) : null;
        _before = outer;
        _loops++;
        var body = BindBody(loop.Body);
        _loops--;
        return new WhileStep(loop.Condition.Span, before, condition.Find, body);
    }

    private SwitchStep BindSwitch(SwitchStatement choice)
    {
        var value = BindExpression(choice.Value);
        if (!value.Type.IsInteger && !value.Type.IsTruth && !(value.Type.IsRegister && !_isStrict)) throw value.Span.Fault($"a switch asks for a whole number, not {value.Type}: write int(…), for example.");
        if (choice.Cases.IsEmpty) throw choice.Span.Fault("a switch needs at least one case.");
        var seen = new HashSet<BigInteger>();
        var cases = ImmutableArray.CreateBuilder<(HashSet<BigInteger>, Step)>();
        foreach (var item in choice.Cases)
        {
            var labels = new HashSet<BigInteger>();
            foreach (var label in item.Labels)
            {
                var bound = BindExpression(label);
                if (bound.Constant is not { } constant || !(bound.Type.IsInteger || bound.Type.IsTruth || bound.Type.IsRegister)) throw label.Span.Fault("the value of a case must be a whole number that is known before the program runs.");
                if (!seen.Add(constant.Integer)) throw label.Span.Fault($"the value {constant.Integer} occurs in a case twice.");
                labels.Add(constant.Integer);
            }
            cases.Add((labels, BindBody(item.Body)));
        }
        return new SwitchStep(choice.Span, value.Find, cases.ToImmutable(), choice.Default is null ? null : BindBody(choice.Default));
    }

    private ReturnStep BindReturn(ReturnStatement result)
    {
        if (_returns is not { } type || _scope.Around != ScopeKind.Subroutine) throw result.Span.Fault("'return' stands outside of a subroutine.");
        if (type.Kind == TypeKind.Void && result.Value is not null && _fallback is not null)
        {
            // Braket's subroutines need not say what they return.
            var found = BindExpression(result.Value);
            _returns = found.Type;
            return new ReturnStep(result.Span, found.Find);
        }
        if (type.Kind == TypeKind.Void) return result.Value is null ? new ReturnStep(result.Span, null) : throw result.Value.Span.Fault("this subroutine returns nothing: declare a type after '->'.");
        if (result.Value is null) throw result.Span.Fault($"this subroutine returns {type}: expected a value.");
        return new ReturnStep(result.Span, Converted(BindExpression(result.Value), type, isExplicit: false, "the result").Find);
    }
}
