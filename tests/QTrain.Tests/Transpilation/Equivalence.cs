using System.Collections.Immutable;
using System.Numerics;
using QTrain.Circuits;
using QTrain.Tests.Reference;
using QTrain.Transpilation;

namespace QTrain.Tests.Transpilation;

/// <summary>What every compiled circuit must be, checked against plain matrix products.</summary>
internal static class Equivalence
{
    /// <summary>Amplitudes agree to this after hundreds of native gates of random angles.</summary>
    private const double Tolerance = 1e-9;

    /// <summary>The devices that circuits of up to five qubits are compiled for.</summary>
    public static readonly ImmutableArray<Target> Targets =
    [
        Target.Line(5, "cx", "rz", "sx", "x"),
        Target.Ring(6, "cz", "rz", "sx", "x"),
        Target.FromCoupling("echo", 5, [(1, 0), (1, 2), (3, 1), (3, 4)], ["ecr", "rz", "sx", "x"], isDirected: true),
        Target.Grid(2, 3, "iswap", "rz", "rx"),
        Target.AllToAll(5, "ms", "gpi", "gpi2"),
        Target.AllToAll(5, "rzz", "gpi", "gpi2"),
        Target.FromCoupling("star", 5, [(0, 2), (1, 2), (3, 2), (4, 2)], ["cz", "prx"]),
        Target.Line(5, "rxx", "prx", "rz"),
        Target.Ring(5, "cz", "rzz", "rz", "sx", "x", "rx"),
        Target.FromCoupling("one way", 5, [(0, 1), (2, 1), (2, 3), (4, 3)], ["cx", "u"], isDirected: true),
        Target.Grid(2, 3, "cp", "rz", "ry"),
        Target.Line(6, "rzx", "p", "h"),
        Target.Line(5, "ryy", "u3", "cy"),
        Target.Ring(5, "sqrt_iswap", "prx", "rz"),
        Target.Grid(2, 3, "sycamore", "rz", "sx", "x"),
    ];

    /// <summary>The circuit is native, and takes a random state where the original takes it, at random values of its parameters.</summary>
    public static void ShouldBe(this TranspiledCircuit compiled, Circuit original, ulong seed)
    {
        compiled.ShouldBeNative();
        compiled.Circuit.Parameters.ShouldBe(original.Parameters);
        var at = Any.Point(original.Parameters.Length, seed);
        var state = Any.Amplitudes(original.QubitCount, seed);
        var expected = Embed(NaiveState.FromAmplitudes(state).Apply(original, at).Amplitudes, compiled.FinalLayout, compiled.Target.QubitCount);
        var actual = NaiveState.FromAmplitudes(Embed(state, compiled.InitialLayout, compiled.Target.QubitCount)).Apply(compiled.Circuit, at).Amplitudes;
        Complex overlap = 0;
        for (var k = 0; k < actual.Length; k++) overlap += Complex.Conjugate(expected[k]) * actual[k];
        var phase = overlap / overlap.Magnitude;
        var worst = 0.0;
        for (var k = 0; k < actual.Length; k++) worst = Math.Max(worst, (actual[k] - phase * expected[k]).Magnitude);
        worst.ShouldBeLessThan(Tolerance, $"seed {seed} on {compiled.Target}: {string.Join("; ", original.Operations)} became {string.Join("; ", compiled.Circuit.Operations)}");
    }

    /// <summary>Every outcome of the classical bits is as likely as in the original.</summary>
    public static void ShouldMeasureAs(this TranspiledCircuit compiled, Circuit original, ulong seed)
    {
        compiled.ShouldBeNative();
        compiled.Circuit.BitCount.ShouldBe(original.BitCount);
        var at = Any.Point(original.Parameters.Length, seed);
        var (expected, actual) = (NaiveState.Outcomes(original, at), NaiveState.Outcomes(compiled.Circuit, at));
        foreach (var outcome in expected.Keys.Union(actual.Keys))
            actual.GetValueOrDefault(outcome).ShouldBe(expected.GetValueOrDefault(outcome), Tolerance,
                $"seed {seed} on {compiled.Target}: {string.Join("; ", original.Operations)} became {string.Join("; ", compiled.Circuit.Operations)}");
    }

    public static void ShouldBeNative(this TranspiledCircuit compiled)
    {
        compiled.Target.Objection(compiled.Circuit).ShouldBeNull();
        compiled.InitialLayout.ShouldBeUnique();
        compiled.FinalLayout.ShouldBeUnique();
    }

    private static Complex[] Embed(Complex[] amplitudes, ImmutableArray<int> places, int qubits)
    {
        var embedded = new Complex[1 << qubits];
        for (var k = 0; k < amplitudes.Length; k++)
        {
            var index = 0;
            for (var q = 0; q < places.Length; q++) index |= (k >> q & 1) << places[q];
            embedded[index] = amplitudes[k];
        }
        return embedded;
    }
}
