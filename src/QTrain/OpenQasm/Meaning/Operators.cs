using System.Numerics;
using QTrain.Circuits;

namespace QTrain.OpenQasm.Meaning;

/// <summary>What an operator gives: the type, and how the value is found.</summary>
internal readonly record struct Operator(QasmType Type, Func<Value, Value, Value> Find);

/// <summary>Operators by the types of what they are applied to.</summary>
internal static class Operators
{
    // Results of no written size are kept in so many bits: enough for products of two machine numbers, and a bound on hostile ones.
    private const int WorkBits = 2 * QasmType.MachineBits;

    /// <summary>A binary operator for these types; null when there is none.</summary>
    public static Operator? Binary(string symbol, QasmType left, QasmType right)
    {
        if (Bare(symbol, left, right) is not { } found) return null;
        var find = found.Find;
        // What conditions of circuits are made of stays short: a register that reads as a number, and several of these at once.
        if (symbol == "==" && IsWhole(left) && IsWhole(right))
        {
            return found with
            {
                Find = (a, b) => a.Content is MeasuredBits x && !b.IsSymbol ? Conjunction.Reads(x, b.Integer)
                    : b.Content is MeasuredBits y && !a.IsSymbol ? Conjunction.Reads(y, a.Integer)
                    : Cases.Apply(a, b, find),
            };
        }
        if (symbol == "&&" && left.IsTruth && right.IsTruth)
        {
            return found with
            {
                Find = (a, b) => a.Content is Conjunction or MeasuredBits && b.Content is Conjunction or MeasuredBits ? Together(AsConjunction(a), AsConjunction(b)) : Cases.Apply(a, b, find),
            };
        }
        return found with { Find = (a, b) => Cases.Apply(a, b, find) };
    }

    private static Value AsConjunction(Value truth) => truth.Content is MeasuredBits bit ? Conjunction.Reads(bit, BigInteger.One) : truth;

    private static Value Together(Value a, Value b)
    {
        if (a.Content is not Conjunction left) return a.Truth ? b : a;
        if (b.Content is not Conjunction right) return b.Truth ? a : b;
        var asked = left.Asked;
        foreach (var (bit, value) in right.Asked)
        {
            if (asked.Contains((bit, !value))) return Value.Of(false);
            if (!asked.Contains((bit, value))) asked = asked.Add((bit, value));
        }
        return Value.Holding(new Conjunction(asked));
    }

    private static Operator? Bare(string symbol, QasmType left, QasmType right)
    {
        if (left.Kind is TypeKind.Array or TypeKind.Qubit or TypeKind.Void || right.Kind is TypeKind.Array or TypeKind.Qubit or TypeKind.Void) return null;
        return symbol switch
        {
            "&&" or "||" => Logical(symbol, left, right),
            "==" or "!=" or "<" or "<=" or ">" or ">=" => Comparison(symbol, left, right),
            "&" or "|" or "^" => Bitwise(symbol, left, right),
            "<<" or ">>" => Shift(symbol, left, right),
            _ => Arithmetic(symbol, left, right),
        };
    }

    /// <summary>A unary operator; null when there is none.</summary>
    public static (QasmType Type, Func<Value, Value> Find)? Unary(string symbol, QasmType of)
    {
        (QasmType, Func<Value, Value>)? found = (symbol, of.Kind) switch
        {
            ("!", _) when Truth(of) is { } truth => (QasmType.Bool, v => Value.Of(!truth(v).Truth)),
            ("~", TypeKind.Bool) => (of, static v => Value.Of(!v.Truth)),
            ("~", TypeKind.Bit or TypeKind.Uint or TypeKind.Angle) => (of, v => Value.Of((BigInteger.One << of.BitWidth) - 1 - v.Integer)),
            ("~", TypeKind.Int) => (of, static v => Value.Of(-v.Integer - 1)),
            ("-", TypeKind.Angle) => (of, v => v.IsAffine ? Value.Of(-v.Affine) : Value.Of(Conversions.Wrapped(-v.Integer, of.BitWidth, signed: false))),
            ("-", TypeKind.Int or TypeKind.Uint or TypeKind.Bool or TypeKind.Bit) when !of.IsRegister => (new QasmType(TypeKind.Int, of.Kind == TypeKind.Int ? of.Width : 0), static v => Value.Of(-v.Integer)),
            ("-", TypeKind.Float) => (of, static v => Value.Of(-v.Affine)),
            ("-", TypeKind.Complex or TypeKind.Duration) => (of, static v => Value.Of(-v.Real, -v.Imaginary)),
            _ => null,
        };
        return found is { } f ? (f.Item1, v => Cases.Apply(v, f.Item2)) : null;
    }

    private static Func<Value, Value>? Truth(QasmType of) => Conversions.Find(of, QasmType.Bool, isExplicit: false);

    private static Operator? Logical(string symbol, QasmType left, QasmType right)
    {
        if (Truth(left) is not { } a || Truth(right) is not { } b) return null;
        return symbol == "&&"
            ? new Operator(QasmType.Bool, (x, y) => Value.Of(a(x).Truth && b(y).Truth))
            : new Operator(QasmType.Bool, (x, y) => Value.Of(a(x).Truth || b(y).Truth));
    }

    private static Operator? Comparison(string symbol, QasmType left, QasmType right)
    {
        if (left.IsRegister && right.IsRegister && left.Width > 0 && right.Width > 0 && left.Width != right.Width) return null;
        if (left.Kind == TypeKind.Duration && right.Kind == TypeKind.Duration) return OfOrder(symbol, (x, y) => (x.Real, x.Imaginary).CompareTo((y.Real, y.Imaginary)));
        if (left.Kind == TypeKind.Angle || right.Kind == TypeKind.Angle)
        {
            var type = new QasmType(TypeKind.Angle, AngleWidth(left, right));
            return Both(left, right, type) is var (a, b) ? OfOrder(symbol, (x, y) => a(x).Integer.CompareTo(b(y).Integer)) : null;
        }
        if (left.Kind == TypeKind.Complex || right.Kind == TypeKind.Complex)
        {
            if (symbol is not ("==" or "!=") || Both(left, right, QasmType.Complex) is not var (a, b)) return null;
            return new Operator(QasmType.Bool, (x, y) => Value.Of(a(x).Number == b(y).Number == (symbol == "==")));
        }
        if (left.Kind == TypeKind.Float || right.Kind == TypeKind.Float)
        {
            if (Both(left, right, QasmType.Float) is not var (a, b)) return null;
            return symbol switch
            {
                "==" => new Operator(QasmType.Bool, (x, y) => Value.Of(a(x).Real == b(y).Real)),
                "!=" => new Operator(QasmType.Bool, (x, y) => Value.Of(a(x).Real != b(y).Real)),
                "<" => new Operator(QasmType.Bool, (x, y) => Value.Of(a(x).Real < b(y).Real)),
                "<=" => new Operator(QasmType.Bool, (x, y) => Value.Of(a(x).Real <= b(y).Real)),
                ">" => new Operator(QasmType.Bool, (x, y) => Value.Of(a(x).Real > b(y).Real)),
                _ => new Operator(QasmType.Bool, (x, y) => Value.Of(a(x).Real >= b(y).Real)),
            };
        }
        return IsWhole(left) && IsWhole(right) ? OfOrder(symbol, (x, y) => x.Integer.CompareTo(y.Integer)) : null;
    }

    private static Operator OfOrder(string symbol, Func<Value, Value, int> compare) => new(QasmType.Bool, symbol switch
    {
        "==" => (x, y) => Value.Of(compare(x, y) == 0),
        "!=" => (x, y) => Value.Of(compare(x, y) != 0),
        "<" => (x, y) => Value.Of(compare(x, y) < 0),
        "<=" => (x, y) => Value.Of(compare(x, y) <= 0),
        ">" => (x, y) => Value.Of(compare(x, y) > 0),
        _ => (x, y) => Value.Of(compare(x, y) >= 0),
    });

    private static bool IsWhole(QasmType type) => type.Kind is TypeKind.Bool or TypeKind.Bit or TypeKind.Int or TypeKind.Uint;

    private static (Func<Value, Value>, Func<Value, Value>)? Both(QasmType left, QasmType right, QasmType to, bool isExplicit = false) =>
        Conversions.Find(left, to, isExplicit) is { } a && Conversions.Find(right, to, isExplicit) is { } b ? (a, b) : null;

    private static int AngleWidth(QasmType left, QasmType right) =>
        left.Kind != TypeKind.Angle ? right.Width : right.Kind != TypeKind.Angle ? left.Width : left.Width == 0 || right.Width == 0 ? 0 : Math.Max(left.Width, right.Width);

    private static Operator? Bitwise(string symbol, QasmType left, QasmType right)
    {
        if (left.IsRegister && right.IsRegister && left.Width > 0 && right.Width > 0 && left.Width != right.Width) return null;
        Func<BigInteger, BigInteger, BigInteger> of = symbol switch { "&" => static (a, b) => a & b, "|" => static (a, b) => a | b, _ => static (a, b) => a ^ b };
        QasmType? type;
        if (left.Kind == TypeKind.Angle && right.Kind == TypeKind.Angle) type = left.BitWidth == right.BitWidth ? left : null;
        else if (!IsWhole(left) || !IsWhole(right)) type = null;
        else if (left.IsTruth && right.IsTruth) type = left.Kind == right.Kind ? left : QasmType.Bit;
        else if (left.IsRegister || right.IsRegister)
        {
            // A number beside bits is taken as bits of their size.
            type = left.IsRegister && right.IsRegister && left.Width < 0 ? right : left.IsRegister ? left : right;
            var width = type.Width;
            return new Operator(type, (a, b) => Value.Of(width > 0 ? Conversions.Wrapped(of(a.Integer, b.Integer), width, signed: false) : of(a.Integer, b.Integer)));
        }
        else type = WholeType(left, right);
        return type is null ? null : new Operator(type, (a, b) => Value.Of(of(a.Integer, b.Integer)));
    }

    private static QasmType WholeType(QasmType left, QasmType right)
    {
        var width = left.IsInteger && right.IsInteger && left.Width > 0 && right.Width > 0 ? Math.Max(left.Width, right.Width) : left.Width > QasmType.MachineBits ? left.Width : right.Width > QasmType.MachineBits ? right.Width : 0;
        return new QasmType(left.Kind == TypeKind.Uint && right.Kind == TypeKind.Uint ? TypeKind.Uint : TypeKind.Int, width);
    }

    private static Operator? Shift(string symbol, QasmType left, QasmType right)
    {
        if (!IsWhole(right) || left.Kind is not (TypeKind.Bit or TypeKind.Bool or TypeKind.Uint or TypeKind.Int or TypeKind.Angle)) return null;
        var (isLeft, bits, signed) = (symbol == "<<", left.Kind == TypeKind.Int && left.Width == 0 ? WorkBits : Math.Max(1, left.BitWidth), left.Kind == TypeKind.Int);
        return new Operator(left, (a, b) =>
        {
            if (b.Integer.Sign < 0) throw new QuantumException($"bits cannot be shifted by {b.Integer} places: shift by 0 or more.");
            var by = (int)BigInteger.Min(b.Integer, bits);
            return Value.Of(isLeft ? Conversions.Wrapped(a.Integer << by, bits, signed) : a.Integer >> by);
        });
    }

    private static Operator? Arithmetic(string symbol, QasmType left, QasmType right)
    {
        if (left.Kind == TypeKind.Duration || right.Kind == TypeKind.Duration) return OfDurations(symbol, left, right);
        if (left.Kind == TypeKind.Angle || right.Kind == TypeKind.Angle) return OfAngles(symbol, left, right);
        if (left.Kind == TypeKind.Complex || right.Kind == TypeKind.Complex) return OfComplex(symbol, left, right);
        if (left.Kind == TypeKind.Float || right.Kind == TypeKind.Float) return OfFloats(symbol, left, right);
        // Registers are bits, not numbers: they are converted first.
        return IsWhole(left) && IsWhole(right) && !left.IsRegister && !right.IsRegister ? OfWholes(symbol, left, right) : null;
    }

    private static Operator? OfDurations(string symbol, QasmType left, QasmType right)
    {
        if (left.Kind == TypeKind.Duration && right.Kind == TypeKind.Duration)
        {
            return symbol switch
            {
                "+" => new Operator(left, static (a, b) => Value.Of(a.Real + b.Real, a.Imaginary + b.Imaginary)),
                "-" => new Operator(left, static (a, b) => Value.Of(a.Real - b.Real, a.Imaginary - b.Imaginary)),
                "/" => new Operator(QasmType.Float, static (a, b) => Value.Of(b.Real != 0 && a.Imaginary == 0 && b.Imaginary == 0 ? a.Real / b.Real
                    : b.Imaginary != 0 && a.Real == 0 && b.Real == 0 ? a.Imaginary / b.Imaginary
                    : throw new QuantumException("durations in dt and in seconds cannot be divided by each other, nor any by 0."))),
                _ => null,
            };
        }
        var number = left.Kind == TypeKind.Duration ? right : left;
        if (Conversions.Find(number, QasmType.Float, isExplicit: false) is not { } real) return null;
        return (symbol, left.Kind == TypeKind.Duration) switch
        {
            ("*", true) => new Operator(QasmType.Duration, (a, b) => Value.Of(a.Real * real(b).Real, a.Imaginary * real(b).Real)),
            ("*", false) => new Operator(QasmType.Duration, (a, b) => Value.Of(real(a).Real * b.Real, real(a).Real * b.Imaginary)),
            ("/", true) => new Operator(QasmType.Duration, (a, b) => Value.Of(a.Real / real(b).Real, a.Imaginary / real(b).Real)),
            _ => null,
        };
    }

    private static Operator? OfAngles(string symbol, QasmType left, QasmType right)
    {
        var type = new QasmType(TypeKind.Angle, AngleWidth(left, right));
        var bits = type.BitWidth;
        if (left.Kind == TypeKind.Angle && right.Kind == TypeKind.Angle && symbol == "/")
            return Both(left, right, type) is var (a, b) ? new Operator(new QasmType(TypeKind.Uint, type.Width), (x, y) => Value.Of(Divided(a(x).Integer, b(y).Integer))) : null;
        if (symbol is "+" or "-" && Both(left, right, type) is var (l, r))
        {
            var sign = symbol == "+" ? 1 : -1;
            var (p, q) = (Conversions.Find(left, QasmType.Float, isExplicit: false)!, Conversions.Find(right, QasmType.Float, isExplicit: false)!);
            // An input that is trained has no bits: it adds up as a number.
            return new Operator(type, (x, y) => x.IsAffine || y.IsAffine
                ? Value.Of(p(x).Affine + sign * q(y).Affine)
                : Value.Of(Conversions.Wrapped(l(x).Integer + sign * r(y).Integer, bits, signed: false)));
        }
        if (symbol is "*" && IsWhole(left) && !left.IsRegister) return new Operator(type, (x, y) => y.IsAffine ? Value.Of((double)x.Integer * y.Affine) : Value.Of(Conversions.Wrapped(x.Integer * y.Integer, bits, signed: false)));
        if (symbol is "*" && IsWhole(right) && !right.IsRegister) return new Operator(type, (x, y) => x.IsAffine ? Value.Of((double)y.Integer * x.Affine) : Value.Of(Conversions.Wrapped(x.Integer * y.Integer, bits, signed: false)));
        if (symbol is "/" && left.Kind == TypeKind.Angle && IsWhole(right) && !right.IsRegister)
            return new Operator(type, (x, y) => x.IsAffine ? Value.Of(x.Affine / Nonzero((double)y.Integer)) : Value.Of(Conversions.Wrapped(Divided(x.Integer, y.Integer), bits, signed: false)));
        // With floats an angle counts as its radians.
        return OfFloats(symbol, left, right);
    }

    private static double Nonzero(double divisor) => divisor != 0 ? divisor : throw new QuantumException("division by zero.");

    private static BigInteger Divided(BigInteger left, BigInteger right) => right.IsZero ? throw new QuantumException("division by zero.") : BigInteger.Divide(left, right);

    private static Operator? OfComplex(string symbol, QasmType left, QasmType right)
    {
        if (Both(left, right, QasmType.Complex) is not var (a, b)) return null;
        Func<Complex, Complex, Complex>? of = symbol switch
        {
            "+" => static (x, y) => x + y,
            "-" => static (x, y) => x - y,
            "*" => static (x, y) => x * y,
            "/" => static (x, y) => x / y,
            "**" => static (x, y) => Complex.Pow(x, y),
            _ => null,
        };
        return of is null ? null : new Operator(QasmType.Complex, (x, y) => Value.Of(of(a(x).Number, b(y).Number)));
    }

    private static Operator? OfFloats(string symbol, QasmType left, QasmType right)
    {
        if (Both(left, right, QasmType.Float) is not var (a, b)) return null;
        var width = left.Kind == TypeKind.Float && right.Kind == TypeKind.Float && left.Width > 0 && right.Width > 0 ? Math.Max(left.Width, right.Width) : 0;
        Func<Value, Value, Value>? of = symbol switch
        {
            "+" => static (x, y) => Value.Of(x.Affine + y.Affine),
            "-" => static (x, y) => Value.Of(x.Affine - y.Affine),
            "*" => static (x, y) => x.IsAffine ? Value.Of(y.Real * x.Affine) : y.IsAffine ? Value.Of(x.Real * y.Affine) : Value.Of(x.Real * y.Real),
            "/" => static (x, y) => x.IsAffine ? Value.Of(x.Affine / y.Real) : Value.Of(x.Real / y.Real),
            "%" => static (x, y) => Value.Of(x.Real % y.Real),
            "**" => static (x, y) => y is { IsAffine: false, Real: 1 } ? x : Value.Of(Math.Pow(x.Real, y.Real)),
            _ => null,
        };
        if (of is null) return null;
        return new Operator(new QasmType(TypeKind.Float, width), (x, y) =>
        {
            var result = of(a(x), b(y));
            return width == 0 || result.IsAffine ? result : Value.Of(Conversions.Rounded(result.Real, width));
        });
    }

    private static Operator? OfWholes(string symbol, QasmType left, QasmType right)
    {
        var type = WholeType(left, right);
        // Unsigned numbers of written sizes go round; all others have room enough.
        var goesRound = left.Kind == TypeKind.Uint && right.Kind == TypeKind.Uint && type.Width > 0;
        if (!goesRound && type.Kind == TypeKind.Uint) type = QasmType.Int;
        var bits = goesRound ? type.Width : Math.Max(WorkBits, 2 * type.Width);
        Func<BigInteger, BigInteger, BigInteger>? of = symbol switch
        {
            "+" => static (a, b) => a + b,
            "-" => static (a, b) => a - b,
            "*" => static (a, b) => a * b,
            "/" => Divided,
            "%" => static (a, b) => b.IsZero ? throw new QuantumException("division by zero.") : BigInteger.Remainder(a, b),
            "**" => (a, b) => Power(a, b, bits),
            _ => null,
        };
        return of is null ? null : new Operator(type, (a, b) => Value.Of(Conversions.Wrapped(of(a.Integer, b.Integer), bits, signed: !goesRound)));
    }

    private static BigInteger Power(BigInteger number, BigInteger exponent, int bits)
    {
        if (exponent.Sign >= 0) return BigInteger.ModPow(number, exponent, BigInteger.One << bits);
        // As in C, what remains of a fraction is its whole part.
        if (number.IsZero) throw new QuantumException("division by zero.");
        return number.IsOne ? 1 : number == -1 ? (exponent.IsEven ? 1 : -1) : 0;
    }
}
