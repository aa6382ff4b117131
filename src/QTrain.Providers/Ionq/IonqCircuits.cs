using System.Globalization;
using System.Text.Json;
using QTrain.Circuits;
using Barrier = QTrain.Circuits.Barrier;

namespace QTrain.Providers.Ionq;

/// <summary>Circuits in IonQ's native gates.</summary>
/// <remarks>Angles are in turns. Every qubit is measured at the end, whatever the circuit says: which of them a bit is, is ours to know.</remarks>
internal static class IonqCircuits
{
    private const double Turn = 2 * Math.PI;

    /// <summary>The circuit on those qubits alone that take part: the service gives each of them an ion of its own choice, and all of them the same values.</summary>
    public static Circuit Compact(Circuit circuit) => circuit.OnUsedQubits(out _);

    /// <summary>Which qubit each classical bit is read from, −1 for none.</summary>
    public static int[] BitsOf(Circuit circuit)
    {
        var bits = new int[circuit.BitCount];
        Array.Fill(bits, -1);
        foreach (var operation in circuit.Operations)
            if (operation is Measure measure) bits[measure.Bit] = measure.Qubit;
        return bits;
    }

    /// <summary>Why a circuit cannot run; null when it can.</summary>
    public static string? Objection(Circuit circuit, int qubits, IReadOnlyCollection<string> native)
    {
        if (circuit.QubitCount > qubits) return $"it has {circuit.QubitCount} qubits, and the device {qubits}.";
        if (!circuit.Operations.Any(o => o is Measure)) return "it measures nothing, and a device tells only what is measured. Add measurements, such as MeasureAll().";
        if (circuit.BitCount > 64) return $"it measures into {circuit.BitCount} classical bits, and at most 64 can be counted.";
        var measured = new HashSet<int>();
        foreach (var operation in circuit.Operations)
        {
            if (operation.Condition is not null) return $"'{operation}' has a condition, and the device measures at the end alone.";
            switch (operation)
            {
                case Barrier or GlobalPhase { Controls.IsEmpty: true }:
                    break;
                case Measure measure:
                    measured.Add(measure.Qubit);
                    break;
                case GateOperation { Controls.IsEmpty: true } gate when native.Contains(gate.Name):
                    if (gate.Qubits.Any(measured.Contains)) return $"'{operation}' follows a measurement of its qubit, and the device measures at the end alone.";
                    if (gate.Name == "ms" && Ms(gate) is null) return $"'{operation}' turns by more than a quarter of a circle, which the native gate cannot. Transpile the circuit for this device first.";
                    break;
                default:
                    return $"'{operation}' is not native: native gates are {string.Join(", ", native)}. Transpile the circuit for this device first.";
            }
        }
        return null;
    }

    /// <summary>Writes the list of gates.</summary>
    public static void Write(Utf8JsonWriter writer, Circuit circuit)
    {
        writer.WriteStartArray();
        foreach (var gate in circuit.Operations.OfType<GateOperation>())
        {
            writer.WriteStartObject();
            writer.WriteString("gate", gate.Name == "rzz" ? "zz" : gate.Name);
            if (gate.Targets.Length == 1)
            {
                writer.WriteNumber("target", gate.Targets[0]);
                writer.WriteNumber("phase", Turns(gate.Angles[0].Constant));
            }
            else
            {
                writer.WriteStartArray("targets");
                foreach (var q in gate.Targets) writer.WriteNumberValue(q);
                writer.WriteEndArray();
                if (gate.Name == "rzz") writer.WriteNumber("angle", Turns(gate.Angles[0].Constant));
                else
                {
                    var (first, second, angle) = Ms(gate)!.Value;
                    writer.WriteStartArray("phases");
                    writer.WriteNumberValue(first);
                    writer.WriteNumberValue(second);
                    writer.WriteEndArray();
                    writer.WriteNumber("angle", angle);
                }
            }
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    /// <summary>How many gates of one and of two qubits a circuit has.</summary>
    public static (int One, int Two) Counts(Circuit circuit) =>
        (circuit.Operations.Count(o => o is GateOperation { Targets.Length: 1 }), circuit.Operations.Count(o => o is GateOperation { Targets.Length: 2 }));

    // −1 < turns < 1, as near to zero as it can be; zz by half a turn more is the same but for a global phase.
    private static double Turns(double angle) => Math.IEEERemainder(angle / Turn, 1);

    // The angle is 0 to a quarter turn; a negative one is the positive one about the opposite axis of one qubit.
    private static (double, double, double)? Ms(GateOperation gate)
    {
        var (first, second, angle) = (Turns(gate.Angles[0].Constant), Turns(gate.Angles[1].Constant), Turns(gate.Angles[2].Constant));
        if (angle < 0) (first, angle) = (Turns(gate.Angles[0].Constant + Math.PI), -angle);
        return angle <= 0.25 + 1e-12 ? (first, second, Math.Min(angle, 0.25)) : null;
    }

    public static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
