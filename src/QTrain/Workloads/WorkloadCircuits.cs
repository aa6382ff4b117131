using System.Numerics;
using QTrain.Circuits;
using QTrain.Formats;
using QTrain.Numerics;
using QTrain.Observables;
using QTrain.Problems;

namespace QTrain.Workloads;

/// <summary>The circuits and observables that simulators are compared by. What is random in them has the seed 1.</summary>
internal static class WorkloadCircuits
{
    /// <summary>Layers of Ry and Rz on every qubit and a chain of cx.</summary>
    public static Circuit HardwareEfficient(int qubits, int layers) => Circuit.Build(qubits, c =>
    {
        var next = 0;
        for (var layer = 0; layer < layers; layer++)
        {
            for (var q = 0; q < qubits; q++) c.Ry(Parameter.Named($"t{next++}"), q).Rz(Parameter.Named($"t{next++}"), q);
            for (var q = 0; q + 1 < qubits; q++) c.Cx(q, q + 1);
        }
    });

    /// <summary>Layers of Rx and Rz on every qubit and a cz between neighbours, by turns the even and the odd pairs.</summary>
    public static Circuit Brickwork(int qubits, int layers) => Circuit.Build(qubits, c =>
    {
        var next = 0;
        for (var layer = 0; layer < layers; layer++)
        {
            for (var q = 0; q < qubits; q++) c.Rx(Parameter.Named($"t{next++}"), q).Rz(Parameter.Named($"t{next++}"), q);
            for (var q = layer & 1; q + 1 < qubits; q += 2) c.Cz(q, q + 1);
        }
    });

    /// <summary>QAOA of MaxCut on a random graph with three edges at every vertex.</summary>
    /// <param name="qubits">An even number, at least 4: an odd number of vertices cannot each have three edges.</param>
    /// <param name="layers">How many.</param>
    public static Circuit RegularQaoa(int qubits, int layers) => Qaoa.Circuit(RandomRegularGraph(qubits), layers);

    /// <summary>Unitary coupled cluster of a molecule that has a third of its spin orbitals filled: every single and double excitation that
    /// keeps the spin, an even number of electrons.</summary>
    /// <param name="qubits">Spin orbitals, an even number, at least 4.</param>
    public static Circuit CoupledCluster(int qubits)
    {
        var electrons = Math.Max(2, qubits / 3 & ~1);
        var reference = new string('0', qubits - electrons) + new string('1', electrons);
        return Circuit.Build(qubits, c =>
        {
            HardwareEfficientAnsatz.Prepare(c, reference);
            foreach (var excitation in Uccsd.Enumerate(reference, SpinOrbitalOrder.Interleaved)) Uccsd.Append(c, excitation);
        });
    }

    /// <summary>Ten times as many gates as qubits, each a two-qubit gate drawn from eight kinds on a random pair, with a rotation of each of
    /// the pair before it.</summary>
    public static Circuit RandomTwoQubitGates(int qubits) => Circuit.Build(qubits, c =>
    {
        var (random, next) = (new RandomStream(1), 0);
        for (var k = 0; k < 10 * qubits; k++)
        {
            var a = (int)random.NextBelow(qubits);
            var b = (a + 1 + (int)random.NextBelow(qubits - 1)) % qubits;
            foreach (var q in (ReadOnlySpan<int>)[a, b])
            {
                var angle = Parameter.Named($"t{next++}");
                _ = random.NextBelow(3) switch { 0 => c.Rx(angle, q), 1 => c.Ry(angle, q), _ => c.Rz(angle, q) };
            }
            _ = random.NextBelow(8) switch
            {
                0 => c.Cx(a, b),
                1 => c.Cz(a, b),
                2 => c.Swap(a, b),
                3 => c.Iswap(a, b),
                4 => c.Rxx(Parameter.Named($"t{next++}"), a, b),
                5 => c.Rzz(Parameter.Named($"t{next++}"), a, b),
                6 => c.Crx(Parameter.Named($"t{next++}"), a, b),
                _ => c.Cp(Parameter.Named($"t{next++}"), a, b),
            };
        }
    });

    /// <summary>The quantum Fourier transform, with its final swaps.</summary>
    public static Circuit Fourier(int qubits) => Circuit.Build(qubits, c =>
    {
        for (var target = qubits - 1; target >= 0; target--)
        {
            c.H(target);
            for (var control = target - 1; control >= 0; control--) c.Cp(Math.ScaleB(Math.PI, control - target), control, target);
        }
        for (var q = 0; q < qubits / 2; q++) c.Swap(q, qubits - 1 - q);
    });

    /// <summary>Quantum volume: as many layers as qubits, each a random unitary on every pair of a random pairing.</summary>
    public static Circuit QuantumVolume(int qubits) => Circuit.Build(qubits, c =>
    {
        var random = new RandomStream(1);
        for (var layer = 0; layer < qubits; layer++)
        {
            var order = Shuffled(qubits, ref random);
            for (var k = 0; k + 1 < qubits; k += 2) c.Unitary(RandomUnitary(4, ref random), order[k], order[k + 1]);
        }
    });

    /// <summary>A state whose amplitudes are all different: one Ry and one Rz on every qubit.</summary>
    public static Circuit GenericProduct(int qubits) => HardwareEfficient(qubits, layers: 1);

    /// <summary>Generic angles, different at every repetition.</summary>
    public static void SetPoint(Span<double> point, int repetition)
    {
        for (var k = 0; k < point.Length; k++) point[k] = (0.1 + 0.37 * k + 0.01 * repetition) % (2 * Math.PI);
    }

    /// <inheritdoc cref="SetPoint"/>
    public static double[] Point(int count, int repetition = 0)
    {
        var point = new double[count];
        SetPoint(point, repetition);
        return point;
    }

    /// <summary>−ΣZᵢZᵢ₊₁ − ΣXᵢ on an open chain.</summary>
    public static PauliSum IsingChain(int qubits) => new(qubits,
    [
        .. Enumerable.Range(0, qubits - 1).Select(q => new PauliTerm(new PauliString(0, 3UL << q), -1)),
        .. Enumerable.Range(0, qubits).Select(q => new PauliTerm(PauliString.Single('X', q), -1)),
    ]);

    /// <summary>Terms with every letter drawn from I, X, Y and Z alike and a coefficient from −1 to 1; fewer where the qubits have fewer strings.</summary>
    public static PauliSum RandomTerms(int qubits, int count)
    {
        var random = new RandomStream(1);
        var all = qubits < 60 ? (1UL << qubits) - 1 : ulong.MaxValue;
        var strings = new HashSet<PauliString>();
        while (strings.Count < Math.Min(count, Math.Pow(4, qubits))) strings.Add(new PauliString(random.NextUInt64() & all, random.NextUInt64() & all));
        return new PauliSum(qubits, strings.Select(s => new PauliTerm(s, 2 * random.NextDouble() - 1)));
    }

    /// <summary>Every vertex with three ends of edges, joined at random until no edge is a loop or doubled.</summary>
    private static Graph RandomRegularGraph(int vertices)
    {
        var random = new RandomStream(1);
        while (true)
        {
            var ends = Shuffled(3 * vertices, ref random);
            var edges = Enumerable.Range(0, ends.Length / 2).Select(k => new Edge(ends[2 * k] / 3, ends[2 * k + 1] / 3)).ToArray();
            var seen = new HashSet<(int, int)>();
            if (edges.All(e => Graph.FaultOf(e, vertices, seen) is null)) return new Graph(vertices, edges);
        }
    }

    private static int[] Shuffled(int count, ref RandomStream random)
    {
        var order = Enumerable.Range(0, count).ToArray();
        for (var k = count - 1; k > 0; k--)
        {
            var other = (int)random.NextBelow(k + 1);
            (order[k], order[other]) = (order[other], order[k]);
        }
        return order;
    }

    /// <summary>Haar-random: columns of independent complex Gaussians made orthonormal one after another.</summary>
    private static Complex[,] RandomUnitary(int size, ref RandomStream random)
    {
        var matrix = new Complex[size, size];
        for (var column = 0; column < size; column++)
        {
            for (var row = 0; row < size; row++) matrix[row, column] = new Complex(random.NextGaussian(), random.NextGaussian());
            // Twice is enough (Parlett): the second time removes what rounding left.
            for (var pass = 0; pass < 2; pass++)
                for (var other = 0; other < column; other++)
                {
                    var overlap = Complex.Zero;
                    for (var row = 0; row < size; row++) overlap += Complex.Conjugate(matrix[row, other]) * matrix[row, column];
                    for (var row = 0; row < size; row++) matrix[row, column] -= overlap * matrix[row, other];
                }
            var norm = 0.0;
            for (var row = 0; row < size; row++) norm += matrix[row, column].Real * matrix[row, column].Real + matrix[row, column].Imaginary * matrix[row, column].Imaginary;
            for (var row = 0; row < size; row++) matrix[row, column] /= Math.Sqrt(norm);
        }
        return matrix;
    }
}
