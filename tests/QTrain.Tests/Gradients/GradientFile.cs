using System.Text.Json;
using QTrain.Circuits;
using QTrain.Formats;
using QTrain.Observables;

namespace QTrain.Tests.Gradients;

/// <summary>A circuit of tests/data/gradients with what others computed for it.</summary>
internal sealed record GradientFile(
    Circuit Circuit, PauliSum Observable, double[] At, double Energy, double Variance, double[] Gradient, double[,]? Metric, double[,]? Hessian)
{
    public static GradientFile Read(string name)
    {
        var text = File.ReadAllText(TestData.Path("gradients", name + ".json"));
        var circuit = CircuitJson.Read(text, name);
        using var document = JsonDocument.Parse(text);
        var file = document.RootElement;
        return new GradientFile(
            circuit,
            PauliJson.Read(text, name).Observable,
            [.. circuit.Parameters.Select(p => file.GetProperty("parameter_values").GetProperty(p.Name).GetDouble())],
            file.GetProperty("expected_energy").GetDouble(),
            file.GetProperty("expected_energy_variance").GetDouble(),
            [.. circuit.Parameters.Select(p => file.GetProperty("expected_gradient").GetProperty(p.Name).GetDouble())],
            MatrixOf(file, "expected_fubini_study_metric"),
            MatrixOf(file, "expected_hessian"));
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
