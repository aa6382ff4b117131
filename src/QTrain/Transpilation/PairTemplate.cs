using System.Numerics;
using QTrain.Circuits;
using QTrain.Numerics;

namespace QTrain.Transpilation;

/// <summary>A joint rotation as turns of two qubits with one gate, the same in both orders of its qubits, between each and the next.</summary>
/// <param name="Turns">Turns of the first qubit and of the second: before the gates, between them, and after; one more than gates.</param>
internal sealed record PairTemplate((Turn First, Turn Second)[] Turns)
{
    private static readonly Turn[] Cliffords = [.. AllCliffords()];

    public int Gates => Turns.Length - 1;

    /// <summary>exp(iπ/4·ZZ) by two sycamore gates, or by two √iswap.</summary>
    /// <remarks>Between two sycamores, each a swap and exp(icZZ), |c| = 5π/24, a rotation by α across their third axis, cos α = cot² 2c, makes a cz of the
    /// two. Between two √iswap a flip of one qubit does.</remarks>
    public static PairTemplate Quarter(string gate)
    {
        var (before, after, joint) = Parts(gate);
        var angle = Math.PI;
        var across = Axis.OfX;
        if (gate == "sycamore")
        {
            var third = Enumerable.Range(0, 3).Single(axis => !Joint.IsQuarter(joint[axis]));
            var cot = 1 / Math.Tan(2 * (Math.Abs(joint[third].Constant) - Math.PI / 4));
            angle = Math.Acos(cot * cot);
            across = Axis.Of((third + 1) % 3);
        }
        else across = Axis.Of(Enumerable.Range(0, 3).First(axis => !Joint.IsZero(joint[axis])));
        var between = before.First.Inverse * Turn.About(across, angle) * after.First.Inverse;
        return Fitted(gate, [(between, before.Second.Inverse * after.Second.Inverse)], Joint.Controlled)
            ?? throw new InvalidOperationException($"Two {gate} are no cz.");
    }

    /// <summary>A joint rotation by one gate; null when it takes more.</summary>
    public static PairTemplate? One(string gate, Joint joint) => Fitted(gate, [], joint);

    /// <summary>A joint rotation of numbers by two √iswap, which reach those whose largest angle is no less than the sum of the other two; null for others.</summary>
    /// <remarks>Huang et al. 2023, arXiv:2105.06074, whose angles are checked here before they are used.</remarks>
    public static PairTemplate? TwoRootSwaps(Joint joint)
    {
        var (reduced, _) = joint.Reduced();
        Span<double> sorted = [Math.Abs(reduced.X.Constant), Math.Abs(reduced.Y.Constant), Math.Abs(reduced.Z.Constant)];
        sorted.Sort();
        var (x, y) = (sorted[2], sorted[1]);
        // Two signs may be turned around at once, so that of all three the product stays.
        var z = reduced.X.Constant * reduced.Y.Constant * reduced.Z.Constant < 0 ? -sorted[0] : sorted[0];
        if (x < y + Math.Abs(z) - Turn.Negligible) return null;
        var root = Math.Sqrt(Math.Max(0, Math.Sin(x + y - z) * Math.Sin(x - y + z) * Math.Sin(-x - y - z) * Math.Sin(-x + y + z)));
        var sum = Math.Cos(2 * x) - Math.Cos(2 * y) + Math.Cos(2 * z);
        var (alpha, beta) = (Math.Acos(Math.Clamp(sum + 2 * root, -1, 1)), Math.Acos(Math.Clamp(sum - 2 * root, -1, 1)));
        var square = 4 * Math.Pow(Math.Cos(x) * Math.Cos(z) * Math.Sin(y), 2);
        var whole = square + Math.Cos(2 * x) * Math.Cos(2 * y) * Math.Cos(2 * z);
        var gamma = whole < 1e-18 ? 0 : Math.Acos(Math.Clamp((z < 0 ? -1 : 1) * Math.Sqrt(Math.Max(0, square / whole)), -1, 1));
        // Where a cosine is 1 or 0 its angle is known to half of the digits only: whole fractions of a turn are tried first.
        return Try(Near(alpha), Near(beta), Near(gamma)) ?? Try(alpha, beta, gamma);

        PairTemplate? Try(double a, double b, double c) =>
            Fitted("sqrt_iswap", [(Turn.AboutZ(c) * Turn.AboutX(a) * Turn.AboutZ(c), Turn.AboutX(b))], joint);

        static double Near(double angle)
        {
            var near = Math.Round(angle / (Math.PI / 4)) * (Math.PI / 4);
            return Math.Abs(near - angle) < 1e-6 ? near : angle;
        }
    }

    /// <summary>A joint rotation of numbers as two, of which √iswap does the first with one gate and the second with two; null when none were found.</summary>
    public static (PairTemplate One, PairTemplate Two)? ThreeRootSwaps(Joint joint)
    {
        for (var missing = 0; missing < 3; missing++)
            for (var signs = 0; signs < 4; signs++)
            {
                Angle[] angles = [0, 0, 0];
                var (a, b) = ((missing + 1) % 3, (missing + 2) % 3);
                angles[a] = (signs & 1) == 0 ? Math.PI / 8 : -Math.PI / 8;
                angles[b] = (signs & 2) == 0 ? Math.PI / 8 : -Math.PI / 8;
                var one = new Joint(angles[0], angles[1], angles[2]);
                var rest = joint + new Joint(-1 * angles[0], -1 * angles[1], -1 * angles[2]);
                if (TwoRootSwaps(rest) is { } two && One("sqrt_iswap", one) is { } single) return (single, two);
            }
        return null;
    }

    /// <summary>Outer turns for a gate sequence that is a joint rotation up to them; null when it is not.</summary>
    private static PairTemplate? Fitted(string gate, (Turn First, Turn Second)[] between, Joint wanted)
    {
        var matrix = Matrix(gate);
        var product = matrix;
        foreach (var (first, second) in between)
            product = CanonicalDecomposition.Multiply(matrix,
                CanonicalDecomposition.Multiply(CanonicalDecomposition.Kronecker(second.ToMatrix(), first.ToMatrix()), product, 4), 4);
        var made = Joint.Decompose(product);
        var goal = wanted.Reduced();
        // made = (u⊗v)·goal·flips·(u⊗v)† for turns that take axes to axes.
        foreach (var u in Cliffords)
            for (var pauli = 0; pauli < 4; pauli++)
            {
                var v = pauli == 0 ? u : u * Turn.About(Axis.Of(pauli - 1), Math.PI);
                if (made.Joint.Through(u, v) is not { } moved) continue;
                var (reduced, flips) = moved.Reduced();
                if (!IsSame(reduced, goal.Joint)) continue;
                // wanted = goal·F = (u⊗v)†·made·(u⊗v)·flips⁻¹·F, and what was made is product without its own turns.
                var rest = flips.Inverse * goal.Flips;
                var before = (made.BeforeFirst.Inverse * u * rest, made.BeforeSecond.Inverse * v * rest);
                var after = (u.Inverse * made.AfterFirst.Inverse, v.Inverse * made.AfterSecond.Inverse);
                return new PairTemplate([before, .. between, after]);
            }
        return null;

        static bool IsSame(Joint a, Joint b)
        {
            for (var axis = 0; axis < 3; axis++)
                if (Math.Abs(a[axis].Constant - b[axis].Constant) > 1e-10) return false;
            return true;
        }
    }

    private static ((Turn First, Turn Second) Before, (Turn First, Turn Second) After, Joint Joint) Parts(string gate)
    {
        var parts = Joint.Decompose(Matrix(gate));
        return ((parts.BeforeFirst, parts.BeforeSecond), (parts.AfterFirst, parts.AfterSecond), parts.Joint);
    }

    private static Complex[] Matrix(string gate) => [.. Circuits.Gates.Named(gate).Matrix().Cast<Complex>()];

    /// <summary>The 24 turns that take the axes to the axes.</summary>
    private static List<Turn> AllCliffords()
    {
        var all = new List<Turn> { Turn.None };
        for (var k = 0; k < all.Count; k++)
            foreach (var step in (ReadOnlySpan<Turn>)[Turn.Hadamard, Turn.AboutZ(Math.PI / 2)])
            {
                var next = (step * all[k]).Normalized();
                if (!all.Any(t => (next * t.Inverse).IsNone)) all.Add(next);
            }
        return all;
    }
}
