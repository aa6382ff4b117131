using System.CommandLine;
using System.Text.Json.Nodes;
using QTrain.Cli.Terminal;
using QTrain.Operations.Specs;

namespace QTrain.Cli.Specs;

/// <summary><c>qtrain init</c>: a commented spec that runs as it is.</summary>
internal static class InitCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var file = new Argument<string>("file") { Description = "Where to write it; - is standard output.", HelpName = "FILE", DefaultValueFactory = _ => "qtrain.yaml" };
        var force = new Option<bool>("--force") { Description = "Replace the file when it exists." };
        return new Command("init", "Writes a commented spec that runs as it is and shows every key.") { file, force }
            .Does(terminal, [("qtrain init", "writes qtrain.yaml"), ("qtrain init my.yaml && qtrain train my.yaml", "and trains it"), ("qtrain init -", "prints it")],
            (parse, result) =>
            {
                var path = parse.GetValue(file)!;
                var text = SpecTemplate.Text();
                if (path == "-")
                {
                    result.Write(() => new JsonObject { ["spec"] = text }, output => output.Write(text));
                    return ExitCode.Success;
                }
                if (Directory.Exists(path)) throw new UsageException($"{path} is a folder: name a file, such as {Path.Combine(path, "qtrain.yaml")}.");
                if (File.Exists(path) && !parse.GetValue(force)) throw new UsageException($"{path} exists already: name another file, or replace it with --force.");
                File.WriteAllText(path, text);
                result.Write(() => new JsonObject { ["file"] = path }, output => output.WriteLine($"Wrote {path}. Next: qtrain train {path}"));
                return ExitCode.Success;
            });
    }
}
