using QTrain.Circuits;
using QTrain.Observables;
using QTrain.Simulation;
using QTrain.Simulation.Batches;

namespace QTrain.Gradients;

/// <summary>Derivatives by central differences: for checking the others, and for functions that have no better way.</summary>
/// <remarks>Fornberg 1988, "Generation of finite difference formulas on arbitrarily spaced grids", Math. Comp. 51. Circuits are smooth with
/// frequencies near 1, so the fourth order at its default step is good to about 1e-10 of the observable's norm, or 1e-5 of it in single precision.</remarks>
public static class FiniteDifference
{
    /// <summary>Raised when the arithmetic changes.</summary>
    internal const int Version = 1;

    private static readonly double[][] Weights =
        [[1.0 / 2], [2.0 / 3, -1.0 / 12], [3.0 / 4, -3.0 / 20, 1.0 / 60], [4.0 / 5, -1.0 / 5, 4.0 / 105, -1.0 / 280]];

    // Where the truncation error h^order meets the rounding error, 1e-16/h or 1e-7/h, for frequencies of about 2.
    private static readonly double[] DefaultSteps = [5e-6, 1e-3, 8e-3, 2e-2], SingleSteps = [5e-3, 5e-2, 0.12, 0.2];

    /// <summary>The gradient of ⟨ψ(θ)|O|ψ(θ)⟩ by central differences.</summary>
    /// <param name="circuit">A unitary circuit with P parameters.</param>
    /// <param name="observable">What is measured.</param>
    /// <param name="at">Parameter values in radians; length P.</param>
    /// <param name="step">Distance of neighbouring points in radians; by default the best for the order.</param>
    /// <param name="order">2, 4, 6 or 8: the power of the step that the error falls with, and the energies a parameter takes.</param>
    /// <param name="options">Threads and so on; no result depends on it.</param>
    public static double[] Central(Circuit circuit, PauliSum observable, ReadOnlySpan<double> at, double? step = null, int order = 4, SimulationOptions? options = null)
    {
        Gradient.Check(circuit, observable);
        Gradient.CheckPoint(circuit.Parameters.Length, at);
        using var energies = new BatchedExpectations(CompiledCircuit.From(circuit), observable, options);
        return Central(energies, at, step, order);
    }

    /// <summary>The gradient of expectations that can be asked all at once.</summary>
    internal static double[] Central(
        BatchedExpectations energies, ReadOnlySpan<double> at, double? step = null, int order = 4, CancellationToken cancellation = default)
    {
        step ??= CheckedStep(step, order, energies.Precision);
        var points = new NeighbouringPoints(at.ToArray(), CheckedStep(step, order), order);
        var values = new double[points.Count];
        energies.Evaluate(points, values, cancellation);
        var next = 0;
        return Central(_ => values[next++], at, step, order);
    }

    /// <summary>The gradient of any function by central differences.</summary>
    /// <param name="function">The function; it must not keep the array it is given.</param>
    /// <param name="at">The point.</param>
    /// <param name="step">Distance of neighbouring points; by default the best for the order and a function of scale 1.</param>
    /// <param name="order">2, 4, 6 or 8: the power of the step that the error falls with, and the evaluations a coordinate takes.</param>
    public static double[] Central(Func<double[], double> function, ReadOnlySpan<double> at, double? step = null, int order = 4)
    {
        ArgumentNullException.ThrowIfNull(function);
        var h = CheckedStep(step, order);
        var weights = Weights[order / 2 - 1];
        var point = at.ToArray();
        var gradient = new double[at.Length];
        for (var p = 0; p < point.Length; p++)
        {
            var here = point[p];
            var sum = 0.0;
            for (var k = weights.Length - 1; k >= 0; k--)
            {
                // Divide by the distance that rounding left of it, not by the one that was meant.
                var (above, below) = (here + (k + 1) * h, here - (k + 1) * h);
                point[p] = above;
                var high = function(point);
                point[p] = below;
                sum += weights[k] * 2 * (k + 1) * (high - function(point)) / (above - below);
            }
            point[p] = here;
            gradient[p] = sum;
        }
        return gradient;
    }

    private static double CheckedStep(double? step, int order, Precision precision = Precision.Double)
    {
        if (order is not (2 or 4 or 6 or 8))
            throw new ArgumentOutOfRangeException(nameof(order), order, "Central differences are known here to order 2, 4, 6 and 8.");
        var h = step ?? (precision == Precision.Single ? SingleSteps : DefaultSteps)[order / 2 - 1];
        if (!(h > 0 && double.IsFinite(h))) throw new ArgumentOutOfRangeException(nameof(step), h, "The step must be a positive number.");
        return h;
    }

    /// <summary>The points that differences ask at, in the order of asking: for each coordinate from the farthest pair to the nearest, the higher first.</summary>
    private sealed class NeighbouringPoints(double[] at, double step, int order) : BatchPoints
    {
        public override int Count => order * at.Length;

        public override void Write(int number, Span<double> into)
        {
            at.CopyTo(into);
            var (coordinate, pair) = (number / order, number % order);
            var distance = (order / 2 - pair / 2) * step;
            into[coordinate] += pair % 2 == 0 ? distance : -distance;
        }
    }
}
