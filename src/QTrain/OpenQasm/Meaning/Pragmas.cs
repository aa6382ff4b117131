namespace QTrain.OpenQasm.Meaning;

/// <summary>What is known of pragmas.</summary>
internal static class Pragmas
{
    /// <summary>Braket's mark of a box whose gates are played as they stand.</summary>
    public static bool IsVerbatim(string content) => Words(content) is ["braket", "verbatim", ..];

    /// <summary>What a person should know of a pragma that does nothing here; null for those that do what they say.</summary>
    public static string? Note(string content) => Words(content) switch
    {
        ["braket", "unitary" or "verbatim", ..] => null,
        ["braket", "noise", ..] => "noise of '#pragma braket noise' is kept and not simulated; give noise with --noise or --device.",
        ["braket", "result", ..] => "'#pragma braket result' is kept and nothing is computed for it.",
        ["braket", var other, ..] => $"'#pragma braket {other}' is not known here: it is kept and does nothing.",
        _ => $"'#pragma {Shortened(content)}' is not known here: it is kept and does nothing.",
    };

    private static string[] Words(string content) => content.TrimStart('#').Split([' ', '\t', '('], 3, StringSplitOptions.RemoveEmptyEntries);

    private static string Shortened(string content) => string.Concat(content.Take(40).Select(c => char.IsControl(c) ? '\uFFFD' : c)) + (content.Length > 40 ? "…" : "");
}
