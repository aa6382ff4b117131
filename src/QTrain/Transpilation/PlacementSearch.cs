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
    private readonly int[] _free;
    private readonly byte[] _apart;
    private readonly Func<int[], double>? _score;
    private readonly int _wantedPlacements;
    private readonly List<(double Score, int[] Place)> _found = [];
    private readonly bool _isPath;
    private readonly int[] _stamps;
    private readonly Queue<int> _reached = new();
    private int _stamp;
    private int _tries;
    private int _mostTries;

    private PlacementSearch(DeviceGraph device, int[][] wanted, Func<int[], double>? score, int count)
    {
        _device = device;
        _wanted = wanted;
        _score = score;
        _wantedPlacements = count;
        _place = new int[wanted.Length];
        Array.Fill(_place, -1);
        _taken = new bool[device.Count];
        _free = [.. device.Neighbours.Select(n => n.Length)];
        _order = Order(wanted);
        _apart = Apart(wanted);
        _stamps = new int[device.Count];
        // One path or ring: what is left of it must fit in one piece of what is left of the device.
        _isPath = wanted.All(w => w.Length <= 2) && _order.Length > 2 && _order.All(q => q == _order[0] || _apart[_order[0] * wanted.Length + q] < byte.MaxValue);
    }

    /// <summary>A placement of every qubit that interacts, −1 for others; null where none was found.</summary>
    /// <param name="device">Where to.</param>
    /// <param name="wanted">The qubits that each qubit interacts with.</param>
    /// <param name="score">The lower the better, of a placement; null: the first found is taken.</param>
    public static int[]? Find(DeviceGraph device, int[][] wanted, Func<int[], double>? score = null) => FindBest(device, wanted, score, 1).FirstOrDefault();

    /// <summary>The best few placements, the best first; none where none was found.</summary>
    public static List<int[]> FindBest(DeviceGraph device, int[][] wanted, Func<int[], double>? score, int count)
    {
        if (wanted.Length > device.Count && wanted.Count(w => w.Length > 0) > device.Count) return [];
        var degrees = device.Neighbours.Select(n => n.Length).OrderDescending().ToArray();
        var needed = wanted.Select(w => w.Length).OrderDescending().ToArray();
        for (var k = 0; k < Math.Min(needed.Length, degrees.Length); k++)
            if (needed[k] > degrees[k]) return [];
        var search = new PlacementSearch(device, wanted, score, count);
        search.Extend(0);
        return [.. search._found.Select(f => f.Place)];
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

    /// <summary>How many interactions apart every two qubits are, at most 255: where one is placed, the other cannot be farther away.</summary>
    private static byte[] Apart(int[][] wanted)
    {
        var apart = new byte[wanted.Length * wanted.Length];
        Array.Fill(apart, byte.MaxValue);
        var queue = new Queue<int>();
        for (var from = 0; from < wanted.Length; from++)
        {
            var row = apart.AsSpan(from * wanted.Length, wanted.Length);
            row[from] = 0;
            queue.Enqueue(from);
            while (queue.TryDequeue(out var at))
                foreach (var next in wanted[at])
                    if (row[next] == byte.MaxValue && row[at] < byte.MaxValue - 1)
                    {
                        row[next] = (byte)(row[at] + 1);
                        queue.Enqueue(next);
                    }
        }
        return apart;
    }

    /// <summary>Whether the search is over.</summary>
    private bool Extend(int depth)
    {
        if (depth == _order.Length)
        {
            Keep(_score?.Invoke(_place) ?? 0);
            return _score is null;
        }
        var qubit = _order[depth];
        var anchor = -1;
        foreach (var other in _wanted[qubit])
            if (_place[other] >= 0) anchor = _place[other];
        var neighbours = anchor >= 0 ? _device.Neighbours[anchor] : null;
        var missing = 0;
        foreach (var other in _wanted[qubit])
            if (_place[other] < 0) missing++;
        // Places with few free neighbours first, or they are cut off; that is what leads a long path or ring past all pockets.
        for (var most = missing; most <= missing + 3; most++)
            for (var k = 0; k < (neighbours?.Length ?? _device.Count); k++)
            {
                var at = neighbours?[k] ?? k;
                if (_taken[at] || (_free[at] != most && (most < missing + 3 || _free[at] < most))) continue;
                // Every place to begin at gets its share of the tries, or only those around the first would be seen.
                if (depth == 0) _mostTries = _tries + MostTries / _device.Count;
                if (++_tries > _mostTries) return depth > 0;
                if (!Fits(qubit, at, depth)) continue;
                _place[qubit] = at;
                _taken[at] = true;
                foreach (var other in _device.Neighbours[at]) _free[other]--;
                var isOver = Extend(depth + 1);
                foreach (var other in _device.Neighbours[at]) _free[other]++;
                _taken[at] = false;
                _place[qubit] = -1;
                if (isOver && (depth > 0 || (_score is null && _found.Count > 0))) return true;
            }
        return false;
    }

    private void Keep(double score)
    {
        if (_found.Count == _wantedPlacements && score >= _found[^1].Score) return;
        if (_found.Count == _wantedPlacements) _found.RemoveAt(_found.Count - 1);
        var at = _found.FindIndex(f => score < f.Score);
        _found.Insert(at < 0 ? _found.Count : at, (score, (int[])_place.Clone()));
    }

    private bool Fits(int qubit, int at, int depth)
    {
        foreach (var other in _wanted[qubit])
            if (_place[other] >= 0 && _device.Distance(at, _place[other]) != 1) return false;
        var row = _apart.AsSpan(qubit * _wanted.Length, _wanted.Length);
        for (var k = 0; k < depth; k++)
            if (_device.Distance(at, _place[_order[k]]) > row[_order[k]] && row[_order[k]] < byte.MaxValue) return false;
        return !_isPath || IsRoom(qubit, at, depth);
    }

    /// <summary>Whether the rest of a path or ring has room where its end is now, and the ring a way back.</summary>
    private bool IsRoom(int qubit, int at, int depth)
    {
        var left = _order.Length - depth - 1;
        if (left == 0) return true;
        var isRing = _wanted[_order[0]].Length == 2 && _order.All(q => _wanted[q].Length == 2);
        var isBack = !isRing;
        _stamp++;
        _stamps[at] = _stamp;
        _reached.Clear();
        _reached.Enqueue(at);
        var room = -1;
        while (_reached.TryDequeue(out var from))
        {
            room++;
            foreach (var next in _device.Neighbours[from])
            {
                isBack |= depth > 0 && from != at && next == _place[_order[0]];
                if (_taken[next] || _stamps[next] == _stamp) continue;
                _stamps[next] = _stamp;
                _reached.Enqueue(next);
            }
            if (room >= left && (isBack || depth == 0)) return true;
        }
        return false;
    }
}
