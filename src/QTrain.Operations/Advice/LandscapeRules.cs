using QTrain.Gradients;
using QTrain.Numerics;
using QTrain.Operations.Specs;
using QTrain.Simulation;

namespace QTrain.Operations.Advice;

/// <summary>Whether there is a slope to go down.</summary>
internal static class LandscapeRules
{
    private const int Starts = 12;

    // A dozen gradients of so many amplitudes times gates take about a second.
    private const double MostWork = 3e8;

    // Below this share of the spread a slope drowns in the shots anybody pays for.
    private const double Flat = 0.03;

    /// <summary>barren-plateau: from a random start the gradient is so small that training cannot begin.</summary>
    public static IEnumerable<AdviceNote> BarrenPlateau(AdviceSubject subject)
    {
        if (subject.Spec.Spec.Initial is not RandomStart start || subject.Spec.Spec.Ansatz is not (HardwareEfficientSpec or CircuitAnsatzSpec) || subject.Spread == 0) yield break;
        var circuit = subject.Circuit;
        var dimension = Math.Pow(2, circuit.QubitCount);
        // A two-design on either side of a gate: Var[∂C] = Σc² d²/(2(d² − 1)(d + 1)). McClean et al. 2018, arXiv:1803.11173.
        var deep = subject.Spread * Math.Sqrt(dimension * dimension / (2 * (dimension * dimension - 1) * (dimension + 1)));
        var wide = start.Scale is { } scale ? scale >= 1 : start.High - start.Low >= Math.PI;
        var layers = subject.Spec.Spec.Ansatz is HardwareEfficientSpec hea ? hea.Layers : circuit.Depth;
        var measured = Measured(subject, start);
        // Where it cannot be measured, a circuit about as deep as it is wide is counted as random.
        if (measured is null && !(wide && layers >= circuit.QubitCount / 2)) yield break;
        var slope = measured ?? deep;
        var noise = subject.Plan.Shots is { } shots ? Math.Sqrt(ShotRules.Variances(subject).Typical / (2.0 * shots)) : (double?)null;
        if (slope > Flat * subject.Spread && !(noise > slope)) yield break;
        yield return new AdviceNote("barren-plateau", AdviceLevel.Warning,
            $"{circuit.QubitCount} qubits, depth {Figures.Count(circuit.Depth)}, a random start: a derivative is about {Figures.Small(slope)} ({(measured is null ? "by the formula of deep random circuits" : $"measured over {Starts} starts; deep random circuits of this width have {Figures.Small(deep)}")}), "
            + $"where the energies of single terms add up to {Figures.Small(subject.Spread)}"
            + (noise is { } per ? $" and the shots of a shift gradient leave an error of {Figures.Small(per)}" : "") + ". Every further qubit of such a circuit halves its variance.",
            "Start near a state you know (initial: {random: {scale: 0.1}}, reference: hartree-fock, or the parameters of a smaller problem), use fewer layers, or an ansatz of the problem (uccsd, qaoa).")
        {
            Figures = [new("derivative", slope), new("derivativeOfTwoDesign", deep), new("spread", subject.Spread), .. noise is { } n ? [new KeyValuePair<string, double>("shotError", n)] : Array.Empty<KeyValuePair<string, double>>()],
        };
    }

    // The root mean square of all derivatives over a few starts of the spec's own distribution.
    private static double? Measured(AdviceSubject subject, RandomStart start)
    {
        var circuit = subject.Circuit;
        if (circuit.QubitCount > 14 || Math.Pow(2, circuit.QubitCount) * circuit.Operations.Length * 3 * Starts > MostWork || circuit.Parameters.Length == 0) return null;
        var (random, sum) = (new RandomStream(start.Seed ?? subject.Plan.Seed, 0x504C4154454155), 0.0);
        for (var k = 0; k < Starts; k++)
        {
            var at = new double[circuit.Parameters.Length];
            for (var p = 0; p < at.Length; p++) at[p] = start.Scale is { } scale ? scale * random.NextGaussian() : start.Low + (start.High - start.Low) * random.NextDouble();
            try
            {
                foreach (var slope in Gradient.Adjoint(circuit, subject.Observable, at, new SimulationOptions { Threads = 1 })) sum += slope * slope;
            }
            catch (QuantumException)
            {
                return null;        // it measures in between: there is no adjoint gradient
            }
        }
        return Math.Sqrt(sum / (Starts * circuit.Parameters.Length));
    }
}
