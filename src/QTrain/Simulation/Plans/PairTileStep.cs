using System.Numerics;
using QTrain.Simulation.Kernels;

namespace QTrain.Simulation.Plans;

/// <summary>A <see cref="PairRotation"/> on a tile.</summary>
internal sealed unsafe class PairTileStep : TileStep
{
    private readonly PlanKernels _kernels;
    private readonly PairRotation _rotation;
    private readonly RowVisits _rows;
    private readonly int _low, _high, _inside;
    private CanonicalStep _template;
    private bool _loads, _stores;

    public PairTileStep(PlanKernels kernels, PairRotation rotation, TileMap tile)
    {
        _kernels = kernels;
        _rotation = rotation;
        // Qubits of a tile are in order.
        (_low, _high) = (tile.PositionOf(rotation.Low), tile.PositionOf(rotation.High));
        _inside = (_low < kernels.LaneBits ? 1 : 0) + (_high < kernels.LaneBits ? 1 : 0);
        _template.Fixed = 8 | (nuint)(kernels.Lanes - 1) | Sweep.OffsetOf(1UL << _low) | Sweep.OffsetOf(1UL << _high);
        _rows = new RowVisits(tile, _template.Fixed, kernels.ElementBytes);
        SetStrides(tile);
    }

    // A visit takes whole blocks.
    public override bool CanReachRows(TileMap tile) => tile.RowQubits >= 3;

    public override void ReachRows(TileMap tile, bool loads, bool stores)
    {
        (_loads, _stores) = (loads, stores);
        SetStrides(tile);
    }

    public override int HighestBit => _high;

    public override int Bytes => (int)RowStart + CanonicalStep.MostRows * RowBytes;

    public override int SlopeCount => 0;

    public override bool IsMoved => false;

    private static nuint RowStart => ((nuint)sizeof(CanonicalStep) + 63) & ~(nuint)63;

    private int RowBytes => _kernels.Lanes * _kernels.ElementBytes;

    // A cosine that vanishes makes a tangent infinite; one so small changes nothing.
    private double Least => _kernels.ElementBytes == sizeof(float) ? 1e-9 : 1e-17;

    public override void Initialize(byte* memory)
    {
        var step = (CanonicalStep*)memory;
        *step = _template;
        step->Rows = memory + RowStart;
        switch (_inside)
        {
            case 0:
                WriteOutside(memory + RowStart);
                break;
            case 1:
                WriteOneInside(memory + RowStart);
                break;
            default:
                WriteBothInside(memory + RowStart);
                break;
        }
    }

    public override void Bind(byte* memory, ReadOnlySpan<double> at, ref DeferredScale scale)
    {
    }

    public override void BindBack(byte* memory, ref DeferredScale scale)
    {
    }

    public override void Run(ref TileVisit visit, nuint start, int qubits) =>
        Run(visit.Memory, isBack: false, visit.Ket, visit.KetHome, _loads, _stores, start, qubits);

    public override void RunBack(ref TileVisit visit, nuint start, int qubits)
    {
        // What was stored is loaded.
        Run(visit.Memory, isBack: true, visit.Ket, visit.KetHome, _stores, _loads, start, qubits);
        Run(visit.Memory, isBack: true, visit.Bra, visit.BraHome, _stores, _loads, start, qubits);
    }

    private void Run(byte* memory, bool isBack, byte* tile, byte* home, bool loads, bool stores, nuint start, int qubits)
    {
        var kernel = _kernels.Pair(_low, _high, isBack);
        var step = (CanonicalStep*)(memory + Offset);
        if (!loads && !stores)
        {
            kernel(step, tile, tile, start, CountFor(qubits));
            return;
        }
        for (var row = _rows.First(start); row >= 0; row = _rows.Next(row, start, qubits))
        {
            var (at, away) = _rows.PlaceOf(row);
            kernel(step, loads ? home + away : tile, stores ? home + away : tile, at, _rows.Count);
        }
    }

    private void SetStrides(TileMap tile)
    {
        _template.Low = StrideOf(_low, _loads);
        _template.High = StrideOf(_high, _loads);
        _template.LowTo = StrideOf(_low, _stores);
        _template.HighTo = StrideOf(_high, _stores);

        nuint StrideOf(int position, bool isHome) => (nuint)(isHome ? tile.HomeStride(position) : TileMap.TileStride(position));
    }

    public override void AddTo(Span<double> gradient, byte* memory, ReadOnlySpan<double> slopes)
    {
    }

    /// <summary>What it does, for people who look into a plan.</summary>
    public override string ToString() => $"pair {_rotation.Low} {_rotation.High}" + (IsInner ? " (inner)" : "");

    // A visit is of both planes.
    private nint CountFor(int qubits) => (nint)1 << (Math.Max(3, qubits) - _kernels.LaneBits - (2 - _inside));

    private double Cos(double angle) => Math.Max(Math.Cos(angle), Least);

    private void WriteOutside(byte* rows)
    {
        var (low, high) = (Cos(_rotation.LowTurn / 2), Cos(_rotation.HighTurn / 2));
        var (even, odd) = (Cos(_rotation.EvenAngle), Cos(_rotation.OddAngle));
        var tangent = Math.Sin(_rotation.HighTurn / 2) / high;
        Fill(0, Math.Sin(_rotation.LowTurn / 2) / low);
        Fill(1, low * high * even);
        Fill(2, low * high * odd);
        Fill(3, low * high * even * tangent);
        Fill(4, low * high * odd * tangent);
        Fill(5, _rotation.EvenFactor.Real / even);
        Fill(6, _rotation.EvenFactor.Imaginary / even);
        Fill(7, _rotation.OddFactor.Real / odd);
        Fill(8, _rotation.OddFactor.Imaginary / odd);

        void Fill(int row, double value) => Write(rows, row, _ => value);
    }

    private void WriteOneInside(byte* rows)
    {
        var high = Cos(_rotation.HighTurn / 2);
        Write(rows, 0, _ => Math.Sin(_rotation.HighTurn / 2) / high);
        WriteTurn(rows, 1, _low, _rotation.LowTurn, high);
        WriteExchange(rows, 3, lane => Bit(lane, _low), _ => 0);
        WriteExchange(rows, 6, lane => Bit(lane, _low), _ => 1);
    }

    private void WriteBothInside(byte* rows)
    {
        WriteTurn(rows, 0, _low, _rotation.LowTurn, 1);
        WriteTurn(rows, 2, _high, _rotation.HighTurn, 1);
        WriteExchange(rows, 4, lane => Bit(lane, _low), lane => Bit(lane, _high));
        WriteFlip(rows, 7, 1 << _low);
        WriteFlip(rows, 8, 1 << _high);
        WriteFlip(rows, 9, 1 << _low | 1 << _high);
    }

    private void WriteTurn(byte* rows, int row, int bit, double angle, double scale)
    {
        var (sin, cos) = Math.SinCos(angle / 2);
        Write(rows, row, _ => scale * cos);
        Write(rows, row + 1, lane => Bit(lane, bit) == 0 ? -scale * sin : scale * sin);
    }

    private void WriteExchange(byte* rows, int row, Func<int, int> low, Func<int, int> high)
    {
        Write(rows, row, lane => Math.Cos(low(lane) == high(lane) ? _rotation.EvenAngle : _rotation.OddAngle));
        Write(rows, row + 1, lane => FactorOf(lane).Real);
        Write(rows, row + 2, lane => FactorOf(lane).Imaginary);

        Complex FactorOf(int lane)
        {
            var factor = low(lane) == high(lane) ? _rotation.EvenFactor : _rotation.OddFactor;
            return high(lane) == 0 ? factor : -Complex.Conjugate(factor);
        }
    }

    private void WriteFlip(byte* rows, int row, int flip)
    {
        var sources = stackalloc int[8];
        for (var lane = 0; lane < 8; lane++) sources[lane] = lane ^ flip;
        _kernels.WritePermutation(rows + row * RowBytes, sources);
    }

    private void Write(byte* rows, int row, Func<int, double> value)
    {
        var place = rows + row * RowBytes;
        for (var lane = 0; lane < _kernels.Lanes; lane++)
        {
            if (_kernels.ElementBytes == sizeof(float)) ((float*)place)[lane] = (float)value(lane);
            else ((double*)place)[lane] = value(lane);
        }
    }

    private static int Bit(int lane, int bit) => lane >> bit & 1;
}
