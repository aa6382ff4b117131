using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using QTrain.Circuits;
using QTrain.Cli.Terminal;
using QTrain.Devices;
using QTrain.Noise;
using QTrain.Simulation;
using QTrain.Simulation.Density;
using QTrain.Simulation.Trajectories;

namespace QTrain.Cli.Devices;

/// <summary>A circuit as a device would run it: compiled for it where needed, with its noise, on the qubits it uses; or with a noise model written by hand.</summary>
internal sealed class DeviceSimulation
{
    // 128 MiB of a mixed state; each further qubit is four times as much.
    private const int MostMixed = 12, MostIdeal = 20;

    private const int OutcomesShown = 32;

    private readonly Calibration? _device;
    private readonly DeviceNoise? _noise;
    private readonly ImmutableArray<string> _warnings;
    private readonly long? _shots;
    private readonly ImmutableArray<int> _used;
    private readonly CompiledForDevice? _compiled;
    private readonly bool _measures;

    private DeviceSimulation(Circuit circuit, Calibration? device, NoiseModel? model, long? shots, ulong seed, SimulationOptions options)
    {
        (_device, _shots) = (device, shots);
        _measures = circuit.Operations.Any(o => o is Measure);
        // Of a circuit that measures nothing every qubit is read, wherever compilation puts it.
        if (!_measures) circuit = new Circuit(circuit.QubitCount, [.. circuit.Operations, .. Enumerable.Range(0, circuit.QubitCount).Select(q => new Measure(q, q))], circuit.QubitCount, circuit.Parameters);
        if (circuit.BitCount > 64) throw new UsageException($"the circuit measures into {circuit.BitCount} classical bits: with noise at most 64 can be counted.");
        Bits = circuit.BitCount;
        NoisyCircuit noisy;
        if (device is not null)
        {
            _noise = DeviceNoise.From(device);
            _compiled = CompiledForDevice.Of(circuit, device, seed);
            noisy = _noise.ApplyTo(_compiled.Circuit);
            var uncovered = _noise.Uncovered(_compiled.Circuit);
            _warnings = uncovered.IsEmpty ? _noise.WarningsFor(_compiled.Circuit) : [$"No noise is known of {string.Join(", ", uncovered.Take(8))}{(uncovered.Length > 8 ? " …" : "")}: they are ideal here.", .. _noise.WarningsFor(_compiled.Circuit)];
        }
        else
        {
            noisy = model!.ApplyTo(circuit);
            _warnings = noisy.Circuit.Operations.Any(o => o is ChannelOperation) || noisy.Readout.Count > 0 ? [] : ["No rule of the noise model speaks of anything in this circuit: it is ideal."];
        }
        var compact = noisy.OnUsedQubits(out _used);
        if (_used.Length <= MostMixed)
        {
            var program = DensityProgram.From(compact);
            Probabilities = NoisySimulator.Probabilities(program, default, options);
            Method = "density";
            if (shots is { } times) Counts = NoisySimulator.Run(program, default, times, seed, options);
        }
        else
        {
            if (shots is not { } times) throw new UsageException($"the circuit uses {_used.Length} qubits, and with noise exact probabilities are found of at most {MostMixed}: add --shots N, of which each is a trajectory.");
            if (times > int.MaxValue) throw new UsageException($"--shots {times}: trajectories take at most {int.MaxValue}.");
            Counts = TrajectorySimulator.Run(TrajectoryProgram.From(compact), default, (int)times, seed, options);
            Method = "trajectories";
        }
        if (_used.Length > MostIdeal) return;
        var ideal = new NoisyCircuit(_compiled?.Circuit ?? circuit).OnUsedQubits(out _);
        var without = Simulator.Probabilities(CompiledCircuit.From(ideal.Circuit), default, options);
        var with = Probabilities ?? OutcomeDistance.Shares(Counts!);
        (TotalVariation, Hellinger) = (OutcomeDistance.TotalVariation(without, with), OutcomeDistance.Hellinger(without, with));
    }

    public int Bits { get; }

    public string Method { get; }

    /// <summary>The exact probability of every outcome; null where there are too many qubits.</summary>
    public IReadOnlyDictionary<ulong, double>? Probabilities { get; }

    public Counts? Counts { get; }

    /// <summary>Half the sum of differences from the ideal outcomes; null where those are too many.</summary>
    public double? TotalVariation { get; }

    public double? Hellinger { get; }

    /// <summary>Runs a circuit without open parameters with the noise of a device.</summary>
    public static DeviceSimulation OnDevice(Circuit circuit, Calibration device, long? shots, ulong seed, SimulationOptions options) => new(circuit, device, null, shots, seed, options);

    /// <summary>Runs a circuit without open parameters with a noise model.</summary>
    public static DeviceSimulation WithModel(Circuit circuit, NoiseModel model, long? shots, ulong seed, SimulationOptions options) => new(circuit, null, model, shots, seed, options);

    public JsonObject ToJson(int qubits, ulong seed)
    {
        const int most = 65_536;
        var listed = Probabilities?.Where(p => p.Value > 1e-12).OrderByDescending(p => p.Value).ThenBy(p => p.Key).Take(most).ToList();
        var document = new JsonObject
        {
            ["qubits"] = qubits,
            ["clbits"] = _measures ? Bits : 0,
            ["method"] = Method,
            ["shots"] = _shots,
            ["seed"] = seed,
            ["probabilities"] = new JsonObject((listed ?? []).Select(p => KeyValuePair.Create(Text(p.Key), (JsonNode?)p.Value))),
            ["probabilitiesComplete"] = listed is not null && listed.Count == Probabilities!.Count(p => p.Value > 1e-12),
            ["counts"] = new JsonObject(Counts?.Select(c => KeyValuePair.Create(Text(c.Outcome), (JsonNode?)c.Count)) ?? []),
        };
        if (_device is not null)
        {
            var device = DeviceDocument.Head(_device);
            device["transpiled"] = _compiled!.IsTranspiled;
            device["layout"] = new JsonArray([.. _compiled.Layout.Select(q => (JsonNode)q)]);
            device["twoQubitGates"] = _compiled.TwoQubitGates;
            device["depth"] = _compiled.Circuit.Depth;
            device["durationSeconds"] = ResultWriter.Number(_noise!.DurationOf(_compiled.Circuit));
            document["device"] = device;
        }
        document["usedQubits"] = _used.Length;
        document["totalVariation"] = ResultWriter.Number(TotalVariation);
        document["hellinger"] = ResultWriter.Number(Hellinger);
        document["warnings"] = new JsonArray([.. _warnings.Select(w => (JsonNode)w)]);
        return document;
    }

    public void Write(TextWriter output, CommandTerminal terminal)
    {
        if (_device is not null)
        {
            var twoQubit = Show.Count(_compiled!.TwoQubitGates, "two-qubit gate");
            output.WriteLine(terminal.Dim($"{_device}"));
            output.WriteLine(terminal.Dim($"{(_compiled.IsTranspiled ? "transpiled" : "native as it is")}: {Show.Count(_used.Length, "qubit")} of the device, {twoQubit}, depth {_compiled.Circuit.Depth}, {CalibratedValue.Seconds(_noise!.DurationOf(_compiled.Circuit))}"));
        }
        IEnumerable<ulong> exact = Probabilities?.Keys ?? [], counted = Counts?.Select(c => c.Outcome) ?? [];
        var keys = exact.Union(counted).OrderByDescending(k => Probabilities?.GetValueOrDefault(k) ?? 0).ThenByDescending(k => Counts?.Of(k) ?? 0).ThenBy(k => k).ToList();
        var table = new TextTable("outcome", ">probability", ">count", "");
        foreach (var key in keys.Take(OutcomesShown))
        {
            var share = Probabilities is { } p ? p.GetValueOrDefault(key) : (double)Counts!.Of(key) / Counts.Total;
            table.Row(Text(key), Probabilities is null ? "" : share.ToString("F9", CultureInfo.InvariantCulture), Counts is null ? "" : Show.Count(Counts.Of(key)), new string('█', (int)(30 * share)));
        }
        if (keys.Count > 0) table.Write(output, terminal);
        if (keys.Count > OutcomesShown) output.WriteLine(terminal.Dim($"… {keys.Count - OutcomesShown} more outcomes; --output json has them all"));
        if (TotalVariation is { } distance)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"from the ideal outcomes: total variation {distance:F6}, Hellinger distance {Hellinger:F6}{(Probabilities is null ? " (of the counts, which scatter too)" : "")}"));
    }

    /// <summary>Tells what the calibration has no answer to, on standard error.</summary>
    public void Report(ResultWriter result)
    {
        foreach (var warning in _warnings) result.Hint("warning: " + warning);
    }

    private string Text(ulong outcome) => string.Create(Bits, outcome, static (span, bits) =>
    {
        for (var k = 0; k < span.Length; k++) span[span.Length - 1 - k] = (bits >> k & 1) != 0 ? '1' : '0';
    });
}
