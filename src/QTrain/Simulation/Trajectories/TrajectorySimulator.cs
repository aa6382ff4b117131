using System.Collections.Concurrent;
using System.Numerics;
using QTrain.Noise;
using QTrain.Numerics;
using QTrain.Observables;
using QTrain.Shots;

namespace QTrain.Simulation.Trajectories;

/// <summary>Runs circuits with noise as trajectories (Monte-Carlo wave functions): each is a pure state in which every channel acted one way, chosen
/// by its probability. Their average is the density matrix, at the memory of a state.</summary>
/// <remarks>Dalibard, Castin &amp; Mølmer 1992, Phys. Rev. Lett. 68, 580. The same seed gives the same bits on any number of threads.</remarks>
public static class TrajectorySimulator
{
    /// <summary>Estimates Tr(ρO) of the final state.</summary>
    /// <param name="program">A compiled circuit with noise.</param>
    /// <param name="observable">A Hermitian observable on as many qubits.</param>
    /// <param name="at">Parameter values in radians, in the order of the circuit's parameters.</param>
    /// <param name="trajectories">How many, at least 2.</param>
    /// <param name="seed">The same seed gives the same trajectories.</param>
    /// <param name="options">Threads and so on.</param>
    /// <returns>The mean of the trajectories' exact expectations and its standard error, from their spread; Shots is the number of trajectories.</returns>
    /// <exception cref="NotHermitianException">A coefficient is not real.</exception>
    public static Estimate Expectation(
        TrajectoryProgram program, PauliSum observable, ReadOnlySpan<double> at, int trajectories, ulong seed, SimulationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(observable);
        if (trajectories < 2) throw new QuantumException($"{trajectories} trajectories tell no error: at least 2 are needed.");
        if (observable.QubitCount != program.QubitCount)
            throw new QuantumException($"The circuit has {program.QubitCount} qubits and the observable {observable.QubitCount}: they must be equal. Extend the smaller, an observable with ExtendTo.");
        observable.RequireHermitian();
        var values = new double[trajectories];
        new TrajectoryRun(program, at, trajectories, new RandomStream(seed), new Expectations(observable, values), options).Run();
        var mean = values.Sum() / trajectories;
        var spread = values.Sum(v => (v - mean) * (v - mean)) / (trajectories - 1);
        return new Estimate(mean, Math.Sqrt(spread / trajectories), trajectories);
    }

    /// <summary>Runs a circuit so many times, each shot a trajectory of its own.</summary>
    /// <returns>Counts of the classical register at the end; of all qubits, as they are read, when the circuit measures nothing.</returns>
    public static Counts Run(TrajectoryProgram program, ReadOnlySpan<double> at, int shots, ulong seed, SimulationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        if (shots < 0) throw new QuantumException($"{shots} shots cannot be taken: give 0 or more.");
        if (shots == 0) return new Counts(program.Sequence.OutcomeBits, []);
        var outcomes = new ulong[shots];
        new TrajectoryRun(program, at, shots, new RandomStream(seed), new Readings(outcomes), options).Run();
        return new Counts(program.Sequence.OutcomeBits, outcomes.CountBy(o => o).Select(c => new OutcomeCount(c.Key, c.Value)));
    }

    /// <summary>Estimates the probability of every outcome of measuring all qubits at the end, as they are, not as they are read.</summary>
    /// <returns>2ⁿ probabilities: the average of the trajectories' own.</returns>
    public static double[] Probabilities(TrajectoryProgram program, ReadOnlySpan<double> at, int trajectories, ulong seed, SimulationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        if (trajectories < 1) throw new QuantumException($"{trajectories} trajectories have no average: at least 1 is needed.");
        var sums = new Averages(program.QubitCount);
        new TrajectoryRun(program, at, trajectories, new RandomStream(seed), sums, options).Run();
        return sums.Of(trajectories);
    }

    /// <summary>⟨F†OF⟩ for every frame F: terms that anticommute with it change sign.</summary>
    private sealed class Expectations(PauliSum observable, double[] values) : ITrajectoryEnd
    {
        private readonly PauliSum[] _terms = [.. observable.Terms.Select(t => new PauliSum(observable.QubitCount, [t]))];

        public void Add(TrajectoryRun run, int block, StateVector state, ReadOnlySpan<int> trajectories)
        {
            var known = new Dictionary<PauliString, double>();
            double[]? terms = null;
            var frames = 0;
            foreach (var t in trajectories)
            {
                var frame = run.FrameAtEnd(t);
                if (!known.TryGetValue(frame, out var value)) known.Add(frame, value = Signed(frame));
                values[t] = value;
            }

            double Signed(PauliString frame)
            {
                // A sum or two is cheaper as a whole; for many frames every term is found once.
                if (frame == default) return state.Expectation(observable);
                if (terms is null && ++frames <= 2)
                    return state.Expectation(new PauliSum(observable.QubitCount, observable.Terms.Select(t => frame.CommutesWith(t.Pauli) ? t : t with { Coefficient = -t.Coefficient })));
                terms ??= [.. _terms.Select(t => state.Expectation(t))];
                var sum = 0.0;
                for (var k = 0; k < terms.Length; k++) sum += frame.CommutesWith(observable.Terms[k].Pauli) ? terms[k] : -terms[k];
                return sum;
            }
        }
    }

    /// <summary>One outcome a trajectory.</summary>
    private sealed class Readings(ulong[] outcomes) : ITrajectoryEnd
    {
        public void Add(TrajectoryRun run, int block, StateVector state, ReadOnlySpan<int> trajectories)
        {
            var (atEnd, readout) = (run.Program.AtEnd, run.Program.Circuit.Readout);
            foreach (var t in trajectories)
            {
                var register = run.Register(t);
                if (!atEnd.IsEmpty)
                {
                    ref var random = ref run.Reading(t);
                    var basis = state.Sample(1, random.Child(0))[0].Outcome ^ run.FlippedAtEnd(t);
                    foreach (var (qubit, bit) in atEnd)
                    {
                        var actual = (basis >> qubit & 1) != 0;
                        var error = readout.GetValueOrDefault(qubit);
                        register = NoisySequence.With(register, bit, error.IsNone ? actual : random.NextDouble() < error[true, actual]);
                    }
                }
                outcomes[t] = register;
            }
        }
    }

    /// <summary>Sums of probabilities by block, so that they are added in one order.</summary>
    private sealed class Averages(int qubits) : ITrajectoryEnd
    {
        private readonly ConcurrentDictionary<int, double[]> _sums = [];

        public void Add(TrajectoryRun run, int block, StateVector state, ReadOnlySpan<int> trajectories)
        {
            var sum = _sums.GetOrAdd(block, static (_, n) => new double[1 << n], qubits);
            var own = state.Probabilities();
            foreach (var t in trajectories)
            {
                var flipped = (int)run.FlippedAtEnd(t);
                for (var k = 0; k < sum.Length; k++) sum[k] += own[k ^ flipped];
            }
        }

        public double[] Of(int trajectories)
        {
            var result = new double[1 << qubits];
            foreach (var (_, sum) in _sums.OrderBy(s => s.Key))
                for (var k = 0; k < result.Length; k++) result[k] += sum[k];
            for (var k = 0; k < result.Length; k++) result[k] /= trajectories;
            return result;
        }
    }
}
