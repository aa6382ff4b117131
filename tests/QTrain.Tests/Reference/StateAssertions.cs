using System.Numerics;
using QTrain.Simulation;

namespace QTrain.Tests.Reference;

internal static class StateAssertions
{
    /// <summary>Every amplitude agrees to <paramref name="tolerance"/>, phases included.</summary>
    public static void ShouldBe(this StateVector actual, NaiveState expected, double tolerance) =>
        actual.ToArray().ShouldBe(expected.Amplitudes, tolerance);

    /// <summary>Every entry agrees to <paramref name="tolerance"/>.</summary>
    public static void ShouldBe(this Complex[] actual, Complex[] expected, double tolerance)
    {
        actual.Length.ShouldBe(expected.Length);
        for (var i = 0; i < actual.Length; i++)
            if (!((actual[i] - expected[i]).Magnitude <= tolerance))
                Assert.Fail($"amplitude {i} is {actual[i]}, not {expected[i]}: they differ by {(actual[i] - expected[i]).Magnitude:G3}");
    }

    /// <summary>Every bit of every amplitude agrees.</summary>
    public static void ShouldBeBitwise(this Complex[] actual, Complex[] expected)
    {
        actual.Length.ShouldBe(expected.Length);
        for (var i = 0; i < actual.Length; i++)
            if (BitConverter.DoubleToInt64Bits(actual[i].Real) != BitConverter.DoubleToInt64Bits(expected[i].Real)
                || BitConverter.DoubleToInt64Bits(actual[i].Imaginary) != BitConverter.DoubleToInt64Bits(expected[i].Imaginary))
                Assert.Fail($"amplitude {i} is {actual[i]:R}, not {expected[i]:R}");
    }
}
