using System.Collections.Immutable;

namespace QTrain.Devices.Import;

/// <summary>What an importer has to tell people, each sentence once.</summary>
internal sealed class Notes
{
    private const int Most = 20;

    private readonly List<string> _notes = [];

    public ImmutableArray<string> All => _notes.Count <= Most ? [.. _notes] : [.. _notes.Take(Most), $"… and {_notes.Count - Most} more of the kind."];

    public void Add(string note)
    {
        if (!_notes.Contains(note)) _notes.Add(note);
    }
}
