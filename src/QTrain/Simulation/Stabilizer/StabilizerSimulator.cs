using QTrain.Circuits;
using QTrain.Numerics;

namespace QTrain.Simulation.Stabilizer;

/// <summary>Runs Clifford circuits of up to thousands of qubits, with measurements, resets and conditions anywhere.</summary>
/// <remarks>
/// Where only Pauli gates stand under conditions, one shot is run on a tableau and all others are Pauli frames beside it. Other
/// conditions change the state too much for a frame: then every shot is run on a tableau of its own, from where the first measurement or
/// reset stands. Either way shots depend on the seed alone.
/// </remarks>
public static class StabilizerSimulator
{
    /// <summary>Runs a circuit so many times.</summary>
    /// <param name="circuit">A circuit of Clifford gates at these values, measurements, resets and conditions.</param>
    /// <param name="at">Parameter values in radians, in the order of the circuit's parameters.</param>
    /// <param name="shots">How many times.</param>
    /// <param name="seed">The same seed gives the same counts, on any number of threads.</param>
    /// <param name="options">Threads.</param>
    /// <returns>Counts of the classical bits at the end; of all qubits, measured at the end, when the circuit measures nothing.</returns>
    /// <exception cref="NotCliffordException">An operation is no Clifford gate at these values.</exception>
    /// <exception cref="QuantumException">An outcome has more than 64 bits: use <see cref="Sample"/>.</exception>
    public static Counts Run(Circuit circuit, ReadOnlySpan<double> at, long shots, ulong seed, SimulationOptions? options = null) =>
        Sample(circuit, at, shots, seed, options).ToCounts();

    /// <summary>Runs a circuit so many times and gives the bits of every shot, however many there are.</summary>
    /// <inheritdoc cref="Run"/>
    /// <returns>The classical bits at the end; all qubits, measured at the end, when the circuit measures nothing.</returns>
    public static ShotTable Sample(Circuit circuit, ReadOnlySpan<double> at, long shots, ulong seed, SimulationOptions? options = null)
    {
        options?.RequireDouble("Stabilizer states");
        var clifford = CliffordCircuit.Of(circuit, at);
        FrameSampler.DemandTableau(circuit.QubitCount);
        List<CliffordStep> steps = [.. clifford.Steps];
        var bits = circuit.BitCount;
        if (!steps.Exists(s => s.IsMeasurement))
        {
            bits = circuit.QubitCount;
            // Conditions on bits that nothing writes ask for zeros.
            for (var q = 0; q < bits; q++) steps.Add(new CliffordStep(null, [q]) { IsMeasurement = true, Bit = q });
        }
        var fitsFrames = steps.TrueForAll(s => s.Condition is null ? s.Map is null || s.Map.QubitCount <= FrameProgram.MaxGateQubits : s.IsPauli);
        return fitsFrames
            ? ByFrames(circuit, steps, bits, shots, new RandomStream(seed), options ?? SimulationOptions.Default)
            : ByTableaux(circuit, steps, bits, shots, new RandomStream(seed), options ?? SimulationOptions.Default);
    }

    /// <summary>Whether a circuit can be run here at some parameter values.</summary>
    public static bool CanRun(Circuit circuit, ReadOnlySpan<double> at)
    {
        try
        {
            CliffordCircuit.Of(circuit, at);
            return true;
        }
        catch (NotCliffordException)
        {
            return false;
        }
    }

    private static ShotTable ByFrames(Circuit circuit, List<CliffordStep> steps, int bits, long shots, RandomStream random, SimulationOptions options)
    {
        var program = FrameProgram.Empty(circuit.QubitCount);
        var tableau = new Tableau(circuit.QubitCount);
        var reference = new BitRow(steps.Count(s => s.IsMeasurement));
        var written = new int[Math.Max(bits, circuit.BitCount)];       // the result each classical bit holds
        written.AsSpan().Fill(-1);
        var measured = 0;
        foreach (var step in steps)
        {
            if (step.IsMeasurement)
            {
                reference[measured] = tableau.Measure(SparsePauli.Single('Z', step.Qubits[0]), ifRandom: false);
                written[step.Bit] = measured++;
                program.Add(FrameCode.MeasureZ, step.Qubits.AsSpan());
            }
            else if (step.IsReset)
            {
                tableau.Reset(step.Qubits[0], 'Z', ifRandom: false);
                program.Add(FrameCode.ResetZ, step.Qubits.AsSpan());
            }
            else if (step.Condition is { } condition)
            {
                int[] records = [.. condition.Bits.Select(b => written[b])];
                program.AddConditional(new FrameCondition(records, condition.Value), step.AsPauli().Letters.AsSpan());
                if (Holds(records, condition.Value, reference)) tableau.Apply(step.AsPauli());
            }
            else
            {
                StabilizerState.Apply(tableau, step);
                if (step.Map is { } map) program.AddGate(map, step.Qubits.AsSpan());
                else if (step.QuarterTurns % 2 != 0) program.AddProduct(FrameCode.PauliRotation, step.Rotation.Letters.AsSpan());
            }
        }
        var words = FrameSampler.Run(program, reference, shots, random, randomize: true, measured, isRecord: true, 0, options);
        FrameSampler.Invert(words, reference, shots, measured);
        return ShotTable.Selected(words, shots, measured, written.AsSpan(0, bits));
    }

    private static bool Holds(int[] records, ulong value, BitRow reference)
    {
        for (var k = 0; k < records.Length; k++)
            if ((records[k] >= 0 && reference[records[k]]) != ((value >> k & 1) != 0)) return false;
        return true;
    }

    private static ShotTable ByTableaux(Circuit circuit, List<CliffordStep> steps, int bits, long shots, RandomStream random, SimulationOptions options)
    {
        if (shots < 0) throw new QuantumException($"{shots} shots cannot be taken: give 0 or more.");
        // What comes before the first measurement or reset is the same in every shot.
        var shared = steps.FindIndex(s => s.IsMeasurement || s.IsReset || s.Condition is not null);
        var start = new Tableau(circuit.QubitCount);
        for (var k = 0; k < shared; k++) StabilizerState.Apply(start, steps[k]);
        var words = FrameSampler.Zeros(shots, bits);
        var batches = (shots + FrameSampler.ShotsPerBatch - 1) / FrameSampler.ShotsPerBatch;
        Parallel.For(0, batches, new ParallelOptions { MaxDegreeOfParallelism = options.Parts }, batch =>
        {
            var register = new bool[Math.Max(bits, circuit.BitCount)];
            for (var shot = batch * FrameSampler.ShotsPerBatch; shot < Math.Min(shots, (batch + 1) * FrameSampler.ShotsPerBatch); shot++)
            {
                var draw = random.Child((ulong)shot);
                Array.Clear(register);
                Follow(start.Copy(), steps, shared, register, ref draw);
                for (var bit = 0; bit < bits; bit++)
                    if (register[bit]) words[(batch * bits + bit) * FrameSampler.WordsPerBatch + (shot % FrameSampler.ShotsPerBatch >> 6)] |= 1UL << (int)shot;
            }
        });
        return new ShotTable(words, shots, bits, 0, bits);
    }

    private static void Follow(Tableau tableau, List<CliffordStep> steps, int first, bool[] register, ref RandomStream random)
    {
        for (var k = first; k < steps.Count; k++)
        {
            var step = steps[k];
            if (step.Condition is { } condition && !condition.Holds(register)) continue;
            if (step.IsMeasurement) register[step.Bit] = tableau.Measure(SparsePauli.Single('Z', step.Qubits[0]), (random.NextUInt64() & 1) != 0);
            else if (step.IsReset) tableau.Reset(step.Qubits[0], 'Z', (random.NextUInt64() & 1) != 0);
            else StabilizerState.Apply(tableau, step);
        }
    }
}
