using System.Collections.Immutable;

namespace QTrain.Devices;

/// <summary>The best, the middle and the worst of a quantity over a device, and how much of it is known.</summary>
/// <param name="Name">For people: <c>T1</c>, <c>readout error</c>, <c>cx error</c>.</param>
/// <param name="Best">The best value.</param>
/// <param name="Median">The middle value; of an even number the lower middle, so that it is one that was measured.</param>
/// <param name="Worst">The worst value.</param>
/// <param name="Known">How many are known.</param>
/// <param name="Of">How many there could be, disabled ones left out.</param>
internal sealed record QuantitySpread(string Name, CalibratedValue Best, CalibratedValue Median, CalibratedValue Worst, int Known, int Of);

/// <summary>A calibration in a few numbers.</summary>
internal sealed class CalibrationSummary
{
    private readonly Calibration _calibration;

    public CalibrationSummary(Calibration calibration)
    {
        _calibration = calibration;
        var spreads = ImmutableArray.CreateBuilder<QuantitySpread>();
        var qubits = Enumerable.Range(0, calibration.Qubits.Length).Where(q => calibration.Qubits[q].IsEnabled).ToArray();
        Add("T1", qubits.Select(q => calibration.Of(q, x => x.T1)), highIsGood: true);
        Add("T2", qubits.Select(q => calibration.Of(q, x => x.T2)), highIsGood: true);
        Add("readout error", qubits.Select(q => ReadoutError(calibration, q)));
        foreach (var gate in calibration.Gates.Select(g => g.Gate).Distinct())
        {
            if (Calibration.IsNoGate(gate) || Import.GateNames.IsVirtual(gate)) continue;
            Add(gate + " error", calibration.Gates.Where(g => g.Gate == gate && g.IsEnabled).Select(g => g.Error));
        }
        Spreads = spreads.ToImmutable();

        void Add(string name, IEnumerable<CalibratedValue?> values, bool highIsGood = false)
        {
            CalibratedValue?[] all = [.. values];
            CalibratedValue[] known = [.. all.Where(v => v is not null).Select(v => v!.Value).OrderBy(v => highIsGood ? -v.Value : v.Value)];
            if (known.Length > 0) spreads.Add(new QuantitySpread(name, known[0], known[(known.Length - 1) / 2], known[^1], known.Length, all.Length));
        }
    }

    /// <summary>T1, T2, readout error, then the error of each gate that is done on the device.</summary>
    public ImmutableArray<QuantitySpread> Spreads { get; }

    /// <summary>The native two-qubit gates that are enabled somewhere, the most widespread first.</summary>
    public IEnumerable<string> Entanglers => _calibration.Gates
        .Where(g => g.IsEnabled && (g.Qubits.Length == 2 || g.Qubits.IsEmpty && Import.GateNames.QubitsOf(g.Gate) == 2) && _calibration.NativeGates.Contains(g.Gate))
        .GroupBy(g => g.Gate).OrderByDescending(g => g.Count()).Select(g => g.Key);

    /// <summary>The middle error of two-qubit gates; null where none is known.</summary>
    public CalibratedValue? TwoQubitError => Entanglers.Select(e => Spreads.FirstOrDefault(s => s.Name == e + " error")).FirstOrDefault(s => s is not null)?.Median;

    public CalibratedValue? Median(string name) => Spreads.FirstOrDefault(s => s.Name == name)?.Median;

    /// <summary>The mean readout error of a qubit, from both sides where they are known.</summary>
    public static CalibratedValue? ReadoutError(Calibration calibration, int qubit)
    {
        if (calibration.Of(qubit, q => q.ReadoutError) is { } mean) return mean;
        var (up, down) = (calibration.Of(qubit, q => q.OneGivenZero), calibration.Of(qubit, q => q.ZeroGivenOne));
        return up is { } one && down is { } zero ? CalibratedValue.Probability((one.Value + zero.Value) / 2, one.MeasuredAt) : null;
    }

    /// <summary>The lowest error of an enabled native two-qubit gate on a pair; null where none is known.</summary>
    public CalibratedValue? PairError(QubitPair pair)
    {
        CalibratedValue? best = null;
        foreach (var gate in Gates(pair))
            if (gate is { IsEnabled: true, Error: { } error } && !(best?.Value <= error.Value)) best = error;
        return best;
    }

    /// <summary>Whether no native two-qubit gate is enabled on a pair, or one of its qubits is not.</summary>
    public bool IsDisabled(QubitPair pair)
    {
        if (!_calibration.Qubits[pair.First].IsEnabled || !_calibration.Qubits[pair.Second].IsEnabled) return true;
        GateCalibration[] gates = [.. Gates(pair)];
        return gates.Length > 0 && gates.All(g => !g.IsEnabled);
    }

    private IEnumerable<GateCalibration> Gates(QubitPair pair)
    {
        foreach (var name in _calibration.NativeGates)
        {
            if (_calibration.Find(name, pair.First, pair.Second) is { } forth && (forth.Qubits.Length == 2 || Import.GateNames.QubitsOf(name) == 2)) yield return forth;
            if (_calibration.Find(name, pair.Second, pair.First) is { Qubits.Length: 2 } back) yield return back;
        }
    }
}
