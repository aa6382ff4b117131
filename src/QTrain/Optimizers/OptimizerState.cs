using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace QTrain.Optimizers;

/// <summary>Where an optimizer stands between two steps: everything it needs to go on as if it had never stopped, as numbers, of which every bit is kept.</summary>
/// <param name="Version">The form of the numbers; raised whenever they mean something else.</param>
/// <param name="Numbers">The numbers.</param>
public sealed record OptimizerState(int Version, ImmutableArray<double> Numbers)
{
    /// <summary>A state made of some numbers and vectors.</summary>
    public static OptimizerState Of(int version, ReadOnlySpan<double> numbers, params ReadOnlySpan<double[]> vectors)
    {
        var all = ImmutableArray.CreateBuilder<double>();
        all.AddRange(numbers);
        foreach (var vector in vectors) all.AddRange(vector);
        return new OptimizerState(version, all.ToImmutable());
    }

    /// <summary>The vectors behind the first numbers, each of a dimension, as copies; null when there are not so many of that version.</summary>
    /// <param name="version">The version that is understood.</param>
    /// <param name="numbers">How many numbers come before the vectors.</param>
    /// <param name="vectors">How many vectors.</param>
    /// <param name="dimension">The length of each.</param>
    public double[][]? Vectors(int version, int numbers, int vectors, int dimension)
    {
        if (Version != version || Numbers.Length != numbers + vectors * dimension) return null;
        var found = new double[vectors][];
        for (var k = 0; k < vectors; k++) found[k] = Numbers.AsSpan(numbers + k * dimension, dimension).ToArray();
        return found;
    }

    /// <summary>Equal states hold the same bits.</summary>
    public bool Equals(OptimizerState? other) =>
        other is not null && Version == other.Version
        && MemoryMarshal.AsBytes(Numbers.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(other.Numbers.AsSpan()));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Version, Numbers.Length);
}
