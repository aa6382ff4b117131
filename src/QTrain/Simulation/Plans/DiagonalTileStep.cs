using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QTrain.Simulation.Kernels;

namespace QTrain.Simulation.Plans;

/// <summary>All phases that wait, at once: exp(−i/2 Σ φ_z·(−1)^{z·i}) over any parity masks z.</summary>
/// <remarks>
/// An address inside a tile is a row and a column of 64. Terms inside the column and terms inside the row are two tables, made once an
/// evaluation. A term with qubits outside the tile has a sign for each tile; one with qubits in row and column changes sign from row to
/// row: see <see cref="DiagonalPass"/>.
/// </remarks>
internal sealed unsafe class DiagonalTileStep : TileStep
{
    private const int MostColumnBits = 6;

    // Before the cosines and sines: the scale that the way forward left to this step, how the scale of the way back differs from it, and
    // what makes slopes of the sums.
    private const int ForwardScale = 0, BackRatio = 1, Weight = 2, Header = 3;

    private readonly PlanKernels _kernels;
    private readonly Term[] _terms;
    private readonly int _columnBits, _rowBits, _innerRowBits;
    private readonly int[] _mixed;
    private readonly int[] _bits, _starts, _flipped;
    private readonly int[] _moved;
    private readonly uint[] _rowMasks;
    private readonly nint[] _places;
    private nint[] _homePlaces = [];
    private bool _loads, _stores;

    public DiagonalTileStep(PlanKernels kernels, PhaseTerm[] terms, TileMap tile, int innerQubits)
    {
        _kernels = kernels;
        _columnBits = Math.Min(MostColumnBits, Math.Min(innerQubits, tile.QubitCount));
        _rowBits = tile.QubitCount - _columnBits;
        _innerRowBits = Math.Max(0, Math.Min(innerQubits, tile.QubitCount) - _columnBits);
        _terms = new Term[terms.Length];
        var (mixed, moved) = (0, 0);
        for (var k = 0; k < terms.Length; k++)
        {
            var (local, outer) = tile.Split(terms[k].Mask);
            _terms[k] = new Term((uint)(local & ((1UL << _columnBits) - 1)), (uint)(local >> _columnBits), outer, terms[k]);
            if (_terms[k].IsMixed) mixed++;
            if (_terms[k].IsMoved) moved++;
        }
        (_mixed, _moved) = (new int[mixed], new int[moved]);
        (mixed, moved) = (0, 0);
        for (var k = 0; k < terms.Length; k++)
        {
            if (_terms[k].IsMixed) _mixed[mixed++] = k;
            if (_terms[k].IsMoved) _moved[moved++] = k;
        }
        // Row bits with many terms flip seldom. Inside a portion of the tile only its own row bits do.
        var flips = 0;
        Span<int> counts = stackalloc int[_rowBits];
        counts.Clear();
        foreach (var m in _mixed)
        {
            for (var bit = 0; bit < _rowBits; bit++) counts[bit] += (int)(_terms[m].Row >> bit & 1);
            flips += BitOperations.PopCount(_terms[m].Row);
        }
        (_bits, _starts, _flipped) = (new int[_rowBits], new int[_rowBits + 1], new int[flips]);
        for (var k = 0; k < _rowBits; k++)
        {
            var at = k;
            for (; at > (k < _innerRowBits ? 0 : _innerRowBits) && counts[_bits[at - 1]] > counts[k]; at--) _bits[at] = _bits[at - 1];
            _bits[at] = k;
        }
        for (var (k, to) = (0, 0); k < _rowBits; k++)
        {
            for (var m = 0; m < _mixed.Length; m++)
                if ((_terms[_mixed[m]].Row >> _bits[k] & 1) != 0) _flipped[to++] = m;
            _starts[k + 1] = to;
        }
        _rowMasks = RowMasks();
        _places = tile.ColumnsOf(_columnBits, isHome: false);
    }

    public override int HighestBit => -1;

    private int ColumnBlocks => 1 << Math.Max(0, _columnBits - 3);

    private int RowBlocks => 1 << Math.Max(0, _rowBits - 3);

    private int BlockBytes => 16 * _kernels.ElementBytes;

    public override int Bytes => sizeof(double) * (Header + 2 * _terms.Length) + 64 + (ColumnBlocks + RowBlocks) * BlockBytes;

    private byte* ColumnOf(byte* memory) => memory + ((sizeof(double) * (Header + 2 * _terms.Length) + 63) & ~63);

    private byte* RowsOf(byte* memory) => ColumnOf(memory) + ColumnBlocks * BlockBytes;

    public override void Bind(byte* memory, ReadOnlySpan<double> at, ref DeferredScale scale)
    {
        var column = ColumnOf(memory);
        var rows = RowsOf(memory);
        var values = (double*)memory;
        _kernels.Fill(column, ColumnBlocks, 1, 0);
        values[ForwardScale] = scale.Take();
        var (re, im) = (values[ForwardScale], 0.0);
        var hasRows = false;
        for (var k = 0; k < _terms.Length; k++)
        {
            ref readonly var term = ref _terms[k];
            var angle = 0.0;
            foreach (var part in term.Angles) angle += part.At(at);
            // Half the angle: e^{−iφ/2} where the parity is even.
            var (sin, cos) = Math.SinCos(angle / 2);
            (values[Header + 2 * k], values[Header + 1 + 2 * k]) = (cos, sin);
            if (term.Outer != 0) continue;
            if (term.Row == 0 && term.Column == 0) (re, im) = (re * cos + im * sin, im * cos - re * sin);
            else if (term.Row == 0) _kernels.Twist(column, ColumnBlocks, term.Column, cos, -sin);
            else hasRows |= term.Column == 0;
        }
        _kernels.Fill(rows, RowBlocks, re, im);
        if (!hasRows) return;
        for (var k = 0; k < _terms.Length; k++)
        {
            ref readonly var term = ref _terms[k];
            if (term.Outer == 0 && term.Column == 0 && term.Row != 0)
                _kernels.Twist(rows, RowBlocks, term.Row, values[Header + 2 * k], -values[Header + 1 + 2 * k]);
        }
    }

    public override bool CanReachRows(TileMap tile) => tile.RowQubits >= _columnBits;

    public override void ReachRows(TileMap tile, bool loads, bool stores)
    {
        _homePlaces = tile.ColumnsOf(_columnBits, isHome: true);
        (_loads, _stores) = (loads, stores);
    }

    public override void Run(ref TileVisit visit, nuint start, int qubits)
    {
        var memory = visit.Memory + Offset;
        var tables = visit.Scratch.Tables(ScratchBytes);
        DiagonalPass pass;
        fixed (int* flipped = _flipped)
        {
            Prepare(&pass, memory, tables, visit.Outer, start, qubits, 1, flipped);
            pass.SourceRows = PlacesOf(_loads);
            pass.TargetRows = PlacesOf(_stores);
            _kernels.ApplyDiagonal(&pass, _loads ? visit.KetHome : visit.Ket, _stores ? visit.KetHome : visit.Ket);
        }
    }

    public override int SlopeCount => _moved.Length;

    public override bool IsMoved => _moved.Length > 0;

    public override void BindBack(byte* memory, ref DeferredScale scale)
    {
        var values = (double*)memory;
        values[Weight] = scale.Value * scale.Value;
        values[BackRatio] = scale.Take() / values[ForwardScale];
    }

    [SkipLocalsInit]
    public override void RunBack(ref TileVisit visit, nuint start, int qubits)
    {
        var memory = visit.Memory + Offset;
        var slopes = visit.Slopes + FirstSlope;
        var outer = visit.Outer;
        var sumBytes = _rowMasks.Length * ColumnBlocks * 8 * _kernels.ElementBytes;
        var tables = visit.Scratch.Tables(TableBytes);
        var sumsPlace = tables + ScratchBytes;
        var signs = stackalloc double[_rowMasks.Length];
        DiagonalPass pass;
        fixed (int* flipped = _flipped)
        fixed (uint* masks = _rowMasks)
        {
            Prepare(&pass, memory, tables, outer, start, qubits, ((double*)memory)[BackRatio], flipped);
            // What was stored is loaded.
            pass.SourceRows = PlacesOf(_stores);
            pass.TargetRows = PlacesOf(_loads);
            var places = new BackPlaces
            {
                KetSource = _stores ? visit.KetHome : visit.Ket,
                Ket = _loads ? visit.KetHome : visit.Ket,
                BraSource = _stores ? visit.BraHome : visit.Bra,
                Bra = _loads ? visit.BraHome : visit.Bra,
            };
            var sums = new DiagonalSums
            {
                RowMasks = masks,
                RowSigns = signs,
                RowMaskCount = _rowMasks.Length,
                Columns = sumsPlace,
                RowTotals = (double*)(sumsPlace + sumBytes),
            };
            NativeMemory.Clear(sumsPlace, (nuint)sumBytes);
            _kernels.ApplyDiagonalBack(&pass, &places, &sums);
            for (var m = 0; m < _moved.Length; m++)
            {
                ref readonly var term = ref _terms[_moved[m]];
                double sum;
                if (term.Column == 0)
                {
                    sum = 0;
                    for (var row = pass.FirstRow; row < pass.FirstRow + (1 << pass.VaryingBits); row++)
                        sum += (BitOperations.PopCount((uint)row & term.Row) & 1) == 0 ? sums.RowTotals[row] : -sums.RowTotals[row];
                }
                else
                {
                    var table = Array.IndexOf(_rowMasks, term.Row);
                    sum = _kernels.SignedSum(sumsPlace + table * ColumnBlocks * 8 * _kernels.ElementBytes, ColumnBlocks, term.Column);
                }
                slopes[m] += (BitOperations.PopCount(outer & term.Outer) & 1) == 0 ? sum : -sum;
            }
        }
    }

    public override void AddTo(Span<double> gradient, byte* memory, ReadOnlySpan<double> slopes)
    {
        var weight = ((double*)memory)[Weight];
        for (var m = 0; m < _moved.Length; m++)
            foreach (var angle in _terms[_moved[m]].Angles) angle.AddTo(gradient, weight * slopes[m]);
    }

    public override int TableBytes => ScratchBytes + _rowMasks.Length * ColumnBlocks * 8 * _kernels.ElementBytes + (sizeof(double) << _rowBits);

    private int ScratchBytes => ((ColumnBlocks + RowBlocks) * BlockBytes + _mixed.Length * sizeof(DiagonalTerm) + 63) & ~63;

    private void Prepare(DiagonalPass* pass, byte* memory, byte* tables, ulong outer, nuint start, int qubits, double ratio, int* flipped)
    {
        var values = (double*)memory;
        pass->ColumnBlocks = ColumnBlocks;
        pass->FirstRow = (int)(start >> (_columnBits + 1));
        pass->VaryingBits = Math.Max(0, qubits - _columnBits);
        pass->Column = ColumnOf(memory);
        pass->Rows = RowsFor(memory, values, tables + ColumnBlocks * BlockBytes, outer, ratio);
        // The rows of a portion vary in its own bits alone, which come first.
        for (var k = 0; k < pass->VaryingBits; k++) pass->Bits[k] = _bits[k];
        for (var k = 0; k <= pass->VaryingBits; k++) pass->Starts[k] = _starts[k];
        pass->Flipped = flipped;
        if (_mixed.Length > 0) PrepareMixed(pass, tables, values, outer);
    }

    /// <summary>What it does, for people who look into a plan.</summary>
    public override string ToString() => $"{_terms.Length} phases, {_mixed.Length} across rows" + (IsInner ? " (inner)" : "");

    /// <summary>Where the rows begin: in the state, or in a tile of one piece.</summary>
    private nint* PlacesOf(bool isHome) => (nint*)Marshal.UnsafeAddrOfPinnedArrayElement(isHome ? _homePlaces : _places, 0);

    /// <summary>The row factors of one tile: those of the evaluation, turned by the terms with qubits outside the tile.</summary>
    private byte* RowsFor(byte* memory, double* values, byte* copy, ulong outer, double ratio)
    {
        var rows = RowsOf(memory);
        var (re, im) = (ratio, 0.0);
        for (var k = 0; k < _terms.Length; k++)
        {
            ref readonly var term = ref _terms[k];
            if (term.Outer == 0 || term.Column != 0) continue;
            var (cos, sin) = (values[Header + 2 * k], values[Header + 1 + 2 * k]);
            if ((BitOperations.PopCount(outer & term.Outer) & 1) != 0) sin = -sin;
            if (term.Row == 0) (re, im) = (re * cos + im * sin, im * cos - re * sin);
            else Twist(term.Row, cos, -sin);
        }
        if (re != 1 || im != 0) Twist(0, re, im);
        return rows;

        void Twist(uint mask, double cos, double sin)
        {
            if (rows != copy) Buffer.MemoryCopy(rows, copy, RowBlocks * BlockBytes, RowBlocks * BlockBytes);
            rows = copy;
            _kernels.Twist(rows, RowBlocks, mask, cos, sin);
        }
    }

    private void PrepareMixed(DiagonalPass* pass, byte* tables, double* values, ulong outer)
    {
        Buffer.MemoryCopy(pass->Column, tables, ColumnBlocks * BlockBytes, ColumnBlocks * BlockBytes);
        pass->Column = tables;
        pass->Terms = (DiagonalTerm*)(tables + (ColumnBlocks + RowBlocks) * BlockBytes);
        for (var m = 0; m < _mixed.Length; m++)
        {
            var k = _mixed[m];
            ref readonly var term = ref _terms[k];
            var (cos, sin) = (values[Header + 2 * k], values[Header + 1 + 2 * k]);
            var sign = 1 - 2 * ((BitOperations.PopCount(outer & term.Outer) + BitOperations.PopCount((uint)pass->FirstRow & term.Row)) & 1);
            _kernels.Twist(pass->Column, ColumnBlocks, term.Column, cos, -sign * sin);
            pass->Terms[m] = new DiagonalTerm { Column = term.Column, Cos = cos * cos - sin * sin, Sin = 2 * sin * cos, Sign = sign };
        }
    }

    /// <summary>The sets of rows whose parities the sums of the way back need, by rising masks.</summary>
    private uint[] RowMasks()
    {
        var (masks, count) = (new uint[_moved.Length], 0);
        foreach (var k in _moved)
        {
            var mask = _terms[k].Row;
            var at = count;
            while (at > 0 && masks[at - 1] > mask) at--;
            if (_terms[k].Column == 0 || (at > 0 && masks[at - 1] == mask)) continue;
            Array.Copy(masks, at, masks, at + 1, count++ - at);
            masks[at] = mask;
        }
        return masks.AsSpan(0, count).ToArray();
    }

    /// <param name="column">Its qubits inside a column.</param>
    /// <param name="row">Those that number the columns of a tile.</param>
    /// <param name="outer">Those outside the tile.</param>
    /// <param name="term">The whole.</param>
    private readonly struct Term(uint column, uint row, ulong outer, PhaseTerm term)
    {
        public uint Column => column;

        public uint Row => row;

        public ulong Outer => outer;

        public AffineAngle[] Angles => term.Angles;

        public bool IsMixed => column != 0 && (row != 0 || outer != 0);

        /// <summary>Whether a parameter moves it; a phase of all states is nothing that can be noticed.</summary>
        public bool IsMoved => term.Mask != 0 && term.IsMoved;
    }
}
