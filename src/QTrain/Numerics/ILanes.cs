namespace QTrain.Numerics;

/// <summary>A fixed number of doubles computed with together. A kernel is written once against this and runs at every width.</summary>
/// <remarks>Multiply-add is fused at every width, so that the widths agree. Lanes are exchanged only by flipping bits of the lane number:
/// that is what a gate on a qubit inside the register does.</remarks>
internal unsafe interface ILanes<TSelf> where TSelf : unmanaged, ILanes<TSelf>
{
    /// <summary>How many doubles; a power of two, at most eight.</summary>
    static abstract int Count { get; }

    static abstract TSelf Broadcast(double value);

    static abstract TSelf Load(double* source);

    /// <summary>Singles of memory, made doubles: what is computed with them, and added up, loses nothing more.</summary>
    static abstract TSelf Load(float* source);

    static abstract void Store(TSelf value, double* destination);

    /// <summary>Rounds to singles.</summary>
    static abstract void Store(TSelf value, float* destination);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    /// <summary>left·right + addend with one rounding.</summary>
    static abstract TSelf MultiplyAdd(TSelf left, TSelf right, TSelf addend);

    /// <summary>addend − left·right with one rounding.</summary>
    static abstract TSelf SubtractProduct(TSelf left, TSelf right, TSelf addend);

    /// <summary>What <see cref="Flip"/> needs to bring lane <c>k ^ bits</c> to lane k. Made once before a loop.</summary>
    static abstract TSelf Flipper(int bits);

    /// <summary>The lanes exchanged as <see cref="Flipper"/> says.</summary>
    static abstract TSelf Flip(TSelf value, TSelf flipper);

    /// <summary><paramref name="yes"/> in lanes whose mask has all bits set, <paramref name="no"/> where it has none.</summary>
    static abstract TSelf Select(TSelf mask, TSelf yes, TSelf no);
}
