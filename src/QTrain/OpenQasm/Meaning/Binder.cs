using System.Collections.Immutable;
using System.Numerics;
using QTrain.Formats;
using QTrain.OpenQasm.Running;
using QTrain.OpenQasm.Syntax;

namespace QTrain.OpenQasm.Meaning;

/// <summary>An expression whose names, types and sizes are known.</summary>
internal sealed record Bound(QasmType Type, Func<Branch, Value>? Finder, Span Span)
{
    private Func<Branch, Value>? _find = Finder;

    /// <summary>How the value is found while the program runs.</summary>
    public Func<Branch, Value> Find => _find ??= Constant is { } known ? _ => known : throw new InvalidOperationException("An expression without a value.");

    /// <summary>The value where it never changes.</summary>
    public Value? Constant { get; init; }

    public static Bound Of(QasmType type, Value value, Span span) => new(type, null, span) { Constant = value };
}

/// <summary>Gives names, types and sizes their meaning, and makes of every statement a step that can be run. What is wrong is refused here, before anything runs.</summary>
internal sealed partial class Binder
{
    private const int MaxWidth = 1 << 20, MaxItems = 1 << 22, MaxQubits = 1 << 20, MaxDefinitionDepth = 128, MaxControls = 1000;

    private readonly ProgramNode _program;
    private readonly bool _isBraket;
    private readonly bool _isStrict;
    private readonly FrameLayout _globals = new();
    private readonly Dictionary<int, PhysicalUse> _physical = [];
    private readonly List<VariableSymbol> _inputs = [];
    private readonly Dictionary<int, int> _classicalBits = [];
    private readonly List<VariableSymbol> _registers = [];
    private readonly List<QubitSymbol> _qubitRegisters = [];
    private readonly IReadOnlyDictionary<string, GateRule>? _fallback;
    private readonly Dictionary<int, int> _feedback = [];
    private readonly List<(Span At, string Text)> _notes = [];
    private readonly Dictionary<string, ImmutableArray<string>> _annotations = [];

    private Scope _scope = new(ScopeKind.Global, null);
    private FrameLayout _frame;
    private List<Step> _before = [];
    private List<Step>? _idle;
    private QasmType? _returns;
    private int _loops;
    private int _qubits;
    private int _bits;
    private bool _realLiterals;
    private bool _readsGlobals;
    private int _depth;
    private bool _measures;

    private sealed class PhysicalUse
    {
        public int Index { get; set; }
    }

    private Binder(ProgramNode program, bool isBraket, bool isStrict, bool includesLibrary)
    {
        _program = program;
        _isBraket = isBraket;
        _isStrict = isStrict;
        _frame = _globals;
        // By custom, programs with a version line use Braket's names without saying where from.
        _fallback = isBraket || !isStrict && program.Version == 3 && !includesLibrary ? GateLibrary.Braket : null;
    }

    public static BoundProgram Bind(ProgramNode program, bool? isBraket, bool isStrict)
    {
        var includes = program.Statements.OfType<IncludeStatement>().ToList();
        var braket = isBraket ?? program.WrittenVersion is null && includes.Count == 0;
        return new Binder(program, braket, isStrict, includes.Count > 0).Run();
    }

    private BoundProgram Run()
    {
        var isTwo = _program.Version == 2;
        DefineGate("U", isTwo || _isBraket ? GateLibrary.PlainU : GateLibrary.SpecificationU, mayBeReplaced: false);
        if (isTwo) DefineGate("CX", GateLibrary.CX, mayBeReplaced: false);
        var body = new BlockStep(_program.Span, [.. BindAll(_program.Statements)]);
        var next = _qubits;
        foreach (var (_, use) in _physical.OrderBy(p => p.Key)) use.Index = next++;
        if (next > MaxQubits) throw _program.Span.Fault($"the program has {next:#,0} qubits: at most {MaxQubits:#,0} are read.");
        return new BoundProgram
        {
            Version = _program.Version,
            IsBraket = _isBraket,
            Body = body,
            QubitCount = next,
            PhysicalQubits = [.. _physical.Keys.Order()],
            QubitRegisters = [.. _qubitRegisters],
            GlobalSize = _globals.Size,
            Inputs = [.. _inputs],
            Variables = [.. _scope.Symbols.Values.OfType<VariableSymbol>().Where(v => v.IsGlobal).OrderBy(v => v.Slot)],
            Registers = [.. _registers],
            ClassicalBits = _classicalBits,
            BitCount = _bits,
            Measures = _measures && _bits > 0,
            Pragmas = _program.Pragmas,
            Notes = [.. _notes],
            Annotations = _annotations,
        };
    }

    private void DefineGate(string name, GateRule rule, bool mayBeReplaced) => _scope.Symbols[name] = new GateSymbol(name, _program.Span, rule, mayBeReplaced);

    private Scope GlobalScope
    {
        get
        {
            var scope = _scope;
            while (scope.Outer is { } outer) scope = outer;
            return scope;
        }
    }

    private void Declare(Symbol symbol)
    {
        if (_scope.Symbols.TryGetValue(symbol.Name, out var old) && old is not GateSymbol { MayBeReplaced: true })
        {
            var where = old.Declared.Length > 0 && ReferenceEquals(old.Declared.Source, symbol.Declared.Source) ? $" in line {old.Declared.Source.Place(old.Declared.Start).Line}" : "";
            throw symbol.Declared.Fault($"'{symbol.Name}' is already defined{where} as {old.What}: choose another name.");
        }
        if (_program.Version == 3 && (Functions.Constants.ContainsKey(symbol.Name) || Functions.Names.Contains(symbol.Name)) && _isStrict)
            throw symbol.Declared.Fault($"'{symbol.Name}' is built in: choose another name.");
        _scope.Symbols[symbol.Name] = symbol;
    }

    /// <summary>What a name means here; null when nothing.</summary>
    private Symbol? Find(string name, Span span)
    {
        var crossed = (ScopeKind?)null;
        for (var scope = _scope; scope is not null; scope = scope.Outer)
        {
            if (scope.Symbols.TryGetValue(name, out var symbol))
            {
                if (crossed is not { } boundary || symbol is ConstantSymbol or GateSymbol or SubroutineSymbol) return symbol;
                // Braket's programs read global variables inside gates and subroutines, and its subroutines use global qubits.
                if (_fallback is not null && (symbol is VariableSymbol { IsGlobal: true } || symbol is QubitSymbol { Fixed: not null } && boundary == ScopeKind.Subroutine))
                {
                    _readsGlobals = true;
                    return symbol;
                }
                throw span.Fault(boundary == ScopeKind.Gate
                    ? $"'{name}' is {symbol.What} outside of the gate: inside, only its parameters, its qubits and constants are known."
                    : $"'{name}' is {symbol.What} outside of the subroutine: inside, only its arguments and constants are known. Pass it as an argument, or declare it const.");
            }
            if (scope.Kind is ScopeKind.Gate or ScopeKind.Subroutine) crossed = scope.Kind;
        }
        return null;
    }

    private InvalidFileException NotDefined(string name, Span span, Func<Symbol, bool>? like = null)
    {
        var known = new List<string>();
        for (var scope = _scope; scope is not null; scope = scope.Outer) known.AddRange(scope.Symbols.Values.Where(s => like is null || like(s)).Select(s => s.Name));
        return span.Fault($"'{name}' is not defined." + (Nearest.To(name, known) is { } near ? $" Did you mean '{near}'?" : ""));
    }

    private T InScope<T>(ScopeKind kind, Func<T> bind)
    {
        var outer = _scope;
        _scope = new Scope(kind, outer);
        try
        {
            return bind();
        }
        finally
        {
            _scope = outer;
        }
    }

    private static int FrameOf(Branch branch, bool isGlobal) => isGlobal ? 0 : branch.Frames.Count - 1;

    private bool IsGlobalFrame => ReferenceEquals(_frame, _globals);

    private QasmType BindType(TypeNode type)
    {
        switch (type.Keyword)
        {
            case TypeKeyword.Bool:
                return QasmType.Bool;
            case TypeKeyword.Duration or TypeKeyword.Stretch:
                return QasmType.Duration;
            case TypeKeyword.Array:
                var element = BindType(type.Element!);
                if (element.Kind == TypeKind.Bit && !_isBraket) throw type.Element!.Span.Fault("the elements of an array cannot be bits: use a register bit[n], or uint[n].");
                if (type.DimensionCount is { } count)
                {
                    var number = ConstantInteger(count, "the number of dimensions", 1, 7);
                    return QasmType.ArrayOf(element, [.. Enumerable.Repeat(-1, number)]);
                }
                if (type.Dimensions.Length > 7) throw type.Span.Fault($"an array of {type.Dimensions.Length} dimensions: at most 7 are allowed.");
                var sizes = type.Dimensions.Select(d => ConstantInteger(d, "the size of a dimension", 0, MaxItems)).ToImmutableArray();
                if (sizes.Aggregate(BigInteger.One, (product, s) => product * s) > MaxItems) throw type.Span.Fault($"the array has more than {MaxItems:#,0} elements: this reader holds no more.");
                return QasmType.ArrayOf(element, sizes);
            case TypeKeyword.Qubit:
                return new QasmType(TypeKind.Qubit, type.Size is null ? 0 : ConstantInteger(type.Size, "the number of qubits", _program.Version == 2 ? 0 : 1, MaxQubits));
        }
        var kind = type.Keyword switch
        {
            TypeKeyword.Bit => TypeKind.Bit,
            TypeKeyword.Int => TypeKind.Int,
            TypeKeyword.Uint => TypeKind.Uint,
            TypeKeyword.Float => TypeKind.Float,
            TypeKeyword.Angle => TypeKind.Angle,
            _ => TypeKind.Complex,
        };
        if (type.Size is null) return new QasmType(kind);
        var width = ConstantInteger(type.Size, "the size of a type", kind == TypeKind.Bit && _program.Version == 2 ? 0 : 1, MaxWidth);
        if (kind is TypeKind.Float or TypeKind.Complex && width is not (16 or 32 or 64) && (_isBraket || width > 64))
            throw type.Size.Span.Fault($"float[{width}]: the sizes of floats are 16, 32 and 64.");
        return new QasmType(kind, width);
    }

    private int ConstantInteger(Expression expression, string what, int least, int most)
    {
        var bound = BindExpression(expression);
        if (bound.Constant is not { } constant) throw bound.Span.Fault($"{what} must be known before the program runs: write a number or a const.");
        var value = bound.Type switch
        {
            { IsInteger: true } or { IsTruth: true } => constant.Integer,
            { Kind: TypeKind.Float } when constant.Real == Math.Floor(constant.Real) && Math.Abs(constant.Real) < 1e15 => new BigInteger(constant.Real),
            _ => throw bound.Span.Fault($"{what} must be a whole number, not {bound.Type}."),
        };
        return value >= least && value <= most ? (int)value : throw bound.Span.Fault($"{what} is {value}: {least} to {most:#,0} is allowed.");
    }

    /// <summary>The value as another type, or a fault that says why not.</summary>
    private static Bound Converted(Bound value, QasmType to, bool isExplicit, string where)
    {
        if (Conversions.Find(value.Type, to, isExplicit) is not { } convert)
            throw value.Span.Fault($"{where} is {to}, but the value is {value.Type}" + (!isExplicit && Conversions.Find(value.Type, to, isExplicit: true) is not null ? $": write {to}(…) to convert it." : ", and there is no conversion."));
        return Mapped(value, to, convert);
    }

    private static Bound Mapped(Bound value, QasmType type, Func<Value, Value> map)
    {
        if (value.Constant is not { } constant)
        {
            var find = value.Find;
            return new Bound(type, b => map(find(b)), value.Span);
        }
        try
        {
            return Bound.Of(type, map(constant), value.Span);
        }
        catch (QuantumException fault) when (fault is not InvalidFileException)
        {
            throw value.Span.Fault(fault.Message);
        }
    }

    private List<Step> BindAll(ImmutableArray<Statement> statements)
    {
        var steps = new List<Step>(statements.Length);
        for (var k = 0; k < statements.Length; k++)
        {
            if (statements[k] is PragmaStatement pragma && Pragmas.IsVerbatim(pragma.Content) && (k + 1 == statements.Length || statements[k + 1] is not BoxStatement))
                throw pragma.Span.Fault("'#pragma braket verbatim' stands before a box: expected 'box { … }' after it.");
            if (BindStatement(statements[k]) is { } step) steps.Add(step);
        }
        return steps;
    }

    private AnnotatedStep? Annotated(Statement statement, Step? step)
    {
        if (statement is QubitDeclaration qubits) _annotations[qubits.Name] = statement.Annotations;
        return step is null ? null : new AnnotatedStep(statement.Span, statement.Annotations, step);
    }

    /// <summary>A statement with what must happen before it: calls inside its expressions.</summary>
    private Step? BindStatement(Statement statement)
    {
        var outer = _before;
        _before = _idle ?? [];
        _idle = null;
        try
        {
            var step = BindBare(statement);
            if (!statement.Annotations.IsEmpty) step = Annotated(statement, step);
            if (_before.Count == 0)
            {
                _idle = _before;
                return step;
            }
            if (step is not null) _before.Add(step);
            return new BlockStep(statement.Span, [.. _before]);
        }
        finally
        {
            _before = outer;
        }
    }

    /// <summary>What a statement or block does when it is run on its own, such as the body of a loop.</summary>
    private Step BindBody(Statement statement) => InScope(ScopeKind.Block, () =>
        statement is BlockStatement block ? new BlockStep(block.Span, [.. BindAll(block.Statements)]) : BindStatement(statement) ?? new BlockStep(statement.Span, []));
}

/// <summary>A program that can be run.</summary>
internal sealed class BoundProgram
{
    public required int Version { get; init; }

    public required bool IsBraket { get; init; }

    public required Step Body { get; init; }

    public required int QubitCount { get; init; }

    public required ImmutableArray<int> PhysicalQubits { get; init; }

    public required ImmutableArray<QubitSymbol> QubitRegisters { get; init; }

    public required int GlobalSize { get; init; }

    public required ImmutableArray<VariableSymbol> Inputs { get; init; }

    /// <summary>Global variables, in the order of their declaration.</summary>
    public required ImmutableArray<VariableSymbol> Variables { get; init; }

    /// <summary>Global bits and registers of bits, in the order of their declaration.</summary>
    public required ImmutableArray<VariableSymbol> Registers { get; init; }

    /// <summary>The first classical bit of each register, by its place.</summary>
    public required IReadOnlyDictionary<int, int> ClassicalBits { get; init; }

    public required int BitCount { get; init; }

    /// <summary>Whether it measures, and has bits to show for it.</summary>
    public required bool Measures { get; init; }

    public required ImmutableArray<string> Pragmas { get; init; }

    /// <summary>Annotations of registers of qubits, by name.</summary>
    public required IReadOnlyDictionary<string, ImmutableArray<string>> Annotations { get; init; }

    /// <summary>What a person should know, each sentence once, where it first holds.</summary>
    public required ImmutableArray<(Span At, string Text)> Notes { get; init; }
}
