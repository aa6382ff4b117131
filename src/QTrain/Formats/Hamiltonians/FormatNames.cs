using System.Collections.Immutable;

namespace QTrain.Formats.Hamiltonians;

/// <summary>What the forms are called on the command line and in specs.</summary>
public static class FormatNames
{
    private static readonly ImmutableArray<(string Name, HamiltonianFormat Format, string About)> Table =
    [
        ("pauli-json", HamiltonianFormat.PauliJson, "Pauli terms as JSON"),
        ("qiskit", HamiltonianFormat.QiskitList, "Qiskit's list [[\"XZ\", 0.5], …]"),
        ("sparse-pauli-op", HamiltonianFormat.SparsePauliOp, "what Qiskit prints, SparsePauliOp([…], coeffs=[…])"),
        ("openfermion", HamiltonianFormat.OpenFermion, "0.5 [X0 Z1] + …, or operators of fermions, 0.5 [0^ 1] + …"),
        ("pauli-text", HamiltonianFormat.PauliText, "0.5*XIZ - 0.2*IIZ, or a label and a coefficient on every line"),
        ("fcidump", HamiltonianFormat.Fcidump, "the integrals of a molecule"),
        ("qubo", HamiltonianFormat.Qubo, "a cost of bits as JSON"),
        ("ising", HamiltonianFormat.Ising, "a cost of signs as JSON"),
        ("bqm", HamiltonianFormat.BinaryQuadraticModel, "dimod's binary quadratic model as JSON"),
        ("coordinates", HamiltonianFormat.Coordinates, "a cost of bits or signs as lines 'i j value'"),
        ("graph", HamiltonianFormat.Graph, "a graph as JSON, for its largest cut"),
        ("edge-list", HamiltonianFormat.EdgeList, "a graph as lines 'u v weight', for its largest cut"),
        ("tsplib", HamiltonianFormat.Tsplib, "cities and distances, for the shortest tour"),
    ];

    /// <summary>All names.</summary>
    public static ImmutableArray<string> All { get; } = [.. Table.Select(t => t.Name)];

    /// <summary>The form of a name; null when there is none of that name.</summary>
    public static HamiltonianFormat? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        foreach (var (known, format, _) in Table)
            if (string.Equals(known, name, StringComparison.OrdinalIgnoreCase)) return format;
        return null;
    }

    /// <summary>The name of a form.</summary>
    public static string Of(HamiltonianFormat format) => Table.First(t => t.Format == format).Name;

    /// <summary>A form in a few words.</summary>
    public static string About(HamiltonianFormat format) => Table.First(t => t.Format == format).About;
}
