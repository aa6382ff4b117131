using QTrain.Numerics;
using QTrain.Simulation;

namespace QTrain.Tests.Simulation;

public sealed class The_memory_of_a_simulation
{
    [Fact]
    public void is_16_bytes_an_amplitude_and_at_least_a_block()
    {
        SimulationMemory.BytesFor(20).ShouldBe(16L << 20);
        SimulationMemory.BytesFor(1).ShouldBe(128);
        SimulationMemory.BytesFor(SimulationMemory.MaxQubits).ShouldBeLessThanOrEqualTo(SimulationMemory.AvailableBytes);
        SimulationMemory.BytesFor(SimulationMemory.MaxQubits + 1).ShouldBeGreaterThan(SimulationMemory.AvailableBytes);
        Should.Throw<QuantumException>(() => SimulationMemory.BytesFor(59));
    }

    [Fact]
    public void is_half_of_that_in_single_precision_so_that_one_qubit_more_fits()
    {
        SimulationMemory.BytesFor(20, Precision.Single).ShouldBe(8L << 20);
        SimulationMemory.BytesFor(1, Precision.Single).ShouldBe(128);
        var one = SimulationMemory.MaxQubits + 1;
        var refusal = Should.Throw<NotEnoughMemoryException>(() => SimulationMemory.Demand(one, states: 1));
        refusal.Message.ShouldEndWith($": at most {one - 1} qubits fit. Use single precision, which needs half and fits, or fewer qubits, or a machine with more memory.");
        SimulationMemory.Demand(one, states: 1, Precision.Single);
        Should.Throw<NotEnoughMemoryException>(() => SimulationMemory.Demand(one + 1, states: 1, Precision.Single)).MaxQubits.ShouldBe(one);
        using var small = StateVector.Zero(9, new SimulationOptions { Precision = Precision.Single });
        small.Precision.ShouldBe(Precision.Single);
    }

    [Theory, InlineData(45, "512 TiB"), InlineData(62, "64 EiB")]
    public void is_refused_beyond_the_machine_with_what_fits(int qubits, string bytes)
    {
        var refusal = Should.Throw<NotEnoughMemoryException>(() => StateVector.Zero(qubits));
        refusal.QubitCount.ShouldBe(qubits);
        refusal.MaxQubits.ShouldBe(SimulationMemory.MaxQubits);
        refusal.Message.ShouldStartWith($"A state of {qubits} qubits needs {bytes} of memory, but this process has ");
        refusal.Message.ShouldEndWith($": at most {SimulationMemory.MaxQubits} qubits fit. Use fewer qubits, or a machine with more memory.");
    }

    [Fact]
    public void counts_several_states() =>
        Should.Throw<NotEnoughMemoryException>(() => SimulationMemory.Demand(SimulationMemory.MaxQubits, states: 3))
            .Message.ShouldStartWith($"3 states of {SimulationMemory.MaxQubits} qubits need ");

    [Fact]
    public void is_clean_when_used_again()
    {
        for (var round = 0; round < 3; round++)
        {
            using var state = StateVector.Zero(9);
            state.NormSquared().ShouldBe(1);
            state[0].ShouldBe(System.Numerics.Complex.One);
            state.SetBasis(300);
            state[300].ShouldBe(System.Numerics.Complex.One);
            state.NormSquared().ShouldBe(1);
        }
    }
}

public sealed class The_fingerprint
{
    [Fact]
    public void is_one_stable_line()
    {
        new NumericsFingerprint(2, "double", "avx512", "linux", "x64").ToString().ShouldBe("numerics 2, double, avx512, linux, x64");
        NumericsFingerprint.Current.ShouldBe(NumericsFingerprint.Current with { });
        NumericsFingerprint.Current.InstructionSet.ShouldBe(LaneWidths.Widest switch
        {
            LaneWidth.Vector512 => "avx512",
            LaneWidth.Vector256 => "avx2+fma",
            _ => "scalar",
        });
    }
}

public sealed unsafe class A_worker_team
{
    [Fact]
    public void does_every_part_once_however_many_jobs_come()
    {
        var done = stackalloc int[40];
        for (var job = 0; job < 2000; job++)
        {
            var parts = 1 + job % 40;
            for (var k = 0; k < 40; k++) done[k] = 0;
            WorkerTeam.Shared.Run(&Count, done, parts);
            for (var k = 0; k < 40; k++) done[k].ShouldBe(k < parts ? 1 : 0);
            // Now and then long enough for the workers to fall asleep.
            if (job % 400 == 0) Thread.Sleep(2);
        }
    }

    [Fact]
    public void serves_several_callers_and_jobs_within_jobs()
    {
        var callers = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (var job = 0; job < 300; job++)
            {
                long total = 0;
                WorkerTeam.Shared.Run(&Nested, &total, 8);
                total.ShouldBe(8 * 3);
            }
        })).ToArray();
        foreach (var caller in callers) caller.Start();
        foreach (var caller in callers) caller.Join();
    }

    private static void Count(void* context, int part, int parts) => Interlocked.Increment(ref ((int*)context)[part]);

    private static void Nested(void* context, int part, int parts) => WorkerTeam.Shared.Run(&Add, context, 3);

    private static void Add(void* context, int part, int parts) => Interlocked.Increment(ref *(long*)context);
}
