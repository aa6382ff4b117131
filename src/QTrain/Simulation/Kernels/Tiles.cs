using System.Numerics;
using System.Runtime.CompilerServices;
using QTrain.Numerics;
using QTrain.Observables;

namespace QTrain.Simulation.Kernels;

/// <summary>The fixed shape of every sum over a state: tiles of 4,096 amplitudes, eight accumulators in a tile whatever the width, tiles
/// added in order of their index. So a sum has the same bits on any number of threads.</summary>
internal static unsafe class Tiles
{
    /// <summary>Qubits inside a tile.</summary>
    public const int Qubits = 12;

    /// <summary>Blocks of eight amplitudes in a whole tile.</summary>
    public const int Blocks = 1 << (Qubits - 3);

    /// <summary>Numbers of a whole tile.</summary>
    public const int Numbers = 16 * Blocks;

    /// <summary>Blocks that go through one accumulator before the next one takes its turn over the same memory.</summary>
    public const int Chunk = 64;

    /// <summary>How many tiles a state has.</summary>
    public static nint CountFor(int qubits) => (nint)1 << Math.Max(0, qubits - Qubits);

    /// <summary>Blocks in each tile of a state.</summary>
    public static int BlocksFor(int qubits) => 1 << Math.Clamp(qubits - 3, 0, Qubits - 3);

    /// <summary>The eight accumulators of a tile, always added in this order.</summary>
    public static double Sum(double* accumulators) =>
        accumulators[0] + accumulators[1] + (accumulators[2] + accumulators[3])
        + (accumulators[4] + accumulators[5] + (accumulators[6] + accumulators[7]));

    /// <summary>The sums of the tiles, added in order.</summary>
    public static double Combine(double* sums, nint tiles, nint stride)
    {
        var total = 0.0;
        for (nint tile = 0; tile < tiles; tile++) total += sums[tile * stride];
        return total;
    }
}

/// <summary>What is summed over a state, or between two.</summary>
internal unsafe struct Reduction
{
    /// <summary>The state whose amplitudes are conjugated, and whose index orders the sum.</summary>
    public void* Bra;

    /// <summary>The other state.</summary>
    public void* Ket;

    /// <summary>Two doubles a tile, or 4,096 for <see cref="ReductionKernels{T, TElement}.Squares"/>.</summary>
    public double* Sums;

    public int TileBlocks;

    /// <summary>Controls outside a block: only offsets with <c>(o &amp; Mask) == Value</c> count.</summary>
    public nuint Mask, Value;

    /// <summary>The offset bits in which bra and ket differ, those whose parity signs the sum, and the bits of the lane number that differ.</summary>
    public nuint Flip, Sign;

    public int LaneFlip;

    /// <summary>What an added image is multiplied with.</summary>
    public double FactorReal, FactorImaginary;

    /// <summary>A weight a lane for even parity, then for odd.</summary>
    public fixed double Weights[16];

    /// <summary>What a sum over bra and P·Π·ket asks for, with Π the projector on the states that match some controls. Π may stand on either side of P:
    /// controls are never among the qubits that P flips.</summary>
    public static Reduction Between(void* bra, void* ket, int qubits, PauliString pauli, ulong mask, ulong value)
    {
        var reduction = new Reduction
        {
            Bra = bra,
            Ket = ket,
            TileBlocks = Tiles.BlocksFor(qubits),
            Flip = Sweep.OffsetOf(pauli.X & ~7UL),
            LaneFlip = (int)(pauli.X & 7),
            Mask = Sweep.OffsetOf(mask & ~7UL),
            Value = Sweep.OffsetOf(value & mask & ~7UL),
            Sign = Sweep.OffsetOf(pauli.Z & ~7UL),
        };
        for (var lane = 0; lane < 8; lane++)
        {
            var sign = (BitOperations.PopCount((uint)lane & (uint)(pauli.Z & 7)) & 1) == 0 ? 1 : -1;
            var weight = GateSweeps.MatchesInside(lane, 8, mask, value) ? sign : 0;
            reduction.Weights[lane] = weight;
            reduction.Weights[8 + lane] = -weight;
        }
        return reduction;
    }

    /// <summary>Row i of P has the factor (−i)^y·(−1)^(z·i), y the number of Ys: this is its first part, which the sum leaves out.</summary>
    public static Complex PhaseOfYs(PauliString pauli) => (pauli.CountY & 3) switch
    {
        0 => Complex.One,
        1 => -Complex.ImaginaryOne,
        2 => -Complex.One,
        _ => Complex.ImaginaryOne,
    };
}

/// <summary>Sums over one tile.</summary>
internal static unsafe class ReductionKernels<T, TElement>
    where T : unmanaged, ILanes<T>
    where TElement : unmanaged
{
    /// <summary>Σ w·conj(bra)·ket: real part and imaginary part.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void InnerProduct(Reduction* reduction, nint tile)
    {
        var sums = reduction->Sums + 2 * tile;
        var tileOffset = (nuint)tile * Tiles.Numbers;
        if (((tileOffset ^ reduction->Value) & reduction->Mask & ~(nuint)(Tiles.Numbers - 1)) != 0)
        {
            sums[0] = sums[1] = 0;
            return;
        }
        var inside = reduction->Mask & (Tiles.Numbers - 1);
        var fix = inside | 15;
        var blocks = reduction->TileBlocks >> BitOperations.PopCount(inside);
        var (flip, sign) = (reduction->Flip, reduction->Sign);
        var flipper = T.Flipper(reduction->LaneFlip & (T.Count - 1));
        var registerFlip = (nuint)(reduction->LaneFlip & ~(T.Count - 1));
        double* real = stackalloc double[8], imaginary = stackalloc double[8];
        for (var lane = 0; lane < 8; lane++) real[lane] = imaginary[lane] = 0;
        var at = tileOffset | (reduction->Value & (Tiles.Numbers - 1));
        var chunkStart = at;
        for (var done = 0; done < blocks; done += Tiles.Chunk)
        {
            var count = Math.Min(Tiles.Chunk, blocks - done);
            for (nuint register = 0; register < 8; register += (nuint)T.Count)
            {
                at = chunkStart;
                var bra = (TElement*)reduction->Bra + register;
                var ket = (TElement*)reduction->Ket + (register ^ registerFlip);
                var weights = reduction->Weights + register;
                var (re, im) = (T.Load(real + register), T.Load(imaginary + register));
                for (var k = 0; k < count; k++)
                {
                    var a = ComplexLanes<T>.Load(bra + at);
                    var b = ComplexLanes<T>.Load(ket + (at ^ flip)).Flip(flipper);
                    var weight = T.Load(weights + 8 * Sweep.Parity(at, sign));
                    re = T.MultiplyAdd(weight, T.MultiplyAdd(a.Imaginary, b.Imaginary, a.Real * b.Real), re);
                    im = T.MultiplyAdd(weight, T.SubtractProduct(a.Imaginary, b.Real, a.Real * b.Imaginary), im);
                    at = (((at | fix) + 1) & ~fix) | (chunkStart & inside);
                }
                T.Store(re, real + register);
                T.Store(im, imaginary + register);
            }
            chunkStart = at;
        }
        sums[0] = Tiles.Sum(real);
        sums[1] = Tiles.Sum(imaginary);
    }

    /// <summary>Σ w·|bra|².</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Norm(Reduction* reduction, nint tile)
    {
        var sums = reduction->Sums + 2 * tile;
        sums[1] = 0;
        var tileOffset = (nuint)tile * Tiles.Numbers;
        if (((tileOffset ^ reduction->Value) & reduction->Mask & ~(nuint)(Tiles.Numbers - 1)) != 0)
        {
            sums[0] = 0;
            return;
        }
        var inside = reduction->Mask & (Tiles.Numbers - 1);
        var fix = inside | 15;
        var blocks = reduction->TileBlocks >> BitOperations.PopCount(inside);
        double* real = stackalloc double[8];
        for (var lane = 0; lane < 8; lane++) real[lane] = 0;
        var at = tileOffset | (reduction->Value & (Tiles.Numbers - 1));
        var chunkStart = at;
        for (var done = 0; done < blocks; done += Tiles.Chunk)
        {
            var count = Math.Min(Tiles.Chunk, blocks - done);
            for (nuint register = 0; register < 8; register += (nuint)T.Count)
            {
                at = chunkStart;
                var bra = (TElement*)reduction->Bra + register;
                var weight = T.Load(reduction->Weights + register);
                var re = T.Load(real + register);
                for (var k = 0; k < count; k++)
                {
                    var a = ComplexLanes<T>.Load(bra + at);
                    re = T.MultiplyAdd(weight, T.MultiplyAdd(a.Imaginary, a.Imaginary, a.Real * a.Real), re);
                    at = (((at | fix) + 1) & ~fix) | (chunkStart & inside);
                }
                T.Store(re, real + register);
            }
            chunkStart = at;
        }
        sums[0] = Tiles.Sum(real);
    }

    /// <summary>bra += factor·w·ket.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddImage(Reduction* reduction, nint tile)
    {
        var tileOffset = (nuint)tile * Tiles.Numbers;
        if (((tileOffset ^ reduction->Value) & reduction->Mask & ~(nuint)(Tiles.Numbers - 1)) != 0) return;
        var inside = reduction->Mask & (Tiles.Numbers - 1);
        var fix = inside | 15;
        var blocks = reduction->TileBlocks >> BitOperations.PopCount(inside);
        var (flip, sign) = (reduction->Flip, reduction->Sign);
        var flipper = T.Flipper(reduction->LaneFlip & (T.Count - 1));
        var registerFlip = (nuint)(reduction->LaneFlip & ~(T.Count - 1));
        var (factorReal, factorImaginary) = (T.Broadcast(reduction->FactorReal), T.Broadcast(reduction->FactorImaginary));
        var first = tileOffset | (reduction->Value & (Tiles.Numbers - 1));
        var at = first;
        for (var k = 0; k < blocks; k++)
        {
            for (nuint register = 0; register < 8; register += (nuint)T.Count)
            {
                var place = (TElement*)reduction->Bra + at + register;
                var b = ComplexLanes<T>.Load((TElement*)reduction->Ket + (at ^ flip) + (register ^ registerFlip)).Flip(flipper);
                var weight = T.Load(reduction->Weights + register + 8 * Sweep.Parity(at, sign));
                var factor = new ComplexLanes<T>(weight * factorReal, weight * factorImaginary);
                ComplexLanes<T>.MultiplyAdd(factor, b, ComplexLanes<T>.Load(place)).Store(place);
            }
            at = (((at | fix) + 1) & ~fix) | (first & inside);
        }
    }

    /// <summary>|bra|² of every amplitude, in order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Squares(Reduction* reduction, nint tile)
    {
        var state = (TElement*)reduction->Bra + tile * Tiles.Numbers;
        var squares = reduction->Sums + tile * (Tiles.Numbers / 2);
        for (var block = 0; block < reduction->TileBlocks; block++)
            for (var lane = 0; lane < 8; lane += T.Count)
            {
                var a = ComplexLanes<T>.Load(state + 16 * block + lane);
                T.Store(T.MultiplyAdd(a.Imaginary, a.Imaginary, a.Real * a.Real), squares + 8 * block + lane);
            }
    }
}
