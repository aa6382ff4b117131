using System.Collections.Immutable;
using QTrain.OpenQasm.Running;
using QTrain.OpenQasm.Syntax;

namespace QTrain.OpenQasm.Meaning;

internal abstract record Symbol(string Name, Span Declared)
{
    /// <summary>What it is, for messages.</summary>
    public abstract string What { get; }
}

internal sealed record ConstantSymbol(string Name, Span Declared, QasmType Type, Value Value) : Symbol(Name, Declared)
{
    public override string What => "a constant";
}

/// <summary>A variable.</summary>
internal sealed record VariableSymbol(string Name, Span Declared, QasmType Type, bool IsGlobal, int Slot) : Symbol(Name, Declared)
{
    public bool IsReadOnly { get; init; }

    /// <summary>Whether its place holds a reference to the elements of an array elsewhere.</summary>
    public bool IsReference { get; init; }

    /// <summary>Whether it is a register of no bits at all, which OpenQASM 2 knows.</summary>
    public bool IsEmpty { get; init; }

    /// <summary>How many bits the register has; 1 for a single bit.</summary>
    public int BitCount => IsEmpty ? 0 : Math.Max(1, Type.Width);

    /// <summary>A parameter of a gate, an argument, …: what to call it.</summary>
    public string Role { get; init; } = "a variable";

    public override string What => Role;
}

/// <summary>Qubits: fixed ones, or those that stand in a place of a frame.</summary>
internal sealed record QubitSymbol(string Name, Span Declared, int Width, bool IsRegister, int[]? Fixed, bool IsGlobal, int Slot) : Symbol(Name, Declared)
{
    private Func<Branch, int[]>?[]? _singles;

    /// <summary>One of fixed qubits, made once however often it is named.</summary>
    public (int[] Qubits, Func<Branch, int[]> Find) Single(int index)
    {
        var find = (_singles ??= new Func<Branch, int[]>?[Fixed!.Length])[index];
        if (find is null)
        {
            int[] one = [Fixed![index]];
            _singles[index] = find = _ => one;
        }
        return (find(null!), find);
    }

    public string Role { get; init; } = "a qubit";

    public override string What => Role;
}

/// <summary>Bits of variables by another name.</summary>
internal sealed record BitAliasSymbol(string Name, Span Declared, int Width, bool IsGlobal, int Slot) : Symbol(Name, Declared)
{
    public override string What => "an alias of bits";
}

internal sealed record GateSymbol(string Name, Span Declared, GateRule Rule, bool MayBeReplaced) : Symbol(Name, Declared)
{
    public override string What => "a gate";
}

internal sealed record SubroutineSymbol(string Name, Span Declared, Subroutine? Routine, ImmutableArray<ArgumentType> Arguments, QasmType Returns) : Symbol(Name, Declared)
{
    /// <summary>How deep calls are nested below this one.</summary>
    public int Depth { get; init; }

    public bool IsExtern => Routine is null;

    public override string What => IsExtern ? "an extern function" : "a subroutine";
}

internal sealed record ArgumentType(QasmType Type, bool IsReference, bool IsMutable);

internal enum ScopeKind
{
    Global,
    Block,
    Gate,
    Subroutine,
}

internal sealed class Scope(ScopeKind kind, Scope? outer)
{
    public Dictionary<string, Symbol> Symbols { get; } = [];

    public ScopeKind Kind { get; } = kind;

    public Scope? Outer { get; } = outer;

    /// <summary>The nearest gate or subroutine around; global when there is none.</summary>
    public ScopeKind Around => Kind == ScopeKind.Block ? Outer!.Around : Kind;
}

/// <summary>Places of a frame, given out as they are needed.</summary>
internal sealed class FrameLayout
{
    public int Size { get; private set; }

    public int Take() => Size++;
}
