using System.CommandLine;
using System.Text.Json.Nodes;
using QTrain.Cli.Evaluate;
using QTrain.Cli.Terminal;

namespace QTrain.Cli.Draw;

/// <summary><c>qtrain draw</c>: a circuit as text or as SVG.</summary>
internal static class DrawCommand
{
    private const int MaxOperations = 20_000;

    public static Command Create(CommandTerminal terminal)
    {
        var circuit = new Argument<string>("circuit") { Description = "The circuit.", HelpName = "FILE" };
        var svg = new Option<string?>("--svg") { Description = "Write a picture there; - is standard output.", HelpName = "FILE.svg" };
        var width = new Option<int?>("--width") { Description = "Where lines are continued below: in characters, or in pixels with --svg. 120 and 1000 when left out.", HelpName = "N" };
        return new Command("draw", "Draws a circuit: as text, or as a picture (SVG).") { circuit, svg, width }
            .Does(terminal, [("qtrain draw bell.json", "as text"), ("qtrain draw bell.json --svg bell.svg", "as a picture")],
            async (parse, result, cancellation) =>
            {
                var file = parse.GetValue(circuit)!;
                var read = EvaluationInputs.Circuit(file);
                if (read.Operations.Length > MaxOperations) throw new UsageException($"{file} has {Show.Count(read.Operations.Length)} operations: nobody could read the drawing of more than {Show.Count(MaxOperations)}.");
                var path = parse.GetValue(svg);
                var least = path is null ? 20 : 200;
                if (parse.GetValue(width) is { } given && (given < least || given > 100_000)) throw new UsageException($"--width {given}: it must be a whole number from {least} to 100000{(path is null ? " characters" : " pixels")}.");
                var drawing = path is null ? read.Draw(parse.GetValue(width) ?? 120) : read.DrawSvg(parse.GetValue(width) ?? 1000);
                if (path is null or "-")
                {
                    result.Write(() => new JsonObject { ["qubits"] = read.QubitCount, ["clbits"] = read.BitCount, ["operations"] = read.Operations.Length, ["depth"] = read.Depth, [path is null ? "text" : "svg"] = drawing }, text => text.Write(drawing));
                    return ExitCode.Success;
                }
                await ResultFile.WriteAsync(path, drawing, cancellation);
                result.Write(() => new JsonObject { ["qubits"] = read.QubitCount, ["clbits"] = read.BitCount, ["operations"] = read.Operations.Length, ["depth"] = read.Depth, ["file"] = path }, text => text.WriteLine($"Wrote {path}."));
                return ExitCode.Success;
            });
    }
}
