using System.CommandLine;
using System.Text.Json.Nodes;
using QTrain.Cli.Terminal;
using QTrain.Operations.Specs;

namespace QTrain.Cli.Specs;

/// <summary><c>qtrain schema</c>: the JSON Schema of specs.</summary>
internal static class SchemaCommand
{
    public static Command Create(CommandTerminal terminal) =>
        new Command("schema", "The JSON Schema of specs, with which editors complete and check them.")
            .Does(terminal,
            [
                ("qtrain schema > qtrain.schema.json", "save it; then begin specs with"),
                ("# yaml-language-server: $schema=qtrain.schema.json", ""),
            ],
            (_, result) =>
            {
                var schema = SpecSchema.ToJson();
                result.Write(() => JsonNode.Parse(schema)!, text => text.WriteLine(schema));
                return ExitCode.Success;
            });
}
