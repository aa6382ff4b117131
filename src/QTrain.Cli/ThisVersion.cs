using System.Reflection;

namespace QTrain.Cli;

/// <summary>The version of this program.</summary>
internal static class ThisVersion
{
    public static string Text =>
        typeof(ThisVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
