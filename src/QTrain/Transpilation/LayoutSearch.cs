using QTrain.Circuits;
using QTrain.Numerics;

namespace QTrain.Transpilation;

/// <summary>Chooses where the qubits of a circuit begin: a placement without any swap where there is one, else the best of many that SABRE improves by
/// routing forwards and backwards.</summary>
internal sealed class LayoutSearch(DeviceGraph device, ErrorScore? errors, TranspileOptions options)
{
    // Swaps that all trials together may try, about; more would take long, and gain little where there are so many.
    private static readonly long[] MostSwaps = [0, 150_000, 500_000, 2_000_000];

    private static readonly int[] Trials = [1, 16, 64, 256];

    private static readonly RoutingTaste[] Tastes =
    [
        new(Layers: 4, Soon: 0.3, Later: 0.5, Depth: 2, DeepAt: 64),
        new(Layers: 4, Soon: 0.5, Later: 0.5, Depth: 0.8, DeepAt: 16),
        new(Layers: 8, Soon: 0.3, Later: 0.7, Depth: 1.2, DeepAt: 16),
        new(Layers: 4, Soon: 0.15, Later: 0.5, Depth: 1.2, DeepAt: 16),
    ];

    /// <summary>A place for every qubit the device has: those given, then the rest in order.</summary>
    public static int[] Completed(IEnumerable<int> places, int count)
    {
        var all = places.ToList();
        var taken = new bool[count];
        foreach (var place in all) taken[place] = true;
        for (var k = 0; k < count; k++)
            if (!taken[k]) all.Add(k);
        return [.. all];
    }

    /// <summary>Routes from a given placement.</summary>
    public Route From(RoutingProblem problem, int[] start)
    {
        var random = new RandomStream(options.Seed);
        return new SabreRouter(device, Tastes[0]).Run(problem, start, ref random, isRecorded: true);
    }

    /// <summary>The best few routes.</summary>
    public List<(RoutingProblem Problem, Route Route)> Best(List<Step> steps, RoutingProblem problem, int qubits)
    {
        var trivial = Completed(Enumerable.Range(0, qubits), device.Count);
        if (options.Level == 0) return [(problem, From(problem, trivial))];
        var usage = Usage.Of(steps, qubits);
        var isTrivial = usage.Pairs.All(p => device.Distance(trivial[p.A], trivial[p.B]) == 1);
        if (isTrivial && errors is null) return [(problem, From(problem, trivial))];
        // The score is a guess of what the native circuit will lose: of a few good placements the circuits themselves are compared.
        var perfect = PlacementSearch.FindBest(device, usage.Wanted, errors is null ? null : p => errors.Of(usage.Pairs, usage.Turns, usage.Measured, p), errors is null ? 1 : 8);
        if (perfect.Count > 0) return [.. perfect.Select(p => (problem, From(problem, WithIdle(p, usage))))];
        return Sabre(problem, steps, qubits, usage);
    }

    private List<(RoutingProblem Problem, Route Route)> Sabre(RoutingProblem problem, List<Step> steps, int qubits, Usage usage)
    {
        var reversed = RoutingProblem.Of(steps, qubits, isReversed: true);
        var strict = RoutingProblem.Of(steps, qubits, isStrict: true);
        var strictReversed = RoutingProblem.Of(steps, qubits, isReversed: true, isStrict: true);
        // Long circuits forget where they began: less is won by going there and back.
        var rounds = problem.Count > 4000 ? 2 : 4;
        var first = Trial(0);
        var line = LineNetwork.IsFor(usage.Pairs, qubits) && Path(qubits) is { } path ? LineNetwork.Run(problem, device, path) : null;
        // An even number, so that both orders are tried; few where a line is better than swaps one by one by so much.
        var isClear = line is not null && Rank(line) < 0.75 * Rank(first.Route);
        var trials = isClear ? 2 : 2 * (int)Math.Clamp(MostSwaps[options.Level] / (14L * Math.Max(1, first.Route.Swaps)), 1, Trials[options.Level] / 2);
        var routes = new (RoutingProblem Problem, Route Route)[trials];
        routes[0] = first;
        Parallel.For(1, trials, trial => routes[trial] = Trial(trial));
        if (line is not null) routes = [.. routes, (problem, line)];
        return [.. routes.OrderBy(r => Rank(r.Route)).Take(problem.Count > 10_000 ? 1 : options.Level switch { 1 => 1, 2 => 3, _ => 6 })];

        // A step is two or three native gates, and a waiting qubit loses about a tenth of what a gate does.
        double Rank(Route route) => route.Cost + 0.25 * qubits * route.Depth;

        (RoutingProblem Problem, Route Route) Trial(int trial)
        {
            var random = new RandomStream(options.Seed, 1).Child((ulong)trial);
            var router = new SabreRouter(device, Tastes[trial / 2 % Tastes.Length]);
            var (forwards, backwards) = trial % 2 == 0 ? (problem, reversed) : (strict, strictReversed);
            var start = Start(trial, qubits, ref random);
            Route? best = null;
            for (var round = 0; round < rounds; round++)
            {
                var there = router.Run(forwards, start, ref random, isRecorded: true);
                if (best is null || Rank(there) < Rank(best)) best = there;
                if (round < rounds - 1) start = router.Run(backwards, there.End, ref random, isRecorded: false).End;
            }
            return (forwards, best!);
        }
    }

    /// <summary>So many qubits in a row, each a neighbour of the next; null where none were found.</summary>
    private int[]? Path(int qubits) =>
        PlacementSearch.Find(device, [.. Enumerable.Range(0, qubits).Select(q => (int[])(q == 0 ? [1] : q == qubits - 1 ? [q - 1] : [q - 1, q + 1]))]);

    /// <summary>Connected regions around random qubits, the order of the device's numbers, and random placements.</summary>
    private int[] Start(int trial, int qubits, ref RandomStream random)
    {
        if (trial is 1 or 2) return Completed(Enumerable.Range(0, qubits), device.Count);
        var places = new List<int>();
        if (trial % 8 == 5)
        {
            places.AddRange(Enumerable.Range(0, device.Count));
            Shuffle(places, ref random);
            return [.. places];
        }
        var seen = new bool[device.Count];
        places.Add((int)random.NextBelow(device.Count));
        seen[places[0]] = true;
        for (var k = 0; places.Count < qubits; k++)
            foreach (var next in device.Neighbours[places[k]])
                if (!seen[next] && places.Count < qubits)
                {
                    seen[next] = true;
                    places.Add(next);
                }
        Shuffle(places, ref random);
        return Completed(places, device.Count);
    }

    private static void Shuffle(List<int> list, ref RandomStream random)
    {
        for (var k = list.Count - 1; k > 0; k--)
        {
            var other = (int)random.NextBelow(k + 1);
            (list[k], list[other]) = (list[other], list[k]);
        }
    }

    /// <summary>Qubits that interact with none go where they lose least.</summary>
    private int[] WithIdle(int[] places, Usage usage)
    {
        var all = (int[])places.Clone();
        var taken = new bool[device.Count];
        foreach (var place in all)
            if (place >= 0) taken[place] = true;
        for (var q = 0; q < all.Length; q++)
        {
            if (all[q] >= 0) continue;
            var best = -1;
            for (var at = 0; at < device.Count; at++)
                if (!taken[at] && (best < 0 || (errors is not null && errors.Of(usage.Turns[q], usage.Measured[q], at) < errors.Of(usage.Turns[q], usage.Measured[q], best)))) best = at;
            all[q] = best;
            taken[best] = true;
        }
        return Completed(all, device.Count);
    }

    /// <summary>A routed circuit moved to better qubits of the same couplings: a permutation of the device's qubits.</summary>
    public static int[] Improve(List<Step> placed, int[] initial, int[] final, DeviceGraph device, Target target, ErrorScore errors)
    {
        var number = new int[target.QubitCount];
        for (var k = 0; k < device.Count; k++) number[device.Qubits[k]] = k;
        var usage = Usage.Of([.. placed.Select(s => s.On(number))], device.Count);
        var identity = Enumerable.Range(0, device.Count).ToArray();
        double Score(int[] place) => errors.Of(usage.Pairs, usage.Turns, usage.Measured, place);
        var found = PlacementSearch.Find(device, usage.Wanted, Score);
        var moved = Enumerable.Range(0, target.QubitCount).ToArray();
        if (found is null) return moved;
        var taken = new bool[device.Count];
        foreach (var place in found)
            if (place >= 0) taken[place] = true;
        // Used qubits that interact with none stay where they are, or take any free place.
        var free = new Queue<int>(identity.Where(k => !taken[k]));
        var all = (int[])found.Clone();
        for (var k = 0; k < all.Length; k++)
            if (all[k] < 0 && !taken[k])
            {
                all[k] = k;
                taken[k] = true;
            }
        for (var k = 0; k < all.Length; k++)
        {
            while (all[k] < 0)
            {
                var next = free.Dequeue();
                if (taken[next]) continue;
                taken[next] = true;
                all[k] = next;
            }
        }
        if (Score(all) >= Score(identity)) return moved;
        for (var k = 0; k < all.Length; k++) moved[device.Qubits[k]] = device.Qubits[all[k]];
        return moved;
    }

    /// <summary>Who interacts with whom, and how much happens to each.</summary>
    private sealed record Usage(List<(int A, int B, int Count)> Pairs, int[][] Wanted, int[] Turns, int[] Measured)
    {
        public static Usage Of(List<Step> steps, int qubits)
        {
            var pairs = new SortedDictionary<(int, int), int>();
            var (turns, measured) = (new int[qubits], new int[qubits]);
            foreach (var step in steps)
            {
                if (step.Kind == StepKind.Measure) measured[step.First]++;
                if (step.Kind != StepKind.Joint) continue;
                var key = (Math.Min(step.First, step.Second), Math.Max(step.First, step.Second));
                var count = step.Joint.Reduced().Joint.ControlledCount();
                pairs[key] = pairs.GetValueOrDefault(key) + Math.Max(1, count);
                // About two pulses for each two-qubit gate; what is exact does not matter here.
                turns[step.First] += 2 * count;
                turns[step.Second] += 2 * count;
            }
            var wanted = new List<int>[qubits];
            for (var q = 0; q < qubits; q++) wanted[q] = [];
            foreach (var (a, b) in pairs.Keys)
            {
                wanted[a].Add(b);
                wanted[b].Add(a);
            }
            return new Usage([.. pairs.Select(p => (p.Key.Item1, p.Key.Item2, p.Value))], [.. wanted.Select(w => w.ToArray())], turns, measured);
        }
    }
}
