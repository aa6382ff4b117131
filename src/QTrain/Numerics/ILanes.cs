namespace QTrain.Numerics;

/// <summary>A fixed number of doubles moved together. A kernel is written once against this and runs at every width.</summary>
internal interface ILanes<TSelf> : ILanes<TSelf, double> where TSelf : unmanaged, ILanes<TSelf>;

/// <summary>A fixed number of real numbers of one precision moved together.</summary>
/// <remarks>Multiply-add is fused at every width, so that the widths agree.</remarks>
internal unsafe interface ILanes<TSelf, TElement>
    where TSelf : unmanaged, ILanes<TSelf, TElement>
    where TElement : unmanaged
{
    /// <summary>How many numbers; a power of two, at most eight.</summary>
    static abstract int Count { get; }

    /// <summary>The number, rounded to the precision, in every lane.</summary>
    static abstract TSelf Broadcast(double value);

    /// <summary>One number of memory in every lane.</summary>
    static abstract TSelf Splat(TElement* source);

    /// <summary>+1 where the number <paramref name="first"/> + lane has an even parity under a mask, −1 where it is odd.</summary>
    static abstract TSelf Signs(uint mask, uint first);

    static abstract TSelf Load(TElement* source);

    static abstract void Store(TSelf value, TElement* destination);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    /// <summary>left·right + addend with one rounding.</summary>
    static abstract TSelf MultiplyAdd(TSelf left, TSelf right, TSelf addend);

    /// <summary>addend − left·right with one rounding.</summary>
    static abstract TSelf SubtractProduct(TSelf left, TSelf right, TSelf addend);

    /// <summary>What <see cref="Flip"/> needs to bring lane <c>k ^ bits</c> to lane k. Made once before a loop.</summary>
    static abstract TSelf Flipper(int bits);

    /// <summary>What <see cref="Flip"/> needs to bring lane <c>sources[k]</c> to lane k.</summary>
    static abstract TSelf Permutation(ReadOnlySpan<int> sources);

    /// <summary>The lanes exchanged as <see cref="Flipper"/> or <see cref="Permutation"/> says.</summary>
    static abstract TSelf Flip(TSelf value, TSelf flipper);

    /// <summary>Lane k from lane k ^ 1: quicker than <see cref="Flip"/>, as its pattern is part of the instruction.</summary>
    static abstract TSelf Flip1(TSelf value);

    /// <summary>Lane k from lane k ^ 2.</summary>
    static abstract TSelf Flip2(TSelf value);

    /// <summary>Lane k from lane k ^ 4.</summary>
    static abstract TSelf Flip4(TSelf value);

    /// <summary><paramref name="yes"/> in lanes whose mask has all bits set, <paramref name="no"/> where it has none.</summary>
    static abstract TSelf Select(TSelf mask, TSelf yes, TSelf no);

    /// <summary>A mask for <see cref="Select"/>: lanes whose bit is set.</summary>
    static abstract TSelf Mask(int lanes);
}
