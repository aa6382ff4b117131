namespace QTrain.Transpilation;

/// <summary>The largest connected part of a device, its qubits numbered from 0, as routing walks it.</summary>
internal sealed class DeviceGraph
{
    private readonly ushort[] _distances;

    public DeviceGraph(Target target)
    {
        var part = LargestPart(target);
        Qubits = part;
        var number = new Dictionary<int, int>();
        for (var k = 0; k < part.Length; k++) number.Add(part[k], k);
        Neighbours = [.. part.Select(q => target.Neighbours[q].Select(n => number[n]).ToArray())];
        _distances = new ushort[part.Length * part.Length];
        for (var a = 0; a < part.Length; a++)
        {
            var from = target.DistancesFrom(part[a]);
            for (var b = 0; b < part.Length; b++)
            {
                _distances[a * part.Length + b] = (ushort)from[part[b]];
                Diameter = Math.Max(Diameter, from[part[b]]);
            }
        }
    }

    /// <summary>The device's qubits, ascending.</summary>
    public int[] Qubits { get; }

    public int Count => Qubits.Length;

    public int[][] Neighbours { get; }

    public int Diameter { get; }

    public int Distance(int a, int b) => _distances[a * Qubits.Length + b];

    public ReadOnlySpan<ushort> DistancesFrom(int qubit) => _distances.AsSpan(qubit * Qubits.Length, Qubits.Length);

    private static int[] LargestPart(Target target)
    {
        var best = new List<int>();
        var seen = new bool[target.QubitCount];
        for (var q = 0; q < target.QubitCount; q++)
        {
            if (seen[q] || !target.Qubits[q].IsEnabled) continue;
            var part = new List<int> { q };
            seen[q] = true;
            for (var k = 0; k < part.Count; k++)
                foreach (var next in target.Neighbours[part[k]])
                    if (!seen[next])
                    {
                        seen[next] = true;
                        part.Add(next);
                    }
            if (part.Count > best.Count) best = part;
        }
        best.Sort();
        return [.. best];
    }
}
