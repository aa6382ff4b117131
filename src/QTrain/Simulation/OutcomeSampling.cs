using QTrain.Numerics;

namespace QTrain.Simulation;

/// <summary>Counts drawn from probabilities written out.</summary>
internal static class OutcomeSampling
{
    /// <summary>How far rounding may carry a probability below zero, or their sum from 1.</summary>
    private const double Rounding = 1e-9;

    /// <summary>Draws so many outcomes: sorted random numbers walk once along the cumulative probabilities.</summary>
    public static Counts Draw(IReadOnlyList<double> probabilities, int bits, long shots, RandomStream random) =>
        Draw(probabilities.Select((p, k) => ((ulong)k, p)), bits, shots, random);

    /// <summary>Draws so many outcomes; those not listed never occur.</summary>
    public static Counts Draw(IEnumerable<(ulong Outcome, double Probability)> probabilities, int bits, long shots, RandomStream random)
    {
        if (shots < 0) throw new QuantumException($"{shots} shots cannot be taken: give 0 or more.");
        var (outcomes, cumulative, total) = (new List<ulong>(), new List<double>(), 0.0);
        foreach (var (outcome, probability) in probabilities)
        {
            if (!(probability >= -Rounding)) throw new QuantumException($"Outcome {outcome} has the probability {probability}: the state is not one.");
            if (probability <= 0) continue;
            total += probability;
            outcomes.Add(outcome);
            cumulative.Add(total);
        }
        if (!(Math.Abs(total - 1) <= 1e3 * Rounding)) throw new QuantumException($"The probabilities add up to {total}, where 1 is expected: the state cannot be measured.");
        var counts = new long[outcomes.Count];
        for (long shot = 0; shot < shots; shot++)
        {
            var at = cumulative.BinarySearch(random.NextDouble() * total);
            // A number that is met exactly belongs to the next outcome.
            at = at >= 0 ? at + 1 : ~at;
            counts[Math.Min(at, counts.Length - 1)]++;
        }
        return new Counts(bits, outcomes.Zip(counts, static (o, c) => new OutcomeCount(o, c)));
    }
}
