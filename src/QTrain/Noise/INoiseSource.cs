using QTrain.Circuits;

namespace QTrain.Noise;

/// <summary>What becomes of circuits where they run: a device's compilation and noise, or a noise model written by hand.</summary>
public interface INoiseSource
{
    /// <summary>A name for people.</summary>
    string Name { get; }

    /// <summary>The text that tells it from every other that acts otherwise: a line for each thing that matters, so that a difference has a name.</summary>
    string Identity { get; }

    /// <summary>A circuit as it runs there: the same classical bits and parameters in their order, any number of qubits.</summary>
    /// <exception cref="QuantumException">It cannot run there; says why.</exception>
    NoisyCircuit Prepare(Circuit circuit);
}

/// <summary>A noise model that acts on circuits as they are.</summary>
/// <param name="model">The model.</param>
/// <param name="name">A name for people.</param>
/// <param name="identity">The text it was read from, or another that tells it from all others.</param>
public sealed class ModelNoise(NoiseModel model, string name, string identity) : INoiseSource
{
    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public string Identity { get; } = identity;

    /// <inheritdoc/>
    public NoisyCircuit Prepare(Circuit circuit) => model.ApplyTo(circuit);
}
