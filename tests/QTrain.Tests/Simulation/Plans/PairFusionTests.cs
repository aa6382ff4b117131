using System.Numerics;
using QTrain.Circuits;
using QTrain.Gradients;
using QTrain.Numerics;
using QTrain.Simulation;
using QTrain.Simulation.Kernels;
using QTrain.Simulation.Plans;
using QTrain.Tests.Reference;

namespace QTrain.Tests.Simulation.Plans;

public sealed class Fused_pairs
{
    // A hundred gates of unit norm; each rounds a few times.
    private const double Rounding = 1e-13;

    public static TheoryData<int, Precision> Widths => The_state_vector.Widths;

    private static readonly TileShape[] Shapes = [new(13, 6, 10), new(4, 3, 3), new(5, 3, 4), new(6, 4, 3), new(7, 3, 5)];

    [Theory, MemberData(nameof(Widths))]
    public void do_what_their_gates_do_one_by_one(int width, Precision precision)
    {
        for (ulong seed = 0; seed < 150; seed++)
        {
            var circuit = DenseCircuits.Random(2 + (int)(seed % 8), 5 + (int)(seed % 60), seed);
            var at = Any.Point(circuit.Parameters.Length, seed);
            var start = Any.Amplitudes(circuit.QubitCount, seed);
            var options = The_state_vector.Wide(width, precision);
            using var state = StateVector.FromAmplitudes(start, options);
            var plan = PlanOf(circuit, options, seed);
            Run(plan, state, at);
            var expected = NaiveState.FromAmplitudes(start);
            expected.Apply(circuit, at);
            try
            {
                state.ShouldBe(expected, Tolerance.Of(precision, circuit.Operations.Length, Rounding));
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}, {circuit.QubitCount} qubits: {e.Message}\n{string.Join("; ", circuit.Operations)}\n{plan}");
            }
        }
    }

    [Theory, MemberData(nameof(Widths))]
    public void are_undone_on_the_way_back(int width, Precision precision)
    {
        for (ulong seed = 0; seed < 60; seed++)
        {
            var qubits = 3 + (int)(seed % 5);
            var circuit = DenseCircuits.Random(qubits, 30, seed);
            var random = new RandomStream(seed);
            var at = Any.Point(circuit.Parameters.Length, ref random);
            var observable = Any.Observable(qubits, 5, ref random);
            var options = The_state_vector.Wide(width, precision);
            using var ket = StateVector.Zero(qubits, options);
            using var bra = StateVector.Zero(qubits, options);
            var gradient = new double[at.Length];
            var plan = PlanOf(circuit, options, seed);
            plan.Differentiate(ket, bra, at, gradient, () =>
            {
                StateVector.SetToImage(bra, observable, ket);
                return ket.InnerProduct(bra).Real;
            }, CancellationToken.None);
            var expected = Gradient.Shift(circuit, observable, at);
            var size = observable.Terms.Sum(t => t.Coefficient.Magnitude);
            for (var k = 0; k < at.Length; k++) gradient[k].ShouldBe(expected[k], size * Tolerance.Of(precision, circuit.Operations.Length, 1e-12), $"seed {seed}, parameter {k}\n{plan}");
        }
    }

    /// <summary>Gates with names are special where the decomposition is least determined.</summary>
    [Theory]
    [InlineData("swap")]
    [InlineData("iswap")]
    [InlineData("ecr")]
    [InlineData("dcx")]
    [InlineData("xx_plus_yy")]
    [InlineData("controlled")]
    [InlineData("identity")]
    [InlineData("product")]
    [InlineData("nearly the identity")]
    [InlineData("nearly a swap")]
    [InlineData("diagonal")]
    [InlineData("permutation")]
    public void are_exact_for_special_unitaries(string kind)
    {
        for (ulong seed = 0; seed < 60; seed++)
        {
            var random = new RandomStream(seed);
            var circuit = Circuit.Build(4, c =>
            {
                for (var q = 0; q < 4; q++) c.Ry(0.4 + q, q).Rz(0.3 * q, q);
                for (var k = 0; k < 6; k++)
                {
                    var (a, b) = DenseCircuits.Pair(4, ref random);
                    DenseCircuits.Special(c, kind, a, b, ref random);
                    if (random.NextBelow(2) == 0) c.H(a).T(b);
                }
            });
            var expected = NaiveState.Of(circuit, []);
            foreach (var width in LaneWidths.All)
            {
                var options = The_state_vector.Wide((int)width, Precision.Double);
                using var state = StateVector.Zero(4, options);
                Run(PlanOf(circuit, options, seed), state, []);
                state.ShouldBe(expected, Rounding);
            }
        }
    }

    [Theory]
    [InlineData("iswap")]
    [InlineData("dcx")]
    [InlineData("permutation")]
    public void that_only_exchange_states_cost_no_arithmetic(string kind)
    {
        var random = new RandomStream(1);
        var circuit = Circuit.Build(5, c => DenseCircuits.Special(c, kind, 1, 3, ref random));
        PlanOf(circuit, new SimulationOptions(), 0).ToString().ShouldNotContain("pair");
    }

    [Fact]
    public void on_the_same_qubits_are_one()
    {
        var random = new RandomStream(1);
        var circuit = Circuit.Build(5, c =>
        {
            c.Unitary(Any.Unitary(2, ref random), 4, 1).H(1).Cx(1, 4).T(4).Unitary(Any.Unitary(2, ref random), 1, 4);
        });
        PlanOf(circuit, new SimulationOptions(), 0).ToString().Split("pair ").Length.ShouldBe(2);
    }

    [Fact]
    public void leave_circuits_without_dense_gates_as_they_are()
    {
        var circuit = Circuit.Build(5, c => c.H(0).Cx(0, 1).T(1).Cx(0, 1).H(1).Swap(1, 2).Rzz(0.3, 2, 3));
        var lowered = new List<PlanOperation>();
        PairFusion.For(CompiledCircuit.From(circuit).Instructions.AsSpan(), lowered, _ => { }, 5).ShouldBeNull();
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void give_the_same_bits_on_any_number_of_threads_and_the_state_of_single_gates()
    {
        var circuit = DenseCircuits.Random(16, 150, 3);
        var at = Any.Point(circuit.Parameters.Length, 3);
        var compiled = CompiledCircuit.From(circuit);
        using var oneByOne = StateVector.Zero(16);
        foreach (var instruction in compiled.Instructions) oneByOne.Apply(instruction, instruction.Angle.At(at), inverse: false);
        using var alone = StateVector.Zero(16, new SimulationOptions { Threads = 1 });
        alone.Apply(compiled, at);
        foreach (var threads in new[] { 2, 3 })
        {
            using var together = StateVector.Zero(16, new SimulationOptions { Threads = threads });
            together.Apply(compiled, at);
            for (long k = 0; k < alone.Length; k++)
                if (alone[k] != together[k]) Assert.Fail($"amplitude {k} is {together[k]} on {threads} threads and {alone[k]} on one");
        }
        for (long k = 0; k < alone.Length; k++) (alone[k] - oneByOne[k]).Magnitude.ShouldBeLessThan(Rounding);
    }

    private static ExecutionPlan PlanOf(Circuit circuit, SimulationOptions options, ulong seed) => new(
        circuit.QubitCount, CompiledCircuit.From(circuit).Instructions.AsSpan(), options.Width, options.Precision, Shapes[seed % (ulong)Shapes.Length]);

    private static unsafe void Run(ExecutionPlan plan, StateVector state, double[] at)
    {
        var gates = new GateSweeps(KernelTable.For(state.Options.Width, state.Precision)) { Pointer = state.Pointer, QubitCount = state.QubitCount };
        plan.Run(state.Pointer, state.QubitCount, default, at, parts: 1, gates);
        GC.KeepAlive(state);
    }
}

/// <summary>Dense two-qubit gates among all that may stand between them.</summary>
internal static class DenseCircuits
{
    private static readonly string[] Kinds =
    [
        "random", "swap", "iswap", "ecr", "dcx", "xx_plus_yy", "controlled", "identity", "product", "nearly the identity", "nearly a swap", "diagonal", "permutation",
    ];

    public static Circuit Random(int qubits, int gates, ulong seed) => Circuit.Build(qubits, c =>
    {
        var random = new RandomStream(seed);
        var next = 0;
        for (var k = 0; k < gates; k++)
        {
            var (a, b) = Pair(qubits, ref random);
            switch (random.NextBelow(12))
            {
                case < 5: Special(c, Kinds[random.NextBelow(3) == 0 ? random.NextBelow(Kinds.Length) : 0], a, b, ref random); break;
                case 5: c.H(a); break;
                case 6: c.T(a).X(b); break;
                case 7: c.Rx(0.7, a).Cx(a, b); break;
                case 8: c.Cz(a, b).Rzz(0.4, b, a); break;
                case 9: c.Ry(Parameter.Named($"t{next++}"), a); break;
                case 10: c.Rzz(Parameter.Named($"t{next++}"), a, b); break;
                default: c.Unitary(Any.Unitary(1, ref random), a).Crx(0.3, a, b); break;
            }
        }
    });

    public static (int A, int B) Pair(int qubits, ref RandomStream random)
    {
        var a = (int)random.NextBelow(qubits);
        return (a, (a + 1 + (int)random.NextBelow(qubits - 1)) % qubits);
    }

    public static void Special(CircuitBuilder c, string kind, int a, int b, ref RandomStream random)
    {
        switch (kind)
        {
            case "swap": c.Swap(a, b); break;
            case "iswap": c.Iswap(a, b); break;
            case "ecr": c.Ecr(a, b); break;
            case "dcx": c.Dcx(a, b); break;
            case "xx_plus_yy": c.XxPlusYy(random.NextBelow(3) * Math.PI / 2 + 0.2, 0.6, a, b); break;
            case "controlled": c.Unitary(Controlled(ref random), a, b); break;
            case "identity": c.Unitary(Near(new double[4], 0, ref random), a, b); break;
            case "product": c.Unitary(Product(ref random), a, b); break;
            case "nearly the identity": c.Unitary(Near(new double[4], Math.Pow(10, -random.NextBelow(17)), ref random), a, b); break;
            case "nearly a swap": c.Swap(a, b).Unitary(Near(new double[4], Math.Pow(10, -random.NextBelow(17)), ref random), a, b); break;
            case "diagonal": c.Unitary(Near([random.NextDouble(), 2, random.NextDouble(), 5], 0, ref random), a, b); break;
            case "permutation": c.Unitary(Permutation(ref random), a, b); break;
            default: c.Unitary(Any.Unitary(2, ref random), a, b); break;
        }
    }

    /// <summary>Given phases, then a small turn of a random pair of states.</summary>
    private static Complex[,] Near(double[] phases, double angle, ref RandomStream random)
    {
        var matrix = new Complex[4, 4];
        for (var k = 0; k < 4; k++) matrix[k, k] = Complex.FromPolarCoordinates(1, phases[k]);
        var p = (int)random.NextBelow(4);
        var q = (p + 1 + (int)random.NextBelow(3)) % 4;
        if (angle == 0) return matrix;
        var (sin, cos) = Math.SinCos(angle);
        (matrix[p, p], matrix[p, q], matrix[q, p], matrix[q, q]) = (cos, -sin, sin, cos);
        return matrix;
    }

    private static Complex[,] Product(ref RandomStream random)
    {
        var (high, low) = (Any.Unitary(1, ref random), Any.Unitary(1, ref random));
        var matrix = new Complex[4, 4];
        for (var row = 0; row < 4; row++)
            for (var column = 0; column < 4; column++) matrix[row, column] = high[row >> 1, column >> 1] * low[row & 1, column & 1];
        return matrix;
    }

    private static Complex[,] Controlled(ref RandomStream random)
    {
        var turn = Any.Unitary(1, ref random);
        return new Complex[,] { { 1, 0, 0, 0 }, { 0, turn[0, 0], 0, turn[0, 1] }, { 0, 0, 1, 0 }, { 0, turn[1, 0], 0, turn[1, 1] } };
    }

    private static Complex[,] Permutation(ref RandomStream random)
    {
        var order = new[] { 0, 1, 2, 3 };
        for (var k = 3; k > 0; k--)
        {
            var other = (int)random.NextBelow(k + 1);
            (order[k], order[other]) = (order[other], order[k]);
        }
        var matrix = new Complex[4, 4];
        for (var k = 0; k < 4; k++) matrix[order[k], k] = Complex.FromPolarCoordinates(1, 6 * random.NextDouble());
        return matrix;
    }
}
