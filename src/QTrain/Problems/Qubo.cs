using System.Collections.Immutable;
using QTrain.Observables;

namespace QTrain.Problems;

/// <summary>A product of two variables in a <see cref="Qubo"/>.</summary>
/// <param name="I">The lower variable.</param>
/// <param name="J">The higher variable.</param>
/// <param name="Value">What it costs when both are 1.</param>
internal readonly record struct Coupling(int I, int J, double Value);

/// <summary>A quadratic cost of bits: minimise c + Σ lᵢxᵢ + Σ qᵢⱼxᵢxⱼ. Variable i is qubit i.</summary>
internal sealed class Qubo
{
    /// <param name="variables">How many variables.</param>
    /// <param name="constant">c.</param>
    /// <param name="entries">Coefficients by pair; a pair of equal variables is linear, since xx = x. Those of one pair are added up.</param>
    public Qubo(int variables, double constant, IEnumerable<Coupling> entries)
    {
        if (variables is < 1 or > MaxVariables) throw new QuantumException($"A QUBO of {variables} variables cannot be: it needs 1 to {MaxVariables}.");
        VariableCount = variables;
        Constant = constant;
        var linear = new double[variables];
        var quadratic = new SortedDictionary<(int, int), double>();
        foreach (var (i, j, value) in entries)
        {
            foreach (var end in (ReadOnlySpan<int>)[i, j])
                if ((uint)end >= (uint)variables) throw new QuantumException($"Variable {end} does not exist: there are {variables}, numbered 0 to {variables - 1}.");
            if (i == j) linear[i] += value;
            else quadratic[(Math.Min(i, j), Math.Max(i, j))] = quadratic.GetValueOrDefault((Math.Min(i, j), Math.Max(i, j))) + value;
        }
        Linear = [.. linear];
        Quadratic = [.. quadratic.Where(q => q.Value != 0).Select(q => new Coupling(q.Key.Item1, q.Key.Item2, q.Value))];
        if (!double.IsFinite(constant) || Linear.Any(l => !double.IsFinite(l)) || Quadratic.Any(q => !double.IsFinite(q.Value)))
            throw new QuantumException("The coefficients of a QUBO must be finite, and so must their sums.");
    }

    /// <summary>More than any machine takes; a number beyond is a slip.</summary>
    public const int MaxVariables = 1_000_000;

    public int VariableCount { get; }

    public double Constant { get; }

    public ImmutableArray<double> Linear { get; }

    /// <summary>The couplings that are not 0, each pair once, ascending.</summary>
    public ImmutableArray<Coupling> Quadratic { get; }

    /// <summary>The cost when bit i of <paramref name="bits"/> is variable i; up to 64 variables.</summary>
    public double ValueAt(ulong bits)
    {
        var value = Constant;
        for (var i = 0; i < VariableCount; i++)
            if ((bits >> i & 1) != 0) value += Linear[i];
        foreach (var (i, j, q) in Quadratic)
            if ((bits >> i & bits >> j & 1) != 0) value += q;
        return value;
    }

    /// <summary>The cost as an observable: x = (1 − Z)/2.</summary>
    public SparsePauliSum Observable()
    {
        var constant = Constant;
        var fields = new double[VariableCount];
        for (var i = 0; i < VariableCount; i++)
        {
            constant += Linear[i] / 2;
            fields[i] -= Linear[i] / 2;
        }
        var pairs = new List<SparsePauliTerm>();
        foreach (var (i, j, q) in Quadratic)
        {
            constant += q / 4;
            fields[i] -= q / 4;
            fields[j] -= q / 4;
            pairs.Add(new SparsePauliTerm([new PauliLetter(i, 'Z'), new PauliLetter(j, 'Z')], q / 4));
        }
        return new SparsePauliSum(VariableCount,
        [
            new SparsePauliTerm([], constant),
            .. fields.Select((h, i) => new SparsePauliTerm([new PauliLetter(i, 'Z')], h)).Where(t => t.Coefficient != 0),
            .. pairs,
        ]);
    }

    /// <summary>The QUBO whose cost an observable is; null where it is not diagonal or couples more than two qubits.</summary>
    public static Qubo? From(SparsePauliSum observable)
    {
        if (!IsIsing(observable)) return null;
        var constant = 0.0;
        var entries = new List<Coupling>();
        foreach (var (letters, value) in observable.Terms)
        {
            constant += value;
            // Z = 1 − 2x, and ZZ = 1 − 2x − 2y + 4xy.
            foreach (var (qubit, _) in letters) entries.Add(new Coupling(qubit, qubit, -2 * value));
            if (letters.Length == 2) entries.Add(new Coupling(letters[0].Qubit, letters[1].Qubit, 4 * value));
        }
        return new Qubo(observable.QubitCount, constant, entries);
    }

    /// <summary>Whether every term is a number, a Z or a product of two.</summary>
    public static bool IsIsing(SparsePauliSum observable) => observable.Terms.All(t => t.Letters.Length <= 2 && t.Letters.All(l => l.Letter == 'Z'));
}
