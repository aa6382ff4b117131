using System.Collections.Immutable;
using QTrain.Devices;

namespace QTrain.Emulators;

/// <summary>A line of what an emulated provider billed.</summary>
/// <param name="Job">For which job.</param>
/// <param name="Key">The name the customer gave it, such as an idempotency key; null where there was none.</param>
/// <param name="Cost">How much.</param>
/// <param name="At">When.</param>
/// <param name="Circuits">For how many circuits.</param>
/// <param name="Shots">For how many shots of each.</param>
public sealed record BillLine(string Job, string? Key, Money Cost, DateTimeOffset At, int Circuits, long Shots);

/// <summary>What an emulated provider billed: the truth that a customer's ledger is held against.</summary>
public sealed class Bill
{
    private readonly Lock _lock = new();
    private ImmutableList<BillLine> _lines = [];

    /// <summary>The lines so far, in the order in which they were billed.</summary>
    public ImmutableList<BillLine> Lines
    {
        get
        {
            lock (_lock) return _lines;
        }
    }

    /// <summary>What all lines add up to.</summary>
    public decimal Total => Lines.Sum(l => l.Cost.Amount);

    internal void Add(BillLine line)
    {
        lock (_lock) _lines = _lines.Add(line);
    }
}
