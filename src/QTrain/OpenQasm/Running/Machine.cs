using System.Collections.Immutable;
using System.Diagnostics;
using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.OpenQasm.Meaning;
using QTrain.OpenQasm.Syntax;
using QTrain.Simulation;

namespace QTrain.OpenQasm.Running;

/// <summary>What a machine does with measurements.</summary>
internal enum MachineMode
{
    /// <summary>Follows both outcomes, each with its probability.</summary>
    Exact,

    /// <summary>Divides shots among the outcomes by chance.</summary>
    Sampled,

    /// <summary>Writes a circuit down.</summary>
    Written,
}

/// <summary>What all branches of a run share: how measurements are taken, and how much may still be done.</summary>
internal sealed class Machine(MachineMode mode, int qubits, QasmLimits limits, CancellationToken cancellation)
{
    /// <summary>Branches less probable than this are left out, all of them together.</summary>
    public const double Negligible = 1e-12;

    // What rounding leaves of a probability of zero.
    private const double Impossible = 1e-15;

    // From here on it pays to look for branches that have become the same again.
    private const int MergeFrom = 32;

    // A plan is worth making for more operations or larger states than these.
    private const int FewestPlannedQubits = 12;

    private readonly StateCount _held = new();
    private int _forced;
    private readonly Dictionary<int, int> _versions = [];
    private int _mergeAt = MergeFrom;

    public MachineMode Mode { get; } = mode;

    public int QubitCount { get; } = qubits;

    public QasmLimits Limits { get; } = limits;

    /// <summary>Whether lines that no circuit holds are kept among the operations.</summary>
    public bool KeepsText { get; init; }

    /// <summary>What has been done so far; runs of one program share it.</summary>
    public WorkDone Done { get; init; } = new();

    /// <summary>Outcomes that the first measurements are to have: a run with these follows a part of all histories.</summary>
    public ImmutableArray<bool> Forced { get; init; } = [];

    /// <summary>Whether any of these was not asked for, and was to be 1: then the run with 0 in its place says the same.</summary>
    public bool IsRepetition => Forced.AsSpan()[_forced..].Contains(true);

    public SimulationOptions Simulation { get; init; } = SimulationOptions.Default;

    /// <summary>How many classical bits a circuit being written has so far.</summary>
    public int BitCount { get; set; }

    public bool HasMeasured { get; private set; }

    /// <summary>Probability that was left out.</summary>
    public double Lost { get; private set; }

    /// <summary>Counts work done, and stops a program that never would.</summary>
    public void Work(long steps, Span at)
    {
        if ((Done.Steps += steps) > Limits.MaxSteps) throw at.Fault($"the program does not end within {Limits.MaxSteps:#,0} steps: here is where it was stopped.");
        if ((Done.Steps & 0x3FF) < steps) CheckTime(at);
    }

    private void CheckTime(Span at)
    {
        cancellation.ThrowIfCancellationRequested();
        if (Stopwatch.GetElapsedTime(Done.Start) > Limits.MaxTime) throw at.Fault($"the program does not end within {Limits.MaxTime.TotalSeconds:0} s: here is where it was stopped.");
    }

    public Branch Begin(int globals, long shots, RandomStream random)
    {
        var branch = new Branch
        {
            State = Mode == MachineMode.Written || QubitCount == 0 ? null : StateVector.Zero(QubitCount, Simulation),
            Shots = shots,
            Random = random,
            Held = _held,
        };
        if (branch.State is not null) _held.Add(branch);
        branch.Frames.Add(new Value[globals]);
        return branch;
    }

    /// <summary>Gives the states of all branches back.</summary>
    public void DisposeAll() => _held.DisposeAll();

    /// <summary>Adds operations to a branch.</summary>
    public void Add(Branch branch, Operation operation, Span at)
    {
        Work(1, at);
        branch.Operations.Add(operation);
        if (Mode != MachineMode.Written && branch.GateDepth == 0 && branch.Operations.Count >= 4096) Settle(branch);
        if (Mode == MachineMode.Written && branch.Operations.Count > Limits.MaxOperations)
            throw new NotStaticException($"the circuit has more than {Limits.MaxOperations:#,0} operations");
    }

    /// <summary>Does the operations that wait.</summary>
    public void Settle(Branch branch)
    {
        if (Mode == MachineMode.Written || branch.Operations.Count == 0) return;
        if (branch.State is { } state)
        {
            var compiled = CompiledCircuit.From(new Circuit(QubitCount, branch.Operations));
            if (QubitCount >= FewestPlannedQubits && branch.Operations.Count > 2) state.Apply(compiled);
            else
                foreach (var instruction in compiled.Instructions) state.Apply(instruction, instruction.Angle.At([]), inverse: false);
        }
        branch.Operations.Clear();
    }

    /// <summary>Measures a qubit: the branch goes on with one outcome, and a new one with the other where both can be.</summary>
    /// <returns>The outcome of the branch itself, and the new branch, if any, whose outcome is the other.</returns>
    public (bool Outcome, Branch? Other) Measure(Branch branch, int qubit, Span at)
    {
        Work(1, at);
        HasMeasured = true;
        Settle(branch);
        var state = branch.State!;
        var mask = 1UL << qubit;
        var (zero, one) = (state.Weight(mask, 0), state.Weight(mask, mask));
        if (!(zero + one > 0)) throw at.Fault("the state has lost its norm: no outcome is possible.");
        var ofOne = one / (zero + one);
        if (Mode == MachineMode.Sampled)
        {
            var random = branch.Random;
            var ones = Binomial.Draw(branch.Shots, one, zero, ref random);
            var zeros = branch.Shots - ones;
            Branch? other = null;
            if (ones > 0 && zeros > 0)
            {
                other = branch.Divide();
                other.Shots = ones;
                other.Random = random.Child(1);
                Project(other, qubit, true, one);
            }
            var outcome = zeros == 0;
            branch.Shots = outcome ? ones : zeros;
            branch.Random = random.Child(outcome ? 1UL : 0);
            Project(branch, qubit, outcome, outcome ? one : zero);
            return (outcome, other);
        }
        if (_forced < Forced.Length)
        {
            var wanted = Forced[_forced++];
            branch.Weight *= wanted ? ofOne : 1 - ofOne;
            if (!(branch.Weight > Impossible) || !((wanted ? one : zero) > 1e-30)) throw new ImpossibleHistoryException();
            Project(branch, qubit, wanted, wanted ? one : zero);
            return (wanted, null);
        }
        var (canZero, canOne) = (branch.Weight * (1 - ofOne) > Impossible && zero > 1e-30, branch.Weight * ofOne > Impossible && one > 1e-30);
        if (!canZero && !canOne) (canZero, canOne) = (ofOne <= 0.5, ofOne > 0.5);
        Branch? second = null;
        if (canZero && canOne)
        {
            CheckTime(at);
            if ((_held.States + 1L) * SimulationMemory.BytesFor(QubitCount) > Limits.MaxStateBytes && _held.States > 1) throw new TooManyStatesException(_held.States, at);
            second = branch.Divide();
            second.Weight = branch.Weight * ofOne;
            Project(second, qubit, true, one);
        }
        else Lost += branch.Weight * (canZero ? ofOne : 1 - ofOne);
        branch.Weight *= canZero ? 1 - ofOne : ofOne;
        Project(branch, qubit, !canZero, canZero ? zero : one);
        return (!canZero, second);
    }

    private static void Project(Branch branch, int qubit, bool value, double weight) => branch.State!.Project(qubit, value, 1 / Math.Sqrt(weight));

    /// <summary>Puts qubits to |0⟩.</summary>
    public void Reset(List<Branch> branches, int qubit, Span at)
    {
        for (var k = branches.Count - 1; k >= 0; k--)
        {
            var branch = branches[k];
            if (branch.Flow != Flow.Goes) continue;
            var (outcome, other) = Measure(branch, qubit, at);
            if (outcome) Flip(branch, qubit);
            if (other is null) continue;
            Flip(other, qubit);
            // Where the qubit was not entangled both are the same again.
            if (Mode == MachineMode.Exact && Same(branch, other))
            {
                branch.Weight += other.Weight;
                other.Dispose();
            }
            else Take(branches, other, at);
        }
        Merge(branches);
    }

    private void Flip(Branch branch, int qubit)
    {
        branch.Operations.Add(new GateOperation(Gates.Named("x"), [qubit], []));
        Settle(branch);
    }

    /// <summary>Takes a new branch in, if there is room for it.</summary>
    public void Take(List<Branch> branches, Branch branch, Span at)
    {
        branches.Add(branch);
        if (branches.Count > Limits.MaxBranches)
            throw at.Fault($"more than {Limits.MaxBranches:#,0} outcomes of measurements have to be followed" + (Mode == MachineMode.Exact ? ": run the program with --shots instead." : ": take fewer shots."));
    }

    private static bool Same(Branch a, Branch b)
    {
        if (a.State is null) return true;
        return a.State.InnerProduct(b.State!).Magnitude > 1 - 1e-13;
    }

    /// <summary>Makes branches that have become the same one again.</summary>
    public void Merge(List<Branch> branches)
    {
        if (Mode != MachineMode.Exact || branches.Count < _mergeAt) return;
        var kept = new Dictionary<int, List<Branch>>();
        var all = new List<Branch>();
        foreach (var branch in branches)
        {
            Settle(branch);
            var hash = branch.MemoryHash();
            if (!kept.TryGetValue(hash, out var alike)) kept.Add(hash, alike = []);
            // Few of many memories are the same with different states; looking at some finds what there is to find.
            var twin = alike.Take(64).FirstOrDefault(other => other.RemembersTheSame(branch) && Same(other, branch));
            if (twin is null)
            {
                alike.Add(branch);
                all.Add(branch);
                continue;
            }
            twin.Weight += branch.Weight;
            branch.Dispose();
        }
        branches.Clear();
        branches.AddRange(all);
        _mergeAt = Math.Max(MergeFrom, 2 * branches.Count);
    }

    /// <summary>Forgets branches that are negligible, all of them together with what was forgotten before.</summary>
    public bool Forget(List<Branch> branches)
    {
        var weight = branches.Sum(b => b.Weight);
        if (weight + Lost >= Negligible) return false;
        Lost += weight;
        foreach (var branch in branches) branch.Dispose();
        branches.Clear();
        return true;
    }

    /// <summary>Writes a measurement down, into a classical bit of the circuit.</summary>
    public ClassicalBit Written(Branch branch, int qubit, int bit, Span at)
    {
        HasMeasured = true;
        BitCount = Math.Max(BitCount, bit + 1);
        var version = _versions[bit] = _versions.GetValueOrDefault(bit) + 1;
        if (Conflicts(branch, bit)) throw new NotStaticException("a measurement here overwrites a bit that the surrounding condition asks for");
        Add(branch, new Measure(qubit, bit) { Condition = ConditionOf(branch) }, at);
        return new ClassicalBit(bit, version);
    }

    /// <summary>What the bit holds after its last measurement.</summary>
    public bool IsCurrent(ClassicalBit bit) => _versions.GetValueOrDefault(bit.Bit) == bit.Version;

    private static bool Conflicts(Branch branch, int bit) => branch.Condition.Any(c => c.Bit.Bit == bit);

    /// <summary>The condition under which a branch of a circuit being written does what it does.</summary>
    public Condition? ConditionOf(Branch branch) => branch.Condition.IsEmpty ? null : ConditionFrom(branch.Condition);

    public Condition ConditionFrom(ImmutableArray<(ClassicalBit Bit, bool Value)> asked)
    {
        if (asked.Length > 64) throw new NotStaticException($"a condition on {asked.Length} bits is too long: at most 64 are");
        ulong value = 0;
        for (var k = 0; k < asked.Length; k++)
        {
            if (!IsCurrent(asked[k].Bit)) throw new NotStaticException("this asks for the result of a measurement that a later one into the same bit has overwritten");
            if (asked[k].Value) value |= 1UL << k;
        }
        return new Condition([.. asked.Select(a => a.Bit.Bit)], value);
    }
}

/// <summary>How much has been done.</summary>
internal sealed class WorkDone
{
    public long Start { get; } = Stopwatch.GetTimestamp();

    public long Steps { get; set; }
}

/// <summary>More states would have to be held at once than memory is for.</summary>
internal sealed class TooManyStatesException(int states, Span at) : Exception
{
    public int States { get; } = states;

    public Span At { get; } = at;
}

/// <summary>A measurement cannot have the outcome that it was to have.</summary>
internal sealed class ImpossibleHistoryException : Exception;

/// <summary>How much a program may do.</summary>
internal sealed record QasmLimits
{
    public long MaxSteps { get; init; } = 20_000_000;

    public TimeSpan MaxTime { get; init; } = TimeSpan.FromSeconds(300);

    public int MaxBranches { get; init; } = 1 << 16;

    /// <summary>States held at once while outcomes are followed side by side. It is no matter of the machine: what is found may depend on it in the last bit.</summary>
    public long MaxStateBytes { get; init; } = 1L << 29;

    public int MaxOperations { get; init; } = 5_000_000;
}
