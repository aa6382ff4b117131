using System.Numerics;
using QTrain.Observables;

namespace QTrain.Simulation.MatrixProduct;

/// <summary>One step of a <see cref="PauliAutomaton"/> at a site: from a state, writing a letter, to another.</summary>
/// <param name="From">The state before the site.</param>
/// <param name="To">The state after it; <see cref="PauliAutomaton.Closed"/> when the term is complete.</param>
/// <param name="Letter">0, 1, 2, 3 for I, X, Z, Y: bit 0 flips the qubit, bit 1 signs it.</param>
/// <param name="Weight">A factor.</param>
internal readonly record struct AutomatonStep(int From, int To, int Letter, Complex Weight);

/// <summary>
/// A sum of Pauli strings as a machine that reads the chain from left to right: strings that begin alike share their states, and so the
/// environments that are contracted for them. It is a matrix product operator written down as its non-zero entries (Crosswhite &amp; Bacon 2008,
/// arXiv:0708.1221).
/// </summary>
internal sealed class PauliAutomaton
{
    /// <summary>The state of a complete term: everything right of it contracts to one.</summary>
    public const int Closed = -1;

    private const int Before = 0;

    private PauliAutomaton(int first, List<AutomatonStep>[] steps, int[] states)
    {
        (First, Steps, States) = (first, steps, states);
    }

    /// <summary>The leftmost site that any string acts on.</summary>
    public int First { get; }

    /// <summary>The steps at the sites from <see cref="First"/> on, as far as strings go.</summary>
    public List<AutomatonStep>[] Steps { get; }

    /// <summary>How many states there are before each of those sites.</summary>
    public int[] States { get; }

    /// <summary>The machine of Σ cₖPₖ, its strings being given by sites in ascending order. A term without letters acts, as the identity, on the first site.</summary>
    public static PauliAutomaton? Of(IReadOnlyList<((int Site, int Letter)[] Letters, double Coefficient)> terms)
    {
        if (terms.Count == 0) return null;
        var acting = terms.Where(t => t.Letters.Length > 0).ToArray();
        var first = acting.Length == 0 ? 0 : acting.Min(t => t.Letters[0].Site);
        var last = acting.Length == 0 ? 0 : acting.Max(t => t.Letters[^1].Site);
        var lastStart = acting.Length == 0 ? first : acting.Max(t => t.Letters[0].Site);

        // What has been read of a string, and how far it still has to be carried.
        var prefixes = new Dictionary<(int Parent, int Site, int Letter), int>();
        var carried = new List<(int Parent, int Site, int Letter, int Until)> { (0, first - 1, 0, lastStart) };
        var endings = new List<(int Prefix, int Site, int Letter, double Coefficient)>();
        foreach (var (letters, coefficient) in terms)
        {
            if (letters.Length == 0)
            {
                endings.Add((Before, first, 0, coefficient));
                continue;
            }
            var prefix = Before;
            for (var k = 0; k < letters.Length - 1; k++)
            {
                var key = (prefix, letters[k].Site, letters[k].Letter);
                if (!prefixes.TryGetValue(key, out var next))
                {
                    prefixes.Add(key, next = carried.Count);
                    carried.Add((prefix, letters[k].Site, letters[k].Letter, letters[k + 1].Site));
                }
                prefix = next;
                carried[prefix] = carried[prefix] with { Until = Math.Max(carried[prefix].Until, letters[k + 1].Site) };
            }
            endings.Add((prefix, letters[^1].Site, letters[^1].Letter, coefficient));
        }

        var length = last - first + 1;
        var steps = new List<AutomatonStep>[length];
        var states = new int[length];
        var starts = carried.Select((c, k) => (c.Site, Prefix: k)).Skip(1).ToLookup(s => s.Site, s => s.Prefix);
        var ends = endings.ToLookup(e => e.Site);
        var now = new Dictionary<int, int> { [Before] = 0 };
        for (var site = first; site <= last; site++)
        {
            var (list, after) = (new List<AutomatonStep>(), new Dictionary<int, int>());
            states[site - first] = now.Count;
            foreach (var (prefix, state) in now)
                if (carried[prefix].Until > site)
                {
                    after.Add(prefix, after.Count);
                    list.Add(new AutomatonStep(state, after[prefix], 0, 1));
                }
            foreach (var prefix in starts[site])
            {
                after.Add(prefix, after.Count);
                list.Add(new AutomatonStep(now[carried[prefix].Parent], after[prefix], carried[prefix].Letter, 1));
            }
            foreach (var (prefix, _, letter, coefficient) in ends[site]) list.Add(new AutomatonStep(now[prefix], Closed, letter, coefficient));
            steps[site - first] = list;
            now = after;
        }
        return new PauliAutomaton(first, steps, states);
    }

    /// <summary>The machine of this sum times itself; null when it would have more than <paramref name="maxStates"/> states somewhere.</summary>
    public PauliAutomaton? Squared(int maxStates)
    {
        var steps = new List<AutomatonStep>[Steps.Length];
        var states = new int[Steps.Length];
        var now = new Dictionary<(int Left, int Right), int> { [(Before, Before)] = 0 };
        for (var at = 0; at < Steps.Length; at++)
        {
            if (now.Count > maxStates) return null;
            states[at] = now.Count;
            var (list, after) = (new List<AutomatonStep>(), new Dictionary<(int Left, int Right), int>());
            var from = Steps[at].ToLookup(s => s.From);
            foreach (var ((left, right), state) in now)
                foreach (var l in left == Closed ? [new AutomatonStep(Closed, Closed, 0, 1)] : from[left])
                    foreach (var r in right == Closed ? [new AutomatonStep(Closed, Closed, 0, 1)] : from[right])
                    {
                        var (letter, phase) = Product(l.Letter, r.Letter);
                        var to = Closed;
                        if ((l.To, r.To) != (Closed, Closed) && !after.TryGetValue((l.To, r.To), out to)) after.Add((l.To, r.To), to = after.Count);
                        list.Add(new AutomatonStep(state, to, letter, phase * l.Weight * r.Weight));
                    }
            steps[at] = list;
            now = after;
        }
        return new PauliAutomaton(First, steps, states);
    }

    private static (int Letter, Complex Phase) Product(int left, int right)
    {
        var (product, power) = PauliString.Multiply(new PauliString((ulong)left & 1, (ulong)left >> 1), new PauliString((ulong)right & 1, (ulong)right >> 1));
        return ((int)(product.X | product.Z << 1), power switch { 0 => 1, 1 => Complex.ImaginaryOne, 2 => -1, _ => -Complex.ImaginaryOne });
    }
}
