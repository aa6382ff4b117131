using System.CommandLine;
using System.Text.Json.Nodes;
using QTrain.Cli.Evaluate;
using QTrain.Cli.Terminal;
using QTrain.Formats;
using QTrain.Formats.Hamiltonians;

namespace QTrain.Cli.Convert;

/// <summary><c>qtrain convert</c>: a Hamiltonian, graph or circuit in another form.</summary>
internal static class ConvertCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var input = new Argument<string>("in") { Description = "The file to read; what it is, is seen from what is in it.", HelpName = "IN" };
        var output = new Argument<string>("out") { Description = "The file to write; - is standard output.", HelpName = "OUT" };
        var to = new Option<string?>("--to") { Description = $"The form to write: {string.Join(", ", HamiltonianText.Written.Select(FormatNames.Of))}; of circuits {string.Join(", ", CircuitForms.Names)}. When left out, the ending of OUT decides.", HelpName = "FORM" };
        var force = new Option<bool>("--force") { Description = "Replace OUT when it exists." };
        var (command, form) = (new Command("convert", "Writes a Hamiltonian, a graph or a circuit in another form.") { input, output, to, force }, new HamiltonianOptions());
        form.AddTo(command);
        return command.Does(terminal,
            [
                ("qtrain convert n2.fcidump n2.json", "a molecule's integrals as Pauli terms"),
                ("qtrain convert h2.json h2.txt --to openfermion", "for OpenFermion"),
                ("qtrain convert bell.json bell.qasm", "a circuit in OpenQASM 3"),
                ("qtrain convert burma14.tsp burma14.json --to qubo", "a travelling salesman as a cost of bits"),
            ],
            async (parse, result, cancellation) =>
            {
                var (source, target) = (parse.GetValue(input)!, parse.GetValue(output)!);
                if (target != "-" && File.Exists(target) && !parse.GetValue(force)) throw new UsageException($"{target} exists already: name another file, or replace it with --force.");
                var text = EvaluationInputs.Text(source);
                var named = parse.GetValue(to);
                var converted = CircuitForms.IsCircuit(text, source, named)
                    ? CircuitForms.Convert(text, source, CircuitForms.Target(named, target))
                    : OfHamiltonian(text, source, target, named, form.Reading(parse));
                var document = new JsonObject
                {
                    ["input"] = source, ["from"] = converted.From, ["output"] = target, ["to"] = converted.To, ["qubits"] = converted.Qubits, ["terms"] = converted.Terms, ["note"] = converted.Note,
                };
                if (target == "-")
                {
                    document["content"] = converted.Content;
                    if (converted.Note is { } aside) result.Hint(aside);
                    result.Write(() => document, t => t.Write(converted.Content));
                    return ExitCode.Success;
                }
                await ResultFile.WriteAsync(target, converted.Content, cancellation);
                result.Write(() => document, t =>
                {
                    t.WriteLine($"{source}, {converted.From}, {Show.Count(converted.Qubits, "qubit")} and {Show.Count(converted.Terms, converted.Unit)}: wrote {target}, {converted.To}.");
                    if (converted.Note is { } note) t.WriteLine(note);
                });
                return ExitCode.Success;
            });
    }

    private static Conversion OfHamiltonian(string text, string source, string target, string? named, HamiltonianReading reading)
    {
        var content = HamiltonianContent.Read(text, source, reading);
        var form = Target(content, named, target);
        string written;
        try
        {
            written = HamiltonianText.Write(content, form);
        }
        catch (QuantumException fault) when (fault is not InvalidFileException)
        {
            throw new UsageException(fault.Message);
        }
        // The problem itself is counted where its observable would be far larger, or too large.
        var terms = content.Graph is { } graph ? graph.Edges.Length : content.Qubo is { } qubo ? qubo.Quadratic.Length + qubo.Linear.Count(l => l != 0) : content.Tour is { } tour ? tour.CityCount * (tour.CityCount - 1) / 2 : content.Wide().Terms.Length;
        return new Conversion(FormatNames.Of(content.Format), FormatNames.Of(form), content.QubitCount, terms, written, content.Note)
        {
            Unit = content.Graph is not null ? "edge" : content.Qubo is not null ? "coefficient" : content.Tour is not null ? "distance" : "term",
        };
    }

    private static HamiltonianFormat Target(HamiltonianContent content, string? named, string target)
    {
        string[] written = [.. HamiltonianText.Written.Select(FormatNames.Of)];
        if (named is not null)
        {
            return FormatNames.Find(named) is { } form && HamiltonianText.Written.Contains(form)
                ? form
                : throw new UsageException($"--to {named}: {content.File} is {content.Described}, which is written as one of {string.Join(", ", written)}.");
        }
        return Path.GetExtension(target).ToLowerInvariant() switch
        {
            ".json" => content.Graph is not null ? HamiltonianFormat.Graph : content.Qubo is not null ? HamiltonianFormat.Qubo : HamiltonianFormat.PauliJson,
            ".fcidump" => HamiltonianFormat.Fcidump,
            ".tsp" or ".atsp" => HamiltonianFormat.Tsplib,
            ".coo" or ".qubo" => HamiltonianFormat.Coordinates,
            ".edges" or ".edgelist" => HamiltonianFormat.EdgeList,
            var ending => throw new UsageException($"{(ending.Length == 0 ? $"'{target}' has no ending" : $"the ending {ending}")} that says the form to write: add --to, one of {string.Join(", ", written)}."),
        };
    }
}

/// <summary>A file in its new form.</summary>
internal sealed record Conversion(string From, string To, int Qubits, int Terms, string Content, string? Note)
{
    /// <summary>What <see cref="Terms"/> counts.</summary>
    public string Unit { get; init; } = "term";
}
