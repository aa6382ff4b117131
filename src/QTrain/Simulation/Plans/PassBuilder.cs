using QTrain.Simulation.Kernels;

namespace QTrain.Simulation.Plans;

/// <summary>Makes the passes of a plan: lowers instructions, divides them into sweeps, orders each into steps.</summary>
internal static class PassBuilder
{
    public static PassPlan[] Build(
        int qubits, ReadOnlySpan<Instruction> instructions, TileShape shape, PlanKernels kernels, KernelTable table)
    {
        var pending = new PendingPhases();
        var drafts = new List<Draft>();
        // Passes over the same qubits share what is known of them.
        var tiles = new Dictionary<ulong, TileMap>();
        var lowest = TileOf((1UL << Math.Min(qubits, shape.TileQubits)) - 1);
        foreach (var pass in PassScheduler.Divide(qubits, Lowering.Lower(instructions, Math.Min(qubits, shape.TileQubits), fusesPairs: true), shape))
        {
            if (pass.Tile != 0)
            {
                var tile = TileOf(pass.Tile);
                drafts.Add(new Draft(tile, TileProgram.Build(pass.Operations, tile, kernels, table, shape, pending), null));
                continue;
            }
            // Phases do not pass by an instruction that knows nothing of them.
            AddPhases();
            drafts.Add(new Draft(lowest, [], pass.Operations[0].Instruction));
        }
        AddPhases();
        // Phases that wait leave a pass with nothing to do.
        drafts.RemoveAll(d => d.Steps.Count == 0 && d.Whole is null);
        LetScalesWait(drafts);
        var passes = new PassPlan[drafts.Count];
        for (var k = 0; k < passes.Length; k++)
            passes[k] = drafts[k].Whole is { } whole
                ? new PassPlan(whole)
                : new PassPlan(drafts[k].Tile, drafts[k].Steps.ToArray(), shape.InnerQubits, kernels.ElementBytes, table);
        return passes;

        TileMap TileOf(ulong mask)
        {
            if (!tiles.TryGetValue(mask, out var tile)) tiles.Add(mask, tile = new TileMap(mask, shape.InnerQubits));
            return tile;
        }

        void AddPhases()
        {
            if (pending.IsEmpty) return;
            if (drafts.Count == 0 || drafts[^1].Whole is not null) drafts.Add(new Draft(lowest, [], null));
            drafts[^1].Steps.Add(new DiagonalTileStep(kernels, pending.Take(), drafts[^1].Tile, shape.InnerQubits));
        }
    }

    /// <summary>A scale can be left to a later step as long as some phases follow in a tile.</summary>
    private static void LetScalesWait(List<Draft> drafts)
    {
        var mayWait = false;
        for (var d = drafts.Count - 1; d >= 0; d--)
            for (var k = drafts[d].Steps.Count - 1; k >= 0; k--)
            {
                if (drafts[d].Steps[k] is RadixTileStep turns) turns.MayDefer = mayWait;
                mayWait |= drafts[d].Steps[k] is DiagonalTileStep;
            }
    }

    /// <summary>A pass being put together.</summary>
    private sealed record Draft(TileMap Tile, List<TileStep> Steps, Instruction? Whole);
}
