using System.Numerics;
using QTrain.Simulation;

namespace QTrain.Gradients;

/// <summary>The generator G of an instruction: P·Π for exp(−i·angle·P/2), Π for a phase e^{i·angle}, with Π the projector on the states that match the
/// controls. The derivative of the instruction U by its angle is f·G·U, with f = −i/2 for a rotation and i for a phase.</summary>
internal static class Generator
{
    extension(Instruction instruction)
    {
        /// <summary>Whether a parameter moves the instruction in a way that anything can notice; a global phase cannot be noticed.</summary>
        public bool IsMoved =>
            instruction.Angle.Indices.Length > 0 && (instruction.ControlMask != 0 || instruction.Pauli.Support != 0);

        /// <summary>f, where the derivative by the angle is f·G·U.</summary>
        public Complex Factor => instruction.Kind == InstructionKind.Phase ? Complex.ImaginaryOne : new Complex(0, -0.5);

        /// <summary>2 Re(f·⟨λ|G|ψ⟩): how the energy moves with the angle.</summary>
        public double SlopeOf(Complex innerProduct) =>
            instruction.Kind == InstructionKind.Phase ? -2 * innerProduct.Imaginary : innerProduct.Imaginary;
    }
}
