using System.Collections.Immutable;
using System.Runtime.InteropServices;
using QTrain.Numerics;

namespace QTrain.Simulation.Stabilizer;

/// <summary>What a sampler of detectors gives: for each shot, which detectors fired and which logical observables were flipped.</summary>
/// <param name="Detectors">A bit for each detector, in the order of the circuit.</param>
/// <param name="Observables">A bit for each logical observable.</param>
public sealed record DetectorSamples(ShotTable Detectors, ShotTable Observables);

/// <summary>Samples a noisy Clifford circuit, many shots at once, by Pauli frames.</summary>
/// <remarks>
/// One shot without noise is run on a tableau; every other is that shot times a Pauli frame (Gidney 2021, arXiv:2103.02202). Batches of
/// <see cref="ShotsPerBatch"/> shots have random streams of their own, so samples depend on the seed alone, not on threads.
/// </remarks>
public sealed class FrameSampler
{
    /// <summary>How many shots are run together.</summary>
    internal const int ShotsPerBatch = 1 << ShotsPerBatchLog2;

    internal const int ShotsPerBatchLog2 = 10;
    internal const int WordsPerBatch = ShotsPerBatch / 64;

    // Some minutes of one batch; a circuit that needs more is a mistake or an attack more often than a wish.
    private const long MaxExecutedTargets = 10_000_000_000;

    private readonly StimCircuit _circuit;
    private readonly FrameProgram _program;
    private readonly Lazy<BitRow> _reference;

    private FrameSampler(StimCircuit circuit)
    {
        _circuit = circuit;
        _program = FrameProgram.Of(circuit);
        _reference = new Lazy<BitRow>(() =>
        {
            DemandTableau(circuit.QubitCount);
            return StimTableau.Reference(circuit);
        });
        DetectorsAreCertain = AreDetectorsCertain();
    }

    /// <summary>How many detectors a shot has.</summary>
    public long DetectorCount => _circuit.DetectorCount;

    /// <summary>How many logical observables a shot has.</summary>
    public int ObservableCount => _circuit.ObservableCount;

    /// <summary>How many measurements a shot has.</summary>
    public long MeasurementCount => _circuit.MeasurementCount;

    /// <summary>Whether no detector and no observable fires without noise. Where one does, it is a parity of results that are random by themselves.</summary>
    public bool DetectorsAreCertain { get; }

    /// <summary>Makes a circuit ready to be sampled.</summary>
    /// <exception cref="QuantumException">Its REPEAT blocks run too often.</exception>
    public static FrameSampler Compile(StimCircuit circuit)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        if (circuit.ExecutedTargets > MaxExecutedTargets)
            throw new QuantumException($"A shot of the circuit would act on {circuit.ExecutedTargets} targets once its REPEAT blocks are run: at most {MaxExecutedTargets} are simulated. Repeat less often.");
        return new FrameSampler(circuit);
    }

    /// <summary>Samples detectors and observables.</summary>
    /// <param name="shots">How many times the circuit is run.</param>
    /// <param name="seed">The same seed gives the same samples, on any number of threads.</param>
    /// <param name="options">Threads.</param>
    public DetectorSamples SampleDetectors(long shots, ulong seed, SimulationOptions? options = null)
    {
        var rows = DetectorCount + ObservableCount;
        var words = Run(_program, null, shots, new RandomStream(seed), !DetectorsAreCertain, rows, isRecord: false, DetectorCount, options ?? SimulationOptions.Default);
        return new DetectorSamples(new ShotTable(words, shots, DetectorCount, 0, rows), new ShotTable(words, shots, ObservableCount, DetectorCount, rows));
    }

    /// <summary>Samples the measurement record: bit k is the k-th result.</summary>
    /// <param name="shots">How many times the circuit is run.</param>
    /// <param name="seed">The same seed gives the same samples, on any number of threads.</param>
    /// <param name="options">Threads.</param>
    public ShotTable SampleMeasurements(long shots, ulong seed, SimulationOptions? options = null)
    {
        var words = Run(_program, _reference.Value, shots, new RandomStream(seed), randomize: true, MeasurementCount, isRecord: true, 0, options ?? SimulationOptions.Default);
        Invert(words, _reference.Value, shots, MeasurementCount);
        return new ShotTable(words, shots, MeasurementCount, 0, MeasurementCount);
    }

    internal static void DemandTableau(int qubits)
    {
        if (Tableau.BytesFor(qubits) > SimulationMemory.AvailableBytes / 2 || Tableau.BytesFor(qubits) / sizeof(ulong) > Array.MaxLength)
            throw new QuantumException($"A stabilizer state of {qubits} qubits needs {SimulationMemory.Text(Tableau.BytesFor(qubits))} of memory, more than this process has: use fewer qubits.");
    }

    /// <summary>Runs a frame program; rows of results, or of detectors and then observables, batch by batch.</summary>
    internal static ulong[] Run(
        FrameProgram program, BitRow? reference, long shots, RandomStream random, bool randomize, long rows, bool isRecord, long detectors, SimulationOptions options)
    {
        options.RequireDouble("Stabilizer states");
        if (shots < 0) throw new QuantumException($"{shots} shots cannot be taken: give 0 or more.");
        var batches = (shots + ShotsPerBatch - 1) / ShotsPerBatch;
        var parts = (int)Math.Clamp(batches, 1, options.Parts);
        var words = (Int128)batches * rows * WordsPerBatch;
        var frames = (2L * program.QubitCount + 2L * program.RecordsKept) * WordsPerBatch * sizeof(ulong) * parts;
        if (words > Array.MaxLength || (long)words * sizeof(ulong) + frames > SimulationMemory.AvailableBytes)
            throw new QuantumException($"{shots} shots of {rows} bits on {program.QubitCount} qubits need {SimulationMemory.Text((double)words * sizeof(ulong) + frames)} of memory, more than this process has: take fewer shots at once.");
        var job = new Job(program, reference, random, randomize, GC.AllocateUninitializedArray<ulong>((int)words), rows, isRecord, detectors, batches, options.Width);
        job.Run(parts);
        // The last batch is run whole; what is beyond the shots asked for is no sample.
        if (batches > 0)
            for (var shot = shots; shot < batches * ShotsPerBatch; shot += 64 - shot % 64)
                for (var row = 0L; row < rows; row++)
                    job.Words[((batches - 1) * rows + row) * WordsPerBatch + (shot % ShotsPerBatch >> 6)] &= (1UL << (int)shot) - 1;
        return job.Words;
    }

    /// <summary>The words of a table of so many shots, all zero.</summary>
    internal static ulong[] Zeros(long shots, long rows)
    {
        var words = (Int128)((shots + ShotsPerBatch - 1) / ShotsPerBatch) * rows * WordsPerBatch;
        if (words > Array.MaxLength || (long)words * sizeof(ulong) > SimulationMemory.AvailableBytes)
            throw new QuantumException($"{shots} shots of {rows} bits need {SimulationMemory.Text((double)words * sizeof(ulong))} of memory, more than this process has: take fewer shots at once.");
        return new ulong[(int)words];
    }

    internal static void Invert(ulong[] words, BitRow reference, long shots, long rows)
    {
        for (var first = 0L; first < shots; first += ShotsPerBatch)
            for (var row = 0L; row < rows; row++)
            {
                if (!reference[row]) continue;
                var bits = words.AsSpan((int)((first / ShotsPerBatch * rows + row) * WordsPerBatch), WordsPerBatch);
                for (var w = 0; w < WordsPerBatch; w++)
                {
                    var left = shots - first - 64L * w;
                    bits[w] ^= left >= 64 ? ulong.MaxValue : left > 0 ? (1UL << (int)left) - 1 : 0;
                }
            }
    }

    // A detector that is random fires in half of all shots: that it stays silent in a whole batch has a probability of 2⁻¹⁰²⁴.
    private bool AreDetectorsCertain()
    {
        if (DetectorCount + ObservableCount == 0) return true;
        var quiet = new StimCircuit(WithoutNoise(_circuit.Instructions));
        var words = Run(FrameProgram.Of(quiet), null, ShotsPerBatch, new RandomStream(0), randomize: true, DetectorCount + ObservableCount, isRecord: false, DetectorCount, SimulationOptions.Default);
        return !words.AsSpan().ContainsAnyExcept(0UL);
    }

    private static ImmutableArray<StimInstruction> WithoutNoise(ImmutableArray<StimInstruction> instructions) =>
    [
        .. instructions
            .Where(i => i.Gate.Kind is not (StimKind.Noise1 or StimKind.Noise2 or StimKind.CorrelatedError or StimKind.ElseCorrelatedError or StimKind.IdentityNoise))
            .Select(i => i.Gate.Kind switch
            {
                StimKind.Repeat => i with { Body = WithoutNoise(i.Body) },
                StimKind.Heralded => new StimInstruction(StimGate.Named("MPAD"), [], [.. i.Targets.Select(_ => new StimTarget(StimTargetKind.Qubit, 0))]),
                _ => i.Gate.Arguments == StimArguments.OptionalProbability ? i with { Arguments = [] } : i,
            }),
    ];

    /// <summary>The batches of one call, dealt out to threads. A batch writes to a place of its own.</summary>
    private sealed unsafe class Job(
        FrameProgram program, BitRow? reference, RandomStream random, bool randomize, ulong[] words, long rows, bool isRecord, long detectors, long batches, LaneWidth width)
    {
        private long _next;

        public ulong[] Words => words;

        public void Run(int parts)
        {
            if (batches == 0) return;
            var handle = GCHandle.Alloc(this);
            WorkerTeam.Shared.Run(&RunPart, (void*)GCHandle.ToIntPtr(handle), parts);
            handle.Free();
        }

        private static void RunPart(void* context, int part, int parts) => ((Job)GCHandle.FromIntPtr((nint)context).Target!).RunBatches();

        private void RunBatches()
        {
            using IFrameBatch frames = width switch
            {
                LaneWidth.Vector512 => new FrameBatch<BitLanes512>(program, reference),
                LaneWidth.Vector256 => new FrameBatch<BitLanes256>(program, reference),
                _ => new FrameBatch<BitLanes64>(program, reference),
            };
            fixed (ulong* start = words)
                for (var batch = Interlocked.Increment(ref _next) - 1; batch < batches; batch = Interlocked.Increment(ref _next) - 1)
                {
                    var block = start + batch * rows * WordsPerBatch;
                    frames.Run(random.Child((ulong)batch), randomize, isRecord ? block : null, isRecord ? null : block, detectors);
                }
        }
    }
}
