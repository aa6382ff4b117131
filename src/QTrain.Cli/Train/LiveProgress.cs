using QTrain.Cli.Terminal;
using QTrain.Training;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace QTrain.Cli.Train;

/// <summary>A picture that is redrawn in place: numbers beside a small loss chart.</summary>
internal sealed class LiveProgress : ProgressView
{
    private const int ChartHeight = 6;
    private const int ValueWidth = 30;
    private const int NumbersWidth = 46;
    private const int SmallestChart = 22;
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(120);

    private readonly TrainingProgress _progress;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _drawing;
    private volatile string _message = "";

    public LiveProgress(CommandTerminal terminal, TrainingProgress progress)
    {
        _progress = progress;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(terminal.Error),
            Ansi = AnsiSupport.Yes,
            ColorSystem = terminal.ErrorColour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
        });
        _drawing = Task.Run(() => console.Live(Picture(console.Profile.Width)).AutoClear(true).StartAsync(async live =>
        {
            while (!_end.IsCancellationRequested)
            {
                live.UpdateTarget(Picture(console.Profile.Width));
                await Task.Delay(Frame, _end.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }));
    }

    public override void Step(TrainingStep step) => _progress.Add(step);

    public override void Say(string text) => _message = text;

    public override async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _drawing;
        _end.Dispose();
    }

    private IRenderable Picture(int width)
    {
        var last = _progress.Last;
        var unit = Show.Unit(_progress.Plan.Problem.Unit);
        var numbers = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap().RightAligned());
        // Of one width from the first frame to the last, so that the chart beside them stands still.
        var narrow = width < NumbersWidth + SmallestChart;
        void Row(string name, string value) => numbers.AddRow(new Text(name, new Style(Color.Grey)), new Text(narrow ? value : value.PadLeft(ValueWidth)));
        var limit = !narrow && _progress.Plan.Stopping.MaxIterations is { } most ? $" of {Show.Count(most)}" : "";
        Row("iteration", last is null ? "–" : Show.Count(last.Index) + limit);
        Row("loss", last is null ? "–" : Show.Loss(last.Loss, last.StandardError) + unit);
        Row("best", last is null ? "–" : Show.Loss(last.BestLoss) + unit);
        if (_progress.Plan.Problem.KnownOptimum is { } exact && last is not null) Row("best − exact", Show.Difference(last.BestLoss - exact, _progress.Plan.Problem.Unit));
        Row("|gradient|", Show.Small(last?.GradientNorm));
        Row("evaluations/s", _progress.EvaluationsPerSecond is { } rate ? Show.Count((long)rate) : "–");
        Row("time", Show.Time(_progress.Elapsed) + (width > NumbersWidth && _progress.AtMostLeft is { } left ? $", at most {Show.Time(left)} left" : ""));

        if (narrow) return WithMessage(numbers);
        var losses = _progress.Losses();
        var chart = LossChart.Draw(losses, Math.Clamp(width - NumbersWidth - 6, 16, 70), ChartHeight, _progress.Plan.Problem.KnownOptimum);
        var panel = new Panel(new Text(string.Join('\n', chart), new Style(Color.Blue))) { Header = new PanelHeader("loss"), Border = BoxBorder.Rounded };
        var picture = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap());
        picture.AddRow(numbers, panel);
        return WithMessage(picture);
    }

    private IRenderable WithMessage(IRenderable picture) =>
        _message.Length == 0 ? picture : new Rows(picture, new Text(_message, new Style(Color.Yellow)));
}
