namespace QTrain.Observables;

/// <summary>A sum of Pauli strings has a coefficient that is not real, so it cannot be measured and has no energies.</summary>
public sealed class NotHermitianException(PauliTerm term)
    : QuantumException($"The observable is not Hermitian: the coefficient of {term.Pauli} is {PauliSumText.Write(term.Coefficient)}, "
        + "but only real ones can be measured. Take (O + O†)/2, or Simplify() when the imaginary part is rounding.")
{
    /// <summary>The first term whose coefficient is not real.</summary>
    public PauliTerm Term { get; } = term;
}
