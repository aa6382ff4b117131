namespace QTrain.Cli.Terminal;

/// <summary>How a result is written.</summary>
internal enum OutputFormat
{
    /// <summary>For a person.</summary>
    Text,

    /// <summary>One JSON document: a contract.</summary>
    Json,
}
