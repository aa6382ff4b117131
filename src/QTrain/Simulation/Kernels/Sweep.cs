using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using QTrain.Numerics;

namespace QTrain.Simulation.Kernels;

/// <summary>One in-place pass over a state: which registers it visits, where their partners are, what they are multiplied with.</summary>
/// <remarks>
/// A state is laid out in blocks of eight amplitudes: eight real parts, then eight imaginary parts, all doubles or all singles. So a qubit is
/// a bit of an offset in numbers: qubits 0–2 are bits 0–2, bit 3 chooses the plane, and qubit q ≥ 3 is bit q + 1. A register holds as many
/// neighbours as there are lanes; qubits inside it are reached by flipping lanes, all others by offsets. A sweep visits every offset in which
/// the bits of <see cref="Fixed"/> are zero, in increasing order; the next one is <c>((o | Fixed) + 1) &amp; ~Fixed</c> whatever bits are
/// fixed, so that targets and controls at any position cost the same three instructions.
/// </remarks>
internal unsafe struct Sweep
{
    /// <summary>What is done to registers start ≤ k &lt; end, in the order of the sweep.</summary>
    public delegate*<Sweep*, nint, nint, void> Kernel;

    /// <summary>The amplitudes, moved on to where the controls outside the register have their values.</summary>
    public void* State;

    /// <summary>Coefficients: rows of as many doubles as there are lanes.</summary>
    public double* Rows;

    /// <summary>How many registers are visited.</summary>
    public nint Count;

    /// <summary>The bits of an offset that stay zero.</summary>
    public nuint Fixed;

    /// <summary>From a register to its partner, or to the partner that the first target flips.</summary>
    public nuint Flip;

    /// <summary>To the partner that the second target flips.</summary>
    public nuint Flip2;

    /// <summary>The bits whose parity chooses between the two sets of coefficients.</summary>
    public nuint Sign;

    /// <summary>The bits of the lane number that partners differ in.</summary>
    public int LaneFlip;

    /// <summary>The dense matrix of <see cref="DenseKernels{T, TElement}"/>, and the offsets of its rows.</summary>
    public DenseMatrix Dense;

    /// <summary>The offset bits of a mask of qubits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nuint OffsetOf(ulong qubits) => (nuint)((qubits & 7) | (qubits & ~7UL) << 1);

    /// <summary>The offset of the k-th register.</summary>
    public readonly nuint OffsetAt(nint k)
    {
        Debug.Assert(k >= 0);
        nuint result = 0, rest = (nuint)k;
        for (var free = ~Fixed; rest != 0; free &= free - 1)
        {
            if ((rest & 1) != 0) result |= free & (0 - free);
            rest >>= 1;
        }
        return result;
    }

    /// <summary>1 when the offset holds an odd number of the bits of a mask.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nuint Parity(nuint offset, nuint mask) => (nuint)BitOperations.PopCount(offset & mask) & 1;
}

/// <summary>Where a dense matrix and the offsets it acts on are.</summary>
internal unsafe struct DenseMatrix
{
    /// <summary>Complex entries, real and imaginary part after one another.</summary>
    public double* Entries;

    /// <summary>Doubles from an entry to the one below, and to the one right of it.</summary>
    public nint Down, Right;

    /// <summary>−1 to conjugate, 1 not to.</summary>
    public double Imaginary;

    /// <summary>2ᵏ offsets of the basis states of the targets.</summary>
    public nuint* Offsets;

    public int Size;

    /// <summary>Whether some lanes do not match the controls; then <see cref="Sweep.Rows"/> holds the mask of those that do.</summary>
    public bool HasLaneMask;
}
