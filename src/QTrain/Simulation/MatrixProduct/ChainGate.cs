using System.Numerics;

namespace QTrain.Simulation.MatrixProduct;

internal enum ChainGateKind
{
    /// <summary>A dense matrix on one, two or more qubits.</summary>
    Matrix,

    /// <summary>Two qubits change places: the order of the chain is relabelled, and nothing is computed.</summary>
    Swap,

    /// <summary>Σ over terms of a product of one-qubit matrices, which may be far apart: a matrix product operator of as many bonds as terms.</summary>
    Sum,

    /// <summary>A factor of the whole state.</summary>
    Phase,
}

/// <summary>One term of a <see cref="ChainGateKind.Sum"/>: a 2×2 matrix, row-major, for each of the gate's qubits; null is the identity.</summary>
internal readonly record struct ProductTerm(Complex Coefficient, Complex[]?[] Factors);

/// <summary>A gate with its angles bound, as a chain of sites applies it.</summary>
internal sealed record ChainGate
{
    public required ChainGateKind Kind { get; init; }

    public required int[] Qubits { get; init; }

    /// <summary>Row-major, 2ᵏ×2ᵏ, the first listed qubit lowest.</summary>
    public Complex[] Matrix { get; init; } = [];

    public ProductTerm[] Terms { get; init; } = [];

    public Complex Factor { get; init; } = 1;
}
