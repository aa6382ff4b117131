using System.Collections.Immutable;

namespace QTrain.Operations.Advice;

/// <summary>Warns of the known pitfalls of a training before it costs anything.</summary>
public static class Advisor
{
    // A rule is one question; it answers with nothing where it does not apply.
    private static readonly Func<AdviceSubject, IEnumerable<AdviceNote>>[] Rules =
    [
        ShotRules.TooFewShots, LandscapeRules.BarrenPlateau,
        DeviceRules.TooFewQubits, DeviceRules.OffTheTopology, DeviceRules.UnsupportedGates, DeviceRules.TooLong, DeviceRules.ReadoutBias, DeviceRules.IdealSimulation,
        CalibrationRules.Stale, CalibrationRules.MixedWindows,
        WhereToRun.Answer,
    ];

    /// <summary>All that is to be said, warnings first.</summary>
    public static ImmutableArray<AdviceNote> Advise(AdviceSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return [.. Rules.SelectMany(rule => rule(subject)).OrderByDescending(n => n.Level)];
    }
}
