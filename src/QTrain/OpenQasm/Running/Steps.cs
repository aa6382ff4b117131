using System.Collections.Immutable;
using QTrain.Formats;
using QTrain.OpenQasm.Meaning;
using QTrain.OpenQasm.Syntax;

namespace QTrain.OpenQasm.Running;

/// <summary>A statement made ready: done to all branches that are at its place.</summary>
internal abstract class Step(Span span)
{
    public Span Span { get; } = span;

    protected abstract void Do(Machine machine, List<Branch> branches);

    public void Run(Machine machine, List<Branch> branches)
    {
        try
        {
            machine.Work(1, Span);
            Do(machine, branches);
        }
        catch (NotStaticException fault)
        {
            fault.At ??= Span;
            throw;
        }
        catch (QuantumException fault) when (fault.GetType() == typeof(QuantumException) || fault is QubitOutOfRangeException)
        {
            throw Span.Fault(fault.Message);
        }
    }

    /// <summary>Does something to a part of the branches, and puts what becomes of them back beside the others.</summary>
    protected static void RunOn(List<Branch> branches, Func<Branch, bool> part, Action<List<Branch>> run)
    {
        if (branches is [var only])
        {
            if (part(only)) run(branches);
            return;
        }
        var chosen = branches.Where(part).ToList();
        if (chosen.Count == 0) return;
        if (chosen.Count == branches.Count)
        {
            run(branches);
            return;
        }
        var others = branches.Where(b => !chosen.Contains(b)).ToList();
        run(chosen);
        branches.Clear();
        branches.AddRange(others);
        branches.AddRange(chosen);
    }
}

/// <summary>Statements one after another.</summary>
internal sealed class BlockStep(Span span, ImmutableArray<Step> steps) : Step(span)
{
    public ImmutableArray<Step> Steps { get; } = steps;

    protected override void Do(Machine machine, List<Branch> branches)
    {
        foreach (var step in Steps)
        {
            var going = branches.Count(b => b.Flow == Flow.Goes);
            if (going == 0) return;
            if (going == branches.Count) step.Run(machine, branches);
            else RunOn(branches, b => b.Flow == Flow.Goes, part => step.Run(machine, part));
        }
    }
}

/// <summary>Something that divides no branch: an assignment, a declaration.</summary>
internal sealed class ActionStep(Span span, Action<Machine, Branch> action) : Step(span)
{
    protected override void Do(Machine machine, List<Branch> branches)
    {
        foreach (var branch in branches) action(machine, branch);
    }
}

internal sealed class IfStep(Span span, Func<Branch, Value> condition, Step then, Step? otherwise) : Step(span)
{
    protected override void Do(Machine machine, List<Branch> branches)
    {
        if (machine.Mode == MachineMode.Written)
        {
            Conditional.Run(machine, branches[0], condition(branches[0]), then, otherwise);
            return;
        }
        var (holds, not) = (new List<Branch>(), new List<Branch>());
        foreach (var branch in branches) (condition(branch).Truth ? holds : not).Add(branch);
        if (holds.Count > 0) then.Run(machine, holds);
        if (not.Count > 0) otherwise?.Run(machine, not);
        branches.Clear();
        branches.AddRange(not);
        branches.AddRange(holds);
        machine.Merge(branches);
    }
}

internal sealed class SwitchStep(Span span, Func<Branch, Value> value, ImmutableArray<(HashSet<System.Numerics.BigInteger> Labels, Step Body)> cases, Step? otherwise) : Step(span)
{
    protected override void Do(Machine machine, List<Branch> branches)
    {
        if (machine.Mode == MachineMode.Written)
        {
            var asked = value(branches[0]);
            foreach (var (labels, body) in cases) Conditional.Run(machine, branches[0], Cases.Apply(asked, v => Value.Of(labels.Contains(v.Integer))), body, null);
            if (otherwise is not null) Conditional.Run(machine, branches[0], Cases.Apply(asked, v => Value.Of(!cases.Any(c => c.Labels.Contains(v.Integer)))), otherwise, null);
            return;
        }
        var all = new List<Branch>();
        foreach (var group in branches.GroupBy(b => value(b).Integer).OrderBy(g => g.Key).Select(g => (g.Key, Branches: g.ToList())).ToList())
        {
            var body = cases.FirstOrDefault(c => c.Labels.Contains(group.Key)).Body ?? otherwise;
            body?.Run(machine, group.Branches);
            all.AddRange(group.Branches);
        }
        branches.Clear();
        branches.AddRange(all);
    }
}

/// <summary>What happens under a condition on measured bits, while a circuit is written.</summary>
internal static class Conditional
{
    public static void Run(Machine machine, Branch branch, Value condition, Step then, Step? otherwise)
    {
        if (!Cases.Has(condition))
        {
            var step = condition.Truth ? then : otherwise;
            if (step is not null) RunOn(machine, branch, step);
            return;
        }
        var outside = branch.Condition;
        foreach (var cube in Cubes(condition, true)) Under(machine, branch, outside, cube, then);
        if (otherwise is null) return;
        foreach (var cube in Cubes(condition, false)) Under(machine, branch, outside, cube, otherwise);
    }

    /// <summary>Conditions, no two of which hold together, that make up where a truth has a value.</summary>
    public static IEnumerable<ImmutableArray<(ClassicalBit Bit, bool Value)>> Cubes(Value truth, bool wanted)
    {
        if (truth.Content is MeasuredBits { Bits: [{ } only] }) return [[(only, wanted)]];
        if (truth.Content is Conjunction conjunction)
        {
            var asked = conjunction.Asked;
            // Not all of them: the first that differs is the first, the second, …
            return wanted ? [asked] : Enumerable.Range(0, asked.Length).Select(k => asked[..k].Add((asked[k].Bit, !asked[k].Value)));
        }
        var cases = Cases.Of(truth);
        return Enumerable.Range(0, cases.Values.Length).Where(k => cases.Values[k].Truth == wanted)
            .Select(k => cases.Bits.Select((bit, b) => (bit, (k >> b & 1) != 0)).ToImmutableArray());
    }

    public static void Under(Machine machine, Branch branch, ImmutableArray<(ClassicalBit Bit, bool Value)> outside, ImmutableArray<(ClassicalBit Bit, bool Value)> cube, Step step)
    {
        var inside = outside;
        foreach (var (bit, value) in cube)
        {
            if (inside.Contains((bit, !value))) return;
            if (!inside.Contains((bit, value))) inside = inside.Add((bit, value));
        }
        branch.Condition = inside;
        RunOn(machine, branch, step);
        branch.Condition = outside;
        if (branch.Flow != Flow.Goes) throw new NotStaticException("whether this is left (break, continue, return, end) depends on a measurement") { At = step.Span };
    }

    private static void RunOn(Machine machine, Branch branch, Step step) => step.Run(machine, [branch]);
}

/// <summary>A loop over values that are known when it begins.</summary>
internal sealed class ForStep(Span span, Func<Branch, IEnumerable<Value>> values, Action<Branch, Value> assign, Step body) : Step(span)
{
    protected override void Do(Machine machine, List<Branch> branches)
    {
        var done = new List<Branch>();
        // Branches that loop alike go on together; those whose values differ, alone.
        foreach (var group in Groups(branches))
        {
            foreach (var value in group.Values)
            {
                machine.Work(1, Span);
                foreach (var branch in group.Branches) assign(branch, value);
                body.Run(machine, group.Branches);
                Loops.Sort(group.Branches, done);
                if (group.Branches.Count == 0) break;
            }
            done.AddRange(group.Branches);
        }
        Loops.Leave(branches, done);
        machine.Merge(branches);
    }

    private List<(IEnumerable<Value> Values, List<Branch> Branches)> Groups(List<Branch> branches)
    {
        if (branches.Count == 1) return [(values(branches[0]), [.. branches])];
        var groups = new List<(IEnumerable<Value> Values, List<Branch> Branches)>();
        foreach (var branch in branches)
        {
            var own = values(branch);
            var like = groups.FirstOrDefault(g => g.Values is LoopRange a && own is LoopRange b ? a == b : g.Values is Value[] x && own is Value[] y && x.AsSpan().SequenceEqual(y));
            if (like.Branches is { } found) found.Add(branch);
            else groups.Add((own, [branch]));
        }
        return groups;
    }
}

internal static class Loops
{
    /// <summary>Takes those out that leave the loop, and lets those go on that continue it.</summary>
    public static void Sort(List<Branch> branches, List<Branch> done)
    {
        for (var k = branches.Count - 1; k >= 0; k--)
        {
            var branch = branches[k];
            if (branch.Flow == Flow.Continues) branch.Flow = Flow.Goes;
            if (branch.Flow == Flow.Goes) continue;
            done.Add(branch);
            branches.RemoveAt(k);
        }
    }

    public static void Leave(List<Branch> branches, List<Branch> done)
    {
        branches.Clear();
        foreach (var branch in done)
            if (branch.Flow == Flow.Breaks) branch.Flow = Flow.Goes;
        branches.AddRange(done);
    }
}

internal sealed class WhileStep(Span span, Step? before, Func<Branch, Value> condition, Step body) : Step(span)
{
    protected override void Do(Machine machine, List<Branch> branches)
    {
        var done = new List<Branch>();
        var looping = new List<Branch>(branches);
        while (looping.Count > 0)
        {
            machine.Work(1, Span);
            before?.Run(machine, looping);
            for (var k = looping.Count - 1; k >= 0; k--)
            {
                var asked = condition(looping[k]);
                if (Cases.Has(asked)) throw new NotStaticException("how often this loop runs depends on a measurement") { At = Span };
                if (asked.Truth) continue;
                done.Add(looping[k]);
                looping.RemoveAt(k);
            }
            if (looping.Count == 0) break;
            // What hardly ever goes on is not followed for ever.
            if (machine.Mode == MachineMode.Exact && machine.Forget(looping)) break;
            body.Run(machine, looping);
            Loops.Sort(looping, done);
            machine.Merge(looping);
        }
        Loops.Leave(branches, done);
        machine.Merge(branches);
    }
}

internal sealed class JumpStep(Span span, Flow flow) : Step(span)
{
    protected override void Do(Machine machine, List<Branch> branches)
    {
        foreach (var branch in branches) branch.Flow = flow;
    }
}

internal sealed class ReturnStep(Span span, Func<Branch, Value>? value) : Step(span)
{
    protected override void Do(Machine machine, List<Branch> branches)
    {
        foreach (var branch in branches)
        {
            if (value is not null) branch.Returned = value(branch);
            branch.Flow = Flow.Returns;
        }
    }
}

/// <summary>Runs a subroutine and keeps its result.</summary>
internal sealed class CallStep(Span span, Subroutine subroutine, ImmutableArray<Func<Branch, Value>> arguments, Action<Branch, Value>? keep) : Step(span)
{
    protected override void Do(Machine machine, List<Branch> branches)
    {
        foreach (var branch in branches)
        {
            var frame = new Value[subroutine.FrameSize];
            for (var k = 0; k < arguments.Length; k++) frame[k] = arguments[k](branch);
            branch.Frames.Add(frame);
        }
        subroutine.Body!.Run(machine, branches);
        foreach (var branch in branches)
        {
            branch.Frames.RemoveAt(branch.Frames.Count - 1);
            if (branch.Flow == Flow.Ended) continue;
            branch.Flow = Flow.Goes;
            keep?.Invoke(branch, branch.Returned);
            branch.Returned = default;
        }
    }
}

/// <summary>A subroutine made ready.</summary>
internal sealed class Subroutine(string name)
{
    public string Name { get; } = name;

    public int FrameSize { get; set; }

    public Step? Body { get; set; }
}

/// <summary>The values from a start by steps to a stop, which is included.</summary>
internal sealed record LoopRange(System.Numerics.BigInteger Start, System.Numerics.BigInteger Step, System.Numerics.BigInteger Stop, Func<Value, Value> Convert) : IEnumerable<Value>
{
    public IEnumerator<Value> GetEnumerator()
    {
        for (var k = Start; Step.Sign > 0 ? k <= Stop : k >= Stop; k += Step) yield return Convert(Value.Of(k));
    }

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}
