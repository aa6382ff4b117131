using System.CommandLine;
using QTrain.Cli.Evaluate;
using QTrain.Cli.Terminal;
using QTrain.Formats;
using QTrain.OpenQasm;
using QTrain.Operations.Specs;

namespace QTrain.Cli.Check;

/// <summary>OpenQASM files: the options that say how they are read, and the folder that their includes may come from.</summary>
internal sealed class OpenQasmFiles
{
    private enum Dialect
    {
        Auto,
        Spec,
        Braket,
    }

    private readonly Option<Dialect> _dialect = new("--dialect")
    {
        Description = "Of OpenQASM: whose meaning holds. auto: Braket's where a file has neither a version line nor an include, else the specification's.",
        HelpName = "auto|spec|braket",
        DefaultValueFactory = _ => Dialect.Auto,
    };

    private readonly Option<string?> _includes = new("--includes") { Description = "Of OpenQASM: the folder that included files come from; nothing outside of it is read. The file's own folder when left out.", HelpName = "FOLDER" };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_dialect, _includes]) command.Add(option);
    }

    public OpenQasmOptions Options(ParseResult parse, string file)
    {
        var folder = parse.GetValue(_includes);
        if (folder is not null && !Directory.Exists(folder)) throw new UsageException($"--includes {folder}: there is no such folder.");
        return new OpenQasmOptions
        {
            Dialect = parse.GetValue(_dialect) switch { Dialect.Spec => OpenQasmDialect.Specification, Dialect.Braket => OpenQasmDialect.Braket, _ => null },
            Include = OpenQasmIncludes.From(folder ?? FolderOf(file)),
        };
    }

    /// <summary>Whether a file is OpenQASM by its name, or by its first word where it comes from standard input.</summary>
    public static bool IsOpenQasm(string file, string text) =>
        file.EndsWith(".qasm", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".inc", StringComparison.OrdinalIgnoreCase)
        || !file.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && !text.AsSpan().TrimStart().StartsWith("{");

    /// <summary>A program as people name one to verbs that have no options for it.</summary>
    public static OpenQasmProgram Read(string file, string text) => OpenQasmProgram.Parse(text, file, new OpenQasmOptions { Include = OpenQasmIncludes.From(FolderOf(file)) });

    private static string FolderOf(string file) => file == "-" ? Directory.GetCurrentDirectory() : Path.GetDirectoryName(Path.GetFullPath(file)) ?? Directory.GetCurrentDirectory();
}
