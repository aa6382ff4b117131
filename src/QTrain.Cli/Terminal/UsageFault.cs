using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;
using QTrain.Operations.Specs;

namespace QTrain.Cli.Terminal;

/// <summary>What is wrong with a command line, in one line that says what to type instead.</summary>
internal static class UsageFault
{
    /// <summary>The fault; null when there is none.</summary>
    public static string? Of(ParseResult parse)
    {
        // Asking for help is never wrong.
        if (parse.Action is HelpAction || parse.Tokens.Any(t => t.Value is "--help" or "-h" or "-?")) return null;
        if (OfArguments(parse) is { } strayed) return strayed;
        if (parse.Errors.Count == 0) return null;
        var command = parse.CommandResult.Command;
        var names = command.Subcommands.Select(c => c.Name).ToArray();
        var options = Options(parse.CommandResult).ToArray();
        foreach (var token in parse.UnmatchedTokens)
        {
            if (token.StartsWith('-'))
                return $"'{token}' is not an option of '{Name(parse)}'.{Suggestion.DidYouMean(token, options)} Options are: {string.Join(", ", options)}.";
            if (names.Length > 0)
                return $"'{token}' is not a verb of '{Name(parse)}'.{Suggestion.DidYouMean(token, names)} Verbs are: {string.Join(", ", names)}. See: {Name(parse)} --help";
            return $"'{token}' is one argument too many for '{Name(parse)}'. See: {Name(parse)} --help";
        }
        if (names.Length > 0 && command.Action is null)
            return $"'{Name(parse)}' needs a verb: {string.Join(", ", names)}. See: {Name(parse)} --help";
        var lines = parse.Errors[0].Message.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return $"{lines[0].TrimEnd('.', ':')}{(lines.Length > 1 ? ": " + string.Join(", ", lines[1..]) : "")}. See: {Name(parse)} --help";
    }

    // An option that is not known would otherwise be read as the name of a file or a run.
    private static string? OfArguments(ParseResult parse)
    {
        if (parse.Tokens.Any(t => t.Type == TokenType.DoubleDash)) return null;
        foreach (var argument in parse.CommandResult.Command.Arguments)
            foreach (var token in parse.GetResult(argument)?.Tokens ?? [])
            {
                if (token.Value.Trim().Length == 0) return $"the {argument.HelpName ?? argument.Name} is empty. See: {Name(parse)} --help";
                if (token.Value is not ['-', _, ..]) continue;
                var options = Options(parse.CommandResult).ToArray();
                return $"'{token.Value}' is not an option of '{Name(parse)}'.{Suggestion.DidYouMean(token.Value, options)} Options are: {string.Join(", ", options)}. After '--' it would be a {argument.HelpName ?? argument.Name}.";
            }
        return OfValues(parse) is { } wrong ? $"{wrong} See: {Name(parse)} --help" : null;
    }

    // The parser's own words name .NET types, and it takes the number of an enumeration's member for the member.
    private static string? OfValues(ParseResult parse)
    {
        for (SymbolResult? at = parse.CommandResult; at is CommandResult command; at = at.Parent)
            foreach (var option in command.Command.Options)
                foreach (var token in parse.GetResult(option)?.Tokens ?? [])
                    if (Expected(option, token.Value) is { } expected) return $"{option.Name} {token.Value}: it must be {expected}.";
        return null;
    }

    private static string? Expected(Option option, string given)
    {
        var type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
        if (type.IsEnum)
        {
            var names = Enum.GetNames(type).Select(n => n.ToLowerInvariant()).ToArray();
            return names.Contains(given.ToLowerInvariant()) ? null : $"one of {string.Join(", ", names)}";
        }
        if (option.Validators.Count > 0) return null;       // it says more exactly what it takes
        if (type == typeof(int)) return int.TryParse(given, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? null : $"a whole number of at most {int.MaxValue}";
        if (type == typeof(long)) return long.TryParse(given, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? null : $"a whole number of at most {long.MaxValue}";
        if (type == typeof(ulong)) return ulong.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? null : $"a whole number from 0 to {ulong.MaxValue}";
        return option.HelpName is { } what && (what.StartsWith("FILE", StringComparison.Ordinal) || what == "FOLDER") && given.Trim().Length == 0 ? $"the name of a {what.Split('.')[0].ToLowerInvariant()}" : null;
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
