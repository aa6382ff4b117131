using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using QTrain.Numerics;

namespace QTrain.Simulation.Stabilizer;

/// <summary>A batch of shots run through a frame program together.</summary>
internal interface IFrameBatch : IDisposable
{
    /// <summary>Runs the program on a batch of shots.</summary>
    /// <param name="random">The batch's stream.</param>
    /// <param name="randomize">Whether the frames are multiplied with random stabilizers, as records and gauge detectors need.</param>
    /// <param name="records">Where the results of all measurements go, a row each; null: only as many as are looked back at are kept.</param>
    /// <param name="detectors">Where the detectors and then the observables go, a row each; null: nowhere.</param>
    /// <param name="detectorCount">How many detectors there are.</param>
    unsafe void Run(RandomStream random, bool randomize, ulong* records, ulong* detectors, long detectorCount);
}

/// <summary>The Pauli frames of a batch of shots: for each qubit a row of x and a row of z, a bit a shot.</summary>
/// <remarks>
/// A shot is the reference shot times a Pauli frame, which noise multiplies into and gates conjugate (Gidney 2021, arXiv:2103.02202). A result is
/// flipped where the frame anticommutes with what is measured. A batch is sized so that frames of some hundred qubits stay in the caches
/// next to the core, and noise jumps from hit to hit: with probability p the gap is ⌊E/−ln(1−p)⌋ trials, E being exponential.
/// </remarks>
internal sealed unsafe class FrameBatch<TLanes> : IFrameBatch where TLanes : struct, IBitLanes<TLanes>
{
    private const int W = FrameSampler.WordsPerBatch;
    private const int ShotBits = FrameSampler.ShotsPerBatchLog2;
    private const int ShotMask = FrameSampler.ShotsPerBatch - 1;

    private readonly FrameProgram _program;
    private readonly BitRow? _reference;
    private readonly FrameRandom _random = new();
    private readonly long[] _loops;
    private readonly ulong* _frames;
    private readonly ulong* _ring;
    private readonly ulong* _flags;
    private readonly ulong* _scratch;
    private readonly long _ringMask;
    private ulong* _records;
    private long _recordMask;
    private long _recorded;
    private ulong* _detectors;
    private ulong* _observables;
    private bool _randomize;

    public FrameBatch(FrameProgram program, BitRow? reference)
    {
        _program = program;
        _reference = reference;
        _ringMask = (long)BitOperations.RoundUpToPowerOf2((ulong)program.RecordsKept) - 1;
        _loops = new long[Formats.StimText.MaxNesting + 1];
        var rows = 2L * program.QubitCount + _ringMask + 1 + 1 + 2 * FrameProgram.MaxGateQubits;
        _frames = (ulong*)NativeMemory.AlignedAlloc((nuint)(rows * W * sizeof(ulong)), 64);
        _ring = _frames + 2L * program.QubitCount * W;
        _flags = _ring + (_ringMask + 1) * W;
        _scratch = _flags + W;
    }

    public void Run(RandomStream random, bool randomize, ulong* records, ulong* detectors, long detectorCount)
    {
        _random.Start(random);
        _randomize = randomize;
        _records = records is null ? _ring : records;
        _recordMask = records is null ? _ringMask : long.MaxValue;
        _recorded = 0;
        _detectors = detectors;
        _observables = detectors is null ? null : detectors + detectorCount * W;
        if (detectors is not null) new Span<ulong>(_observables, _program.ObservableCount * W).Clear();
        for (var q = 0; q < _program.QubitCount; q++)
        {
            Clear(X(q));
            Randomize(Z(q));
        }
        Clear(_flags);
        Execute();
    }

    private void Execute()
    {
        var ops = _program.Ops;
        var all = _program.Targets;
        var depth = -1;
        for (var at = 0; at < ops.Length; at++)
        {
            ref readonly var op = ref ops[at];
            var targets = all.Slice(op.Code is FrameCode.Repeat or FrameCode.EndRepeat or FrameCode.Pad or FrameCode.RecordNoise ? 0 : op.Start, op.Code is FrameCode.Pad or FrameCode.RecordNoise ? 0 : op.Count);
            switch (op.Code)
            {
                case FrameCode.ExchangeXZ: foreach (var q in targets) Exchange(X(q), Z(q)); break;
                case FrameCode.XIntoZ: foreach (var q in targets) AddInto(Z(q), X(q)); break;
                case FrameCode.ZIntoX: foreach (var q in targets) AddInto(X(q), Z(q)); break;
                case FrameCode.ControlledX: ControlledX(targets); break;
                case FrameCode.ControlledZ: ControlledZ(targets); break;
                case FrameCode.Swap:
                    for (var k = 0; k < targets.Length; k += 2)
                    {
                        Exchange(X(targets[k]), X(targets[k + 1]));
                        Exchange(Z(targets[k]), Z(targets[k + 1]));
                    }
                    break;
                case FrameCode.Linear1 or FrameCode.Linear:
                    var matrix = _program.Matrix(op.Table);
                    for (var k = 0; k < targets.Length; k += matrix.QubitCount) Linear(matrix, targets.Slice(k, matrix.QubitCount));
                    break;
                case FrameCode.PauliRotation:
                    Anticommutation(targets, _scratch);
                    Multiply(targets, _scratch);
                    break;
                case FrameCode.MeasureX: foreach (var q in targets) MeasureX(q); break;
                case FrameCode.MeasureY: foreach (var q in targets) MeasureY(q); break;
                case FrameCode.MeasureZ: foreach (var q in targets) MeasureZ(q); break;
                case FrameCode.ResetX: foreach (var q in targets) ResetX(q); break;
                case FrameCode.ResetY: foreach (var q in targets) ResetY(q); break;
                case FrameCode.ResetZ: foreach (var q in targets) ResetZ(q); break;
                case FrameCode.MeasureResetX:
                    foreach (var q in targets)
                    {
                        Copy(NextRecord(), Z(q));
                        ResetX(q);
                    }
                    break;
                case FrameCode.MeasureResetY:
                    foreach (var q in targets)
                    {
                        Sum(NextRecord(), X(q), Z(q));
                        ResetY(q);
                    }
                    break;
                case FrameCode.MeasureResetZ:
                    foreach (var q in targets)
                    {
                        Copy(NextRecord(), X(q));
                        ResetZ(q);
                    }
                    break;
                case FrameCode.MeasureProduct:
                    Anticommutation(targets, NextRecord());
                    if (_randomize) Multiply(targets, _random.NextWords(W));
                    break;
                case FrameCode.Pad:
                    for (var k = 0; k < op.Count; k++) Clear(NextRecord());
                    break;
                case FrameCode.RecordNoise: RecordNoise(op); break;
                case FrameCode.NoiseX: Noise(op, targets, x: 1, z: 0); break;
                case FrameCode.NoiseY: Noise(op, targets, x: 1, z: 1); break;
                case FrameCode.NoiseZ: Noise(op, targets, x: 0, z: 1); break;
                case FrameCode.Depolarize1: Depolarize1(op, targets); break;
                case FrameCode.Depolarize2: Depolarize2(op, targets); break;
                case FrameCode.Channel1: Channel(op, targets, qubits: 1); break;
                case FrameCode.Channel2: Channel(op, targets, qubits: 2); break;
                case FrameCode.Correlated or FrameCode.ElseCorrelated: Correlated(op, targets); break;
                case FrameCode.Heralded: Heralded(op, targets); break;
                case FrameCode.Feedback: Feedback(op.Table, Record(targets[0]), targets[1]); break;
                case FrameCode.Conditional:
                    Differing(_program.Condition(op.Table), _scratch);
                    Multiply(targets, _scratch);
                    break;
                case FrameCode.Detector:
                    if (_detectors is null) break;
                    Parity(targets, _detectors);
                    _detectors += W;
                    break;
                case FrameCode.Observable:
                    if (_observables is null) break;
                    foreach (var back in targets) AddInto(_observables + (long)op.Table * W, Record(back));
                    break;
                case FrameCode.ObservableProduct:
                    if (_observables is null) break;
                    Anticommutation(targets, _scratch);
                    AddInto(_observables + (long)op.Table * W, _scratch);
                    break;
                case FrameCode.Repeat:
                    _loops[++depth] = op.Times;
                    break;
                case FrameCode.EndRepeat:
                    if (--_loops[depth] > 0) at = op.Start;
                    else depth--;
                    break;
                default:
                    throw new UnreachableException($"{op.Code}");
            }
        }
    }

    // x of a qubit and z of it lie beside each other.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong* X(int qubit) => _frames + (long)qubit * (2 * W);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong* Z(int qubit) => _frames + (long)qubit * (2 * W) + W;

    private ulong* NextRecord() => _records + (_recorded++ & _recordMask) * W;

    private ulong* Record(int back) => _records + (_recorded - back & _recordMask) * W;

    private static void Clear(ulong* row) => new Span<ulong>(row, W).Clear();

    private void Randomize(ulong* row)
    {
        if (_randomize) Copy(row, _random.NextWords(W));
        else Clear(row);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(ulong* to, ulong* from)
    {
        for (var k = 0; k < W; k += TLanes.Words) TLanes.Store(TLanes.Load(from + k), to + k);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddInto(ulong* to, ulong* from)
    {
        for (var k = 0; k < W; k += TLanes.Words) TLanes.Store(TLanes.Load(to + k) ^ TLanes.Load(from + k), to + k);
    }

    private static void Sum(ulong* to, ulong* left, ulong* right)
    {
        for (var k = 0; k < W; k += TLanes.Words) TLanes.Store(TLanes.Load(left + k) ^ TLanes.Load(right + k), to + k);
    }

    private static void Exchange(ulong* left, ulong* right)
    {
        for (var k = 0; k < W; k += TLanes.Words)
        {
            var (l, r) = (TLanes.Load(left + k), TLanes.Load(right + k));
            TLanes.Store(r, left + k);
            TLanes.Store(l, right + k);
        }
    }

    private void ControlledX(ReadOnlySpan<int> pairs)
    {
        for (var k = 0; k < pairs.Length; k += 2)
        {
            var control = X(pairs[k]);
            var target = X(pairs[k + 1]);
            AddInto(target, control);
            AddInto(control + W, target + W);
        }
    }

    private void ControlledZ(ReadOnlySpan<int> pairs)
    {
        for (var k = 0; k < pairs.Length; k += 2)
        {
            var first = X(pairs[k]);
            var second = X(pairs[k + 1]);
            AddInto(first + W, second);
            AddInto(second + W, first);
        }
    }

    private void Linear(FrameMatrix matrix, ReadOnlySpan<int> qubits)
    {
        for (var row = 0; row < matrix.Rows.Length; row++)
        {
            var sum = _scratch + (long)row * W;
            Clear(sum);
            for (var bits = matrix.Rows[row]; bits != 0; bits &= bits - 1)
            {
                var from = BitOperations.TrailingZeroCount(bits);
                AddInto(sum, X(qubits[from >> 1]) + (from & 1) * W);
            }
        }
        for (var row = 0; row < matrix.Rows.Length; row++) Copy(X(qubits[row >> 1]) + (row & 1) * W, _scratch + (long)row * W);
    }

    /// <summary>Where the frames anticommute with a product of letters.</summary>
    private void Anticommutation(ReadOnlySpan<int> letters, ulong* row)
    {
        Clear(row);
        foreach (var letter in letters)
        {
            if ((letter & 1) != 0) AddInto(row, Z(letter >> 2));
            if ((letter & 2) != 0) AddInto(row, X(letter >> 2));
        }
    }

    /// <summary>Multiplies a product of letters into the frames of some shots.</summary>
    private void Multiply(ReadOnlySpan<int> letters, ulong* where)
    {
        foreach (var letter in letters)
        {
            if ((letter & 1) != 0) AddInto(X(letter >> 2), where);
            if ((letter & 2) != 0) AddInto(Z(letter >> 2), where);
        }
    }

    // What was measured stabilizes the state from now on, so a frame is as good with it as without: one of both at random.
    private void MeasureX(int q)
    {
        Copy(NextRecord(), Z(q));
        if (_randomize) Copy(X(q), _random.NextWords(W));
    }

    private void MeasureY(int q)
    {
        Sum(NextRecord(), X(q), Z(q));
        if (!_randomize) return;
        var random = _random.NextWords(W);
        AddInto(X(q), random);
        AddInto(Z(q), random);
    }

    private void MeasureZ(int q)
    {
        Copy(NextRecord(), X(q));
        if (_randomize) Copy(Z(q), _random.NextWords(W));
    }

    private void ResetX(int q)
    {
        Randomize(X(q));
        Clear(Z(q));
    }

    private void ResetY(int q)
    {
        Randomize(X(q));
        Copy(Z(q), X(q));
    }

    private void ResetZ(int q)
    {
        Clear(X(q));
        Randomize(Z(q));
    }

    private void Parity(ReadOnlySpan<int> lookbacks, ulong* row)
    {
        if (lookbacks.Length == 2)
        {
            Sum(row, Record(lookbacks[0]), Record(lookbacks[1]));
            return;
        }
        Clear(row);
        foreach (var back in lookbacks) AddInto(row, Record(back));
    }

    private void Feedback(int pauli, ulong* flipped, int qubit)
    {
        if ((pauli & 1) != 0) AddInto(X(qubit), flipped);
        if ((pauli & 2) != 0) AddInto(Z(qubit), flipped);
    }

    /// <summary>Where a condition holds in a shot but not in the reference, or the other way round.</summary>
    private void Differing(FrameCondition condition, ulong* row)
    {
        new Span<ulong>(row, W).Fill(ulong.MaxValue);
        var inReference = true;
        for (var k = 0; k < condition.Records.Length; k++)
        {
            var record = condition.Records[k];
            var asked = (condition.Value >> k & 1) != 0;
            var reference = record >= 0 && _reference![record];
            inReference &= reference == asked;
            // The bit reads as asked where it is flipped and the reference is not as asked, or neither.
            var same = reference == asked ? ulong.MaxValue : 0;
            for (var w = 0; w < W; w++) row[w] &= (record < 0 ? 0 : _records[(record & _recordMask) * W + w]) ^ same;
        }
        if (!inReference) return;
        for (var w = 0; w < W; w++) row[w] = ~row[w];
    }

    private void RecordNoise(in FrameOp op)
    {
        var end = (double)op.Count * FrameSampler.ShotsPerBatch;
        for (var at = FirstHit(op.GapScale); at < end; at += NextGap(op.GapScale))
        {
            var hit = double.ConvertToIntegerNative<long>(at);
            Record(op.Count - (int)(hit >> ShotBits))[(hit & ShotMask) >> 6] ^= 1UL << (int)hit;
        }
    }

    private void Noise(in FrameOp op, ReadOnlySpan<int> targets, ulong x, ulong z)
    {
        var end = (double)targets.Length * FrameSampler.ShotsPerBatch;
        for (var at = FirstHit(op.GapScale); at < end; at += NextGap(op.GapScale))
        {
            var hit = double.ConvertToIntegerNative<long>(at);
            var place = X(targets[(int)(hit >> ShotBits)]) + ((hit & ShotMask) >> 6);
            place[0] ^= x << (int)hit;
            place[W] ^= z << (int)hit;
        }
    }

    private void Depolarize1(in FrameOp op, ReadOnlySpan<int> targets)
    {
        var end = (double)targets.Length * FrameSampler.ShotsPerBatch;
        for (var at = FirstHit(op.GapScale); at < end; at += NextGap(op.GapScale))
        {
            var hit = double.ConvertToIntegerNative<long>(at);
            var pauli = 1 + Math.BigMul(_random.NextBits(), 3, out _);
            var place = X(targets[(int)(hit >> ShotBits)]) + ((hit & ShotMask) >> 6);
            place[0] ^= (pauli & 1) << (int)hit;
            place[W] ^= (pauli >> 1) << (int)hit;
        }
    }

    private void Depolarize2(in FrameOp op, ReadOnlySpan<int> targets)
    {
        var end = (double)(targets.Length / 2) * FrameSampler.ShotsPerBatch;
        for (var at = FirstHit(op.GapScale); at < end; at += NextGap(op.GapScale))
        {
            var hit = double.ConvertToIntegerNative<long>(at);
            var pauli = 1 + Math.BigMul(_random.NextBits(), 15, out _);
            var pair = (int)(hit >> ShotBits);
            Flip(targets[2 * pair], pauli, hit);
            Flip(targets[2 * pair + 1], pauli >> 2, hit);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Flip(int qubit, ulong pauli, long shot)
    {
        var place = X(qubit) + ((shot & ShotMask) >> 6);
        place[0] ^= (pauli & 1) << (int)shot;
        place[W] ^= (pauli >> 1 & 1) << (int)shot;
    }

    private void Channel(in FrameOp op, ReadOnlySpan<int> targets, int qubits)
    {
        var channel = _program.Channel(op.Table);
        var end = (double)(targets.Length / qubits) * FrameSampler.ShotsPerBatch;
        for (var at = FirstHit(op.GapScale); at < end; at += NextGap(op.GapScale))
        {
            var hit = double.ConvertToIntegerNative<long>(at);
            var pauli = Drawn(channel);
            var first = (int)(hit >> ShotBits) * qubits;
            Flip(targets[first], pauli, hit);
            if (qubits == 2) Flip(targets[first + 1], pauli >> 2, hit);
        }
    }

    private ulong Drawn(FrameChannel channel)
    {
        var bits = _random.NextBits();
        var k = 0;
        while (bits > channel.Cumulative[k]) k++;
        return (ulong)channel.Masks[k];
    }

    private void Correlated(in FrameOp op, ReadOnlySpan<int> letters)
    {
        Clear(_scratch);
        for (var at = FirstHit(op.GapScale); at < FrameSampler.ShotsPerBatch; at += NextGap(op.GapScale))
        {
            var shot = (int)at;
            _scratch[shot >> 6] |= 1UL << shot;
        }
        if (op.Code == FrameCode.Correlated) Copy(_flags, _scratch);
        else
            for (var w = 0; w < W; w++)
            {
                _scratch[w] &= ~_flags[w];
                _flags[w] |= _scratch[w];
            }
        Multiply(letters, _scratch);
    }

    private void Heralded(in FrameOp op, ReadOnlySpan<int> targets)
    {
        var channel = _program.Channel(op.Table);
        foreach (var target in targets)
        {
            var record = NextRecord();
            Clear(record);
            for (var at = FirstHit(op.GapScale); at < FrameSampler.ShotsPerBatch; at += NextGap(op.GapScale))
            {
                var shot = (int)at;
                record[shot >> 6] |= 1UL << shot;
                Flip(target, Drawn(channel), shot);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private double FirstHit(double scale) => Math.Floor(_random.NextExponential() * scale);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private double NextGap(double scale) => Math.Floor(_random.NextExponential() * scale) + 1;

    public void Dispose()
    {
        _random.Dispose();
        NativeMemory.AlignedFree(_frames);
    }
}
