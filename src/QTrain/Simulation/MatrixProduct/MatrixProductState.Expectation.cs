using System.Numerics;
using QTrain.Numerics.Dense;
using QTrain.Observables;

namespace QTrain.Simulation.MatrixProduct;

// Expectations of the state as it is, truncated or not: exact up to rounding.
public sealed partial class MatrixProductState
{
    // Of a squared sum: so many environments of D×D numbers beside one another are still cheap.
    private const int MaxSquaredStates = 1024;
    private const long MaxSquaredBytes = 256L << 20;

    private readonly List<ComplexMatrix> _environments = [];
    private readonly List<ComplexMatrix> _nextEnvironments = [];

    /// <summary>⟨ψ|O|ψ⟩ of the state as it is, up to rounding.</summary>
    /// <param name="observable">A Hermitian observable on as many qubits or fewer (the lowest).</param>
    /// <exception cref="NotHermitianException">A coefficient of the observable is not real.</exception>
    public double Expectation(PauliSum observable) => Expectation(SparsePauliSum.From(observable));

    /// <summary>⟨ψ|O|ψ⟩ of the state as it is, up to rounding.</summary>
    /// <param name="observable">An observable on as many qubits or fewer (the lowest).</param>
    /// <remarks>Strings that begin alike along the chain share their environments; a chain of neighbours costs some four products of matrices a site.</remarks>
    public double Expectation(SparsePauliSum observable)
    {
        Check(observable);
        var constant = observable.Terms.Where(t => t.Letters.IsEmpty).Sum(t => t.Coefficient);
        var automaton = PauliAutomaton.Of([.. observable.Terms.Where(t => !t.Letters.IsEmpty).Select(t => (OnSites(t), t.Coefficient))]);
        return automaton is null ? constant : constant + Contract(automaton).Real;
    }

    /// <summary>⟨O²⟩ − ⟨O⟩² of the state as it is, measured around the mean; null where the square of the sum has too many terms side by side.</summary>
    public double? Variance(PauliSum observable) => Variance(SparsePauliSum.From(observable));

    /// <inheritdoc cref="Variance(PauliSum)"/>
    public double? Variance(SparsePauliSum observable)
    {
        Check(observable);
        List<((int, int)[], double)> terms = [.. observable.Terms.Where(t => !t.Letters.IsEmpty).Select(t => (OnSites(t), t.Coefficient))];
        if (terms.Count == 0) return 0;
        var mean = Contract(PauliAutomaton.Of(terms)!).Real;
        terms.Add(([], -mean));
        var fitting = (int)Math.Min(MaxSquaredStates, MaxSquaredBytes / (16L * LargestBond * LargestBond));
        var squared = PauliAutomaton.Of(terms)!.Squared(Math.Max(4, fitting));
        // The sum of many products may end below zero by rounding; a variance does not.
        return squared is null ? null : Math.Max(0, Contract(squared).Real);
    }

    private void Check(SparsePauliSum observable)
    {
        ArgumentNullException.ThrowIfNull(observable);
        if (observable.QubitCount > QubitCount)
            throw new QuantumException($"An observable on {observable.QubitCount} qubits cannot be measured in a state of {QubitCount}.");
    }

    private (int Site, int Letter)[] OnSites(SparsePauliTerm term)
    {
        var letters = new (int Site, int Letter)[term.Letters.Length];
        for (var k = 0; k < letters.Length; k++)
            letters[k] = (_siteOf[term.Letters[k].Qubit], term.Letters[k].Letter switch { 'X' => 1, 'Z' => 2, _ => 3 });
        Array.Sort(letters, static (a, b) => a.Site.CompareTo(b.Site));
        return letters;
    }

    /// <summary>Sends the environment of every state of the machine through the chain. Left of it and right of a complete term all tensors are
    /// isometries and contract to one.</summary>
    private Complex Contract(PauliAutomaton automaton)
    {
        MoveCentre(automaton.First);
        Complex sum = 0;
        var (now, next) = (_environments, _nextEnvironments);
        Room(now, 1);
        now[0].Resize(LeftBond(automaton.First), LeftBond(automaton.First));
        now[0].Clear();
        for (var k = 0; k < now[0].Rows; k++) now[0].Real[k * now[0].Columns + k] = 1;
        for (var at = 0; at < automaton.Steps.Length; at++)
        {
            var site = automaton.First + at;
            var (left, right) = (LeftBond(site), RightBond(site));
            var steps = automaton.Steps[at];
            var states = steps.Count == 0 ? 0 : steps.Max(s => s.To) + 1;
            Room(next, states);
            for (var to = 0; to < states; to++)
            {
                next[to].Resize(left * 2, right);
                next[to].Clear();
            }
            _theta.Resize(left * 2, right);
            _theta.Clear();
            foreach (var from in steps.GroupBy(s => s.From))
            {
                Shape(_sites[site], left, 2 * right);
                ComplexProduct.Multiply(now[from.Key], false, _sites[site], false, _other, _dense);
                foreach (var step in from)
                {
                    var target = step.To == PauliAutomaton.Closed ? _theta : next[step.To];
                    for (var l = 0; l < left; l++) AddLetter(target, _other, l * 2 * right, right, step.Letter, step.Weight);
                }
            }
            sum += Overlap(_sites[site], _theta);
            Shape(_sites[site], left * 2, right);
            for (var to = 0; to < states; to++)
            {
                ComplexProduct.Multiply(_sites[site], true, next[to], false, _factor, _dense);
                next[to].CopyFrom(_factor);
            }
            (now, next) = (next, now);
        }
        return sum;
    }

    /// <summary>target += weight · letter · source on one pair of rows.</summary>
    private static void AddLetter(ComplexMatrix target, ComplexMatrix source, int start, int right, int letter, Complex weight)
    {
        var flip = (letter & 1) * right;
        // Y is iXZ: from |0⟩ it gives i|1⟩, from |1⟩ −i|0⟩.
        var fromZero = letter == 3 ? Complex.ImaginaryOne * weight : weight;
        var fromOne = letter switch { 2 => -weight, 3 => -Complex.ImaginaryOne * weight, _ => weight };
        AddScaled(target.Real.AsSpan(start + flip, right), target.Imaginary.AsSpan(start + flip, right), fromZero,
            source.Real.AsSpan(start, right), source.Imaginary.AsSpan(start, right));
        AddScaled(target.Real.AsSpan(start + right - flip, right), target.Imaginary.AsSpan(start + right - flip, right), fromOne,
            source.Real.AsSpan(start + right, right), source.Imaginary.AsSpan(start + right, right));
    }

    private static Complex Overlap(ComplexMatrix bra, ComplexMatrix ket)
    {
        Span<double> br = bra.RealParts, bi = bra.ImaginaryParts, kr = ket.RealParts, ki = ket.ImaginaryParts;
        return new Complex(QTrain.Numerics.RealVectors.Dot(br, kr) + QTrain.Numerics.RealVectors.Dot(bi, ki),
            QTrain.Numerics.RealVectors.Dot(br, ki) - QTrain.Numerics.RealVectors.Dot(bi, kr));
    }

    private static void Room(List<ComplexMatrix> environments, int count)
    {
        while (environments.Count < count) environments.Add(new ComplexMatrix());
    }
}
