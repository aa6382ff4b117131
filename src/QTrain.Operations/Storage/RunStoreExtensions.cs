using System.Runtime.CompilerServices;
using QTrain.Operations.Runs;

namespace QTrain.Operations.Storage;

/// <summary>What every store can do by what it must.</summary>
public static class RunStoreExtensions
{
    private const int StepsAtOnce = 4096;

    /// <summary>A run that must be there.</summary>
    /// <exception cref="RunNotFoundException">It is not.</exception>
    public static async ValueTask<RunRecord> GetAsync(this IRunStore store, RunId run, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        return await store.FindAsync(run, cancellation) ?? throw new RunNotFoundException(run.Value);
    }

    /// <summary>The run a person means: by its identity, the beginning of it, the beginning of the part after the day, its name, or <c>latest</c>.</summary>
    /// <exception cref="RunNotFoundException">None goes by that, or several do.</exception>
    public static async ValueTask<RunRecord> ResolveAsync(this IRunStore store, string given, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(given);
        if (given == "latest")
            return await store.ListAsync(RunFilter.All with { Limit = 1 }, cancellation) is [var latest] ? latest : throw new RunNotFoundException(given);
        var candidates = given.Length == 0 ? [] : await store.MatchAsync(given, cancellation);
        if (candidates.Count == 0)
        {
            var named = await store.ListAsync(RunFilter.All with { Name = given }, cancellation);
            candidates = [.. named.Where(r => r.Name == given).Select(r => r.Id)];
        }
        return candidates.Count switch
        {
            0 => throw new RunNotFoundException(given),
            1 => await store.GetAsync(candidates[0], cancellation),
            _ => throw new RunNotFoundException(given, candidates),
        };
    }

    /// <summary>The history of a member of a run: its steps after one, in their order.</summary>
    public static async IAsyncEnumerable<StepRecord> StepsAsync(
        this IRunStore store, RunId run, int member = 0, int after = -1, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        for (var last = after; ;)
        {
            var page = await store.ReadStepsAsync(run, member, last, StepsAtOnce, cancellation);
            foreach (var step in page) yield return step;
            if (page.Count < StepsAtOnce) yield break;
            last = page[^1].Index;
        }
    }

    /// <summary>The history of a run: the steps of every member, one after the other.</summary>
    public static async IAsyncEnumerable<StepRecord> AllStepsAsync(this IRunStore store, RunId run, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        foreach (var member in await store.MembersAsync(run, cancellation))
            await foreach (var step in store.StepsAsync(run, member, cancellation: cancellation))
                yield return step;
    }
}
