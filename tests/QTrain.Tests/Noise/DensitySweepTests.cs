using QTrain.Circuits;
using QTrain.Gradients;
using QTrain.Noise;
using QTrain.Numerics;
using QTrain.Simulation;
using QTrain.Simulation.Density;
using QTrain.Tests.Reference;

namespace QTrain.Tests.Noise;

public sealed class A_sweep_of_a_noisy_circuit
{
    private static readonly double[] At = [0.7, -1.9, 2.6, 0.2];

    [Fact]
    public void has_the_value_and_the_derivatives_of_what_is_read()
    {
        for (ulong seed = 0; seed < 40; seed++)
        {
            var circuit = Measured(AnyNoise.Circuit(1 + (int)(seed % 5), 24, measures: false, seed));
            var asked = Asked(circuit.Circuit.QubitCount, seed);
            var program = DensityProgram.From(circuit);
            using var workspace = new DensityWorkspace(null);
            using var sweep = DensitySweep.For(program, asked, workspace).ShouldNotBeNull();
            var gradient = new double[4];
            var value = sweep.Evaluate(At, gradient);
            value.ShouldBe(Slow(program, asked, At), 1e-10);
            sweep.Value(At).ShouldBe(value);
            var differences = FiniteDifference.Central(at => Slow(program, asked, at), At);
            for (var k = 0; k < At.Length; k++) gradient[k].ShouldBe(differences[k], 1e-7, $"seed {seed}, parameter {k}");
            // What it adds to is kept, and a second time nothing else comes out.
            sweep.Evaluate(At, gradient).ShouldBe(value);
            for (var k = 0; k < At.Length; k++) gradient[k].ShouldBe(2 * differences[k], 2e-7);
        }
    }

    [Fact]
    public void gives_the_same_bits_however_many_states_it_keeps_and_however_many_threads_work()
    {
        for (ulong seed = 0; seed < 6; seed++)
        {
            // Eight qubits are more than a tile holds, and long rotations more than a block of sums.
            var circuit = Measured(AnyNoise.Circuit(seed < 4 ? 4 : 8, 60, measures: false, seed));
            var asked = Asked(circuit.Circuit.QubitCount, seed);
            double[]? expected = null;
            foreach (var (room, threads) in new[] { (long.MaxValue, 1), (0, 1), (long.MaxValue, 4) })
            {
                using var workspace = new DensityWorkspace(new SimulationOptions { Threads = threads });
                using var sweep = DensitySweep.For(DensityProgram.From(circuit), asked, workspace, room).ShouldNotBeNull();
                if (room == 0) sweep.MatrixCount.ShouldBeLessThan(30);
                var gradient = new double[4];
                double[] all = [sweep.Evaluate(At, gradient), .. gradient];
                expected ??= all;
                all.ShouldBe(expected);
            }
            foreach (var width in new[] { LaneWidth.Scalar, LaneWidth.Vector256, LaneWidth.Vector512 })
            {
                using var workspace = new DensityWorkspace(new SimulationOptions { Width = width });
                using var sweep = DensitySweep.For(DensityProgram.From(circuit), asked, workspace).ShouldNotBeNull();
                var gradient = new double[4];
                double[] all = [sweep.Evaluate(At, gradient), .. gradient];
                for (var k = 0; k < all.Length; k++) all[k].ShouldBe(expected![k], 1e-12);
            }
        }
    }

    [Fact]
    public void is_not_made_of_circuits_that_read_on_the_way_or_ask_conditions()
    {
        using var workspace = new DensityWorkspace(null);
        Of(c => c.Measure(0, 0).H(0)).ShouldBeNull();
        Of(c => c.Measure(0, 0).If([0], 1, b => b.X(1))).ShouldBeNull();
        Of(c => c.Reset(0).H(0).Measure(0, 0)).ShouldNotBeNull().Dispose();

        DensitySweep? Of(Action<CircuitBuilder> build) => DensitySweep.For(DensityProgram.From(Circuit.Build(2, build)), [(1, 1.0)], workspace);
    }

    private static NoisyCircuit Measured(NoisyCircuit noisy)
    {
        // Bits in another order than the qubits, and the last qubit is not read.
        var qubits = noisy.Circuit.QubitCount;
        var read = Math.Max(1, qubits - 1);
        var measures = Enumerable.Range(0, read).Select(q => (Operation)new Measure(q, read - 1 - q));
        return new NoisyCircuit(new Circuit(qubits, [.. noisy.Circuit.Operations, .. measures], qubits, noisy.Circuit.Parameters), noisy.Readout);
    }

    private static (ulong, double)[] Asked(int qubits, ulong seed)
    {
        var random = new RandomStream(seed, 3);
        return [.. Enumerable.Range(0, 5).Select(_ => (random.NextUInt64() & ((1UL << qubits) - 1), random.NextGaussian()))];
    }

    private static double Slow(DensityProgram program, (ulong Bits, double Coefficient)[] asked, ReadOnlySpan<double> at) =>
        NoisySimulator.Probabilities(program, at).Sum(p => p.Value * asked.Sum(a => (ulong.PopCount(a.Bits & p.Key) & 1) == 0 ? a.Coefficient : -a.Coefficient));
}
