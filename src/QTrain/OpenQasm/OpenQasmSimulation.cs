using System.Numerics;
using System.Text.Json.Nodes;
using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.OpenQasm.Meaning;
using QTrain.OpenQasm.Running;
using QTrain.Simulation;

namespace QTrain.OpenQasm;

/// <summary>One way a program can end.</summary>
/// <param name="Probability">How probable.</param>
/// <param name="Variables">Every global variable that was assigned: bits as 0 or 1, registers as text with bit 0 rightmost, numbers, truths, lists.</param>
public sealed record OpenQasmOutcome(double Probability, JsonObject Variables);

/// <summary>What an exact run of a program gives.</summary>
public sealed record OpenQasmResult
{
    /// <summary>Probabilities of the classical bits when the program measures, else of the qubits; bit 0 and the first register rightmost. At most
    /// <see cref="OpenQasmSimulation.MostOutcomes"/>, the likeliest, in order of the text.</summary>
    public required IReadOnlyList<KeyValuePair<string, double>> Probabilities { get; init; }

    /// <summary>Whether these are all above 1e-12.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>The ways it can end, distinct, the likeliest first.</summary>
    public required IReadOnlyList<OpenQasmOutcome> Outcomes { get; init; }

    /// <summary>Whether the program measures anything.</summary>
    public required bool Measures { get; init; }

    /// <summary>The amplitudes at the end, before measurements that nothing follows; null when there is no single state, or it was not asked for.</summary>
    public Complex[]? State { get; init; }
}

/// <summary>Runs programs exactly, by following every outcome of every measurement, or by chance, shot by shot.</summary>
public static class OpenQasmSimulation
{
    /// <summary>How many outcomes are listed; of more, the likeliest.</summary>
    public const int MostOutcomes = 1 << 16;

    // What is less probable does not happen.
    private const double Least = 1e-12;

    /// <summary>All outcomes of a program and their probabilities.</summary>
    /// <param name="program">The program.</param>
    /// <param name="inputs">Values of its inputs as JSON texts, by name.</param>
    /// <param name="withState">Whether the amplitudes at the end are wanted.</param>
    /// <param name="options">Threads and so on.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="Formats.InvalidFileException">It does not end, needs a value, or goes wrong as it runs; the message says where.</exception>
    public static OpenQasmResult Run(OpenQasmProgram program, IReadOnlyDictionary<string, string>? inputs = null, bool withState = false, SimulationOptions? options = null,
        CancellationToken cancellation = default) => ExactRun.Of(program, inputs, withState, new QasmLimits(), options ?? SimulationOptions.Default, cancellation);

    /// <summary>Runs a program so many times and counts what it measures: its classical bits, or all qubits when it measures nothing.</summary>
    /// <param name="program">The program.</param>
    /// <param name="inputs">Values of its inputs as JSON texts, by name.</param>
    /// <param name="shots">How many times.</param>
    /// <param name="seed">The same seed gives the same counts, on any number of threads.</param>
    /// <param name="options">Threads and so on.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>Outcomes, bit 0 and the first register rightmost, and how often each occurred, in order of the text.</returns>
    public static WideCounts Sample(OpenQasmProgram program, IReadOnlyDictionary<string, string>? inputs, long shots, ulong seed, SimulationOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(program);
        if (shots < 0) throw new QuantumException($"{shots} shots cannot be taken: give 0 or more.");
        var bound = program.Bound;
        if (SampledRun.OfCircuit(program, inputs, shots, seed, options, cancellation) is { } quick) return quick;
        var counts = new Dictionary<string, long>();
        var (limits, done) = (new QasmLimits(), new WorkDone());
        // Every shot may take a history of its own: no more at once than there is room for their states.
        var atOnce = Math.Max(1, limits.MaxStateBytes / SimulationMemory.BytesFor(Math.Min(58, bound.QubitCount)));
        var readsBits = false;
        for (long first = 0, part = 0; first < shots || part == 0; first += atOnce, part++)
        {
            var machine = new Machine(MachineMode.Sampled, bound.QubitCount, limits, cancellation) { Simulation = options ?? SimulationOptions.Default, Done = done };
            try
            {
                var stream = new RandomStream(seed);
                var begun = machine.Begin(bound.GlobalSize, Math.Min(atOnce, shots - first), shots <= atOnce ? stream : stream.Child((ulong)part));
                var branches = new List<Branch> { begun };
                InputValues.Assign(program, begun, inputs, keepsParameters: false);
                bound.Body.Run(machine, branches);
                readsBits = machine.HasMeasured && bound.Measures || bound.QubitCount == 0;
                foreach (var branch in branches)
                {
                    machine.Settle(branch);
                    if (readsBits) Count(Variables.BitsOf(bound, branch.Globals, _ => false), branch.Shots);
                    else
                        foreach (var (outcome, count) in branch.State!.Sample(branch.Shots, branch.Random.Child(2))) Count(Variables.Text(outcome, bound.QubitCount), count);
                }
            }
            finally
            {
                machine.DisposeAll();
            }
        }
        return new WideCounts(readsBits ? bound.BitCount : bound.QubitCount, counts.Select(c => new BitsCount(c.Key, c.Value)));

        void Count(string bits, long count) => counts[bits] = counts.GetValueOrDefault(bits) + count;
    }

    /// <summary>The likeliest of many, in order of the text.</summary>
    internal static (IReadOnlyList<KeyValuePair<string, double>> Listed, bool IsComplete) Listed(IEnumerable<KeyValuePair<string, double>> all)
    {
        var some = all.Where(p => p.Value > Least).ToList();
        var isComplete = some.Count <= MostOutcomes;
        if (!isComplete) some = [.. some.OrderByDescending(p => p.Value).ThenBy(p => p.Key, StringComparer.Ordinal).Take(MostOutcomes)];
        some.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
        return (some, isComplete);
    }
}
