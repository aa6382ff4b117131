namespace QTrain.Operations.Advice;

/// <summary>Whether the shots suffice.</summary>
internal static class ShotRules
{
    /// <summary>too-few-shots: the standard error of an energy is larger than what is wanted of it.</summary>
    public static IEnumerable<AdviceNote> TooFewShots(AdviceSubject subject)
    {
        if (subject.Plan.Shots is not { } shots) yield break;
        var (typical, bound) = Variances(subject);
        var (error, most, wanted) = (Math.Sqrt(typical / shots), Math.Sqrt(bound / shots), subject.WantedError);
        var needed = Math.Ceiling(typical / (wanted * wanted));
        if (error <= wanted) yield break;
        var unit = subject.Plan.Problem.Unit;
        yield return new AdviceNote("too-few-shots", AdviceLevel.Warning,
            $"{Figures.Count(shots)} shots for each of {subject.Groups.Count} measured circuit{(subject.Groups.Count == 1 ? "" : "s")} give an energy with a standard error of about {Figures.Energy(error, unit)}, at most {Figures.Energy(most, unit)}; "
            + $"{subject.WantedErrorInWords} is {Figures.Energy(wanted, unit)}.",
            $"About {Figures.Count(needed)} shots for every circuit are needed ({Figures.Count(needed * subject.Groups.Count)} an energy); set shots: {needed:0}, or be content with less for most steps and measure the last one longer.")
        {
            Figures = [new("shots", shots), new("groups", subject.Groups.Count), new("standardError", error), new("standardErrorBound", most), new("wantedError", wanted), new("neededShots", needed)],
        };
    }

    /// <summary>The variance of an energy at one shot a circuit: Σc², as of a state that no term favours; and at most, Σ (Σ|c|)² over the groups.</summary>
    internal static (double Typical, double Bound) Variances(AdviceSubject subject)
    {
        var bound = 0.0;
        foreach (var group in subject.Groups)
        {
            var norm = group.Terms.Where(t => t.Pauli.Weight > 0).Sum(t => Math.Abs(t.Coefficient.Real));
            bound += norm * norm;
        }
        return (subject.Spread * subject.Spread, bound);
    }
}
