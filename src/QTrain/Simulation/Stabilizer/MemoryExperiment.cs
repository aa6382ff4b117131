namespace QTrain.Simulation.Stabilizer;

/// <summary>Noise of a memory experiment, as probabilities; each is left out of the circuit where it is 0.</summary>
public sealed record CircuitNoise
{
    /// <summary>Depolarizing after every Clifford gate, on one or two qubits.</summary>
    public double AfterClifford { get; init; }

    /// <summary>Depolarizing of every data qubit before each round.</summary>
    public double BeforeRound { get; init; }

    /// <summary>A flip before every measurement.</summary>
    public double BeforeMeasurement { get; init; }

    /// <summary>A flip after every reset.</summary>
    public double AfterReset { get; init; }

    /// <summary>All four with one probability.</summary>
    public static CircuitNoise Uniform(double probability) =>
        new() { AfterClifford = probability, BeforeRound = probability, BeforeMeasurement = probability, AfterReset = probability };
}

/// <summary>Builds the lines of a memory experiment.</summary>
internal sealed class MemoryExperiment(CircuitNoise noise)
{
    private readonly System.Collections.Immutable.ImmutableArray<StimInstruction>.Builder _instructions =
        System.Collections.Immutable.ImmutableArray.CreateBuilder<StimInstruction>();

    public CircuitNoise Noise { get; } = noise;

    public StimCircuit ToCircuit() => new(_instructions.ToImmutable());

    public void Add(string name, IEnumerable<int> qubits, params ReadOnlySpan<double> arguments) =>
        _instructions.Add(new StimInstruction(StimGate.Named(name), [.. arguments], [.. qubits.Select(q => new StimTarget(StimTargetKind.Qubit, q))]));

    public void Records(string name, IEnumerable<int> lookbacks, params ReadOnlySpan<double> arguments) =>
        _instructions.Add(new StimInstruction(StimGate.Named(name), [.. arguments], [.. lookbacks.Select(k => new StimTarget(StimTargetKind.Record, k))]));

    public void Tick() => Add("TICK", []);

    public void Noisy(string channel, double probability, IEnumerable<int> qubits)
    {
        if (probability > 0) Add(channel, qubits, probability);
    }

    /// <summary>A gate and its noise.</summary>
    public void Gate(string name, int[] qubits)
    {
        if (qubits.Length == 0) return;
        Add(name, qubits);
        Noisy(StimGate.Named(name).QubitCount == 1 ? "DEPOLARIZE1" : "DEPOLARIZE2", Noise.AfterClifford, qubits);
    }

    public void Reset(char basis, int[] qubits)
    {
        Add(basis == 'X' ? "RX" : "R", qubits);
        Noisy(basis == 'X' ? "Z_ERROR" : "X_ERROR", Noise.AfterReset, qubits);
    }

    public void Measure(char basis, int[] qubits)
    {
        Noisy(basis == 'X' ? "Z_ERROR" : "X_ERROR", Noise.BeforeMeasurement, qubits);
        Add(basis == 'X' ? "MX" : "M", qubits);
    }

    public void MeasureReset(int[] qubits)
    {
        Noisy("X_ERROR", Noise.BeforeMeasurement, qubits);
        Add("MR", qubits);
        Noisy("X_ERROR", Noise.AfterReset, qubits);
    }

    /// <summary>So many repetitions of what <paramref name="build"/> adds; written out where it is one.</summary>
    public void Repeat(int times, Action<MemoryExperiment> build)
    {
        if (times == 0) return;
        var body = new MemoryExperiment(Noise);
        build(body);
        if (times == 1) _instructions.AddRange(body._instructions);
        else _instructions.Add(new StimInstruction(StimGate.Named("REPEAT"), [], []) { Repetitions = times, Body = body._instructions.ToImmutable() });
    }

    public static void Check(int distance, int rounds, CircuitNoise noise, int leastDistance)
    {
        ArgumentNullException.ThrowIfNull(noise);
        if (distance < leastDistance || distance > 1000) throw new QuantumException($"A code of distance {distance} is not built: distances are {leastDistance} to 1000.");
        if (rounds < 1) throw new QuantumException($"A memory experiment of {rounds} rounds cannot be: it needs at least 1.");
        foreach (var p in (ReadOnlySpan<double>)[noise.AfterClifford, noise.BeforeRound, noise.BeforeMeasurement, noise.AfterReset])
            if (!(p is >= 0 and <= 1)) throw new QuantumException($"{p} is not a probability: it lies between 0 and 1.");
    }
}
