using System.Collections.Immutable;
using QTrain.Circuits;
using QTrain.Devices;
using QTrain.Noise;
using QTrain.Numerics;
using QTrain.OpenQasm;
using QTrain.TestSupport;
using QTrain.Tests.Reference;
using QTrain.Transpilation;

namespace QTrain.Tests.Transpilation;

public sealed class Compiled_for_a_real_device
{
    private static readonly string[] Devices = ["manila", "lagos", "hanoi", "rainbow", "sherbrooke", "willow_pink"];

    public static TheoryData<string> Programs => [.. Directory.EnumerateFiles(TestData.Path("qasm2", "circuits"), "*.qasm").Select(f => System.IO.Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    public static TheoryData<string> AllDevices => [.. BuiltInDevices.Names];

    /// <summary>The native circuit is written as a program and read again, so that what a user gets is what is checked.</summary>
    [Theory, MemberData(nameof(Programs))]
    public void a_program_has_the_probabilities_it_had(string name)
    {
        var circuit = OpenQasmProgram.Parse(File.ReadAllText(TestData.Path("qasm2", "circuits", name + ".qasm")), name).ToCircuit();
        if (circuit.BitCount == 0) circuit = new Circuit(circuit.QubitCount, circuit.Operations.Concat(Enumerable.Range(0, circuit.QubitCount).Select(q => new Measure(q, q))), circuit.QubitCount);
        var expected = Probabilities(circuit);
        for (var k = 0; k < Devices.Length; k++)
        {
            var target = BuiltInDevices.Get(Devices[k]).ToTarget();
            if (circuit.QubitCount > target.QubitCount) continue;
            var compiled = Transpiler.Run(circuit, target, new() { Level = 1 + k % 3, Seed = (ulong)k });
            compiled.ShouldBeNative();
            var actual = Probabilities(new NoisyCircuit(compiled.Circuit).OnUsedQubits(out _).Circuit);
            foreach (var bits in expected.Keys.Union(actual.Keys))
                actual.GetValueOrDefault(bits).ShouldBe(expected.GetValueOrDefault(bits), 1e-9, $"{name} on {Devices[k]}: {bits}");
        }

        static Dictionary<string, double> Probabilities(Circuit circuit) =>
            OpenQasmSimulation.Run(OpenQasmProgram.Parse(OpenQasmWriter.Write(circuit))).Probabilities.ToDictionary();
    }

    [Theory, MemberData(nameof(AllDevices))]
    public void every_gate_is_one_that_it_has(string device)
    {
        var target = BuiltInDevices.Get(device).ToTarget();
        for (var seed = 0UL; seed < 4; seed++)
        {
            var random = new RandomStream(seed, 17);
            Transpiler.Run(Any.UnitaryCircuit(5, 12, ref random), target, new() { Level = (int)seed, Seed = seed }).ShouldBeNative();
        }
    }

    [Theory]
    [InlineData("hanoi", 6)]
    [InlineData("sherbrooke", 10)]
    [InlineData("willow_pink", 8)]
    public void it_lies_on_better_qubits_than_almost_all_placements(string device, int qubits)
    {
        var target = BuiltInDevices.Get(device).ToTarget();
        var circuit = Circuit.Build(qubits, c =>
        {
            c.H(0);
            for (var q = 0; q + 1 < qubits; q++) c.Cx(q, q + 1);
            c.MeasureAll();
        });
        var found = Transpiler.Run(circuit, target).EstimatedSuccess!.Value;
        var random = new RandomStream(3);
        var others = new List<double>();
        while (others.Count < 60)
            if (Path(target, qubits, ref random) is { } path)
                others.Add(Transpiler.Run(circuit, target, new() { InitialLayout = path }).EstimatedSuccess!.Value);
        // None of sixty chosen at random is better, and half of them lose at least a quarter more.
        others.Max().ShouldBeLessThanOrEqualTo(found + 1e-12);
        var median = others.Order().ElementAt(others.Count / 2);
        Math.Log(median).ShouldBeLessThan(1.25 * Math.Log(found));
    }

    /// <summary>A walk over free neighbours, all of them usable; null when it ran into a corner.</summary>
    private static ImmutableArray<int>? Path(Target target, int length, ref RandomStream random)
    {
        var path = new List<int> { (int)random.NextBelow(target.QubitCount) };
        while (path.Count < length)
        {
            int[] next = [.. target.Neighbours[path[^1]].Where(n => !path.Contains(n))];
            if (next.Length == 0) return null;
            path.Add(next[(int)random.NextBelow(next.Length)]);
        }
        return [.. path];
    }
}
