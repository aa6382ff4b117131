using System.Collections.Immutable;

namespace QTrain.Simulation.Stabilizer;

/// <summary>What a target of a stim instruction is.</summary>
internal enum StimTargetKind
{
    /// <summary>A qubit, or the bit of MPAD.</summary>
    Qubit,

    /// <summary>rec[-k], k being the target's number.</summary>
    Record,

    /// <summary>sweep[k].</summary>
    Sweep,

    /// <summary>A letter on a qubit.</summary>
    Pauli,

    /// <summary>The * between the letters of a product.</summary>
    Combiner,
}

/// <summary>One target of a stim instruction.</summary>
internal readonly record struct StimTarget(StimTargetKind Kind, int Number, char Letter = ' ', bool IsInverted = false)
{
    /// <summary>The target as stim writes it.</summary>
    public override string ToString() => (IsInverted ? "!" : "") + Kind switch
    {
        StimTargetKind.Record => $"rec[-{Number}]",
        StimTargetKind.Sweep => $"sweep[{Number}]",
        StimTargetKind.Pauli => $"{Letter}{Number}",
        StimTargetKind.Combiner => "*",
        _ => Number.ToString(),
    };
}

/// <summary>One instruction of a stim circuit, or a REPEAT block.</summary>
internal sealed record StimInstruction(StimGate Gate, ImmutableArray<double> Arguments, ImmutableArray<StimTarget> Targets)
{
    /// <summary>The text in square brackets, as written; it means nothing here.</summary>
    public string Tag { get; init; } = "";

    /// <summary>What a REPEAT block repeats.</summary>
    public ImmutableArray<StimInstruction> Body { get; init; } = [];

    /// <summary>How often a REPEAT block is run.</summary>
    public long Repetitions { get; init; }

    /// <summary>The line it stands in, from 1; 0 when it comes from no text. Not part of the value.</summary>
    public int Line { get; init; }

    /// <summary>How many results it appends to the measurement record, the body of a block counted once.</summary>
    public int Measurements => Gate.Kind switch
    {
        StimKind.Measure or StimKind.MeasureReset or StimKind.Pad or StimKind.Heralded => Targets.Length,
        StimKind.MeasurePair => Targets.Length / 2,
        StimKind.MeasureProduct => Products().Count(),
        _ => 0,
    };

    /// <summary>The Pauli products of targets joined by combiners.</summary>
    public IEnumerable<ImmutableArray<StimTarget>> Products()
    {
        for (var start = 0; start < Targets.Length;)
        {
            var end = start + 1;
            while (end < Targets.Length && Targets[end].Kind == StimTargetKind.Combiner) end += 2;
            yield return [.. Targets[start..end].Where(t => t.Kind != StimTargetKind.Combiner)];
            start = end;
        }
    }

    /// <summary>The pairs of targets of a gate on two qubits.</summary>
    public IEnumerable<(StimTarget First, StimTarget Second)> Pairs()
    {
        for (var k = 0; k < Targets.Length; k += 2) yield return (Targets[k], Targets[k + 1]);
    }

    /// <inheritdoc/>
    public bool Equals(StimInstruction? other) =>
        other is not null && ReferenceEquals(Gate, other.Gate) && Tag == other.Tag && Repetitions == other.Repetitions
        && Arguments.AsSpan().SequenceEqual(other.Arguments.AsSpan()) && Targets.AsSpan().SequenceEqual(other.Targets.AsSpan()) && Body.SequenceEqual(other.Body);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Gate, Tag, Arguments.Length, Targets.Length, Repetitions);
}
