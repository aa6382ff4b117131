using System.Numerics;
using QTrain.Observables;
using QTrain.Simulation.Kernels;

namespace QTrain.Simulation.Plans;

/// <summary>One instruction by its own kernel, on a tile: qubits renamed, controls outside the tile asked once a tile.</summary>
internal sealed unsafe class OtherTileStep : TileStep
{
    private readonly KernelTable _kernels;
    private readonly Instruction _instruction;
    private readonly ulong _outerMask, _outerValue, _outerSign;

    public OtherTileStep(KernelTable kernels, Instruction instruction, int[] tile)
    {
        _kernels = kernels;
        var position = new int[64];
        Array.Fill(position, -1);
        ulong inside = 0;
        for (var k = 0; k < tile.Length; k++)
        {
            position[tile[k]] = k;
            inside |= 1UL << tile[k];
        }
        _outerMask = instruction.ControlMask & ~inside;
        _outerValue = instruction.ControlValue & ~inside;
        _outerSign = instruction.Pauli.Z & ~inside;
        _instruction = instruction with
        {
            Targets = [.. instruction.Targets.Select(t => position[t])],
            Pauli = new PauliString(Rename(instruction.Pauli.X), Rename(instruction.Pauli.Z)),
            ControlMask = Rename(instruction.ControlMask),
            ControlValue = Rename(instruction.ControlValue),
            Plan = instruction.Kind == InstructionKind.Matrix ? instruction.Plan.Renamed(Rename) : null!,
        };

        ulong Rename(ulong mask)
        {
            ulong renamed = 0;
            for (var set = mask & inside; set != 0; set &= set - 1) renamed |= 1UL << position[BitOperations.TrailingZeroCount(set)];
            return renamed;
        }
    }

    public override int HighestBit => int.MaxValue;

    public override int Bytes => sizeof(double);

    public override void Bind(byte* memory, ReadOnlySpan<double> at, ref DeferredScale scale) => *(double*)memory = _instruction.Angle.At(at);

    /// <summary>What it does, for people who look into a plan.</summary>
    public override string ToString() => $"{_instruction.Kind} {string.Join(' ', _instruction.Targets)}";

    public override void Run(byte* memory, TileScratch scratch, byte* tile, ulong outer, nuint start, int qubits)
    {
        if (((outer ^ _outerValue) & _outerMask) != 0) return;
        var angle = *(double*)memory;
        if ((BitOperations.PopCount(outer & _outerSign) & 1) != 0) angle = -angle;
        scratch.Sweeps(_kernels, (double*)tile, qubits).Apply(_instruction, angle, inverse: false);
    }
}
