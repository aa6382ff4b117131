using System.Numerics;
using QTrain.Circuits;

namespace QTrain.OpenQasm.Meaning;

/// <summary>A value while a program runs. What it holds follows from its static type: whole numbers, bits, truths and angles (in turns of 2⁻ⁿ) an
/// integer, floats one real number, complex numbers two, durations seconds and dt; arrays an <see cref="ArrayValue"/>.</summary>
/// <remarks>While a program is turned into a circuit a value may not be known yet: then it holds a symbol, and asking for its number says so.</remarks>
internal readonly struct Value : IEquatable<Value>
{
    private readonly BigInteger _integer;
    private readonly double _real;
    private readonly double _imaginary;

    private Value(BigInteger integer, double real, double imaginary, object? content)
    {
        (_integer, _real, _imaginary) = (integer, real, imaginary);
        Content = content;
        IsSet = true;
    }

    /// <summary>Whether anything was ever assigned; what never was reads as zero.</summary>
    public bool IsSet { get; }

    /// <summary>An array, a reference, or a symbol: <see cref="Angle"/>, <see cref="MeasuredBits"/> or <see cref="Cases"/>.</summary>
    public object? Content { get; }

    public static Value Of(BigInteger integer) => new(integer, 0, 0, null);

    public static Value Of(bool truth) => new(truth ? BigInteger.One : BigInteger.Zero, 0, 0, null);

    public static Value Of(double real, double imaginary = 0) => new(BigInteger.Zero, real, imaginary, null);

    public static Value Of(Complex number) => new(BigInteger.Zero, number.Real, number.Imaginary, null);

    public static Value Holding(object content) => new(BigInteger.Zero, 0, 0, content);

    public static Value Of(Angle angle) => angle.IsConstant ? Of(angle.Constant) : Holding(angle);

    public bool IsSymbol => Content is Angle or MeasuredBits or Cases or Conjunction;

    /// <summary>A symbol that stands for a parameter.</summary>
    public bool IsAffine => Content is Angle;

    public BigInteger Integer => IsSymbol ? throw Unknown() : _integer;

    public bool Truth => !Integer.IsZero;

    public double Real => IsSymbol ? throw Unknown() : _real;

    public double Imaginary => IsSymbol ? throw Unknown() : _imaginary;

    public Complex Number => new(Real, _imaginary);

    /// <summary>A real number or an expression in parameters.</summary>
    public Angle Affine => Content is Angle angle ? angle : Real;

    private NotStaticException Unknown() => new(Content switch
    {
        Angle angle => $"this needs the value of the input{(angle.Terms.Length == 1 ? "" : "s")} {string.Join(", ", angle.Terms.Select(t => $"'{t.Parameter.Name}'"))}, "
            + "of which a circuit can only take sums such as 2*a + b/3 as angles; give the value beforehand",
        _ => "this depends on a measurement in a way that no condition of a circuit can express",
    });

    public bool Equals(Value other) => _integer == other._integer && _real.Equals(other._real) && _imaginary.Equals(other._imaginary) && IsSet == other.IsSet && Equals(Content, other.Content);

    public override bool Equals(object? obj) => obj is Value other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_integer, _real, _imaginary);
}

/// <summary>An array: its elements in order of the last index first. Copied when its branch divides.</summary>
internal sealed class ArrayValue(Value[] items, int[] shape) : IEquatable<ArrayValue>
{
    public Value[] Items { get; } = items;

    public int[] Shape { get; } = shape;

    private int[]? _all;

    /// <summary>The places of all elements.</summary>
    public int[] All => _all ??= [.. Enumerable.Range(0, Items.Length)];

    /// <summary>Whether any element was ever assigned.</summary>
    public bool IsAssigned { get; set; }

    public ArrayValue Copy() => new((Value[])Items.Clone(), Shape) { IsAssigned = IsAssigned, _all = _all };

    public bool Equals(ArrayValue? other) => other is not null && Shape.AsSpan().SequenceEqual(other.Shape) && Items.AsSpan().SequenceEqual(other.Items);

    public override bool Equals(object? obj) => Equals(obj as ArrayValue);

    public override int GetHashCode() => Items.Length;
}

/// <summary>Elements of an array that stands in a variable, chosen by indices: what a subroutine is handed. <paramref name="At"/> are places in its items.</summary>
internal sealed record ArrayReference(int Frame, int Slot, int[] At, int[] Shape)
{
    public bool Equals(ArrayReference? other) => other is not null && Frame == other.Frame && Slot == other.Slot && At.AsSpan().SequenceEqual(other.At);

    public override int GetHashCode() => HashCode.Combine(Frame, Slot, At.Length);
}

/// <summary>A bit of a variable. <paramref name="Width"/>: how many bits the variable has; 0: it is one bit. <paramref name="IsSigned"/>: of a signed number.</summary>
internal readonly record struct BitAddress(int Frame, int Slot, int Bit, int Width, bool IsSigned = false);

/// <summary>Bits of variables by another name.</summary>
internal sealed record BitReference(BitAddress[] Bits)
{
    public bool Equals(BitReference? other) => other is not null && Bits.AsSpan().SequenceEqual(other.Bits);

    public override int GetHashCode() => Bits.Length;
}

/// <summary>Qubits by their numbers in the machine.</summary>
internal sealed record QubitReference(int[] Qubits)
{
    public bool Equals(QubitReference? other) => other is not null && Qubits.AsSpan().SequenceEqual(other.Qubits);

    public override int GetHashCode() => Qubits.Length;
}

/// <summary>A program cannot be one circuit that is known before it runs: says why. Whoever knows the place adds it.</summary>
internal sealed class NotStaticException(string message) : QuantumException(message)
{
    /// <summary>Where, once somebody who knows has said so.</summary>
    public Syntax.Span? At { get; set; }
}
