using System.Numerics;
using QTrain.Gradients;
using QTrain.Observables;
using QTrain.Simulation.Kernels;

namespace QTrain.Simulation.Plans;

/// <summary>One instruction by its own kernel, on a tile: qubits renamed, controls outside the tile asked once a tile.</summary>
internal sealed unsafe class OtherTileStep : TileStep
{
    private readonly KernelTable _kernels;
    private readonly Instruction _instruction;
    private readonly ulong _outerMask, _outerValue, _outerSign;

    public OtherTileStep(KernelTable kernels, Instruction instruction, TileMap tile)
    {
        _kernels = kernels;
        (_, _outerMask) = tile.Split(instruction.ControlMask);
        (_, _outerValue) = tile.Split(instruction.ControlValue);
        (_, _outerSign) = tile.Split(instruction.Pauli.Z);
        _instruction = instruction with
        {
            Targets = [.. instruction.Targets.Select(t => tile.PositionOf(t))],
            Pauli = new PauliString(Rename(instruction.Pauli.X), Rename(instruction.Pauli.Z)),
            ControlMask = Rename(instruction.ControlMask),
            ControlValue = Rename(instruction.ControlValue),
            Plan = instruction.Kind == InstructionKind.Matrix ? instruction.Plan.Renamed(Rename) : null!,
        };

        ulong Rename(ulong mask) => tile.Split(mask).Inside;
    }

    public override int HighestBit => int.MaxValue;

    public override int Bytes => 2 * sizeof(double);

    public override void Bind(byte* memory, ReadOnlySpan<double> at, ref DeferredScale scale) => *(double*)memory = _instruction.Angle.At(at);

    /// <summary>What it does, for people who look into a plan.</summary>
    public override string ToString() => $"{_instruction.Kind} {string.Join(' ', _instruction.Targets)}";

    public override int SlopeCount => 1;

    public override bool IsMoved => _instruction.IsMoved;

    public override void BindBack(byte* memory, ref DeferredScale scale) => ((double*)memory)[1] = scale.Value * scale.Value;

    public override void RunBack(ref TileVisit visit, nuint start, int qubits)
    {
        if (((visit.Outer ^ _outerValue) & _outerMask) != 0) return;
        var angle = *(double*)(visit.Memory + Offset);
        var isOdd = (BitOperations.PopCount(visit.Outer & _outerSign) & 1) != 0;
        if (isOdd) angle = -angle;
        if (_instruction.IsMoved)
        {
            var slope = _instruction.SlopeOf(GeneratorProduct.Of(_kernels, _instruction, visit.Bra, visit.Ket, qubits));
            visit.Slopes[FirstSlope] += isOdd ? -slope : slope;
        }
        visit.Scratch.Sweeps(_kernels, visit.Ket, qubits).Apply(_instruction, angle, inverse: true);
        visit.Scratch.Sweeps(_kernels, visit.Bra, qubits).Apply(_instruction, angle, inverse: true);
    }

    public override void AddTo(Span<double> gradient, byte* memory, ReadOnlySpan<double> slopes) =>
        _instruction.Angle.AddTo(gradient, ((double*)memory)[1] * slopes[0]);

    public override void Run(ref TileVisit visit, nuint start, int qubits)
    {
        if (((visit.Outer ^ _outerValue) & _outerMask) != 0) return;
        var angle = *(double*)(visit.Memory + Offset);
        if ((BitOperations.PopCount(visit.Outer & _outerSign) & 1) != 0) angle = -angle;
        visit.Scratch.Sweeps(_kernels, visit.Ket, qubits).Apply(_instruction, angle, inverse: false);
    }
}
