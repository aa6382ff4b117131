using QTrain.Noise;
using QTrain.Numerics;
using QTrain.Observables;

namespace QTrain.Simulation.Density;

/// <summary>What a circuit with noise measures on average, and its derivatives by all parameters, from one way forward through the circuit and one back.</summary>
/// <remarks>
/// With r the Pauli coefficients of the state and o those of what is asked, the value is o·r. Noise cannot be undone, so the states on the way are kept (or
/// computed again from marks, where they would take too much memory), while o goes back by the transposed maps. Rotations that commute and have nothing between
/// them make one stage: their derivatives o·Gr, G the generator of the turn, are all read at the same place.
/// The way back of an observable is that of Heisenberg's picture; for states it is Jones &amp; Gacon 2020, arXiv:2009.02823.
/// </remarks>
internal sealed unsafe class DensitySweep : IDisposable
{
    /// <summary>Raised when the arithmetic changes.</summary>
    public const int Version = 1;

    /// <summary>States are all kept as long as they take fewer bytes than this; which are computed again changes no bit of the result.</summary>
    private const long RoomForStates = 1L << 29;

    private const int SlopeBlock = 4096;

    private readonly Stage[] _stages;
    private readonly DensityWorkspace _workspace;
    private readonly DensityMatrix _asked;
    private readonly DensityKernelTable _kernels;
    private readonly int _stretch, _qubits;

    private DensitySweep(DensityWorkspace workspace, List<StageDraft> drafts, DensityMatrix asked, long room)
    {
        (_workspace, _asked, _qubits) = (workspace, asked, asked.QubitCount);
        _kernels = DensityKernelTable.For(asked.Width);
        var end = drafts[^1];
        if (end.Turns.Count == 0)
        {
            // What follows the last turn moves with no parameter: it is done to the question, once.
            var plan = new DensityPlan(_qubits, [.. end.Constants.Operations.Reverse().Select(o => o.Transposed())], asked.Width);
            asked.Apply(plan, default);
            drafts.RemoveAt(drafts.Count - 1);
        }
        _stages = [.. drafts.Select(d => new Stage(_qubits, d, asked.Width))];
        _stretch = (long)_stages.Length * 8 * asked.Length <= room ? Math.Max(1, _stages.Length) : (int)Math.Ceiling(Math.Sqrt(_stages.Length));
    }

    /// <summary>How many matrices it works on, those of the workspace among them.</summary>
    public int MatrixCount => 3 + _stretch + (_stages.Length + _stretch - 1) / _stretch;

    /// <summary>A sweep of a circuit whose measurements all come last.</summary>
    /// <param name="program">The circuit with its noise.</param>
    /// <param name="asked">Products of bits, each counted ±1, with coefficients: what is asked of the readings.</param>
    /// <param name="workspace">Matrices that are overwritten; they stay the caller's.</param>
    /// <param name="room">How many bytes the states on the way may take before some are computed again.</param>
    /// <returns>Null where the circuit asks conditions, reads qubits before its end, or turns by parameters under very many controls.</returns>
    public static DensitySweep? For(DensityProgram program, IEnumerable<(ulong Bits, double Coefficient)> asked, DensityWorkspace workspace, long room = RoomForStates)
    {
        var sequence = program.Sequence;
        var atEnd = sequence.PutOff(out var isPutOff);
        if (sequence.HasConditions) return null;
        var drafts = new List<StageDraft>();
        var places = new Places(program.QubitCount, drafts);
        for (var k = 0; k < sequence.Steps.Length; k++)
        {
            if (isPutOff[k]) continue;
            var step = sequence.Steps[k];
            if (step.Instruction is { Kind: InstructionKind.Measure }) return null;
            if (step.Instruction is not { Angle.Indices.Length: > 0 } instruction) places.ForConstant(step.Qubits).Constants.Add(step);
            else if (!DensityLowering.IsTurn(instruction)) return null;
            else
                foreach (var (pauli, angle) in DensityLowering.TurnsOf(instruction)) places.ForTurn(pauli).Turns.Add(new PauliTurn(pauli, angle));
        }
        var last = places.Last;
        foreach (var (qubit, _) in atEnd)
        {
            // A reading is worth a + b·Z on average.
            var error = program.Circuit.Readout.GetValueOrDefault(qubit);
            double[] reading = [1, 0, 0, 0, 0, 0, 0, 0, error.ZeroGivenOne - error.OneGivenZero, 0, 1 - error.ZeroGivenOne - error.OneGivenZero, 0, 0, 0, 0, 0];
            last.Constants.Add(TransferMap.Constant([qubit], reading));
        }
        var question = DensityMatrix.Zero(program.QubitCount, workspace.Options);
        question.SetReadings(asked.Select(a => (atEnd.Where(e => (a.Bits >> e.Bit & 1) != 0).Aggregate(0UL, (z, e) => z | 1UL << e.Qubit), a.Coefficient)));
        return new DensitySweep(workspace, drafts, question, room);
    }

    /// <summary>What is asked, on average over infinitely many shots.</summary>
    public double Value(ReadOnlySpan<double> at)
    {
        var state = _workspace[_qubits, 0];
        state.SetZero();
        foreach (var stage in _stages) state.Apply(stage.Forward, at, stage.ForwardBinding);
        return _asked.Dot(state);
    }

    /// <summary>What is asked, and adds its derivatives by the parameters.</summary>
    /// <param name="at">The point.</param>
    /// <param name="gradient">By parameter; it is added to.</param>
    /// <param name="cancellation">Ends the sweep between two stages.</param>
    public double Evaluate(ReadOnlySpan<double> at, Span<double> gradient, CancellationToken cancellation = default)
    {
        if (_stages.Length == 0) return Value(at);
        // The way there: a mark before every stretch of stages, and each state of the last.
        var stretches = (_stages.Length + _stretch - 1) / _stretch;
        var state = _workspace[_qubits, 0];
        state.SetZero();
        for (var s = 0; s < (stretches - 1) * _stretch; s++)
        {
            if (s % _stretch == 0) Mark(s / _stretch).CopyFrom(state);
            cancellation.ThrowIfCancellationRequested();
            state.Apply(_stages[s].Forward, at, _stages[s].ForwardBinding);
        }
        Mark(stretches - 1).CopyFrom(state);
        var image = _workspace[_qubits, 1];
        image.CopyFrom(_asked);
        var value = 0.0;
        for (var stretch = stretches - 1; stretch >= 0; stretch--)
        {
            var (first, next) = (stretch * _stretch, Math.Min(_stages.Length, (stretch + 1) * _stretch));
            for (var s = first; s < next; s++)
            {
                cancellation.ThrowIfCancellationRequested();
                var after = Kept(s - first);
                after.CopyFrom(s == first ? Mark(stretch) : Kept(s - first - 1));
                after.Apply(_stages[s].Forward, at, _stages[s].ForwardBinding);
            }
            for (var s = next - 1; s >= first; s--)
            {
                cancellation.ThrowIfCancellationRequested();
                var (stage, after) = (_stages[s], Kept(s - first));
                if (s == _stages.Length - 1) value = image.Dot(after);
                stage.AddSlopes(_kernels, image, after, gradient);
                if (s > 0) image.Apply(stage.Back, at, stage.BackBinding);
            }
        }
        return value;
    }

    public void Dispose() => _asked.Dispose();

    private DensityMatrix Kept(int place) => _workspace[_qubits, 2 + place];

    private DensityMatrix Mark(int stretch) => _workspace[_qubits, 2 + _stretch + stretch];

    /// <summary>What is done in a stage: maps without parameters, then turns that commute.</summary>
    private sealed record StageDraft(DensityLowering Constants, List<PauliTurn> Turns);

    /// <summary>The earliest stage in which each step can be done.</summary>
    private sealed class Places(int qubits, List<StageDraft> drafts)
    {
        private readonly int[] _constant = new int[qubits];
        private readonly int[] _turn = [.. Enumerable.Repeat(-1, qubits)];

        /// <summary>A stage behind all turns.</summary>
        public StageDraft Last => At(_turn.Max() + 1);

        public StageDraft ForConstant(ulong mask)
        {
            var stage = 0;
            foreach (var q in DensityLowering.Bits(mask)) stage = Math.Max(stage, Math.Max(_constant[q], _turn[q] + 1));
            foreach (var q in DensityLowering.Bits(mask)) _constant[q] = stage;
            return At(stage);
        }

        public StageDraft ForTurn(PauliString pauli)
        {
            var on = DensityLowering.Bits(pauli.Support);
            var stage = 0;
            foreach (var q in on) stage = Math.Max(stage, Math.Max(_constant[q], _turn[q]));
            if (stage < drafts.Count && drafts[stage].Turns.Exists(t => !t.Pauli.CommutesWith(pauli))) stage++;
            foreach (var q in on) _turn[q] = stage;
            return At(stage);
        }

        private StageDraft At(int stage)
        {
            while (drafts.Count <= stage) drafts.Add(new StageDraft(new DensityLowering(qubits), []));
            return drafts[stage];
        }
    }

    /// <summary>A stage made ready to run there and back.</summary>
    private sealed class Stage
    {
        private readonly PauliTurn[] _turns;
        private readonly TileOp[] _ops;
        private readonly double[] _signs;

        // Holds the table that the operations point into.
        private readonly TileOpBuilder _builder;

        public Stage(int qubits, StageDraft draft, LaneWidth width)
        {
            _turns = [.. draft.Turns];
            DensityOperation[] operations =
            [
                .. draft.Constants.Operations,
                .. _turns.Select(t => t.Pauli.Weight <= 2 ? (DensityOperation)TransferMap.Rotation(t.Pauli, t.Angle) : t),
            ];
            Forward = new DensityPlan(qubits, [.. operations], width);
            Back = new DensityPlan(qubits, [.. operations.Reverse().Select(o => o.Transposed())], width);
            (ForwardBinding, BackBinding) = (Forward.NewBinding(), Back.NewBinding());
            _builder = new TileOpBuilder(width);
            foreach (var turn in _turns) _builder.Add(turn, DensityLowering.Bits(turn.Qubits), qubits);
            _builder.Finish();
            _ops = _builder.Ops;
            _signs = new double[_builder.CoefficientCount];
            var lanes = (int)width;
            foreach (var plan in _builder.Plans)
                for (var k = 0; k < plan.Powers.Length; k++)
                    _signs[plan.Start + 2 * lanes * (k / lanes) + lanes + k % lanes] = plan.Powers[k] switch { 1 => 1, 3 => -1, _ => 0 };
        }

        public DensityPlan Forward { get; }

        public DensityPlan Back { get; }

        public DensityBinding ForwardBinding { get; }

        public DensityBinding BackBinding { get; }

        /// <summary>Adds the derivatives by the angles of the turns, read behind them.</summary>
        public void AddSlopes(DensityKernelTable kernels, DensityMatrix image, DensityMatrix state, Span<double> gradient)
        {
            fixed (TileOp* ops = _ops)
            fixed (double* signs = _signs)
            {
                for (var k = 0; k < _turns.Length; k++)
                {
                    var op = ops + k;
                    var slope = 0.0;
                    for (nint start = 0; start < op->Count; start += SlopeBlock)
                        slope += kernels.Slope(op, image.Pointer, state.Pointer, signs, start, Math.Min(op->Count, start + SlopeBlock));
                    _turns[k].Angle.AddTo(gradient, slope);
                }
            }
            GC.KeepAlive(_builder);
            GC.KeepAlive(image);
            GC.KeepAlive(state);
        }
    }
}
