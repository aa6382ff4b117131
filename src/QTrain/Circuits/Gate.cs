using System.Collections.Immutable;
using System.Numerics;
using QTrain.Observables;

namespace QTrain.Circuits;

/// <summary>A rule: what is done to qubits, before it is applied to any. The named gates are the rows of <see cref="Gates"/>;
/// <see cref="Unitary"/> and <see cref="PauliRotation"/> make others.</summary>
/// <remarks>In a matrix the first listed qubit is the lowest bit; controls come first in argument lists; phases are Qiskit's.</remarks>
public sealed class Gate : IEquatable<Gate>
{
    /// <summary>The most qubits of which a gate's matrix is written down: 2¹²×2¹² numbers are 256 MiB.</summary>
    public const int MaxMatrixQubits = 12;

    private readonly Func<ReadOnlySpan<double>, Complex[,]>? _matrix;

    internal Gate(string name, int qubits, int angles, Func<ReadOnlySpan<double>, Complex[,]>? matrix)
    {
        Name = name;
        QubitCount = qubits;
        AngleCount = angles;
        _matrix = matrix;
    }

    /// <summary>The name, in lower case as OpenQASM's standard libraries write it.</summary>
    public string Name { get; }

    /// <summary>How many qubits it acts on, controls among them.</summary>
    public int QubitCount { get; }

    /// <summary>How many angles it takes, in radians.</summary>
    public int AngleCount { get; }

    /// <summary>What the gate does, in a sentence.</summary>
    public string About { get; internal init; } = "";

    /// <summary>Other names that files use for the same gate.</summary>
    public ImmutableArray<string> Aliases { get; internal init; } = [];

    /// <summary>G of a gate exp(−iθG), as a sum of Pauli strings such as <c>0.5*ZX</c> over the gate's qubits; null for gates of no or several angles.</summary>
    public string? Generator { get; internal init; }

    /// <summary>How many leading qubits are controls of <see cref="Base"/>.</summary>
    public int ControlCount { get; internal init; }

    /// <summary>The gate that is controlled; null when the gate is not a control of another.</summary>
    public Gate? Base { get; internal init; }

    /// <summary>The Pauli string of a <see cref="PauliRotation"/>; null for other gates.</summary>
    public PauliString? Pauli { get; private init; }

    /// <summary>Whether this is a row of <see cref="Gates"/> rather than made from a matrix or a Pauli string.</summary>
    public bool IsNamed { get; internal init; } = true;

    /// <summary>The gate as a product of Pauli rotations and phases, in order of time; null for gates without angles.</summary>
    internal Func<ImmutableArray<Angle>, ImmutableArray<Primitive>>? Definition { get; init; }

    /// <summary>The inverse as another gate of the table; null: the same gate with every angle negated (or the conjugate transpose).</summary>
    internal Func<ImmutableArray<int>, ImmutableArray<Angle>, (string Gate, ImmutableArray<int> Qubits, ImmutableArray<Angle> Angles)>? Inverse { get; init; }

    /// <summary>The unitary matrix at given angles, 2ᵏ×2ᵏ, first listed qubit lowest.</summary>
    /// <param name="angles">Radians; length <see cref="AngleCount"/>.</param>
    public Complex[,] Matrix(params ReadOnlySpan<double> angles)
    {
        if (angles.Length != AngleCount)
            throw new ArgumentException($"Gate '{Name}' takes {AngleCount} angles, not {angles.Length}.", nameof(angles));
        if (QubitCount > MaxMatrixQubits)
            throw new QuantumException($"The matrix of gate '{Name}' on {QubitCount} qubits is too large to write down: at most {MaxMatrixQubits} qubits are.");
        return _matrix is { } matrix ? matrix(angles) : Controlled(Base!.Matrix(angles), ControlCount);
    }

    /// <summary>A gate of any unitary matrix on k qubits.</summary>
    /// <param name="matrix">2ᵏ×2ᵏ, first listed qubit lowest; unitary to 1e-9.</param>
    /// <param name="name">The name shown in drawings.</param>
    /// <exception cref="QuantumException">The matrix is not square, not a power of two, or not unitary.</exception>
    public static Gate Unitary(Complex[,] matrix, string name = "unitary")
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var size = matrix.GetLength(0);
        if (size != matrix.GetLength(1) || size < 2 || !BitOperations.IsPow2(size) || size > 1 << MaxMatrixQubits)
            throw new QuantumException(
                $"A unitary gate needs a square matrix of 2, 4, 8 … 4096 rows; this one is {size}×{matrix.GetLength(1)}.");
        var deviation = DeviationFromUnitary(matrix);
        if (!(deviation < 1e-9))
            throw new QuantumException($"The matrix of gate '{name}' is not unitary: U†U differs from 1 by {deviation:G3}; at most 1e-9 is allowed.");
        var copy = (Complex[,])matrix.Clone();
        return new Gate(name, BitOperations.Log2((uint)size), 0, _ => (Complex[,])copy.Clone())
        {
            IsNamed = false,
            About = "A unitary matrix given by the user.",
        };
    }

    /// <summary>exp(−iθP/2) for a Pauli string P in label form, qubit 0 of the gate rightmost.</summary>
    /// <param name="label">Letters I, X, Y, Z; the gate acts on as many qubits as there are letters.</param>
    public static Gate PauliRotation(string label)
    {
        ArgumentException.ThrowIfNullOrEmpty(label);
        if (label.Length > PauliString.MaxQubits)
            throw new QuantumException($"A Pauli rotation on {label.Length} qubits cannot be: at most {PauliString.MaxQubits} letters are allowed.");
        PauliString pauli = default;
        for (var q = 0; q < label.Length; q++)
        {
            var single = PauliString.Single(label[label.Length - 1 - q], q);
            pauli = new PauliString(pauli.X | single.X, pauli.Z | single.Z);
        }
        return new Gate($"pauli({label})", label.Length, 1, angles => RotationMatrix(pauli, label.Length, angles[0]))
        {
            IsNamed = false,
            Pauli = pauli,
            Generator = $"0.5*{label}",
            About = $"Rotation exp(−iθ·{label}/2).",
            Definition = angles => [Primitive.Rotation(pauli, angles[0])],
        };
    }

    /// <summary>The matrix with <paramref name="controls"/> control qubits put before its own (lowest bits).</summary>
    internal static Complex[,] Controlled(Complex[,] matrix, int controls)
    {
        var size = matrix.GetLength(0) << controls;
        var mask = (1 << controls) - 1;
        var result = new Complex[size, size];
        for (var row = 0; row < size; row++)
            for (var column = 0; column < size; column++)
            {
                if ((row & mask) == mask && (column & mask) == mask) result[row, column] = matrix[row >> controls, column >> controls];
                else if (row == column) result[row, column] = 1;
            }
        return result;
    }

    internal static Complex[,] RotationMatrix(PauliString pauli, int qubits, double angle)
    {
        var size = 1 << qubits;
        var matrix = new Complex[size, size];
        var (sin, cos) = Math.SinCos(angle / 2);
        for (var column = 0; column < size; column++)
        {
            matrix[column, column] += cos;
            matrix[column ^ (int)pauli.X, column] += new Complex(0, -sin) * PhaseOn(pauli, (ulong)column);
        }
        return matrix;
    }

    /// <summary>The factor f with P|b⟩ = f·|b ⊕ x⟩.</summary>
    internal static Complex PhaseOn(PauliString pauli, ulong basis)
    {
        var power = pauli.CountY + 2 * BitOperations.PopCount(pauli.Z & basis);
        return (power & 3) switch { 0 => 1, 1 => Complex.ImaginaryOne, 2 => -1, _ => -Complex.ImaginaryOne };
    }

    private static double DeviationFromUnitary(Complex[,] matrix)
    {
        var size = matrix.GetLength(0);
        var worst = 0.0;
        for (var a = 0; a < size; a++)
            for (var b = 0; b < size; b++)
            {
                Complex sum = a == b ? -1 : 0;
                for (var k = 0; k < size; k++) sum += Complex.Conjugate(matrix[k, a]) * matrix[k, b];
                if (double.IsNaN(sum.Magnitude)) return double.NaN;
                worst = Math.Max(worst, sum.Magnitude);
            }
        return worst;
    }

    /// <inheritdoc/>
    public bool Equals(Gate? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || IsNamed || other.IsNamed || Name != other.Name || QubitCount != other.QubitCount || Pauli != other.Pauli) return false;
        if (Pauli is not null) return true;
        var (mine, theirs) = (Matrix(), other.Matrix());
        return mine.Cast<Complex>().SequenceEqual(theirs.Cast<Complex>());
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Gate);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, QubitCount, AngleCount);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}

/// <summary>What every gate with angles is made of: exp(−iaP/2) or, when <see cref="IsPhase"/>, e^{ia} on the states whose control bits are all 1.</summary>
/// <param name="IsPhase">Whether it multiplies by a phase rather than rotates.</param>
/// <param name="Pauli">The Pauli string of a rotation, over the gate's own qubits.</param>
/// <param name="Controls">Mask over the gate's own qubits.</param>
/// <param name="Angle">The angle in radians.</param>
/// <remarks>Rotations have eigenvalue differences {1} and, controlled, {½, 1}; phases {1}. Every gradient rule follows from that.</remarks>
internal readonly record struct Primitive(bool IsPhase, PauliString Pauli, ulong Controls, Angle Angle)
{
    public static Primitive Rotation(PauliString pauli, Angle angle, ulong controls = 0) => new(false, pauli, controls, angle);

    public static Primitive Phase(ulong controls, Angle angle) => new(true, default, controls, angle);
}
