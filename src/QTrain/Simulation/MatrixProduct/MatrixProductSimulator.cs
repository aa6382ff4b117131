using System.Collections.Immutable;
using System.Text;
using QTrain.Circuits;
using QTrain.Gradients;
using QTrain.Numerics;
using QTrain.Observables;

namespace QTrain.Simulation.MatrixProduct;

/// <summary>Counts of a circuit that was run as a matrix product state, and what was cut off on the way.</summary>
/// <param name="Counts">Of the classical bits at the end; of all qubits when the circuit measures nothing.</param>
/// <param name="Truncation">The worst of all branches of measurements.</param>
public sealed record MatrixProductCounts(WideCounts Counts, TruncationError Truncation);

/// <summary>An expectation in the final matrix product state of a circuit, and what was cut off on the way.</summary>
/// <param name="Value">⟨O⟩ of the truncated state.</param>
/// <param name="Variance">⟨O²⟩ − ⟨O⟩² of the truncated state; null where the observable has too many terms side by side.</param>
/// <param name="Truncation">How far the state can be from the exact one.</param>
public sealed record MatrixProductExpectation(double Value, double? Variance, TruncationError Truncation);

/// <summary>Runs circuits of any width as matrix product states, with measurements, resets and conditions in their middle too.</summary>
/// <remarks>Shots that have measured the same so far share one state, as in <see cref="Simulator"/>; measurements at the end are sampled all at once.</remarks>
public static class MatrixProductSimulator
{
    // Probabilities below this are rounding.
    private const double Impossible = 1e-14;

    /// <summary>⟨O⟩, its variance and the truncation error at the end of a unitary circuit.</summary>
    /// <param name="circuit">A unitary circuit of any width.</param>
    /// <param name="observable">An observable on as many qubits or fewer.</param>
    /// <param name="at">Parameter values in radians, in the order of the circuit's parameters.</param>
    /// <param name="options">The largest bond dimension and so on.</param>
    public static MatrixProductExpectation Expect(Circuit circuit, SparsePauliSum observable, ReadOnlySpan<double> at, MatrixProductOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        var state = MatrixProductState.Zero(circuit.QubitCount, options);
        state.Apply(circuit, at);
        return new MatrixProductExpectation(state.Expectation(observable), state.Variance(observable), state.Truncation);
    }

    /// <summary>The gradient of ⟨O⟩ at the end of a unitary circuit by parameter-shift rules.</summary>
    /// <param name="circuit">A unitary circuit of any width with P parameters.</param>
    /// <param name="observable">An observable on as many qubits or fewer.</param>
    /// <param name="at">Parameter values in radians; length P.</param>
    /// <param name="options">The largest bond dimension and so on.</param>
    /// <returns>∂⟨O⟩/∂θₖ for k = 0…P−1: exact differences of energies, each of a state truncated for itself.</returns>
    /// <exception cref="NotDifferentiableException">The circuit measures, resets or asks a condition.</exception>
    public static double[] ShiftGradient(Circuit circuit, SparsePauliSum observable, ReadOnlySpan<double> at, MatrixProductOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        var rule = new ShiftRule(circuit);
        var program = ChainProgram.From(rule.Circuit);
        var state = MatrixProductState.Zero(circuit.QubitCount, options);
        return rule.Gradient(at, (angles, _) =>
        {
            state.SetZero();
            state.Apply(program, angles);
            return (state.Expectation(observable), 0);
        }).Gradient;
    }

    /// <summary>Runs a circuit so many times.</summary>
    /// <param name="circuit">Any circuit.</param>
    /// <param name="at">Parameter values in radians, in the order of the circuit's parameters.</param>
    /// <param name="shots">How many times.</param>
    /// <param name="random">The same stream gives the same counts, on any number of threads.</param>
    /// <param name="options">The largest bond dimension and so on.</param>
    public static MatrixProductCounts Run(Circuit circuit, ReadOnlySpan<double> at, long shots, RandomStream random, MatrixProductOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        if (shots < 0) throw new QuantumException($"{shots} shots cannot be taken: give 0 or more.");
        var program = ChainProgram.From(circuit);
        program.CheckPoint(at);
        var state = MatrixProductState.Zero(circuit.QubitCount, options);
        var run = new MeasuredRun(program, at.ToArray());
        run.Follow(state, next: 0, new bool[circuit.BitCount], shots, random);
        return new MatrixProductCounts(new WideCounts(run.MeasuresNothing ? circuit.QubitCount : circuit.BitCount, run.Found), run.Truncation);
    }

    private sealed class MeasuredRun
    {
        private readonly ChainProgram _program;
        private readonly double[] _at;
        private readonly bool[] _isPutOff;
        private readonly ImmutableArray<Measure> _atEnd;

        public MeasuredRun(ChainProgram program, double[] at)
        {
            (_program, _at) = (program, at);
            _isPutOff = new bool[program.Steps.Length];
            var (qubitsLater, bitsLater) = (new HashSet<int>(), new HashSet<int>());
            var end = new List<Measure>();
            for (var k = program.Steps.Length - 1; k >= 0; k--)
            {
                var operation = program.Steps[k].Operation;
                if (operation is Measure measure)
                {
                    // Nothing touches the qubit afterwards, and nobody reads or overwrites the bit: the measurement may as well come last.
                    if (measure.Condition is null && !qubitsLater.Contains(measure.Qubit) && !bitsLater.Contains(measure.Bit))
                    {
                        _isPutOff[k] = true;
                        end.Add(measure);
                    }
                    bitsLater.Add(measure.Bit);
                }
                if (operation.Condition is { } condition) bitsLater.UnionWith(condition.Bits);
                qubitsLater.UnionWith(operation.Qubits);
            }
            _atEnd = [.. end];
            MeasuresNothing = !program.Steps.Any(s => s.Operation is Measure);
        }

        public bool MeasuresNothing { get; }

        public List<BitsCount> Found { get; } = [];

        public TruncationError Truncation { get; private set; } = TruncationError.None;

        /// <summary>Runs shots that have measured the same so far to their end, and those that divide from them. The state is used up.</summary>
        public void Follow(MatrixProductState state, int next, bool[] register, long shots, RandomStream random)
        {
            for (var k = next; k < _program.Steps.Length; k++)
            {
                var step = _program.Steps[k];
                if (_isPutOff[k] || step.Operation.Condition is { } condition && !condition.Holds(register)) continue;
                if (step.IsGate)
                {
                    if (step.GateAt(_at) is { } gate) state.Apply(gate);
                    continue;
                }
                var qubit = step.Operation.Qubits[0];
                var one = state.ProbabilityOfOne(qubit);
                var ones = one < Impossible ? 0 : one > 1 - Impossible ? shots : MatrixProductState.Binomial(shots, one, ref random);
                var value = ones > 0;
                if (ones > 0 && ones < shots)
                {
                    // The part with fewer shots goes first on a copy and is forgotten: then there are never more copies than log₂(shots).
                    var oneFirst = 2 * ones <= shots;
                    var copy = state.Clone();
                    var written = (bool[])register.Clone();
                    Settle(copy, step.Operation, oneFirst, written);
                    Follow(copy, k + 1, written, oneFirst ? ones : shots - ones, random.Child(oneFirst ? 1UL : 0));
                    shots = oneFirst ? shots - ones : ones;
                    value = !oneFirst;
                }
                Settle(state, step.Operation, value, register);
                random = random.Child(value ? 1UL : 0);
            }
            Finish(state, register, shots, random);
        }

        private static void Settle(MatrixProductState state, Operation operation, bool value, bool[] register)
        {
            var qubit = operation.Qubits[0];
            state.Project(qubit, value);
            if (operation is Measure measure) register[measure.Bit] = value;
            else if (value) state.TurnToZero(qubit);
        }

        private void Finish(MatrixProductState state, bool[] register, long shots, RandomStream random)
        {
            Truncation = TruncationError.Worst(Truncation, state.Truncation);
            if (MeasuresNothing)
            {
                Found.AddRange(state.Sample(shots, random.Child(2)));
                return;
            }
            var text = new StringBuilder();
            for (var bit = register.Length - 1; bit >= 0; bit--) text.Append(register[bit] ? '1' : '0');
            if (_atEnd.IsEmpty)
            {
                Found.Add(new BitsCount(text.ToString(), shots));
                return;
            }
            foreach (var (outcome, count) in state.Sample(shots, random.Child(2), [.. _atEnd.Select(m => m.Qubit)]))
            {
                for (var k = 0; k < _atEnd.Length; k++) text[register.Length - 1 - _atEnd[k].Bit] = outcome[_atEnd.Length - 1 - k];
                Found.Add(new BitsCount(text.ToString(), count));
            }
        }
    }
}
