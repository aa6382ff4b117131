using System.CommandLine;
using System.Text.Json.Nodes;
using QTrain.Cli.Evaluate;
using QTrain.Cli.Terminal;
using QTrain.OpenQasm;

namespace QTrain.Cli.Check;

/// <summary><c>qtrain check</c>: whether a file is right, before anything is done with it.</summary>
internal static class CheckCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var file = new Argument<string>("file") { Description = "A spec, or a program in OpenQASM 2 or 3.", HelpName = "FILE" };
        var strict = new Option<bool>("--strict") { Description = "Of a spec: a warning is a failure, exit 1. Of OpenQASM: refuse what readers let pass by custom, such as a missing version line or an empty statement." };
        var syntax = new Option<bool>("--syntax") { Description = "Of OpenQASM: only whether it parses; names and types are not asked, includes not followed." };
        var (spec, programs) = (new SpecCheck(), new OpenQasmFiles());
        var command = new Command("check", "Says whether a spec or an OpenQASM program is right; advises on a spec before it costs anything.") { file, strict, syntax };
        spec.AddTo(command);
        programs.AddTo(command);
        return command.Does(terminal,
            [
                ("qtrain check my.yaml", "is it right, and where should it run?"),
                ("qtrain check my.yaml --device sherbrooke", "and does it suit a device?"),
                ("qtrain check my.yaml --error 1e-3 --strict", "with the error you want; for a script"),
                ("qtrain check program.qasm", "names, types, sizes and all"),
                ("qtrain check fragment.qasm --syntax", "the grammar alone"),
            ],
            async (parse, result, cancellation) =>
            {
                var name = parse.GetValue(file)!;
                var text = EvaluationInputs.Text(name);
                if (SpecCheck.IsSpec(name, text)) return await spec.RunAsync(parse, result, name, parse.GetValue(strict), cancellation);
                if (!OpenQasmFiles.IsOpenQasm(name, text)) throw new UsageException($"{name} is neither a spec (YAML with a 'problem'; `qtrain init` writes one) nor an OpenQASM program (.qasm).");
                Program(name, text, programs.Options(parse, name) with { IsStrict = parse.GetValue(strict) }, parse.GetValue(syntax), result);
                return ExitCode.Success;
            });
    }

    private static void Program(string name, string text, OpenQasmOptions options, bool onlySyntax, ResultWriter result)
    {
        if (onlySyntax)
        {
            var version = OpenQasmProgram.CheckSyntax(text, name, options);
            result.Write(
                () => new JsonObject { ["valid"] = true, ["version"] = version, ["qubits"] = null, ["inputs"] = new JsonArray() },
                output => output.WriteLine($"{name}: its syntax is OpenQASM {version}."));
            return;
        }
        var program = OpenQasmProgram.Parse(text, name, options);
        foreach (var note in program.Notes) result.Hint(note);
        result.Write(
            () => new JsonObject
            {
                ["valid"] = true,
                ["version"] = program.Version,
                ["qubits"] = program.QubitCount,
                ["clbits"] = program.BitCount,
                ["dialect"] = program.Dialect == OpenQasmDialect.Braket ? "braket" : "spec",
                ["inputs"] = new JsonArray([.. program.Inputs.Select(i => (JsonNode?)i.Name)]),
            },
            output =>
            {
                output.WriteLine($"{name}: OpenQASM {program.Version}{(program.Dialect == OpenQasmDialect.Braket ? " in Braket's dialect" : "")}, {Show.Count(program.QubitCount, "qubit")}, {Show.Count(program.BitCount, "classical bit")}.");
                foreach (var needed in program.Inputs) output.WriteLine($"input {needed.Type} {needed.Name}{(needed.IsTrainable ? ", trainable" : "")}");
            });
    }
}
