using System.Text.Json.Serialization.Metadata;
using QTrain.Operations.Runs;
using QTrain.Operations.Storage;
using QTrain.Training;

namespace QTrain.Operations.Tests.Runs;

public sealed class A_journal : IAsyncDisposable
{
    private static readonly JsonTypeInfo<decimal> Price = JsonTypeInfo.CreateJsonTypeInfo<decimal>(new() { TypeInfoResolver = new DefaultJsonTypeInfoResolver() });

    private readonly TemporaryStore _folder = new();
    private readonly ManualTime _time = new();
    private readonly IRunStore _store;
    private readonly List<Journal> _opened = [];
    private LeaseGrant? _grant;

    public A_journal() => _store = _folder.Open(_time).Runs;

    [Fact]
    public async Task answers_what_it_knows_and_asks_the_rest()
    {
        var journal = await OpenAsync();
        var inner = new Watched(new Formula(1, q => new Answer(q.Point[0])));
        await new JournalingEvaluator(inner, journal).AnswerAsync([Loss(0, 0, 1.5)], default);
        await journal.FlushAsync();

        var again = new Watched(new Formula(1, _ => new Answer(99)));
        var answers = await new JournalingEvaluator(again, await OpenAsync()).AnswerAsync([Loss(0, 0, 1.5), Loss(0, 1, 2.5)], default);

        answers.Select(a => a.Loss).ShouldBe([1.5, 99]);
        again.Asked.Select(q => q.Path).ShouldBe([new QuestionPath(0, 0, 1)]);
    }

    [Fact]
    public async Task asks_only_what_is_missing_of_a_batch_and_answers_in_asking_order()
    {
        var journal = await OpenAsync();
        var inner = new Formula(1, q => new Answer(q.Point[0]));
        await new JournalingEvaluator(inner, journal).AnswerAsync([Loss(0, 1, 1), Loss(0, 3, 3)], default);
        await journal.FlushAsync();

        var asked = new Watched(inner);
        var answers = await new JournalingEvaluator(asked, await OpenAsync())
            .AnswerAsync([Loss(0, 0, 0), Loss(0, 1, 1), Loss(0, 2, 2), Loss(0, 3, 3), Loss(0, 4, 4)], default);

        answers.Select(a => a.Loss).ShouldBe([0, 1, 2, 3, 4]);
        asked.Asked.Select(q => q.Path.Slot).ShouldBe([0, 2, 4]);
    }

    [Fact]
    public async Task finds_a_question_that_is_asked_again_in_the_same_session()
    {
        var inner = new Watched(new Formula(1, q => new Answer(q.Point[0])));
        var evaluator = new JournalingEvaluator(inner, await OpenAsync());
        await evaluator.AnswerAsync([Loss(0, 0, 1), Loss(1, 0, 2)], default);
        (await evaluator.AnswerAsync([Loss(0, 0, 1)], default))[0].Loss.ShouldBe(1);
        inner.Asked.Count.ShouldBe(2);
    }

    [Fact]
    public async Task stops_a_run_whose_code_asks_something_else()
    {
        var journal = await OpenAsync();
        await new JournalingEvaluator(new Formula(1, _ => new Answer(0)), journal).AnswerAsync([Loss(0, 0, 1), Loss(1, 0, 2)], default);
        await journal.FlushAsync();
        var evaluator = new JournalingEvaluator(new Formula(1, _ => new Answer(0)), await OpenAsync(), recordedIdentity: "formula");
        await evaluator.AnswerAsync([Loss(0, 0, 1)], default);

        var mismatch = await Should.ThrowAsync<JournalMismatchException>(async () => await evaluator.AnswerAsync([Loss(1, 0, 2.5)], default));

        mismatch.Sequence.ShouldBe(2);
        mismatch.Message.ShouldMatch(
            $"^Question 2 of run {journal.Run}: the journal has a loss at 0/1/0 \\(hash [0-9a-f]{{8}}…\\), the code asks a loss at 0/1/0 \\(hash [0-9a-f]{{8}}…\\)\\. "
            + "The evaluator is the same, so the point is another: .* "
            + $"Resume with the version and files it was begun with, or go on with these by `qtrain runs fork {journal.Run}`, which reuses the answers that still fit\\.$");
    }

    [Fact]
    public async Task tells_what_about_the_evaluator_has_changed()
    {
        var journal = await OpenAsync();
        await new JournalingEvaluator(new Formula(1, _ => new Answer(0), "circuit 1\nshots 100"), journal).AnswerAsync([Loss(0, 0, 1)], default);
        await journal.FlushAsync();
        var evaluator = new JournalingEvaluator(
            new Formula(1, _ => new Answer(0), "circuit 1\nshots 200"), await OpenAsync(), recordedIdentity: "circuit 1\nshots 100");

        (await Should.ThrowAsync<JournalMismatchException>(async () => await evaluator.AnswerAsync([Loss(0, 0, 1)], default)))
            .Message.ShouldContain("The evaluator is another: it was 'shots 100', it is 'shots 200'.");
    }

    [Fact]
    public async Task writes_free_answers_together_when_there_are_enough_or_it_is_time()
    {
        var journal = await OpenAsync(new GroupCommit(Entries: 3, Milliseconds: 100));
        var evaluator = new JournalingEvaluator(new Formula(1, _ => new Answer(0)), journal);
        await evaluator.AnswerAsync([Loss(0, 0, 1), Loss(0, 1, 1)], default);
        (await WrittenAsync()).ShouldBe(0);
        await evaluator.AnswerAsync([Loss(0, 2, 1)], default);
        (await WrittenAsync()).ShouldBe(3);

        await evaluator.AnswerAsync([Loss(1, 0, 1)], default);
        _time.Advance(TimeSpan.FromMilliseconds(99));
        await evaluator.AnswerAsync([Loss(1, 1, 1)], default);
        (await WrittenAsync()).ShouldBe(3);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        // Before something long is begun, what is old enough is written.
        await new JournalingEvaluator(new Watched(new Formula(1, _ => new Answer(0)), _ => WrittenAsync().AsTask().Result.ShouldBe(5)), journal)
            .AnswerAsync([Loss(2, 0, 1)], default);
        await journal.FlushAsync();
        (await WrittenAsync()).ShouldBe(6);
    }

    [Fact]
    public async Task has_paid_answers_on_the_disk_before_they_are_used()
    {
        var journal = await OpenAsync(new GroupCommit(1000, 1_000_000));
        var evaluator = new JournalingEvaluator(new Formula(1, _ => new Answer(0)), journal, JournalDurability.Paid);
        await evaluator.AnswerAsync([Loss(0, 0, 1), Loss(0, 1, 1)], default);
        (await WrittenAsync()).ShouldBe(2);
    }

    [Fact]
    public async Task writes_nothing_once_its_lease_is_lost()
    {
        var journal = await OpenAsync();
        var evaluator = new JournalingEvaluator(new Formula(1, _ => new Answer(0)), journal);
        await evaluator.AnswerAsync([Loss(0, 0, 1)], default);
        await OpenAsync();

        var lost = await Should.ThrowAsync<LeaseLostException>(async () => await journal.FlushAsync());
        lost.Message.ShouldStartWith($"Run {journal.Run} was taken over by another process");
        (await WrittenAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task records_no_answer_of_a_batch_that_was_cancelled()
    {
        var journal = await OpenAsync();
        using var stop = new CancellationTokenSource();
        var inner = new Watched(new Formula(1, q => q.Path.Slot == 1 ? throw new OperationCanceledException(stop.Token) : new Answer(0)));
        await Should.ThrowAsync<OperationCanceledException>(async () =>
            await new JournalingEvaluator(inner, journal).AnswerAsync([Loss(0, 0, 1), Loss(0, 1, 1)], stop.Token));
        await journal.FlushAsync();
        (await WrittenAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task makes_a_decision_once()
    {
        var path = new QuestionPath(0, 3, 0);
        var journal = await OpenAsync();
        (await journal.DecideAsync(path, "price", _ => new(0.35m), Price)).ShouldBe(0.35m);
        (await journal.DecideAsync(path, "queue", _ => new(7m), Price)).ShouldBe(7m);
        await journal.FlushAsync();

        var again = await OpenAsync();
        (await again.DecideAsync(path, "price", _ => new(9m), Price)).ShouldBe(0.35m);
        (await again.DecideAsync(path, "queue", _ => new(9m), Price)).ShouldBe(7m);
        (await again.DecideAsync(new QuestionPath(0, 4, 0), "price", _ => new(0.40m), Price)).ShouldBe(0.40m);
    }

    [Fact]
    public async Task has_a_clock_that_counts_working_time_only()
    {
        var clock = new JournaledRunClock(OpenNow(out var first));
        var start = await clock.ElapsedAsync(new QuestionPath(0, 1, 0), default);
        _time.Advance(TimeSpan.FromMinutes(2));
        (await clock.ElapsedAsync(new QuestionPath(0, 2, 0), default)).ShouldBe(TimeSpan.FromMinutes(2));
        await first.FlushAsync();

        _time.Advance(TimeSpan.FromDays(7));
        var resumed = new JournaledRunClock(OpenNow(out _));
        (await resumed.ElapsedAsync(new QuestionPath(0, 1, 0), default)).ShouldBe(start);
        _time.Advance(TimeSpan.FromMinutes(1));
        (await resumed.ElapsedAsync(new QuestionPath(0, 2, 0), default)).ShouldBe(TimeSpan.FromMinutes(2));
        // Going through the record took a minute, which does not count.
        (await resumed.ElapsedAsync(new QuestionPath(0, 3, 0), default)).ShouldBe(TimeSpan.FromMinutes(2));
        _time.Advance(TimeSpan.FromMinutes(1));
        (await resumed.ElapsedAsync(new QuestionPath(0, 4, 0), default)).ShouldBe(TimeSpan.FromMinutes(3));
    }

    [Fact]
    public async Task refuses_a_step_that_comes_out_another()
    {
        var journal = await OpenAsync();
        journal.Note(Step(0, -1));
        journal.Note(Step(1, -1.5));
        await journal.FlushAsync();

        var again = await OpenAsync();
        again.Note(Step(0, -1));
        await again.FlushAsync();
        again.Note(Step(1, -1.25));
        (await Should.ThrowAsync<JournalMismatchException>(async () => await again.FlushAsync()))
            .Message.ShouldContain("the journal has step 1 with the loss -1.5, the code asks for one with the loss -1.25.");
    }

    [Fact]
    public async Task reads_many_pages()
    {
        const int count = 5000;
        var journal = await OpenAsync();
        var evaluator = new JournalingEvaluator(new Formula(1, q => new Answer(q.Point[0])), journal);
        for (var k = 0; k < count; k++) await evaluator.AnswerAsync([Loss(k, 0, k)], default);
        await journal.FlushAsync();

        var again = new JournalingEvaluator(new Formula(1, _ => throw new InvalidOperationException("asked")), await OpenAsync());
        for (var k = 0; k < count; k++) (await again.AnswerAsync([Loss(k, 0, k)], default))[0].Loss.ShouldBe(k);
    }

    [Fact]
    public async Task keeps_what_was_asked_and_answered_when_the_arrays_are_used_again()
    {
        var (point, gradient) = (new[] { 1.0, 2.0 }, new[] { 0.1, 0.2 });
        var journal = await OpenAsync();
        await new JournalingEvaluator(new Formula(2, _ => new Answer(3, Gradient: gradient)), journal)
            .AnswerAsync([new Question(new QuestionPath(0, 0, 0), QuestionKind.Gradient, point)], default);
        point[0] = gradient[1] = -99;
        await journal.FlushAsync();

        var again = new JournalingEvaluator(new Formula(2, _ => throw new InvalidOperationException("asked")), await OpenAsync());
        var answer = (await again.AnswerAsync([new Question(new QuestionPath(0, 0, 0), QuestionKind.Gradient, [1, 2])], default))[0];
        answer.Gradient.ShouldBe([0.1, 0.2]);
    }

    [Fact]
    public async Task keeps_any_number_of_steps_between_two_questions_and_points_of_any_size()
    {
        const int steps = 5000, dimension = 100_000;
        var journal = await OpenAsync();
        var evaluator = new JournalingEvaluator(new Formula(dimension, q => new Answer(q.Point[^1], Gradient: q.Point)), journal);
        for (var k = 0; k < steps; k++) journal.Note(Step(k, -k));
        for (var k = 0; k < 3; k++) await evaluator.AnswerAsync([Large(k)], default);
        await journal.FlushAsync();

        var resumed = await OpenAsync();
        for (var k = 0; k < steps; k++) resumed.Note(Step(k, -k));
        await resumed.FlushAsync();
        (await _store.ReadStepsAsync(resumed.Run, 0, -1, 2 * steps, default)).Count.ShouldBe(steps);
        var again = new JournalingEvaluator(new Formula(dimension, _ => throw new InvalidOperationException("asked")), resumed);
        for (var k = 0; k < 3; k++) (await again.AnswerAsync([Large(k)], default))[0].Gradient![^1].ShouldBe(k);

        static Question Large(int k) => new(new QuestionPath(0, k, 0), QuestionKind.Gradient, [.. Enumerable.Repeat((double)k, dimension)]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var journal in _opened) await journal.DisposeAsync();
        _folder.Dispose();
    }

    private static Question Loss(int step, int slot, double at) => new(new QuestionPath(0, step, slot), QuestionKind.Loss, [at]);

    private static TrainingStep Step(int index, double loss) => new(index, [0.5], loss, 0, loss, null, index + 1, 0);

    // A new owner takes over from the one before, as after a crash.
    private async Task<Journal> OpenAsync(GroupCommit? group = null)
    {
        if (_grant is null)
        {
            var run = TemporaryStore.NewRun(time: _time);
            await _store.CreateAsync(run, default);
            _grant = new LeaseGrant(run.Id, 0, default);
        }
        await _store.ReleaseAsync(_grant, default);
        _grant = await _store.AcquireAsync(_grant.Run, LeaseOwner.ThisProcess, TimeSpan.FromDays(30), default);
        var journal = new Journal(_store, _grant, (await _store.GetAsync(_grant.Run)).Worked, _time, group);
        _opened.Add(journal);
        return journal;
    }

    private Journal OpenNow(out Journal journal) => journal = OpenAsync().Result;

    private async ValueTask<long> WrittenAsync()
    {
        foreach (var journal in _opened) await journal.HandedOver.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return (await _store.GetAsync(_grant!.Run)).JournalLength;
    }
}
