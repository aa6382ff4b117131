using System.CommandLine;
using QTrain.Circuits;
using QTrain.Cli.Evaluate;
using QTrain.Cli.Terminal;
using QTrain.Formats;
using QTrain.Simulation;

namespace QTrain.Cli.Devices;

/// <summary>The options with which a verb runs a circuit as a device would, or with a noise model written by hand.</summary>
internal sealed class DeviceOptions
{
    private readonly Option<string?> _device = DeviceCatalog.Option();
    private readonly Option<string?> _noise = new("--noise") { Description = "A noise model to run with, as JSON: channels beside gates, misread qubits.", HelpName = "FILE" };
    private readonly Option<string> _store = SharedOptions.Store();

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_device, _noise, _store]) command.Add(option);
    }

    /// <summary>Whether a device or noise was asked for.</summary>
    public bool AreGiven(ParseResult parse) => parse.GetValue(_device) is not null || parse.GetValue(_noise) is not null;

    /// <summary>Runs a circuit without open parameters as was asked for; says on standard error what the calibration has no answer to.</summary>
    public async ValueTask<DeviceSimulation> RunAsync(
        ParseResult parse, ResultWriter result, Circuit circuit, long? shots, ulong seed, SimulationOptions options, CancellationToken cancellation)
    {
        var (device, noise) = (parse.GetValue(_device), parse.GetValue(_noise));
        if (device is not null && noise is not null) throw new UsageException("--device and --noise: a device brings its own noise; keep one.");
        if (circuit.Operations.Any(o => o is ChannelOperation) && device is not null) throw new UsageException("--device: the circuit holds noise channels of its own, which no device performs. Leave --device out, or the channels.");
        var simulation = device is not null
            ? DeviceSimulation.OnDevice(circuit, (await DeviceCatalog.FindAsync(device, parse.GetValue(_store)!, cancellation)).Calibration, shots, seed, options)
            : DeviceSimulation.WithModel(circuit, NoiseModelJson.Read(EvaluationInputs.Text(noise!), noise!), shots, seed, options);
        simulation.Report(result);
        return simulation;
    }
}
