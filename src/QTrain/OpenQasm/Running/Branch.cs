using System.Collections.Immutable;
using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.OpenQasm.Meaning;
using QTrain.Simulation;

namespace QTrain.OpenQasm.Running;

/// <summary>Where a branch is in the flow of control.</summary>
internal enum Flow
{
    Goes,
    Breaks,
    Continues,
    Returns,
    Ended,
}

/// <summary>One history of a program: its variables, its qubits, and how probable it is (or how many shots took it).</summary>
internal sealed class Branch : IDisposable
{
    /// <summary>Variables: the global ones first, then those of each subroutine that is being run.</summary>
    public List<Value[]> Frames { get; private init; } = [];

    /// <summary>Operations not yet done to the state; while a circuit is written, all of them.</summary>
    public List<Operation> Operations { get; set; } = [];

    /// <summary>The qubits; null while a circuit is written, or when the program has none.</summary>
    public StateVector? State { get; init; }

    public double Weight { get; set; } = 1;

    public long Shots { get; set; }

    public RandomStream Random { get; set; }

    public Flow Flow { get; set; }

    /// <summary>How many gate definitions are being written out.</summary>
    public int GateDepth { get; set; }

    public Value Returned { get; set; }

    /// <summary>While a circuit is written: what must have been measured for this to be reached.</summary>
    public ImmutableArray<(ClassicalBit Bit, bool Value)> Condition { get; set; } = [];

    /// <summary>Counts the states that are held at once.</summary>
    public required StateCount Held { get; init; }

    public Value[] Globals => Frames[0];

    public Value[] Locals => Frames[^1];

    /// <summary>A copy that shares nothing that may change.</summary>
    public Branch Divide()
    {
        StateVector? state = null;
        if (State is not null)
        {
            state = StateVector.Zero(State.QubitCount, State.Options);
            state.CopyFrom(State);
        }
        var copy = new Branch
        {
            Frames = [.. Frames.Select(CopyFrame)],
            Operations = [.. Operations],
            State = state,
            Weight = Weight,
            Shots = Shots,
            Random = Random,
            Flow = Flow,
            Returned = Returned,
            Condition = Condition,
            Held = Held,
        };
        if (state is not null) Held.Add(copy);
        return copy;
    }

    private static Value[] CopyFrame(Value[] frame)
    {
        var copy = (Value[])frame.Clone();
        for (var k = 0; k < copy.Length; k++)
            if (copy[k].Content is ArrayValue array) copy[k] = Value.Holding(array.Copy());
        return copy;
    }

    public bool RemembersTheSame(Branch other)
    {
        if (Flow != other.Flow || Frames.Count != other.Frames.Count || !Returned.Equals(other.Returned)) return false;
        for (var k = 0; k < Frames.Count; k++)
            if (!Frames[k].AsSpan().SequenceEqual(other.Frames[k])) return false;
        return true;
    }

    public int MemoryHash()
    {
        var hash = new HashCode();
        hash.Add(Flow);
        foreach (var frame in Frames)
            foreach (var value in frame) hash.Add(value);
        return hash.ToHashCode();
    }

    public void Dispose()
    {
        if (State is null || _isDisposed) return;
        _isDisposed = true;
        Held.Remove(this);
        State.Dispose();
    }

    private bool _isDisposed;
}

/// <summary>How many states are held at once.</summary>
internal sealed class StateCount
{
    private readonly HashSet<Branch> _branches = [];

    public int States => _branches.Count;

    public void Add(Branch branch) => _branches.Add(branch);

    public void Remove(Branch branch) => _branches.Remove(branch);

    /// <summary>Gives all of them back, whoever held them when something went wrong.</summary>
    public void DisposeAll()
    {
        foreach (var branch in _branches.ToArray()) branch.Dispose();
    }
}
