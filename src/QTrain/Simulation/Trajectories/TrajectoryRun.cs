using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using QTrain.Numerics;
using QTrain.Observables;

namespace QTrain.Simulation.Trajectories;

/// <summary>What is done with a final state and the trajectories that end in it.</summary>
internal interface ITrajectoryEnd
{
    /// <summary>Called once for every final state of a block, from one thread a block.</summary>
    void Add(TrajectoryRun run, int block, StateVector state, ReadOnlySpan<int> trajectories);
}

/// <summary>
/// One evaluation. Errors are drawn first; trajectories are sorted by their first error and cut into blocks, always the same ones. A block is walked
/// as a tree: trajectories stay one state until a part of the program tells them apart. Blocks begin at states stored along the course without
/// errors, and are what threads share out.
/// </summary>
internal sealed unsafe class TrajectoryRun
{
    /// <summary>How many blocks; not the number of threads, so that sums over blocks have one shape.</summary>
    public const int MostBlocks = 32;

    // From here on a state's own passes use the threads better, and a state a thread would cost memory.
    private const int FewestQubitsForWideStates = 22;
    private const long CheckpointBytes = 128L << 20;

    private readonly TrajectoryProgram _program;
    private readonly ITrajectoryEnd _end;
    private readonly SimulationOptions _options;
    private readonly double[][] _angles;
    private readonly PauliError[] _errors;
    private readonly int[] _firstError;
    private readonly int[] _nextError;
    private readonly ulong[] _x, _z, _registers;
    private readonly RandomStream[] _choices;
    private readonly RandomStream[] _readings;
    private readonly int[] _order;
    private readonly (int Start, int End)[] _blocks;
    private readonly Dictionary<int, StateVector> _checkpoints = [];
    private readonly Exception?[] _failures;
    private int _claimed;

    public TrajectoryRun(TrajectoryProgram program, ReadOnlySpan<double> at, int trajectories, RandomStream random, ITrajectoryEnd end, SimulationOptions? options)
    {
        program.Sequence.Compiled.CheckPoint(at);
        _program = program;
        _end = end;
        var given = options ?? SimulationOptions.Default;
        IsWide = program.QubitCount >= FewestQubitsForWideStates;
        Threads = given.Parts;
        _options = IsWide ? given : given with { Threads = 1 };
        _angles = new double[program.Parts.Length][];
        for (var k = 0; k < _angles.Length; k++)
        {
            if (program.Parts[k] is not ChunkPart { Chunk: var chunk }) continue;
            _angles[k] = new double[chunk.Angles.Length];
            for (var a = 0; a < _angles[k].Length; a++) _angles[k][a] = chunk.Angles[a].At(at);
        }
        Count = trajectories;
        (_firstError, _nextError, _order) = (new int[trajectories + 1], new int[trajectories], new int[trajectories]);
        (_x, _z, _registers) = (new ulong[trajectories], new ulong[trajectories], new ulong[trajectories]);
        (_choices, _readings) = (new RandomStream[trajectories], new RandomStream[trajectories]);
        var errors = new List<PauliError>();
        for (var t = 0; t < trajectories; t++)
        {
            var own = random.Child((ulong)t);
            program.Sites.Draw(own.Child(0), errors);
            (_choices[t], _readings[t]) = (own.Child(1), own.Child(2));
            _firstError[t + 1] = errors.Count;
            _nextError[t] = _firstError[t];
            _order[t] = t;
        }
        _errors = [.. errors];
        Array.Sort(_order, Compare);
        _blocks = Cut();
        _failures = new Exception?[Math.Max(Threads, 1)];
    }

    public int Count { get; }

    public TrajectoryProgram Program => _program;

    private bool IsWide { get; }

    private int Threads { get; }

    /// <summary>The qubits whose readings a trajectory flips at its end.</summary>
    public ulong FlippedAtEnd(int trajectory) => _x[trajectory];

    /// <summary>The Pauli string that a trajectory differs by from its final state.</summary>
    public PauliString FrameAtEnd(int trajectory) => new(_x[trajectory], _z[trajectory]);

    public ulong Register(int trajectory) => _registers[trajectory];

    /// <summary>Randomness for reading out a trajectory.</summary>
    public ref RandomStream Reading(int trajectory) => ref _readings[trajectory];

    public void Run()
    {
        try
        {
            StoreCheckpoints();
            var parts = IsWide ? 1 : Math.Min(Threads, _blocks.Length);
            var handle = GCHandle.Alloc(this);
            try
            {
                if (parts == 1) BlocksPart((void*)GCHandle.ToIntPtr(handle), 0, 1);
                else WorkerTeam.Shared.Run(&BlocksPart, (void*)GCHandle.ToIntPtr(handle), parts);
            }
            finally
            {
                handle.Free();
            }
            foreach (var failure in _failures)
                if (failure is not null) ExceptionDispatchInfo.Throw(failure);
        }
        finally
        {
            foreach (var state in _checkpoints.Values) state.Dispose();
        }
    }

    /// <summary>Takes blocks until none is left.</summary>
    private static void BlocksPart(void* context, int part, int parts)
    {
        var run = (TrajectoryRun)GCHandle.FromIntPtr((nint)context).Target!;
        var walker = new Walker(run);
        try
        {
            for (var block = run.NextBlock(); block < run._blocks.Length; block = run.NextBlock()) run.RunBlock(walker, block);
        }
        catch (Exception failure)
        {
            // No exception may leave a worker: the caller throws it.
            run._failures[part] = failure;
        }
        finally
        {
            walker.Release();
        }
    }

    private int NextBlock() => Interlocked.Increment(ref _claimed) - 1;

    private void RunBlock(Walker walker, int block)
    {
        var (start, end) = _blocks[block];
        var group = _order[start..end];
        var first = FirstPart(group[0]);
        var from = _checkpoints.Keys.Where(k => k <= first).Max();
        var state = walker.Rent();
        state.CopyFrom(_checkpoints[from]);
        walker.Walk(state, from, group, block);
        walker.Return(state);
    }

    /// <summary>The part in which a trajectory's first error happens; where chance has its first say when there is none before.</summary>
    private int FirstPart(int trajectory)
    {
        for (var k = 0; k < _program.Parts.Length; k++)
        {
            if (_program.Parts[k] is not ChunkPart { Chunk: var chunk }) return k;
            if (_firstError[trajectory] < _firstError[trajectory + 1] && _errors[_firstError[trajectory]].Site < chunk.EndSite) return k;
        }
        return _program.Parts.Length;
    }

    /// <summary>States along the course without errors, up to where chance has its say: at every part, or at every few when they are large.</summary>
    private void StoreCheckpoints()
    {
        var state = StateVector.Zero(_program.QubitCount, _options with { Threads = 0 });
        _checkpoints.Add(0, Copy());
        var needed = _blocks.Select(b => FirstPart(_order[b.Start])).ToHashSet();
        var stride = Math.Max(1, needed.Count * SimulationMemory.BytesFor(_program.QubitCount, _options.Precision) / CheckpointBytes);
        for (var (part, skipped) = (0, 0L); part < _program.Parts.Length && _program.Parts[part] is ChunkPart { Chunk: var chunk }; part++)
        {
            if (part == needed.Max()) break;
            chunk.Run(state, chunk.Ideal, _angles[part], new double[_angles[part].Length]);
            if (needed.Contains(part + 1) && ++skipped % stride == 0) _checkpoints.Add(part + 1, Copy());
        }
        state.Dispose();

        StateVector Copy()
        {
            var copy = StateVector.Zero(_program.QubitCount, _options);
            copy.CopyFrom(state);
            return copy;
        }
    }

    private int Compare(int left, int right)
    {
        var (a, b) = (_firstError[left], _firstError[right]);
        for (; a < _firstError[left + 1] && b < _firstError[right + 1]; a++, b++)
        {
            // Those that err later come first: the last block is the one that has most to do from the beginning.
            if (_errors[a].Site != _errors[b].Site) return _errors[b].Site.CompareTo(_errors[a].Site);
            var order = (_errors[a].X, _errors[a].Z).CompareTo((_errors[b].X, _errors[b].Z));
            if (order != 0) return order;
        }
        var more = (_firstError[left + 1] - a).CompareTo(_firstError[right + 1] - b);
        return more != 0 ? more : left.CompareTo(right);
    }

    /// <summary>Blocks of about equal work: parts left to run from the first error on.</summary>
    private (int Start, int End)[] Cut()
    {
        var work = new double[Count];
        var total = 0.0;
        for (var k = 0; k < Count; k++) total += work[k] = _program.Parts.Length - FirstPart(_order[k]) + 0.1;
        var blocks = new List<(int, int)>();
        var (start, sum) = (0, 0.0);
        for (var k = 0; k < Count; k++)
        {
            sum += work[k];
            if (sum < total * (blocks.Count + 1) / MostBlocks && k < Count - 1) continue;
            // A block starts from the state before its earliest error, so what errs last in it goes first.
            blocks.Add((start, k + 1));
            start = k + 1;
        }
        foreach (var (from, to) in blocks) _order.AsSpan(from, to - from).Reverse();
        return [.. blocks];
    }

    /// <summary>Walks the trees of blocks, one at a time, with states of its own.</summary>
    private sealed class Walker(TrajectoryRun run)
    {
        private readonly Stack<StateVector> _free = [];
        private readonly double[] _scratch = new double[run._angles.Max(a => a?.Length ?? 0)];
        private readonly TrajectoryProgram _program = run._program;

        /// <summary>Takes trajectories that share a state from a part to the end; the state is used up.</summary>
        public void Walk(StateVector state, int part, int[] group, int block)
        {
            while (part < _program.Parts.Length)
            {
                var branches = Divide(state, part, group);
                // The smaller go first, on copies that are forgotten: there are never more copies than log₂ of the trajectories.
                for (var k = 0; k < branches.Count - 1; k++)
                {
                    var copy = Rent();
                    copy.CopyFrom(state);
                    branches[k].Act?.Invoke(copy);
                    Walk(copy, branches[k].Next, branches[k].Members, block);
                    Return(copy);
                }
                var last = branches[^1];
                last.Act?.Invoke(state);
                (part, group) = (last.Next, last.Members);
            }
            run._end.Add(run, block, state, group);
        }

        public StateVector Rent() => _free.TryPop(out var state) ? state : StateVector.Zero(_program.QubitCount, run._options);

        public void Return(StateVector state) => _free.Push(state);

        public void Release()
        {
            foreach (var state in _free) state.Dispose();
        }

        private List<Branch> Divide(StateVector state, int part, int[] group) => _program.Parts[part] switch
        {
            ChunkPart { Chunk: var chunk } => ByCourse(chunk, part, group),
            SettlePart settle => By(group, t => ((run._x[t] | run._z[t]) & settle.Qubits) == 0 ? default : run.FrameAtEnd(t), part + 1, frame =>
                frame == default ? null : s => Frames.Apply(s, frame.X, frame.Z), (frame, t) =>
                {
                    if (frame != default) (run._x[t], run._z[t]) = (0, 0);
                }),
            ConditionPart condition => [.. By(group, t => NoisySequence.Holds(condition.Condition, run._registers[t]), part + 1, _ => null, null)
                .Select(b => NoisySequence.Holds(condition.Condition, run._registers[b.Members[0]]) ? b : b with { Next = condition.SkipTo })],
            KrausPart kraus => ByKraus(state, kraus, part, group),
            MeasurePart measure => ByMeasurement(state, measure, part, group),
            _ => throw new InvalidOperationException("a part of no known kind"),
        };

        private List<Branch> ByCourse(Chunk chunk, int part, int[] group)
        {
            return By(group, t =>
            {
                var (first, end) = (run._nextError[t], run._nextError[t]);
                while (end < run._firstError[t + 1] && run._errors[end].Site < chunk.EndSite) end++;
                run._nextError[t] = end;
                return chunk.Carry(ref run._x[t], ref run._z[t], run._errors.AsSpan(first, end - first));
            }, part + 1, course => s => chunk.Run(s, course, run._angles[part], _scratch), null);
        }

        private List<Branch> ByKraus(StateVector state, KrausPart kraus, int part, int[] group)
        {
            var probabilities = new double[kraus.Kraus.Length];
            var (left, needed) = (1.0, group.Max(Peek));
            for (var k = 0; k < probabilities.Length; k++)
            {
                // As soon as no trajectory's number lies beyond, the rest need not be known.
                probabilities[k] = k == probabilities.Length - 1 ? Math.Max(0, left) : Math.Clamp(state.Expectation(kraus.Weights[k]), 0, 1);
                left -= probabilities[k];
                if (1 - left > needed) break;
            }
            return By(group, t =>
            {
                var number = run._choices[t].NextDouble();
                var (k, upto) = (0, probabilities[0]);
                while (k < probabilities.Length - 1 && number >= upto) upto += probabilities[++k];
                while (probabilities[k] == 0 && k > 0) k--;      // rounding must not choose what cannot happen
                return k;
            }, part + 1, k =>
            {
                var scale = 1 / Math.Sqrt(probabilities[k]);
                return s => Frames.Apply(s, [.. kraus.Kraus[k].Select(e => e * scale)], kraus.Targets);
            }, null);

            double Peek(int t)
            {
                var copy = run._choices[t];
                return copy.NextDouble();
            }
        }

        private List<Branch> ByMeasurement(StateVector state, MeasurePart measure, int part, int[] group)
        {
            var (mask, qubit) = (1UL << measure.Qubit, measure.Qubit);
            var (zero, one) = (state.Weight(mask, 0), state.Weight(mask, mask));
            return By(group, t => run._choices[t].NextDouble() * (zero + one) >= zero, part + 1, value => s =>
            {
                s.Project(qubit, value, 1 / Math.Sqrt(value ? one : zero));
                if (measure.Bit is null && value) Frames.Apply(s, mask, 0);
            }, (value, t) =>
            {
                var actual = value ^ ((run._x[t] & mask) != 0);
                if (measure.Bit is { } bit)
                {
                    var read = run._choices[t].NextDouble() < measure.Error[true, actual];
                    run._registers[t] = NoisySequence.With(run._registers[t], bit, read);
                }
                else
                {
                    run._x[t] &= ~mask;
                    run._z[t] &= ~mask;
                }
            });
        }

        /// <summary>Trajectories by what tells them apart, fewest first; equally many in order of their first one.</summary>
        private static List<Branch> By<TKey>(int[] group, Func<int, TKey> key, int next, Func<TKey, Action<StateVector>?> act, Action<TKey, int>? then)
            where TKey : notnull
        {
            var found = new OrderedDictionary<TKey, List<int>>();
            foreach (var t in group)
            {
                var k = key(t);
                if (!found.TryGetValue(k, out var members)) found.Add(k, members = []);
                members.Add(t);
                then?.Invoke(k, t);
            }
            return [.. found.OrderBy(f => f.Value.Count).Select(f => new Branch([.. f.Value], next, act(f.Key)))];
        }

        private sealed record Branch(int[] Members, int Next, Action<StateVector>? Act);
    }
}
