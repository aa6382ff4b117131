using System.Numerics;
using System.Runtime.InteropServices;

namespace QTrain.Transpilation;

/// <summary>A rotation of one qubit, without its global phase: W − i(X·σx + Y·σy + Z·σz), a unit quaternion.</summary>
/// <remarks>−iσx, −iσy, −iσz multiply as Hamilton's i, j, k, so that products cost sixteen multiplications and axes turn as vectors do.</remarks>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Turn(double W, double X, double Y, double Z)
{
    /// <summary>What counts as nothing: entries of matrices are known to some 1e-15, and a few hundred products lie behind a turn.</summary>
    public const double Negligible = 1e-11;

    private static readonly double Half = Math.Sqrt(0.5);

    public static Turn None { get; } = new(1, 0, 0, 0);

    public static Turn Hadamard { get; } = new(0, Half, 0, Half);

    public static Turn Flip { get; } = new(0, 1, 0, 0);

    public static Turn RootX { get; } = new(Half, Half, 0, 0);

    /// <summary>exp(−iθZ/2).</summary>
    public static Turn AboutZ(double radians) => new(Math.Cos(radians / 2), 0, 0, Math.Sin(radians / 2));

    /// <summary>exp(−iθX/2).</summary>
    public static Turn AboutX(double radians) => new(Math.Cos(radians / 2), Math.Sin(radians / 2), 0, 0);

    /// <summary>exp(−iθY/2).</summary>
    public static Turn AboutY(double radians) => new(Math.Cos(radians / 2), 0, Math.Sin(radians / 2), 0);

    /// <summary>exp(−iθ(axis·σ)/2).</summary>
    public static Turn About(Axis axis, double radians)
    {
        var (sin, cos) = Math.SinCos(radians / 2);
        return new(cos, sin * axis.X, sin * axis.Y, sin * axis.Z);
    }

    /// <summary>The turn that takes Z to an axis by the shortest way; Z to −Z goes over X.</summary>
    public static Turn FromZTo(Axis axis)
    {
        // Near −Z half way is nowhere: over the other pole.
        if (axis.Z < 0) return FromZTo(-axis) * Flip;
        // Half way between: 1 + z·a and z × a, normalized.
        var norm = Math.Sqrt(2 * (1 + axis.Z));
        return new Turn((1 + axis.Z) / norm, -axis.Y / norm, axis.X / norm, 0).Normalized();
    }

    /// <param name="unitary">2×2, row-major; its phase is lost.</param>
    public static Turn Of(ReadOnlySpan<Complex> unitary)
    {
        var back = 1 / Complex.Sqrt(unitary[0] * unitary[3] - unitary[1] * unitary[2]);
        // Without the phase it is [w − iz, −y − ix; y − ix, w + iz].
        var a = (unitary[0] * back + Complex.Conjugate(unitary[3] * back)) / 2;
        var b = (unitary[2] * back - Complex.Conjugate(unitary[1] * back)) / 2;
        return new Turn(a.Real, -b.Imaginary, b.Real, -a.Imaginary).Normalized();
    }

    /// <summary>Right first, then left: as matrices multiply.</summary>
    public static Turn operator *(Turn l, Turn r) => new(
        l.W * r.W - l.X * r.X - l.Y * r.Y - l.Z * r.Z,
        l.W * r.X + l.X * r.W + l.Y * r.Z - l.Z * r.Y,
        l.W * r.Y - l.X * r.Z + l.Y * r.W + l.Z * r.X,
        l.W * r.Z + l.X * r.Y - l.Y * r.X + l.Z * r.W);

    public Turn Inverse => new(W, -X, -Y, -Z);

    /// <summary>U(axis·σ)U†.</summary>
    public Axis Apply(Axis axis)
    {
        var turned = this * new Turn(0, axis.X, axis.Y, axis.Z) * Inverse;
        return new Axis(turned.X, turned.Y, turned.Z);
    }

    /// <summary>Whether it does nothing but a phase.</summary>
    public bool IsNone => X * X + Y * Y + Z * Z < Negligible * Negligible;

    /// <summary>Whether its matrix is diagonal.</summary>
    public bool IsDiagonal => X * X + Y * Y < Negligible * Negligible;

    /// <summary>Whether its matrix has zeros on the diagonal: it takes Z to −Z.</summary>
    public bool IsAntidiagonal => W * W + Z * Z < Negligible * Negligible;

    /// <summary>2×2, row-major.</summary>
    public Complex[] ToMatrix() => [new(W, -Z), new(-Y, -X), new(Y, -X), new(W, Z)];

    public Turn Normalized()
    {
        var scale = 1 / Math.Sqrt(W * W + X * X + Y * Y + Z * Z);
        return new Turn(W * scale, X * scale, Y * scale, Z * scale);
    }

    /// <summary>The angles of Rz(after)·Ry(turn)·Rz(before), turn 0 … π.</summary>
    public (double Before, double Turn, double After) Euler()
    {
        var (across, along) = (Math.Sqrt(X * X + Y * Y), Math.Sqrt(W * W + Z * Z));
        var sum = along < Negligible ? 0 : 2 * Math.Atan2(Z, W);
        var difference = across < Negligible ? 0 : 2 * Math.Atan2(-X, Y);
        return ((sum - difference) / 2, 2 * Math.Atan2(across, along), (sum + difference) / 2);
    }
}

/// <summary>A unit vector: the Pauli operator X·σx + Y·σy + Z·σz.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Axis(double X, double Y, double Z)
{
    public static Axis OfX { get; } = new(1, 0, 0);

    public static Axis OfY { get; } = new(0, 1, 0);

    public static Axis OfZ { get; } = new(0, 0, 1);

    public static Axis Of(int index) => index switch { 0 => OfX, 1 => OfY, _ => OfZ };

    public static double Dot(Axis a, Axis b) => a.X * b.X + a.Y * b.Y + a.Z * b.Z;

    public static Axis Cross(Axis a, Axis b) => new(a.Y * b.Z - a.Z * b.Y, a.Z * b.X - a.X * b.Z, a.X * b.Y - a.Y * b.X);

    public static Axis operator -(Axis a) => new(-a.X, -a.Y, -a.Z);

    /// <summary>+1 or −1 when the axes are parallel, 0 when they are not.</summary>
    public int Along(Axis other)
    {
        // |a × b|² rather than 1 − |a·b|, which would lose half of the digits.
        var cross = Cross(this, other);
        if (Dot(cross, cross) > Turn.Negligible * Turn.Negligible) return 0;
        return Dot(this, other) > 0 ? 1 : -1;
    }

    public bool IsAcross(Axis other) => Math.Abs(Dot(this, other)) < Turn.Negligible;
}
