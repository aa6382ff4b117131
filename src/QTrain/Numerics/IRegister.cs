namespace QTrain.Numerics;

/// <summary>Operations on one register of real numbers of one precision: the vocabulary of kernels that hold many registers at a time.</summary>
/// <typeparam name="TVector">The register itself, not a type around it: the compiler gives up inlining when a method has too many locals,
/// and a type around a vector doubles them. <see cref="ILanes{TSelf}"/> reads better where a handful of registers is enough.</typeparam>
/// <typeparam name="TElement">The numbers.</typeparam>
/// <remarks>Multiply-add is fused at every width, so that the widths agree.</remarks>
internal unsafe interface IRegister<TVector, TElement>
    where TVector : unmanaged
    where TElement : unmanaged
{
    /// <summary>How many numbers; a power of two, at most eight.</summary>
    static abstract int Count { get; }

    /// <summary>The number, rounded to the precision, in every lane.</summary>
    static abstract TVector Broadcast(double value);

    /// <summary>One number of memory in every lane.</summary>
    static abstract TVector Splat(TElement* source);

    static abstract TVector Load(TElement* source);

    static abstract void Store(TVector value, TElement* destination);

    static abstract double ToDouble(TElement value);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Multiply(TVector left, TVector right);

    /// <summary>left·right + addend with one rounding.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector addend);

    /// <summary>addend − left·right with one rounding.</summary>
    static abstract TVector SubtractProduct(TVector left, TVector right, TVector addend);

    /// <summary>Lane k from lane k ^ 1.</summary>
    static abstract TVector Flip1(TVector value);

    /// <summary>Lane k from lane k ^ 2.</summary>
    static abstract TVector Flip2(TVector value);

    /// <summary>Lane k from lane k ^ 4.</summary>
    static abstract TVector Flip4(TVector value);

    /// <summary>What <see cref="Permute"/> needs to bring lane <c>sources[k]</c> to lane k.</summary>
    static abstract TVector Permutation(ReadOnlySpan<int> sources);

    static abstract TVector Permute(TVector value, TVector permutation);

    /// <summary><paramref name="yes"/> in lanes whose mask has all bits set, <paramref name="no"/> where it has none.</summary>
    static abstract TVector Select(TVector mask, TVector yes, TVector no);

    /// <summary>A mask for <see cref="Select"/>: the lanes whose bit is set.</summary>
    static abstract TVector Mask(int lanes);
}

/// <summary>One double: the specification that the wider registers are tested against.</summary>
internal readonly unsafe struct Double1 : IRegister<double, double>
{
    public static int Count => 1;

    public static double Broadcast(double value) => value;

    public static double Splat(double* source) => *source;

    public static double Load(double* source) => *source;

    public static void Store(double value, double* destination) => *destination = value;

    public static double ToDouble(double value) => value;

    public static double Add(double left, double right) => left + right;

    public static double Multiply(double left, double right) => left * right;

    public static double MultiplyAdd(double left, double right, double addend) => Math.FusedMultiplyAdd(left, right, addend);

    public static double SubtractProduct(double left, double right, double addend) => Math.FusedMultiplyAdd(-left, right, addend);

    public static double Flip1(double value) => value;

    public static double Flip2(double value) => value;

    public static double Flip4(double value) => value;

    public static double Permutation(ReadOnlySpan<int> sources) => 0;

    public static double Permute(double value, double permutation) => value;

    public static double Select(double mask, double yes, double no) => BitConverter.DoubleToInt64Bits(mask) != 0 ? yes : no;

    public static double Mask(int lanes) => BitConverter.Int64BitsToDouble((lanes & 1) != 0 ? -1 : 0);
}
