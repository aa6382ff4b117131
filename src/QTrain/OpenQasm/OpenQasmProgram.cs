using System.Collections.Immutable;
using QTrain.Circuits;
using QTrain.Formats;
using QTrain.OpenQasm.Meaning;
using QTrain.OpenQasm.Running;
using QTrain.OpenQasm.Syntax;
using Parameter = QTrain.Circuits.Parameter;

namespace QTrain.OpenQasm;

/// <summary>A value that a program asks for: <c>input float theta;</c></summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type as it is written, such as <c>angle[32]</c>.</param>
/// <param name="IsTrainable">Whether it can stay a parameter of a circuit: floats and angles can.</param>
public sealed record OpenQasmInput(string Name, string Type, bool IsTrainable);

/// <summary>A register: its name and size. A single qubit or bit has the size 1.</summary>
/// <param name="Name">The name.</param>
/// <param name="Size">How many.</param>
public sealed record OpenQasmRegister(string Name, int Size);

/// <summary>A program in OpenQASM 2 or 3 whose names, types and sizes have been checked.</summary>
/// <remarks>Cross et al. 2017, arXiv:1707.03429, and 2022, arXiv:2104.14722; the living specification at openqasm.com.</remarks>
public sealed class OpenQasmProgram
{
    private OpenQasmProgram(BoundProgram bound, SourceText source)
    {
        Bound = bound;
        Source = source;
    }

    internal BoundProgram Bound { get; }

    internal SourceText Source { get; }

    /// <summary>The version of the language: 2.0 or 3.0.</summary>
    public string Version => Bound.Version == 2 ? "2.0" : "3.0";

    /// <summary>Whose meaning it has.</summary>
    public OpenQasmDialect Dialect => Bound.IsBraket ? OpenQasmDialect.Braket : OpenQasmDialect.Specification;

    /// <summary>How many qubits: declared ones first, then physical ones in order of their numbers.</summary>
    public int QubitCount => Bound.QubitCount;

    /// <summary>How many classical bits: those of the outermost level.</summary>
    public int BitCount => Bound.BitCount;

    /// <summary>The numbers of the physical qubits it names, ascending.</summary>
    public ImmutableArray<int> PhysicalQubits => Bound.PhysicalQubits;

    /// <summary>Registers of qubits, in order of declaration.</summary>
    public ImmutableArray<OpenQasmRegister> QubitRegisters => [.. Bound.QubitRegisters.Select(q => new OpenQasmRegister(q.Name, q.Fixed!.Length))];

    /// <summary>Registers of bits, in order of declaration.</summary>
    public ImmutableArray<OpenQasmRegister> BitRegisters => [.. Bound.Registers.Select(r => new OpenQasmRegister(r.Name, r.BitCount))];

    /// <summary>What must be given before it runs.</summary>
    public ImmutableArray<OpenQasmInput> Inputs => [.. Bound.Inputs.Select(i => new OpenQasmInput(i.Name, i.Type.ToString(), IsTrainable(i)))];

    /// <summary>Pragmas, as they are written.</summary>
    public ImmutableArray<string> Pragmas => Bound.Pragmas;

    /// <summary>What of the program is kept and does nothing here, in sentences with their line: pragmas that are not known, noise and results that are
    /// asked for by pragmas.</summary>
    public ImmutableArray<string> Notes => [.. Bound.Notes.Select(n => $"{n.At.Source.File}:{n.At.Source.Place(n.At.Start).Line}: {n.Text}")];

    /// <summary>Reads a program.</summary>
    /// <param name="text">The program.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="options">Dialect, strictness, where included files are.</param>
    /// <exception cref="InvalidFileException">It is not OpenQASM, or has an error of meaning; the message says where and what was expected.</exception>
    public static OpenQasmProgram Parse(string text, string file = "program.qasm", OpenQasmOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(file);
        options ??= OpenQasmOptions.Default;
        var source = new SourceText(file, text);
        var include = options.Include;
        var tree = Parser.Parse(source, new ParserSettings(options.IsStrict, path => include?.Invoke(path) is { } found ? (found.File, found.Text) : null));
        return new OpenQasmProgram(Binder.Bind(tree, options.Dialect is { } dialect ? dialect == OpenQasmDialect.Braket : null, options.IsStrict), source);
    }

    /// <summary>Reads a program without asking what its names mean; files that it includes are not looked at.</summary>
    /// <returns>The version: 2.0 or 3.0.</returns>
    /// <exception cref="InvalidFileException">It is not OpenQASM.</exception>
    public static string CheckSyntax(string text, string file = "program.qasm", OpenQasmOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(file);
        var tree = Parser.Parse(new SourceText(file, text), new ParserSettings((options ?? OpenQasmOptions.Default).IsStrict, null));
        return tree.Version == 2 ? "2.0" : "3.0";
    }

    /// <summary>The program as a circuit: loops unrolled, gates and subroutines written out, conditions on measured bits kept. Inputs of type float and
    /// angle that are not given become trainable parameters of their names.</summary>
    /// <param name="inputs">Values of inputs, as JSON texts by name.</param>
    /// <exception cref="InvalidFileException">It is no circuit that is known before it runs (loops until a measurement succeeds, for example), or an
    /// input that is no angle has no value; the message says where.</exception>
    public Circuit ToCircuit(IReadOnlyDictionary<string, string>? inputs = null) => ToWritten(inputs).Circuit!;

    /// <summary>The circuit with what is kept beside it; it has one.</summary>
    internal WrittenCircuit ToWritten(IReadOnlyDictionary<string, string>? inputs = null, bool keepsText = false)
    {
        try
        {
            return WrittenCircuit.Of(this, inputs, new QasmLimits(), default, keepsText) is { Circuit: not null } written
                ? written
                : throw new InvalidFileException(Source.File, null, null, "the program has no qubits, and a circuit has at least one.");
        }
        catch (NotStaticException fault)
        {
            var reason = $"this program is no single circuit: {fault.Message}.";
            throw fault.At?.Fault(reason) ?? new InvalidFileException(Source.File, null, null, reason);
        }
    }

    internal static bool IsTrainable(VariableSymbol input) => input.Type.Kind is TypeKind.Float or TypeKind.Angle;

    internal static Parameter ParameterOf(VariableSymbol input) => new(input.Name);
}
