using QTrain.Circuits;
using QTrain.Gradients;
using QTrain.Observables;
using QTrain.Simulation;
using QTrain.Tests.Reference;
using Gradient = QTrain.Gradients.Gradient;

namespace QTrain.Tests.Gradients;

public sealed class Gradients_of_any_circuit
{
    /// <summary>Rounding of some twenty gates on observables of norm up to about 10, and angles that move at up to 10 times their parameter.</summary>
    private const double Rounding = 1e-10;

    [Fact]
    public void are_the_same_to_the_bit_on_any_number_of_threads()
    {
        // Smaller states are left to one thread whatever is asked for.
        const int qubits = 15;
        var angles = Parameter.Vector("t", 2);
        var circuit = Circuit.Build(qubits, c =>
        {
            for (var q = 0; q < qubits; q++) c.Ry((0.1 + 0.2 * q) * angles[0], q);
            for (var q = 0; q + 1 < qubits; q++) c.Cx(q, q + 1);
            c.Rzz(angles[1], 0, 14).Crx(angles[1], 3, 12);
        });
        var observable = PauliSum.Parse("0.5*XIIIIIIIIIIIIIZ + 0.25*IIIIIIYYIIIIIII - ZIIIIIIIIIIIIII");
        double[] at = [0.7, -0.4];
        var one = new SimulationOptions { Threads = 1 };
        foreach (var threads in (int[])[2, 3, 5])
        {
            var many = new SimulationOptions { Threads = threads };
            Gradient.Adjoint(circuit, observable, at, many).ShouldBe(Gradient.Adjoint(circuit, observable, at, one));
            Gradient.Shift(circuit, observable, at, many).ShouldBe(Gradient.Shift(circuit, observable, at, one));
            FiniteDifference.Central(circuit, observable, at, options: many).ShouldBe(FiniteDifference.Central(circuit, observable, at, options: one));
        }
    }

    [Fact]
    public void are_the_same_by_shift_and_adjoint() =>
        Law.ForAll(Any.TrainableCircuit(), c =>
            Gradient.Shift(c.Circuit, c.Observable, c.At).ShouldBe(Gradient.Adjoint(c.Circuit, c.Observable, c.At), Rounding));

    [Fact]
    public void are_the_same_by_central_differences_of_every_order() =>
        Law.ForAll(Any.TrainableCircuit(maxQubits: 4), c =>
        {
            var exact = Gradient.Adjoint(c.Circuit, c.Observable, c.At);
            // Order 2 at its best step keeps about half of the digits; many gates that share a parameter make it worse.
            FiniteDifference.Central(c.Circuit, c.Observable, c.At, order: 2).ShouldBe(exact, 1e-6);
            FiniteDifference.Central(c.Circuit, c.Observable, c.At, step: 1e-3, order: 8).ShouldBe(exact, 1e-8);
        });

    [Fact]
    public void come_with_the_expectation() =>
        Law.ForAll(Any.TrainableCircuit(), c =>
        {
            using var state = StateVector.Zero(c.Circuit.QubitCount);
            state.Apply(c.Circuit, c.At);
            Gradient.Adjoint(c.Circuit, c.Observable, c.At, out var expectation);
            expectation.ShouldBe(state.Expectation(c.Observable), Rounding);
        });

    [Fact]
    public void cover_every_gate_of_the_table()
    {
        for (var seed = 0UL; seed < 5; seed++)
        {
            var circuit = Any.EveryGate(4, seed);
            var random = new QTrain.Numerics.RandomStream(seed);
            var (observable, at) = (Any.Observable(4, 6, ref random), Any.Point(4, seed));
            var exact = Gradient.Adjoint(circuit, observable, at);
            Gradient.Shift(circuit, observable, at).ShouldBe(exact, Rounding);
            FiniteDifference.Central(circuit, observable, at, step: 1e-3, order: 8).ShouldBe(exact, 1e-7);
        }
    }
}

public sealed class The_Hessian
{
    [Fact]
    public void is_the_derivative_of_the_gradient() =>
        Law.ForAll(Any.TrainableCircuit(maxQubits: 4, maxOperations: 10), c =>
        {
            var hessian = Hessian.Of(c.Circuit, c.Observable, c.At);
            for (var row = 0; row < c.At.Length; row++)
            {
                var differences = FiniteDifference.Central(
                    point => Gradient.Adjoint(c.Circuit, c.Observable, point)[row], c.At, step: 1e-3, order: 8);
                for (var column = 0; column < c.At.Length; column++) hessian[row, column].ShouldBe(differences[column], 1e-7);
            }
        }, tests: 40);
}

public sealed class The_metric
{
    [Fact]
    public void is_the_curvature_of_the_overlap_with_neighbouring_states() =>
        Law.ForAll(Any.TrainableCircuit(maxQubits: 4, maxOperations: 10), c =>
        {
            // 1 − |⟨ψ(θ)|ψ(θ+d)⟩|² = dᵀgd + O(d⁴) when averaged over ±d.
            var metric = FubiniStudy.Metric(c.Circuit, c.At);
            const double step = 4e-4;
            for (var i = 0; i < c.At.Length; i++)
                for (var j = 0; j < c.At.Length; j++)
                {
                    double[] up = [.. c.At], down = [.. c.At];
                    up[i] += step;
                    up[j] += step;
                    down[i] -= step;
                    down[j] -= step;
                    var quadratic = metric[i, i] + metric[j, j] + 2 * metric[i, j];
                    if (i == j) quadratic = 4 * metric[i, i];
                    var distance = 1 - (Fidelity(c.Circuit, c.At, up) + Fidelity(c.Circuit, c.At, down)) / 2;
                    // The fourth order grows with the fourth power of how fast the angles move.
                    (distance / (step * step)).ShouldBe(quadratic, 1e-6 * (1 + quadratic * quadratic));
                }
        }, tests: 40);

    private static double Fidelity(Circuit circuit, double[] left, double[] right)
    {
        using var here = StateVector.Zero(circuit.QubitCount);
        using var there = StateVector.Zero(circuit.QubitCount);
        here.Apply(circuit, left);
        there.Apply(circuit, right);
        var overlap = here.InnerProduct(there).Magnitude;
        return overlap * overlap;
    }
}

public sealed class A_gradient
{
    private static readonly PauliSum Z = new(1, [new PauliTerm(PauliString.Single('Z', 0), 1)]);

    [Fact]
    public void of_a_rotated_qubit_is_minus_the_sine()
    {
        var circuit = Circuit.Build(1, c => c.Ry(Parameter.Named("θ"), 0));
        Gradient.Adjoint(circuit, Z, [0.4]).ShouldBe([-Math.Sin(0.4)], 1e-15);
    }

    [Fact]
    public void is_zero_for_a_parameter_that_occurs_nowhere()
    {
        var circuit = new Circuit(1, Circuit.Build(1, c => c.Ry(Parameter.Named("a"), 0)).Operations, parameters: [new("unused"), new("idle"), new("a")]);
        Gradient.Adjoint(circuit, Z, [7, 8, 0.4]).ShouldBe([0, 0, -Math.Sin(0.4)], 1e-15);
        Gradient.Shift(circuit, Z, [7, 8, 0.4]).ShouldBe([0, 0, -Math.Sin(0.4)], 1e-15);
        Hessian.Of(circuit, Z, [7, 8, 0.4])[0, 2].ShouldBe(0);
        FubiniStudy.Metric(circuit, [7, 8, 0.4])[0, 0].ShouldBe(0);
    }

    [Fact]
    public void does_not_see_a_global_phase()
    {
        var circuit = Circuit.Build(1, c => c.Ry(Parameter.Named("a"), 0).GlobalPhase(Parameter.Named("b")));
        Gradient.Adjoint(circuit, Z, [0.4, 1]).ShouldBe([-Math.Sin(0.4), 0], 1e-15);
        Gradient.Shift(circuit, Z, [0.4, 1]).ShouldBe([-Math.Sin(0.4), 0], 1e-15);
        FubiniStudy.Metric(circuit, [0.4, 1])[1, 1].ShouldBe(0);
    }

    [Fact]
    public void of_a_circuit_without_parameters_is_empty() =>
        Gradient.Adjoint(Circuit.Build(1, c => c.H(0)), Z, []).ShouldBeEmpty();

    [Fact]
    public void takes_two_energies_a_rotation_and_four_a_controlled_one()
    {
        var p = Parameter.Vector("p", 3);
        var circuit = Circuit.Build(2, c => c.Rx(p[0], 0).Rx(2 * p[0], 1).Crx(p[1], 0, 1).Cp(p[2], 0, 1));
        new ShiftRule(circuit).EnergyCount.ShouldBe(2 + 2 + 4 + 2);
    }

    [Fact]
    public void can_be_measured_with_shots()
    {
        var p = Parameter.Vector("p", 3);
        var circuit = Circuit.Build(2, c => c.Rx(p[0], 0).Ry(2 * p[0] + p[1], 1).Crx(p[1], 0, 1));
        circuit = new Circuit(2, circuit.Operations, parameters: p);
        var observable = PauliSum.Parse("ZZ + 0.5*XI");
        var exact = Gradient.Adjoint(circuit, observable, [0.3, 0.4, 0]);
        var measured = Gradient.Shift(circuit, observable, [0.3, 0.4, 0], shots: 20_000, new QTrain.Numerics.RandomStream(4));
        for (var k = 0; k < 3; k++) Math.Abs(measured[k].Value - exact[k]).ShouldBeLessThanOrEqualTo(4 * measured[k].StandardError);
        measured[2].ShouldBe(new QTrain.Shots.Estimate(0, 0, 0));
        measured[0].StandardError.ShouldBeInRange(0.005, 0.03);
        // Two groups; four energies move with the first parameter, six with the second.
        measured.Select(m => m.Shots).ShouldBe([4 * 2 * 20_000, 6 * 2 * 20_000, 0]);
    }

    [Fact]
    public void carries_the_standard_errors_of_its_energies()
    {
        var circuit = Circuit.Build(1, c => c.Rx(3 * Parameter.Named("p"), 0));
        var (_, errors) = new ShiftRule(circuit).Gradient([0.3], (_, _) => (0, 0.1));
        errors.ShouldBe([3 * Math.Sqrt(2) * 0.5 * 0.1], 1e-15);
    }

    [Theory]
    [InlineData("measure"), InlineData("reset"), InlineData("condition")]
    public void is_refused_for_a_circuit_that_is_no_unitary(string reason)
    {
        var circuit = Circuit.Build(1, c =>
        {
            c.Rx(Parameter.Named("p"), 0);
            if (reason == "measure") c.Measure(0, 0);
            if (reason == "reset") c.Reset(0);
            if (reason == "condition") c.If([0], 1, then => then.X(0));
        });
        Should.Throw<NotDifferentiableException>(() => Gradient.Adjoint(circuit, Z, [1])).Operation.ShouldBe(1);
        Should.Throw<NotDifferentiableException>(() => Gradient.Shift(circuit, Z, [1]));
        Should.Throw<NotDifferentiableException>(() => FiniteDifference.Central(circuit, Z, [1]));
        Should.Throw<NotDifferentiableException>(() => Hessian.Of(circuit, Z, [1]));
        Should.Throw<NotDifferentiableException>(() => FubiniStudy.Metric(circuit, [1])).Message
            .ShouldContain("leave final measurements out");
    }

    [Fact]
    public void is_refused_at_a_point_of_the_wrong_length() =>
        Should.Throw<ArgumentException>(() => Gradient.Adjoint(Circuit.Build(1, c => c.Rx(Parameter.Named("p"), 0)), Z, [1, 2])).Message
            .ShouldStartWith("The circuit has 1 parameters but 2 values were given.");

    [Fact]
    public void is_refused_for_an_observable_that_cannot_be_measured_there()
    {
        var circuit = Circuit.Build(2, c => c.Rx(Parameter.Named("p"), 0));
        Should.Throw<QuantumException>(() => Gradient.Adjoint(circuit, Z, [1])).Message
            .ShouldBe("The observable acts on 1 qubits but the circuit has 2: they must agree.");
        var imaginary = new PauliSum(2, [new PauliTerm(default, System.Numerics.Complex.ImaginaryOne)]);
        Should.Throw<NotHermitianException>(() => Gradient.Adjoint(circuit, imaginary, [1]));
        Should.Throw<NotHermitianException>(() => Gradient.Shift(circuit, imaginary, [1]));
        Should.Throw<NotHermitianException>(() => Hessian.Of(circuit, imaginary, [1]));
        Should.Throw<NotHermitianException>(() => FiniteDifference.Central(circuit, imaginary, [1]));
    }
}
