using System.Numerics;
using QTrain.Circuits;

namespace QTrain.OpenQasm.Meaning;

/// <summary>How a value of one type becomes one of another.</summary>
/// <remarks>Implicitly where nothing is ambiguous: among truths, whole numbers and floats as in C; a float becomes an angle; bits of as many places become
/// a number. Explicitly also where a person must know what is meant.</remarks>
internal static class Conversions
{
    private static readonly BigInteger Turn = BigInteger.One << QasmType.MachineBits;

    /// <summary>The conversion; null when there is none.</summary>
    public static Func<Value, Value>? Find(QasmType from, QasmType to, bool isExplicit)
    {
        if (from == to && to.Kind is not TypeKind.Qubit) return static v => v;
        var convert = to.Kind switch
        {
            TypeKind.Bool => ToTruth(from, to),
            TypeKind.Bit when to.Width == 0 => ToTruth(from, to),
            TypeKind.Bit => ToBits(from, to, isExplicit),
            TypeKind.Int or TypeKind.Uint => ToInteger(from, to, isExplicit),
            TypeKind.Float => ToFloat(from, to, isExplicit),
            TypeKind.Angle => ToAngle(from, to, isExplicit),
            TypeKind.Complex => ToComplex(from, to),
            TypeKind.Duration => from.Kind == TypeKind.Duration ? static v => v : null,
            _ => null,
        };
        return convert is null ? null : v => Cases.Apply(v, convert);
    }

    private static Func<Value, Value>? ToTruth(QasmType from, QasmType to)
    {
        // Single bits and truths hold the same; measured bits stay what they are.
        if (from.IsTruth || from.IsRegister && from.Width is 1 or -1 && to.Kind == TypeKind.Bit) return static v => v;
        return from.Kind switch
        {
            TypeKind.Int or TypeKind.Uint or TypeKind.Angle or TypeKind.Bit => static v => Value.Of(!v.Integer.IsZero),
            TypeKind.Float => static v => Value.Of(v.Real != 0),
            _ => null,
        };
    }

    private static Func<Value, Value>? ToBits(QasmType from, QasmType to, bool isExplicit)
    {
        var width = to.Width;
        if (from.IsRegister) return from.Width == width || from.Width < 0 || width < 0 ? static v => v : null;
        if (from.IsTruth) return isExplicit || width is 1 or -1 ? static v => v : null;
        if (width < 0) return null;
        if (from.IsInteger && (isExplicit ? from.Width == 0 || from.Width == width : from.Width == 0 || from.Kind == TypeKind.Uint && from.Width == width))
        {
            return isExplicit || from.Width != 0 ? v => Value.Of(Wrapped(v.Integer, width, signed: false)) : v => v.Integer.Sign >= 0 && v.Integer >> width == 0
                ? v
                : throw new QuantumException($"{v.Integer} does not fit into bit[{width}]: {(width <= 20 ? $"values are 0 to {(1 << width) - 1}" : "it needs more bits")}.");
        }
        if (from.Kind == TypeKind.Angle && isExplicit && from.BitWidth == width) return static v => v;
        return null;
    }

    private static Func<Value, Value>? ToInteger(QasmType from, QasmType to, bool isExplicit)
    {
        var (width, signed) = (to.BitWidth, to.Kind == TypeKind.Int);
        if (from.IsRegister) return from.Width <= width ? v => Value.Of(Wrapped(v.Integer, width, signed)) : null;
        if (from.IsTruth || from.IsInteger) return v => Value.Of(Wrapped(v.Integer, width, signed));
        if (from.Kind == TypeKind.Float)
        {
            return v => double.IsFinite(v.Real)
                ? Value.Of(Wrapped(new BigInteger(Math.Truncate(v.Real)), width, signed))
                : throw new QuantumException($"{v.Real} has no whole number.");
        }
        return from.Kind == TypeKind.Angle && isExplicit && from.BitWidth == width ? v => Value.Of(Wrapped(v.Integer, width, signed)) : null;
    }

    private static Func<Value, Value>? ToFloat(QasmType from, QasmType to, bool isExplicit)
    {
        var width = to.Width;
        if (from.Kind == TypeKind.Float) return width == 0 ? static v => v : v => v.IsAffine ? v : Value.Of(Rounded(v.Real, width));
        if (from.IsTruth || from.IsInteger || from.IsRegister && isExplicit) return v => Value.Of(Rounded((double)v.Integer, width));
        if (from.Kind == TypeKind.Angle)
        {
            var bits = from.BitWidth;
            return v => v.IsAffine ? v : Value.Of(Rounded(Radians(v.Integer, bits), width));
        }
        return null;
    }

    private static Func<Value, Value>? ToAngle(QasmType from, QasmType to, bool isExplicit)
    {
        var bits = to.BitWidth;
        if (from.Kind == TypeKind.Float) return v => v.IsAffine ? v : Value.Of(Fraction(v.Real, bits));
        if (from.IsTruth || from.IsInteger) return v => Value.Of(Fraction((double)v.Integer, bits));
        if (from.IsRegister) return isExplicit && from.Width == bits ? static v => v : null;
        if (from.Kind != TypeKind.Angle) return null;
        var own = from.BitWidth;
        return own == bits ? static v => v : v => v.IsAffine ? v : Value.Of(Resized(v.Integer, own, bits));
    }

    private static Func<Value, Value>? ToComplex(QasmType from, QasmType to)
    {
        if (from.Kind == TypeKind.Complex) return to.Width == 0 ? static v => v : v => Value.Of(Rounded(v.Real, to.Width), Rounded(v.Imaginary, to.Width));
        return ToFloat(from, new QasmType(TypeKind.Float, to.Width), isExplicit: false);
    }

    /// <summary>A whole number in so many bits, two's complement.</summary>
    public static BigInteger Wrapped(BigInteger value, int width, bool signed)
    {
        var size = BigInteger.One << width;
        if (signed ? value >= -(size >> 1) && value < size >> 1 : value.Sign >= 0 && value < size) return value;
        var low = value & size - 1;
        return signed && !(low >> width - 1).IsZero ? low - size : low;
    }

    /// <summary>A float of 16, 32 or 64 bits.</summary>
    public static double Rounded(double value, int width) => width switch { 16 => (double)(Half)value, 32 => (float)value, _ => value };

    /// <summary>Radians of an angle of so many bits.</summary>
    public static double Radians(BigInteger fraction, int bits) =>
        bits <= 1000 ? (double)fraction / Math.Pow(2, bits) * Math.Tau : (double)(fraction >> bits - 1000) / Math.Pow(2, 1000) * Math.Tau;

    /// <summary>The nearest angle of so many bits, ties to even.</summary>
    public static BigInteger Fraction(double radians, int bits)
    {
        if (!double.IsFinite(radians)) throw new QuantumException($"{radians} is no angle.");
        var turns = radians / Math.Tau;
        turns -= Math.Floor(turns);
        if (bits <= 53) return Wrapped(new BigInteger(Math.Round(turns * Math.Pow(2, bits), MidpointRounding.ToEven)), bits, signed: false);
        var fine = new BigInteger(turns * (double)Turn);
        return Wrapped(bits >= QasmType.MachineBits ? fine << bits - QasmType.MachineBits : fine >> QasmType.MachineBits - bits, bits, signed: false);
    }

    /// <summary>An angle of so many bits with more or fewer of them; rounded to nearest, ties to even.</summary>
    public static BigInteger Resized(BigInteger fraction, int from, int to)
    {
        if (to >= from) return fraction << to - from;
        var (lost, half) = (fraction & (BigInteger.One << from - to) - 1, BigInteger.One << from - to - 1);
        var kept = fraction >> from - to;
        if (lost > half || lost == half && !kept.IsEven) kept++;
        return Wrapped(kept, to, signed: false);
    }
}
