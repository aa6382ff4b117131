using System.Collections.Immutable;
using System.Numerics;
using QTrain.Circuits;
using QTrain.Noise;
using QTrain.Numerics;
using QTrain.Observables;

namespace QTrain.Simulation.Density;

/// <summary>Runs any circuit with noise exactly, as a density matrix: with measurements, resets and conditions in its middle, and misread qubits.</summary>
/// <remarks>What is measured and asked for later, or overwritten, divides the run into a branch for every value read; a measurement that nothing
/// follows is read off at the end. A misreading is part of the measurement: the state of a branch is Σ P(read | true)·Π ρ Π.</remarks>
public static class NoisySimulator
{
    // A branch less probable than rounding is one that cannot happen.
    private const double Impossible = 1e-14;

    // Each level of branches holds a density matrix of its own.
    private const int MaxDepth = 64;

    /// <summary>The exact probability of every value of the classical register at the end; of every reading of all qubits when the circuit
    /// measures nothing.</summary>
    /// <param name="program">A compiled circuit with noise.</param>
    /// <param name="at">Parameter values in radians, in the order of the circuit's parameters.</param>
    /// <param name="options">Threads and so on.</param>
    /// <exception cref="QuantumException">There are more than <see cref="Simulator.MaxBranches"/> branches, or the matrix does not fit into memory.</exception>
    public static ImmutableSortedDictionary<ulong, double> Probabilities(DensityProgram program, ReadOnlySpan<double> at = default, SimulationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        var result = ImmutableSortedDictionary.CreateBuilder<ulong, double>();
        var course = new Course(program, putOff: true);
        course.Follow(at, options, (register, matrix) =>
        {
            var probabilities = matrix.Probabilities([.. course.AtEnd.Select(e => e.Qubit)]);
            for (var k = 0; k < course.AtEnd.Length; k++) Misread(probabilities, k, program.Circuit.Readout.GetValueOrDefault(course.AtEnd[k].Qubit));
            for (var outcome = 0; outcome < probabilities.Length; outcome++)
            {
                if (probabilities[outcome] <= Impossible) continue;
                var read = register;
                for (var k = 0; k < course.AtEnd.Length; k++) read = NoisySequence.With(read, course.AtEnd[k].Bit, (outcome >> k & 1) != 0);
                result[read] = result.GetValueOrDefault(read) + probabilities[outcome];
            }
        });
        return result.ToImmutable();
    }

    /// <summary>Tr(ρO) of the state at the end, averaged over everything measured on the way.</summary>
    public static double Expectation(DensityProgram program, PauliSum observable, ReadOnlySpan<double> at = default, SimulationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(observable);
        var sum = 0.0;
        if (program.Sequence.HasConditions) new Course(program, putOff: false).Follow(at, options, (_, matrix) => sum += matrix.Expectation(observable));
        else
        {
            using var matrix = DensityMatrix.Zero(program.QubitCount, options);
            matrix.Apply(program, at);
            sum = matrix.Expectation(observable);
        }
        return sum;
    }

    /// <summary>Runs a circuit so many times.</summary>
    /// <returns>Counts of the classical register at the end; of all qubits, as they are read, when the circuit measures nothing.</returns>
    public static Counts Run(DensityProgram program, ReadOnlySpan<double> at, long shots, ulong seed, SimulationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        if (shots < 0) throw new QuantumException($"{shots} shots cannot be taken: give 0 or more.");
        return OutcomeSampling.Draw(Probabilities(program, at, options).Select(p => (p.Key, p.Value)), program.Sequence.OutcomeBits, shots, new RandomStream(seed));
    }

    /// <summary>The probabilities of what is read, from those of what is.</summary>
    internal static void Misread(double[] probabilities, int bit, ReadoutError error)
    {
        if (error.IsNone) return;
        for (var outcome = 0; outcome < probabilities.Length; outcome++)
        {
            if ((outcome >> bit & 1) != 0) continue;
            var (zero, one) = (probabilities[outcome], probabilities[outcome | 1 << bit]);
            probabilities[outcome] = error[false, false] * zero + error[false, true] * one;
            probabilities[outcome | 1 << bit] = error[true, false] * zero + error[true, true] * one;
        }
    }

    /// <summary>The steps of a program between its measurements.</summary>
    private sealed class Course
    {
        private readonly DensityProgram _program;
        private readonly List<object> _parts = [];      // plans, steps with a condition, measurements
        private readonly Dictionary<object, DensityPlan> _plans = [];
        private int _branches;

        public Course(DensityProgram program, bool putOff)
        {
            _program = program;
            var steps = program.Sequence.Steps;
            AtEnd = program.Sequence.PutOff(out var isPutOff);
            if (!putOff) isPutOff.AsSpan().Clear();
            List<NoisyStep>? block = null;
            for (var k = 0; k < steps.Length; k++)
            {
                if (isPutOff[k]) continue;
                if (steps[k].Condition is not null || steps[k].Instruction is { Kind: InstructionKind.Measure })
                {
                    block = null;
                    _parts.Add(steps[k]);
                }
                else
                {
                    if (block is null) _parts.Add(block = []);
                    block.Add(steps[k]);
                }
            }
        }

        public ImmutableArray<(int Qubit, int Bit)> AtEnd { get; }

        public void Follow(ReadOnlySpan<double> at, SimulationOptions? options, Action<ulong, DensityMatrix> atEnd)
        {
            _program.Sequence.Compiled.CheckPoint(at);
            using var matrix = DensityMatrix.Zero(_program.QubitCount, options);
            Follow(at, matrix, 0, 0, 0, atEnd);
        }

        private void Follow(ReadOnlySpan<double> at, DensityMatrix matrix, int next, ulong register, int depth, Action<ulong, DensityMatrix> atEnd)
        {
            for (var k = next; k < _parts.Count; k++)
            {
                if (_parts[k] is List<NoisyStep> block) matrix.Apply(PlanOf(block, block, matrix.Width), at);
                else
                {
                    var step = (NoisyStep)_parts[k];
                    if (step.Condition is { } condition && !NoisySequence.Holds(condition, register)) continue;
                    if (step.Instruction is not { Kind: InstructionKind.Measure } measure)
                    {
                        matrix.Apply(PlanOf(_parts[k], [step], matrix.Width), at);
                        continue;
                    }
                    if (depth == MaxDepth) throw TooMany();
                    using (var one = DensityMatrix.Zero(matrix.QubitCount, matrix.Options))
                    {
                        one.CopyFrom(matrix);
                        one.Apply(Reading(measure.Targets[0], true, one.Width), default);
                        if (one.Trace > Impossible) Follow(at, one, k + 1, NoisySequence.With(register, measure.Bit, true), depth + 1, atEnd);
                    }
                    matrix.Apply(Reading(measure.Targets[0], false, matrix.Width), default);
                    if (matrix.Trace <= Impossible) return;
                    register = NoisySequence.With(register, measure.Bit, false);
                }
            }
            if (++_branches > Simulator.MaxBranches) throw TooMany();
            atEnd(register, matrix);
        }

        private DensityPlan PlanOf(object part, List<NoisyStep> steps, LaneWidth width)
        {
            if (_plans.TryGetValue(part, out var known)) return known;
            var lowering = new DensityLowering(_program.QubitCount);
            foreach (var step in steps) lowering.Add(step);
            var plan = new DensityPlan(_program.QubitCount, lowering.Operations, width);
            _plans.Add(part, plan);
            return plan;
        }

        /// <summary>Σ P(read | true)·Π(true) ρ Π(true): I and Z mix, X and Y vanish.</summary>
        private DensityPlan Reading(int qubit, bool read, LaneWidth width)
        {
            var key = (qubit, read);
            if (_plans.TryGetValue(key, out var known)) return known;
            var error = _program.Circuit.Readout.GetValueOrDefault(qubit);
            var (sum, difference) = ((error[read, false] + error[read, true]) / 2, (error[read, false] - error[read, true]) / 2);
            var map = TransferMap.Constant([qubit], [sum, 0, difference, 0, 0, 0, 0, 0, difference, 0, sum, 0, 0, 0, 0, 0]);
            var plan = new DensityPlan(_program.QubitCount, [map], width);
            _plans.Add(key, plan);
            return plan;
        }

        private static QuantumException TooMany() => new(
            $"The circuit has more than {Simulator.MaxBranches} branches of measurements, or more than {MaxDepth} one after another: run it with trajectories instead.");
    }
}
