using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text.RegularExpressions;

namespace QTrain.Cli.Terminal;

/// <summary>Help ends with examples to copy.</summary>
internal static partial class Examples
{
    public static void AddTo(Command command, IReadOnlyList<(string Line, string About)> examples)
    {
        var help = command.Options.OfType<HelpOption>().FirstOrDefault();
        if (help is null) command.Options.Add(help = new HelpOption());
        help.Action = new HelpWithExamples(examples);
    }

    // Names of enumerations are typed in lower case.
    [GeneratedRegex(@"\[default: (?<name>[A-Z][a-z]+)(?=\])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DefaultName();

    private sealed class HelpWithExamples(IReadOnlyList<(string Line, string About)> examples) : SynchronousCommandLineAction
    {
        private readonly HelpAction _help = new();

        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var output = parseResult.InvocationConfiguration.Output;
            // The file is called QTrain.Cli; people type qtrain.
            using var help = new StringWriter();
            parseResult.InvocationConfiguration.Output = help;
            var status = _help.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output = output;
            output.Write(DefaultName().Replace(help.ToString().Replace("  " + RootCommand.ExecutableName, "  qtrain", StringComparison.Ordinal).TrimEnd(), m => "[default: " + m.Groups["name"].Value.ToLowerInvariant()));
            output.WriteLine();
            output.WriteLine();
            output.WriteLine("Examples:");
            var width = examples.Max(e => e.Line.Length);
            foreach (var (line, about) in examples) output.WriteLine($"  {line.PadRight(width)}  {about}".TrimEnd());
            output.WriteLine();
            return status;
        }
    }
}
