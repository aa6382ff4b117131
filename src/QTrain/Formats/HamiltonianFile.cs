using QTrain.Observables;

namespace QTrain.Formats;

/// <summary>How fermions became qubits.</summary>
public enum FermionMapping
{
    /// <summary>The file does not say, or there are no fermions.</summary>
    Unknown,

    /// <summary>Qubit k is the occupation of spin orbital k.</summary>
    JordanWigner,

    /// <summary>Qubits hold partial sums of occupations on a tree.</summary>
    BravyiKitaev,

    /// <summary>Qubit k is the parity of spin orbitals 0 to k.</summary>
    Parity,
}

/// <summary>Which spin orbital is which number.</summary>
public enum SpinOrbitalOrder
{
    /// <summary>2p is orbital p with spin up, 2p + 1 the same orbital with spin down.</summary>
    Interleaved,

    /// <summary>p is orbital p with spin up, N + p the same orbital with spin down, for N orbitals.</summary>
    Blocked,
}

/// <summary>An observable with what its file says about it.</summary>
public sealed record HamiltonianFile
{
    /// <summary>The file's name as the user gave it.</summary>
    public required string File { get; init; }

    /// <summary>The observable.</summary>
    public required PauliSum Observable { get; init; }

    /// <summary>The name inside the file.</summary>
    public string? Name { get; init; }

    /// <summary>What it is, for people.</summary>
    public string? Description { get; init; }

    /// <summary>The text that says how fermions became qubits, as it stands in the file.</summary>
    public string? Encoding { get; init; }

    /// <summary>The mapping named by <see cref="Encoding"/>.</summary>
    public FermionMapping Mapping { get; init; }

    /// <summary>The order of spin orbitals named by <see cref="Encoding"/>; null when it names none.</summary>
    public SpinOrbitalOrder? SpinOrbitals { get; init; }

    /// <summary>How many electrons.</summary>
    public int? ElectronCount { get; init; }

    /// <summary>Electrons of spin up minus electrons of spin down: <c>ms2</c>, or <c>multiplicity</c> − 1.</summary>
    public int? Ms2 { get; init; }

    /// <summary>The occupation of the qubits in the reference state, qubit 0 rightmost, such as <c>0011</c>.</summary>
    public string? ReferenceDeterminant { get; init; }

    /// <summary>The energy of <see cref="ReferenceDeterminant"/>.</summary>
    public double? ReferenceDeterminantEnergy { get; init; }

    /// <summary>The lowest eigenvalue of the whole observable.</summary>
    public double? GroundEnergy { get; init; }

    /// <summary>The lowest eigenvalue among states of <see cref="ElectronCount"/> electrons.</summary>
    public double? GroundEnergyOfElectronCount { get; init; }

    /// <summary>The unit of energies: <c>hartree</c> for molecules, empty where the file gives none.</summary>
    public string Unit { get; init; } = "";

    /// <summary>What was settled in reading and a person may want to know, such as which vertex is which qubit; null when nothing was.</summary>
    public string? Note { get; init; }
}
