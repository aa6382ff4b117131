using System.Numerics;

namespace QTrain.Observables;

public sealed partial class PauliSum
{
    /// <summary>The sum of two on equally many qubits.</summary>
    public static PauliSum operator +(PauliSum left, PauliSum right)
    {
        RequireSameQubits(left, right);
        return new PauliSum(left.QubitCount, left.Terms.Concat(right.Terms));
    }

    /// <summary>The difference of two on equally many qubits.</summary>
    public static PauliSum operator -(PauliSum left, PauliSum right) => left + -right;

    /// <summary>Every coefficient negated.</summary>
    public static PauliSum operator -(PauliSum sum) => sum.Select(t => t with { Coefficient = -t.Coefficient });

    /// <summary>Every coefficient times a number.</summary>
    public static PauliSum operator *(Complex factor, PauliSum sum) => sum.Select(t => t with { Coefficient = factor * t.Coefficient });

    /// <summary>Every coefficient times a number.</summary>
    public static PauliSum operator *(PauliSum sum, Complex factor) => factor * sum;

    /// <summary>Every coefficient divided by a number.</summary>
    public static PauliSum operator /(PauliSum sum, Complex divisor) => sum.Select(t => t with { Coefficient = t.Coefficient / divisor });

    /// <summary>The operator product: <paramref name="right"/> acts first.</summary>
    public static PauliSum operator *(PauliSum left, PauliSum right)
    {
        RequireSameQubits(left, right);
        return new PauliSum(left.QubitCount, Products(left, right));
    }

    /// <summary>left·right − right·left. Terms that cancel are left out.</summary>
    public static PauliSum Commutator(PauliSum left, PauliSum right)
    {
        RequireSameQubits(left, right);
        // Strings either commute, and their pair vanishes exactly, or anticommute, and it doubles.
        var terms =
            from a in left.Terms
            from b in right.Terms
            where !a.Pauli.CommutesWith(b.Pauli)
            select Product(a, b) into term
            select term with { Coefficient = 2 * term.Coefficient };
        return new PauliSum(left.QubitCount, terms).Simplify(0);
    }

    /// <summary>Whether the two commute: every coefficient of the commutator is at most <paramref name="tolerance"/>.</summary>
    public bool CommutesWith(PauliSum other, double tolerance = 1e-12) => Commutator(this, other).Simplify(tolerance).Terms.IsEmpty;

    /// <summary>The Hermitian conjugate: Pauli strings are Hermitian, so coefficients are conjugated.</summary>
    public PauliSum Adjoint() => Select(t => t with { Coefficient = Complex.Conjugate(t.Coefficient) });

    /// <summary>The sum without terms whose coefficient is at most <paramref name="tolerance"/> in magnitude, real and imaginary parts as small put to 0.</summary>
    public PauliSum Simplify(double tolerance = 1e-12)
    {
        if (!(tolerance >= 0)) throw new ArgumentOutOfRangeException(nameof(tolerance), tolerance, "A tolerance is 0 or more.");
        return new PauliSum(QubitCount, Terms
            .Where(t => Complex.Abs(t.Coefficient) > tolerance)
            .Select(t => t with { Coefficient = new Complex(Keep(t.Coefficient.Real), Keep(t.Coefficient.Imaginary)) }));

        double Keep(double part) => Math.Abs(part) > tolerance ? part : 0;
    }

    /// <summary>The Kronecker product this ⊗ <paramref name="low"/>: <paramref name="low"/> keeps its qubits, this one's are counted on after them, as labels are joined.</summary>
    public PauliSum Tensor(PauliSum low)
    {
        ArgumentNullException.ThrowIfNull(low);
        var shift = low.QubitCount;
        if (QubitCount + shift > PauliString.MaxQubits)
            throw new QuantumException($"The tensor product would have {QubitCount + shift} qubits: at most {PauliString.MaxQubits} are allowed.");
        return new PauliSum(QubitCount + shift,
            from a in Terms
            from b in low.Terms
            select new PauliTerm(new PauliString(a.Pauli.X << shift | b.Pauli.X, a.Pauli.Z << shift | b.Pauli.Z), a.Coefficient * b.Coefficient));
    }

    /// <summary>The same sum on more qubits: the identity on the added ones, which are the highest.</summary>
    public PauliSum ExtendTo(int qubits) => qubits >= QubitCount
        ? new PauliSum(qubits, Terms)
        : throw new QuantumException($"An observable on {QubitCount} qubits cannot be extended to {qubits}: give at least {QubitCount}.");

    private PauliSum Select(Func<PauliTerm, PauliTerm> map) => new(QubitCount, Terms.Select(map));

    private static IEnumerable<PauliTerm> Products(PauliSum left, PauliSum right) =>
        from a in left.Terms
        from b in right.Terms
        select Product(a, b);

    private static PauliTerm Product(PauliTerm left, PauliTerm right)
    {
        var (pauli, power) = PauliString.Multiply(left.Pauli, right.Pauli);
        return new PauliTerm(pauli, TimesPowerOfI(left.Coefficient * right.Coefficient, power));
    }

    // Swapped parts rather than a complex product, so that i·i is exactly −1 and real sums stay real.
    private static Complex TimesPowerOfI(Complex value, int power) => (power & 3) switch
    {
        0 => value,
        1 => new Complex(-value.Imaginary, value.Real),
        2 => -value,
        _ => new Complex(value.Imaginary, -value.Real),
    };

    private static void RequireSameQubits(PauliSum left, PauliSum right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left.QubitCount != right.QubitCount)
            throw new QuantumException(
                $"Observables on {left.QubitCount} and on {right.QubitCount} qubits cannot be combined: extend the smaller with ExtendTo({Math.Max(left.QubitCount, right.QubitCount)}).");
    }
}
