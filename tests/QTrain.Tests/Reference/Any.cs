using System.Collections.Immutable;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.Observables;

namespace QTrain.Tests.Reference;

/// <summary>A circuit, a Hermitian observable on its qubits and a point: what training needs.</summary>
internal sealed record Trainable(Circuit Circuit, PauliSum Observable, double[] At)
{
    public override string ToString() =>
        $"{string.Join("; ", Circuit.Operations)} | {Observable} | at [{string.Join(", ", At.Select(a => a.ToString("R")))}]";
}

/// <summary>A circuit and a point, for laws that need no observable.</summary>
internal sealed record Bound(Circuit Circuit, double[] At)
{
    public override string ToString() =>
        $"{Circuit.QubitCount} qubits: {string.Join("; ", Circuit.Operations)} | at [{string.Join(", ", At.Select(a => a.ToString("R")))}]";
}

/// <summary>Random circuits, observables and states: every gate of the table, unitary matrices, Pauli rotations, further controls of both
/// kinds, controlled phases, affine and shared parameters. Each is a function of a seed; the arbitraries shrink by leaving operations out.</summary>
internal static class Any
{
    /// <summary>Circuits of 1 to <paramref name="maxQubits"/> qubits with a point.</summary>
    public static Arbitrary<Bound> UnitaryCircuit(int maxQubits = 5, int maxOperations = 16) => Arb.From(Seeds.Select(seed =>
    {
        var random = new RandomStream(seed);
        var qubits = 1 + (int)random.NextBelow(maxQubits);
        var circuit = UnitaryCircuit(qubits, 1 + (int)random.NextBelow(maxOperations), ref random);
        return new Bound(circuit, Point(circuit.Parameters.Length, ref random));
    }), bound => Shorter(bound.Circuit).Select(c => bound with { Circuit = c }));

    /// <summary>Circuits with trainable angles, a Hermitian observable and a point.</summary>
    public static Arbitrary<Trainable> TrainableCircuit(int maxQubits = 5, int maxOperations = 16) => Arb.From(Seeds.Select(seed =>
    {
        var random = new RandomStream(seed);
        var qubits = 1 + (int)random.NextBelow(maxQubits);
        var circuit = UnitaryCircuit(qubits, 1 + (int)random.NextBelow(maxOperations), ref random);
        var observable = Observable(qubits, 1 + (int)random.NextBelow(6), ref random);
        return new Trainable(circuit, observable, Point(circuit.Parameters.Length, ref random));
    }), trainable => Shorter(trainable.Circuit).Select(c => trainable with { Circuit = c }));

    /// <summary>Seeds for tests that build something of their own with a <see cref="RandomStream"/>.</summary>
    public static Arbitrary<ulong> Seed() => Seeds.ToArbitrary();

    /// <summary>The circuit of a seed, over parameters p0…p3 (all declared, whether used or not).</summary>
    public static Circuit UnitaryCircuit(int qubits, int operations, ulong seed)
    {
        var random = new RandomStream(seed);
        return UnitaryCircuit(qubits, operations, ref random);
    }

    public static Circuit UnitaryCircuit(int qubits, int operations, ref RandomStream random)
    {
        var list = new List<Operation>();
        for (var k = 0; k < operations; k++) list.Add(UnitaryOperation(qubits, ref random));
        return new Circuit(qubits, list, parameters: Parameter.Vector("p", 4));
    }

    /// <summary>Every gate of the table that fits, once each, on random qubits with random parameters, over p0…p3.</summary>
    public static Circuit EveryGate(int qubits, ulong seed)
    {
        var random = new RandomStream(seed);
        var list = new List<Operation>();
        foreach (var gate in Gates.All)
            if (gate.QubitCount <= qubits) list.Add(Placed(gate, qubits, ref random));
        return new Circuit(qubits, list, parameters: Parameter.Vector("p", 4));
    }

    public static Operation UnitaryOperation(int qubits, ref RandomStream random)
    {
        switch (random.NextBelow(10))
        {
            case 0:
                return Placed(Gate.Unitary(Unitary(1 + (int)random.NextBelow(Math.Min(3, qubits)), ref random)), qubits, ref random);
            case 1 or 2:
                return Placed(Gate.PauliRotation(Label(1 + (int)random.NextBelow(qubits), ref random)), qubits, ref random);
            case 3:
                var order = Qubits(qubits, ref random);
                return new GlobalPhase(Angle(ref random), Controls(order[..(int)random.NextBelow(Math.Min(4, qubits + 1))], ref random));
            default:
                var fitting = Gates.All.Where(g => g.QubitCount <= qubits).ToArray();
                return Placed(fitting[random.NextBelow(fitting.Length)], qubits, ref random);
        }
    }

    /// <summary>A Hermitian sum of random strings; the identity may be among them.</summary>
    public static PauliSum Observable(int qubits, int terms, ref RandomStream random)
    {
        var list = new List<PauliTerm>();
        for (var k = 0; k < terms; k++) list.Add(new PauliTerm(Pauli(qubits, ref random), random.NextGaussian()));
        return new PauliSum(qubits, list);
    }

    public static PauliString Pauli(int qubits, ref RandomStream random)
    {
        var mask = (1UL << qubits) - 1;
        return new PauliString(random.NextUInt64() & mask, random.NextUInt64() & mask);
    }

    /// <summary>A normalized random state.</summary>
    public static Complex[] Amplitudes(int qubits, ulong seed)
    {
        var random = new RandomStream(seed, 77);
        var amplitudes = new Complex[1 << qubits];
        for (var i = 0; i < amplitudes.Length; i++) amplitudes[i] = new Complex(random.NextGaussian(), random.NextGaussian());
        var norm = Math.Sqrt(amplitudes.Sum(a => a.Real * a.Real + a.Imaginary * a.Imaginary));
        for (var i = 0; i < amplitudes.Length; i++) amplitudes[i] /= norm;
        return amplitudes;
    }

    /// <summary>A random unitary matrix: Gram–Schmidt on Gaussian columns, twice, so that it is unitary to rounding.</summary>
    public static Complex[,] Unitary(int qubits, ref RandomStream random)
    {
        var size = 1 << qubits;
        var matrix = new Complex[size, size];
        for (var row = 0; row < size; row++)
            for (var column = 0; column < size; column++) matrix[row, column] = new Complex(random.NextGaussian(), random.NextGaussian());
        for (var column = 0; column < size; column++)
        {
            for (var pass = 0; pass < 2; pass++)
                for (var earlier = 0; earlier < column; earlier++)
                {
                    Complex overlap = 0;
                    for (var row = 0; row < size; row++) overlap += Complex.Conjugate(matrix[row, earlier]) * matrix[row, column];
                    for (var row = 0; row < size; row++) matrix[row, column] -= overlap * matrix[row, earlier];
                }
            var norm = 0.0;
            for (var row = 0; row < size; row++) norm += matrix[row, column].Magnitude * matrix[row, column].Magnitude;
            for (var row = 0; row < size; row++) matrix[row, column] /= Math.Sqrt(norm);
        }
        return matrix;
    }

    /// <summary>Parameter values in [−2π, 2π).</summary>
    public static double[] Point(int count, ref RandomStream random)
    {
        var point = new double[count];
        for (var k = 0; k < count; k++) point[k] = (4 * random.NextDouble() - 2) * Math.PI;
        return point;
    }

    public static double[] Point(int count, ulong seed)
    {
        var random = new RandomStream(seed, 78);
        return Point(count, ref random);
    }

    /// <summary>A constant, a parameter, or an affine expression in one or two of p0…p3.</summary>
    public static Angle Angle(ref RandomStream random)
    {
        Angle parameter = Parameter.Named($"p{random.NextBelow(4)}");
        return random.NextBelow(4) switch
        {
            0 => 6 * random.NextDouble() - 3,
            1 => parameter,
            2 => (4 * random.NextDouble() - 2) * parameter + random.NextDouble(),
            _ => 2 * parameter - 0.5 * (Angle)Parameter.Named($"p{random.NextBelow(4)}") + random.NextDouble(),
        };
    }

    /// <summary>The qubits 0…n−1 in random order.</summary>
    public static ImmutableArray<int> Qubits(int count, ref RandomStream random)
    {
        var order = Enumerable.Range(0, count).ToArray();
        for (var k = count - 1; k > 0; k--)
        {
            var other = (int)random.NextBelow(k + 1);
            (order[k], order[other]) = (order[other], order[k]);
        }
        return [.. order];
    }

    /// <summary>The gate on random qubits with random angles, now and then with controls more.</summary>
    public static GateOperation Placed(Gate gate, int qubits, ref RandomStream random)
    {
        var order = Qubits(qubits, ref random);
        var angles = ImmutableArray.CreateBuilder<Angle>();
        for (var k = 0; k < gate.AngleCount; k++) angles.Add(Angle(ref random));
        var free = qubits - gate.QubitCount;
        var extra = random.NextBelow(4) == 0 ? (int)random.NextBelow(Math.Min(3, free) + 1) : 0;
        return new GateOperation(gate, order[..gate.QubitCount], angles.ToImmutable(),
            Controls(order[gate.QubitCount..(gate.QubitCount + extra)], ref random));
    }

    private static ImmutableArray<Control> Controls(ImmutableArray<int> qubits, ref RandomStream random)
    {
        var controls = ImmutableArray.CreateBuilder<Control>();
        foreach (var qubit in qubits) controls.Add(new Control(qubit, random.NextBelow(2) == 0));
        return controls.ToImmutable();
    }

    private static string Label(int length, ref RandomStream random)
    {
        var letters = new char[length];
        for (var k = 0; k < length; k++) letters[k] = "IXYZ"[(int)random.NextBelow(4)];
        return new string(letters);
    }

    private static Gen<ulong> Seeds => Gen.Choose(0, int.MaxValue).Select(k => (ulong)k);

    private static IEnumerable<Circuit> Shorter(Circuit circuit)
    {
        for (var left = 0; left < circuit.Operations.Length; left++)
            yield return new Circuit(circuit.QubitCount, circuit.Operations.RemoveAt(left), circuit.BitCount, circuit.Parameters);
    }
}

/// <summary>Checks a law on many random cases, always the same ones, and shows the smallest that breaks it.</summary>
internal static class Law
{
    /// <summary>Runs <paramref name="holds"/> (which throws when the law is broken) on so many cases.</summary>
    public static void ForAll<T>(Arbitrary<T> cases, Action<T> holds, int tests = 100) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(tests).WithReplay(20261122, 7), Prop.ForAll(cases, holds));
}
