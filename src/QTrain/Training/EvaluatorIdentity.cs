using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using QTrain.Circuits;
using QTrain.Gradients;
using QTrain.Noise;
using QTrain.Observables;
using QTrain.Simulation;
using QTrain.Simulation.Density;
using QTrain.Training.Noisy;

namespace QTrain.Training;

/// <summary>The text that tells two evaluators apart: a line for each thing that determines an answer, so that a difference has a name.</summary>
/// <remarks>The arithmetic of the state vector is not among them: it belongs to the fingerprint of a run, which may change without
/// making recorded answers wrong. Its precision is: who asks for double does not want the answers of singles.</remarks>
internal static class EvaluatorIdentity
{
    /// <summary>Raised when sampling, grouping or averaging changes a result by a bit.</summary>
    private const int EstimatorVersion = 1;

    /// <summary>Raised when sampling, compiling or averaging with noise changes a result by a bit.</summary>
    private const int NoisyVersion = 1;

    public static string Of(TrainingPlan plan, GradientMethod method)
    {
        var gradient = method switch
        {
            GradientMethod.Shift => $"shift/{ShiftRule.Version}",
            GradientMethod.Difference => $"difference/{FiniteDifference.Version}",
            _ => $"adjoint/{AdjointSweep.Version}",
        };
        // Exact answers do not depend on the seed, so they can be reused under another.
        var shots = plan.Shots is { } count ? $"{count} seed {plan.Seed} estimator/{EstimatorVersion}" : "exact";
        return string.Create(CultureInfo.InvariantCulture, $"""
            circuit {Digest(Text(plan.Problem.Ansatz))}
            observable {Digest(Text(plan.Problem.Observable))}
            scale {plan.Problem.LossScale:R}
            shots {shots}
            gradient {gradient}
            """).ReplaceLineEndings("\n") + (plan.Precision == Precision.Double ? "" : $"\nprecision {plan.Precision.Name()}");
    }

    public static string OfNoisy(TrainingPlan plan, INoiseSource noise, IReadOnlyList<NoisyCircuit> circuits, GradientMethod method, bool isSwept)
    {
        var gradient = method switch
        {
            GradientMethod.Adjoint => $"noisy-adjoint/{DensitySweep.Version}",
            GradientMethod.Difference => $"difference/{FiniteDifference.Version}",
            _ => $"noisy-shift/{NoisyShift.Version}",
        };
        var shots = plan.Shots is { } count ? $"{count} seed {plan.Seed} noisy/{NoisyVersion}" : isSwept ? $"exact sweep/{DensitySweep.Version}" : $"exact noisy/{NoisyVersion}";
        return string.Create(CultureInfo.InvariantCulture, $"""
            circuit {Digest(Text(plan.Problem.Ansatz))}
            observable {Digest(Text(plan.Problem.Observable))}
            scale {plan.Problem.LossScale:R}
            shots {shots}
            gradient {gradient}
            compiled {Digest(string.Concat(circuits.Select(c => Text(c.Circuit))))}
            {noise.Identity.TrimEnd()}
            """).ReplaceLineEndings("\n");
    }

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Text(Circuit circuit)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{circuit.QubitCount} qubits, {circuit.BitCount} bits\n");
        foreach (var parameter in circuit.Parameters) text.Append(CultureInfo.InvariantCulture, $"parameter {parameter.Name}\n");
        foreach (var operation in circuit.Operations)
        {
            if (operation is Circuits.Barrier) continue;
            text.Append(operation switch
            {
                GateOperation gate => $"{Controls(gate.Controls)}{Name(gate.Gate)}",
                GlobalPhase phase => $"{Controls(phase.Controls)}phase",
                Measure measure => $"measure into {measure.Bit}",
                Reset => "reset",
                Delay delay => $"delay {delay.Duration}",
                _ => operation.GetType().Name,
            });
            text.Append('(').AppendJoin(", ", operation.Angles).Append(") ");
            text.AppendJoin(' ', operation is GateOperation { Targets: var targets } ? targets : operation.Qubits);
            if (operation.Condition is { } condition) text.Append(" if ").AppendJoin(' ', condition.Bits).Append(" = ").Append(condition.Value);
            text.Append('\n');
        }
        return text.ToString();
    }

    private static string Text(PauliSum observable) =>
        string.Join('\n', observable.Terms.Select(t => string.Create(CultureInfo.InvariantCulture,
            $"{t.Pauli.ToLabel(observable.QubitCount)} {t.Coefficient.Real:R} {t.Coefficient.Imaginary:R}")));

    private static string Controls(IEnumerable<Control> controls) => string.Concat(controls.Select(c => $"{(c.On ? '+' : '-')}{c.Qubit} "));

    private static string Name(Gate gate)
    {
        // A table's name says all, and so does a Pauli rotation's; a unitary matrix is its numbers.
        if (gate.IsNamed || gate.Pauli is not null) return gate.Name;
        return "unitary " + string.Join(' ', gate.Matrix().Cast<System.Numerics.Complex>()
            .Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Real:R},{c.Imaginary:R}")));
    }
}
