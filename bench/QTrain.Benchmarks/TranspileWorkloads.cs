using System.Diagnostics;
using System.Globalization;
using QTrain.Circuits;
using QTrain.Simulation;
using QTrain.OpenQasm;
using QTrain.Transpilation;
using QTrain.Workloads;

namespace QTrain.Benchmarks;

/// <summary>How good compiled circuits are beside published results, and how long compiling takes.</summary>
/// <remarks>
/// <c>transpile [qiskit|qasmbench|devices] [LEVEL] [SEED]</c>. Figures of others are quoted from where <see cref="QiskitTracked"/> and
/// <see cref="QasmBench"/> say; nothing of theirs is run here.
/// </remarks>
internal static class TranspileWorkloads
{
    /// <summary>Two-qubit depths that Qiskit's own benchmarks track at level 2 on its heavy-hexagon lattice of distance 9 in the basis cz, rz, sx, x
    /// (test/benchmarks/utility_scale.py). QFT, QAOA and quantum volume: main of July 2026, asv results in pull request 16437, which include the
    /// layered lookahead of pull request 14911. Circular ansatz of 100: pull request 12899; of 89: pull request 14911, the better of before and
    /// after; Bernstein-Vazirani: pull request 15017. The Heisenberg circuit is tracked too, but its figure was not found.</summary>
    private static readonly (string Name, Func<Circuit> Make, int? Depth)[] QiskitTracked =
    [
        ("Fourier transform, 100 qubits", () => WorkloadCircuits.Fourier(100), 1596),
        ("QAOA, Barabási-Albert graph of 100, 3 layers", () => BarabasiAlbertQaoa(3), 1572),
        ("quantum volume, 50 qubits, 50 layers", () => WorkloadCircuits.QuantumVolume(50), 2463),
        ("Heisenberg, square of 10 × 10, 1 step", SquareHeisenberg, null),
        ("circular ansatz, 100 qubits, 3 layers", () => Circular(100, 3), 300),
        ("circular ansatz, 89 qubits, 3 layers", () => Circular(89, 3), 1313),
        ("Bernstein-Vazirani, 100 qubits, all ones", () => BernsteinVazirani(100), 400),
    ];

    /// <summary>Mean cx count and cx depth of five runs on the heavy-hexagon lattice of distance 5 (57 qubits): Qiskit 0.4x at level 3 and MIRAGE,
    /// which lets swaps be absorbed by mirrored gates. McKinney, Hatridge &amp; Jones 2023, arXiv:2308.03874; the figures are the printed output of
    /// src/notebooks/results/main_bench/r03_HH_CX_bench.ipynb at commit 8736c932 of github.com/Pitt-JonesLab/mirror-gates.</summary>
    private static readonly (string Name, double Qiskit, double QiskitDepth, double Mirage, double MirageDepth)[] QasmBench =
    [
        ("qec9xz_n17", 90.1, 43.0, 105.4, 37.9),
        ("seca_n11", 124.7, 69.6, 117.1, 55.2),
        ("knn_n25", 156.8, 131.5, 172.7, 126.2),
        ("swap_test_n25", 157.5, 130.8, 172.7, 126.2),
        ("qram_n20", 203.0, 148.1, 212.1, 135.9),
        ("bigadder_n18", 254.8, 192.3, 240.1, 158.5),
        ("multiplier_n15", 483.5, 283.8, 530.7, 303.9),
        ("sat_n11", 546.4, 440.3, 494.0, 356.9),
        ("qft_n18", 578.5, 215.3, 493.0, 121.2),
    ];

    public static void Print(string[] args)
    {
        var table = args.Length > 0 ? args[0] : "all";
        var level = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 2;
        var seed = args.Length > 2 ? ulong.Parse(args[2], CultureInfo.InvariantCulture) : 0;
        var options = new TranspileOptions { Level = level, Seed = seed };
        Console.WriteLine($"{NumericsFingerprint.Current}, level {level}, seed {seed}");
        if (table is "all" or "qiskit") PrintQiskit(options);
        if (table is "all" or "qasmbench") PrintQasmBench(options);
        if (table is "all" or "devices") PrintDevices(options);
    }

    private static void PrintQiskit(TranspileOptions options)
    {
        var target = HeavyHex(9, "cz", "rz", "sx", "x");
        Console.WriteLine($"\n{target}\n{"",-48}{"two-qubit",10}{"depth",8}{"Qiskit",8}{"seconds",10}");
        foreach (var (name, make, published) in QiskitTracked)
        {
            var (compiled, seconds) = Timed(make(), target, options);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-48}{compiled.Size.TwoQubitGates,10}{compiled.Size.TwoQubitDepth,8}{published?.ToString(CultureInfo.InvariantCulture) ?? "–",8}{seconds,10:F2}"));
        }
    }

    private static void PrintQasmBench(TranspileOptions options)
    {
        var target = HeavyHex(5, "cx", "u");
        Console.WriteLine($"\n{target}\n{"",-20}{"all:57",8}{"cx",8}{"depth",8}{"Qiskit",10}{"depth",8}{"MIRAGE",10}{"depth",8}{"seconds",10}");
        foreach (var (name, qiskit, qiskitDepth, mirage, mirageDepth) in QasmBench)
        {
            var circuit = OpenQasmProgram.Parse(File.ReadAllText(Data($"qasmbench__{name}.qasm"))).ToCircuit();
            // Their figures are without measurements, and those in the middle of qec9xz.
            circuit = new Circuit(circuit.QubitCount, circuit.Operations.Where(o => o is not (Measure or Circuits.Barrier)), 0, circuit.Parameters);
            double count = 0, depth = 0, time = 0;
            var unrouted = Transpiler.Run(circuit, Target.AllToAll(57, "cx", "u"), options);
            for (var run = 0UL; run < 5; run++)
            {
                var (compiled, seconds) = Timed(circuit, target, options with { Seed = options.Seed + run });
                count += compiled.Size.TwoQubitGates / 5.0;
                depth += compiled.Size.TwoQubitDepth / 5.0;
                time += seconds / 5;
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-20}{unrouted.Size.TwoQubitGates,8}{count,8:F1}{depth,8:F1}{qiskit,10:F1}{qiskitDepth,8:F1}{mirage,10:F1}{mirageDepth,8:F1}{time,10:F3}"));
        }
    }

    private static void PrintDevices(TranspileOptions options)
    {
        (string Name, Circuit Circuit)[] circuits =
        [
            ("Fourier transform", WorkloadCircuits.Fourier(100)), ("quantum volume, 100 layers", WorkloadCircuits.QuantumVolume(100)),
            ("QAOA, 3-regular, 2 layers", WorkloadCircuits.RegularQaoa(100, 2)), ("hardware-efficient, 4 layers", WorkloadCircuits.HardwareEfficient(100, 4)),
        ];
        foreach (var size in (ReadOnlySpan<int>)[127, 156])
        {
            var target = Target.HeavyHex(size, "cz", "rz", "sx", "x");
            Console.WriteLine($"\n{target}\n{"100 qubits",-32}{"two-qubit",10}{"depth",8}{"seconds",10}");
            foreach (var (name, circuit) in circuits)
            {
                var (compiled, seconds) = Timed(circuit, target, options);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-32}{compiled.Size.TwoQubitGates,10}{compiled.Size.TwoQubitDepth,8}{seconds,10:F2}"));
            }
        }
    }

    private static (TranspiledCircuit Compiled, double Seconds) Timed(Circuit circuit, Target target, TranspileOptions options)
    {
        var clock = Stopwatch.StartNew();
        var compiled = Transpiler.Run(circuit, target, options);
        return (compiled, clock.Elapsed.TotalSeconds);
    }

    /// <summary>rustworkx's heavy-hexagon lattice of an odd distance d, (5d² − 2d − 1)/2 qubits: rows of d qubits with one more between neighbours; rows
    /// are bridged at every other of those, and at the left end or the right one by turns.</summary>
    private static Target HeavyHex(int distance, params string[] basis)
    {
        var (data, half) = (distance * distance, (distance + 1) / 2);
        int Between(int row, int column) => data + (distance - 1) * half + row * (distance - 1) + column;
        var edges = new List<(int, int)>();
        for (var row = 0; row < distance; row++)
        {
            for (var column = 0; column + 1 < distance; column++)
                edges.AddRange([(row * distance + column, Between(row, column)), (row * distance + column + 1, Between(row, column))]);
            if (row == distance - 1) break;
            for (var k = 0; k < half; k++)
            {
                var bridge = data + row * half + k;
                var isLeft = row % 2 == 0;
                var isEnd = k == (isLeft ? 0 : half - 1);
                var end = isLeft ? 0 : distance - 1;
                foreach (var at in (ReadOnlySpan<int>)[row, row + 1])
                    edges.Add((bridge, isEnd ? at * distance + end : Between(at, isLeft ? 2 * k - 1 : 2 * k)));
            }
        }
        return Target.FromCoupling($"heavy-hexagon lattice of distance {distance}", (5 * data - 2 * distance - 1) / 2, edges, [.. basis]);
    }

    /// <summary>MaxCut on the graph of qaoa_barabasi_albert_N100_3reps.qasm, whose angles matter to nobody here.</summary>
    private static Circuit BarabasiAlbertQaoa(int layers)
    {
        var edges = File.ReadLines(Data("barabasi_albert_n100.edges")).Select(l => l.Split(' ').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        return Circuit.Build(100, c =>
        {
            for (var q = 0; q < 100; q++) c.H(q);
            for (var layer = 0; layer < layers; layer++)
            {
                foreach (var edge in edges) c.Rzz(5.6 + 0.1 * layer, edge[0], edge[1]);
                for (var q = 0; q < 100; q++) c.Rx(2.9 + layer, q);
            }
        });
    }

    /// <summary>One step of exp(−i(XX + YY + ZZ)/2) along every edge of the square lattice, as square_heisenberg_N100.qasm has it.</summary>
    private static Circuit SquareHeisenberg() => Circuit.Build(100, c =>
    {
        for (var q = 0; q < 100; q++)
            foreach (var other in (ReadOnlySpan<int>)[q + 10, q % 10 == 9 ? -1 : q + 1])
                if (other is >= 0 and < 100) c.Rzz(1, q, other).Rxx(1, q, other).Ryy(1, q, other);
    });

    /// <summary>Layers of Ry and Rz and a circle of cx, from the last qubit on, and the rotations once more: Qiskit's efficient SU(2).</summary>
    private static Circuit Circular(int qubits, int layers) => Circuit.Build(qubits, c =>
    {
        for (var layer = 0; layer <= layers; layer++)
        {
            for (var q = 0; q < qubits; q++) c.Ry(Parameter.Named($"y{layer}_{q}"), q).Rz(Parameter.Named($"z{layer}_{q}"), q);
            if (layer < layers)
                for (var q = 0; q < qubits; q++) c.Cx((q + qubits - 1) % qubits, q);
        }
    });

    private static Circuit BernsteinVazirani(int qubits) => Circuit.Build(qubits, c =>
    {
        c.X(qubits - 1);
        for (var q = 0; q < qubits; q++) c.H(q);
        for (var q = 0; q + 1 < qubits; q++) c.Cx(q, qubits - 1);
        for (var q = 0; q + 1 < qubits; q++) c.H(q);
        for (var q = 0; q + 1 < qubits; q++) c.Measure(q, q);
    });

    private static string Data(string file)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "tests", "data", "transpilation", file);
            if (File.Exists(candidate)) return candidate;
        }
        throw new FileNotFoundException($"tests/data/transpilation/{file} was not found above {AppContext.BaseDirectory}: run this inside the repository.");
    }
}
