using System.Collections.Immutable;

namespace QTrain.OpenQasm.Meaning;

internal enum TypeKind
{
    Void,
    Bool,
    Bit,
    Int,
    Uint,
    Float,
    Angle,
    Complex,
    Duration,
    Qubit,
    Array,
}

/// <summary>A type whose sizes are known. Width 0: no size was written (one bit, one qubit, a number of the machine's size); -1: known only when run.</summary>
internal sealed record QasmType(TypeKind Kind, int Width = 0)
{
    public static readonly QasmType Void = new(TypeKind.Void), Bool = new(TypeKind.Bool), Bit = new(TypeKind.Bit), Int = new(TypeKind.Int), Uint = new(TypeKind.Uint),
        Float = new(TypeKind.Float), Angle = new(TypeKind.Angle), Complex = new(TypeKind.Complex), Duration = new(TypeKind.Duration), Qubit = new(TypeKind.Qubit);

    /// <summary>Bits of a number of no written size.</summary>
    public const int MachineBits = 64;

    public QasmType? Element { get; init; }

    /// <summary>Of an array; -1 where known only when run.</summary>
    public ImmutableArray<int> Dimensions { get; init; } = [];

    public static QasmType Bits(int width) => new(TypeKind.Bit, width);

    public static QasmType ArrayOf(QasmType element, ImmutableArray<int> dimensions) => new(TypeKind.Array) { Element = element, Dimensions = dimensions };

    public bool IsRegister => Kind == TypeKind.Bit && Width != 0;

    public bool IsScalarBit => Kind == TypeKind.Bit && Width == 0;

    public bool IsInteger => Kind is TypeKind.Int or TypeKind.Uint;

    /// <summary>A truth or a single bit, which are interchangeable.</summary>
    public bool IsTruth => Kind == TypeKind.Bool || IsScalarBit;

    /// <summary>What counts: truths, whole numbers and floats.</summary>
    public bool IsReal => IsTruth || IsInteger || Kind == TypeKind.Float;

    public bool IsNumber => IsReal || Kind == TypeKind.Complex;

    /// <summary>How many bits the value has; 1 for a truth.</summary>
    public int BitWidth => Kind is TypeKind.Bool || IsScalarBit ? 1 : Width == 0 ? MachineBits : Width;

    public bool Equals(QasmType? other) =>
        other is not null && Kind == other.Kind && Width == other.Width && Equals(Element, other.Element) && Dimensions.AsSpan().SequenceEqual(other.Dimensions.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Kind, Width, Dimensions.Length);

    public override string ToString() => Kind switch
    {
        TypeKind.Array => $"array[{Element}, {string.Join(", ", Dimensions.Select(d => d < 0 ? "?" : d.ToString()))}]",
        TypeKind.Complex => Width > 0 ? $"complex[float[{Width}]]" : "complex",
        _ => Kind.ToString().ToLowerInvariant() + (Width > 0 ? $"[{Width}]" : Width < 0 ? "[?]" : ""),
    };
}
