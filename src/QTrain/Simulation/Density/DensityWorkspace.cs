namespace QTrain.Simulation.Density;

/// <summary>Density matrices that several sweeps use one after the other. Not safe for use by several threads at once.</summary>
internal sealed class DensityWorkspace(SimulationOptions? options) : IDisposable
{
    private readonly Dictionary<int, List<DensityMatrix>> _matrices = [];

    /// <summary>How the matrices use the machine.</summary>
    public SimulationOptions? Options => options;

    /// <summary>The matrix of so many qubits with a number from 0 on; its content is whatever was left in it.</summary>
    public DensityMatrix this[int qubits, int number]
    {
        get
        {
            if (!_matrices.TryGetValue(qubits, out var list)) _matrices.Add(qubits, list = []);
            while (list.Count <= number) list.Add(DensityMatrix.Zero(qubits, options));
            return list[number];
        }
    }

    public void Dispose()
    {
        foreach (var matrix in _matrices.Values.SelectMany(m => m)) matrix.Dispose();
        _matrices.Clear();
    }
}
