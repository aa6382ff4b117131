using System.Runtime.CompilerServices;
using QTrain.Numerics;

namespace QTrain.Simulation.Kernels;

/// <summary>A rotation of chosen pairs of amplitudes, as its kernels need it.</summary>
internal unsafe struct SubspaceStep
{
    /// <summary>Rows of coefficients: for the one member of a pair and for the other.</summary>
    public const int Own = 0, Even = 1, Odd = 2, Other = 3, Rows = 6;

    /// <summary>Bits of an offset that stay as they are in <see cref="Base"/>.</summary>
    public nuint Fixed;

    public nuint Base;

    /// <summary>The bits outside the register in which partners differ, and those whose parity signs.</summary>
    public nuint Flip, Sign;

    /// <summary>The bits of the lane number in which partners differ.</summary>
    public int LaneFlip;

    public nint Count;

    /// <summary>Own factor; the partner's factor for an even and an odd parity of the own offset: for one member, then for the other.</summary>
    public double* Coefficients;

    /// <summary>The same for the derivative by the angle, doubled; no own factor.</summary>
    public double* Derivatives;
}

/// <summary>own·c + partner·s, or own·c + i·partner·s when <c>TTurned</c>; <c>TPair</c>: partners are in different registers.</summary>
internal static unsafe class SubspaceKernels<T, TElement>
    where T : unmanaged, ILanes<T>
    where TElement : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply<TTurned, TPair>(SubspaceStep* step, void* tile, nuint flipSign)
        where TTurned : struct, IFlag where TPair : struct, IFlag
    {
        var (fix, sign, flip) = (step->Fixed, step->Sign, step->Flip);
        var rows = step->Coefficients;
        var flipper = T.Flipper(step->LaneFlip);
        var (ownA, ownB) = (T.Load(rows), T.Load(rows + SubspaceStep.Other * T.Count));
        var partnerParity = Sweep.Parity(flip, sign);
        var at = step->Base;
        for (var k = step->Count; k > 0; k--)
        {
            var mine = (TElement*)tile + at;
            var parity = Sweep.Parity(at, sign) ^ flipSign;
            var a = ComplexLanes<T>.Load(mine);
            var toA = T.Load(rows + (SubspaceStep.Even + parity) * (nuint)T.Count);
            if (TPair.IsSet)
            {
                var other = (TElement*)tile + (at ^ flip);
                var b = ComplexLanes<T>.Load(other);
                var toB = T.Load(rows + (SubspaceStep.Other + SubspaceStep.Even + (parity ^ partnerParity)) * (nuint)T.Count);
                if (TTurned.IsSet)
                {
                    ComplexLanes<T>.MultiplyAddTurned(toA, b.Flip(flipper), ownA * a).Store(mine);
                    ComplexLanes<T>.MultiplyAddTurned(toB, a.Flip(flipper), ownB * b).Store(other);
                }
                else
                {
                    ComplexLanes<T>.MultiplyAdd(toA, b.Flip(flipper), ownA * a).Store(mine);
                    ComplexLanes<T>.MultiplyAdd(toB, a.Flip(flipper), ownB * b).Store(other);
                }
            }
            else if (TTurned.IsSet) ComplexLanes<T>.MultiplyAddTurned(toA, a.Flip(flipper), ownA * a).Store(mine);
            else ComplexLanes<T>.MultiplyAdd(toA, a.Flip(flipper), ownA * a).Store(mine);
            at = (((at | fix) + 1) & ~fix) | step->Base;
        }
    }

    /// <summary>Re⟨λ|−iP|ψ⟩ over the subspace: the derivative by the angle.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Slope<TTurned, TPair>(SubspaceStep* step, void* ket, void* bra, nuint flipSign)
        where TTurned : struct, IFlag where TPair : struct, IFlag
    {
        var (fix, sign, flip) = (step->Fixed, step->Sign, step->Flip);
        var rows = step->Derivatives;
        var flipper = T.Flipper(step->LaneFlip);
        var partnerParity = Sweep.Parity(flip, sign);
        var sum = T.Broadcast(0);
        var at = step->Base;
        for (var k = step->Count; k > 0; k--)
        {
            var parity = Sweep.Parity(at, sign) ^ flipSign;
            var there = TPair.IsSet ? at ^ flip : at;
            sum = T.MultiplyAdd(
                T.Load(rows + (SubspaceStep.Even + parity) * (nuint)T.Count),
                Product<TTurned>(ComplexLanes<T>.Load((TElement*)bra + at), ComplexLanes<T>.Load((TElement*)ket + there).Flip(flipper)), sum);
            if (TPair.IsSet)
                sum = T.MultiplyAdd(
                    T.Load(rows + (SubspaceStep.Other + SubspaceStep.Even + (parity ^ partnerParity)) * (nuint)T.Count),
                    Product<TTurned>(ComplexLanes<T>.Load((TElement*)bra + there), ComplexLanes<T>.Load((TElement*)ket + at).Flip(flipper)), sum);
            at = (((at | fix) + 1) & ~fix) | step->Base;
        }
        double* lanes = stackalloc double[8];
        T.Store(sum, lanes);
        var total = 0.0;
        for (var lane = 0; lane < T.Count; lane++) total += lanes[lane];
        return total;
    }

    // Re(conj(λ)·ψ), or Re(i·conj(λ)·ψ).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Product<TTurned>(ComplexLanes<T> lambda, ComplexLanes<T> psi) where TTurned : struct, IFlag =>
        TTurned.IsSet
            ? T.SubtractProduct(lambda.Real, psi.Imaginary, lambda.Imaginary * psi.Real)
            : T.MultiplyAdd(lambda.Imaginary, psi.Imaginary, lambda.Real * psi.Real);
}
