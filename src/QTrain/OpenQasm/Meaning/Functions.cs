using System.Numerics;

namespace QTrain.OpenQasm.Meaning;

/// <summary>The built-in functions and constants.</summary>
internal static class Functions
{
    public static readonly IReadOnlyDictionary<string, double> Constants = new Dictionary<string, double>
    {
        ["pi"] = Math.PI,
        ["π"] = Math.PI,
        ["tau"] = Math.Tau,
        ["τ"] = Math.Tau,
        ["euler"] = Math.E,
        ["ℇ"] = Math.E,
    };

    public static readonly string[] Names =
    [
        "arccos", "arcsin", "arctan", "ceiling", "cos", "exp", "floor", "imag", "ln", "log", "mod", "popcount", "real", "rotl", "rotr", "sin", "sizeof", "sqrt", "tan",
    ];

    /// <summary>A function for arguments of these types; null when it takes no such ones.</summary>
    public static (QasmType Type, Func<Value[], Value> Find)? Find(string name, ReadOnlySpan<QasmType> types)
    {
        switch (name)
        {
            case "arccos" or "arcsin" or "arctan" or "ceiling" or "cos" or "exp" or "floor" or "ln" or "log" or "sin" or "sqrt" or "tan" when types.Length == 1:
                if (types[0].Kind == TypeKind.Complex && name is "exp" or "sqrt" && types[0].Kind == TypeKind.Complex)
                    return (QasmType.Complex, name == "exp" ? v => Value.Of(Complex.Exp(v[0].Number)) : v => Value.Of(Complex.Sqrt(v[0].Number)));
                if (Conversions.Find(types[0], QasmType.Float, isExplicit: false) is not { } number) return null;
                var of = OfOne(name);
                return (QasmType.Float, v => Cases.Apply(number(v[0]), x => Value.Of(of(x.Real))));
            case "mod" when types.Length == 2:
                return Operators.Binary("%", types[0], types[1]) is { } rest ? (rest.Type, v => rest.Find(v[0], v[1])) : null;
            case "real" or "imag" when types is [{ Kind: TypeKind.Complex } complex]:
                var part = new QasmType(TypeKind.Float, complex.Width);
                return (part, name == "real" ? v => Value.Of(v[0].Real) : v => Value.Of(v[0].Imaginary));
            case "popcount" when types is [{ Kind: TypeKind.Bit or TypeKind.Uint or TypeKind.Int or TypeKind.Bool or TypeKind.Angle } bits]:
                return (QasmType.Uint, v => Cases.Apply(v[0], x => Value.Of(Ones(Conversions.Wrapped(x.Integer, Math.Max(1, bits.BitWidth < 0 ? 4096 : bits.BitWidth), signed: false)))));
            case "rotl" or "rotr" when types.Length == 2 && types[0].Kind is TypeKind.Bit or TypeKind.Uint or TypeKind.Angle && types[0].Width >= 0 && types[1].Kind is TypeKind.Int or TypeKind.Uint or TypeKind.Bool or TypeKind.Bit:
                var (type, sign) = (types[0], name == "rotl" ? 1 : -1);
                return (type, v => Cases.Apply(v[0], v[1], (x, by) => Value.Of(Turned(x.Integer, sign * by.Integer, type.BitWidth))));
            default:
                return null;
        }
    }

    private static Func<double, double> OfOne(string name) => name switch
    {
        "arccos" => Math.Acos,
        "arcsin" => Math.Asin,
        "arctan" => Math.Atan,
        "ceiling" => Math.Ceiling,
        "cos" => Math.Cos,
        "exp" => Math.Exp,
        "floor" => Math.Floor,
        "sin" => Math.Sin,
        "sqrt" => Math.Sqrt,
        "tan" => Math.Tan,
        _ => Math.Log,
    };

    private static BigInteger Ones(BigInteger bits)
    {
        var count = 0L;
        foreach (var part in bits.ToByteArray(isUnsigned: true)) count += BitOperations.PopCount(part);
        return count;
    }

    private static BigInteger Turned(BigInteger bits, BigInteger by, int width)
    {
        var places = (int)BigInteger.Remainder(BigInteger.Remainder(by, width) + width, width);
        return (bits << places | bits >> width - places) & (BigInteger.One << width) - 1;
    }
}
