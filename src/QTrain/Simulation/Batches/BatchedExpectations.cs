using System.Runtime.CompilerServices;
using QTrain.Gradients;
using QTrain.Numerics;
using QTrain.Observables;

namespace QTrain.Simulation.Batches;

/// <summary>The expectation of one observable after one circuit, at many points. Keeps what it works in from one call to the next.</summary>
/// <remarks>
/// Small circuits go in batches, SIMD across the members; batches are divided among threads. An answer depends on its point alone: not on the
/// other points, not on how many there are, not on threads. Larger circuits go one by one by their <see cref="Plans.ExecutionPlan"/>,
/// several at once where a state alone would use one thread. Not to be used from two threads at once.
/// </remarks>
internal sealed unsafe class BatchedExpectations : IDisposable
{
    // Telling threads takes as long as this many real multiply-adds in registers.
    private const double WorthThreads = 100_000;

    // Up to here a whole batch takes less than two states; beyond, less than half as many states as it has members.
    private const int FewQubits = 8;

    // Beyond few qubits a circuit of which more than this part is dense matrices goes one by one.
    private const int MatrixShare = 4;

    private readonly CompiledCircuit _circuit;
    private readonly PauliSum _observable;
    private readonly SimulationOptions _options;
    private readonly BatchPlan? _plan;
    private readonly BatchObservable.Placed? _placed;
    private readonly List<BatchWorker> _workers = [];
    private readonly List<StateVector> _states = [];
    private readonly List<AdjointSweep> _sweeps = [];
    private readonly List<double[]> _points = [];

    public BatchedExpectations(CompiledCircuit circuit, PauliSum observable, SimulationOptions? options = null)
    {
        (_circuit, _observable, _options) = (circuit, observable, options ?? SimulationOptions.Default);
        if (observable.QubitCount > circuit.QubitCount)
            throw new QuantumException($"An observable on {observable.QubitCount} qubits cannot be measured on a state of {circuit.QubitCount}.");
        if (!circuit.IsUnitary)
            throw new QuantumException("A circuit that measures, resets or asks a condition has no single final state; run it with shots.");
        if (!IsBatched(out var arranged)) return;
        var plan = BatchPlan.For(circuit, _options.Width);
        // What single states take apart a batch multiplies out.
        if (circuit.QubitCount > FewQubits && MatrixShare * plan.Steps.Count(s => s is BatchMatrixStep) > plan.Steps.Length) return;
        _plan = plan;
        _placed = new BatchObservable.Placed(arranged!, _plan);
    }

    /// <summary>Of the states, or of the batches.</summary>
    public Precision Precision => _options.Precision;

    /// <summary>Whether points are evaluated in batches; else one by one.</summary>
    public bool Batches => _plan is not null;

    /// <summary>Whether so many points are sooner done together than one after another by a <see cref="StateVector"/>. A constant of the circuit and the width
    /// of registers, as measured on layers of rotations and entanglers.</summary>
    public bool PaysFor(int points) => points >= (_plan is null || _circuit.QubitCount <= FewQubits ? 2 : _plan.Kernels.Lanes / 2 + 1);

    /// <summary>Writes ⟨O⟩ at every point.</summary>
    public void Evaluate(BatchPoints points, Span<double> values, CancellationToken cancellation = default) => Run(points, values, default, differentiates: false, cancellation);

    /// <summary>Writes ⟨O⟩ and its gradient at every point: a row of as many numbers as there are parameters for each. The adjoint method.</summary>
    public void Differentiate(BatchPoints points, Span<double> values, Span<double> gradients, CancellationToken cancellation = default) =>
        Run(points, values, gradients, differentiates: true, cancellation);

    private void Run(BatchPoints points, Span<double> values, Span<double> gradients, bool differentiates, CancellationToken cancellation)
    {
        if (points.Count == 0) return;
        fixed (double* into = values, rows = gradients)
        {
            var self = this;
            var job = new Job
            {
                Self = Unsafe.AsPointer(ref self),
                Points = Unsafe.AsPointer(ref points),
                Cancellation = Unsafe.AsPointer(ref cancellation),
                Values = into,
                Gradients = rows,
                Differentiates = differentiates,
            };
            var parts = _plan is null ? PrepareOneByOne(points.Count, differentiates) : PrepareBatches(points.Count, _plan, differentiates);
            if (parts == 1) RunPart(&job, 0, 1);
            else WorkerTeam.Shared.Run(&RunPart, &job, parts);
            GC.KeepAlive(self);
            GC.KeepAlive(points);
        }
        cancellation.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        foreach (var worker in _workers) worker.Dispose();
        foreach (var sweep in _sweeps) sweep.Dispose();
        foreach (var state in _states) state.Dispose();
    }

    private bool IsBatched(out BatchObservable? arranged)
    {
        arranged = null;
        // A batch computes in doubles.
        return _options.Precision == Precision.Double && _circuit.QubitCount <= BatchPlan.MostQubits
            && (arranged = BatchObservable.For(_observable, Math.Max(3, _circuit.QubitCount))) is not null;
    }

    private int PrepareBatches(int points, BatchPlan plan, bool differentiates)
    {
        var batches = (points + plan.Kernels.Lanes - 1) / plan.Kernels.Lanes;
        var work = (double)batches * (plan.Steps.Length + 1) * (4 << plan.QubitCount);
        var parts = work < WorthThreads ? 1 : Math.Min(batches, _options.Parts);
        while (_workers.Count < parts) _workers.Add(new BatchWorker(plan, _placed!, _circuit.ParameterCount));
        for (var part = 0; differentiates && part < parts; part++) _workers[part].PrepareToDifferentiate();
        return parts;
    }

    private int PrepareOneByOne(int points, bool differentiates)
    {
        // A state that uses one thread leaves the others to its neighbours.
        if (_states.Count == 0) AddState(_options);
        var parts = _states[0].Parts > 1 ? 1 : Math.Min(points, _options.Parts);
        while (_states.Count < parts) AddState(_options with { Threads = 1 });
        while (differentiates && _sweeps.Count < parts) _sweeps.Add(new AdjointSweep(_circuit, _observable, _states[_sweeps.Count]));
        return parts;

        void AddState(SimulationOptions options)
        {
            _states.Add(StateVector.Zero(_circuit.QubitCount, options));
            _points.Add(new double[_circuit.ParameterCount]);
        }
    }

    private static void RunPart(void* context, int part, int parts)
    {
        var job = (Job*)context;
        // The caller waits, so the variables on its stack are there, and the collector keeps them up to date.
        var self = Unsafe.AsRef<BatchedExpectations>(job->Self);
        var points = Unsafe.AsRef<BatchPoints>(job->Points);
        ref var cancellation = ref Unsafe.AsRef<CancellationToken>(job->Cancellation);
        var together = self._plan?.Kernels.Lanes ?? 1;
        var batches = (points.Count + together - 1) / together;
        var end = (int)WorkerTeam.Share(batches, part + 1, parts);
        for (var batch = (int)WorkerTeam.Share(batches, part, parts); batch < end && !cancellation.IsCancellationRequested; batch++)
        {
            var first = batch * together;
            var values = job->Values + first;
            var gradients = job->Gradients + (nint)first * self._circuit.ParameterCount;
            if (self._plan is null) *values = self.EvaluateAlone(points, first, part, job->Differentiates ? new Span<double>(gradients, self._circuit.ParameterCount) : default, job->Differentiates);
            else if (job->Differentiates) self._workers[part].Differentiate(points, first, values, gradients);
            else self._workers[part].Evaluate(points, first, values);
        }
    }

    private double EvaluateAlone(BatchPoints points, int number, int part, Span<double> gradient, bool differentiates)
    {
        var (state, point) = (_states[part], _points[part]);
        points.Write(number, point);
        if (differentiates) return _sweeps[part].Evaluate(point, gradient);
        state.SetZero();
        state.Apply(_circuit, point);
        return state.Expectation(_observable);
    }

    private struct Job
    {
        public void* Self, Points, Cancellation;
        public double* Values, Gradients;
        public bool Differentiates;
    }
}
