using QTrain.Circuits;
using QTrain.Gradients;
using QTrain.Numerics;
using QTrain.Simulation;
using QTrain.Simulation.Kernels;
using QTrain.Simulation.Plans;
using QTrain.Tests.Reference;

namespace QTrain.Tests.Simulation.Plans;

public sealed class An_execution_plan
{
    public static TheoryData<int, Precision> Widths => The_state_vector.Widths;

    /// <summary>Tiles so small that circuits of a few qubits take several sweeps, with rows to gather and portions inside a tile.</summary>
    private static readonly TileShape[] Shapes = [new(13, 6, 10), new(4, 3, 3), new(5, 3, 4), new(6, 4, 3), new(7, 3, 5)];

    [Theory, MemberData(nameof(Widths))]
    public void agrees_with_the_plain_matrix_product_on_any_circuit(int width, Precision precision)
    {
        for (ulong seed = 0; seed < 400; seed++)
        {
            var qubits = 1 + (int)(seed % 9);
            var circuit = Any.UnitaryCircuit(qubits, 4 + (int)(seed % 40), seed);
            Check(circuit, seed, The_state_vector.Wide(width, precision), Shapes[seed % (ulong)Shapes.Length]);
        }
    }

    [Theory, MemberData(nameof(Widths))]
    public void agrees_on_layers_of_rotations_and_entanglers(int width, Precision precision)
    {
        for (ulong seed = 0; seed < 120; seed++)
        {
            var circuit = LayeredCircuits.Random(3 + (int)(seed % 7), 3, seed);
            Check(circuit, seed, The_state_vector.Wide(width, precision), Shapes[seed / 7 % (ulong)Shapes.Length]);
        }
    }

    [Theory, MemberData(nameof(Widths))]
    public void differentiates_as_central_differences_do(int width, Precision precision)
    {
        for (ulong seed = 0; seed < 160; seed++)
        {
            var qubits = 3 + (int)(seed % 6);
            var circuit = seed % 2 == 0 ? LayeredCircuits.Random(qubits, 2, seed) : Any.UnitaryCircuit(qubits, 4 + (int)(seed % 20), seed);
            var random = new RandomStream(seed + 1);
            var at = Any.Point(circuit.Parameters.Length, ref random);
            var observable = Any.Observable(qubits, 5, ref random);
            var shape = Shapes[seed / 3 % (ulong)Shapes.Length];
            var plan = new ExecutionPlan(qubits, CompiledCircuit.From(circuit).Instructions.AsSpan(), (LaneWidth)width, precision, shape);
            var options = The_state_vector.Wide(width, precision);
            using var ket = StateVector.Zero(qubits, options);
            using var bra = StateVector.Zero(qubits, options);
            var gradient = new double[at.Length];
            var energy = plan.Differentiate(ket, bra, at, gradient, () =>
            {
                StateVector.SetToImage(bra, observable, ket);
                return ket.InnerProduct(bra).Real;
            }, CancellationToken.None);
            var size = observable.Terms.Sum(t => t.Coefficient.Magnitude);
            energy.ShouldBe(NaiveState.Of(circuit, at).Expectation(observable), Tolerance.Of(precision, circuit.Operations.Length, 1e-11) * size);
            for (var k = 0; k < at.Length; k++)
            {
                double[] up = [.. at], down = [.. at];
                up[k] += 1e-4;
                down[k] -= 1e-4;
                var expected = (NaiveState.Of(circuit, up).Expectation(observable) - NaiveState.Of(circuit, down).Expectation(observable)) / 2e-4;
                // Differences of this step are good to 1e-8 of the third derivative.
                if (!(Math.Abs(gradient[k] - expected) <= Tolerance.Of(precision, circuit.Operations.Length, 1e-6) * size))
                    Assert.Fail($"seed {seed}, {qubits} qubits, {shape}, parameter {k}: {gradient[k]}, not {expected}\n{string.Join("; ", circuit.Operations)}\n{plan}");
            }
        }
    }

    [Theory]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(21)]
    [InlineData(22)]
    [Trait("Category", "Slow")]
    public void agrees_with_one_gate_after_another_where_a_state_has_many_tiles(int qubits)
    {
        for (ulong seed = 0; seed < (qubits > 20 ? 2UL : 12); seed++)
        {
            var circuit = seed % 3 == 0 ? Any.UnitaryCircuit(qubits, 30, seed) : LayeredCircuits.Random(qubits, 3, seed);
            var at = Any.Point(circuit.Parameters.Length, seed);
            var compiled = CompiledCircuit.From(circuit);
            using var planned = StateVector.Zero(qubits);
            using var oneByOne = StateVector.Zero(qubits);
            planned.Apply(compiled, at);
            foreach (var instruction in compiled.Instructions) oneByOne.Apply(instruction, instruction.Angle.At(at), inverse: false);
            (1 - oneByOne.InnerProduct(planned).Real).ShouldBe(0, 1e-11, $"seed {seed}: {compiled.PlanFor(planned.Options.Width, planned.Precision)}");
            using var alone = StateVector.Zero(qubits, new SimulationOptions { Threads = 1 });
            alone.Apply(compiled, at);
            for (long k = 0; k < alone.Length; k += 37)
                if (alone[k] != planned[k]) Assert.Fail($"seed {seed}: amplitude {k} is {planned[k]} on all threads and {alone[k]} on one");
        }
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void has_the_gradient_of_shifts_and_its_bits_on_any_number_of_threads()
    {
        for (ulong seed = 0; seed < 4; seed++)
        {
            var circuit = LayeredCircuits.Random(15, 2, 100 + seed);
            var at = Any.Point(circuit.Parameters.Length, seed);
            var random = new RandomStream(seed);
            var observable = Any.Observable(15, 6, ref random);
            var one = Gradient.Adjoint(circuit, observable, at, new SimulationOptions { Threads = 1 });
            foreach (var threads in new[] { 2, 3, 5 })
                Gradient.Adjoint(circuit, observable, at, new SimulationOptions { Threads = threads }).ShouldBe(one);
            var shift = Gradient.Shift(circuit, observable, at);
            for (var k = 0; k < shift.Length; k++) one[k].ShouldBe(shift[k], 1e-10, $"seed {seed}, parameter {k}");
        }
    }

    [Theory]
    [InlineData(6)]
    [InlineData(15)]
    public void gives_a_gradient_without_allocating(int qubits)
    {
        var circuit = CompiledCircuit.From(LayeredCircuits.Random(qubits, 3, seed: 5));
        var random = new RandomStream(6);
        var observable = Any.Observable(qubits, 6, ref random);
        var at = Any.Point(circuit.ParameterCount, ref random);
        var gradient = new double[at.Length];
        using var state = StateVector.Zero(qubits);
        using var sweep = new AdjointSweep(circuit, observable, state);
        Allocations.Of(round =>
        {
            at[0] = round;
            sweep.Evaluate(at, gradient);
        }).ShouldBe(0);
    }

    private static void Check(Circuit circuit, ulong seed, SimulationOptions options, TileShape shape)
    {
        var random = new RandomStream(seed + 1);
        var at = new double[circuit.Parameters.Length];
        for (var k = 0; k < at.Length; k++) at[k] = random.NextBelow(8) switch { 0 => Math.PI, 1 => 0, 2 => -Math.PI / 2, _ => 7 * random.NextDouble() - 3.5 };
        var compiled = CompiledCircuit.From(circuit);
        var start = Any.Amplitudes(circuit.QubitCount, seed);
        KnownQubits known = default;
        if (seed % 3 == 0)
        {
            // Tiles of zeros are left alone.
            var basis = random.NextBelow(1L << circuit.QubitCount);
            Array.Clear(start);
            start[basis] = 1;
            known = KnownQubits.Basis((ulong)basis);
        }
        using var state = StateVector.FromAmplitudes(start, options);
        var plan = new ExecutionPlan(circuit.QubitCount, compiled.Instructions.AsSpan(), options.Width, options.Precision, shape);
        Run(plan, state, known, at);
        var expected = NaiveState.FromAmplitudes(start);
        expected.Apply(circuit, at);
        try
        {
            state.ShouldBe(expected, Tolerance.Of(options.Precision, circuit.Operations.Length, 1e-12));
        }
        catch (Exception e)
        {
            Assert.Fail($"seed {seed}, {circuit.QubitCount} qubits, {shape}: {e.Message}\n{string.Join("; ", circuit.Operations)}\nat {string.Join(", ", at)}");
        }
    }

    private static unsafe void Run(ExecutionPlan plan, StateVector state, KnownQubits known, double[] at)
    {
        var gates = new GateSweeps(KernelTable.For(state.Options.Width, state.Precision)) { Pointer = state.Pointer, QubitCount = state.QubitCount };
        plan.Run(state.Pointer, state.QubitCount, known, at, parts: 1, gates);
        GC.KeepAlive(state);
    }
}
