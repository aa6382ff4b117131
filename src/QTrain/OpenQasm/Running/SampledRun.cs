using QTrain.OpenQasm.Meaning;
using QTrain.Simulation;

namespace QTrain.OpenQasm.Running;

/// <summary>Shots of programs that are one circuit: planned once, and sampled all at once where nothing follows the measurements.</summary>
internal static class SampledRun
{
    /// <summary>Null when the program is no circuit, or has too many bits to count this way.</summary>
    public static WideCounts? OfCircuit(OpenQasmProgram program, IReadOnlyDictionary<string, string>? inputs, long shots, ulong seed, SimulationOptions? options, CancellationToken cancellation)
    {
        var bound = program.Bound;
        foreach (var input in bound.Inputs)
            if (inputs is null || !inputs.ContainsKey(input.Name)) return null;
        WrittenCircuit written;
        try
        {
            written = WrittenCircuit.Of(program, inputs, new QasmLimits(), cancellation);
        }
        catch (NotStaticException)
        {
            return null;
        }
        if (written.Circuit is not { BitCount: <= 64 } circuit) return null;
        if (!written.Measures)
        {
            if (TerminalMeasurement.Of(circuit) is not { } unitary) return null;
            using var state = StateVector.Zero(circuit.QubitCount, options);
            state.Apply(unitary.Gates);
            return new WideCounts(circuit.QubitCount, state.Sample(shots, seed).Select(o => new BitsCount(Variables.Text(o.Outcome, circuit.QubitCount), o.Count)));
        }
        if (TerminalMeasurement.Of(circuit) is { } terminal)
        {
            using var state = StateVector.Zero(circuit.QubitCount, options);
            state.Apply(terminal.Gates);
            var index = terminal.Qubits.Select((q, k) => (q, k)).ToDictionary(p => p.q, p => p.k);
            var counts = terminal.Qubits.Length == 0 ? new Counts(0, [new OutcomeCount(0, shots)]) : state.Sample(shots, seed, terminal.Qubits);
            return Resolved(bound, written, counts, (outcome, bit) => terminal.BitToQubit.TryGetValue(bit, out var qubit) && (outcome >> index[qubit] & 1) != 0);
        }
        return Resolved(bound, written, Simulator.Run(circuit, [], shots, seed, options), static (register, bit) => (register >> bit & 1) != 0);
    }

    private static WideCounts Resolved(BoundProgram bound, WrittenCircuit written, Counts counts, Func<ulong, int, bool> bit) =>
        new(bound.BitCount, counts.Select(o => new BitsCount(Variables.BitsOf(bound, written.Final.Globals, b => bit(o.Outcome, b)), o.Count)));
}
