namespace QTrain.Numerics;

/// <summary>Binomial random numbers, exact in distribution up to the rounding of doubles, in time that does not grow with the number of trials.</summary>
/// <remarks>Few successes by geometric gaps (Devroye 1986, ch. X.4.3), many by transformed rejection: Hörmann 1993, "The generation of
/// binomial random variates", J. Stat. Comput. Simul. 46, algorithm BTRS.</remarks>
internal static class Binomial
{
    // ln k! minus Stirling's formula, where its series is not yet good.
    private static readonly double[] Tail =
    [
        0.08106146679532726, 0.04134069595540929, 0.02767792568499834, 0.02079067210376509, 0.01664469118982119,
        0.01387612882307075, 0.01189670994589177, 0.01041126526197209, 0.009255462182712733, 0.008330563433362871,
    ];

    /// <summary>How many of some trials succeed.</summary>
    /// <param name="trials">How many trials.</param>
    /// <param name="success">The weight of success, not negative.</param>
    /// <param name="failure">The weight of failure, not negative: the probability of success is success / (success + failure).</param>
    /// <param name="random">Where chance comes from; not asked where there is none.</param>
    public static long Draw(long trials, double success, double failure, ref RandomStream random)
    {
        if (trials == 0 || success == 0) return 0;
        if (failure == 0) return trials;
        if (success > failure) return trials - Draw(trials, failure, success, ref random);
        var p = success / (success + failure);
        return trials * p < 10 ? ByGaps(trials, p, ref random) : ByRejection(trials, p, ref random);
    }

    private static long ByGaps(long trials, double p, ref RandomStream random)
    {
        // The series where 1 − p has lost the digits of p.
        var logOfFailure = p < 1e-5 ? -p * (1 + p * (0.5 + p / 3)) : Math.Log(1 - p);
        var (successes, at) = (0L, 0.0);
        while (true)
        {
            at += Math.Floor(Math.Log(1 - random.NextDouble()) / logOfFailure) + 1;
            if (at > trials) return successes;
            successes++;
        }
    }

    private static long ByRejection(long trials, double p, ref RandomStream random)
    {
        var (n, ratio) = ((double)trials, p / (1 - p));
        var spread = Math.Sqrt(n * p * (1 - p));
        var b = 1.15 + 2.53 * spread;
        var a = -0.0873 + 0.0248 * b + 0.01 * p;
        var center = n * p + 0.5;
        var inner = 0.92 - 4.2 / b;
        var alpha = (2.83 + 5.1 / b) * spread;
        var mode = Math.Floor((n + 1) * p);
        var ofMode = (mode + 0.5) * Math.Log((mode + 1) / (ratio * (n - mode + 1))) + TailOf(mode) + TailOf(n - mode);
        while (true)
        {
            var u = random.NextDouble() - 0.5;
            var v = 1 - random.NextDouble();
            var distance = 0.5 - Math.Abs(u);
            var k = Math.Floor((2 * a / distance + b) * u + center);
            if (distance >= 0.07 && v <= inner) return (long)k;
            if (!(k >= 0 && k <= n)) continue;
            v = Math.Log(v * alpha / (a / (distance * distance) + b));
            var bound = ofMode + (n + 1) * Math.Log((n - mode + 1) / (n - k + 1)) + (k + 0.5) * Math.Log(ratio * (n - k + 1) / (k + 1)) - TailOf(k) - TailOf(n - k);
            if (v <= bound) return (long)k;
        }
    }

    private static double TailOf(double k)
    {
        if (k < Tail.Length) return Tail[(int)k];
        var square = (k + 1) * (k + 1);
        return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / (k + 1);
    }
}
