using System.Text.Json;
using QTrain.Circuits;
using QTrain.Observables;

namespace QTrain.Tests.Gradients;

/// <summary>A circuit of tests/data/gradients with what others computed for it.</summary>
internal sealed record GradientFile(
    Circuit Circuit, PauliSum Observable, double[] At, double Energy, double Variance, double[] Gradient, double[,]? Metric, double[,]? Hessian)
{
    public static GradientFile Read(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(TestData.Path("gradients", name + ".json")));
        var file = document.RootElement;
        var qubits = file.GetProperty("num_qubits").GetInt32();
        var parameters = file.GetProperty("parameters").EnumerateArray().Select(p => Parameter.Named(p.GetString()!)).ToArray();
        var operations = file.GetProperty("operations").EnumerateArray().Select(o => (Operation)new GateOperation(
            Gates.Named(o.GetProperty("gate").GetString()!), [.. o.GetProperty("qubits").EnumerateArray().Select(q => q.GetInt32())], AnglesOf(o)));
        var terms = file.GetProperty("observable").GetProperty("terms").EnumerateArray().Select(t =>
            new PauliTerm(StringOf(t.GetProperty("pauli").GetString()!), t.GetProperty("coeff").GetDouble()));
        return new GradientFile(
            new Circuit(qubits, operations, parameters: parameters),
            new PauliSum(qubits, terms),
            [.. parameters.Select(p => file.GetProperty("parameter_values").GetProperty(p.Name).GetDouble())],
            file.GetProperty("expected_energy").GetDouble(),
            file.GetProperty("expected_energy_variance").GetDouble(),
            [.. parameters.Select(p => file.GetProperty("expected_gradient").GetProperty(p.Name).GetDouble())],
            MatrixOf(file, "expected_fubini_study_metric"),
            MatrixOf(file, "expected_hessian"));
    }

    private static System.Collections.Immutable.ImmutableArray<Angle> AnglesOf(JsonElement operation)
    {
        if (!operation.TryGetProperty("const", out var constant)) return [];
        var terms = operation.GetProperty("coef").EnumerateObject().Select(t => new AngleTerm(Parameter.Named(t.Name), t.Value.GetDouble()));
        return [Angle.Affine(terms, constant.GetDouble())];
    }

    private static PauliString StringOf(string label)
    {
        PauliString sum = default;
        for (var q = 0; q < label.Length; q++)
        {
            var single = PauliString.Single(label[^(q + 1)], q);
            sum = new PauliString(sum.X | single.X, sum.Z | single.Z);
        }
        return sum;
    }

    private static double[,]? MatrixOf(JsonElement file, string name)
    {
        if (!file.TryGetProperty(name, out var rows)) return null;
        var size = rows.GetArrayLength();
        var matrix = new double[size, size];
        for (var i = 0; i < size; i++)
            for (var j = 0; j < size; j++) matrix[i, j] = rows[i][j].GetDouble();
        return matrix;
    }
}
