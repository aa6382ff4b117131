using System.Numerics;
using QTrain.Circuits;
using QTrain.Observables;

namespace QTrain.Simulation;

internal enum InstructionKind
{
    /// <summary>A constant matrix on <see cref="Instruction.Targets"/>, controlled.</summary>
    Matrix,

    /// <summary>exp(−i·angle·P/2), controlled.</summary>
    PauliRotation,

    /// <summary>e^{i·angle} on the amplitudes whose index matches the controls.</summary>
    Phase,
    Measure,
    Reset,
}

/// <summary>One step of a compiled circuit. Amplitude i takes part when <c>(i &amp; ControlMask) == ControlValue</c>.</summary>
internal sealed record Instruction
{
    public required InstructionKind Kind { get; init; }

    /// <summary>Which operation of the circuit it comes from.</summary>
    public required int Operation { get; init; }

    /// <summary>Qubits of the matrix, first lowest; the qubit of a measurement or reset.</summary>
    public int[] Targets { get; init; } = [];

    /// <summary>Row-major, 2ᵏ×2ᵏ.</summary>
    public Complex[] Matrix { get; init; } = [];

    public PauliString Pauli { get; init; }

    public ulong ControlMask { get; init; }

    public ulong ControlValue { get; init; }

    public AffineAngle Angle { get; init; } = AffineAngle.Zero;

    public int Bit { get; init; }

    public Condition? Condition { get; init; }

    /// <summary>What kind of matrix it is; looked into once.</summary>
    public GatePlan Plan
    {
        get => field ??= GatePlan.Of(this);
        init;
    }
}

/// <summary>An affine angle over indices of a parameter vector.</summary>
internal sealed class AffineAngle(int[] indices, double[] coefficients, double constant)
{
    public static readonly AffineAngle Zero = new([], [], 0);

    public int[] Indices => indices;

    public double[] Coefficients => coefficients;

    public double Constant => constant;

    public static AffineAngle From(Angle angle, Dictionary<Parameter, int> index)
    {
        var terms = angle.Terms;
        var (indices, coefficients) = (new int[terms.Length], new double[terms.Length]);
        for (var t = 0; t < terms.Length; t++) (indices[t], coefficients[t]) = (index[terms[t].Parameter], terms[t].Coefficient);
        return new AffineAngle(indices, coefficients, angle.Constant);
    }

    public AffineAngle Times(double factor)
    {
        if (factor == 1) return this;
        var scaled = coefficients.Length == 0 ? coefficients : new double[coefficients.Length];
        for (var k = 0; k < scaled.Length; k++) scaled[k] = factor * coefficients[k];
        return new AffineAngle(indices, scaled, factor * constant);
    }

    public double At(ReadOnlySpan<double> parameters)
    {
        var sum = constant;
        for (var k = 0; k < indices.Length; k++) sum = Math.FusedMultiplyAdd(coefficients[k], parameters[indices[k]], sum);
        return sum;
    }

    /// <summary>What the angle gains per unit of a direction in parameter space.</summary>
    public double RateAlong(ReadOnlySpan<double> direction)
    {
        var rate = 0.0;
        for (var k = 0; k < indices.Length; k++) rate += coefficients[k] * direction[indices[k]];
        return rate;
    }

    /// <summary>The chain rule: adds what a derivative by the angle contributes to the derivatives by the parameters.</summary>
    public void AddTo(Span<double> gradient, double slope)
    {
        for (var k = 0; k < indices.Length; k++) gradient[indices[k]] += coefficients[k] * slope;
    }
}
