using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json.Nodes;
using QTrain.Circuits;
using QTrain.OpenQasm.Meaning;
using QTrain.Simulation;

namespace QTrain.OpenQasm.Running;

/// <summary>All outcomes of a program. One that is gates and then measurements is run as one planned circuit; any other branch by branch.</summary>
internal static class ExactRun
{
    // Outcomes of more measured qubits are not written out.
    private const int MostMeasured = 26;

    // States up to so many qubits are written out when asked for.
    private const int MostListedQubits = 20;

    public static OpenQasmResult Of(OpenQasmProgram program, IReadOnlyDictionary<string, string>? inputs, bool withState, QasmLimits limits, SimulationOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(program);
        var bound = program.Bound;
        foreach (var input in bound.Inputs)
            if (inputs is null || !inputs.ContainsKey(input.Name)) InputValues.Assign(program, new Machine(MachineMode.Written, 0, limits, cancellation).Begin(bound.GlobalSize, 0, default), inputs, keepsParameters: false);
        if (withState && bound.QubitCount > MostListedQubits) throw new QuantumException($"--state lists the amplitudes of at most {MostListedQubits} qubits; the program has {bound.QubitCount}.");
        WrittenCircuit? written = null;
        try
        {
            written = WrittenCircuit.Of(program, inputs, limits, cancellation);
        }
        catch (NotStaticException)
        {
            // Then it is followed branch by branch.
        }
        if (written is { Circuit: null }) return WithoutQubits(bound, written);
        if (written?.Circuit is { } circuit && TerminalMeasurement.Of(circuit) is { } terminal) return OfTerminal(bound, written, terminal, withState, options);
        return Branched(program, inputs, withState, limits, options, cancellation);
    }

    private static OpenQasmResult WithoutQubits(BoundProgram bound, WrittenCircuit written)
    {
        var bits = Variables.BitsOf(bound, written.Final.Globals, _ => false);
        return new OpenQasmResult
        {
            Probabilities = bits.Length == 0 ? [] : [new KeyValuePair<string, double>(bits, 1)],
            IsComplete = true,
            Outcomes = [new OpenQasmOutcome(1, Variables.ToJson(bound, written.Final.Globals, _ => false))],
            Measures = written.Measures,
            State = [Complex.One],
        };
    }

    private static OpenQasmResult OfTerminal(BoundProgram bound, WrittenCircuit written, TerminalMeasurement terminal, bool withState, SimulationOptions options)
    {
        using var state = StateVector.Zero(bound.QubitCount, options);
        state.Apply(terminal.Gates);
        var globals = written.Final.Globals;
        Complex[]? amplitudes = withState ? state.ToArray() : null;
        if (!written.Measures)
        {
            if (bound.QubitCount > MostMeasured) throw TooMany(bound.QubitCount, "qubits");
            var (listed, isComplete) = Top(state.Probabilities(), index => Variables.Text(index, bound.QubitCount));
            return new OpenQasmResult
            {
                Probabilities = listed,
                IsComplete = isComplete,
                Outcomes = [new OpenQasmOutcome(1, Variables.ToJson(bound, globals, _ => false))],
                Measures = false,
                State = amplitudes,
            };
        }
        var qubits = terminal.Qubits;
        if (qubits.Length > MostMeasured) throw TooMany(qubits.Length, "measured qubits");
        // One qubit may be measured into several bits, which then agree.
        var place = terminal.BitToQubit;
        var index = qubits.Select((q, k) => (q, k)).ToDictionary(p => p.q, p => p.k);
        double[] probabilities = qubits.Length == 0 ? [1.0] : state.Probabilities(qubits);
        var chosen = Largest(probabilities);
        var byBits = new Dictionary<string, double>();
        var byVariables = new Dictionary<string, (double Probability, JsonObject Variables)>();
        foreach (var outcome in chosen.Indices)
        {
            bool Bit(int bit) => place.TryGetValue(bit, out var qubit) && (outcome >> index[qubit] & 1) != 0;
            Add(byBits, byVariables, bound, globals, Bit, probabilities[outcome]);
        }
        return Result(byBits, byVariables, chosen.IsComplete, measures: true, amplitudes);
    }

    private static QuantumException TooMany(int count, string what) =>
        new($"the probabilities of {count} {what} are too many to write out: {MostMeasured} are possible. Run the program with --shots.");

    private static void Add(Dictionary<string, double> byBits, Dictionary<string, (double Probability, JsonObject Variables)> byVariables, BoundProgram bound, Value[] globals, Func<int, bool> bit, double probability)
    {
        var bits = Variables.BitsOf(bound, globals, bit);
        byBits[bits] = byBits.GetValueOrDefault(bits) + probability;
        AddOutcome(byVariables, Variables.ToJson(bound, globals, bit), probability);
    }

    private static void AddOutcome(Dictionary<string, (double Probability, JsonObject Variables)> outcomes, JsonObject variables, double probability)
    {
        var key = variables.ToJsonString();
        outcomes[key] = outcomes.TryGetValue(key, out var old) ? (old.Probability + probability, old.Variables) : (probability, variables);
    }

    private static OpenQasmResult Result(Dictionary<string, double> byBits, Dictionary<string, (double Probability, JsonObject Variables)> byVariables, bool isComplete, bool measures, Complex[]? state)
    {
        var (listed, isWhole) = OpenQasmSimulation.Listed(byBits);
        return new OpenQasmResult
        {
            Probabilities = listed,
            IsComplete = isComplete && isWhole,
            Outcomes = [.. byVariables.Where(o => o.Value.Probability > 1e-12).OrderByDescending(o => o.Value.Probability).ThenBy(o => o.Key, StringComparer.Ordinal)
                .Take(OpenQasmSimulation.MostOutcomes).Select(o => new OpenQasmOutcome(o.Value.Probability, o.Value.Variables))],
            Measures = measures,
            State = state,
        };
    }

    // Indices of the largest probabilities above the least that counts.
    private static (List<int> Indices, bool IsComplete) Largest(double[] probabilities)
    {
        var indices = new List<int>();
        for (var k = 0; k < probabilities.Length; k++)
            if (probabilities[k] > 1e-12) indices.Add(k);
        if (indices.Count <= OpenQasmSimulation.MostOutcomes) return (indices, true);
        indices.Sort((a, b) => probabilities[b] != probabilities[a] ? probabilities[b].CompareTo(probabilities[a]) : a.CompareTo(b));
        return (indices[..OpenQasmSimulation.MostOutcomes], false);
    }

    private static (IReadOnlyList<KeyValuePair<string, double>> Listed, bool IsComplete) Top(double[] probabilities, Func<ulong, string> text)
    {
        var (indices, isComplete) = Largest(probabilities);
        indices.Sort();
        return ([.. indices.Select(k => KeyValuePair.Create(text((ulong)k), probabilities[k]))], isComplete);
    }

    /// <summary>Follows the outcomes of measurements side by side while there is room for their states. Where there is not, the histories are divided by
    /// the outcomes of the first measurements, and followed part by part: the beginning is run again for each, and no more is held than before.</summary>
    private static OpenQasmResult Branched(OpenQasmProgram program, IReadOnlyDictionary<string, string>? inputs, bool withState, QasmLimits limits, SimulationOptions options, CancellationToken cancellation)
    {
        var (bound, done) = (program.Bound, new WorkDone());
        var byBits = new Dictionary<string, double>();
        var byVariables = new Dictionary<string, (double Probability, JsonObject Variables)>();
        Complex[]? amplitudes = null;
        var parts = new Stack<ImmutableArray<bool>>([[]]);
        var (ended, isDivided) = (0, false);
        while (parts.TryPop(out var forced))
        {
            var machine = new Machine(MachineMode.Exact, bound.QubitCount, limits, cancellation) { Simulation = options, Forced = forced, Done = done };
            var branches = new List<Branch>();
            Branch? first = null;
            try
            {
                first = machine.Begin(bound.GlobalSize, 0, default);
                branches.Add(first);
                InputValues.Assign(program, first, inputs, keepsParameters: false);
                bound.Body.Run(machine, branches);
                if (machine.IsRepetition) continue;
                if ((ended += branches.Count) > limits.MaxBranches) throw TooManyOutcomes(bound.Body.Span, limits);
                foreach (var branch in branches) Read(machine, branch);
                if (withState && !isDivided && branches is [{ State: { } only }]) amplitudes = only.ToArray();
            }
            catch (ImpossibleHistoryException)
            {
                // Nothing begins so.
            }
            catch (TooManyStatesException fault)
            {
                isDivided = true;
                // So many histories had begun like this one; as many are like it, before any has ended.
                var further = BitOperations.Log2((uint)fault.States);
                if (forced.Length + further > 62 || (long)fault.States << forced.Length > limits.MaxBranches) throw TooManyOutcomes(fault.At, limits);
                for (var outcomes = (1L << further) - 1; outcomes >= 0; outcomes--)
                    parts.Push(forced.AddRange(Enumerable.Range(0, further).Select(k => (outcomes >> (further - 1 - k) & 1) != 0)));
            }
            finally
            {
                machine.DisposeAll();
            }
        }
        return Result(byBits, byVariables, isComplete: true, bound.Measures, amplitudes);

        void Read(Machine machine, Branch branch)
        {
            machine.Settle(branch);
            if (machine.HasMeasured && bound.Measures)
            {
                Add(byBits, byVariables, bound, branch.Globals, _ => false, branch.Weight);
                return;
            }
            AddOutcome(byVariables, Variables.ToJson(bound, branch.Globals, _ => false), branch.Weight);
            if (bound.QubitCount > MostMeasured) throw TooMany(bound.QubitCount, "qubits");
            var probabilities = branch.State!.Probabilities();
            for (var k = 0; k < probabilities.Length; k++)
            {
                if (!(probabilities[k] * branch.Weight > 1e-15)) continue;
                var text = Variables.Text((ulong)k, bound.QubitCount);
                byBits[text] = byBits.GetValueOrDefault(text) + probabilities[k] * branch.Weight;
            }
        }
    }

    private static Formats.InvalidFileException TooManyOutcomes(Syntax.Span at, QasmLimits limits) =>
        at.Fault($"more than {limits.MaxBranches:#,0} outcomes of measurements have to be followed: run the program with --shots instead.");
}

/// <summary>A circuit as gates and then measurements.</summary>
/// <param name="Gates">All but the measurements.</param>
/// <param name="Qubits">What is measured, ascending.</param>
/// <param name="BitToQubit">The qubit whose outcome each bit holds.</param>
internal sealed record TerminalMeasurement(Circuit Gates, int[] Qubits, IReadOnlyDictionary<int, int> BitToQubit)
{
    /// <summary>Null when something happens to a qubit after it was measured, or depends on what was.</summary>
    public static TerminalMeasurement? Of(Circuit circuit)
    {
        var gates = new List<Operation>(circuit.Operations.Length);
        var touched = new HashSet<int>();
        var measured = new Dictionary<int, int>();
        var ended = new HashSet<int>();
        foreach (var operation in circuit.Operations)
        {
            if (operation.Condition is not null) return null;
            switch (operation)
            {
                case Measure measure:
                    measured[measure.Bit] = measure.Qubit;
                    ended.Add(measure.Qubit);
                    continue;
                case Circuits.Barrier or Delay:
                    continue;
                case Reset reset when !touched.Contains(reset.Qubit) && !ended.Contains(reset.Qubit):
                    continue;           // it is |0⟩ already
                case Reset or ChannelOperation:
                    return null;
            }
            foreach (var qubit in operation.Qubits)
            {
                if (ended.Contains(qubit)) return null;
                touched.Add(qubit);
            }
            gates.Add(operation);
        }
        return new TerminalMeasurement(new Circuit(circuit.QubitCount, gates, parameters: circuit.Parameters), [.. ended.Order()], measured);
    }
}
