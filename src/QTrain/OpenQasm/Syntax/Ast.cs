using System.Collections.Immutable;
using System.Numerics;

namespace QTrain.OpenQasm.Syntax;

// A program as written. Nodes are values that never change; names are not looked up yet.

internal abstract record Node(Span Span);

/// <summary>A whole file with the files it includes.</summary>
internal sealed record ProgramNode(Span Span, int Version, string? WrittenVersion, ImmutableArray<Statement> Statements, ImmutableArray<string> Pragmas) : Node(Span);

internal abstract record Expression(Span Span) : Node(Span)
{
    /// <summary>How deep the tree below is, for a bound on recursion.</summary>
    public int Depth { get; init; } = 1;
}

internal sealed record NameExpression(Span Span, string Name) : Expression(Span);

internal sealed record IntegerLiteral(Span Span, BigInteger Value) : Expression(Span);

internal sealed record RealLiteral(Span Span, double Value) : Expression(Span);

internal sealed record ImaginaryLiteral(Span Span, double Value) : Expression(Span);

internal sealed record BooleanLiteral(Span Span, bool Value) : Expression(Span);

/// <summary>Bits as text, the first written the highest.</summary>
internal sealed record BitsLiteral(Span Span, BigInteger Value, int Width) : Expression(Span);

/// <summary>A duration in seconds, or in dt.</summary>
internal sealed record TimingLiteral(Span Span, double Value, bool IsDt) : Expression(Span);

internal sealed record PhysicalQubit(Span Span, int Number) : Expression(Span);

internal sealed record UnaryExpression(Span Span, string Operator, Expression Operand) : Expression(Span);

internal sealed record BinaryExpression(Span Span, string Operator, Expression Left, Expression Right) : Expression(Span);

internal sealed record CallExpression(Span Span, string Name, ImmutableArray<Expression> Arguments) : Expression(Span);

internal sealed record CastExpression(Span Span, TypeNode Type, Expression Operand) : Expression(Span);

internal sealed record IndexExpression(Span Span, Expression Of, IndexNode Index) : Expression(Span);

internal sealed record DurationOf(Span Span, BlockStatement Block) : Expression(Span);

/// <summary><c>measure q</c>, where a value may be: never inside another expression.</summary>
internal sealed record MeasureExpression(Span Span, Expression Qubits) : Expression(Span);

/// <summary><c>{1, {2, 3}}</c>, where an array is given its first values.</summary>
internal sealed record ArrayLiteral(Span Span, ImmutableArray<Expression> Items) : Expression(Span);

/// <summary><c>a ++ b</c> of an alias or an array.</summary>
internal sealed record Concatenation(Span Span, ImmutableArray<Expression> Parts) : Expression(Span);

/// <summary>What stands between brackets: one set, or indices and ranges.</summary>
internal sealed record IndexNode(Span Span, ImmutableArray<Expression> Items, bool IsSet) : Node(Span);

internal sealed record RangeExpression(Span Span, Expression? Start, Expression? Step, Expression? Stop) : Expression(Span);

internal sealed record SetExpression(Span Span, ImmutableArray<Expression> Items) : Expression(Span);

internal enum TypeKeyword
{
    Bit,
    Int,
    Uint,
    Float,
    Angle,
    Bool,
    Complex,
    Duration,
    Stretch,
    Qubit,
    Array,
}

/// <summary>A type as written. An array has an element, and sizes or a number of dimensions.</summary>
internal sealed record TypeNode(Span Span, TypeKeyword Keyword, Expression? Size) : Node(Span)
{
    public TypeNode? Element { get; init; }

    public ImmutableArray<Expression> Dimensions { get; init; } = [];

    /// <summary>Of <c>#dim = n</c>.</summary>
    public Expression? DimensionCount { get; init; }

    public bool IsMutable { get; init; }

    public bool IsReference { get; init; }
}

internal abstract record Statement(Span Span) : Node(Span)
{
    public ImmutableArray<string> Annotations { get; init; } = [];
}

internal sealed record BlockStatement(Span Span, ImmutableArray<Statement> Statements) : Statement(Span);

internal sealed record EmptyStatement(Span Span) : Statement(Span);

internal sealed record PragmaStatement(Span Span, string Content) : Statement(Span);

/// <summary>The statements of an included file, in their place.</summary>
internal sealed record IncludeStatement(Span Span, string Path, ImmutableArray<Statement> Statements, bool IsBuiltIn) : Statement(Span);

internal sealed record QubitDeclaration(Span Span, string Name, Expression? Size) : Statement(Span);

internal sealed record ClassicalDeclaration(Span Span, TypeNode Type, string Name, Span NameSpan, Expression? Value, bool IsConst) : Statement(Span);

internal sealed record InOutDeclaration(Span Span, TypeNode Type, string Name, Span NameSpan, bool IsInput) : Statement(Span);

internal sealed record AliasDeclaration(Span Span, string Name, Expression Value) : Statement(Span);

internal sealed record Parameter(Span Span, TypeNode Type, string Name);

internal sealed record SubroutineDefinition(Span Span, string Name, ImmutableArray<Parameter> Parameters, TypeNode? Returns, BlockStatement Body) : Statement(Span);

internal sealed record ExternDeclaration(Span Span, string Name, ImmutableArray<TypeNode> Parameters, TypeNode? Returns) : Statement(Span);

internal sealed record Named(Span Span, string Name);

internal sealed record GateDefinition(Span Span, string Name, ImmutableArray<Named> Parameters, ImmutableArray<Named> Qubits, BlockStatement Body) : Statement(Span)
{
    /// <summary>OpenQASM 2's <c>opaque</c>: known by name, without a body.</summary>
    public bool IsOpaque { get; init; }
}

internal enum ModifierKind
{
    Inverse,
    Power,
    Control,
    NegativeControl,
}

internal sealed record Modifier(Span Span, ModifierKind Kind, Expression? Argument);

internal sealed record GateCall(Span Span, ImmutableArray<Modifier> Modifiers, string Name, Span NameSpan, ImmutableArray<Expression> Arguments, ImmutableArray<Expression> Qubits) : Statement(Span);

internal sealed record MeasureStatement(Span Span, Expression Value, Expression? Target) : Statement(Span);

internal sealed record ResetStatement(Span Span, Expression Qubits) : Statement(Span);

internal sealed record BarrierStatement(Span Span, ImmutableArray<Expression> Qubits, bool IsNop) : Statement(Span);

internal sealed record DelayStatement(Span Span, Expression Duration, ImmutableArray<Expression> Qubits) : Statement(Span);

internal sealed record BoxStatement(Span Span, Expression? Duration, BlockStatement Body) : Statement(Span);

/// <summary><paramref name="Operator"/> is "=" or a compound such as "+=".</summary>
internal sealed record Assignment(Span Span, Expression Target, string Operator, Expression Value) : Statement(Span);

internal sealed record ExpressionStatement(Span Span, Expression Value) : Statement(Span);

internal sealed record IfStatement(Span Span, Expression Condition, Statement Then, Statement? Else) : Statement(Span);

internal sealed record ForStatement(Span Span, TypeNode Type, string Name, Expression Values, Statement Body) : Statement(Span);

internal sealed record WhileStatement(Span Span, Expression Condition, Statement Body) : Statement(Span);

internal sealed record SwitchCase(Span Span, ImmutableArray<Expression> Labels, BlockStatement Body);

internal sealed record SwitchStatement(Span Span, Expression Value, ImmutableArray<SwitchCase> Cases, BlockStatement? Default) : Statement(Span);

internal sealed record ReturnStatement(Span Span, Expression? Value) : Statement(Span);

internal enum JumpKind
{
    Break,
    Continue,
    End,
}

internal sealed record JumpStatement(Span Span, JumpKind Kind) : Statement(Span);

/// <summary><c>cal</c>, <c>defcal</c> and <c>defcalgrammar</c>: kept as they are written.</summary>
internal sealed record CalibrationStatement(Span Span, string Content) : Statement(Span)
{
    /// <summary>Of a defcal: the gate, measurement, … that it plays; null for others.</summary>
    public string? Name { get; init; }

    public int ArgumentCount { get; init; }

    public int QubitCount { get; init; }

    /// <summary>Whether it gives a result.</summary>
    public bool Returns { get; init; }
}
