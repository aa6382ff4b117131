using System.Numerics;

namespace QTrain.Simulation.Plans;

/// <summary>What is left of a two-qubit unitary when all its phases are taken out to the left and to the right: both qubits turned about Y, then
/// |00⟩ with |11⟩ and |01⟩ with |10⟩.</summary>
/// <remarks>
/// With W = i·sin(angle)·e^{i·phase}, the pair of amplitudes (v, u), v the one whose high qubit is 0, becomes (cos·v + W·u, cos·u − W*·v). Six
/// numbers of the fifteen of a two-qubit unitary; nine are phases or belong to the next unitary on these qubits.
/// </remarks>
/// <param name="Low">The qubit with the lower number.</param>
/// <param name="High">The other.</param>
/// <param name="LowTurn">exp(−i·angle·Y/2) of the lower qubit, 0 … π.</param>
/// <param name="HighTurn">Of the higher one.</param>
/// <param name="EvenAngle">Of |00⟩ and |11⟩, −π/2 … π/2.</param>
/// <param name="EvenPhase">In radians.</param>
/// <param name="OddAngle">Of |01⟩ and |10⟩, −π/2 … π/2.</param>
/// <param name="OddPhase">In radians, seen from the state whose lower qubit is 1.</param>
internal sealed record PairRotation(
    int Low, int High, double LowTurn, double HighTurn, double EvenAngle, double EvenPhase, double OddAngle, double OddPhase)
{
    public Complex EvenFactor => Complex.FromPolarCoordinates(Math.Sin(EvenAngle), EvenPhase + Math.PI / 2);

    public Complex OddFactor => Complex.FromPolarCoordinates(Math.Sin(OddAngle), OddPhase + Math.PI / 2);

    /// <summary>As a matrix, row-major, the lower qubit the lower bit.</summary>
    public Complex[] ToMatrix()
    {
        var (even, odd) = (EvenFactor, OddFactor);
        var (evenCos, oddCos) = (Math.Cos(EvenAngle), Math.Cos(OddAngle));
        Complex[] joint =
        [
            evenCos, 0, 0, even,
            0, oddCos, odd, 0,
            0, -Complex.Conjugate(odd), oddCos, 0,
            -Complex.Conjugate(even), 0, 0, evenCos,
        ];
        return Numerics.CanonicalDecomposition.Multiply(joint, Numerics.CanonicalDecomposition.Kronecker(Turn(HighTurn), Turn(LowTurn)), 4);

        static Complex[] Turn(double angle) => [Math.Cos(angle / 2), -Math.Sin(angle / 2), Math.Sin(angle / 2), Math.Cos(angle / 2)];
    }
}
