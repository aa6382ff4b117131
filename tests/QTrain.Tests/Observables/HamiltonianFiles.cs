using System.Text.Json;
using QTrain.Observables;

namespace QTrain.Tests.Observables;

/// <summary>The Hamiltonians of tests/data/hamiltonians with their reference energies.</summary>
internal static class HamiltonianFiles
{
    public static IEnumerable<string> Names() =>
        Directory.EnumerateFiles(TestData.Path("hamiltonians"), "*.json", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(TestData.Path("hamiltonians"), f).Replace('\\', '/')).Order(StringComparer.Ordinal);

    public static (PauliSum Hamiltonian, double[] LowestEnergies) Read(string name)
    {
        using var file = JsonDocument.Parse(File.ReadAllText(TestData.Path(["hamiltonians", .. name.Split('/')])));
        var root = file.RootElement;
        var terms = root.GetProperty("terms").EnumerateArray()
            .Select(t => (t.GetProperty("pauli").GetString()!, t.GetProperty("coeff").GetDouble()));
        return (
            PauliSum.Of(root.GetProperty("num_qubits").GetInt32(), terms),
            [.. root.GetProperty("lowest_eigenvalues").EnumerateArray().Select(e => e.GetDouble())]);
    }
}
