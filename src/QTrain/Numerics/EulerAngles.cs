using System.Numerics;

namespace QTrain.Numerics;

/// <summary>A unitary of one qubit as e^{i·Global}·Rz(After)·Ry(Turn)·Rz(Before).</summary>
/// <param name="Before">In radians.</param>
/// <param name="Turn">In radians, 0 … π.</param>
/// <param name="After">In radians.</param>
/// <param name="Global">In radians.</param>
internal readonly record struct EulerAngles(double Before, double Turn, double After, double Global)
{
    /// <param name="unitary">2×2, row-major.</param>
    public static EulerAngles Of(ReadOnlySpan<Complex> unitary)
    {
        // The phase of a small entry is not known well: the determinant's is.
        var global = (unitary[0] * unitary[3] - unitary[1] * unitary[2]).Phase / 2;
        var back = Complex.FromPolarCoordinates(1, -global);
        // Without the phase it is [a −b*; b a*].
        var a = (unitary[0] * back + Complex.Conjugate(unitary[3] * back)) / 2;
        var b = (unitary[2] * back - Complex.Conjugate(unitary[1] * back)) / 2;
        var (sum, difference) = (-2 * PhaseOf(a), 2 * PhaseOf(b));
        return new EulerAngles((sum - difference) / 2, 2 * Math.Atan2(b.Magnitude, a.Magnitude), (sum + difference) / 2, global);

        // Of an entry that vanishes there is no phase, and it does not matter.
        static double PhaseOf(Complex value) => value.Magnitude < 1e-15 ? 0 : value.Phase;
    }
}
