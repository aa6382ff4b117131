namespace QTrain.Formats;

/// <summary>A file cannot be read as what it should be: says where, what was found and what is allowed.</summary>
public sealed class InvalidFileException : QuantumException
{
    /// <summary>A fault at a place of a file.</summary>
    /// <param name="file">The file as the user named it.</param>
    /// <param name="line">Line, from 1; null when the fault has no place.</param>
    /// <param name="column">Column, from 1; null when unknown.</param>
    /// <param name="reason">What was found, what is allowed, what to do.</param>
    public InvalidFileException(string file, int? line, int? column, string reason)
        : base(line is null ? $"{file}: {reason}" : $"{file}:{line}:{column ?? 1}: {reason}")
    {
        File = file;
        Line = line;
        Column = column;
        Reason = reason;
    }

    /// <summary>The file as the user named it.</summary>
    public string File { get; }

    /// <summary>Line, from 1.</summary>
    public int? Line { get; }

    /// <summary>Column, from 1.</summary>
    public int? Column { get; }

    /// <summary>The message without the place.</summary>
    public string Reason { get; }
}
