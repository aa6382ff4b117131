using System.Numerics;
using QTrain.Simulation.Kernels;

namespace QTrain.Simulation.Plans;

/// <summary>A merged Pauli rotation on a tile. See <see cref="SubspaceRotation"/>.</summary>
internal sealed unsafe class SubspaceTileStep : TileStep
{
    private readonly KernelTable _kernels;
    private readonly SubspaceRotation _rotation;
    private readonly SubspaceStep _template;
    private readonly ulong _outerMask, _outerValue, _outerSign;
    private readonly ulong _flip, _sign, _mask, _value;
    private readonly bool _isTurned, _isPair;
    private readonly int _qubits;

    public SubspaceTileStep(KernelTable kernels, SubspaceRotation rotation, TileMap tile)
    {
        _kernels = kernels;
        _rotation = rotation;
        _qubits = Math.Max(3, tile.QubitCount);
        (_flip, _) = tile.Split(rotation.Pauli.X);
        (_sign, _outerSign) = tile.Split(rotation.Pauli.Z);
        (_mask, _outerMask) = tile.Split(rotation.Mask);
        (_value, _outerValue) = tile.Split(rotation.Value);
        var inside = (ulong)(kernels.Lanes - 1);
        _isTurned = (rotation.Pauli.CountY & 1) == 0;
        _isPair = (_flip & ~inside) != 0;
        _template.Fixed = Sweep.OffsetOf(_mask & ~inside) | 8 | (nuint)inside;
        _template.Base = Sweep.OffsetOf(_value & ~inside);
        _template.Flip = Sweep.OffsetOf(_flip & ~inside);
        _template.Sign = Sweep.OffsetOf(_sign & ~inside);
        _template.LaneFlip = (int)(_flip & inside);
        _template.Count = (nint)1 << (_qubits + 1 - BitOperations.PopCount(_template.Fixed));
    }

    public override int HighestBit => int.MaxValue;

    public override int Bytes => (int)RowStart + 3 * SubspaceStep.Rows * _kernels.Lanes * sizeof(double);

    public override int SlopeCount => 1;

    public override bool IsMoved => _rotation.Angle.Indices.Length > 0;

    private static nuint RowStart => ((nuint)sizeof(BoundStep) + 63) & ~(nuint)63;

    private int RowLength => SubspaceStep.Rows * _kernels.Lanes;

    public override void Initialize(byte* memory)
    {
        var bound = (BoundStep*)memory;
        bound->Step = _template;
        bound->Step.Derivatives = (double*)(memory + RowStart) + 2 * RowLength;
        Write(bound->Step.Derivatives, 0, 1);
    }

    public override void Bind(byte* memory, ReadOnlySpan<double> at, ref DeferredScale scale)
    {
        var bound = (BoundStep*)memory;
        var (sin, cos) = Math.SinCos(_rotation.Angle.At(at) / 2);
        bound->Step.Coefficients = (double*)(memory + RowStart);
        Write(bound->Step.Coefficients, cos, sin);
        Write(bound->Step.Coefficients + RowLength, cos, -sin);
    }

    public override void BindBack(byte* memory, ref DeferredScale scale) => ((BoundStep*)memory)->Weight = scale.Value * scale.Value;

    public override void Run(ref TileVisit visit, nuint start, int qubits)
    {
        if (((visit.Outer ^ _outerValue) & _outerMask) != 0) return;
        Kernel()(&((BoundStep*)(visit.Memory + Offset))->Step, visit.Ket, SignOf(visit.Outer));
    }

    public override void RunBack(ref TileVisit visit, nuint start, int qubits)
    {
        if (((visit.Outer ^ _outerValue) & _outerMask) != 0) return;
        var step = ((BoundStep*)(visit.Memory + Offset))->Step;
        var sign = SignOf(visit.Outer);
        var slope = _isTurned
            ? _isPair ? _kernels.SubspaceSlopeTurnedPair : _kernels.SubspaceSlopeTurned
            : _isPair ? _kernels.SubspaceSlopePair : _kernels.SubspaceSlope;
        if (IsMoved) visit.Slopes[FirstSlope] += slope(&step, visit.Ket, visit.Bra, sign);
        step.Coefficients += RowLength;
        Kernel()(&step, visit.Ket, sign);
        Kernel()(&step, visit.Bra, sign);
    }

    public override void AddTo(Span<double> gradient, byte* memory, ReadOnlySpan<double> slopes) =>
        _rotation.Angle.AddTo(gradient, ((BoundStep*)memory)->Weight * slopes[0]);

    /// <summary>What it does, for people who look into a plan.</summary>
    public override string ToString() => $"rotate {_rotation.Pauli} where {_rotation.Mask:b} is {_rotation.Value:b}";

    private nuint SignOf(ulong outer) => (nuint)BitOperations.PopCount(outer & _outerSign) & 1;

    private delegate*<SubspaceStep*, void*, nuint, void> Kernel() => _isTurned
        ? _isPair ? _kernels.SubspaceTurnedPair : _kernels.SubspaceTurned
        : _isPair ? _kernels.SubspacePair : _kernels.Subspace;

    /// <summary>Row i of −i·P has the factor −i·(−i)^y·(−1)^(z·i): imaginary for an even number y of Ys, real for an odd one.</summary>
    private void Write(double* rows, double cos, double sin)
    {
        if ((_rotation.Pauli.CountY & 2) == 0) sin = -sin;
        var lanes = _kernels.Lanes;
        for (var lane = 0; lane < lanes; lane++)
        {
            // Inside one register both members of a pair are among its lanes.
            var (isOne, isOther) = (Matches(lane, _value), Matches(lane, _value ^ _flip));
            Set(0, lane, isOne || (isOther && !_isPair));
            Set(SubspaceStep.Other, lane, isOther);
        }

        void Set(int first, int lane, bool matches)
        {
            var isOdd = (BitOperations.PopCount((ulong)lane & _sign) & 1) != 0;
            var signed = !matches ? 0 : isOdd ? -sin : sin;
            rows[(first + SubspaceStep.Own) * lanes + lane] = matches ? cos : 1;
            rows[(first + SubspaceStep.Even) * lanes + lane] = signed;
            rows[(first + SubspaceStep.Odd) * lanes + lane] = -signed;
        }
    }

    private bool Matches(int lane, ulong value) => (((ulong)lane ^ value) & _mask & (ulong)(_kernels.Lanes - 1)) == 0;

    private struct BoundStep
    {
        public SubspaceStep Step;
        public double Weight;
    }
}
