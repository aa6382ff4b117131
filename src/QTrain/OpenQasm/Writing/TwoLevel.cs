using System.Numerics;
using System.Text;

namespace QTrain.OpenQasm.Writing;

/// <summary>A one-qubit gate under controls: what every unitary matrix is made of.</summary>
/// <param name="Qubits">How many qubits the whole matrix has.</param>
/// <param name="Target">The qubit.</param>
/// <param name="Mask">The qubits that control it.</param>
/// <param name="Value">What they must be.</param>
/// <param name="Matrix">The gate.</param>
internal sealed record TwoLevel(int Qubits, int Target, int Mask, int Value, Complex[,] Matrix)
{
    /// <summary>Gates in order of time whose product is the matrix. Givens rotations between basis states that differ in one bit, along a Gray code.</summary>
    /// <remarks>Nielsen and Chuang 2000, section 4.5. Up to 2ⁿ(2ⁿ−1)/2 rotations: exact, and meant for small matrices.</remarks>
    public static List<TwoLevel> Decompose(Complex[,] unitary)
    {
        var size = unitary.GetLength(0);
        var qubits = BitOperations.Log2((uint)size);
        if (qubits == 1) return [new TwoLevel(1, 0, 0, 0, unitary)];
        var u = (Complex[,])unitary.Clone();
        int[] order = [.. Enumerable.Range(0, size).Select(k => k ^ k >> 1)];
        var inverse = new List<TwoLevel>();
        for (var column = 0; column < size - 1; column++)
        {
            var (at, c) = (order, order[column]);
            for (var row = size - 1; row > column; row--)
            {
                var (high, low) = (at[row - 1], at[row]);
                var (x, y) = (u[high, c], u[low, c]);
                var norm = Math.Sqrt(x.Real * x.Real + x.Imaginary * x.Imaginary + y.Real * y.Real + y.Imaginary * y.Imaginary);
                if (y.Magnitude < 1e-15) continue;
                // Takes (x, y) to (norm, 0).
                var (a, b) = (Complex.Conjugate(x) / norm, Complex.Conjugate(y) / norm);
                var (p, q) = (-y / norm, x / norm);
                for (var k = 0; k < size; k++)
                {
                    var (top, bottom) = (u[high, k], u[low, k]);
                    (u[high, k], u[low, k]) = (a * top + b * bottom, p * top + q * bottom);
                }
                inverse.Add(On(qubits, high, low, new[,] { { Complex.Conjugate(a), Complex.Conjugate(p) }, { Complex.Conjugate(b), Complex.Conjugate(q) } }));
            }
            var phase = u[c, c];
            if ((phase - 1).Magnitude < 1e-15) continue;
            inverse.Add(Phase(qubits, c, phase));
            for (var k = 0; k < size; k++) u[c, k] *= Complex.Conjugate(phase);
        }
        var last = order[size - 1];
        if ((u[last, last] - 1).Magnitude >= 1e-15) inverse.Add(Phase(qubits, last, u[last, last]));
        inverse.Reverse();
        return inverse;
    }

    private static TwoLevel On(int qubits, int high, int low, Complex[,] matrix)
    {
        var flipped = high ^ low;
        var target = BitOperations.Log2((uint)flipped);
        var mask = ((1 << qubits) - 1) & ~flipped;
        var isUp = (high & flipped) == 0;
        return new TwoLevel(qubits, target, mask, high & mask, isUp ? matrix : new[,] { { matrix[1, 1], matrix[1, 0] }, { matrix[0, 1], matrix[0, 0] } });
    }

    private static TwoLevel Phase(int qubits, int state, Complex phase) =>
        new(qubits, 0, ((1 << qubits) - 1) & ~1, state & ~1, (state & 1) != 0 ? new[,] { { 1, 0 }, { 0, phase } } : new[,] { { phase, 0 }, { 0, 1 } });

    /// <summary>The gate in OpenQASM 3: qubits are a0, a1, …</summary>
    public string Text()
    {
        var (modifiers, controls) = (new StringBuilder(), new List<string>());
        for (var q = 0; q < Qubits; q++)
        {
            if ((Mask >> q & 1) == 0) continue;
            modifiers.Append((Value >> q & 1) != 0 ? "ctrl @ " : "negctrl @ ");
            controls.Add($"a{q}");
        }
        var (theta, phi, lambda, phase) = Angles(Matrix);
        // The language's U carries e^{iθ/2}.
        phase -= theta / 2;
        var text = $"{modifiers}U({AngleExpression.Of(theta)}, {AngleExpression.Of(phi)}, {AngleExpression.Of(lambda)}) {string.Join(", ", controls.Append($"a{Target}"))}; ";
        if (Math.Abs(phase) > 1e-16) text += $"{modifiers}gphase({AngleExpression.Of(phase)}){(controls.Count > 0 ? " " + string.Join(", ", controls) : "")}; ";
        return text;
    }

    /// <summary>θ, φ, λ and γ with the matrix e^{iγ}·u(θ, φ, λ).</summary>
    public static (double Theta, double Phi, double Lambda, double Phase) Angles(Complex[,] matrix)
    {
        var (a, b, c, d) = (matrix[0, 0], matrix[0, 1], matrix[1, 0], matrix[1, 1]);
        var theta = 2 * Math.Atan2(c.Magnitude, a.Magnitude);
        if (c.Magnitude < 1e-14) return (0, 0, (d / a).Phase, a.Phase);
        if (a.Magnitude < 1e-14) return (Math.PI, (c / -b).Phase, 0, (-b).Phase);
        return (theta, (c / a).Phase, (-b / a).Phase, a.Phase);
    }
}
