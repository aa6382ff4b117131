using System.Numerics;

namespace QTrain.Simulation.Kernels;

/// <summary>⟨bra|G|ket⟩ of an instruction's generator over amplitudes that one thread works on.</summary>
internal static unsafe class GeneratorProduct
{
    /// <summary>⟨bra|P·Π|ket⟩ with Π the projector on the states that match the controls.</summary>
    public static Complex Of(KernelTable kernels, Instruction instruction, void* bra, void* ket, int qubits)
    {
        var pauli = instruction.Pauli;
        double* sums = stackalloc double[2];
        var reduction = new Reduction
        {
            Bra = bra,
            Ket = ket,
            TileBlocks = Tiles.BlocksFor(qubits),
            Flip = Sweep.OffsetOf(pauli.X & ~7UL),
            LaneFlip = (int)(pauli.X & 7),
            Mask = Sweep.OffsetOf(instruction.ControlMask & ~7UL),
            Value = Sweep.OffsetOf(instruction.ControlValue & instruction.ControlMask & ~7UL),
            Sign = Sweep.OffsetOf(pauli.Z & ~7UL),
        };
        for (var lane = 0; lane < 8; lane++)
        {
            var sign = (BitOperations.PopCount((uint)lane & (uint)(pauli.Z & 7)) & 1) == 0 ? 1 : -1;
            var weight = GateSweeps.MatchesInside(lane, 8, instruction.ControlMask, instruction.ControlValue) ? sign : 0;
            reduction.Weights[lane] = weight;
            reduction.Weights[8 + lane] = -weight;
        }
        var (real, imaginary) = (0.0, 0.0);
        for (nint tile = 0; tile < Tiles.CountFor(qubits); tile++)
        {
            reduction.Sums = sums - 2 * tile;
            kernels.InnerProduct(&reduction, tile);
            real += sums[0];
            imaginary += sums[1];
        }
        // Row i of P has the factor (−i)^y·(−1)^(z·i), y the number of Ys: this is its first part.
        var sum = new Complex(real, imaginary);
        return (pauli.CountY & 3) switch
        {
            0 => sum,
            1 => -Complex.ImaginaryOne * sum,
            2 => -sum,
            _ => Complex.ImaginaryOne * sum,
        };
    }
}
