using QTrain.Circuits;

namespace QTrain.Training.Noisy;

/// <summary>Parameter-shift rules of circuits with noise. Compiled for a device, one angle may stand in several native gates, and with noise between them
/// the expectation has every frequency that they make together, not only those of the ideal gate.</summary>
/// <remarks>A parameter that stands in native angles with the coefficients c₁, c₂ …, all multiples of one unit u, gives a trigonometric polynomial with the
/// frequencies u, 2u … Ru, R = Σ|cₖ|/u, whose derivative is Σ (−1)^(m−1) u / (4R sin²(x/2)) · f(θ + x/u) over x = (2m−1)π/(2R), m = 1 … 2R.
/// Wierichs, Izaac, Wang &amp; Lin 2022, "General parameter-shift rules for quantum gradients", Quantum 6, 677, eq. 24.</remarks>
internal sealed class NoisyShift
{
    /// <summary>Raised when the arithmetic changes.</summary>
    public const int Version = 1;

    private const double Tolerance = 1e-9;

    // More frequencies than this come from circuits that no device runs well.
    private const int MostTerms = 256;

    private readonly (double Shift, double Weight)[][] _terms;

    /// <summary>The rules of circuits that share their parameters, for each parameter one that is right for all.</summary>
    /// <exception cref="QuantumException">The coefficients of a parameter have no common unit.</exception>
    public NoisyShift(IReadOnlyList<Parameter> parameters, IReadOnlyList<Circuit> circuits)
    {
        var coefficients = parameters.ToDictionary(p => p, _ => new List<double>[circuits.Count]);
        for (var c = 0; c < circuits.Count; c++)
            foreach (var operation in circuits[c].Operations)
                for (var k = 0; k < operation.Angles.Length; k++)
                    foreach (var term in operation.Angles[k].Terms)
                        (coefficients[term.Parameter][c] ??= []).AddRange(Scaled(FrequenciesOf(operation, k), Math.Abs(term.Coefficient)));
        _terms = [.. parameters.Select(p => Rule(p, coefficients[p]))];
        EnergyCount = _terms.Sum(t => t.Length);
    }

    /// <summary>How many energies one gradient takes.</summary>
    public int EnergyCount { get; }

    /// <summary>The points whose energies one gradient takes, in the order of asking.</summary>
    public IEnumerable<double[]> Points(double[] at)
    {
        for (var p = 0; p < at.Length; p++)
        {
            foreach (var (shift, _) in _terms[p])
            {
                var shifted = (double[])at.Clone();
                shifted[p] += shift;
                yield return shifted;
            }
        }
    }

    /// <summary>The derivatives by each parameter, from the energies at <see cref="Points"/>.</summary>
    public double[] Gradient(ReadOnlySpan<double> energies)
    {
        var gradient = new double[_terms.Length];
        var next = 0;
        for (var p = 0; p < gradient.Length; p++)
            foreach (var (_, weight) in _terms[p]) gradient[p] += weight * energies[next++];
        return gradient;
    }

    // What one angle adds to the frequencies of ρ. A rotation under control leaves half of the register alone, so coherences turn by half angles. Phases of
    // pulses (the axis of prx, gpi, gpi2, ms) turn coherences of both signs.
    private static ReadOnlySpan<double> FrequenciesOf(Operation operation, int angle) => operation switch
    {
        GlobalPhase { Controls.IsEmpty: true } => [],
        GateOperation { Controls.IsEmpty: false } or { Name: "crx" or "cry" or "crz" } => [0.5, 0.5],
        { Name: "cu" or "xx_plus_yy" } when angle == 0 => [0.5, 0.5],
        { Name: "xx_plus_yy" } => [2],
        { Name: "fsim" } when angle == 0 => [1, 1],
        { Name: "prx" } => angle == 0 ? [1] : [2],
        { Name: "gpi" or "gpi2" } => [2],
        { Name: "ms" } => angle < 2 ? [2] : [1],
        _ => [1],
    };

    private static double[] Scaled(ReadOnlySpan<double> frequencies, double by)
    {
        var scaled = frequencies.ToArray();
        for (var k = 0; k < scaled.Length; k++) scaled[k] *= by;
        return scaled;
    }

    private static (double, double)[] Rule(Parameter parameter, List<double>?[] byCircuit)
    {
        var all = byCircuit.OfType<List<double>>().SelectMany(c => c).Where(c => c > Tolerance).ToArray();
        if (all.Length == 0) return [];
        var unit = all.Min();
        if (all.Any(c => Math.Abs(c / unit - Math.Round(c / unit)) > Tolerance))
            throw new QuantumException(
                $"Parameter {parameter} stands in native gates with coefficients that have no common unit ({string.Join(", ", all.Distinct().Take(4))}): a shift rule is not exact. "
                + "Use an optimizer without gradients, such as spsa, or gradient difference without shots.");
        var frequencies = byCircuit.OfType<List<double>>().Max(c => (int)Math.Round(c.Sum() / unit));
        if (2 * frequencies > MostTerms)
            throw new QuantumException(
                $"Parameter {parameter} stands in so many native gates that its shift rule takes {2 * frequencies} energies: at most {MostTerms} are allowed. Use spsa.");
        var terms = new (double, double)[2 * frequencies];
        for (var m = 0; m < terms.Length; m++)
        {
            var x = (2 * m + 1) * Math.PI / (2 * frequencies);
            var sine = Math.Sin(x / 2);
            terms[m] = ((x > Math.PI ? x - 2 * Math.PI : x) / unit, (m % 2 == 0 ? 1 : -1) * unit / (4 * frequencies * sine * sine));
        }
        return terms;
    }
}
