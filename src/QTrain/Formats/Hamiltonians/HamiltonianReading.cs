namespace QTrain.Formats.Hamiltonians;

/// <summary>The forms in which Hamiltonians and the problems behind them are kept.</summary>
public enum HamiltonianFormat
{
    /// <summary><c>{"num_qubits": 2, "terms": [{"pauli": "XZ", "coeff": 0.5}]}</c>; labels have qubit 0 rightmost, or number it.</summary>
    PauliJson,

    /// <summary>Qiskit's list of pairs, <c>[["XZ", 0.5], …]</c>, or triples <c>["XZ", [0, 2], 0.5]</c>; labels have qubit 0 rightmost.</summary>
    QiskitList,

    /// <summary>What Qiskit prints: <c>SparsePauliOp(['XZ', 'II'], coeffs=[0.5+0.j, 1. +0.j])</c>.</summary>
    SparsePauliOp,

    /// <summary>OpenFermion's <c>(0.5+0j) [X0 Z1] + …</c>, or operators of fermions, <c>0.5 [0^ 1] + …</c>, by Jordan–Wigner.</summary>
    OpenFermion,

    /// <summary>A sum as people write it, <c>0.5*XIZ - 0.2*IIZ</c>, or a label and a coefficient on every line.</summary>
    PauliText,

    /// <summary>Integrals of a molecule, Knowles and Handy's FCIDUMP; by Jordan–Wigner.</summary>
    Fcidump,

    /// <summary>Minimise c + Σ lᵢxᵢ + Σ qᵢⱼxᵢxⱼ over bits, as JSON: a matrix or coefficients.</summary>
    Qubo,

    /// <summary>Minimise c + Σ hᵢsᵢ + Σ Jᵢⱼsᵢsⱼ over signs, as JSON; sᵢ is Zᵢ.</summary>
    Ising,

    /// <summary>dimod's binary quadratic model as JSON.</summary>
    BinaryQuadraticModel,

    /// <summary>A QUBO or Ising problem as lines <c>i j value</c>, with the diagonal for the linear part; also qbsolv's <c>p qubo …</c>.</summary>
    Coordinates,

    /// <summary>A graph as JSON, for its largest cut: <c>{"edges": [[0, 1], [1, 2, 0.5]]}</c>.</summary>
    Graph,

    /// <summary>A graph as lines <c>u v</c> or <c>u v weight</c>, also with Rudy's first line or in DIMACS' form.</summary>
    EdgeList,

    /// <summary>A travelling salesman's cities in TSPLIB's form, or as JSON with a <c>distance_matrix</c>.</summary>
    Tsplib,
}

/// <summary>Which end of a Pauli label is qubit 0.</summary>
public enum BitOrder
{
    /// <summary>The last letter, as Qiskit and this library write.</summary>
    Rightmost,

    /// <summary>The first letter, as Cirq, PennyLane, Braket and most text books write.</summary>
    Leftmost,
}

/// <summary>What the user says about a file that it does not say itself.</summary>
public sealed record HamiltonianReading
{
    /// <summary>The form; recognised by what is in the file when null.</summary>
    public HamiltonianFormat? Format { get; init; }

    /// <summary>Which end of a label of letters is qubit 0. When null, the form says so, or the reader asks.</summary>
    public BitOrder? BitOrder { get; init; }

    /// <summary>Which spin orbital of a FCIDUMP is which qubit.</summary>
    public SpinOrbitalOrder SpinOrbitals { get; init; } = SpinOrbitalOrder.Blocked;
}
