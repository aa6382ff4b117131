using System.Collections.Immutable;
using QTrain.Operations.Artifacts;
using QTrain.Operations.Runs;
using QTrain.Operations.Storage;
using QTrain.Training;

namespace QTrain.Operations.Tests.Storage;

/// <summary>What every store of runs promises: a store is one small class that inherits this.</summary>
public abstract class RunStoreConformance
{
    private static readonly LeaseOwner Elsewhere = new("another-machine", "boot", "pid:[1]", 4711, "17");
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);

    protected ManualTime Time { get; } = new();

    protected abstract IRunStore Store { get; }

    [Fact]
    public async Task gives_back_the_run_it_was_given()
    {
        var hash = ArtifactHash.Of("H"u8);
        await Store.NoteArtifactAsync(new Artifact(hash, 1, "application/json"), default);
        var at = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_123);
        var run = TemporaryStore.NewRun() with
        {
            Seed = ulong.MaxValue,
            SpecJson = """{"name":"λ"}""",
            Tags = ["a", "b"],
            Inputs = ImmutableSortedDictionary<string, ArtifactHash>.Empty.Add("H.json", hash),
            Fingerprints = [new FingerprintMark(at, 0, "double, linux")],
        };
        await Store.CreateAsync(run, default);

        (await Store.FindAsync(run.Id, default)).ShouldBe(run);
        (await Store.FindArtifactAsync(hash, default)).ShouldBe(new Artifact(hash, 1, "application/json"));
    }

    [Fact]
    public async Task knows_nothing_of_other_runs()
    {
        var stranger = RunId.New(Time);
        (await Store.FindAsync(stranger, default)).ShouldBeNull();
        await Should.ThrowAsync<RunNotFoundException>(async () => await Store.AcquireAsync(stranger, Elsewhere, Duration, default));
        await Should.ThrowAsync<RunNotFoundException>(async () => await Store.DeleteAsync(stranger, default));
    }

    [Fact]
    public async Task lists_the_latest_first_and_by_status_tag_and_name()
    {
        var (old, young) = (TemporaryStore.NewRun("H2", Time) with { Tags = ["chemistry"] }, TemporaryStore.NewRun("maxcut", Later()));
        await Store.CreateAsync(old, default);
        await Store.CreateAsync(young, default);

        (await ListAsync(RunFilter.All)).ShouldBe([young.Id, old.Id]);
        (await ListAsync(new RunFilter(Limit: 1))).ShouldBe([young.Id]);
        (await ListAsync(new RunFilter(Tag: "chemistry"))).ShouldBe([old.Id]);
        (await ListAsync(new RunFilter(Name: "h2"))).ShouldBe([old.Id]);
        (await ListAsync(new RunFilter(RunStatus.Created))).ShouldBe([young.Id, old.Id]);
        (await ListAsync(new RunFilter(RunStatus.Completed))).ShouldBeEmpty();

        async Task<IEnumerable<RunId>> ListAsync(RunFilter filter) => (await Store.ListAsync(filter, default)).Select(r => r.Id);
    }

    [Fact]
    public async Task finds_a_run_by_the_beginning_of_its_name_or_of_its_part_after_the_day()
    {
        var (first, second) = (TemporaryStore.NewRun("first", Time), TemporaryStore.NewRun("second", Later()));
        await Store.CreateAsync(first, default);
        await Store.CreateAsync(second, default);

        (await Store.ResolveAsync(first.Id.Value)).Id.ShouldBe(first.Id);
        (await Store.ResolveAsync(first.Id.Value[..13])).Id.ShouldBe(first.Id);
        (await Store.ResolveAsync(second.Id.Value[9..13])).Id.ShouldBe(second.Id);
        (await Store.ResolveAsync("second")).Id.ShouldBe(second.Id);
        (await Store.ResolveAsync("latest")).Id.ShouldBe(second.Id);
        (await Should.ThrowAsync<RunNotFoundException>(async () => await Store.ResolveAsync("2026"))).Message
            .ShouldBe($"'2026' could be {first.Id}, {second.Id}: give more letters.");
        (await Should.ThrowAsync<RunNotFoundException>(async () => await Store.ResolveAsync("x"))).Message.ShouldStartWith("No run goes by 'x'.");
    }

    [Fact]
    public async Task grants_a_lease_to_one_owner_at_a_time()
    {
        var run = await NewRunAsync();
        var grant = await Store.AcquireAsync(run, Elsewhere, Duration, default);

        var busy = await Should.ThrowAsync<RunIsBusyException>(async () => await Store.AcquireAsync(run, LeaseOwner.ThisProcess, Duration, default));
        busy.Owner.ShouldBe(Elsewhere);
        busy.Until.ShouldBe(grant.Expires);
        busy.Message.ShouldStartWith($"Run {run} is worked on by process 4711 on another-machine, whose lease holds until 08:00:15 UTC");
        await Should.ThrowAsync<RunIsBusyException>(async () => await Store.DeleteAsync(run, default));

        await Store.ReleaseAsync(grant, default);
        (await Store.AcquireAsync(run, LeaseOwner.ThisProcess, Duration, default)).Fence.ShouldBe(grant.Fence + 1);
    }

    [Fact]
    public async Task grants_a_lease_that_ran_out_to_another_unless_it_was_renewed()
    {
        var run = await NewRunAsync();
        var grant = await Store.AcquireAsync(run, Elsewhere, Duration, default);
        Time.Advance(TimeSpan.FromSeconds(10));
        (await Store.RenewAsync(grant, Duration, default))!.Expires.ShouldBe(Time.GetUtcNow() + Duration);
        Time.Advance(TimeSpan.FromSeconds(10));
        await Should.ThrowAsync<RunIsBusyException>(async () => await Store.AcquireAsync(run, LeaseOwner.ThisProcess, Duration, default));

        Time.Advance(TimeSpan.FromSeconds(6));
        await Store.AcquireAsync(run, LeaseOwner.ThisProcess, Duration, default);
        (await Store.RenewAsync(grant, Duration, default)).ShouldBeNull();
    }

    [Fact]
    public async Task grants_the_lease_of_a_dead_process_at_once()
    {
        var run = await NewRunAsync();
        var self = LeaseOwner.ThisProcess;
        await Store.AcquireAsync(run, self with { Started = "another start" }, Duration, default);
        await Store.AcquireAsync(run, self, Duration, default);
        await Should.ThrowAsync<RunIsBusyException>(async () => await Store.AcquireAsync(run, self, Duration, default));
    }

    [Fact]
    public async Task shows_a_running_run_without_a_living_owner_as_interrupted()
    {
        var run = await NewRunAsync();
        var grant = await Store.AcquireAsync(run, Elsewhere, Duration, default);
        await Store.UpdateAsync(grant, new RunChange(RunStatus.Running), default);
        (await Store.GetAsync(run)).Status.ShouldBe(RunStatus.Running);
        Time.Advance(Duration);
        (await Store.GetAsync(run)).Status.ShouldBe(RunStatus.Interrupted);
        (await Store.ListAsync(new RunFilter(RunStatus.Interrupted), default)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task writes_nothing_for_an_owner_that_lost_its_lease()
    {
        var run = await NewRunAsync();
        var lost = await Store.AcquireAsync(run, Elsewhere, Duration, default);
        Time.Advance(Duration);
        var current = await Store.AcquireAsync(run, LeaseOwner.ThisProcess, Duration, default);
        var before = await Store.GetAsync(run);

        await Should.ThrowAsync<LeaseLostException>(async () => await Store.UpdateAsync(lost, new RunChange(RunStatus.Failed, Failure: "x"), default));
        await Should.ThrowAsync<LeaseLostException>(async () =>
            await Store.AppendAsync(lost, Page(new QuestionPath(0, 0, 0)), [Step(0)], Duration, JournalDurability.Paid, default));
        await Store.ReleaseAsync(lost, default);

        (await Store.GetAsync(run)).ShouldBe(before);
        (await ReadAsync(run)).ShouldBeEmpty();
        (await Store.ReadStepsAsync(run, 0, -1, 10, default)).ShouldBeEmpty();
        await Store.AppendAsync(current, Page(new QuestionPath(0, 0, 0)), [], Duration, JournalDurability.Free, default);
    }

    [Fact]
    public async Task appends_all_records_of_a_batch_or_none()
    {
        var run = await NewRunAsync();
        var grant = await Store.AcquireAsync(run, Elsewhere, Duration, default);
        await Store.AppendAsync(grant, Page(new QuestionPath(0, 1, 0)), [], default, JournalDurability.Free, default);

        await Should.ThrowAsync<StoreException>(async () => await Store.AppendAsync(
            grant, Page(new QuestionPath(0, 0, 0), new QuestionPath(0, 1, 0)), [], default, JournalDurability.Free, default));

        (await ReadAsync(run)).ShouldBe([(1, new QuestionPath(0, 1, 0))]);
        (await Store.GetAsync(run)).JournalLength.ShouldBe(1);
    }

    [Fact]
    public async Task reads_records_in_the_order_of_their_paths_a_page_at_a_time()
    {
        var run = await NewRunAsync();
        var grant = await Store.AcquireAsync(run, Elsewhere, Duration, default);
        await Store.AppendAsync(grant, Page(new QuestionPath(0, 0, 1), new QuestionPath(0, 0, 0)), [], default, JournalDurability.Free, default);
        await Store.AppendAsync(grant, Page(new QuestionPath(1, 0, 0), new QuestionPath(0, 2, 0)), [], default, JournalDurability.Paid, default);

        (await ReadAsync(run)).ShouldBe([
            (2, new QuestionPath(0, 0, 0)), (1, new QuestionPath(0, 0, 1)), (4, new QuestionPath(0, 2, 0)), (3, new QuestionPath(1, 0, 0))]);
        (await ReadAsync(run, member: 0, after: new JournalPosition(new QuestionPath(0, 0, 0)), limit: 1)).ShouldBe([(1, new QuestionPath(0, 0, 1))]);
        (await ReadAsync(run, member: 0, after: new JournalPosition(new QuestionPath(0, 2, 0)))).ShouldBeEmpty();
        var page = new JournalPage();
        (await Store.ReadAtAsync(run, JournalLane.Answers, new QuestionPath(0, 2, 0), "", page, default)).ShouldBeTrue();
        page[0].Question.ToArray().ShouldBe(new byte[32]);
        page[0].Answer.ToArray().ShouldBe([1, 2, 3]);
        page[0].Kind.ShouldBe(QuestionKind.Gradient);
        (await Store.ReadAtAsync(run, JournalLane.Clock, new QuestionPath(0, 2, 0), "", page, default)).ShouldBeFalse();
    }

    [Fact]
    public async Task keeps_many_records_in_order_with_those_that_come_late_between_them()
    {
        var run = await NewRunAsync();
        var grant = await Store.AcquireAsync(run, Elsewhere, Duration, default);
        // Two members at once, two slots a step, but slot 1 of step 700 of the first member comes late.
        QuestionPath[] paths = [.. from step in Enumerable.Range(0, 1500) from member in new[] { 0, 7 } from slot in new[] { 0, 2 } select new QuestionPath(member, step, slot)];
        await Store.AppendAsync(grant, Page(paths), [], default, JournalDurability.Free, default);
        var late = new QuestionPath(0, 700, 1);
        await Store.AppendAsync(grant, Page(late), [], default, JournalDurability.Paid, default);

        var read = new List<(long Sequence, QuestionPath Path)>();
        for (JournalPosition? after = null; ;)
        {
            var page = await ReadAsync(run, after: after, limit: 97);
            read.AddRange(page);
            if (page.Count < 97) break;
            after = new JournalPosition(page[^1].Path);
        }
        read.Select(r => r.Path).ShouldBe(paths.Append(late).Order());
        read.Single(r => r.Path == late).Sequence.ShouldBe(paths.Length + 1);
        read.Where(r => r.Path != late).ShouldAllBe(r => paths[r.Sequence - 1] == r.Path);
        (await ReadAsync(run, member: 0, after: new JournalPosition(new QuestionPath(0, 700, 0)), limit: 3)).Select(r => r.Path)
            .ShouldBe([late, new QuestionPath(0, 700, 2), new QuestionPath(0, 701, 0)]);
        (await ReadAsync(run, member: 0, after: new JournalPosition(new QuestionPath(0, 1499, 2)))).ShouldBeEmpty();
        (await ReadAsync(run, member: 3)).ShouldBeEmpty();

        var one = new JournalPage();
        (await Store.ReadAtAsync(run, JournalLane.Answers, new QuestionPath(7, 1234, 2), "", one, default)).ShouldBeTrue();
        (one[0].Path, one[0].Answer.ToArray()[0]).ShouldBe((new QuestionPath(7, 1234, 2), (byte)1));
        (await Store.ReadAtAsync(run, JournalLane.Answers, new QuestionPath(7, 1234, 1), "", one, default)).ShouldBeFalse();
        (await Store.ReadLastAsync(run, JournalLane.Answers, 0, one, default)).ShouldBeTrue();
        one[1].Path.ShouldBe(new QuestionPath(0, 1499, 2));
        (await Store.ReadLastAsync(run, JournalLane.Clock, 0, one, default)).ShouldBeFalse();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public async Task refuses_a_second_record_at_a_path_however_many_come_at_once(int count)
    {
        var run = await NewRunAsync();
        var grant = await Store.AcquireAsync(run, Elsewhere, Duration, default);
        await Store.AppendAsync(grant, Page([.. Enumerable.Range(0, 100).Select(k => new QuestionPath(0, k, 0))]), [], default, JournalDurability.Free, default);

        await Should.ThrowAsync<StoreException>(async () => await Store.AppendAsync(
            grant, Page([.. Enumerable.Range(60, count).Select(k => new QuestionPath(0, k, 0))]), [], default, JournalDurability.Free, default));
        await Should.ThrowAsync<StoreException>(async () => await Store.AppendAsync(
            grant, new JournalPage(), [Step(1), Step(1)], default, JournalDurability.Free, default));

        (await Store.GetAsync(run)).JournalLength.ShouldBe(100);
        (await ReadAsync(run, limit: 1000)).Count.ShouldBe(100);
        (await Store.ReadStepsAsync(run, 0, -1, 10, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task keeps_many_steps_of_every_member()
    {
        var run = await NewRunAsync();
        var grant = await Store.AcquireAsync(run, Elsewhere, Duration, default);
        StepRecord[] steps = [.. from index in Enumerable.Range(0, 2500) from member in new[] { 0, 3 } select Step(index) with { Member = member, Loss = index / 7.0, GradientNorm = index % 3 == 0 ? null : index }];
        await Store.AppendAsync(grant, new JournalPage(), steps[..4000], default, JournalDurability.Free, default);
        await Store.AppendAsync(grant, new JournalPage(), steps[4000..], default, JournalDurability.Free, default);

        (await Store.MembersAsync(run, default)).ShouldBe([0, 3]);
        (await Store.StepsAsync(run, member: 3).ToListAsync()).ShouldBe(steps.Where(s => s.Member == 3));
        foreach (var after in new[] { -1, 0, 1023, 1024, 1999, 2000, 2498, 2499 })
            (await Store.ReadStepsAsync(run, 0, after, 5, default)).Select(s => s.Index).ShouldBe(Enumerable.Range(0, 2500).Where(k => k > after).Take(5));
        (await Store.MembersAsync(await NewRunAsync(), default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task keeps_steps_also_those_whose_loss_is_no_number()
    {
        var run = await NewRunAsync();
        var grant = await Store.AcquireAsync(run, Elsewhere, Duration, default);
        StepRecord[] steps = [Step(0), Step(1) with { Loss = double.NaN, BestLoss = double.NegativeInfinity, GradientNorm = 0.25 }];
        await Store.AppendAsync(grant, new JournalPage(), steps, TimeSpan.FromSeconds(3), JournalDurability.Free, default);

        (await Store.ReadStepsAsync(run, 0, -1, 10, default)).ShouldBe(steps);
        (await Store.ReadStepsAsync(run, 0, 0, 10, default)).ShouldBe(steps[1..]);
        (await Store.StepsAsync(run).ToListAsync()).ShouldBe(steps);
        (await Store.GetAsync(run)).Worked.ShouldBe(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task changes_only_what_a_change_names()
    {
        var run = await NewRunAsync();
        var grant = await Store.AcquireAsync(run, Elsewhere, Duration, default);
        await Store.UpdateAsync(grant, new RunChange(RunStatus.Failed, "{}", "no", "identity", "elsewhere"), default);
        await Store.UpdateAsync(grant, new RunChange(Failure: ""), default);
        var changed = await Store.GetAsync(run);
        (changed.ResultJson, changed.Failure, changed.EvaluatorIdentity, changed.Fingerprint).ShouldBe(("{}", null, "identity", "elsewhere"));
        changed.Status.ShouldBe(RunStatus.Failed);
    }

    [Fact]
    public async Task forks_with_the_answers_of_the_parent_and_of_its_parent()
    {
        var parent = await NewRunAsync();
        var grant = await Store.AcquireAsync(parent, Elsewhere, Duration, default);
        await Store.AppendAsync(grant, Page(new QuestionPath(0, 0, 0), new QuestionPath(0, 1, 0)), [], default, JournalDurability.Free, default);
        var (child, grandchild) = (TemporaryStore.NewRun("child", Later()), TemporaryStore.NewRun("grandchild", Later()));
        await Store.ForkAsync(child, parent, default);
        await Store.ForkAsync(grandchild, child.Id, default);
        await Store.ReleaseAsync(grant, default);
        await Store.DeleteAsync(parent, default);

        (await Store.GetAsync(child.Id)).Parent.ShouldBe(parent);
        (await Store.GetAsync(child.Id)).JournalLength.ShouldBe(0);
        (await ReadAsync(grandchild.Id)).ShouldBeEmpty();
        (await ReadAsync(grandchild.Id, lane: JournalLane.Warm)).Select(r => r.Path).ShouldBe([new QuestionPath(0, 0, 0), new QuestionPath(0, 1, 0)]);
    }

    [Fact]
    public async Task forks_many_answers_and_takes_the_nearer_where_both_have_one()
    {
        var parent = await NewRunAsync();
        var grant = await Store.AcquireAsync(parent, Elsewhere, Duration, default);
        await Store.AppendAsync(grant, Page([.. Enumerable.Range(0, 3000).Select(k => new QuestionPath(k / 2000, k % 2000, 0))]), [], default, JournalDurability.Free, default);
        var (child, grandchild) = (TemporaryStore.NewRun("child", Later()), TemporaryStore.NewRun("grandchild", Later()));
        await Store.ForkAsync(child, parent, default);
        var own = await Store.AcquireAsync(child.Id, Elsewhere, Duration, default);
        var page = new JournalPage();
        foreach (var step in Enumerable.Range(500, 10)) page.Add(new JournalEntry { Path = new QuestionPath(0, step, 0), Question = new byte[16], Answer = [9] });
        await Store.AppendAsync(own, page, [], default, JournalDurability.Free, default);
        await Store.ForkAsync(grandchild, child.Id, default);

        (await ReadAsync(grandchild.Id, lane: JournalLane.Warm, limit: 5000)).Select(r => r.Path)
            .ShouldBe(Enumerable.Range(0, 3000).Select(k => new QuestionPath(k / 2000, k % 2000, 0)));
        page.Clear();
        await Store.ReadAsync(grandchild.Id, JournalLane.Warm, 0, new JournalPosition(new QuestionPath(0, 498, 0)), 12, page, default);
        Enumerable.Range(0, 12).Select(k => (int)page[k].Answer[0]).ShouldBe([1, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 1]);
    }

    [Fact]
    public async Task deletes_a_run_with_everything_it_recorded()
    {
        var run = await NewRunAsync();
        var grant = await Store.AcquireAsync(run, Elsewhere, Duration, default);
        await Store.AppendAsync(grant, Page(new QuestionPath(0, 0, 0)), [Step(0)], default, JournalDurability.Free, default);
        await Store.ReleaseAsync(grant, default);
        await Store.DeleteAsync(run, default);

        (await Store.FindAsync(run, default)).ShouldBeNull();
        await Should.ThrowAsync<LeaseLostException>(async () => await Store.UpdateAsync(grant, new RunChange(RunStatus.Running), default));
    }

    private async Task<RunId> NewRunAsync()
    {
        var run = TemporaryStore.NewRun(time: Later());
        await Store.CreateAsync(run, default);
        return run.Id;
    }

    // Identities are of a twelfth of a second; the tests' clock stands still.
    private ManualTime Later()
    {
        _later += TimeSpan.FromMilliseconds(100);
        var time = new ManualTime();
        time.Advance(_later);
        return time;
    }

    private TimeSpan _later;

    private static JournalPage Page(params QuestionPath[] paths)
    {
        var page = new JournalPage();
        foreach (var path in paths)
            page.Add(new JournalEntry { Path = path, Kind = QuestionKind.Gradient, Question = new byte[32], Answer = [1, 2, 3] });
        return page;
    }

    private static StepRecord Step(int index) =>
        new(0, index, -1.5, 0.25, -2, null, index + 1, 100, DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000), -7);

    private async Task<List<(long Sequence, QuestionPath Path)>> ReadAsync(
        RunId run, JournalLane lane = JournalLane.Answers, int? member = null, JournalPosition? after = null, int limit = 100)
    {
        var page = new JournalPage();
        await Store.ReadAsync(run, lane, member, after, limit, page, default);
        return [.. Enumerable.Range(0, page.Count).Select(k => (page[k].Sequence, page[k].Path))];
    }
}
