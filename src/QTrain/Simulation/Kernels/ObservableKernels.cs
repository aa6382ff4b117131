using System.Numerics;
using System.Runtime.CompilerServices;
using QTrain.Numerics;

namespace QTrain.Simulation.Kernels;

/// <summary>The terms that flip the same qubits.</summary>
internal struct ObservableGroup
{
    /// <summary>The flipped qubits.</summary>
    public ulong X;

    /// <summary>The flipped qubits: of the tile's index, of the block in the tile, of the lane in the block.</summary>
    public nuint TileFlip;

    public int BlockFlip;

    public int LaneFlip;

    /// <summary>Where the rows of the real and of the imaginary part of d begin, and how many there are.</summary>
    public int FirstReal, RealCount, FirstImaginary, ImaginaryCount;
}

/// <summary>The qubits outside its block that sign a row: of the block's number, and of the index of the amplitude that the blocks begin with.</summary>
internal struct RowMask
{
    public uint Block;

    public nuint Outside;
}

/// <summary>One pass of an observable over a state.</summary>
internal unsafe struct ObservablePass
{
    public void* Source;

    /// <summary>Where the image goes; not used by an expectation.</summary>
    public void* Target;

    /// <summary>Two doubles a tile.</summary>
    public double* Sums;

    /// <summary>What is subtracted from the observable.</summary>
    public double Center;

    public int TileBlocks;

    public ObservableGroup* Groups;

    public int GroupCount;

    public RowMask* Masks;

    public double* Rows;
}

/// <summary>Images of Pauli sums, tile by tile: all groups of terms while the tile is in the cache.</summary>
internal static unsafe class ObservableKernels<T, TElement>
    where T : unmanaged, ILanes<T>
    where TElement : unmanaged
{
    /// <summary>Doubles of scratch memory that the kernels need: two diagonals and a tile.</summary>
    public const int Scratch = 2 * 8 * Tiles.Blocks + Tiles.Numbers;

    // Below so many rows, adding them up for every block is quicker than the transform.
    private const int FewRows = 6;

    /// <summary>target = O·source on one tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Image(ObservablePass* pass, nint tile, double* scratch)
    {
        var target = (TElement*)pass->Target + tile * Tiles.Numbers;
        if (sizeof(TElement) == sizeof(double))
        {
            ImageInto(pass, tile, scratch, (double*)target);
            return;
        }
        // Rounded once, not once for every group.
        var image = scratch + 2 * 8 * Tiles.Blocks;
        ImageInto(pass, tile, scratch, image);
        for (var block = 0; block < pass->TileBlocks; block++)
            for (var lane = 0; lane < 8; lane += T.Count)
                ComplexLanes<T>.Load(image + 16 * block + lane).Store(target + 16 * block + lane);
    }

    /// <summary>‖(O − center)ψ‖² of one tile, with no second state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SquareAround(ObservablePass* pass, nint tile, double* scratch)
    {
        var image = scratch + 2 * 8 * Tiles.Blocks;
        ImageInto(pass, tile, scratch, image);
        var own = (TElement*)pass->Source + tile * Tiles.Numbers;
        double* square = stackalloc double[8];
        var minusCenter = T.Broadcast(-pass->Center);
        for (var lane = 0; lane < 8; lane += T.Count)
        {
            var sum = T.Broadcast(0);
            for (var block = 0; block < pass->TileBlocks; block++)
            {
                var moved = ComplexLanes<T>.MultiplyAdd(
                    minusCenter, ComplexLanes<T>.Load(own + 16 * block + lane), ComplexLanes<T>.Load(image + 16 * block + lane));
                sum = T.MultiplyAdd(moved.Imaginary, moved.Imaginary, T.MultiplyAdd(moved.Real, moved.Real, sum));
            }
            T.Store(sum, square + lane);
        }
        pass->Sums[2 * tile] = Tiles.Sum(square);
        pass->Sums[2 * tile + 1] = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ImageInto(ObservablePass* pass, nint tile, double* scratch, double* target)
    {
        for (nint k = 0; k < 16 * pass->TileBlocks; k += T.Count) T.Store(T.Broadcast(0), target + k);
        for (var g = 0; g < pass->GroupCount; g++)
        {
            var group = pass->Groups + g;
            var real = DiagonalOf(pass, g, tile, imaginary: false, scratch, out var realStride);
            var imaginary = DiagonalOf(pass, g, tile, imaginary: true, scratch + 8 * Tiles.Blocks, out var imaginaryStride);
            var other = (TElement*)pass->Source + (tile ^ (nint)group->TileFlip) * Tiles.Numbers;
            var flipper = T.Flipper(group->LaneFlip & (T.Count - 1));
            for (var block = 0u; block < pass->TileBlocks; block++)
                for (var lane = 0; lane < 8; lane += T.Count)
                {
                    var partnerLane = lane ^ (group->LaneFlip & ~(T.Count - 1));
                    var b = ComplexLanes<T>.Load(other + 16 * (block ^ (uint)group->BlockFlip) + partnerLane).Flip(flipper);
                    var sum = ComplexLanes<T>.Load(target + 16 * block + lane);
                    if (real is not null) sum = ComplexLanes<T>.MultiplyAdd(T.Load(real + block * realStride + lane), b, sum);
                    if (imaginary is not null) sum = ComplexLanes<T>.MultiplyAddTurned(T.Load(imaginary + block * imaginaryStride + lane), b, sum);
                    sum.Store(target + 16 * block + lane);
                }
        }
    }

    /// <summary>A part of d over a tile: eight numbers a block, or (stride 0) the same eight for all; null where it is zero.</summary>
    private static double* DiagonalOf(ObservablePass* pass, int g, nint tile, bool imaginary, double* scratch, out uint stride)
    {
        var group = pass->Groups + g;
        var (first, count) = imaginary ? (group->FirstImaginary, group->ImaginaryCount) : (group->FirstReal, group->RealCount);
        stride = 8;
        if (count == 0) return null;
        var isUniform = true;
        for (var r = first; r < first + count; r++) isUniform &= pass->Masks[r].Block == 0;
        Fill(scratch, pass->Masks + first, pass->Rows + 8 * (nint)first, count, (nuint)tile << Tiles.Qubits, isUniform ? 1 : pass->TileBlocks);
        if (isUniform) stride = 0;
        return scratch;
    }

    /// <summary>Σ ±row for blocks that begin with an amplitude of a given index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill(double* diagonal, RowMask* masks, double* rows, int count, nuint start, int blocks)
    {
        if (count <= FewRows || blocks == 1)
        {
            for (var lane = 0; lane < 8; lane += T.Count)
                for (var block = 0u; block < blocks; block++)
                {
                    var sum = T.Broadcast(0);
                    for (var r = 0; r < count; r++)
                    {
                        var parity = BitOperations.PopCount(masks[r].Block & block) + BitOperations.PopCount(masks[r].Outside & start);
                        sum = T.MultiplyAdd(T.Broadcast(1 - 2 * (parity & 1)), T.Load(rows + 8 * r + lane), sum);
                    }
                    T.Store(sum, diagonal + 8 * block + lane);
                }
            return;
        }
        for (nint k = 0; k < 8 * blocks; k += T.Count) T.Store(T.Broadcast(0), diagonal + k);
        for (var r = 0; r < count; r++)
        {
            var sign = T.Broadcast(1 - 2 * (BitOperations.PopCount(masks[r].Outside & start) & 1));
            var place = diagonal + 8 * (nint)masks[r].Block;
            for (var lane = 0; lane < 8; lane += T.Count)
                T.Store(T.MultiplyAdd(sign, T.Load(rows + 8 * r + lane), T.Load(place + lane)), place + lane);
        }
        for (nint half = 8; half < 8 * blocks; half *= 2)
            for (nint pair = 0; pair < 8 * blocks; pair += 2 * half)
                for (var k = pair; k < pair + half; k += T.Count)
                {
                    var (a, b) = (T.Load(diagonal + k), T.Load(diagonal + k + half));
                    T.Store(a + b, diagonal + k);
                    T.Store(a - b, diagonal + k + half);
                }
    }
}
