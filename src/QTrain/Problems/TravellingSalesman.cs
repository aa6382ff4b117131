namespace QTrain.Problems;

/// <summary>The travelling salesman: the shortest way through all cities and back.</summary>
/// <remarks>
/// The first city is visited first, which loses no tour. Bit (c − 1)(n − 1) + (t − 1) says that city c = 1…n − 1 is the t-th after it, so n cities take
/// (n − 1)² qubits. Every city once and one city a time are penalties: A Σ(1 − Σx)² for each, with A twice the largest distance; leaving out a
/// visit breaks two of them, for 2A, and saves at most two distances. Lucas 2014, arXiv:1302.5843, section 7.
/// </remarks>
internal sealed class TravellingSalesman
{
    private readonly double[,] _distance;

    /// <param name="distance">From city to city, both ways; n × n, finite, 0 or more off the diagonal.</param>
    public TravellingSalesman(double[,] distance)
    {
        _distance = distance;
        CityCount = distance.GetLength(0);
        if (CityCount < 2 || distance.GetLength(1) != CityCount) throw new QuantumException($"A tour needs a square matrix of at least 2 cities, not {distance.GetLength(0)} × {distance.GetLength(1)}.");
        foreach (var d in distance)
            if (!double.IsFinite(d) || d < 0) throw new QuantumException($"A distance is {d:R}: distances must be 0 or more.");
    }

    /// <summary>The most cities whose cost is written out: 9,801 qubits, and a coupling for every two cities and time.</summary>
    public const int MaxCitiesOfCost = 100;

    public int CityCount { get; }

    public int QubitCount => (CityCount - 1) * (CityCount - 1);

    public bool IsSymmetric
    {
        get
        {
            for (var a = 0; a < CityCount; a++)
                for (var b = 0; b < a; b++)
                    if (_distance[a, b] != _distance[b, a]) return false;
            return true;
        }
    }

    public double this[int from, int to] => _distance[from, to];

    /// <summary>What a broken rule costs.</summary>
    public double Penalty
    {
        get
        {
            var most = 0.0;
            for (var a = 0; a < CityCount; a++)
                for (var b = 0; b < CityCount; b++)
                    if (a != b) most = Math.Max(most, _distance[a, b]);
            return most > 0 ? 2 * most : 1;
        }
    }

    /// <summary>The length of a tour through the cities in their order and back.</summary>
    public double LengthOf(ReadOnlySpan<int> tour)
    {
        var length = 0.0;
        for (var k = 0; k < tour.Length; k++) length += _distance[tour[k], tour[(k + 1) % tour.Length]];
        return length;
    }

    /// <summary>The tour that bits stand for; null where they break a rule.</summary>
    public int[]? TourOf(ulong bits)
    {
        var (others, tour) = (CityCount - 1, new int[CityCount]);
        for (var t = 1; t <= others; t++)
            for (var c = 1; c <= others; c++)
                if ((bits >> Bit(c, t) & 1) != 0)
                {
                    if (tour[t] != 0 || Array.IndexOf(tour, c) > 0) return null;
                    tour[t] = c;
                }
        return tour.AsSpan(1).Contains(0) ? null : tour;
    }

    /// <summary>The length of the tour, and the penalties of what is none.</summary>
    /// <exception cref="QuantumException">There are more than <see cref="MaxCitiesOfCost"/> cities.</exception>
    public Qubo Cost()
    {
        if (CityCount > MaxCitiesOfCost)
            throw new QuantumException($"The cost of a tour of {CityCount} cities would take {QubitCount} qubits: it is written out for at most {MaxCitiesOfCost} cities.");
        var (others, penalty) = (CityCount - 1, Penalty);
        var entries = new List<Coupling>();
        for (var c = 1; c <= others; c++)
        {
            entries.Add(new Coupling(Bit(c, 1), Bit(c, 1), _distance[0, c]));
            entries.Add(new Coupling(Bit(c, others), Bit(c, others), _distance[c, 0]));
            for (var to = 1; to <= others; to++)
                for (var t = 1; t < others && to != c; t++) entries.Add(new Coupling(Bit(c, t), Bit(to, t + 1), _distance[c, to]));
        }
        for (var k = 1; k <= others; k++)
        {
            // A(1 − Σx)² = A − A Σx + 2A Σxx′, for city k and for time k.
            for (var t = 1; t <= others; t++)
            {
                entries.Add(new Coupling(Bit(k, t), Bit(k, t), -penalty));
                entries.Add(new Coupling(Bit(t, k), Bit(t, k), -penalty));
                for (var u = t + 1; u <= others; u++)
                {
                    entries.Add(new Coupling(Bit(k, t), Bit(k, u), 2 * penalty));
                    entries.Add(new Coupling(Bit(t, k), Bit(u, k), 2 * penalty));
                }
            }
        }
        return new Qubo(QubitCount, 2 * others * penalty, entries);
    }

    /// <summary>The complete graph that weighs the distances.</summary>
    /// <exception cref="QuantumException">The way back is not as long as the way there.</exception>
    public Graph ToGraph() => IsSymmetric
        ? new Graph(CityCount, from a in Enumerable.Range(0, CityCount) from b in Enumerable.Range(a + 1, CityCount - a - 1) select new Edge(a, b, _distance[a, b]))
        : throw new QuantumException("The distances are not the same both ways, so that no undirected graph has them.");

    private int Bit(int city, int time) => (city - 1) * (CityCount - 1) + time - 1;
}
