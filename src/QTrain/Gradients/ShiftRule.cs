using System.Collections.Immutable;
using QTrain.Circuits;
using QTrain.Observables;
using QTrain.Simulation.Batches;

namespace QTrain.Gradients;

/// <summary>The parameter-shift rule of a circuit. The circuit is rewritten so that every rotation and phase that a parameter moves has an angle of
/// its own; shared and scaled parameters are then the chain rule over those angles.</summary>
/// <remarks>Along one angle a, ⟨O⟩ is a trigonometric polynomial with frequencies {1} for a rotation or phase and {½, 1} for a controlled
/// rotation. ∂⟨O⟩/∂a = Σ wₛ·⟨O⟩(a + s) is exact when Σ wₛ·sin(ω·s) = ω for each of them.</remarks>
internal sealed class ShiftRule
{
    /// <summary>Raised when the arithmetic changes.</summary>
    public const int Version = 1;

    private static readonly ImmutableArray<(double Shift, double Weight)> TwoTerms =
        [(Math.PI / 2, 0.5), (-Math.PI / 2, -0.5)];

    private static readonly ImmutableArray<(double Shift, double Weight)> FourTerms =
    [
        (Math.PI / 2, (2 + Math.Sqrt(2)) / 8), (-Math.PI / 2, -(2 + Math.Sqrt(2)) / 8),
        (3 * Math.PI / 2, (Math.Sqrt(2) - 2) / 8), (-3 * Math.PI / 2, -(Math.Sqrt(2) - 2) / 8),
    ];

    private readonly ImmutableArray<Slot> _slots;
    private readonly (int Slot, double Shift)[] _shifts;
    private readonly int _parameterCount;

    public ShiftRule(Circuit circuit)
    {
        NotDifferentiableException.ThrowUnlessUnitary(circuit);
        _parameterCount = circuit.Parameters.Length;
        var index = new Dictionary<Parameter, int>();
        for (var k = 0; k < _parameterCount; k++) index.Add(circuit.Parameters[k], k);
        var slots = ImmutableArray.CreateBuilder<Slot>();
        var operations = circuit.Operations.SelectMany(o => Unshare(o, index, slots)).ToArray();
        _slots = slots.ToImmutable();
        Circuit = new Circuit(circuit.QubitCount, operations, circuit.BitCount, Enumerable.Range(0, _slots.Length).Select(Own));
        _shifts = [.. _slots.SelectMany((slot, k) => slot.Terms.Select(t => (k, t.Shift)))];
        EnergyCount = _shifts.Length;
    }

    /// <summary>The circuit with one parameter for every angle that a parameter of the original moves.</summary>
    public Circuit Circuit { get; }

    /// <summary>How many energies one gradient takes.</summary>
    public int EnergyCount { get; }

    /// <summary>How many of them the derivative by one parameter is made of.</summary>
    public int EnergiesFor(int parameter) => _slots.Where(s => s.Angle.Indices.Contains(parameter)).Sum(s => s.Terms.Length);

    /// <summary>How many parameters the original has.</summary>
    public int ParameterCount => _parameterCount;

    /// <summary>Derivatives by the original's parameters, from those by the parameters of <see cref="Circuit"/>.</summary>
    public double[] Chain(ReadOnlySpan<double> slopes)
    {
        var gradient = new double[_parameterCount];
        for (var k = 0; k < _slots.Length; k++)
        {
            var angle = _slots[k].Angle;
            for (var t = 0; t < angle.Indices.Length; t++) gradient[angle.Indices[t]] += angle.Coefficients[t] * slopes[k];
        }
        return gradient;
    }

    /// <summary>The parameters of <see cref="Circuit"/> at a point of the original.</summary>
    public double[] AnglesAt(ReadOnlySpan<double> at)
    {
        Gradients.Gradient.CheckPoint(_parameterCount, at);
        var angles = new double[_slots.Length];
        for (var k = 0; k < angles.Length; k++) angles[k] = _slots[k].Angle.At(at);
        return angles;
    }

    /// <summary>The gradient from exact energies, all of them asked at once.</summary>
    /// <param name="at">A point of the original circuit.</param>
    /// <param name="energies">Of <see cref="Circuit"/>.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    public double[] Gradient(ReadOnlySpan<double> at, BatchedExpectations energies, CancellationToken cancellation = default)
    {
        var values = new double[EnergyCount];
        energies.Evaluate(new ShiftedPoints(AnglesAt(at), _shifts), values, cancellation);
        return Gradient(at, (_, k) => (values[k], 0)).Gradient;
    }

    /// <summary>The gradient and its standard errors, from energies that <paramref name="energy"/> finds at points of <see cref="Circuit"/>.</summary>
    /// <param name="at">A point of the original circuit.</param>
    /// <param name="energy">Value and standard error at a point; its second argument counts the energies from 0. The point is reused.</param>
    public (double[] Gradient, double[] StandardErrors) Gradient(ReadOnlySpan<double> at, Func<double[], int, (double Value, double Error)> energy)
    {
        var angles = AnglesAt(at);
        var (gradient, variances) = (new double[_parameterCount], new double[_parameterCount]);
        var asked = 0;
        for (var k = 0; k < angles.Length; k++)
        {
            var here = angles[k];
            var (slope, variance) = (0.0, 0.0);
            foreach (var (shift, weight) in _slots[k].Terms)
            {
                angles[k] = here + shift;
                var (value, error) = energy(angles, asked++);
                slope += weight * value;
                variance += weight * weight * error * error;
            }
            angles[k] = here;
            var angle = _slots[k].Angle;
            for (var t = 0; t < angle.Indices.Length; t++)
            {
                gradient[angle.Indices[t]] += angle.Coefficients[t] * slope;
                variances[angle.Indices[t]] += angle.Coefficients[t] * angle.Coefficients[t] * variance;
            }
        }
        for (var p = 0; p < variances.Length; p++) variances[p] = Math.Sqrt(variances[p]);
        return (gradient, variances);
    }

    private static Parameter Own(int slot) => new($"angle{slot}");

    private static List<Operation> Unshare(Operation operation, Dictionary<Parameter, int> index, ImmutableArray<Slot>.Builder slots)
    {
        if (operation.Angles.All(a => a.IsConstant)) return [operation];
        if (operation is GlobalPhase phase)
            return phase.Controls.IsEmpty ? [] : [new GlobalPhase(Next(phase.Phase, TwoTerms), phase.Controls)];

        var gateOperation = (GateOperation)operation;
        var (gate, targets, controls) = (gateOperation.Gate, gateOperation.Targets, gateOperation.Controls);
        while (gate.Base is { } target)
        {
            controls = [.. controls, .. targets[..gate.ControlCount].Select(q => new Control(q))];
            targets = targets[gate.ControlCount..];
            gate = target;
        }
        var parts = new List<Operation>();
        foreach (var primitive in gate.Definition!(gateOperation.Angles))
        {
            ImmutableArray<Control> all = [.. controls, .. Picked(targets, primitive.Controls).Select(q => new Control(q))];
            var rotated = Picked(targets, primitive.Pauli.Support);
            if (primitive.IsPhase || rotated.IsEmpty)
            {
                if (all.IsEmpty) continue;          // a global phase
                // A rotation about the identity is the phase of minus half its angle.
                var phaseAngle = primitive.IsPhase ? primitive.Angle : -0.5 * primitive.Angle;
                parts.Add(new GlobalPhase(Next(phaseAngle, TwoTerms), all));
                continue;
            }
            var angle = Next(primitive.Angle, all.IsEmpty ? TwoTerms : FourTerms);
            parts.Add(new GateOperation(Gate.PauliRotation(Label(primitive.Pauli)), rotated, [angle], all));
        }
        return parts;

        Angle Next(Angle angle, ImmutableArray<(double, double)> terms)
        {
            if (angle.IsConstant) return angle;
            slots.Add(new Slot(Simulation.AffineAngle.From(angle, index), terms));
            return Own(slots.Count - 1);
        }
    }

    private static ImmutableArray<int> Picked(ImmutableArray<int> targets, ulong mask) => [.. targets.Where((_, k) => (mask >> k & 1) != 0)];

    /// <summary>The letters that are not the identity, highest qubit first.</summary>
    private static string Label(PauliString pauli) => pauli.ToString().Replace("I", "", StringComparison.Ordinal);

    /// <summary>The points at which the energies of one gradient are asked, in the order of asking: each differs from one point in one angle.</summary>
    private sealed class ShiftedPoints(double[] angles, (int Slot, double Shift)[] shifts) : BatchPoints
    {
        public override int Count => shifts.Length;

        public override void Write(int number, Span<double> into)
        {
            angles.CopyTo(into);
            into[shifts[number].Slot] += shifts[number].Shift;
        }
    }

    private readonly record struct Slot(Simulation.AffineAngle Angle, ImmutableArray<(double Shift, double Weight)> Terms);
}
