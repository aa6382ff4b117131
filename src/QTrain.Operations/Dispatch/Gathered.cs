using System.Collections.Immutable;
using QTrain.Devices;
using QTrain.Simulation;

namespace QTrain.Operations.Dispatch;

/// <summary>What submissions gave of a batch so far, by circuit and calibration.</summary>
internal sealed class Gathered(CircuitBatch batch, DispatchOptions options)
{
    private readonly (Counts Counts, string? Calibration)?[] _circuits = new (Counts, string?)?[batch.Circuits.Length];

    /// <summary>Why the last submission gave less than was asked for.</summary>
    public string? LastReason { get; private set; }

    /// <summary>What each circuit gave.</summary>
    public IReadOnlyList<Counts> Counts => [.. _circuits.Select(c => c!.Value.Counts)];

    public void Take(Submission submission)
    {
        LastReason = submission.Reason ?? LastReason;
        foreach (var result in submission.Results)
        {
            if (_circuits[result.Circuit] is not { } known) _circuits[result.Circuit] = (result.Counts, result.CalibrationId);
            else if (known.Calibration == result.CalibrationId || MayPool(known.Counts, result.Counts)) _circuits[result.Circuit] = (known.Counts.Add(result.Counts), result.CalibrationId);
            else
            {
                options.OnEvent?.Invoke($"circuit {result.Circuit}: {known.Counts.Total} shots of an older calibration are left out, and taken anew");
                _circuits[result.Circuit] = (result.Counts, result.CalibrationId);
            }
        }
    }

    /// <summary>The circuits that lack most shots, and how many; null when nothing is missing.</summary>
    public (ImmutableArray<int> Circuits, long Shots)? Missing()
    {
        var missing = _circuits.Select(c => batch.Shots - (c?.Counts.Total ?? 0)).ToArray();
        var most = missing.Max();
        return most <= 0 ? null : ([.. Enumerable.Range(0, missing.Length).Where(k => missing[k] == most)], most);
    }

    private bool MayPool(Counts older, Counts newer) => options.Windows switch
    {
        WindowPolicy.Pool => true,
        WindowPolicy.Separate => false,
        _ => Homogeneity.PValue(older, newer) >= options.Significance,
    };
}
