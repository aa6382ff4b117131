using QTrain.Simulation;

namespace QTrain.Operations.Dispatch;

/// <summary>Whether shots of two times may be of one distribution.</summary>
/// <remarks>Pearson's χ² test of homogeneity on a 2×k table; outcomes that are expected fewer than five times in either are put together (Cochran 1954,
/// "Some methods for strengthening the common χ² tests", Biometrics 10, 417).</remarks>
public static class Homogeneity
{
    private const double LeastExpected = 5;

    /// <summary>The probability of a difference at least as large between shots of one distribution.</summary>
    /// <param name="first">Shots of one time.</param>
    /// <param name="second">Shots of another.</param>
    public static double PValue(Counts first, Counts second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        double a = first.Total, b = second.Total;
        if (a == 0 || b == 0) return 1;
        var (restA, restB) = (0.0, 0.0);
        var (statistic, cells) = (0.0, 0);
        foreach (var outcome in first.Select(c => c.Outcome).Union(second.Select(c => c.Outcome)))
        {
            double inA = first.Of(outcome), inB = second.Of(outcome);
            if ((inA + inB) * Math.Min(a, b) / (a + b) < LeastExpected) (restA, restB) = (restA + inA, restB + inB);
            else Add(inA, inB);
        }
        if ((restA + restB) * Math.Min(a, b) / (a + b) > 0) Add(restA, restB);
        return cells < 2 ? 1 : UpperGamma((cells - 1) / 2.0, statistic / 2);

        void Add(double inA, double inB)
        {
            var (expectedA, expectedB) = ((inA + inB) * a / (a + b), (inA + inB) * b / (a + b));
            statistic += (inA - expectedA) * (inA - expectedA) / expectedA + (inB - expectedB) * (inB - expectedB) / expectedB;
            cells++;
        }
    }

    /// <summary>Q(s, x) = Γ(s, x)/Γ(s) by its series below s + 1 and its continued fraction above (Abramowitz &amp; Stegun 6.5.29, 6.5.31).</summary>
    internal static double UpperGamma(double s, double x)
    {
        if (x <= 0) return 1;
        var scale = Math.Exp(s * Math.Log(x) - x - LogGamma(s));
        if (x < s + 1)
        {
            var (term, sum) = (1 / s, 1 / s);
            for (var n = 1; n < 1000 && term > sum * 1e-16; n++)
            {
                term *= x / (s + n);
                sum += term;
            }
            return 1 - scale * sum;
        }
        // Lentz's method.
        const double tiny = 1e-300;
        var b = x + 1 - s;
        var (c, d) = (1 / tiny, 1 / b);
        var h = d;
        for (var n = 1; n < 1000; n++)
        {
            var an = -n * (n - s);
            b += 2;
            d = 1 / (Math.Abs(an * d + b) < tiny ? tiny : an * d + b);
            c = Math.Abs(b + an / c) < tiny ? tiny : b + an / c;
            var delta = d * c;
            h *= delta;
            if (Math.Abs(delta - 1) < 1e-15) break;
        }
        return scale * h;
    }

    // ln Γ by Stirling's series from 8 upwards.
    private static double LogGamma(double x)
    {
        var shift = 0.0;
        for (; x < 8; x++) shift -= Math.Log(x);
        var inverse = 1 / (x * x);
        return shift + (x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI)
            + (1 / 12.0 - inverse * (1 / 360.0 - inverse * (1 / 1260.0 - inverse * (1 / 1680.0 - inverse / 1188)))) / x;
    }
}
