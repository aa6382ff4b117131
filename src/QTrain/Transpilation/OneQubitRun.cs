using QTrain.Circuits;

namespace QTrain.Transpilation;

/// <summary>What happens to one qubit between two things it shares with others: fixed turns and phases with parameters, merged where they can be.</summary>
internal sealed class OneQubitRun
{
    // turn, phase, turn, phase, …, turn: the first turn, then each phase with the turn after it.
    private readonly List<(Angle Phase, Turn After)> _rest = [];
    private Turn _start = Turn.None;

    public void Clear()
    {
        _rest.Clear();
        _start = Turn.None;
    }

    public void Add(Turn turn)
    {
        if (_rest.Count == 0) _start = (turn * _start).Normalized();
        else _rest[^1] = _rest[^1] with { After = (turn * _rest[^1].After).Normalized() };
    }

    /// <summary>exp(−iθZ/2).</summary>
    public void Add(Angle phase)
    {
        if (phase.IsConstant)
        {
            if (phase.Constant != 0) Add(Turn.AboutZ(phase.Constant));
            return;
        }
        if (_rest.Count == 0)
        {
            _rest.Add((phase, Turn.None));
            return;
        }
        // Phases with nothing but a diagonal between them are one; with a flip between them, one is turned around.
        var (last, after) = _rest[^1];
        if (!after.IsDiagonal && !after.IsAntidiagonal)
        {
            _rest.Add((phase, Turn.None));
            return;
        }
        var sum = after.IsDiagonal ? last + phase : last - phase;
        if (!sum.IsConstant)
        {
            _rest[^1] = (sum, after);
            return;
        }
        _rest.RemoveAt(_rest.Count - 1);
        Add(after * Turn.AboutZ(sum.Constant));
    }

    /// <summary>Rotates by an angle about X or Y.</summary>
    public void AddAbout(Axis axis, Angle angle)
    {
        if (angle.IsConstant)
        {
            Add(Turn.About(axis, angle.Constant));
            return;
        }
        var frame = Turn.FromZTo(axis);
        Add(frame.Inverse);
        Add(angle);
        Add(frame);
    }

    /// <summary>The run as phases about Z with pulses between: phase, pulse, phase, …, pulse, phase.</summary>
    public PulseTrain ToPulses()
    {
        var train = new PulseTrain();
        train.Add(_start);
        foreach (var (phase, after) in _rest)
        {
            train.Add(phase);
            train.Add(after);
        }
        return train;
    }

    /// <summary>How many pulses the end of the run takes with a turn more, and how many phases.</summary>
    public (int Pulses, int Phases) PulsesWith(Turn more)
    {
        var train = new PulseTrain();
        train.Add((more * Last).Normalized());
        return (train.Pulses.Count, train.Phases.Count(p => !Joint.IsZero(OneQubitBasis.Normal(p))));
    }

    /// <summary>The phase that, put before a turn, leaves fewest pulses: what commutes with a joint rotation may be done before it or after.</summary>
    public Turn LeanPhase(Turn turn)
    {
        if (turn.IsDiagonal) return Turn.None;
        var after = Last.Euler().After;
        var (best, least) = (Turn.None, PulsesWith(turn));
        // Quarter turns, and those that make a turn of any angle one about another axis.
        foreach (var angle in (ReadOnlySpan<double>)[Math.PI / 2, Math.PI, -Math.PI / 2, Math.PI / 2 - after, -Math.PI / 2 - after])
        {
            var phase = Turn.AboutZ(angle);
            var cost = PulsesWith(turn * phase);
            if (cost.CompareTo(least) < 0) (best, least) = (phase, cost);
        }
        return best;
    }

    private Turn Last => _rest.Count == 0 ? _start : _rest[^1].After;
}

/// <summary>Phases about Z and, between them, quarter and half turns about X, which every other one-qubit gate set can play.</summary>
/// <remarks>Up to phases, Ry(θ) = Rz(π)·√X·Rz(θ + π)·√X; McKay et al. 2017, arXiv:1612.00858.</remarks>
internal sealed class PulseTrain
{
    /// <summary>One more than pulses.</summary>
    public List<Angle> Phases { get; } = [0];

    /// <summary>True: a half turn about X; false: a quarter turn.</summary>
    public List<bool> Pulses { get; } = [];

    public void Add(Angle phase) => Phases[^1] += phase;

    public void Add(Turn turn)
    {
        var (before, angle, after) = turn.Euler();
        if (angle < 2 * Turn.Negligible)
        {
            Add(before + after);
            return;
        }
        var isHalf = Math.PI - angle < 2 * Turn.Negligible;
        if (isHalf || Math.Abs(angle - Math.PI / 2) < 2 * Turn.Negligible)
        {
            Add(before - Math.PI / 2);
            Pulse(isHalf);
            Add(after + Math.PI / 2);
            return;
        }
        Add(before);
        Pulse(isHalf: false);
        Add(angle + Math.PI);
        Pulse(isHalf: false);
        Add(after + Math.PI);
    }

    private void Pulse(bool isHalf)
    {
        Pulses.Add(isHalf);
        Phases.Add(0);
    }
}
