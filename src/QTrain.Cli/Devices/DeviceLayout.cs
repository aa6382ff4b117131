using QTrain.Devices;

namespace QTrain.Cli.Devices;

/// <summary>Where qubits are drawn: as the provider lays them out, where that is known of the device or of one of the same couplings; in a circle
/// where all are coupled; else such that distances in the drawing are those along couplings.</summary>
internal sealed class DeviceLayout
{
    private DeviceLayout((double X, double Y)[] places, bool isGrid)
    {
        Places = places;
        IsGrid = isGrid;
    }

    /// <summary>A place for each qubit, the least x and y being 0 and neighbours about 1 apart.</summary>
    public (double X, double Y)[] Places { get; }

    /// <summary>Whether places are those of a grid, so that couplings run along its lines.</summary>
    public bool IsGrid { get; }

    public static DeviceLayout Of(Calibration device)
    {
        if (Known(device) is { } known) return new(Moved(known), isGrid: true);
        if (BuiltInDevices.Names.Select(n => BuiltInDevices.Find(n)!).FirstOrDefault(d => !device.IsFullyConnected && d.Qubits.Length == device.Qubits.Length
            && d.Couplings.SequenceEqual(device.Couplings) && Known(d) is not null) is { } twin) return new(Moved(Known(twin)!), isGrid: true);
        return device.IsFullyConnected ? new(Circle(device.Qubits.Length), isGrid: false) : new(Moved(Computed(device)), isGrid: false);
    }

    private static (double X, double Y)[]? Known(Calibration device) => device.Qubits.All(q => q.Position is not null) && device.Qubits.Select(q => q.Position).Distinct().Count() == device.Qubits.Length
        ? [.. device.Qubits.Select(q => q.Position!.Value)] : null;

    private static (double X, double Y)[] Circle(int count)
    {
        // One apart along the circle.
        var radius = count < 2 ? 0 : 0.5 / Math.Sin(Math.PI / Math.Max(2, count));
        return Moved([.. Enumerable.Range(0, count).Select(k => (radius * Math.Sin(2 * Math.PI * k / count), -radius * Math.Cos(2 * Math.PI * k / count)))]);
    }

    private static (double X, double Y)[] Moved((double X, double Y)[] places)
    {
        var (left, top) = (places.Min(p => p.X), places.Min(p => p.Y));
        return [.. places.Select(p => (p.X - left, p.Y - top))];
    }

    /// <summary>Stress majorization: repeatedly every qubit goes where the others, each at its distance along couplings, would have it. Gansner, Koren
    /// &amp; North 2004. Starts from a circle, so that the same device is always drawn the same.</summary>
    private static (double X, double Y)[] Computed(Calibration device)
    {
        var n = device.Qubits.Length;
        var distance = Enumerable.Range(0, n).Select(q => Distances(device, q)).ToArray();
        var places = Circle(n);
        for (var k = 0; k < n; k++) places[k].Y *= 0.9;     // a perfect circle is a saddle of some graphs
        for (var sweep = 0; sweep < 300; sweep++)
        {
            var moved = 0.0;
            for (var i = 0; i < n; i++)
            {
                var (x, y, total) = (0.0, 0.0, 0.0);
                for (var j = 0; j < n; j++)
                {
                    if (j == i) continue;
                    var (dx, dy) = (places[i].X - places[j].X, places[i].Y - places[j].Y);
                    var (apart, wanted) = (Math.Max(Math.Sqrt(dx * dx + dy * dy), 1e-9), distance[i][j]);
                    var weight = 1 / (wanted * wanted);
                    x += weight * (places[j].X + wanted * dx / apart);
                    y += weight * (places[j].Y + wanted * dy / apart);
                    total += weight;
                }
                if (total == 0) continue;
                moved += Math.Abs(x / total - places[i].X) + Math.Abs(y / total - places[i].Y);
                places[i] = (x / total, y / total);
            }
            if (moved < 1e-4 * n) break;
        }
        return Turned(places);
    }

    // The longest direction lies across, as terminals and pages are wide.
    private static (double X, double Y)[] Turned((double X, double Y)[] places)
    {
        var (mx, my) = (places.Average(p => p.X), places.Average(p => p.Y));
        var (xx, xy, yy) = (places.Sum(p => (p.X - mx) * (p.X - mx)), places.Sum(p => (p.X - mx) * (p.Y - my)), places.Sum(p => (p.Y - my) * (p.Y - my)));
        var angle = Math.Atan2(2 * xy, xx - yy) / 2;
        var (sin, cos) = Math.SinCos(-angle);
        return [.. places.Select(p => (cos * (p.X - mx) - sin * (p.Y - my), sin * (p.X - mx) + cos * (p.Y - my)))];
    }

    private static double[] Distances(Calibration device, int from)
    {
        var distances = new double[device.Qubits.Length];
        // What no coupling reaches is drawn apart.
        Array.Fill(distances, Math.Sqrt(device.Qubits.Length) + 1);
        distances[from] = 0;
        var (queue, seen) = (new Queue<int>([from]), new HashSet<int> { from });
        while (queue.TryDequeue(out var q))
            foreach (var next in device.Neighbours(q))
                if (seen.Add(next))
                {
                    distances[next] = distances[q] + 1;
                    queue.Enqueue(next);
                }
        return distances;
    }
}
