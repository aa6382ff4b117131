using QTrain.Circuits;

namespace QTrain.Transpilation;

/// <summary>What a circuit is expected to lose on a device: −log of the probability that nothing goes wrong, gates and readouts independent.</summary>
internal sealed class ErrorScore
{
    private readonly double[] _turn, _readout;
    private readonly Dictionary<(int, int), double> _pair = [];

    public ErrorScore(Target target, DeviceGraph device)
    {
        _turn = new double[device.Count];
        _readout = new double[device.Count];
        for (var k = 0; k < device.Count; k++)
        {
            var qubit = device.Qubits[k];
            var worst = 0.0;
            foreach (var name in (ReadOnlySpan<string>)["sx", "prx", "gpi2", "u", "rx", "ry", "h"])
                if (target.Find(name, qubit)?.Error is { } error)
                {
                    worst = error;
                    break;
                }
            _turn[k] = Loss(worst);
            _readout[k] = Loss(target.Qubits[qubit].ReadoutError ?? 0);
            foreach (var other in device.Neighbours[k])
                if (k < other) _pair[(k, other)] = Loss(Entangler.Of(target, qubit, device.Qubits[other]).Min(w => w.Error));
        }
    }

    public static double Loss(double error) => -Math.Log(Math.Max(1e-12, 1 - Math.Min(error, 1)));

    /// <summary>The loss of a placement.</summary>
    /// <param name="pairs">Pairs of qubits and how many two-qubit gates each has.</param>
    /// <param name="turns">How many one-qubit pulses each qubit has, about.</param>
    /// <param name="measured">How often each is measured.</param>
    /// <param name="place">Where each is; −1 for one that is nowhere yet.</param>
    public double Of(IReadOnlyList<(int A, int B, int Count)> pairs, int[] turns, int[] measured, int[] place)
    {
        var sum = 0.0;
        foreach (var (a, b, count) in pairs)
        {
            var (p, q) = (place[a], place[b]);
            sum += count * (_pair.TryGetValue((Math.Min(p, q), Math.Max(p, q)), out var loss) ? loss : 1e3);
        }
        for (var q = 0; q < place.Length; q++)
            if (place[q] >= 0) sum += turns[q] * _turn[place[q]] + measured[q] * _readout[place[q]];
        return sum;
    }

    /// <summary>The loss of a qubit that is on its own.</summary>
    public double Of(int turns, int measured, int at) => turns * _turn[at] + measured * _readout[at];
}
