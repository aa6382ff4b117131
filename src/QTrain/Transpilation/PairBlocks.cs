using QTrain.Numerics;

namespace QTrain.Transpilation;

/// <summary>Gathers what happens to two qubits while nothing else touches them, and joins it into fewer joint rotations.</summary>
/// <remarks>Neighbours whose axes agree are added up, parameters or not: XX(θ), YY(θ) and ZZ(φ) are one rotation, of three cx instead of six, and a swap
/// after ZZ(θ) costs one cx. A run without parameters is multiplied out and taken apart by its canonical decomposition when that is cheaper.</remarks>
internal sealed class PairBlocks
{
    private readonly List<Step> _steps = [];
    private readonly Block?[] _open;

    private PairBlocks(int qubits) => _open = new Block?[qubits];

    public static List<Step> Merge(List<Step> steps, int qubits)
    {
        var merging = new PairBlocks(qubits);
        foreach (var step in steps) merging.Add(step);
        for (var q = 0; q < qubits; q++) merging.Close(q);
        return merging._steps;
    }

    private void Add(Step step)
    {
        if (step.IsPlain && step.Kind != StepKind.Joint)
        {
            if (_open[step.First] is { } block) block.Steps.Add(step);
            else _steps.Add(step);
            return;
        }
        if (!step.IsPlain)
        {
            foreach (var qubit in step.Qubits) Close(qubit);
            _steps.Add(step);
            return;
        }
        if (_open[step.First] is not { } open || open != _open[step.Second])
        {
            Close(step.First);
            Close(step.Second);
            _open[step.First] = _open[step.Second] = open = new Block(step.First, step.Second);
        }
        open.Steps.Add(step);
    }

    private void Close(int qubit)
    {
        if (_open[qubit] is not { } block) return;
        _open[block.First] = _open[block.Second] = null;
        _steps.AddRange(block.Steps.Count(s => s.Kind == StepKind.Joint) > 1 ? Resynthesize(Aligned(block), block.First, block.Second) : block.Steps);
    }

    /// <summary>Joint rotations added to the one before when only turns that map axes to axes lie between.</summary>
    private static List<Step> Aligned(Block block)
    {
        var (first, second) = (block.First, block.Second);
        var result = new List<Step>();
        var last = -1;
        // Turns since the last joint rotation; null once a phase with a parameter came.
        var (onFirst, onSecond) = (Turn.None, Turn.None);
        foreach (var step in block.Steps)
        {
            if (step.Kind == StepKind.Turn)
            {
                if (step.First == first) onFirst = step.Turn * onFirst;
                else onSecond = step.Turn * onSecond;
                continue;
            }
            if (step.Kind == StepKind.Joint && last >= 0 && step.Joint.Through(onFirst, onSecond) is { } moved)
            {
                var (sum, flips) = (result[last].Joint + moved).Reduced();
                (onFirst, onSecond) = (onFirst * flips, onSecond * flips);
                result[last] = result[last] with { Joint = sum };
                continue;
            }
            Flush();
            // A phase stays behind what was before it: nothing is added across.
            last = step.Kind == StepKind.Joint ? result.Count : -1;
            result.Add(step.Kind == StepKind.Joint && step.First != first ? step with { First = first, Second = second } : step);
        }
        Flush();
        result.RemoveAll(s => s.Kind == StepKind.Joint && s.Joint.IsNone);
        return result;

        void Flush()
        {
            if (!onFirst.IsNone) result.Add(Step.OfTurn(first, onFirst.Normalized()));
            if (!onSecond.IsNone) result.Add(Step.OfTurn(second, onSecond.Normalized()));
            (onFirst, onSecond) = (Turn.None, Turn.None);
        }
    }

    /// <summary>Runs without parameters, multiplied out where that saves.</summary>
    private static IEnumerable<Step> Resynthesize(List<Step> steps, int first, int second)
    {
        var run = new List<Step>();
        foreach (var step in steps)
        {
            if (step.Kind == StepKind.Turn || (step.Kind == StepKind.Joint && step.Joint.IsConstant))
            {
                run.Add(step);
                continue;
            }
            foreach (var done in Shorter(run, first, second)) yield return done;
            run.Clear();
            yield return step;
        }
        foreach (var done in Shorter(run, first, second)) yield return done;
    }

    private static List<Step> Shorter(List<Step> run, int first, int second)
    {
        var (count, cost) = (0, 0);
        foreach (var step in run)
            if (step.Kind == StepKind.Joint) (count, cost) = (count + 1, cost + step.Joint.ControlledCount());
        if (count < 2) return run;
        var product = CanonicalDecomposition.Kronecker(Turn.None.ToMatrix(), Turn.None.ToMatrix());
        foreach (var step in run)
        {
            var matrix = step.Kind == StepKind.Joint ? step.Joint.ToMatrix()
                : step.First == first ? CanonicalDecomposition.Kronecker(Turn.None.ToMatrix(), step.Turn.ToMatrix())
                : CanonicalDecomposition.Kronecker(step.Turn.ToMatrix(), Turn.None.ToMatrix());
            product = CanonicalDecomposition.Multiply(matrix, product, 4);
        }
        var whole = Joint.Decompose(product);
        if (whole.Joint.ControlledCount() >= cost) return run;
        var result = new List<Step> { Step.OfTurn(first, whole.BeforeFirst), Step.OfTurn(second, whole.BeforeSecond) };
        if (!whole.Joint.IsNone) result.Add(Step.OfJoint(first, second, whole.Joint));
        result.Add(Step.OfTurn(first, whole.AfterFirst));
        result.Add(Step.OfTurn(second, whole.AfterSecond));
        return result;
    }

    private sealed class Block(int first, int second)
    {
        public int First { get; } = first;

        public int Second { get; } = second;

        public List<Step> Steps { get; } = [];
    }
}
