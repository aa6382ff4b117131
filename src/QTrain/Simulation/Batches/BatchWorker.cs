using System.Numerics;
using System.Runtime.InteropServices;

namespace QTrain.Simulation.Batches;

/// <summary>What one thread needs to evaluate batches of a plan, one after another.</summary>
internal sealed unsafe class BatchWorker : IDisposable
{
    private readonly BatchPlan _plan;
    private readonly BatchObservable.Placed _observable;
    private readonly AmplitudeBuffer _state;
    private readonly double[] _point;
    private readonly Numbers _numbers;
    private readonly double* _parameters, _halves, _values;
    private readonly int _moved, _columns, _rows, _constants;
    private readonly bool _phasesMatter;
    private AmplitudeBuffer? _bra;
    private Numbers? _numbersBack;
    private double* _gradient;
    private BatchMemory _memory;

    public BatchWorker(BatchPlan plan, BatchObservable.Placed observable, int parameters)
    {
        (_plan, _observable) = (plan, observable);
        var (angles, lanes) = (plan.Angles, plan.Kernels.Lanes);
        _point = new double[parameters];
        _phasesMatter = !observable.CommutesWith(plan.LastPhasesSigned);
        _moved = Padded(angles.MovedCount * lanes);
        _constants = Padded(angles.ConstantCount * lanes);
        var tables = plan.Steps.Append(plan.LastPhases).OfType<BatchPhaseTableStep>().ToArray();
        _columns = tables.Select(t => lanes * (1 + t.MixedTerms) << t.ColumnBits).DefaultIfEmpty().Max();
        _rows = tables.Select(t => lanes << t.RowBits).DefaultIfEmpty().Max();
        var mixed = tables.Select(t => 2 * lanes * t.MixedTerms).DefaultIfEmpty().Max();
        var vector = plan.Steps.OfType<BatchMatrixStep>().Select(s => 2 * lanes * s.Size).DefaultIfEmpty().Max();
        // Constants come before the start.
        _numbers = new Numbers(parameters * lanes + 4 * (_moved + _constants) + 2 * lanes + 2 * _columns + 2 * _rows + mixed + vector, parts: 11);
        _parameters = _numbers.Take(parameters * lanes);
        _halves = _numbers.Take(_moved + _constants) + _constants;
        _values = _numbers.Take(lanes);
        // No more qubits than those of the plan and of the members' numbers.
        _state = RentState();
        _memory = new BatchMemory
        {
            State = (byte*)_state.Pointer,
            Sines = _numbers.Take(_moved + _constants) + _constants,
            Cosines = _numbers.Take(_moved + _constants) + _constants,
            Tangents = _numbers.Take(_moved + _constants) + _constants,
            Scale = _numbers.Take(lanes),
            Columns = _numbers.Take(2 * _columns),
            Rows = _numbers.Take(2 * _rows),
            Mixed = _numbers.Take(mixed),
            Vector = _numbers.Take(vector),
        };
        for (var k = 0; k < angles.ConstantCount; k++)
            for (var lane = 0; lane < lanes; lane++) _halves[-(k + 1) * lanes + lane] = angles.HalfConstantAt(k);
        BindAngles(-_constants, _constants);
    }

    /// <summary>Writes the expectations at as many points as a register has lanes, or as there are left; the last stands in for those that are missing.</summary>
    public void Evaluate(BatchPoints points, int first, double* into)
    {
        var members = Run(points, first);
        fixed (BatchMemory* memory = &_memory)
        {
            if (_phasesMatter) _plan.LastPhases?.Run(_plan.Kernels, memory);
            _observable.Expectations(_plan.Kernels, memory, _values);
        }
        for (var lane = 0; lane < members; lane++) into[lane] = _values[lane];
    }

    /// <summary>Makes room for <see cref="Differentiate"/>.</summary>
    public void PrepareToDifferentiate()
    {
        if (_bra is not null) return;
        var lanes = _plan.Kernels.Lanes;
        _bra = RentState();
        _numbersBack = new Numbers(_moved + _constants + _columns + _rows + _point.Length * lanes, parts: 4);
        _memory.Bra = (byte*)_bra.Pointer;
        _memory.Slopes = _numbersBack.Take(_moved + _constants) + _constants;
        _memory.ColumnSums = _numbersBack.Take(_columns);
        _memory.RowSums = _numbersBack.Take(_rows);
        _gradient = _numbersBack.Take(_point.Length * lanes);
    }

    /// <summary>Writes expectations and, a row of parameters for each point, their gradients.</summary>
    public void Differentiate(BatchPoints points, int first, double* into, double* gradients)
    {
        var (kernels, lanes, steps) = (_plan.Kernels, _plan.Kernels.Lanes, _plan.Steps);
        var members = Run(points, first);
        new Span<double>(_gradient, _point.Length * lanes).Clear();
        fixed (BatchMemory* memory = &_memory)
        {
            // All phases, for some of their angles may have a slope.
            _plan.LastPhases?.Run(kernels, memory);
            _observable.Expectations(kernels, memory, _values);
            _observable.Image(kernels, memory, (nuint)1 << _plan.QubitCount);
            _plan.LastPhases?.RunBack(kernels, memory);
            for (var k = steps.Length - 1; k >= 0 && k >= _plan.FirstMoved && _plan.FirstMoved >= 0; k--) steps[k].RunBack(kernels, memory);
        }
        for (var slot = 0; slot < _plan.Angles.MovedCount; slot++)
            kernels.AddSlope(_plan.Angles.MovedAt(slot), _memory.Slopes + slot * lanes, _gradient);
        for (var lane = 0; lane < members; lane++)
        {
            into[lane] = _values[lane];
            for (var k = 0; k < _point.Length; k++) gradients[lane * _point.Length + k] = _gradient[k * lanes + lane];
        }
    }

    public void Dispose()
    {
        _state.Dispose();
        _bra?.Dispose();
    }

    /// <summary>Binds a batch and runs it up to the phases that nothing turns any more.</summary>
    private int Run(BatchPoints points, int first)
    {
        var (kernels, lanes) = (_plan.Kernels, _plan.Kernels.Lanes);
        var members = Math.Min(lanes, points.Count - first);
        for (var lane = 0; lane < lanes; lane++)
        {
            if (lane < members) points.Write(first + lane, _point);
            for (var k = 0; k < _point.Length; k++) _parameters[k * lanes + lane] = _point[k];
        }
        kernels.HalfAngles(_plan.Angles, _parameters, _halves);
        BindAngles(0, _moved);
        NativeMemory.Clear(_memory.State, _plan.Bytes);
        for (var lane = 0; lane < lanes; lane++) ((double*)_memory.State)[lane] = _memory.Scale[lane] = 1;
        fixed (BatchMemory* memory = &_memory)
            foreach (var step in _plan.Steps) step.Run(kernels, memory);
        return members;
    }

    private void BindAngles(int from, int count)
    {
        SineCosine.Of(_halves + from, _memory.Sines + from, _memory.Cosines + from, count);
        SineCosine.Divide(_memory.Sines + from, _memory.Cosines + from, _memory.Tangents + from, count);
    }

    private AmplitudeBuffer RentState() => AmplitudeBuffer.Rent(_plan.QubitCount + BitOperations.Log2((uint)_plan.Kernels.Lanes));

    private static int Padded(int count) => (count + 7) & ~7;

    /// <summary>Pinned numbers, dealt out in pieces that begin with a cache line.</summary>
    private sealed class Numbers
    {
        private readonly double[] _kept;
        private double* _next;

        public Numbers(int count, int parts)
        {
            _kept = GC.AllocateArray<double>(count + 8 * (parts + 1), pinned: true);
            _next = (double*)(((nuint)Marshal.UnsafeAddrOfPinnedArrayElement(_kept, 0) + 63) & ~(nuint)63);
        }

        public double* Take(int count)
        {
            var taken = _next;
            _next += Padded(count);
            return taken;
        }
    }
}
