using System.Collections.Immutable;
using System.Globalization;
using QTrain.Circuits;
using QTrain.Devices.Import;
using QTrain.Noise;
using Barrier = QTrain.Circuits.Barrier;

namespace QTrain.Devices;

/// <summary>What a noise model takes from a calibration.</summary>
public sealed record DeviceNoiseOptions
{
    /// <summary>Everything that is reported, without crosstalk.</summary>
    public static DeviceNoiseOptions Default { get; } = new();

    /// <summary>Whether qubits relax during gates, by T₁, T₂ and the gate's duration.</summary>
    public bool Relaxation { get; init; } = true;

    /// <summary>Whether qubits relax while they wait for others: gates start as early as they can, and take their durations.</summary>
    public bool IdleRelaxation { get; init; } = true;

    /// <summary>Whether gates depolarize by what of the reported error relaxation does not explain.</summary>
    public bool Depolarizing { get; init; } = true;

    /// <summary>Whether qubits are misread.</summary>
    public bool Readout { get; init; } = true;

    /// <summary>The population of |1⟩ in equilibrium, 0 to 1/2.</summary>
    public double ExcitedPopulation { get; init; }

    /// <summary>Crosstalk: after a two-qubit gate, every qubit coupled to one of its two is flipped in phase with this times the gate's error as probability;
    /// 0 to 1, none by default, because calibrations do not report it.</summary>
    public double Crosstalk { get; init; }
}

/// <summary>The noise model of a device as its calibration reports it, and what had to be settled where the calibration has gaps.</summary>
/// <remarks>
/// After a gate each of its qubits relaxes for the gate's duration (T₁, T₂). Where the gate's reported average infidelity r is larger than that of
/// relaxation, a depolarizing channel follows, such that both together have infidelity r: with d = 2ⁿ, T the trace of the relaxation's Pauli transfer
/// matrix and F = 1 − r(d + 1)/d the entanglement fidelity wanted, it keeps Pauli expectations by 1 − λ = (d²F − 1)/(T − 1), which is a Pauli error
/// of probability λ(d² − 1)/d². Where relaxation alone is more, it stands alone. Readings are confused by P(1|0) and P(0|1) of each qubit.
/// Georgopoulos, Emary &amp; Zuliani 2021, arXiv:2101.02109; average fidelity: Nielsen 2002, arXiv:quant-ph/0205035.
/// </remarks>
public sealed class DeviceNoise
{
    private readonly DeviceNoiseOptions _options;
    private readonly Dictionary<int, Relaxation> _relaxations;
    private readonly Sentences _warnings = new();

    private DeviceNoise(Calibration calibration, DeviceNoiseOptions options)
    {
        Calibration = calibration;
        _options = options;
        var warnings = _warnings;
        _relaxations = Enumerable.Range(0, calibration.Qubits.Length).ToDictionary(q => q, q => Relaxation.Of(calibration, q, options, warnings));
        var model = NoiseModel.None;
        var rules = new List<NoiseRule>();
        foreach (var gate in Placed(calibration))
        {
            if (!gate.IsEnabled || Calibration.IsNoGate(gate.Gate)) continue;
            rules.AddRange(RulesOf(gate, warnings));
            // What is calibrated in one order and is the same gate in both acts so in both.
            if (gate.Qubits.Length == 2 && GateNames.IsSymmetric(gate.Gate) && calibration.Find(gate.Gate, gate.Qubits[1], gate.Qubits[0]) is not { Qubits.IsEmpty: false })
                rules.AddRange(RulesOf(gate with { Qubits = [gate.Qubits[1], gate.Qubits[0]] }, warnings));
        }
        model = model.With(rules);
        if (options.Readout)
            for (var q = 0; q < calibration.Qubits.Length; q++)
                if (ReadoutOf(q, warnings) is { } readout) model = model.WithReadout(q, readout);
        Model = model;
        Warnings = warnings.All();
    }

    /// <summary>The calibration it was made of.</summary>
    public Calibration Calibration { get; }

    /// <summary>Channels after gates by name and qubits, and misread qubits. Waiting qubits are no part of it: see <see cref="ApplyTo"/>.</summary>
    public NoiseModel Model { get; }

    /// <summary>What the calibration does not say, and what is not possible in it, in sentences for people.</summary>
    public ImmutableArray<string> Warnings { get; }

    /// <summary>Those of the warnings that speak of a qubit or gate that a circuit on the device's qubits uses.</summary>
    public ImmutableArray<string> WarningsFor(Circuit circuit)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        var qubits = circuit.Operations.Where(o => o is not (Barrier or Delay)).SelectMany(o => o.Qubits).ToHashSet();
        var gates = circuit.Operations.OfType<GateOperation>().Select(Find).OfType<GateCalibration>().Select(g => g.ToString()).ToHashSet();
        return _warnings.All((qubit, gate) => qubit is { } q ? qubits.Contains(q) : gates.Contains(gate!.ToString()) || gates.Contains(gate.Gate));
    }

    /// <summary>The noise of a calibration.</summary>
    /// <exception cref="QuantumException">An option cannot be.</exception>
    public static DeviceNoise From(Calibration calibration, DeviceNoiseOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(calibration);
        options ??= DeviceNoiseOptions.Default;
        if (options.Crosstalk is not (>= 0 and <= 1)) throw new QuantumException($"A crosstalk of {options.Crosstalk:R} cannot be: it is a share of the gate's error, 0 to 1.");
        if (options.ExcitedPopulation is not (>= 0 and <= 0.5)) throw new QuantumException($"An excited population of {options.ExcitedPopulation:R} cannot be: in equilibrium it is 0 to 0.5.");
        return new DeviceNoise(calibration, options);
    }

    /// <summary>A circuit on the device's qubits as this noise makes it, relaxation of waiting qubits and during delays among it.</summary>
    /// <exception cref="QuantumException">The circuit has more qubits than the device, or a delay in dt, of which calibrations do not say what they are.</exception>
    public NoisyCircuit ApplyTo(Circuit circuit)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        if (circuit.QubitCount > Calibration.Qubits.Length)
            throw new QuantumException($"The circuit has {circuit.QubitCount} qubits, but {Calibration.Device} has {Calibration.Qubits.Length}.");
        return Model.ApplyTo(_options.Relaxation ? WithWaiting(circuit) : circuit);
    }

    /// <summary>Gates of a circuit that the calibration knows nothing of, and which this noise therefore leaves ideal; each once, in order of their first use.</summary>
    public ImmutableArray<string> Uncovered(Circuit circuit)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        return [.. circuit.Operations.OfType<GateOperation>()
            .Where(o => !o.Controls.IsEmpty || Find(o) is null)
            .Select(o => o.Controls.IsEmpty ? $"{o.Name} on {string.Join('-', o.Qubits)}" : $"{o.Name} with controls on {string.Join('-', o.Qubits)}").Distinct()];
    }

    /// <summary>How long an operation takes, in seconds; 0 where that is not known.</summary>
    internal double DurationOf(Operation operation) => operation switch
    {
        GateOperation gate => Find(gate)?.Duration?.Value ?? 0,
        Measure measure => Calibration.Of(measure.Qubit, q => q.ReadoutDuration)?.Value ?? 0,
        Reset reset => Calibration.Find("reset", reset.Qubit)?.Duration?.Value ?? 0,
        Delay delay => delay.Duration.InSeconds()
            ?? throw new QuantumException($"'{delay}' is in dt, and the calibration of {Calibration.Device} does not say how long a dt is: write the delay in seconds, such as 100ns."),
        _ => 0,
    };

    /// <summary>How long a circuit takes once, in seconds, its gates starting as early as they can.</summary>
    internal double DurationOf(Circuit circuit)
    {
        var free = new double[circuit.QubitCount];
        foreach (var operation in circuit.Operations)
        {
            var (start, duration) = (0.0, DurationOf(operation));
            foreach (var q in operation.Qubits) start = Math.Max(start, free[q]);
            foreach (var q in operation.Qubits) free[q] = start + duration;
        }
        return free.Max();
    }

    private GateCalibration? Find(GateOperation operation)
    {
        int[] qubits = [.. operation.Qubits];
        return Calibration.Find(operation.Name, qubits)
            ?? (qubits.Length == 2 && GateNames.IsSymmetric(operation.Name) ? Calibration.Find(operation.Name, qubits[1], qubits[0]) : null);
    }

    private Circuit WithWaiting(Circuit circuit)
    {
        var free = new double[circuit.QubitCount];
        var used = new bool[circuit.QubitCount];        // before its first gate a qubit is in its ground state and stays there
        var operations = new List<Operation>(circuit.Operations.Length);
        foreach (var operation in circuit.Operations)
        {
            var (start, duration) = (0.0, DurationOf(operation));
            foreach (var q in operation.Qubits) start = Math.Max(start, free[q]);
            foreach (var q in operation.Qubits)
            {
                if (_options.IdleRelaxation && used[q] && start - free[q] is > 0 and var waited && _relaxations[q].During(waited) is { } channel) operations.Add(new ChannelOperation(channel, [q]));
                free[q] = start + duration;
                used[q] |= operation is not (Barrier or Delay);
            }
            operations.Add(operation);
            if (operation is not Delay || duration == 0) continue;
            foreach (var q in operation.Qubits)
                if (used[q] && _relaxations[q].During(duration) is { } channel) operations.Add(new ChannelOperation(channel, [q]) { Condition = operation.Condition });
        }
        return new Circuit(circuit.QubitCount, operations, circuit.BitCount, circuit.Parameters);
    }

    /// <summary>Values of the whole device at each place where it may make a difference which qubits a gate acts on.</summary>
    private static IEnumerable<GateCalibration> Placed(Calibration calibration)
    {
        var isUniform = calibration.Qubits.All(q => q.T1 is null && q.T2 is null);
        foreach (var gate in calibration.Gates)
        {
            if (!gate.Qubits.IsEmpty || isUniform && calibration.Gates.All(g => g.Gate != gate.Gate || g.Qubits.IsEmpty))
            {
                yield return gate;
                continue;
            }
            if (GateNames.QubitsOf(gate.Gate) == 2)
            {
                for (var a = 0; a < calibration.Qubits.Length; a++)
                    foreach (var b in calibration.Neighbours(a))
                        if (calibration.Find(gate.Gate, a, b) is { Qubits.IsEmpty: true }) yield return gate with { Qubits = [a, b] };
            }
            else
                for (var q = 0; q < calibration.Qubits.Length; q++)
                    if (calibration.Find(gate.Gate, q) is { Qubits.IsEmpty: true }) yield return gate with { Qubits = [q] };
        }
    }

    private IEnumerable<NoiseRule> RulesOf(GateCalibration gate, Sentences warnings)
    {
        if (gate.Qubits.Length > 2 || GateNames.QubitsOf(gate.Gate) is > 2) yield break;
        var count = gate.Qubits.IsEmpty ? GateNames.QubitsOf(gate.Gate) ?? 1 : gate.Qubits.Length;
        // A gate in software takes no time and has no error.
        if (GateNames.IsVirtual(gate.Gate) && gate.Duration is null or { Value: 0 } && gate.Error is null or { Value: 0 }) yield break;
        var transferTrace = 1.0;
        if (_options.Relaxation && gate.Duration is null) warnings.Add("the duration is not known, so that nothing relaxes during", gate.Gate, gate);
        if (_options.Relaxation && gate.Duration is { Value: > 0 } duration)
        {
            for (var k = 0; k < count; k++)
            {
                var channel = _relaxations[gate.Qubits.IsEmpty ? 0 : gate.Qubits[k]].During(duration.Value);
                transferTrace *= channel is null ? 4 : Trace(channel);
                if (channel is null || gate.Qubits.IsEmpty && k > 0) continue;
                yield return gate.Qubits.IsEmpty
                    ? new NoiseRule { Operation = gate.Gate, Channel = channel }
                    : new NoiseRule { Operation = gate.Gate, Qubits = gate.Qubits, Channel = channel, On = [gate.Qubits[k]] };
            }
        }
        else transferTrace = Math.Pow(4, count);
        if (gate.Error is not { } error)
        {
            warnings.Add(_options.Relaxation && gate.Duration is not null ? "the error is not known, so that nothing but relaxation acts in" : "neither error nor duration is known, so that it is ideal:", gate.Gate, gate);
            yield break;
        }
        if (_options.Depolarizing && DepolarizingFor(error.Value, count, transferTrace, gate, warnings) is > 0 and var probability)
            yield return new NoiseRule { Operation = gate.Gate, Qubits = gate.Qubits.IsEmpty ? default : gate.Qubits, Channel = Channel.Depolarizing(probability, count) };
        if (_options.Crosstalk == 0 || gate.Qubits.Length != 2) yield break;
        foreach (var neighbour in Calibration.Neighbours(gate.Qubits[0]).Union(Calibration.Neighbours(gate.Qubits[1])).Except(gate.Qubits).Order())
            yield return new NoiseRule { Operation = gate.Gate, Qubits = gate.Qubits, Channel = Channel.PhaseFlip(_options.Crosstalk * error.Value), On = [neighbour] };
    }

    /// <summary>The Pauli error probability that makes up what relaxation leaves of an infidelity.</summary>
    private static double DepolarizingFor(double infidelity, int qubits, double transferTrace, GateCalibration gate, Sentences warnings)
    {
        var dimension = 1 << qubits;
        var square = dimension * dimension;
        var kept = (square - infidelity * dimension * (dimension + 1) - 1) / (transferTrace - 1);
        if (kept > 1)
        {
            // Rounding of a gate without error is no warning.
            if (kept - 1 > 1e-12) warnings.Add("relaxation during it is more than the reported error, and acts alone, in", gate.ToString(), gate);
            return 0;
        }
        if (kept < 0)
        {
            warnings.Add("the reported error is beyond that of a gate which loses everything, and is taken as that, in", gate.ToString(), gate);
            kept = 0;
        }
        return (1 - kept) * (square - 1) / square;
    }

    private static double Trace(Channel channel)
    {
        var (matrix, sum) = (channel.PauliTransferMatrix(), 0.0);
        for (var k = 0; k < matrix.GetLength(0); k++) sum += matrix[k, k];
        return sum;
    }

    private ReadoutError? ReadoutOf(int qubit, Sentences warnings)
    {
        var (up, down, mean) = (Calibration.Of(qubit, q => q.OneGivenZero), Calibration.Of(qubit, q => q.ZeroGivenOne), Calibration.Of(qubit, q => q.ReadoutError));
        if (up is { } one && down is { } zero) return new ReadoutError(one.Value, zero.Value);
        if (mean is { } both)
        {
            // Half of the sum is what the mean says; one side that is known leaves the other.
            if (up is { } known && 2 * both.Value - known.Value is >= 0 and <= 1 and var rest) return new ReadoutError(known.Value, rest);
            if (down is { } other && 2 * both.Value - other.Value is >= 0 and <= 1 and var left) return new ReadoutError(left, other.Value);
            warnings.Add("only the mean readout error is known, and is taken for both states, of", qubit);
            return new ReadoutError(both.Value, both.Value);
        }
        warnings.Add("the readout error is not known, so that it is read rightly:", qubit);
        return null;
    }

    private static string Name(int qubit) => $"qubit {qubit.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>T₁ and T₂ of a qubit as they can act.</summary>
    private sealed record Relaxation(double T1, double T2, double Excited)
    {
        public static Relaxation Of(Calibration calibration, int qubit, DeviceNoiseOptions options, Sentences warnings)
        {
            var (t1, t2) = (calibration.Of(qubit, q => q.T1)?.Value, calibration.Of(qubit, q => q.T2)?.Value);
            if (!options.Relaxation) return new(double.PositiveInfinity, double.PositiveInfinity, 0);
            if (t1 is null && t2 is null) warnings.Add("neither T1 nor T2 is known, so that nothing relaxes on", qubit);
            else if (t1 is null) warnings.Add("T1 is not known, so that it only dephases:", qubit);
            else if (t2 is null) warnings.Add("T2 is not known, and 2·T1 is taken (no dephasing beyond relaxation), on", qubit);
            else if (t2 > 2 * t1) warnings.Add("T2 is reported as more than 2·T1, which cannot be, and 2·T1 is taken, on", qubit);
            var relaxation = t1 ?? double.PositiveInfinity;
            return new(relaxation, Math.Min(t2 ?? double.PositiveInfinity, 2 * relaxation), options.ExcitedPopulation);
        }

        public Channel? During(double seconds) => double.IsPositiveInfinity(T1) && double.IsPositiveInfinity(T2) ? null : Channel.ThermalRelaxation(T1, T2, seconds, Excited);
    }

    /// <summary>Sentences that hold for many qubits or gates are told once, with all of them.</summary>
    private sealed class Sentences
    {
        private const int Named = 12;

        private readonly OrderedDictionary<string, List<(string What, int? Qubit, GateCalibration? Gate)>> _about = [];

        public void Add(string sentence, int qubit) => Add(sentence, Name(qubit), qubit, null);

        public void Add(string sentence, string what, GateCalibration gate) => Add(sentence, what, null, gate);

        public ImmutableArray<string> All(Func<int?, GateCalibration?, bool>? concerns = null) =>
        [
            .. from sentence in _about
               let names = sentence.Value.Where(e => concerns is null || concerns(e.Qubit, e.Gate)).Select(e => e.What).Distinct().ToList()
               where names.Count > 0
               select $"{char.ToUpperInvariant(sentence.Key[0])}{sentence.Key[1..]} {List(names)}.",
        ];

        private void Add(string sentence, string what, int? qubit, GateCalibration? gate)
        {
            if (!_about.TryGetValue(sentence, out var list)) _about.Add(sentence, list = []);
            list.Add((what, qubit, gate));
        }

        private static string List(List<string> names)
        {
            var shown = names.Select((n, k) => k > 0 && n.StartsWith("qubit ", StringComparison.Ordinal) ? n["qubit ".Length..] : n).Take(Named);
            var text = string.Join(", ", shown);
            if (names.Count > 1 && text.StartsWith("qubit ", StringComparison.Ordinal)) text = "qubits " + text["qubit ".Length..];
            return names.Count > Named ? $"{text} and {names.Count - Named} more" : text;
        }
    }
}
