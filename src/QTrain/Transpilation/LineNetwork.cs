namespace QTrain.Transpilation;

/// <summary>Routes a circuit in which most qubits meet most others along one path of the device: neighbours meet and change places.</summary>
/// <remarks>A Fourier transform, or rotations about ZZ of every pair, become layers of a gate and a swap of the same pair, which is one joint rotation:
/// 3·n(n − 1)/2 cx in a depth of 3·(2n − 3), where swaps one by one are deeper by far. Fowler, Devitt &amp; Hollenberg 2004, arXiv:quant-ph/0402196;
/// Kivlichan et al. 2018, arXiv:1711.04789.</remarks>
internal sealed class LineNetwork
{
    private readonly RoutingProblem _problem;
    private readonly DeviceGraph _device;
    private readonly int[] _path, _order, _waits;
    private readonly Dictionary<(int, int), Stack<int>> _ready = [];
    private readonly int[][] _partners;
    private readonly int[] _at, _left;
    private readonly int[] _depth;
    private readonly List<int> _events = [];
    private int _done, _swaps, _cost;

    private LineNetwork(RoutingProblem problem, DeviceGraph device, int[] path, int qubits)
    {
        (_problem, _device, _path) = (problem, device, path);
        _order = [.. Enumerable.Range(0, qubits)];
        _at = [.. _order];
        _waits = (int[])problem.Waits.Clone();
        _depth = new int[qubits];
        _left = new int[qubits * qubits];
        for (var node = 0; node < problem.Count; node++)
            if (problem.First[node] >= 0)
            {
                _left[problem.First[node] * qubits + problem.Second[node]]++;
                _left[problem.Second[node] * qubits + problem.First[node]]++;
            }
        _partners = [.. _order.Select(a => _order.Where(b => _left[a * qubits + b] > 0).ToArray())];
    }

    /// <summary>Whether it is worth a try: a qubit interacts with four others on the mean.</summary>
    public static bool IsFor(IReadOnlyCollection<(int A, int B, int Count)> pairs, int qubits) => qubits >= 4 && pairs.Count >= 2 * qubits;

    /// <summary>A route, or null where it would go round in circles.</summary>
    /// <param name="problem">What is to be routed.</param>
    /// <param name="device">Where to.</param>
    /// <param name="path">Qubits of the device, each a neighbour of the next, as many as the circuit has; the circuit's stand on them in their order.</param>
    public static Route? Run(RoutingProblem problem, DeviceGraph device, int[] path)
    {
        var network = new LineNetwork(problem, device, path, path.Length);
        if (!network.Run()) return null;
        var start = LayoutSearch.Completed(path, device.Count);
        var end = (int[])start.Clone();
        for (var q = 0; q < path.Length; q++) end[q] = path[network._at[q]];
        return new Route(network._events, network._swaps, network._cost, network._depth.Max(), start, end);
    }

    private bool Run()
    {
        for (var node = 0; node < _problem.Count; node++)
            if (_waits[node] == 0) Happen(node);
        var quiet = 0;
        for (var layer = 0; _done < _problem.Count; layer++)
        {
            var isMoved = false;
            for (var k = layer % 2; k + 1 < _order.Length; k += 2) isMoved |= Meet(k);
            quiet = isMoved ? 0 : quiet + 1;
            if (quiet > 1 || layer > 8 * _order.Length + 4 * _problem.Count / _order.Length) return false;
        }
        return true;
    }

    /// <summary>What two neighbours have to do with each other is done, and they change places where that brings them nearer to those they still have to meet.</summary>
    private bool Meet(int k)
    {
        var (a, b) = (_order[k], _order[k + 1]);
        var saved = -1;
        while (_ready.TryGetValue((Math.Min(a, b), Math.Max(a, b)), out var nodes) && nodes.TryPop(out var node))
        {
            saved = _problem.Saves[node];
            _left[a * _order.Length + b]--;
            _left[b * _order.Length + a]--;
            Finish(node);
        }
        var isMet = saved >= 0;
        var gain = Beyond(a, k) - Beyond(b, k);
        // Two that met change places unless it is clearly against their ways: the swap is nearly free now, and would not be later.
        var left = Left(a) + Left(b);
        var isSwapped = gain > 0 || (isMet && left > 0 && 8 * gain >= -left);
        if (isMet || isSwapped) _depth[k] = _depth[k + 1] = Math.Max(_depth[k], _depth[k + 1]) + 1;
        if (!isSwapped) return isMet;
        (_order[k], _order[k + 1]) = (b, a);
        (_at[a], _at[b]) = (k + 1, k);
        var (p, q) = (Math.Min(_path[k], _path[k + 1]), Math.Max(_path[k], _path[k + 1]));
        _events.Add(-1 - (p * _device.Count + q));
        _swaps++;
        _cost += 3 - Math.Max(0, saved);
        return true;
    }

    private int Left(int qubit)
    {
        var sum = 0;
        foreach (var partner in _partners[qubit]) sum += _left[qubit * _order.Length + partner];
        return sum;
    }

    /// <summary>How many more a qubit has to meet right of a place and its neighbour than left of them.</summary>
    private int Beyond(int qubit, int k)
    {
        var sum = 0;
        foreach (var partner in _partners[qubit])
        {
            var at = _at[partner];
            if (at < k) sum -= _left[qubit * _order.Length + partner];
            else if (at > k + 1) sum += _left[qubit * _order.Length + partner];
        }
        return sum;
    }

    private void Happen(int node)
    {
        var (a, b) = (_problem.First[node], _problem.Second[node]);
        if (a < 0)
        {
            Finish(node);
            return;
        }
        var key = (Math.Min(a, b), Math.Max(a, b));
        if (!_ready.TryGetValue(key, out var nodes)) _ready[key] = nodes = [];
        nodes.Push(node);
    }

    private void Finish(int node)
    {
        _events.Add(node);
        _done++;
        foreach (var next in _problem.Next[node])
            if (--_waits[next] == 0) Happen(next);
    }
}
