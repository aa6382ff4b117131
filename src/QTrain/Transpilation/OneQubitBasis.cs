using System.Collections.Immutable;
using QTrain.Circuits;

namespace QTrain.Transpilation;

/// <summary>How a qubit of a device plays pulses with the gates it has.</summary>
internal sealed class OneQubitBasis
{
    private readonly string? _phase, _quarter, _half;
    private readonly string? _rotation;

    private OneQubitBasis(string? phase, string? quarter, string? half, string? rotation) =>
        (_phase, _quarter, _half, _rotation) = (phase, quarter, half, rotation);

    /// <summary>Whether phases are gates; where they are not, they are carried along and change the angles of what follows.</summary>
    public bool HasPhase => _phase is not null;

    /// <summary>Whether the gates make every rotation.</summary>
    public static bool IsThere(Target target, int qubit) => Find(target, qubit) is not null;

    /// <exception cref="QuantumException">The gates cannot make every rotation.</exception>
    public static OneQubitBasis Of(Target target, int qubit) => Find(target, qubit) ?? throw new QuantumException(
        $"Target '{target.Name}' cannot make every rotation of qubit {qubit}: its gates there are "
        + $"{(target.Gates.Any(g => g.Qubits.Length == 1 && g.Qubits[0] == qubit) ? string.Join(", ", target.Gates.Where(g => g.Qubits.Length == 1 && g.Qubits[0] == qubit).Select(g => g.Name)) : "none")}. "
        + "Needed are rz (or p) with sx, rx, ry or h; or u; or prx; or gpi and gpi2.");

    private static OneQubitBasis? Find(Target target, int qubit)
    {
        var phase = First("rz", "p", "u1");
        var any = First("u", "u3");
        if (First("prx") is { } prx) return new OneQubitBasis(phase, prx, prx, prx);
        if (First("gpi2") is { } gpi2) return new OneQubitBasis(phase, gpi2, First("gpi") ?? gpi2, null);
        if (phase is not null)
        {
            var rotation = First("rx", "ry");
            var quarter = First("sx", "sxdg") ?? rotation ?? First("h");
            // Two quarter turns may be better than one rotation of any angle.
            if (rotation is not null && quarter is "sx" or "sxdg" && Error(rotation) > 2 * Error(quarter!)) rotation = null;
            if (quarter is not null) return new OneQubitBasis(phase, quarter, First("x") ?? (rotation == "rx" ? rotation : First("rx") ?? rotation) ?? quarter, rotation);
        }
        return any is null ? null : new OneQubitBasis(phase ?? any, any, any, any);

        string? First(params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
                if (target.Find(name, qubit) is not null) return name;
            return null;
        }

        double Error(string gate) => target.Find(gate, qubit)!.Error ?? 0;
    }

    /// <summary>Plays a train.</summary>
    /// <param name="train">What to do.</param>
    /// <param name="keepPhase">Whether the last phase may stay undone.</param>
    /// <param name="emit">Takes a gate's name and angles.</param>
    /// <returns>The phase that is still to be done: 0 unless it may stay.</returns>
    public Angle Play(PulseTrain train, bool keepPhase, Action<string, ImmutableArray<Angle>> emit)
    {
        Angle phase = 0;
        for (var k = 0; ; k++)
        {
            phase += train.Phases[k];
            if (k == train.Pulses.Count) break;
            var isPair = _rotation is not null && k + 1 < train.Pulses.Count && !train.Pulses[k] && !train.Pulses[k + 1];
            if (isPair)
            {
                // √X·Rz(α)·√X = Rz(−π)·Ry(α − π).
                Rotate(train.Phases[k + 1] - Math.PI, ref phase, emit);
                phase -= Math.PI;
                k++;
            }
            else if (train.Pulses[k]) Half(ref phase, emit);
            else Quarter(ref phase, emit);
        }
        phase = Normal(phase);
        if (keepPhase || Joint.IsZero(phase)) return phase;
        if (_phase is not null) Phase(ref phase, emit);
        else
        {
            // Two half turns about axes an angle apart are a phase of twice that angle.
            emit(_half!, _half == "prx" ? [Math.PI, 0] : [0]);
            if (_half == "gpi2") emit(_half, [0]);
            emit(_half!, _half == "prx" ? [Math.PI, Normal(phase / 2)] : [Normal(phase / 2)]);
            if (_half == "gpi2") emit(_half, [Normal(phase / 2)]);
        }
        return 0;
    }

    /// <summary>An angle whose constant lies in (−π, π], multiples of π/8 exact.</summary>
    public static Angle Normal(Angle angle)
    {
        var constant = Joint.Clean(angle.Constant);
        constant -= 2 * Math.PI * Math.Ceiling(constant / (2 * Math.PI) - 0.5 - Turn.Negligible);
        constant = Joint.Clean(constant);
        return constant == angle.Constant ? angle : angle.IsConstant ? constant : angle + (constant - angle.Constant);
    }

    private void Phase(ref Angle phase, Action<string, ImmutableArray<Angle>> emit)
    {
        phase = Normal(phase);
        if (!Joint.IsZero(phase)) emit(_phase!, _phase is "u" or "u3" ? [0, 0, phase] : [phase]);
        phase = 0;
    }

    /// <summary>Ry(θ) after a phase.</summary>
    private void Rotate(Angle angle, ref Angle phase, Action<string, ImmutableArray<Angle>> emit)
    {
        switch (_rotation)
        {
            case "prx":
                emit("prx", [Normal(angle), Normal(Math.PI / 2 - phase)]);
                break;
            case "u" or "u3":
                emit(_rotation, [Normal(angle), 0, Normal(phase)]);
                phase = 0;
                break;
            case "ry":
                Phase(ref phase, emit);
                emit("ry", [Normal(angle)]);
                break;
            default:
                phase -= Math.PI / 2;
                Phase(ref phase, emit);
                emit("rx", [Normal(angle)]);
                phase = Math.PI / 2;
                break;
        }
    }

    private void Quarter(ref Angle phase, Action<string, ImmutableArray<Angle>> emit) => Pulse(_quarter!, Math.PI / 2, ref phase, emit);

    private void Half(ref Angle phase, Action<string, ImmutableArray<Angle>> emit)
    {
        if (_half is "sx" or "sxdg" or "gpi2")
        {
            Quarter(ref phase, emit);
            Quarter(ref phase, emit);
        }
        else if (_half == "h")
        {
            // X = H·Z·H.
            Phase(ref phase, emit);
            emit("h", []);
            phase = Math.PI;
            Phase(ref phase, emit);
            emit("h", []);
        }
        else Pulse(_half!, Math.PI, ref phase, emit);
    }

    /// <summary>Rx of a quarter or half turn after a phase.</summary>
    private static Angle Frame(Angle phase) => Normal(-1 * phase);

    private void Pulse(string gate, double angle, ref Angle phase, Action<string, ImmutableArray<Angle>> emit)
    {
        switch (gate)
        {
            case "prx":
                emit(gate, [angle, Frame(phase)]);
                break;
            case "gpi" or "gpi2":
                emit(gate, [Frame(phase)]);
                break;
            case "u" or "u3":
                // Rx = Rz(−π/2)·Ry·Rz(π/2).
                emit(gate, [angle, -Math.PI / 2, Normal(phase + Math.PI / 2)]);
                phase = 0;
                break;
            case "ry":
                phase += Math.PI / 2;
                Phase(ref phase, emit);
                emit(gate, [angle]);
                phase = -Math.PI / 2;
                break;
            case "h":
                phase -= Math.PI / 2;
                Phase(ref phase, emit);
                emit(gate, []);
                phase = -Math.PI / 2;
                break;
            case "sxdg":
                // √X† = Z·√X·Z.
                phase += Math.PI;
                Phase(ref phase, emit);
                emit(gate, []);
                phase = Math.PI;
                break;
            default:
                Phase(ref phase, emit);
                emit(gate, gate == "rx" ? [angle] : []);
                break;
        }
    }
}
