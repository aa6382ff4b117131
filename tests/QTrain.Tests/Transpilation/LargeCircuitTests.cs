using System.Diagnostics;
using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.Tests.Reference;
using QTrain.Transpilation;

namespace QTrain.Tests.Transpilation;

public sealed class Circuits_of_a_hundred_qubits
{
    public static TheoryData<string, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int>();
            foreach (var name in new[] { "qft", "volume", "qaoa", "hea" })
                foreach (var size in new[] { 127, 156 }) cases.Add(name, size);
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases)), Trait("Category", "Slow")]
    public void are_compiled_to_heavy_hexagons_in_seconds(string name, int size)
    {
        var circuit = Named(name);
        var target = Target.HeavyHex(size, "cz", "rz", "sx", "x");
        var watch = Stopwatch.StartNew();
        var compiled = Transpiler.Run(circuit, target);
        compiled.ShouldBeNative();
        Console.WriteLine($"{name} {size}: {watch.Elapsed.TotalSeconds:F2} s, {compiled.Original} to {compiled.Size}");
        watch.Elapsed.TotalSeconds.ShouldBeLessThan(60);
    }

    internal static Circuit Named(string name)
    {
        const int n = 100;
        var random = new RandomStream(11);
        return Circuit.Build(n, c =>
        {
            switch (name)
            {
                case "qft":
                    for (var a = n - 1; a >= 0; a--)
                    {
                        c.H(a);
                        for (var b = a - 1; b >= 0; b--) c.Cp(Math.PI / Math.Pow(2, a - b), b, a);
                    }
                    for (var a = 0; a < n / 2; a++) c.Swap(a, n - 1 - a);
                    break;
                case "volume":
                    for (var layer = 0; layer < n; layer++)
                    {
                        var order = Any.Qubits(n, ref random);
                        for (var k = 0; k + 1 < n; k += 2) c.Unitary(Any.Unitary(2, ref random), order[k], order[k + 1]);
                    }
                    break;
                case "qaoa":
                    for (var a = 0; a < n; a++) c.H(a);
                    for (var layer = 0; layer < 2; layer++)
                    {
                        foreach (var (a, b) in Regular(n, ref random)) c.Rzz(Parameter.Named($"g{layer}"), a, b);
                        for (var a = 0; a < n; a++) c.Rx(2 * Parameter.Named($"b{layer}"), a);
                    }
                    break;
                default:
                    for (var layer = 0; layer < 4; layer++)
                    {
                        for (var a = 0; a < n; a++) c.Ry(Parameter.Named($"t{layer}_{a}"), a);
                        for (var a = 0; a + 1 < n; a++) c.Cx(a, a + 1);
                    }
                    break;
            }
        });
    }

    /// <summary>The edges of a random graph in which every node has three: stubs paired until no pair is twice or a loop.</summary>
    private static List<(int, int)> Regular(int nodes, ref RandomStream random)
    {
        while (true)
        {
            var stubs = Any.Qubits(3 * nodes, ref random);
            var edges = new HashSet<(int, int)>();
            for (var k = 0; k < stubs.Length; k += 2)
            {
                var (a, b) = (stubs[k] / 3, stubs[k + 1] / 3);
                if (a != b) edges.Add((Math.Min(a, b), Math.Max(a, b)));
            }
            if (edges.Count == 3 * nodes / 2) return [.. edges];
        }
    }
}
