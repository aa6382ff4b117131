namespace QTrain.OpenQasm;

/// <summary>Whose meaning a program has where they differ.</summary>
public enum OpenQasmDialect
{
    /// <summary>The specification's: <c>U(θ, φ, λ)</c> has the phase e^{iθ/2}, gates come from <c>stdgates.inc</c>.</summary>
    Specification,

    /// <summary>Amazon Braket's: <c>U</c> without that phase, Braket's gates are built in, gates and subroutines read global variables.</summary>
    Braket,
}

/// <summary>A file that a program includes.</summary>
/// <param name="File">Its name, for messages.</param>
/// <param name="Text">What it says.</param>
public sealed record OpenQasmFile(string File, string Text);

/// <summary>How a program is read.</summary>
public sealed record OpenQasmOptions
{
    /// <summary>As files are found.</summary>
    public static OpenQasmOptions Default { get; } = new();

    /// <summary>The dialect; null: Braket's when the program has neither a version line nor an include, else the specification's.</summary>
    public OpenQasmDialect? Dialect { get; init; }

    /// <summary>Whether what readers let pass by custom is refused: a missing version line, empty statements, trailing commas, gates that no include brings.</summary>
    public bool IsStrict { get; init; }

    /// <summary>Finds an included file by the path in the program; null when there is none. <c>stdgates.inc</c> and <c>qelib1.inc</c> are built in
    /// and not asked for. Left out: no other file can be included.</summary>
    public Func<string, OpenQasmFile?>? Include { get; init; }
}
