using System.Collections.Immutable;
using QTrain.Formats;

namespace QTrain.Simulation.Stabilizer;

/// <summary>A circuit of Clifford gates, measurements, resets and Pauli noise, with detectors and observables: what a .stim file says. A value.</summary>
/// <remarks>Gidney 2021, "Stim: a fast stabilizer circuit simulator", arXiv:2103.02202. <see cref="StimText"/> reads and writes it.</remarks>
public sealed class StimCircuit : IEquatable<StimCircuit>
{
    internal StimCircuit(ImmutableArray<StimInstruction> instructions)
    {
        Instructions = instructions;
        var totals = Count(instructions);
        (QubitCount, Measurements, Detectors, ObservableCount, ExecutedTargets) = (totals.Qubits, totals.Measurements, totals.Detectors, totals.Observables, totals.Targets);
        MaxLookback = totals.Lookback;
    }

    /// <summary>Reads a circuit from stim's text.</summary>
    /// <exception cref="InvalidFileException">The text is not right; says where, what was given and what is allowed.</exception>
    public static StimCircuit Parse(string text) => StimText.Read(text, "circuit");

    /// <summary>How many qubits: the largest number that occurs, plus one.</summary>
    public int QubitCount { get; }

    /// <summary>How many results a run appends to the measurement record, REPEAT blocks run as often as they say.</summary>
    public long MeasurementCount => Whole(Measurements, "measurements");

    /// <summary>How many detectors a run has.</summary>
    public long DetectorCount => Whole(Detectors, "detectors");

    /// <summary>How many logical observables: the largest number that occurs, plus one.</summary>
    public int ObservableCount { get; }

    internal ImmutableArray<StimInstruction> Instructions { get; }

    // UInt128: REPEAT 10^18 within REPEAT 10^18 must be counted before it can be refused.
    internal UInt128 Measurements { get; }

    internal UInt128 Detectors { get; }

    /// <summary>How many targets a run acts on: the work of one shot.</summary>
    internal UInt128 ExecutedTargets { get; }

    /// <summary>How far back into the measurement record the circuit looks.</summary>
    internal int MaxLookback { get; }

    /// <inheritdoc/>
    public bool Equals(StimCircuit? other) => other is not null && Instructions.SequenceEqual(other.Instructions);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as StimCircuit);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(QubitCount, Instructions.Length, Measurements, Detectors);

    /// <summary>The circuit as stim's text; <see cref="StimText.Read"/> reads it back.</summary>
    public override string ToString() => StimText.Write(this);

    private static long Whole(UInt128 count, string what) => count <= (UInt128)long.MaxValue
        ? (long)count
        : throw new QuantumException($"The circuit has {count} {what} when its REPEAT blocks are run: more than can be counted.");

    private static Totals Count(ImmutableArray<StimInstruction> instructions)
    {
        var totals = new Totals();
        foreach (var instruction in instructions)
        {
            if (instruction.Gate.Kind == StimKind.Repeat)
            {
                totals.Add(Count(instruction.Body), (UInt128)instruction.Repetitions);
                continue;
            }
            totals.Measurements = Saturated(totals.Measurements, (UInt128)instruction.Measurements);
            totals.Targets = Saturated(totals.Targets, (UInt128)Math.Max(1, instruction.Targets.Length));
            if (instruction.Gate.Kind == StimKind.Detector) totals.Detectors = Saturated(totals.Detectors, 1);
            if (instruction.Gate.Kind == StimKind.Observable) totals.Observables = Math.Max(totals.Observables, (int)instruction.Arguments[0] + 1);
            foreach (var target in instruction.Targets)
            {
                if (target.Kind is StimTargetKind.Qubit or StimTargetKind.Pauli && instruction.Gate.Kind != StimKind.Pad) totals.Qubits = Math.Max(totals.Qubits, target.Number + 1);
                if (target.Kind == StimTargetKind.Record) totals.Lookback = Math.Max(totals.Lookback, target.Number);
            }
        }
        return totals;
    }

    private static UInt128 Saturated(UInt128 left, UInt128 right, UInt128? times = null)
    {
        // Below 2⁶⁴ each, products fit; beyond, the number is only ever refused.
        var limit = (UInt128)1 << 90;
        var factor = times ?? 1;
        return factor != 0 && right > limit / factor ? limit : UInt128.Min(limit, left + right * factor);
    }

    private sealed class Totals
    {
        public UInt128 Measurements, Detectors, Targets;
        public int Qubits, Observables, Lookback;

        public void Add(Totals body, UInt128 times)
        {
            Measurements = Saturated(Measurements, body.Measurements, times);
            Detectors = Saturated(Detectors, body.Detectors, times);
            Targets = Saturated(Targets, body.Targets + 1, times);
            (Qubits, Observables, Lookback) = (Math.Max(Qubits, body.Qubits), Math.Max(Observables, body.Observables), Math.Max(Lookback, body.Lookback));
        }
    }
}
