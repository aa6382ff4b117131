using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using QTrain.Circuits;
using QTrain.Noise;
using QTrain.Transpilation;

namespace QTrain.Devices;

/// <summary>A device as a place where circuits run noisily: compiled to its gates and qubits, with the errors its calibration reports.</summary>
public sealed class DeviceNoiseSource : INoiseSource
{
    private readonly DeviceNoise _noise;
    private readonly TranspileOptions _transpile;
    private readonly ConcurrentDictionary<Circuit, TranspiledCircuit> _compiled = new();

    /// <summary>The device of a calibration.</summary>
    /// <param name="calibration">What is known of it.</param>
    /// <param name="options">What the noise is made of.</param>
    /// <param name="transpile">How circuits are compiled.</param>
    /// <exception cref="QuantumException">The calibration does not say enough to compile for the device, or an option cannot be.</exception>
    public DeviceNoiseSource(Calibration calibration, DeviceNoiseOptions? options = null, TranspileOptions? transpile = null)
    {
        ArgumentNullException.ThrowIfNull(calibration);
        (Calibration, Options, _transpile) = (calibration, options ?? DeviceNoiseOptions.Default, transpile ?? new TranspileOptions());
        Target = calibration.ToTarget();
        _noise = DeviceNoise.From(calibration, Options);
    }

    /// <summary>What is known of the device.</summary>
    public Calibration Calibration { get; }

    /// <summary>What the noise is made of.</summary>
    public DeviceNoiseOptions Options { get; }

    /// <summary>What circuits are compiled for.</summary>
    public Target Target { get; }

    /// <summary>What the calibration does not say, and what is not possible in it, in sentences for people.</summary>
    public ImmutableArray<string> Warnings => _noise.Warnings;

    /// <inheritdoc/>
    public string Name => Calibration.Device;

    /// <inheritdoc/>
    public string Identity => string.Create(CultureInfo.InvariantCulture,
        $"""
        device {Calibration.Device}
        calibration {Calibration.ContentId}
        noise relaxation {Options.Relaxation} idle {Options.IdleRelaxation} depolarizing {Options.Depolarizing} readout {Options.Readout} excited {Options.ExcitedPopulation:R} crosstalk {Options.Crosstalk:R}
        """).ReplaceLineEndings("\n");

    /// <summary>The circuit in the device's gates, on its qubits; each is compiled once.</summary>
    /// <exception cref="QuantumException">It does not fit the device.</exception>
    public TranspiledCircuit Compile(Circuit circuit) => _compiled.GetOrAdd(circuit, c => Transpiler.Run(c, Target, _transpile));

    /// <inheritdoc/>
    public NoisyCircuit Prepare(Circuit circuit) => _noise.ApplyTo(Compile(circuit).Circuit).OnUsedQubits(out _);
}
