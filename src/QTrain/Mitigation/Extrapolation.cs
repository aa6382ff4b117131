using System.Collections.Immutable;
using System.Globalization;
using QTrain.Shots;

namespace QTrain.Mitigation;

/// <summary>How expectations measured at raised noise are carried on to no noise at all.</summary>
/// <remarks>Temme, Bravyi &amp; Gambetta 2017, "Error mitigation for short-depth quantum circuits", PRL 119, 180509; Giurgica-Tiron, Hindy, LaRose, Mari
/// &amp; Zeng 2020, "Digital zero noise extrapolation for quantum error mitigation", arXiv:2005.10921.</remarks>
public abstract record Extrapolation
{
    private Extrapolation()
    {
    }

    /// <summary>A straight line, by least squares.</summary>
    public static Extrapolation Linear { get; } = new PolynomialFit(1);

    /// <summary>The polynomial through all points: exact where the noise is a polynomial, and the most sensitive to errors of the values.</summary>
    public static Extrapolation Richardson { get; } = new PolynomialFit(null);

    /// <summary>A polynomial of some degree, by least squares.</summary>
    /// <param name="degree">At least 1; one more point than the degree is needed.</param>
    public static Extrapolation Polynomial(int degree) => degree >= 1
        ? new PolynomialFit(degree)
        : throw new QuantumException($"A polynomial of degree {degree} cannot be extrapolated: give 1 or more.");

    /// <summary>a + b·exp(−cλ), by a straight line through the logarithms of the values above (or below) the asymptote.</summary>
    /// <param name="asymptote">a: what is left of the expectation when nothing but noise is left, 0 for a Pauli string under depolarizing noise.</param>
    /// <param name="isWeighted">Whether a logarithm counts as much as its value is large, which undoes how the logarithm blows up the errors of
    /// small values; as Mitiq does.</param>
    public static Extrapolation Exponential(double asymptote = 0, bool isWeighted = true) => double.IsFinite(asymptote)
        ? new ExponentialFit(asymptote, isWeighted)
        : throw new QuantumException($"{asymptote.ToString(CultureInfo.InvariantCulture)} is no asymptote: give a finite number.");

    /// <summary>The value without noise.</summary>
    /// <param name="scales">How many times the device's own noise each value met: different numbers, 1 for the device as it is.</param>
    /// <param name="values">The expectations, one for each scale.</param>
    /// <exception cref="QuantumException">There are too few scales, they repeat, or the values cross the asymptote.</exception>
    public double AtZero(ReadOnlySpan<double> scales, ReadOnlySpan<double> values)
    {
        Check(scales, values.Length);
        return Fit(scales, values, []).Value;
    }

    /// <summary>The value without noise, with the error that the values' own errors leave.</summary>
    /// <param name="scales">How many times the device's own noise each value met: different numbers, 1 for the device as it is.</param>
    /// <param name="values">The expectations, one for each scale, independent of each other.</param>
    /// <returns>The extrapolated value; its standard error; all shots. The error of the model itself, where the noise does not go as the curve does,
    /// is not in it.</returns>
    /// <exception cref="QuantumException">There are too few scales, they repeat, or the values cross the asymptote.</exception>
    public Estimate AtZero(ReadOnlySpan<double> scales, ReadOnlySpan<Estimate> values)
    {
        Check(scales, values.Length);
        var (means, errors, shots) = (new double[values.Length], new double[values.Length], 0L);
        for (var k = 0; k < values.Length; k++)
        {
            (means[k], errors[k]) = (values[k].Value, values[k].StandardError);
            shots += values[k].Shots;
        }
        var (value, error) = Fit(scales, means, errors);
        return new Estimate(value, error, shots);
    }

    /// <summary>How much each value counts in the result, of curves that are linear in the values.</summary>
    /// <param name="scales">Different numbers.</param>
    /// <returns>One coefficient for each scale; they add up to 1, and the variance of the result is Σ c²·variance. Null where there are none, as for an exponential.</returns>
    public ImmutableArray<double>? Coefficients(params ReadOnlySpan<double> scales)
    {
        Check(scales, scales.Length);
        return this is PolynomialFit polynomial ? [.. polynomial.Weights(scales)] : null;
    }

    private protected abstract int LeastPoints { get; }

    private protected abstract (double Value, double Error) Fit(ReadOnlySpan<double> scales, ReadOnlySpan<double> values, ReadOnlySpan<double> errors);

    private static double Propagated(ReadOnlySpan<double> weights, ReadOnlySpan<double> errors)
    {
        var variance = 0.0;
        for (var k = 0; k < errors.Length; k++) variance += weights[k] * weights[k] * errors[k] * errors[k];
        return Math.Sqrt(variance);
    }

    // η with Σ ηⱼ·yⱼ the constant term of the (weighted) least-squares polynomial, by orthogonal polynomials on the points: no normal equations, whose
    // condition would be squared.
    private static double[] ConstantTerm(ReadOnlySpan<double> scales, int degree, ReadOnlySpan<double> weights)
    {
        var (points, eta) = (scales.Length, new double[scales.Length]);
        var (before, now) = (new double[points], new double[points]);
        now.AsSpan().Fill(1);
        var (beforeAtZero, nowAtZero, normBefore) = (0.0, 1.0, 1.0);
        for (var k = 0; k <= degree; k++)
        {
            var (norm, moment) = (0.0, 0.0);
            for (var j = 0; j < points; j++)
            {
                var w = (weights.IsEmpty ? 1 : weights[j]) * now[j] * now[j];
                norm += w;
                moment += w * scales[j];
            }
            for (var j = 0; j < points; j++) eta[j] += nowAtZero * (weights.IsEmpty ? 1 : weights[j]) * now[j] / norm;
            var (alpha, beta) = (moment / norm, k == 0 ? 0 : norm / normBefore);
            var next = new double[points];
            for (var j = 0; j < points; j++) next[j] = (scales[j] - alpha) * now[j] - beta * before[j];
            (before, now, normBefore) = (now, next, norm);
            (beforeAtZero, nowAtZero) = (nowAtZero, -alpha * nowAtZero - beta * beforeAtZero);
        }
        return eta;
    }

    private void Check(ReadOnlySpan<double> scales, int values)
    {
        if (scales.Length != values) throw new QuantumException($"{scales.Length} scales and {values} values were given: give one value for each scale.");
        if (scales.Length < LeastPoints) throw new QuantumException($"{scales.Length} points are too few for {this}: give {LeastPoints} or more.");
        for (var k = 0; k < scales.Length; k++)
        {
            if (!double.IsFinite(scales[k])) throw new QuantumException("A scale is not finite: scales say how many times the noise was raised, such as 1, 2 and 3.");
            if (scales[..k].Contains(scales[k]))
                throw new QuantumException($"Scale {scales[k].ToString("R", CultureInfo.InvariantCulture)} was given twice: put its values together first.");
        }
    }

    private sealed record PolynomialFit(int? Degree) : Extrapolation
    {
        private protected override int LeastPoints => (Degree ?? 1) + 1;

        public double[] Weights(ReadOnlySpan<double> scales) => ConstantTerm(scales, Degree ?? scales.Length - 1, []);

        public override string ToString() => Degree is { } degree ? $"a polynomial of degree {degree}" : "Richardson's extrapolation";

        private protected override (double Value, double Error) Fit(ReadOnlySpan<double> scales, ReadOnlySpan<double> values, ReadOnlySpan<double> errors)
        {
            var weights = Weights(scales);
            var value = 0.0;
            for (var k = 0; k < weights.Length; k++) value += weights[k] * values[k];
            return (value, Propagated(weights, errors));
        }
    }

    private sealed record ExponentialFit(double Asymptote, bool IsWeighted) : Extrapolation
    {
        private protected override int LeastPoints => 2;

        public override string ToString() => "an exponential";

        private protected override (double Value, double Error) Fit(ReadOnlySpan<double> scales, ReadOnlySpan<double> values, ReadOnlySpan<double> errors)
        {
            var sign = values[0] < Asymptote ? -1.0 : 1.0;
            var (distances, logarithms) = (new double[values.Length], new double[values.Length]);
            for (var k = 0; k < values.Length; k++)
            {
                distances[k] = sign * (values[k] - Asymptote);
                if (!(distances[k] > 0))
                    throw new QuantumException(string.Create(CultureInfo.InvariantCulture,
                        $"The values {values[0]:G6} and {values[k]:G6} lie on both sides of (or at) the asymptote {Asymptote:G6}, where no exponential goes: the noise has drowned the signal. Extrapolate with Linear, or take smaller scales."));
                logarithms[k] = Math.Log(distances[k]);
            }
            var eta = ConstantTerm(scales, 1, IsWeighted ? distances : []);
            var sum = 0.0;
            for (var k = 0; k < eta.Length; k++) sum += eta[k] * logarithms[k];
            var height = Math.Exp(sum);
            // To first order, the weights held: d value = height · Σ η · dy / distance.
            for (var k = 0; k < eta.Length; k++) eta[k] *= height / distances[k];
            return (Asymptote + sign * height, Propagated(eta, errors));
        }
    }
}
