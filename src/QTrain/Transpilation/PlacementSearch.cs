using QTrain.Circuits;

namespace QTrain.Transpilation;

/// <summary>Looks for a placement of a circuit's qubits where all that interact are neighbours: the interactions as a subgraph of the device.</summary>
/// <remarks>Backtracking in an order in which every qubit but the first of a component has a neighbour placed before it, over device qubits that fit by
/// degree; after VF2, Cordella et al. 2004. The number of tries is bounded, so the answer is the same on every machine.</remarks>
internal sealed class PlacementSearch
{
    private const int MostTries = 400_000;

    private readonly DeviceGraph _device;
    private readonly int[][] _wanted;
    private readonly int[] _order;
    private readonly int[] _place;
    private readonly bool[] _taken;
    private readonly Func<int[], double>? _score;
    private int[]? _best;
    private double _least = double.PositiveInfinity;
    private int _tries;
    private int _found;

    private PlacementSearch(DeviceGraph device, int[][] wanted, Func<int[], double>? score)
    {
        _device = device;
        _wanted = wanted;
        _score = score;
        _place = new int[wanted.Length];
        Array.Fill(_place, -1);
        _taken = new bool[device.Count];
        _order = Order(wanted);
    }

    /// <summary>A placement of every qubit that interacts, −1 for others; null where none was found.</summary>
    /// <param name="device">Where to.</param>
    /// <param name="wanted">The qubits that each qubit interacts with.</param>
    /// <param name="score">The lower the better, of a placement; null: the first found is taken.</param>
    public static int[]? Find(DeviceGraph device, int[][] wanted, Func<int[], double>? score = null)
    {
        if (wanted.Length > device.Count && wanted.Count(w => w.Length > 0) > device.Count) return null;
        var degrees = device.Neighbours.Select(n => n.Length).OrderDescending().ToArray();
        var needed = wanted.Select(w => w.Length).OrderDescending().ToArray();
        for (var k = 0; k < Math.Min(needed.Length, degrees.Length); k++)
            if (needed[k] > degrees[k]) return null;
        var search = new PlacementSearch(device, wanted, score);
        search.Extend(0);
        return search._best;
    }

    private static int[] Order(int[][] wanted)
    {
        var order = new List<int>();
        var placed = new bool[wanted.Length];
        while (true)
        {
            // The qubit of most neighbours placed; of those the one of most neighbours.
            var (next, most) = (-1, (-1, -1));
            for (var q = 0; q < wanted.Length; q++)
            {
                if (placed[q] || wanted[q].Length == 0) continue;
                var rank = (wanted[q].Count(n => placed[n]), wanted[q].Length);
                if (rank.CompareTo(most) > 0) (next, most) = (q, rank);
            }
            if (next < 0) return [.. order];
            placed[next] = true;
            order.Add(next);
        }
    }

    /// <summary>Whether the search is over.</summary>
    private bool Extend(int depth)
    {
        if (depth == _order.Length)
        {
            var score = _score?.Invoke(_place) ?? 0;
            if (score < _least) (_best, _least) = ((int[])_place.Clone(), score);
            return _score is null || ++_found >= 20_000;
        }
        var qubit = _order[depth];
        var anchor = -1;
        foreach (var other in _wanted[qubit])
            if (_place[other] >= 0) anchor = _place[other];
        var candidates = anchor >= 0 ? _device.Neighbours[anchor].Length : _device.Count;
        for (var k = 0; k < candidates; k++)
        {
            var at = anchor >= 0 ? _device.Neighbours[anchor][k] : k;
            if (_taken[at] || _device.Neighbours[at].Length < _wanted[qubit].Length) continue;
            if (++_tries > MostTries) return true;
            var fits = true;
            foreach (var other in _wanted[qubit])
                if (_place[other] >= 0 && _device.Distance(at, _place[other]) != 1)
                {
                    fits = false;
                    break;
                }
            if (!fits) continue;
            _place[qubit] = at;
            _taken[at] = true;
            var isOver = Extend(depth + 1);
            _taken[at] = false;
            _place[qubit] = -1;
            if (isOver) return true;
        }
        return false;
    }
}
