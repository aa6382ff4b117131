using QTrain.Circuits;
using QTrain.Gradients;
using QTrain.Simulation;
using Gradient = QTrain.Gradients.Gradient;

namespace QTrain.Tests.Gradients;

/// <summary>Values that eighth-order differences and overlaps in another simulator agreed on.</summary>
public sealed class Every_recorded_circuit
{
    /// <summary>What every method that claims exactness owes.</summary>
    private const double Exact = 1e-9;

    public static TheoryData<string> Names => ["circuit_a", "circuit_b", "circuit_c"];

    [Theory, MemberData(nameof(Names))]
    public void has_its_energy_and_variance(string name)
    {
        var file = GradientFile.Read(name);
        using var state = StateVector.Zero(file.Circuit.QubitCount);
        state.Apply(file.Circuit, file.At);
        state.Expectation(file.Observable).ShouldBe(file.Energy, Exact);
        state.Variance(file.Observable).ShouldBe(file.Variance, Exact);
    }

    [Theory, MemberData(nameof(Names))]
    public void has_its_adjoint_gradient(string name)
    {
        var file = GradientFile.Read(name);
        Gradient.Adjoint(file.Circuit, file.Observable, file.At, out var energy).ShouldBe(file.Gradient, Exact);
        energy.ShouldBe(file.Energy, Exact);
    }

    [Theory, MemberData(nameof(Names))]
    public void has_its_shift_gradient(string name)
    {
        var file = GradientFile.Read(name);
        Gradient.Shift(file.Circuit, file.Observable, file.At).ShouldBe(file.Gradient, Exact);
    }

    [Theory, MemberData(nameof(Names))]
    public void has_its_gradient_by_differences(string name)
    {
        var file = GradientFile.Read(name);
        FiniteDifference.Central(file.Circuit, file.Observable, file.At).ShouldBe(file.Gradient, Exact);
    }

    [Theory, MemberData(nameof(Names))]
    public void has_its_metric(string name)
    {
        var file = GradientFile.Read(name);
        if (file.Metric is { } expected) FubiniStudy.Metric(file.Circuit, file.At).ShouldBe(expected, Exact);
    }

    [Theory, MemberData(nameof(Names))]
    public void has_its_Hessian(string name)
    {
        var file = GradientFile.Read(name);
        if (file.Hessian is { } expected) Hessian.Of(file.Circuit, file.Observable, file.At).ShouldBe(expected, Exact);
    }

    [Fact]
    public void has_a_metric_and_a_Hessian_somewhere()
    {
        var files = Names.Select(n => GradientFile.Read(n.Data)).ToArray();
        files.ShouldContain(f => f.Metric != null);
        files.ShouldContain(f => f.Hessian != null);
    }
}
