using System.Numerics;
using QTrain.Circuits;
using QTrain.Numerics;

namespace QTrain.Transpilation;

/// <summary>exp(i(x·XX + y·YY + z·ZZ)), its angles numbers or expressions in parameters.</summary>
internal readonly record struct Joint(Angle X, Angle Y, Angle Z)
{
    public const double Quarter = Math.PI / 4;

    /// <summary>A swap of the two qubits, up to a phase.</summary>
    public static Joint Swap { get; } = new(Quarter, Quarter, Quarter);

    /// <summary>cz and cx, up to turns of each qubit.</summary>
    public static Joint Controlled { get; } = new(0, 0, Quarter);

    public bool IsConstant => X.IsConstant && Y.IsConstant && Z.IsConstant;

    public bool IsNone => IsZero(X) && IsZero(Y) && IsZero(Z);

    public static Joint operator +(Joint a, Joint b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    public Angle this[int axis] => axis switch { 0 => X, 1 => Y, _ => Z };

    public static Joint Along(int axis, Angle angle) => axis switch { 0 => new(angle, 0, 0), 1 => new(0, angle, 0), _ => new(0, 0, angle) };

    public static bool IsZero(Angle angle) => angle.IsConstant && Math.Abs(angle.Constant) < Turn.Negligible;

    public static bool IsQuarter(Angle angle) => angle.IsConstant && Math.Abs(Math.Abs(angle.Constant) - Quarter) < Turn.Negligible;

    /// <summary>Numbers brought to (−π/4, π/4]: a quarter turn more is the Pauli operators of that axis on both qubits, in <c>Flips</c>.</summary>
    public (Joint Joint, Turn Flips) Reduced()
    {
        var flips = Turn.None;
        Span<double> constants = [X.Constant, Y.Constant, Z.Constant];
        for (var axis = 0; axis < 3; axis++)
        {
            var turns = Math.Ceiling(constants[axis] / (Math.PI / 2) - 0.5 - Turn.Negligible);
            if (turns == 0) continue;
            constants[axis] -= turns * (Math.PI / 2);
            if ((long)turns % 2 != 0) flips = Turn.About(Axis.Of(axis), Math.PI) * flips;
        }
        return (new Joint(With(X, constants[0]), With(Y, constants[1]), With(Z, constants[2])), flips);

        static Angle With(Angle angle, double constant) => angle.Constant == constant ? angle : angle + (constant - angle.Constant);
    }

    /// <summary>How many cz or cx it takes: 0 to 3, valid whatever the parameters are. Expects reduced angles.</summary>
    public int ControlledCount()
    {
        var (zeros, quarters) = (0, 0);
        for (var axis = 0; axis < 3; axis++)
        {
            if (IsZero(this[axis])) zeros++;
            else if (IsQuarter(this[axis])) quarters++;
        }
        return zeros switch { 3 => 0, 2 => quarters == 1 ? 1 : 2, 1 => 2, _ => 3 };
    }

    /// <summary>How many rotations about one axis it is made of. Expects reduced angles.</summary>
    public int AxisCount() => (IsZero(X) ? 0 : 1) + (IsZero(Y) ? 0 : 1) + (IsZero(Z) ? 0 : 1);

    /// <summary>4×4, row-major, of numbers.</summary>
    public Complex[] ToMatrix()
    {
        var matrix = new Complex[16];
        var (even, odd) = (X.Constant - Y.Constant, X.Constant + Y.Constant);
        var (plus, minus) = (Complex.FromPolarCoordinates(1, Z.Constant), Complex.FromPolarCoordinates(1, -Z.Constant));
        matrix[0] = matrix[15] = plus * Math.Cos(even);
        matrix[3] = matrix[12] = plus * new Complex(0, Math.Sin(even));
        matrix[5] = matrix[10] = minus * Math.Cos(odd);
        matrix[6] = matrix[9] = minus * new Complex(0, Math.Sin(odd));
        return matrix;
    }

    /// <summary>Any two-qubit unitary as turns, a joint rotation with reduced angles, and turns; the phase is lost.</summary>
    /// <param name="unitary">4×4, row-major; the first qubit is the lower bit.</param>
    public static (Turn BeforeFirst, Turn BeforeSecond, Joint Joint, Turn AfterFirst, Turn AfterSecond) Decompose(ReadOnlySpan<Complex> unitary)
    {
        var d = CanonicalDecomposition.Of(unitary);
        var (joint, flips) = new Joint(Clean(d.X), Clean(d.Y), Clean(d.Z)).Reduced();
        return (Turn.Of(d.RightLow), Turn.Of(d.RightHigh), joint, Turn.Of(d.LeftLow) * flips, Turn.Of(d.LeftHigh) * flips);
    }

    /// <summary>Multiples of π/8 that rounding has moved are put back.</summary>
    public static double Clean(double radians)
    {
        var near = Math.Round(radians / (Math.PI / 8)) * (Math.PI / 8);
        return Math.Abs(near - radians) < Turn.Negligible ? near : radians;
    }

    /// <summary>This rotation, as it reads before turns that come between it and what was before: (u⊗v)† J (u⊗v), when the turns take axes to
    /// axes alike on both qubits; null when they do not.</summary>
    public Joint? Through(Turn first, Turn second)
    {
        Span<Angle> angles = [0, 0, 0];
        for (var axis = 0; axis < 3; axis++)
        {
            if (IsZero(this[axis])) continue;
            var (a, b) = (first.Inverse.Apply(Axis.Of(axis)), second.Inverse.Apply(Axis.Of(axis)));
            var found = false;
            for (var to = 0; to < 3 && !found; to++)
            {
                var sign = a.Along(Axis.Of(to)) * b.Along(Axis.Of(to));
                if (sign == 0) continue;
                angles[to] += sign * this[axis];
                found = true;
            }
            if (!found) return null;
        }
        return new Joint(angles[0], angles[1], angles[2]);
    }
}
