using System.Collections.Immutable;
using QTrain.Noise;
using QTrain.Observables;

namespace QTrain.Mitigation;

/// <summary>The inverse of a Pauli channel as a mixture of Pauli gates with signed weights, which undoes the channel on average: probabilistic error
/// cancellation.</summary>
/// <remarks>Temme, Bravyi &amp; Gambetta 2017, PRL 119, 180509. A gate drawn by |weight| and counted with its sign and γ gives the noiseless expectation,
/// with γ² times the variance.</remarks>
public sealed class QuasiProbabilities
{
    private QuasiProbabilities(ImmutableArray<(PauliString Pauli, double Weight)> weights) => Weights = weights;

    /// <summary>The weight of every Pauli string, the identity first; they add up to 1.</summary>
    public ImmutableArray<(PauliString Pauli, double Weight)> Weights { get; }

    /// <summary>γ = Σ |weight|, at least 1: a circuit's cost in shots is the square of the product over its channels.</summary>
    public double OneNorm => Weights.Sum(w => Math.Abs(w.Weight));

    /// <summary>The weights that undo a channel.</summary>
    /// <param name="channel">A mixture of Pauli errors, such as depolarizing noise.</param>
    /// <exception cref="QuantumException">The channel is no mixture of Pauli errors, or forgets so much that nothing undoes it.</exception>
    public static QuasiProbabilities Inverse(Channel channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        var (transfer, size) = (channel.Transfer, 1 << (2 * channel.QubitCount));
        for (var row = 0; row < size; row++)
        {
            for (var column = 0; column < size; column++)
                if (row != column && Math.Abs(transfer[row * size + column]) > Channel.TracePreservingTolerance)
                    throw new QuantumException($"{channel} is no mixture of Pauli errors: weights of Pauli gates cannot undo it. Twirl it first.");
            if (!(Math.Abs(transfer[row * size + row]) > 1e-9))
                throw new QuantumException($"{channel} leaves nothing of {PauliTransfer.StringOf(row, channel.QubitCount).ToLabel(channel.QubitCount)}: nothing undoes it.");
        }
        // The transfer matrix of the error P has ±1 on its diagonal, − where P anticommutes with the row's string: a Walsh transform, its own inverse but for 1/4ᵏ.
        return new([.. Enumerable.Range(0, size).Select(error => (PauliTransfer.StringOf(error, channel.QubitCount),
            Enumerable.Range(0, size).Sum(row => (PauliTransfer.Anticommute(row, error) ? -1 : 1) / transfer[row * size + row]) / size))]);
    }
}
