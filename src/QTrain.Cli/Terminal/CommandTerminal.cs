namespace QTrain.Cli.Terminal;

/// <summary>Where a command writes: results to <see cref="Out"/>, all else to <see cref="Error"/>.</summary>
/// <param name="Out">Standard output: one document, or text for a person.</param>
/// <param name="Error">Standard error: progress, hints, errors.</param>
/// <param name="OutIsTerminal">Whether a person reads <paramref name="Out"/> as it is written.</param>
/// <param name="ErrorIsTerminal">Whether a person reads <paramref name="Error"/> as it is written.</param>
internal sealed record CommandTerminal(TextWriter Out, TextWriter Error, bool OutIsTerminal = false, bool ErrorIsTerminal = false)
{
    /// <summary>Whether text for a person may be coloured (https://no-color.org).</summary>
    public bool Colour => OutIsTerminal && Colourful;

    /// <summary>Whether messages may be coloured.</summary>
    public bool ErrorColour => ErrorIsTerminal && Colourful;

    private static bool Colourful =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>The streams of this process.</summary>
    public static CommandTerminal OfThisProcess() =>
        new(Console.Out, Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb");

    public string Bold(string text) => Colour ? $"\e[1m{text}\e[0m" : text;

    public string Dim(string text) => Colour ? $"\e[2m{text}\e[0m" : text;

    public string Green(string text) => Colour ? $"\e[32m{text}\e[0m" : text;

    public string Red(string text) => Colour ? $"\e[31m{text}\e[0m" : text;

    public string Yellow(string text) => Colour ? $"\e[33m{text}\e[0m" : text;
}
