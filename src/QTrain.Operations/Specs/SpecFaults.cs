using QTrain.Formats;

namespace QTrain.Operations.Specs;

/// <summary>What is wrong with several keys of a spec, told at once: who mistyped three keys need not run it three times.</summary>
internal sealed class SpecFaults
{
    private readonly List<InvalidFileException> _faults = [];

    /// <summary>Checks one key; a refusal is kept until all are checked.</summary>
    public void Collect(Action check)
    {
        try
        {
            check();
        }
        catch (InvalidFileException fault)
        {
            _faults.Add(fault);
        }
    }

    /// <summary>Throws what was collected: the place is that of the first, the others follow line by line with theirs.</summary>
    public void ThrowIfAny()
    {
        if (_faults is []) return;
        if (_faults is [var only]) throw only;
        throw new InvalidFileException(_faults[0].File, _faults[0].Line, _faults[0].Column, string.Join('\n', _faults.Select((f, k) => k == 0 ? f.Reason : f.Message)));
    }
}
