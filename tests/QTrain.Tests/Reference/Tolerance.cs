using QTrain.Simulation;

namespace QTrain.Tests.Reference;

/// <summary>What rounding may do to amplitudes of size one.</summary>
internal static class Tolerance
{
    /// <summary>Half the last place of a single of size one.</summary>
    public const double OfASingle = 6e-8;

    /// <summary>The rounding of so many gates one after another: errors of either sign, which add up as their root; six standard deviations of that.</summary>
    public static double Of(Precision precision, int gates, double inDouble) =>
        precision == Precision.Double ? inDouble : 6 * OfASingle * Math.Sqrt(Math.Max(1, gates));
}
