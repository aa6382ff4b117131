using System.Diagnostics;

namespace QTrain.Architecture.Tests;

/// <summary>The script <c>./qtrain</c>, in a checkout of its own with a stand-in for the SDK that counts its builds.</summary>
public sealed class The_launcher : IDisposable
{
    private const string StandIn = """
        #!/usr/bin/env bash
        echo build >> "$BUILDS"
        [ -z "${SLOWLY-}" ] || sleep 0.5
        if [ -n "${BROKEN-}" ]; then echo "Circuit.cs(1,1): error CS1002: ; expected"; exit 1; fi
        while [ $# -gt 0 ]; do case $1 in --output) out=$2; shift ;; esac; shift; done
        mkdir -p "$out"
        printf '#!/usr/bin/env bash\necho "ran $*"\nexit 7\n' > "$out/QTrain.Cli"
        chmod +x "$out/QTrain.Cli"
        """;

    private readonly string _root = Directory.CreateTempSubdirectory("qtrain-launcher-").FullName;

    public The_launcher()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the launcher is a shell script");
        Write("qtrain", Repository.Read("qtrain"), executable: true);
        Write("sdk/dotnet", StandIn + "\n", executable: true);
        foreach (var file in (string[])["src/QTrain/Circuits/Circuit.cs", "Directory.Build.props", "Directory.Packages.props", "global.json"]) Write(file, "");
    }

    [Fact]
    public void builds_once_and_then_only_runs()
    {
        var first = Run();
        (first.Code, first.Output, Builds).ShouldBe((7, "ran train spec.yaml\n", 1));
        first.Error.ShouldContain("building");
        var second = Run();
        (second.Code, second.Output, second.Error, Builds).ShouldBe((7, "ran train spec.yaml\n", "", 1));
    }

    [Theory]
    [InlineData("src/QTrain/Circuits/Circuit.cs")]
    [InlineData("src/QTrain/Circuits/New.cs")]
    [InlineData("Directory.Packages.props")]
    public void builds_again_when_a_source_is_newer(string source)
    {
        Run();
        Write(source, "// changed");
        Run();
        Builds.ShouldBe(2);
    }

    [Fact]
    public void builds_again_when_a_source_is_gone()
    {
        Run();
        File.Delete(Path.Combine(_root, "src/QTrain/Circuits/Circuit.cs"));
        Run();
        Builds.ShouldBe(2);
    }

    [Fact]
    public void does_not_build_for_what_builds_leave_behind()
    {
        Run();
        Write("src/QTrain/obj/project.assets.json", "{}");
        Write("src/QTrain/bin/Release/QTrain.dll", "");
        Run();
        Builds.ShouldBe(1);
    }

    [Fact]
    public async Task builds_once_when_two_begin_together()
    {
        var both = await Task.WhenAll(Task.Run(() => Run("SLOWLY")), Task.Run(() => Run("SLOWLY")));
        both.ShouldAllBe(r => r.Output == "ran train spec.yaml\n");
        Builds.ShouldBe(1);
    }

    [Fact]
    public void says_why_a_build_failed_and_tries_again_the_next_time()
    {
        var broken = Run("BROKEN");
        (broken.Code, broken.Output).ShouldBe((1, ""));
        broken.Error.ShouldContain("error CS1002");
        Run().Code.ShouldBe(7);
        Builds.ShouldBe(2);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private int Builds => File.ReadAllLines(Path.Combine(_root, "builds")).Length;

    private void Write(string file, string text, bool executable = false)
    {
        var path = Path.Combine(_root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        if (executable && !OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        // Clocks of file systems may be coarse: a change is later than any build so far, and what was there is earlier.
        var then = File.Exists(Path.Combine(_root, "artifacts/qtrain/.built")) ? TimeSpan.FromMinutes(1) : TimeSpan.FromMinutes(-1);
        var time = TimeProvider.System.GetUtcNow().UtcDateTime + then;
        File.SetLastWriteTimeUtc(path, time);
        if (then < TimeSpan.Zero)
            for (var folder = Path.GetDirectoryName(path)!; folder != _root; folder = Path.GetDirectoryName(folder)!) Directory.SetLastWriteTimeUtc(folder, time);
    }

    private (int Code, string Output, string Error) Run(string? flag = null)
    {
        var start = new ProcessStartInfo(Path.Combine(_root, "qtrain"), ["train", "spec.yaml"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.Environment["PATH"] = $"{Path.Combine(_root, "sdk")}:{start.Environment["PATH"]}";
        start.Environment["BUILDS"] = Path.Combine(_root, "builds");
        if (flag is not null) start.Environment[flag] = "1";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
