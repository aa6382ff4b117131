namespace QTrain.Cli.Terminal;

/// <summary>What a command ends with.</summary>
internal static class ExitCode
{
    /// <summary>Done. A training that did not converge is done too.</summary>
    public const int Success = 0;

    /// <summary>A fact of the domain or the machine stopped it; also: a replay that differs.</summary>
    public const int Failure = 1;

    /// <summary>The command line or a file it names is not right.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by the user: 128 + SIGINT, as shells count.</summary>
    public const int Interrupted = 130;
}
