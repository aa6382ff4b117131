using System.Collections.Immutable;
using QTrain.Formats;

namespace QTrain.Optimizers;

/// <summary>The table of optimizers: one row each. Specs, schemas and documentation are derived from it.</summary>
public static class OptimizerTable
{
    /// <summary>Every optimizer, in the order of the documentation.</summary>
    public static ImmutableArray<OptimizerRow> All { get; } =
    [
        Row(new Lbfgs(), "Quasi-Newton with a line search: the first choice for exact losses.",
            "Liu & Nocedal 1989, Math. Program. 45, 503",
            Whole<Lbfgs>("memory", "How many past steps tell the curvature.", o => o.Memory, (o, v) => o with { Memory = v }),
            Number<Lbfgs>("gradientTolerance", "Converged when the norm of the gradient is no more than this.",
                o => o.GradientTolerance, (o, v) => o with { GradientTolerance = v }) with { AboveMinimum = false },
            Number<Lbfgs>("initialStep", "The longest first trial step, in radians.", o => o.InitialStep, (o, v) => o with { InitialStep = v })),
        Row(new Adam(), "Gradient descent with a rate for every parameter; forgiving of noise.",
            "Kingma & Ba 2015, arXiv:1412.6980",
            Number<Adam>("learningRate", "About how far a parameter moves in a step, in radians.", o => o.LearningRate, (o, v) => o with { LearningRate = v }),
            Number<Adam>("beta1", "How slowly the mean of the gradient forgets.", o => o.Beta1, (o, v) => o with { Beta1 = v })
                with { AboveMinimum = false, Maximum = 1, BelowMaximum = true },
            Number<Adam>("beta2", "How slowly the mean of the squared gradient forgets.", o => o.Beta2, (o, v) => o with { Beta2 = v })
                with { AboveMinimum = false, Maximum = 1, BelowMaximum = true },
            Number<Adam>("epsilon", "Keeps the division finite where the gradient vanishes.", o => o.Epsilon, (o, v) => o with { Epsilon = v })),
        Row(new GradientDescent(), "Steps down the gradient by a fixed rate.",
            "Cauchy 1847, C. R. Acad. Sci. Paris 25, 536",
            Number<GradientDescent>("learningRate", "Radians² per unit of loss.", o => o.LearningRate, (o, v) => o with { LearningRate = v })),
        Row(new Spsa(), "Two losses a step whatever the number of parameters: the choice for shots and hardware.",
            "Spall 1998, IEEE Trans. Aerosp. Electron. Syst. 34, 817",
            new OptimizerOption("learningRate", "The numerator of the step sizes, in radians² per unit of loss; calibrated when left out.", IsWhole: false,
                o => ((Spsa)o).LearningRate, (o, v) => (Spsa)o with { LearningRate = v }) { Minimum = 0, AboveMinimum = true },
            Number<Spsa>("perturbation", "The numerator of the perturbations, in radians.", o => o.Perturbation, (o, v) => o with { Perturbation = v }),
            Number<Spsa>("alpha", "How fast the step size falls.", o => o.Alpha, (o, v) => o with { Alpha = v }) with { AboveMinimum = false, Maximum = 1 },
            Number<Spsa>("gamma", "How fast the perturbation falls.", o => o.Gamma, (o, v) => o with { Gamma = v }) with { AboveMinimum = false, Maximum = 1 },
            Number<Spsa>("stability", "About a tenth of the steps that are planned.", o => o.Stability, (o, v) => o with { Stability = v }) with { AboveMinimum = false },
            Number<Spsa>("firstStep", "Calibration makes the first step move every parameter by about this, in radians.",
                o => o.FirstStep, (o, v) => o with { FirstStep = v }),
            Whole<Spsa>("calibrationDirections", "How many random directions calibration averages over; each takes two losses.",
                o => o.CalibrationDirections, (o, v) => o with { CalibrationDirections = v }) with { Maximum = Spsa.MostAtOnce },
            Whole<Spsa>("lossesAtPoint", "How many losses more a step asks at the point itself, to report their mean rather than that of the two around it.",
                o => o.LossesAtPoint, (o, v) => o with { LossesAtPoint = v }) with { Minimum = 0, Maximum = Spsa.MostAtOnce }),
        Row(new NelderMead(), "A simplex that moves downhill; for few parameters without gradient or noise.",
            "Gao & Han 2012, Comput. Optim. Appl. 51, 259",
            Number<NelderMead>("initialStep", "How far the other vertices of the first simplex are from the start, in radians.",
                o => o.InitialStep, (o, v) => o with { InitialStep = v }),
            Number<NelderMead>("lossTolerance", "Converged when all losses of the simplex agree to this, and its points to pointTolerance.",
                o => o.LossTolerance, (o, v) => o with { LossTolerance = v }) with { AboveMinimum = false },
            Number<NelderMead>("pointTolerance", "Converged when all points of the simplex agree to this, in radians, and its losses to lossTolerance.",
                o => o.PointTolerance, (o, v) => o with { PointTolerance = v }) with { AboveMinimum = false }),
    ];

    /// <summary>The row of a name, or null.</summary>
    public static OptimizerRow? Find(string name) => All.FirstOrDefault(r => r.Name == name);

    /// <summary>An optimizer by name, with some options set and the others at their defaults.</summary>
    /// <exception cref="QuantumException">There is no such optimizer or option.</exception>
    /// <exception cref="HyperparameterException">A value is out of range.</exception>
    public static Optimizer Create(string name, IReadOnlyDictionary<string, double>? options = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        var row = Find(name) ?? throw new QuantumException(
            $"There is no optimizer '{name}'{Suggestion(name, All.Select(r => r.Name))} The optimizers are: {string.Join(", ", All.Select(r => r.Name))}.");
        return row.Create(options);
    }

    internal static string Suggestion(string given, IEnumerable<string> known) => Nearest.To(given, known) is { } near ? $"; did you mean '{near}'?" : ".";

    private static OptimizerRow Row(Optimizer defaults, string about, string paper, params ImmutableArray<OptimizerOption> options) =>
        new(defaults, about, paper, options);

    private static OptimizerOption Number<T>(string name, string about, Func<T, double> get, Func<T, double, T> set) where T : Optimizer =>
        new(name, about, IsWhole: false, o => get((T)o), (o, v) => set((T)o, v)) { Minimum = 0, AboveMinimum = true };

    private static OptimizerOption Whole<T>(string name, string about, Func<T, int> get, Func<T, int, T> set) where T : Optimizer =>
        new(name, about, IsWhole: true, o => get((T)o), (o, v) => set((T)o, (int)v)) { Minimum = 1 };
}

/// <summary>One optimizer of the <see cref="OptimizerTable"/>.</summary>
/// <param name="Defaults">The optimizer with every option at its default.</param>
/// <param name="About">What it is and when to use it, in a sentence.</param>
/// <param name="Paper">Where it is described.</param>
/// <param name="Options">Its hyper-parameters.</param>
public sealed record OptimizerRow(Optimizer Defaults, string About, string Paper, ImmutableArray<OptimizerOption> Options)
{
    /// <summary>The name in specs.</summary>
    public string Name => Defaults.Name;

    /// <summary>The optimizer with some options set and the others at their defaults.</summary>
    /// <exception cref="QuantumException">There is no such option.</exception>
    /// <exception cref="HyperparameterException">A value is out of range.</exception>
    public Optimizer Create(IReadOnlyDictionary<string, double>? options = null)
    {
        var optimizer = Defaults;
        foreach (var (name, value) in options ?? ImmutableDictionary<string, double>.Empty)
        {
            var option = Options.FirstOrDefault(o => o.Name == name) ?? throw new QuantumException(
                $"Optimizer '{Name}' has no option '{name}'{OptimizerTable.Suggestion(name, Options.Select(o => o.Name))} "
                + $"Its options are: {string.Join(", ", Options.Select(o => o.Name))}.");
            optimizer = option.Set(optimizer, value);
        }
        return optimizer;
    }
}

/// <summary>One hyper-parameter of an optimizer.</summary>
/// <param name="Name">The name in specs.</param>
/// <param name="About">What it is, with its unit, in a sentence.</param>
/// <param name="IsWhole">Whether it takes whole numbers only.</param>
/// <param name="Get">Its value in an optimizer of the row; null where the optimizer finds it by itself.</param>
/// <param name="With">The optimizer with another value.</param>
/// <remarks>The range says what the optimizer itself accepts, for schemas and documentation; <see cref="Set"/> asks the optimizer.</remarks>
public sealed record OptimizerOption(string Name, string About, bool IsWhole, Func<Optimizer, double?> Get, Func<Optimizer, double, Optimizer> With)
{
    /// <summary>The lowest value; null when there is none.</summary>
    public double? Minimum { get; init; }

    /// <summary>The highest value; null when there is none.</summary>
    public double? Maximum { get; init; }

    /// <summary>The minimum itself is not allowed.</summary>
    public bool AboveMinimum { get; init; }

    /// <summary>The maximum itself is not allowed.</summary>
    public bool BelowMaximum { get; init; }

    /// <summary>The optimizer with another value, checked.</summary>
    /// <exception cref="HyperparameterException">The value is out of range.</exception>
    public Optimizer Set(Optimizer optimizer, double value) =>
        IsWhole && !(value == Math.Floor(value) && Math.Abs(value) <= int.MaxValue)
            ? throw new HyperparameterException(Name, value, "it must be a whole number")
            : With(optimizer, value);
}
