using QTrain.Numerics;

namespace QTrain.Transpilation;

/// <summary>A circuit's nodes in an order a device allows, with the swaps between.</summary>
/// <param name="Events">A node's number, or −1 − (edge) for a swap of the qubits edge / n and edge % n.</param>
/// <param name="Swaps">How many swaps.</param>
/// <param name="Cost">Swaps in units of a cx, those after a gate of the same pair counted less.</param>
/// <param name="Start">Where each logical qubit is at first.</param>
/// <param name="End">Where it is at last.</param>
internal sealed record Route(List<int> Events, int Swaps, int Cost, int[] Start, int[] End);

/// <summary>Inserts swaps so that every joint rotation is between neighbours.</summary>
/// <remarks>
/// SABRE: of the swaps that touch a waiting gate, the one after which waiting gates, and those soon to come, are nearest; qubits just moved are held
/// back a little. Li, Ding &amp; Xie 2019, arXiv:1809.02573. Sums are updated by what a swap changes, and a router that makes no progress takes the
/// nearest gate along a shortest path: Zou, Treinish, Hartman, Ivrii &amp; Lishman 2024 (LightSABRE), arXiv:2409.08368. A swap right after a gate of
/// the same two qubits is one joint rotation with it, which costs less, and is preferred a little: Liu et al. 2022, arXiv:2205.10596.
/// An object is used by one thread at a time.
/// </remarks>
internal sealed class SabreRouter(DeviceGraph device)
{
    private const int SoonCount = 20, HoldBackReset = 5;
    private const double SoonWeight = 0.5, HoldBack = 0.001, FreeSwap = 0.25;

    private readonly int _count = device.Count;
    private readonly List<int> _front = [];
    private readonly List<int> _urgent = [];
    private readonly List<int> _soon = [];
    private readonly List<int> _ready = [];
    private readonly List<int> _queue = [];
    private readonly List<int> _sinceProgress = [];
    private readonly List<int> _best = [];
    private readonly double[] _held = new double[device.Count];
    private readonly int[] _lastWith = new int[device.Count];
    private readonly int[] _saved = new int[device.Count];
    private readonly List<int>[] _frontOf = [.. Enumerable.Range(0, device.Count).Select(_ => new List<int>())];
    private readonly List<int>[] _soonOf = [.. Enumerable.Range(0, device.Count).Select(_ => new List<int>())];
    private readonly int[] _stamp = new int[device.Count * device.Count];
    private int _stamped;
    private int[] _waits = [];
    private int[] _seen = [];
    private int _seenMark;
    private int[] _place = [];
    private int[] _logical = [];

    /// <param name="problem">What is to be routed.</param>
    /// <param name="start">A device qubit for every logical qubit, as many as the device has; not changed.</param>
    /// <param name="random">Chooses among equals.</param>
    /// <param name="isRecorded">Whether the events are wanted, rather than only where qubits end.</param>
    public Route Run(RoutingProblem problem, int[] start, ref RandomStream random, bool isRecorded)
    {
        _waits = (int[])problem.Waits.Clone();
        if (_seen.Length < problem.Count) _seen = new int[problem.Count];
        _place = (int[])start.Clone();
        _logical = new int[_count];
        for (var l = 0; l < _count; l++) _logical[_place[l]] = l;
        Array.Fill(_lastWith, -1);
        _front.Clear();
        _ready.Clear();
        _sinceProgress.Clear();
        _soon.Clear();
        _urgent.Clear();
        for (var l = 0; l < _count; l++)
        {
            _soonOf[l].Clear();
            _frontOf[l].Clear();
        }
        var events = new List<int>();
        var (swaps, cost, heldFor) = (0, 0, 0);
        var progress = (Events: 0, Swaps: 0, Cost: 0);
        for (var node = 0; node < problem.Count; node++)
            if (_waits[node] == 0) _ready.Add(node);
        Advance();
        while (_front.Count > 0)
        {
            var edge = Choose(problem, ref random);
            Apply(edge);
            _sinceProgress.Add(edge);
            if (++heldFor == HoldBackReset)
            {
                Array.Fill(_held, 1);
                heldFor = 0;
            }
            else
            {
                _held[edge / _count] += HoldBack;
                _held[edge % _count] += HoldBack;
            }
            if (Release(edge / _count, edge % _count)) Advance();
            else if (_sinceProgress.Count > 10 * device.Diameter) Escape();
        }
        return new Route(events, swaps, cost, (int[])start.Clone(), _place);

        void Apply(int edge)
        {
            var (p, q) = (edge / _count, edge % _count);
            (_logical[p], _logical[q]) = (_logical[q], _logical[p]);
            (_place[_logical[p]], _place[_logical[q]]) = (p, q);
            swaps++;
            cost += 3 - Saved(p, q);
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
                if (a >= 0 && device.Distance(_place[a], _place[b]) > 1)
                {
                    _front.Add(node);
                    continue;
                }
                if (a >= 0)
                {
                    (_lastWith[_place[a]], _lastWith[_place[b]]) = (_place[b], _place[a]);
                    _saved[_place[a]] = _saved[_place[b]] = problem.Saves[node];
                }
                if (isRecorded) events.Add(node);
                foreach (var next in problem.Next[node])
                    if (--_waits[next] == 0) _ready.Add(next);
            }
            _ready.Clear();
            _sinceProgress.Clear();
            progress = (events.Count, swaps, cost);
            Array.Fill(_held, 1);
            heldFor = 0;
            _front.Sort();
            LookAhead(problem);
        }

        bool Release(int p, int q)
        {
            var isReleased = false;
            for (var k = _front.Count - 1; k >= 0; k--)
            {
                var (a, b) = (_place[problem.First[_front[k]]], _place[problem.Second[_front[k]]]);
                if ((a != p && a != q && b != p && b != q) || device.Distance(a, b) > 1) continue;
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
            var nearest = _front.MinBy(n => device.Distance(_place[problem.First[n]], _place[problem.Second[n]]));
            var goal = problem.Second[nearest];
            while (device.Distance(_place[problem.First[nearest]], _place[goal]) > 1)
            {
                var from = _place[problem.First[nearest]];
                var to = device.Neighbours[from].First(n => device.Distance(n, _place[goal]) < device.Distance(from, _place[goal]));
                var edge = Math.Min(from, to) * _count + Math.Max(from, to);
                Apply(edge);
                if (Release(from, to))
                {
                    Advance();
                    return;
                }
            }
        }
    }

    /// <summary>The gates that come next after those that wait.</summary>
    private void LookAhead(RoutingProblem problem)
    {
        foreach (var node in _soon)
        {
            _soonOf[problem.First[node]].Clear();
            _soonOf[problem.Second[node]].Clear();
        }
        _soon.Clear();
        // Of gates that commute many may wait for one qubit: the first of them counts now, the others are soon to come.
        foreach (var node in _urgent)
        {
            _frontOf[problem.First[node]].Clear();
            _frontOf[problem.Second[node]].Clear();
        }
        _urgent.Clear();
        foreach (var node in _front)
        {
            var (a, b) = (problem.First[node], problem.Second[node]);
            if (_frontOf[a].Count == 0 && _frontOf[b].Count == 0)
            {
                _frontOf[a].Add(b);
                _frontOf[b].Add(a);
                _urgent.Add(node);
            }
            else if (_soon.Count < SoonCount)
            {
                _soonOf[a].Add(b);
                _soonOf[b].Add(a);
                _soon.Add(node);
            }
        }
        _queue.Clear();
        _queue.AddRange(_urgent);
        _seenMark++;
        for (var k = 0; k < _queue.Count && _soon.Count < SoonCount; k++)
            foreach (var next in problem.Next[_queue[k]])
            {
                if (_seen[next] == _seenMark) continue;
                _seen[next] = _seenMark;
                _queue.Add(next);
                var (a, b) = (problem.First[next], problem.Second[next]);
                if (a < 0) continue;
                _soon.Add(next);
                _soonOf[a].Add(b);
                _soonOf[b].Add(a);
                if (_soon.Count == SoonCount) break;
            }
    }

    private int Choose(RoutingProblem problem, ref RandomStream random)
    {
        var (frontSum, soonSum) = (0, 0);
        foreach (var node in _urgent) frontSum += device.Distance(_place[problem.First[node]], _place[problem.Second[node]]);
        foreach (var node in _soon) soonSum += device.Distance(_place[problem.First[node]], _place[problem.Second[node]]);
        var soonScale = _soon.Count == 0 ? 0 : SoonWeight / _soon.Count;
        var frontScale = 1.0 / _urgent.Count;
        _best.Clear();
        var least = double.PositiveInfinity;
        _stamped++;
        for (var p = 0; p < _count; p++)
        {
            if (_frontOf[_logical[p]].Count == 0) continue;
            foreach (var q in device.Neighbours[p])
            {
                var edge = Math.Min(p, q) * _count + Math.Max(p, q);
                if (_stamp[edge] == _stamped) continue;
                _stamp[edge] = _stamped;
                var front = frontSum + Change(_frontOf[_logical[p]], p, q) + Change(_frontOf[_logical[q]], q, p);
                var soon = soonSum + Change(_soonOf[_logical[p]], p, q) + Change(_soonOf[_logical[q]], q, p);
                var score = Math.Max(_held[p], _held[q]) * (front * frontScale + soon * soonScale);
                score -= FreeSwap * Saved(p, q) * frontScale;
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

    /// <summary>By how much the distances to some qubits change when a qubit moves.</summary>
    private int Change(List<int> partners, int from, int to)
    {
        var change = 0;
        foreach (var partner in partners)
        {
            var at = _place[partner];
            if (at != to) change += device.Distance(to, at) - device.Distance(from, at);
        }
        return change;
    }
}
