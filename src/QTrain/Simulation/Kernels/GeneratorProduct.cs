using System.Numerics;

namespace QTrain.Simulation.Kernels;

/// <summary>⟨bra|G|ket⟩ of an instruction's generator over amplitudes that one thread works on.</summary>
internal static unsafe class GeneratorProduct
{
    /// <summary>⟨bra|P·Π|ket⟩ with Π the projector on the states that match the controls.</summary>
    public static Complex Of(KernelTable kernels, Instruction instruction, void* bra, void* ket, int qubits)
    {
        double* sums = stackalloc double[2];
        var reduction = Reduction.Between(bra, ket, qubits, instruction.Pauli, instruction.ControlMask, instruction.ControlValue);
        var (real, imaginary) = (0.0, 0.0);
        for (nint tile = 0; tile < Tiles.CountFor(qubits); tile++)
        {
            reduction.Sums = sums - 2 * tile;
            kernels.InnerProduct(&reduction, tile);
            real += sums[0];
            imaginary += sums[1];
        }
        return Reduction.PhaseOfYs(instruction.Pauli) * new Complex(real, imaginary);
    }
}
