using QTrain.Circuits;

namespace QTrain.Transpilation;

/// <summary>How a pair of coupled qubits does joint rotations: with which native gate, in which order of the qubits.</summary>
internal sealed class Entangler
{
    /// <summary>Gates that are a cz up to turns of each qubit.</summary>
    private static readonly string[] Fixed = ["cz", "cx", "ecr", "cy", "ch"];

    /// <summary>Gates of which two are a cz.</summary>
    private static readonly string[] Halves = ["sqrt_iswap", "sycamore"];

    /// <summary>Gates of a continuous angle.</summary>
    private static readonly string[] Continuous = ["rzz", "rxx", "ryy", "ms", "rzx", "cp"];

    private static readonly Dictionary<string, Realization> Known = Fixed.ToDictionary(g => g, Realization.OfControlled);

    private static readonly Dictionary<string, PairTemplate> KnownQuarters = Halves.ToDictionary(g => g, PairTemplate.Quarter);

    private Entangler(string gate, int first, int second, double error)
    {
        (Gate, First, Second, Error) = (gate, first, second, error);
        Turns = Known.GetValueOrDefault(gate);
    }

    public string Gate { get; }

    /// <summary>The qubits in the gate's order.</summary>
    public int First { get; }

    public int Second { get; }

    /// <summary>Of one gate; where nobody measured it, the same for all.</summary>
    public double Error { get; }

    /// <summary>Whether the gate is allowed in the other order too.</summary>
    public bool IsBoth { get; private init; }

    public bool IsContinuous => Array.IndexOf(Continuous, Gate) >= 0;

    /// <summary>exp(iπ/4·ZZ) by two gates; null where one does.</summary>
    public PairTemplate? QuarterByTwo => KnownQuarters.GetValueOrDefault(Gate);

    /// <summary>The turns that make the gate exp(iπ/4·ZZ); null for all others.</summary>
    public Realization? Turns { get; }

    /// <summary>The cheapest way to do a joint rotation on a coupled pair.</summary>
    public static Entangler Choose(IReadOnlyList<Entangler> ways, in Joint joint)
    {
        var (best, least) = (ways[0], double.PositiveInfinity);
        foreach (var way in ways)
        {
            var cost = way.Count(joint) * way.Error;
            if (cost < least) (best, least) = (way, cost);
        }
        return best;
    }

    /// <summary>How many native gates a joint rotation takes.</summary>
    public int Count(in Joint joint)
    {
        if (IsContinuous) return joint.AxisCount();
        if (QuarterByTwo is not null) return Templates(joint)?.Sum(t => t.Gates) ?? 2 * joint.ControlledCount();
        if (Gate != "iswap") return joint.ControlledCount();
        var (direct, mirrored) = (joint.ControlledCount(), Mirrored(joint).ControlledCount());
        return direct switch { 0 => 0, <= 2 => mirrored == 1 ? 1 : 2, _ => mirrored == 1 ? 1 : 3 };
    }

    /// <summary>A joint rotation of numbers by gates of which two are a cz, where that takes fewer than a cz for each quarter would; else null.</summary>
    public List<PairTemplate>? Templates(in Joint joint)
    {
        if (!joint.IsConstant || joint.IsNone) return null;
        if (PairTemplate.One(Gate, joint) is { } one) return [one];
        if (Gate != "sqrt_iswap") return null;
        if (PairTemplate.TwoRootSwaps(joint) is { } two) return [two];
        return joint.ControlledCount() > 1 && PairTemplate.ThreeRootSwaps(joint) is { } three ? [three.One, three.Two] : null;
    }

    /// <summary>The rotation that a swap makes of it.</summary>
    public static Joint Mirrored(in Joint joint) => (joint + Joint.Swap).Reduced().Joint;

    /// <summary>Every way of a pair, those that cost least first.</summary>
    /// <exception cref="QuantumException">None of the pair's gates is understood.</exception>
    public static List<Entangler> Of(Target target, int first, int second)
    {
        var ways = new List<Entangler>();
        foreach (var gate in Fixed.Append("iswap").Concat(Halves).Concat(Continuous))
        {
            var (one, other) = (target.Find(gate, first, second), target.Find(gate, second, first));
            if (one is null && other is null) continue;
            var isOther = one is null || other?.Error < one.Error;
            var error = (isOther ? other : one)!.Error ?? 0.01;
            ways.Add(new Entangler(gate, isOther ? second : first, isOther ? first : second, Math.Max(error, 1e-9)) { IsBoth = one is not null && other is not null });
        }
        if (ways.Count == 0)
            throw new QuantumException($"Target '{target.Name}' couples qubits {first} and {second} by nothing that circuits can be compiled to: "
                + $"understood are {string.Join(", ", Fixed.Append("iswap").Concat(Halves).Concat(Continuous))}.");
        return [.. ways.OrderBy(w => w.Error)];
    }
}

/// <summary>The turns before and after a gate that make it exp(iπ/4·ZZ).</summary>
internal sealed record Realization(Turn BeforeFirst, Turn BeforeSecond, Turn AfterFirst, Turn AfterSecond)
{
    /// <summary>Of all the ways, the one of fewest pulses: exp(iπ/4·ZZ) commutes with quarter turns about Z, and with flips of both qubits.</summary>
    public static Realization OfControlled(string name)
    {
        // exp(iπ/4·ZZ) is a cz after a quarter turn back of each qubit; as it stands, those of cx from the circuit vanish.
        var back = Turn.AboutZ(-Math.PI / 2);
        if (name == "cz") return new Realization(back, back, Turn.None, Turn.None);
        if (name == "cx") return new Realization(back, Turn.Hadamard * back, Turn.None, Turn.Hadamard);
        System.Numerics.Complex[] gate = [.. Gates.Named(name).Matrix().Cast<System.Numerics.Complex>()];
        var (beforeFirst, beforeSecond, joint, afterFirst, afterSecond) = Joint.Decompose(gate);
        if (joint.ControlledCount() != 1 || !Joint.IsQuarter(joint.Z)) throw new InvalidOperationException($"'{name}' is no cz up to turns.");
        Realization? best = null;
        var fewest = int.MaxValue;
        foreach (var (first, pastFirst, pastSecond) in Moves())
            foreach (var (second, besideSecond, besideFirst) in Moves())
            {
                // after·J·before = gate, so J = after⁻¹·gate·before⁻¹; a move m passes J as m'⊗m''.
                var candidate = new Realization(
                    beforeFirst.Inverse * first.Inverse, beforeSecond.Inverse * second.Inverse,
                    pastFirst * besideFirst * afterFirst.Inverse, besideSecond * pastSecond * afterSecond.Inverse);
                var pulses = Math.Min(PulsesOfCx(candidate), PulsesOfCx(new(candidate.BeforeSecond, candidate.BeforeFirst, candidate.AfterSecond, candidate.AfterFirst)));
                if (pulses < fewest) (best, fewest) = (candidate, pulses);
            }
        return best!;

        // Most joint rotations come from cx, whose own turns are merged with these.
        static int PulsesOfCx(Realization r)
        {
            var phase = Turn.AboutZ(Math.PI / 2);
            return Pulses(r.BeforeFirst * phase) + Pulses(r.BeforeSecond * phase * Turn.Hadamard) + Pulses(r.AfterFirst) + Pulses(Turn.Hadamard * r.AfterSecond);
        }

        static int Pulses(Turn turn)
        {
            var train = new PulseTrain();
            train.Add(turn.Normalized());
            return train.Pulses.Count * 10 + train.Phases.Count(p => !Joint.IsZero(OneQubitBasis.Normal(p)));
        }
    }

    /// <summary>A turn of one qubit before exp(iπ/4·ZZ), and what it is after it, on that qubit and on the other: X becomes X⊗Z.</summary>
    private static IEnumerable<(Turn Before, Turn Own, Turn Other)> Moves()
    {
        for (var quarter = 0; quarter < 4; quarter++)
        {
            var phase = Turn.AboutZ(quarter * Math.PI / 2);
            yield return (phase, phase, Turn.None);
            yield return (phase * Turn.Flip, phase * Turn.About(Axis.OfY, Math.PI), Turn.AboutZ(Math.PI));
        }
    }
}
