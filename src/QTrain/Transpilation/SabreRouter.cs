using QTrain.Numerics;

namespace QTrain.Transpilation;

/// <summary>A circuit's nodes in an order a device allows, with the swaps between.</summary>
/// <param name="Events">A node's number, or −1 − (edge) for a swap of the qubits edge / n and edge % n.</param>
/// <param name="Swaps">How many swaps.</param>
/// <param name="Cost">Swaps in units of a cx, those after a gate of the same pair counted less.</param>
/// <param name="Depth">How many gates and swaps follow each other.</param>
/// <param name="Start">Where each logical qubit is at first.</param>
/// <param name="End">Where it is at last.</param>
internal sealed record Route(List<int> Events, int Swaps, int Cost, int Depth, int[] Start, int[] End);

/// <summary>What a router prefers. No taste is best for every circuit: chains of gates want depth looked at, dense ones what comes later.</summary>
/// <param name="Layers">How many layers of gates after the waiting ones are looked at.</param>
/// <param name="Soon">What a step towards a gate of the first of them is worth, beside 1 for a waiting gate.</param>
/// <param name="Later">How much less each further layer is worth.</param>
/// <param name="Depth">What it is worth, at most, that a swap is of qubits that have been idle rather than busy.</param>
/// <param name="DeepAt">By how many gates and swaps busy and idle differ at most.</param>
internal sealed record RoutingTaste(int Layers, double Soon, double Later, double Depth, int DeepAt);

/// <summary>Inserts swaps so that every joint rotation is between neighbours.</summary>
/// <remarks>
/// SABRE: of the swaps that touch a waiting gate, the one after which waiting gates, and those soon to come, are nearest. Li, Ding &amp; Xie 2019,
/// arXiv:1809.02573. What is soon to come are layers, in each of which a qubit has one gate at most, so that a swap changes two distances of each; only
/// the changes are added up, and a router that makes no progress takes the nearest gate along a shortest path: Zou, Treinish, Hartman, Ivrii &amp;
/// Lishman 2024 (LightSABRE), arXiv:2409.08368. A swap right after a gate of the same two qubits is one joint rotation with it, which costs less, and
/// is preferred a little: Liu et al. 2022, arXiv:2205.10596. Of gates that commute those go first that are nearest.
/// An object is used by one thread at a time.
/// </remarks>
internal sealed class SabreRouter
{
    // A swap that saves one of its three cx is worth as much as a quarter of a step towards a waiting gate.
    private const double FreeSwap = 0.25;

    // Swaps without progress after which depth no longer matters, so that the way to some gate is found.
    private const double Patience = 12;

    private readonly DeviceGraph _device;
    private readonly RoutingTaste _taste;
    private readonly double[] _layerWeights;
    private readonly int _count;
    private readonly List<int> _front = [], _ready = [], _queue = [], _touched = [], _sinceProgress = [], _best = [], _active = [];
    private readonly int[] _depth, _lastWith, _saved, _busy;
    // By qubit and layer, −1 for none.
    private readonly int[] _partner;
    private readonly int _layers;
    private readonly List<long> _byDistance = [];
    private readonly int[] _stamp;
    private int _stamped;
    private int[] _waits = [];
    private int[] _place = [];
    private int[] _logical = [];

    public SabreRouter(DeviceGraph device, RoutingTaste taste)
    {
        (_device, _count, _taste) = (device, device.Count, taste);
        _layerWeights = [1, .. Enumerable.Range(0, taste.Layers).Select(l => taste.Soon * Math.Pow(taste.Later, l))];
        (_depth, _lastWith, _saved, _busy) = (new int[_count], new int[_count], new int[_count], new int[_count]);
        _layers = taste.Layers + 1;
        _partner = new int[_layers * _count];
        _stamp = new int[_count * _count];
    }

    /// <param name="problem">What is to be routed.</param>
    /// <param name="start">A device qubit for every logical qubit, as many as the device has; not changed.</param>
    /// <param name="random">Chooses among equals.</param>
    /// <param name="isRecorded">Whether the events are wanted, rather than only where qubits end.</param>
    public Route Run(RoutingProblem problem, int[] start, ref RandomStream random, bool isRecorded)
    {
        _waits = (int[])problem.Waits.Clone();
        _place = (int[])start.Clone();
        _logical = new int[_count];
        for (var l = 0; l < _count; l++) _logical[_place[l]] = l;
        Array.Fill(_lastWith, -1);
        Array.Clear(_depth);
        _front.Clear();
        _ready.Clear();
        _sinceProgress.Clear();
        var events = new List<int>();
        var (swaps, cost) = (0, 0);
        var progress = (Events: 0, Swaps: 0, Cost: 0);
        for (var node = 0; node < problem.Count; node++)
            if (_waits[node] == 0) _ready.Add(node);
        Advance();
        while (_front.Count > 0)
        {
            var edge = Choose(ref random);
            Apply(edge);
            _sinceProgress.Add(edge);
            if (Release(edge / _count, edge % _count)) Advance();
            else if (_sinceProgress.Count > 10 * _device.Diameter) Escape();
        }
        return new Route(events, swaps, cost, _depth.Max(), (int[])start.Clone(), _place);

        void Apply(int edge)
        {
            var (p, q) = (edge / _count, edge % _count);
            (_logical[p], _logical[q]) = (_logical[q], _logical[p]);
            (_place[_logical[p]], _place[_logical[q]]) = (p, q);
            swaps++;
            cost += 3 - Saved(p, q);
            if (_lastWith[p] != q || _lastWith[q] != p) _depth[p] = _depth[q] = Math.Max(_depth[p], _depth[q]) + 1;
            // Another swap of the two would undo this one, which no score should hold against it.
            (_lastWith[p], _lastWith[q], _saved[p]) = (q, p, 0);
            _saved[q] = 0;
            if (isRecorded) events.Add(-1 - edge);
        }

        // Everything that can happen now happens; then who waits for what is looked at anew.
        void Advance()
        {
            for (var k = 0; k < _ready.Count; k++)
            {
                var node = _ready[k];
                var (a, b) = (problem.First[node], problem.Second[node]);
                if (a >= 0)
                {
                    var (p, q) = (_place[a], _place[b]);
                    if (_device.Distance(p, q) > 1)
                    {
                        _front.Add(node);
                        continue;
                    }
                    if (_lastWith[p] != q || _lastWith[q] != p) _depth[p] = _depth[q] = Math.Max(_depth[p], _depth[q]) + 1;
                    (_lastWith[p], _lastWith[q]) = (q, p);
                    _saved[p] = _saved[q] = problem.Saves[node];
                }
                if (isRecorded) events.Add(node);
                foreach (var next in problem.Next[node])
                    if (--_waits[next] == 0) _ready.Add(next);
            }
            _ready.Clear();
            _sinceProgress.Clear();
            progress = (events.Count, swaps, cost);
            LookAhead(problem);
        }

        bool Release(int p, int q)
        {
            var isReleased = false;
            for (var k = _front.Count - 1; k >= 0; k--)
            {
                var (a, b) = (_place[problem.First[_front[k]]], _place[problem.Second[_front[k]]]);
                if ((a != p && a != q && b != p && b != q) || _device.Distance(a, b) > 1) continue;
                _ready.Add(_front[k]);
                _front.RemoveAt(k);
                isReleased = true;
            }
            return isReleased;
        }

        // Back to the last progress, and from there straight to the nearest gate.
        void Escape()
        {
            for (var k = _sinceProgress.Count - 1; k >= 0; k--) Apply(_sinceProgress[k]);
            events.RemoveRange(progress.Events, events.Count - progress.Events);
            (swaps, cost) = (progress.Swaps, progress.Cost);
            _sinceProgress.Clear();
            var nearest = _front.MinBy(n => _device.Distance(_place[problem.First[n]], _place[problem.Second[n]]));
            var goal = problem.Second[nearest];
            while (_device.Distance(_place[problem.First[nearest]], _place[goal]) > 1)
            {
                var from = _place[problem.First[nearest]];
                var to = _device.Neighbours[from].First(n => _device.Distance(n, _place[goal]) < _device.Distance(from, _place[goal]));
                Apply(Math.Min(from, to) * _count + Math.Max(from, to));
                if (Release(from, to))
                {
                    Advance();
                    return;
                }
            }
        }
    }

    /// <summary>Waiting gates and those to come after them, in layers of which each qubit has one gate at most.</summary>
    private void LookAhead(RoutingProblem problem)
    {
        Array.Fill(_partner, -1);
        Array.Clear(_busy);
        _active.Clear();
        _byDistance.Clear();
        foreach (var node in _front) _byDistance.Add((long)_device.Distance(_place[problem.First[node]], _place[problem.Second[node]]) << 32 | (uint)node);
        _byDistance.Sort();
        for (var k = 0; k < _front.Count; k++) _front[k] = (int)_byDistance[k];
        _queue.Clear();
        foreach (var node in _front)
            if (Place(node)) _queue.Add(node);
        for (var k = 0; k < _queue.Count; k++)
            foreach (var next in problem.Next[_queue[k]])
            {
                _touched.Add(next);
                if (--_waits[next] == 0 && Place(next)) _queue.Add(next);
            }
        foreach (var node in _touched) _waits[node]++;
        _touched.Clear();

        // Whether what comes after it may still find a layer.
        bool Place(int node)
        {
            var (a, b) = (problem.First[node], problem.Second[node]);
            if (a < 0) return true;
            var layer = Math.Max(_busy[a], _busy[b]);
            if (layer == _layers) return false;
            (_partner[a * _layers + layer], _partner[b * _layers + layer]) = (b, a);
            _busy[a] = _busy[b] = layer + 1;
            if (layer > 0) return true;
            _active.Add(a);
            _active.Add(b);
            return true;
        }
    }

    private int Choose(ref RandomStream random)
    {
        _best.Clear();
        var least = double.PositiveInfinity;
        _stamped++;
        var shallow = int.MaxValue;
        var depthWeight = _taste.Depth * Math.Max(0, 1 - _sinceProgress.Count / Patience);
        foreach (var logical in _active) shallow = Math.Min(shallow, _depth[_place[logical]]);
        foreach (var logical in _active)
        {
            var p = _place[logical];
            foreach (var q in _device.Neighbours[p])
            {
                var edge = Math.Min(p, q) * _count + Math.Max(p, q);
                if (_stamp[edge] == _stamped) continue;
                _stamp[edge] = _stamped;
                var score = depthWeight * Math.Min(1, (double)(Math.Max(_depth[p], _depth[q]) - shallow) / _taste.DeepAt) - FreeSwap * Saved(p, q);
                score = Nearer(score, p, q);
                if (score > least + 1e-10) continue;
                if (score < least - 1e-10)
                {
                    least = score;
                    _best.Clear();
                }
                _best.Add(edge);
            }
        }
        return _best.Count == 1 ? _best[0] : _best[(int)random.NextBelow(_best.Count)];
    }

    /// <summary>How many cx of a swap are saved, being one with the gate before it.</summary>
    private int Saved(int p, int q) => _lastWith[p] == q && _lastWith[q] == p ? _saved[p] : 0;

    /// <summary>A score with what the distances to all partners change when two qubits are exchanged.</summary>
    private double Nearer(double score, int p, int q)
    {
        var (first, second) = (_logical[p], _logical[q]);
        var layers = Math.Max(_busy[first], _busy[second]);
        var ofFirst = _partner.AsSpan(first * _layers, layers);
        var ofSecond = _partner.AsSpan(second * _layers, layers);
        var fromP = _device.DistancesFrom(p);
        var fromQ = _device.DistancesFrom(q);
        for (var layer = 0; layer < layers; layer++)
        {
            var change = 0;
            if (ofFirst[layer] is >= 0 and var one && _place[one] is var at && at != q) change += fromQ[at] - fromP[at];
            if (ofSecond[layer] is >= 0 and var other && _place[other] is var place && place != p) change += fromP[place] - fromQ[place];
            score += _layerWeights[layer] * change;
        }
        return score;
    }
}
