using System.Globalization;
using System.Text.Json.Nodes;
using QTrain.Cli.Terminal;
using QTrain.Formats;
using QTrain.Simulation;
using QTrain.Simulation.Stabilizer;
using JsonValue = System.Text.Json.Nodes.JsonValue;

namespace QTrain.Cli.Evaluate;

/// <summary><c>qtrain sample FILE.stim</c>: the measurement record of a noisy Clifford circuit, or its detectors.</summary>
internal static class StimSampling
{
    private const int RowsShown = 32;

    // Exact probabilities follow every error through the circuit; beyond this that takes longer than sampling does.
    private const long MeasurementsFollowed = 100_000;

    public static void Run(string file, long shots, ulong seed, bool detectors, SimulationOptions options, ResultWriter result)
    {
        var circuit = StimText.Read(EvaluationInputs.Text(file), file);
        var sampler = FrameSampler.Compile(circuit);
        if (detectors) WriteDetectors(circuit, sampler, shots, seed, options, result);
        else WriteRecord(sampler.SampleMeasurements(shots, seed, options), seed, result);
    }

    /// <summary>How often each row of bits occurs, bit 0 rightmost.</summary>
    public static List<(string Bits, long Count)> Outcomes(ShotTable table)
    {
        var counts = new Dictionary<string, long>();
        for (var shot = 0L; shot < table.ShotCount; shot++)
        {
            var bits = table.ToBits(shot);
            counts[bits] = counts.GetValueOrDefault(bits) + 1;
        }
        return [.. counts.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => (c.Key, c.Value))];
    }

    private static void WriteRecord(ShotTable record, ulong seed, ResultWriter result)
    {
        if (record.BitCount == 0) throw new UsageException("the circuit measures nothing: add measurements, such as M 0 1.");
        var outcomes = Outcomes(record);
        result.Write(
            () => new JsonObject
            {
                ["shots"] = record.ShotCount,
                ["seed"] = seed,
                ["measurements"] = record.BitCount,
                ["counts"] = new JsonObject(outcomes.Select(o => KeyValuePair.Create(o.Bits, (JsonNode?)JsonValue.Create(o.Count)))),
            },
            text =>
            {
                var table = new TextTable("outcome", ">count", ">share", "");
                var most = outcomes.Max(o => o.Count);
                foreach (var (bits, count) in outcomes.OrderByDescending(o => o.Count).ThenBy(o => o.Bits, StringComparer.Ordinal).Take(RowsShown))
                    table.Row(bits.Length <= 72 ? bits : "…" + bits[^71..], Show.Count(count), Share(count, record.ShotCount), new string('█', (int)(30 * count / most)));
                table.Write(text, result.Terminal);
                if (outcomes.Count > RowsShown) text.WriteLine(result.Terminal.Dim($"… {outcomes.Count - RowsShown} more outcomes; --output json has them all"));
            });
    }

    private static void WriteDetectors(StimCircuit circuit, FrameSampler sampler, long shots, ulong seed, SimulationOptions options, ResultWriter result)
    {
        if (sampler.DetectorCount + sampler.ObservableCount == 0) throw new UsageException("--detectors: the circuit has neither detectors nor observables. Leave it out to sample the measurements.");
        var samples = sampler.SampleDetectors(shots, seed, options);
        var exact = sampler.DetectorsAreCertain && circuit.MeasurementCount <= MeasurementsFollowed ? DetectorStatistics.Of(circuit) : null;
        if (!sampler.DetectorsAreCertain) result.Hint("some detectors fire without noise: they are parities of results that are random by themselves, and have no exact probability here.");
        result.Write(
            () => new JsonObject
            {
                ["shots"] = shots,
                ["seed"] = seed,
                ["detectors"] = Counts(samples.Detectors),
                ["observables"] = Counts(samples.Observables),
                ["detectorProbabilities"] = exact is null ? null : new JsonArray([.. exact.Detectors.Select(p => ResultWriter.Number(p))]),
                ["observableProbabilities"] = exact is null ? null : new JsonArray([.. exact.Observables.Select(p => ResultWriter.Number(p))]),
            },
            text =>
            {
                var table = new TextTable("", ">fired", ">share", ">exact");
                for (var d = 0; d < Math.Min(RowsShown, samples.Detectors.BitCount); d++) Row($"D{d}", samples.Detectors.CountOf(d), exact?.Detectors[d]);
                for (var l = 0; l < Math.Min(RowsShown, samples.Observables.BitCount); l++) Row($"L{l}", samples.Observables.CountOf(l), exact?.Observables[l]);
                table.Write(text, result.Terminal);
                var more = Math.Max(0, samples.Detectors.BitCount - RowsShown) + Math.Max(0, samples.Observables.BitCount - RowsShown);
                if (more > 0) text.WriteLine(result.Terminal.Dim($"… {more} more; --output json has them all"));

                void Row(string name, long count, double? probability) => table.Row(name, Show.Count(count), Share(count, shots), probability is { } p ? Percent(p) : "–");
            });
    }

    private static JsonArray Counts(ShotTable table) => new([.. Enumerable.Range(0, (int)table.BitCount).Select(k => (JsonNode?)JsonValue.Create(table.CountOf(k)))]);

    private static string Share(long count, long shots) => Percent((double)count / shots);

    private static string Percent(double share) => (100 * share).ToString("F2", CultureInfo.InvariantCulture) + " %";
}
