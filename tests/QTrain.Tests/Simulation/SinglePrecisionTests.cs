using QTrain.Circuits;
using QTrain.Gradients;
using QTrain.Numerics;
using QTrain.Observables;
using QTrain.Simulation;
using QTrain.Simulation.Density;
using QTrain.Simulation.Stabilizer;
using QTrain.Simulation.Trajectories;
using QTrain.Tests.Reference;
using QTrain.Tests.Simulation.Plans;
using QTrain.Workloads;
using Gradient = QTrain.Gradients.Gradient;

namespace QTrain.Tests.Simulation;

/// <summary>What singles cost in accuracy, beside doubles. That they agree with the plain matrix product is said where doubles do.</summary>
public sealed class Single_precision
{
    private static readonly SimulationOptions Single = new() { Precision = Precision.Single };

    [Theory]
    [InlineData("hea", 50)]
    [InlineData("brickwork", 50)]
    [InlineData("qaoa", 20)]
    [InlineData("uccsd", 2)]
    [InlineData("random2q", 10)]
    public void loses_with_the_root_of_the_number_of_gates(string kind, int size)
    {
        const int qubits = 10;
        var circuit = CompiledCircuit.From(kind switch
        {
            "hea" => WorkloadCircuits.HardwareEfficient(qubits, size),
            "brickwork" => WorkloadCircuits.Brickwork(qubits, size),
            "qaoa" => WorkloadCircuits.RegularQaoa(qubits, size),
            "uccsd" => WorkloadCircuits.CoupledCluster(qubits),
            _ => WorkloadCircuits.RandomTwoQubitGates(qubits),
        });
        var at = WorkloadCircuits.Point(circuit.ParameterCount);
        using var exact = StateVector.Zero(qubits);
        using var rounded = StateVector.Zero(qubits, Single);
        exact.Apply(circuit, at);
        rounded.Apply(circuit, at);
        var (left, right) = (exact.ToArray(), rounded.ToArray());
        var distance = Math.Sqrt(left.Zip(right, (a, b) => (a - b).Magnitude * (a - b).Magnitude).Sum());
        // Each gate turns the whole state by rounding of some 6e-8 in a direction of its own.
        distance.ShouldBeLessThan(Tolerance.Of(Precision.Single, circuit.Circuit.Operations.Length, 0));
        distance.ShouldBeGreaterThan(1e-8, "singles, not doubles");
    }

    [Fact]
    public void has_gradients_that_agree_by_adjoint_shift_and_differences() => Law.ForAll(Any.TrainableCircuit(maxQubits: 6), c =>
    {
        var size = c.Observable.Terms.Sum(t => t.Coefficient.Magnitude);
        // Angles that move at up to ten times their parameter.
        var tolerance = 10 * size * Tolerance.Of(Precision.Single, c.Circuit.Operations.Length, 0);
        var exact = Gradient.Adjoint(c.Circuit, c.Observable, c.At);
        var adjoint = Gradient.Adjoint(c.Circuit, c.Observable, c.At, out var energy, Single);
        using var state = StateVector.Zero(c.Circuit.QubitCount);
        state.Apply(c.Circuit, c.At);
        energy.ShouldBe(state.Expectation(c.Observable), tolerance);
        adjoint.ShouldBe(exact, tolerance);
        Gradient.Shift(c.Circuit, c.Observable, c.At, Single).ShouldBe(exact, tolerance);
    });

    [Fact]
    public void has_the_same_gradient_to_the_bit_on_any_number_of_threads()
    {
        var circuit = LayeredCircuits.Random(15, 2, 100);
        var at = Any.Point(circuit.Parameters.Length, seed: 1);
        var random = new RandomStream(2);
        var observable = Any.Observable(15, 6, ref random);
        var one = Gradient.Adjoint(circuit, observable, at, Single with { Threads = 1 });
        foreach (var threads in new[] { 2, 3, 5 }) Gradient.Adjoint(circuit, observable, at, Single with { Threads = threads }).ShouldBe(one);
        var exact = Gradient.Adjoint(circuit, observable, at);
        one.ShouldBe(exact, observable.Terms.Sum(t => t.Coefficient.Magnitude) * Tolerance.Of(Precision.Single, circuit.Operations.Length, 0));
        one.ShouldNotBe(exact);
    }

    [Fact]
    public void differentiates_numerically_with_steps_of_its_own()
    {
        var circuit = LayeredCircuits.Random(5, 2, 7);
        var at = Any.Point(circuit.Parameters.Length, seed: 3);
        var observable = PauliSum.Parse("ZIIIZ + 0.5*XIIII + IYYII");
        var exact = Gradient.Adjoint(circuit, observable, at);
        // Rounding of the energies over the step, and what the order leaves out: 1e-5 of the norm, two at most here.
        foreach (var order in (int[])[4, 6, 8]) FiniteDifference.Central(circuit, observable, at, order: order, options: Single).ShouldBe(exact, 5e-5);
        FiniteDifference.Central(circuit, observable, at, order: 2, options: Single).ShouldBe(exact, 5e-4);
    }

    [Fact]
    public void evaluates_gradients_without_allocating()
    {
        foreach (var qubits in (int[])[6, 15])
        {
            var circuit = CompiledCircuit.From(LayeredCircuits.Random(qubits, 3, seed: 5));
            var random = new RandomStream(6);
            var observable = Any.Observable(qubits, 6, ref random);
            var at = Any.Point(circuit.ParameterCount, ref random);
            var gradient = new double[at.Length];
            using var state = StateVector.Zero(qubits, Single);
            using var sweep = new AdjointSweep(circuit, observable, state);
            Allocations.Of(round =>
            {
                at[0] = round;
                sweep.Evaluate(at, gradient);
            }).ShouldBe(0);
        }
    }

    [Fact]
    public void is_that_of_trajectories_too()
    {
        for (ulong seed = 0; seed < 8; seed++)
        {
            var circuit = AnyNoise.Circuit(qubits: 1 + (int)(seed % 4), operations: 14, measures: false, seed);
            var program = TrajectoryProgram.From(circuit);
            var at = Any.Point(4, seed);
            var random = new RandomStream(seed, 13);
            var observable = Any.Observable(circuit.Circuit.QubitCount, 4, ref random);
            var exact = NoisySimulator.Expectation(DensityProgram.From(circuit), observable, at);
            var estimate = TrajectorySimulator.Expectation(program, observable, at, 1000, seed, Single);
            // Six standard errors, and rounding where chance has no say.
            Math.Abs(estimate.Value - exact).ShouldBeLessThan(6 * estimate.StandardError + 1e-5, $"seed {seed}");
        }
    }

    [Fact]
    public void is_refused_by_methods_that_hold_no_state_vector()
    {
        const string only = " know double precision only: single precision is for state vectors and trajectories.";
        var bell = Circuit.Build(2, c => c.H(0).Cx(0, 1));
        Should.Throw<QuantumException>(() => DensityMatrix.Zero(2, Single)).Message.ShouldBe("Density matrices" + only);
        Should.Throw<QuantumException>(() => StabilizerSimulator.Run(bell, [], 10, seed: 1, Single)).Message.ShouldBe("Stabilizer states" + only);
        Should.Throw<QuantumException>(() => ExactEnergies.Lowest(PauliSum.Parse("ZZ + XI"), 1, options: Single)).Message.ShouldBe("Exact energies" + only);
    }

    [Fact]
    public void is_not_mixed_with_double()
    {
        using var state = StateVector.Zero(2);
        using var single = StateVector.Zero(2, Single);
        const string message = "The states are of double and single precision: they must be of the same; ToArray and FromAmplitudes change it.";
        Should.Throw<QuantumException>(() => state.CopyFrom(single)).Message.ShouldBe(message);
        Should.Throw<QuantumException>(() => state.InnerProduct(single)).Message.ShouldBe(message);
    }
}
