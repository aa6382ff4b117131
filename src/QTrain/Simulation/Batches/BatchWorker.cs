using System.Runtime.InteropServices;
using QTrain.Numerics;

namespace QTrain.Simulation.Batches;

/// <summary>What one thread needs to evaluate batches of a plan, one after another.</summary>
internal sealed unsafe class BatchWorker : IDisposable
{
    private readonly BatchPlan _plan;
    private readonly BatchObservable.Placed _observable;
    private readonly AmplitudeBuffer _state;
    private readonly double[] _numbers, _point;
    private readonly double* _parameters, _halves, _sines, _cosines, _tangents, _values;
    private readonly int _moved;
    private readonly nuint _stateBytes;
    private readonly bool _phasesMatter;
    private BatchMemory _memory;

    public BatchWorker(BatchPlan plan, BatchObservable.Placed observable, int parameters)
    {
        (_plan, _observable) = (plan, observable);
        var (kernels, angles) = (plan.Kernels, plan.Angles);
        var lanes = kernels.Lanes;
        _point = new double[parameters];
        _stateBytes = (nuint)kernels.BlockBytes << plan.QubitCount;
        _phasesMatter = !observable.CommutesWith(plan.LastPhasesSigned);
        _moved = Padded(angles.MovedCount * lanes);
        var constants = Padded(angles.ConstantCount * lanes);
        var tables = plan.Steps.Append(plan.LastPhases).OfType<BatchPhaseTableStep>().ToArray();
        var columns = tables.Select(t => 2 * lanes << t.ColumnBits).DefaultIfEmpty().Max();
        var rows = tables.Select(t => 2 * lanes << t.RowBits).DefaultIfEmpty().Max();
        var mixed = Padded(tables.Select(t => 2 * lanes * t.MixedTerms).DefaultIfEmpty().Max());
        var vector = plan.Steps.OfType<BatchMatrixStep>().Select(s => 2 * lanes * s.Size).DefaultIfEmpty().Max();
        int[] sizes = [Padded(parameters * lanes), _moved + constants, _moved + constants, _moved + constants, _moved + constants, Padded(lanes), Padded(lanes), columns, rows, mixed, vector];
        _numbers = GC.AllocateArray<double>(sizes.Sum() + 8, pinned: true);
        var next = (double*)(((nuint)Marshal.UnsafeAddrOfPinnedArrayElement(_numbers, 0) + 63) & ~(nuint)63);
        var starts = stackalloc double*[sizes.Length];
        for (var k = 0; k < sizes.Length; k++)
        {
            starts[k] = next;
            next += sizes[k];
        }
        _parameters = starts[0];
        // Constants come before the start.
        _halves = starts[1] + constants;
        _sines = starts[2] + constants;
        _cosines = starts[3] + constants;
        _tangents = starts[4] + constants;
        _values = starts[6];
        for (var k = 0; k < angles.ConstantCount; k++)
            for (var lane = 0; lane < lanes; lane++) _halves[-(k + 1) * lanes + lane] = angles.HalfConstantAt(k);
        SineCosine.Of(_halves - constants, _sines - constants, _cosines - constants, constants);
        SineCosine.Divide(_sines - constants, _cosines - constants, _tangents - constants, constants);
        // No more qubits than those of the plan and of the members' numbers.
        _state = AmplitudeBuffer.Rent(plan.QubitCount + System.Numerics.BitOperations.Log2((uint)lanes));
        _memory = new BatchMemory
        {
            State = (byte*)_state.Pointer,
            Sines = _sines,
            Cosines = _cosines,
            Tangents = _tangents,
            Scale = starts[5],
            Columns = starts[7],
            Rows = starts[8],
            Mixed = starts[9],
            Vector = starts[10],
        };
    }

    /// <summary>Writes the expectations at as many points as a register has lanes, or as there are left; the last stands in for those that are missing.</summary>
    public void Evaluate(BatchPoints points, int first, double* into)
    {
        var (kernels, lanes) = (_plan.Kernels, _plan.Kernels.Lanes);
        var members = Math.Min(lanes, points.Count - first);
        for (var lane = 0; lane < lanes; lane++)
        {
            if (lane < members) points.Write(first + lane, _point);
            for (var k = 0; k < _point.Length; k++) _parameters[k * lanes + lane] = _point[k];
        }
        Run();
        fixed (BatchMemory* memory = &_memory) _observable.Expectations(kernels, memory, _values);
        for (var lane = 0; lane < members; lane++) into[lane] = _values[lane];
    }

    public void Dispose() => _state.Dispose();

    private void Run()
    {
        var kernels = _plan.Kernels;
        for (var slot = 0; slot < _plan.Angles.MovedCount; slot++)
            kernels.HalfAngle(_plan.Angles.MovedAt(slot), _parameters, _halves + slot * kernels.Lanes);
        SineCosine.Of(_halves, _sines, _cosines, _moved);
        SineCosine.Divide(_sines, _cosines, _tangents, _moved);
        NativeMemory.Clear(_memory.State, _stateBytes);
        var start = (double*)_memory.State;
        for (var lane = 0; lane < kernels.Lanes; lane++)
        {
            start[lane] = 1;
            _memory.Scale[lane] = 1;
        }
        fixed (BatchMemory* memory = &_memory)
        {
            foreach (var step in _plan.Steps) step.Run(kernels, memory);
            if (_phasesMatter) _plan.LastPhases?.Run(kernels, memory);
        }
    }

    private static int Padded(int count) => (count + 7) & ~7;
}
