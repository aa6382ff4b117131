namespace QTrain.Operations.Runs;

/// <summary>Records and steps that are written as one transaction.</summary>
internal sealed class JournalBatch
{
    public JournalPage Entries { get; } = new();

    public List<StepRecord> Steps { get; } = [];

    /// <summary>Removes all and keeps the memory.</summary>
    public void Clear()
    {
        Entries.Clear();
        Steps.Clear();
    }
}
