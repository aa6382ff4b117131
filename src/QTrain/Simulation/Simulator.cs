using System.Collections.Immutable;
using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.Observables;
using QTrain.Simulation.Batches;

namespace QTrain.Simulation;

/// <summary>Runs any circuit, with measurements, resets and conditions in its middle too.</summary>
/// <remarks>
/// Shots that have measured the same so far share one state: at a measurement the shots of a branch divide, each by a random number of its
/// own, and both parts go on. So a circuit that measures m times needs at most 2ᵐ states one after another, and never more than shots; the
/// measurements at the end are sampled all at once. A branch draws from a stream keyed by what it measured, so that counts depend on
/// the seed alone, not on threads.
/// </remarks>
public static class Simulator
{
    /// <summary>How many branches <see cref="Probabilities(CompiledCircuit, ReadOnlySpan{double}, SimulationOptions?)"/> follows before it gives up.</summary>
    public const int MaxBranches = 1 << 16;

    // A branch less probable than rounding is one that cannot happen: amplitudes of 1e-7, or of 3e-6 where they are singles.
    private static double Impossible(Precision precision) => precision == Precision.Double ? 1e-14 : 1e-11;

    // Each level holds a state of its own.
    private const int MaxDepth = 1000;

    /// <summary>Runs a circuit so many times.</summary>
    /// <returns>Counts of the classical bits at the end; of all qubits, measured at the end, when the circuit measures nothing.</returns>
    public static Counts Run(Circuit circuit, ReadOnlySpan<double> at, long shots, ulong seed, SimulationOptions? options = null) =>
        Run(CompiledCircuit.From(circuit), at, shots, new RandomStream(seed), options);

    /// <summary>Runs a circuit so many times.</summary>
    /// <param name="circuit">Any circuit.</param>
    /// <param name="at">Parameter values in radians, in the order of the circuit's parameters.</param>
    /// <param name="shots">How many times.</param>
    /// <param name="random">The same stream gives the same counts, on any number of threads.</param>
    /// <param name="options">Threads and so on.</param>
    /// <returns>Counts of the classical bits at the end; of all qubits, measured at the end, when the circuit measures nothing.</returns>
    /// <exception cref="NotEnoughMemoryException">The state does not fit into memory.</exception>
    public static Counts Run(CompiledCircuit circuit, ReadOnlySpan<double> at, long shots, RandomStream random, SimulationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        if (shots < 0) throw new QuantumException($"{shots} shots cannot be taken: give 0 or more.");
        circuit.CheckPoint(at);
        using var state = StateVector.Zero(circuit.QubitCount, options);
        if (!circuit.Instructions.Any(i => i.Kind == InstructionKind.Measure) && circuit.IsUnitary)
        {
            state.Apply(circuit, at);
            return state.Sample(shots, random);
        }
        var program = MeasuredProgram.Of(circuit, at, random);
        var found = new List<OutcomeCount>();
        program.Follow(new Branch(state, Next: 0, Register: 0, shots, random), (branch, final) =>
        {
            if (program.AtEnd.IsEmpty) found.Add(new OutcomeCount(branch.Register, branch.Shots));
            else
                foreach (var (outcome, count) in final.Sample(branch.Shots, branch.Random.Child(2), program.EndQubits))
                    found.Add(new OutcomeCount(program.RegisterAfter(branch.Register, outcome), count));
        });
        return program.MeasuresNothing
            ? new Counts(circuit.QubitCount, found)
            : new Counts(circuit.Circuit.BitCount, found);
    }

    /// <summary>The exact probability of every value of the classical register that can occur at the end of a circuit, by following every branch;
    /// of every basis state when the circuit measures nothing.</summary>
    /// <exception cref="QuantumException">There are more than <see cref="MaxBranches"/> branches.</exception>
    public static ImmutableSortedDictionary<ulong, double> Probabilities(
        CompiledCircuit circuit, ReadOnlySpan<double> at = default, SimulationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        circuit.CheckPoint(at);
        using var state = StateVector.Zero(circuit.QubitCount, options);
        var program = MeasuredProgram.Of(circuit, at, random: null);
        var probabilities = ImmutableSortedDictionary.CreateBuilder<ulong, double>();
        var branches = 0;
        program.Follow(new Branch(state, Next: 0, Register: 0, Shots: 0, default), (branch, final) =>
        {
            if (++branches > MaxBranches) throw TooManyBranches();
            if (program.AtEnd.IsEmpty) Add(branch.Register, final.NormSquared());
            else
            {
                var ofEnd = final.Probabilities(program.EndQubits);
                for (var outcome = 0; outcome < ofEnd.Length; outcome++)
                    if (ofEnd[outcome] > Impossible(final.Precision)) Add(program.RegisterAfter(branch.Register, (ulong)outcome), ofEnd[outcome]);
            }
        });
        return probabilities.ToImmutable();

        void Add(ulong register, double probability) => probabilities[register] = probabilities.GetValueOrDefault(register) + probability;
    }

    /// <summary>⟨ψ(θ)|O|ψ(θ)⟩ at many points θ at once: sooner than one after another where the circuit is small.</summary>
    /// <param name="circuit">A unitary circuit with P parameters.</param>
    /// <param name="observable">A sum on as many qubits as the circuit has, or fewer (the lowest).</param>
    /// <param name="points">Parameter values in radians, P for each point, in the order of the circuit's parameters.</param>
    /// <param name="options">Threads and so on; no result depends on it.</param>
    /// <returns>The real part of the expectation at each point. A value depends on its own point alone, to the bit, whatever the others are; it agrees with
    /// <see cref="StateVector.Expectation"/> up to rounding.</returns>
    /// <exception cref="QuantumException">The circuit measures, resets or asks a condition; circuit, observable and points do not fit together.</exception>
    /// <remarks>Up to 12 qubits the points go in batches, one lane of a register each; larger circuits one by one, several threads at a time.</remarks>
    public static double[] Expectations(CompiledCircuit circuit, PauliSum observable, IReadOnlyList<double[]> points, SimulationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        ArgumentNullException.ThrowIfNull(observable);
        using var expectations = new BatchedExpectations(circuit, observable, options);
        var listed = ListedPoints.Checked(points, circuit);
        var values = new double[points.Count];
        expectations.Evaluate(listed, values);
        return values;
    }

    private static QuantumException TooManyBranches() =>
        new($"The circuit has more than {MaxBranches} branches of measurements and resets to follow: run it with shots instead.");

    /// <summary>Shots (or, when exact, the unnormalized state itself) that have measured the same so far.</summary>
    private sealed record Branch(StateVector State, int Next, ulong Register, long Shots, RandomStream Random, int Depth = 0);

    /// <summary>A circuit with its angles bound and its last measurements put off to the end.</summary>
    private sealed class MeasuredProgram
    {
        private readonly CompiledCircuit _circuit;
        private readonly double[] _angles;
        private readonly bool[] _isPutOff;
        private readonly bool _isSampled;

        private MeasuredProgram(CompiledCircuit circuit, double[] angles, bool isSampled)
        {
            _circuit = circuit;
            _angles = angles;
            _isSampled = isSampled;
            _isPutOff = new bool[circuit.Instructions.Length];
            var end = new List<(int Qubit, int Bit)>();
            ulong usedLater = 0, bitsLater = 0;
            for (var k = circuit.Instructions.Length - 1; k >= 0; k--)
            {
                var instruction = circuit.Instructions[k];
                var qubits = instruction.ControlMask | instruction.Pauli.Support;
                foreach (var target in instruction.Targets) qubits |= 1UL << target;
                if (instruction.Kind == InstructionKind.Measure)
                {
                    // Nothing touches the qubit afterwards, and nobody reads or overwrites the bit: the measurement may as well come last.
                    var bit = 1UL << instruction.Bit;
                    if (instruction.Condition is null && (usedLater & qubits) == 0 && (bitsLater & bit) == 0)
                    {
                        _isPutOff[k] = true;
                        end.Add((instruction.Targets[0], instruction.Bit));
                    }
                    bitsLater |= bit;
                }
                if (instruction.Condition is { } condition)
                    foreach (var bit in condition.Bits) bitsLater |= 1UL << bit;
                usedLater |= qubits;
            }
            MeasuresNothing = !circuit.Instructions.Any(i => i.Kind == InstructionKind.Measure);
            AtEnd = MeasuresNothing ? [.. Enumerable.Range(0, circuit.QubitCount).Select(q => (q, q))] : [.. end.OrderBy(e => e.Bit)];
            EndQubits = [.. AtEnd.Select(e => e.Qubit)];
        }

        public bool MeasuresNothing { get; }

        public ImmutableArray<(int Qubit, int Bit)> AtEnd { get; }

        public int[] EndQubits { get; }

        public static MeasuredProgram Of(CompiledCircuit circuit, ReadOnlySpan<double> at, RandomStream? random)
        {
            if (circuit.Circuit.BitCount > 64)
                throw new QuantumException($"A circuit of {circuit.Circuit.BitCount} classical bits cannot be run: outcomes have at most 64 bits.");
            var angles = new double[circuit.Instructions.Length];
            for (var k = 0; k < angles.Length; k++) angles[k] = circuit.Instructions[k].Angle.At(at);
            return new MeasuredProgram(circuit, angles, random is not null);
        }

        /// <summary>The register once the last measurements have written their bits.</summary>
        public ulong RegisterAfter(ulong register, ulong outcome)
        {
            for (var k = 0; k < AtEnd.Length; k++)
                register = (register & ~(1UL << AtEnd[k].Bit)) | (outcome >> k & 1) << AtEnd[k].Bit;
            return register;
        }

        /// <summary>Runs a branch to its end, and those that divide from it. Its state is used up.</summary>
        public void Follow(Branch branch, Action<Branch, StateVector> atEnd)
        {
            var (state, register, shots, random) = (branch.State, branch.Register, branch.Shots, branch.Random);
            for (var k = branch.Next; k < _circuit.Instructions.Length; k++)
            {
                var instruction = _circuit.Instructions[k];
                if (_isPutOff[k] || instruction.Condition is { } condition && !Holds(condition, register)) continue;
                if (instruction.Kind is not (InstructionKind.Measure or InstructionKind.Reset))
                {
                    state.Apply(instruction, _angles[k], inverse: false);
                    continue;
                }
                var qubit = instruction.Targets[0];
                var (zero, one) = (state.Weight(1UL << qubit, 0), state.Weight(1UL << qubit, 1UL << qubit));
                var ones = _isSampled ? Ones(shots, one / (zero + one), ref random) : 0;
                var (hasZero, hasOne) = _isSampled ? (ones < shots, ones > 0) : (zero > Impossible(state.Precision), one > Impossible(state.Precision));
                if (hasZero && hasOne)
                {
                    if (branch.Depth == MaxDepth) throw TooManyBranches();
                    // The part with fewer shots goes first on a copy and is forgotten: then there are never more copies than log₂(shots).
                    var oneFirst = !_isSampled || 2 * ones <= shots;
                    using var copy = StateVector.Zero(state.QubitCount, state.Options);
                    copy.CopyFrom(state);
                    Settle(copy, instruction, oneFirst, oneFirst ? one : zero);
                    var (divided, drawn) = (oneFirst ? ones : shots - ones, random.Child(oneFirst ? 1UL : 0));
                    Follow(new Branch(copy, k + 1, Written(instruction, register, oneFirst), divided, drawn, branch.Depth + 1), atEnd);
                    (hasZero, hasOne) = (oneFirst, !oneFirst);
                    shots = oneFirst ? shots - ones : ones;
                }
                if (!hasZero && !hasOne) return;
                Settle(state, instruction, hasOne, hasOne ? one : zero);
                register = Written(instruction, register, hasOne);
                random = random.Child(hasOne ? 1UL : 0);
            }
            atEnd(new Branch(state, _circuit.Instructions.Length, register, shots, random), state);
        }

        private static long Ones(long shots, double probability, ref RandomStream random)
        {
            var ones = 0L;
            for (var shot = 0L; shot < shots; shot++)
                if (random.NextDouble() < probability) ones++;
            return ones;
        }

        /// <summary>Projects on what was measured: normalized when sampled, with the probability as its norm when exact. A reset qubit is turned back.</summary>
        private void Settle(StateVector state, Instruction instruction, bool value, double weight)
        {
            var qubit = instruction.Targets[0];
            state.Project(qubit, value, _isSampled ? 1 / Math.Sqrt(weight) : 1);
            if (instruction.Kind == InstructionKind.Reset && value) state.Apply(Flip(qubit), 0, inverse: false);
        }

        private static Instruction Flip(int qubit) => new()
        {
            Kind = InstructionKind.Matrix,
            Operation = 0,
            Targets = [qubit],
            Matrix = [0, 1, 1, 0],
        };

        private static ulong Written(Instruction instruction, ulong register, bool value) =>
            instruction.Kind != InstructionKind.Measure ? register
            : value ? register | 1UL << instruction.Bit : register & ~(1UL << instruction.Bit);

        private static bool Holds(Condition condition, ulong register)
        {
            for (var k = 0; k < condition.Bits.Length; k++)
                if ((register >> condition.Bits[k] & 1) != (condition.Value >> k & 1)) return false;
            return true;
        }
    }
}
