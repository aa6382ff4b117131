using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using QTrain.Operations.Specs;

namespace QTrain.Cli.Terminal;

/// <summary>What is wrong with a command line, in one line that says what to type instead.</summary>
internal static class UsageFault
{
    /// <summary>The fault; null when there is none.</summary>
    public static string? Of(ParseResult parse)
    {
        if (parse.Errors.Count == 0) return null;
        // Asking for help is never wrong.
        if (parse.Action is HelpAction || parse.Tokens.Any(t => t.Value is "--help" or "-h" or "-?")) return null;
        var command = parse.CommandResult.Command;
        var names = command.Subcommands.Select(c => c.Name).ToArray();
        var options = Options(parse.CommandResult).ToArray();
        foreach (var token in parse.UnmatchedTokens)
        {
            if (token.StartsWith('-'))
                return $"'{token}' is not an option of '{Name(parse)}'.{Suggestion.DidYouMean(token, options)} Options are: {string.Join(", ", options)}.";
            if (names.Length > 0)
                return $"'{token}' is not a verb of '{Name(parse)}'.{Suggestion.DidYouMean(token, names)} Verbs are: {string.Join(", ", names)}.";
            return $"'{token}' is one argument too many for '{Name(parse)}'. See: {Name(parse)} --help";
        }
        if (names.Length > 0 && command.Action is null)
            return $"'{Name(parse)}' needs a verb: {string.Join(", ", names)}. See: {Name(parse)} --help";
        var lines = parse.Errors[0].Message.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return $"{lines[0].TrimEnd('.', ':')}{(lines.Length > 1 ? ": " + string.Join(", ", lines[1..]) : "")}. See: {Name(parse)} --help";
    }

    private static string Name(ParseResult parse)
    {
        var names = new List<string>();
        for (SymbolResult? at = parse.CommandResult; at is CommandResult command; at = at.Parent)
            names.Insert(0, command.Command is RootCommand ? "qtrain" : command.Command.Name);
        return string.Join(' ', names);
    }

    private static IEnumerable<string> Options(CommandResult result)
    {
        for (SymbolResult? at = result; at is CommandResult command; at = at.Parent)
            foreach (var option in command.Command.Options)
                if ((at == result || option.Recursive) && option is not HelpOption) yield return option.Name;
    }
}
