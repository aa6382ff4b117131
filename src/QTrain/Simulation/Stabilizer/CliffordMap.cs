using System.Collections.Immutable;
using System.Diagnostics;
using System.Numerics;
using QTrain.Observables;

namespace QTrain.Simulation.Stabilizer;

/// <summary>A Pauli string over a gate's own qubits, with its sign.</summary>
internal readonly record struct SignedPauli(PauliString Pauli, bool IsNegative)
{
    /// <summary>Reads <c>-XZ_</c>: a sign or none, then a letter for each qubit, the first qubit leftmost.</summary>
    public static SignedPauli Parse(string text)
    {
        var letters = text.AsSpan().TrimStart("+-");
        ulong x = 0, z = 0;
        for (var q = 0; q < letters.Length; q++)
        {
            if (letters[q] is 'X' or 'Y') x |= 1UL << q;
            if (letters[q] is 'Z' or 'Y') z |= 1UL << q;
        }
        return new SignedPauli(new PauliString(x, z), text.StartsWith('-'));
    }
}

/// <summary>A Clifford gate on k qubits, up to its global phase: what it makes of X and of Z of each of its qubits, U·P·U†.</summary>
internal sealed class CliffordMap
{
    // Angles such as Math.PI / 2 and matrices multiplied out carry rounding; what is further away is another gate.
    private const double Tolerance = 1e-9;

    private readonly ImmutableArray<SignedPauli> _x;
    private readonly ImmutableArray<SignedPauli> _z;

    private CliffordMap? _inverse;

    private CliffordMap(ImmutableArray<SignedPauli> x, ImmutableArray<SignedPauli> z)
    {
        Debug.Assert(x.Length == z.Length && x.Length <= PauliString.MaxQubits);
        (_x, _z) = (x, z);
    }

    /// <summary>How many qubits the gate acts on.</summary>
    public int QubitCount => _x.Length;

    /// <summary>U·X·U† of the gate's qubit.</summary>
    public SignedPauli OfX(int qubit) => _x[qubit];

    /// <summary>U·Z·U† of the gate's qubit.</summary>
    public SignedPauli OfZ(int qubit) => _z[qubit];

    /// <summary>The map of images written as tables of gates write them: of X and Z of the first qubit, then of the second, and so on.</summary>
    public static CliffordMap Of(params string[] images)
    {
        var (x, z) = (ImmutableArray.CreateBuilder<SignedPauli>(), ImmutableArray.CreateBuilder<SignedPauli>());
        for (var k = 0; k < images.Length; k += 2)
        {
            x.Add(SignedPauli.Parse(images[k]));
            z.Add(SignedPauli.Parse(images[k + 1]));
        }
        return new CliffordMap(x.ToImmutable(), z.ToImmutable());
    }

    /// <summary>The identity on so many qubits.</summary>
    public static CliffordMap Identity(int qubits) => Rotation(qubits, PauliString.Identity, 0);

    /// <summary>exp(−iθP/2) where θ is so many quarter turns.</summary>
    public static CliffordMap Rotation(int qubits, PauliString pauli, int quarterTurns)
    {
        var (x, z) = (ImmutableArray.CreateBuilder<SignedPauli>(qubits), ImmutableArray.CreateBuilder<SignedPauli>(qubits));
        for (var q = 0; q < qubits; q++)
        {
            x.Add(Rotated(new PauliString(1UL << q, 0), pauli, quarterTurns));
            z.Add(Rotated(new PauliString(0, 1UL << q), pauli, quarterTurns));
        }
        return new CliffordMap(x.MoveToImmutable(), z.MoveToImmutable());
    }

    // With Q and P anticommuting, e^(−iθP/2)·Q·e^(iθP/2) = Q·e^(iθP), which is iQP after a quarter turn and −Q after a half.
    private static SignedPauli Rotated(PauliString q, PauliString pauli, int quarterTurns)
    {
        if (q.CommutesWith(pauli)) return new SignedPauli(q, false);
        var turns = quarterTurns & 3;
        if (turns is 0 or 2) return new SignedPauli(q, turns == 2);
        var (product, power) = PauliString.Multiply(q, pauli);
        return new SignedPauli(product, ((power + turns) & 3) == 2);
    }

    /// <summary>U·P·U† of any Pauli string.</summary>
    public SignedPauli Image(PauliString pauli)
    {
        var product = PauliString.Identity;
        var power = pauli.CountY;           // Y = iXZ
        for (var q = 0; q < QubitCount; q++)
        {
            if ((pauli.X >> q & 1) != 0) Multiply(_x[q]);
            if ((pauli.Z >> q & 1) != 0) Multiply(_z[q]);
        }
        Debug.Assert((power & 1) == 0, "the image of a Hermitian operator is Hermitian");
        return new SignedPauli(product, (power & 3) == 2);

        void Multiply(SignedPauli factor)
        {
            (product, var turns) = PauliString.Multiply(product, factor.Pauli);
            power += turns + (factor.IsNegative ? 2 : 0);
        }
    }

    /// <summary>The map of this gate and then another on the same qubits.</summary>
    public CliffordMap Then(CliffordMap next) => Mapped(s =>
    {
        var image = next.Image(s.Pauli);
        return image with { IsNegative = image.IsNegative ^ s.IsNegative };
    });

    /// <summary>The map of U†.</summary>
    /// <remarks>The matrix over GF(2) is symplectic, so its inverse is its transpose with the roles of x and z exchanged.</remarks>
    public CliffordMap Inverse()
    {
        if (_inverse is not null) return _inverse;
        var (x, z) = (ImmutableArray.CreateBuilder<SignedPauli>(QubitCount), ImmutableArray.CreateBuilder<SignedPauli>(QubitCount));
        for (var q = 0; q < QubitCount; q++)
        {
            x.Add(Preimage(forX: true, q));
            z.Add(Preimage(forX: false, q));
        }
        return _inverse = new CliffordMap(x.MoveToImmutable(), z.MoveToImmutable());
    }

    private SignedPauli Preimage(bool forX, int qubit)
    {
        // P = U†·Q·U holds an X on qubit k where it anticommutes with Z of k, that is, where Q anticommutes with U·Z·U†.
        var wanted = new PauliString(forX ? 1UL << qubit : 0, forX ? 0 : 1UL << qubit);
        ulong px = 0, pz = 0;
        for (var k = 0; k < QubitCount; k++)
        {
            if (!wanted.CommutesWith(_z[k].Pauli)) px |= 1UL << k;
            if (!wanted.CommutesWith(_x[k].Pauli)) pz |= 1UL << k;
        }
        var preimage = new PauliString(px, pz);
        return new SignedPauli(preimage, Image(preimage).IsNegative);
    }

    /// <summary>The map with some qubits negated before and after: a control that acts on 0 rather than on 1.</summary>
    public CliffordMap Negated(ulong qubits)
    {
        var (x, z) = (ImmutableArray.CreateBuilder<SignedPauli>(QubitCount), ImmutableArray.CreateBuilder<SignedPauli>(QubitCount));
        for (var q = 0; q < QubitCount; q++)
        {
            x.Add(Flipped(_x[q], 0));
            z.Add(Flipped(_z[q], (int)(qubits >> q & 1)));
        }
        return new CliffordMap(x.MoveToImmutable(), z.MoveToImmutable());

        SignedPauli Flipped(SignedPauli s, int before) => s with { IsNegative = s.IsNegative ^ ((before + BitOperations.PopCount(s.Pauli.Z & qubits)) % 2 != 0) };
    }

    /// <summary>Whether the gate is a Pauli operator: it changes signs only.</summary>
    public bool IsPauli => Enumerable.Range(0, QubitCount).All(q => _x[q].Pauli == new PauliString(1UL << q, 0) && _z[q].Pauli == new PauliString(0, 1UL << q));

    /// <summary>The Pauli operator that the gate is, where <see cref="IsPauli"/>.</summary>
    public PauliString AsPauli()
    {
        Debug.Assert(IsPauli);
        ulong x = 0, z = 0;
        for (var q = 0; q < QubitCount; q++)
        {
            if (_z[q].IsNegative) x |= 1UL << q;        // X changes the sign of Z
            if (_x[q].IsNegative) z |= 1UL << q;
        }
        return new PauliString(x, z);
    }

    /// <summary>The map of a unitary matrix, first listed qubit lowest; null when the matrix is no Clifford gate.</summary>
    public static CliffordMap? FromMatrix(Complex[,] matrix)
    {
        var qubits = BitOperations.Log2((uint)matrix.GetLength(0));
        var (x, z) = (ImmutableArray.CreateBuilder<SignedPauli>(qubits), ImmutableArray.CreateBuilder<SignedPauli>(qubits));
        for (var q = 0; q < qubits; q++)
        {
            if (ImageUnder(matrix, new PauliString(1UL << q, 0)) is not { } ofX || ImageUnder(matrix, new PauliString(0, 1UL << q)) is not { } ofZ) return null;
            x.Add(ofX);
            z.Add(ofZ);
        }
        return new CliffordMap(x.MoveToImmutable(), z.MoveToImmutable());
    }

    /// <summary>The signed Pauli string Q with U·P = Q·U, or null when there is none.</summary>
    private static SignedPauli? ImageUnder(Complex[,] u, PauliString p)
    {
        var size = u.GetLength(0);
        // Column 0 of Q = U·P·U† has one entry, in the row of Q's flip mask.
        ulong? flip = null;
        for (var row = 0; row < size; row++)
        {
            Complex entry = 0;
            for (var k = 0; k < size; k++) entry += u[row, (int)((ulong)k ^ p.X)] * p.PhaseOn((ulong)k) * Complex.Conjugate(u[0, k]);
            if (entry.Magnitude < Tolerance) continue;
            if (flip is not null || Math.Abs(entry.Magnitude - 1) > Tolerance) return null;
            flip = (ulong)row;
        }
        if (flip is not { } x) return null;
        // Q·|b⟩ = f(b)·|b ⊕ x⟩; f changes by a sign from b = 0 to a single bit where Q holds Z there.
        if (Factor(0) is not { } first) return null;
        ulong z = 0;
        for (var bit = 1; bit < size; bit <<= 1)
        {
            if (Factor((ulong)bit) is not { } factor) return null;
            if ((factor + first).Magnitude < 0.5) z |= (uint)bit;
        }
        var pauli = new PauliString(x, z);
        var signed = new SignedPauli(pauli, (first + pauli.PhaseOn(0)).Magnitude < 0.5);
        var sign = signed.IsNegative ? -1 : 1;
        for (var basis = 0UL; basis < (ulong)size; basis++)
        {
            var factor = sign * pauli.PhaseOn(basis);
            for (var column = 0; column < size; column++)
                if (!((At(basis, column) - factor * u[(int)basis, column]).Magnitude < Tolerance)) return null;
        }
        return signed;

        Complex At(ulong basis, int column) => u[(int)(basis ^ x), (int)((ulong)column ^ p.X)] * p.PhaseOn((ulong)column);

        Complex? Factor(ulong basis)
        {
            var column = 0;
            for (var k = 1; k < size; k++)
                if (u[(int)basis, k].Magnitude > u[(int)basis, column].Magnitude) column = k;
            var below = u[(int)basis, column];
            return below.Magnitude < Tolerance ? null : At(basis, column) / below;
        }
    }

    private CliffordMap Mapped(Func<SignedPauli, SignedPauli> f) => new([.. _x.Select(f)], [.. _z.Select(f)]);
}
