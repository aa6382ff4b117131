using System.Diagnostics;
using System.Text.RegularExpressions;

namespace QTrain.Architecture.Tests;

public sealed partial class The_repository
{
    private static readonly string[] Folders = ["src", "tests", "bench", "samples"];

    [Fact]
    public void has_no_source_file_of_over_600_lines() =>
        Folders.Where(f => Directory.Exists(Repository.Path(f))).SelectMany(Repository.Sources)
            .Where(file => File.ReadLines(file).Count() > 600).ShouldBeEmpty("a file over 600 lines is usually two ideas");

    [Fact]
    public void leaves_nothing_undone_behind_a_promise() =>
        Repository.Sources("src").SelectMany(file => File.ReadLines(file).Where(l => Promise().IsMatch(l)).Select(l => $"{file}: {l.Trim()}")).ShouldBeEmpty();

    [Fact]
    public void names_no_path_of_any_machine() =>
        Tracked().Where(f => Text(f)).SelectMany(f => File.ReadLines(Repository.Path(f)).Where(l => MachinePath().IsMatch(l)).Select(l => $"{f}: {l.Trim()}"))
            .ShouldBeEmpty();

    [Fact]
    public void links_only_to_pages_that_exist()
    {
        var broken = new List<string>();
        foreach (var page in Tracked().Where(f => f.EndsWith(".md", StringComparison.Ordinal)))
        {
            var folder = Path.GetDirectoryName(Repository.Path(page))!;
            foreach (var target in Link().Matches(File.ReadAllText(Repository.Path(page))).Select(m => m.Groups[1].Value))
            {
                if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith('#')) continue;
                var path = Path.Combine(folder, target.Split('#')[0]);
                if (!File.Exists(path) && !Directory.Exists(path)) broken.Add($"{page} → {target}");
            }
        }
        broken.ShouldBeEmpty();
    }

    [Fact]
    public void shows_in_its_README_the_very_program_that_compiles()
    {
        var program = Repository.Read("samples", "hello", "Program.cs").Trim();
        Repository.Read("README.md").ReplaceLineEndings("\n").ShouldContain(program.ReplaceLineEndings("\n"));
    }

    private static string[] Tracked()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", Repository.Root, "ls-files"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var files = git.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        git.WaitForExit();
        return [.. files.Where(f => File.Exists(Repository.Path(f)))];
    }

    private static bool Text(string file) => Path.GetExtension(file) is ".cs" or ".md" or ".csproj" or ".props" or ".yaml" or ".json" or ".txt" or ".sql" or "";

    [GeneratedRegex(@"NotImplementedException|\b(TODO|FIXME|HACK)\b")]
    private static partial Regex Promise();

    [GeneratedRegex(@"(?<![\w.])/(work|root|home|farm)/[a-z]")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
