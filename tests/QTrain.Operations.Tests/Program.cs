using QTrain.Operations.Tests.Crash;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace QTrain.Operations.Tests;

internal static class Program
{
    public static Task<int> Main(string[] args) => args switch
    {
        [CrashHost.Verb, .. var rest] => CrashHost.RunAsync(rest),
        _ when args.Any(a => a is "--server" or "--internal-msbuild-node") =>
            TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
        _ => ConsoleRunner.Run(args),
    };
}
