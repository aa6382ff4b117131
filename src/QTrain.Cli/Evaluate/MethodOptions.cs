using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using QTrain.Circuits;
using QTrain.Cli.Terminal;
using QTrain.Simulation;
using QTrain.Simulation.MatrixProduct;
using QTrain.Simulation.Methods;

namespace QTrain.Cli.Evaluate;

/// <summary>The options with which a verb lets people choose how a circuit is simulated, and what it says about the choice.</summary>
internal sealed class MethodOptions
{
    private enum Method
    {
        Auto,
        StateVector,
        Mps,
        Stabilizer,
        Density,
        Trajectories,
    }

    private readonly Option<Method> _method = new("--method")
    {
        Description = "How the circuit is simulated: statevector (all amplitudes), mps (matrix product state: wide, weakly entangled circuits), stabilizer (Clifford gates, any width), density (density matrix), trajectories (noise by chance, an estimate); auto chooses and says why.",
        HelpName = "auto|statevector|mps|stabilizer|density|trajectories",
        DefaultValueFactory = _ => Method.Auto,
    };

    private readonly Option<int> _maxBond = new("--max-bond")
    {
        Description = "The largest bond dimension of a matrix product state; raise it where the fidelity is too low.",
        HelpName = "D",
        DefaultValueFactory = _ => MatrixProductOptions.Default.MaxBond,
    };

    private readonly Option<double> _truncation = new("--truncation")
    {
        Description = "The part of the weight that each truncation of a matrix product state may cut off.",
        HelpName = "W",
        DefaultValueFactory = _ => MatrixProductOptions.Default.Truncation,
    };

    private readonly Option<Precision> _precision = SharedOptions.Precision();

    private readonly Option<int?> _threads = SharedOptions.Threads();

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_method, _precision, _maxBond, _truncation, _threads]) command.Add(option);
    }

    public SimulationOptions Simulation(ParseResult parse) => new() { Threads = parse.GetValue(_threads) ?? 0, Precision = parse.GetValue(_precision) };

    public MatrixProductOptions MatrixProduct(ParseResult parse)
    {
        var (bond, truncation) = (parse.GetValue(_maxBond), parse.GetValue(_truncation));
        if (bond is < 1 or > 8192) throw new UsageException($"--max-bond {bond}: it must be from 1 to 8192.");
        if (!(truncation is >= 0 and < 1)) throw new UsageException($"--truncation {truncation}: it must be from 0 to below 1, such as 1e-12.");
        return new MatrixProductOptions { MaxBond = bond, Truncation = truncation, Threads = parse.GetValue(_threads) ?? 0 };
    }

    /// <summary>The method that was asked for or chosen; a choice is told on standard error.</summary>
    public MethodChoice Choose(ParseResult parse, ResultWriter result, Circuit circuit, double[] at)
    {
        const string asked = "it was asked for";
        var choice = parse.GetValue(_method) switch
        {
            Method.StateVector => new MethodChoice(SimulationMethod.StateVector, asked),
            Method.Mps => new MethodChoice(SimulationMethod.MatrixProductState, asked),
            Method.Stabilizer => new MethodChoice(SimulationMethod.Stabilizer, asked),
            Method.Density => new MethodChoice(SimulationMethod.DensityMatrix, asked),
            Method.Trajectories => new MethodChoice(SimulationMethod.Trajectories, asked),
            _ => MethodChoice.For(circuit, at, MatrixProduct(parse), precision: parse.GetValue(_precision)),
        };
        if (parse.GetValue(_precision) == Precision.Single && choice.Method is not (SimulationMethod.StateVector or SimulationMethod.Trajectories))
            throw new UsageException($"--precision single: it is for state vectors and trajectories, not for the {NameOf(choice.Method)}"
                + (choice.Reason == asked ? "." : $", which was chosen because {choice.Reason}.") + " Leave it out, or add --method statevector or --method trajectories.");
        if (choice.Reason != asked) result.Hint($"method: {NameOf(choice.Method)}, because {choice.Reason}.");
        return choice;
    }

    /// <summary>What a result says of the method: its name, why, and the truncation error, null where nothing is ever cut off.</summary>
    public static void Describe(JsonObject document, MethodChoice choice, TruncationError? truncation)
    {
        document["method"] = KeyOf(choice.Method);
        document["methodReason"] = choice.Reason;
        document["truncation"] = truncation is not { } error ? null : new JsonObject
        {
            ["discardedWeight"] = ResultWriter.Number(error.DiscardedWeight),
            ["fidelityEstimate"] = ResultWriter.Number(error.FidelityEstimate),
            ["fidelityBound"] = ResultWriter.Number(error.FidelityBound),
            ["peakBond"] = error.PeakBond,
        };
    }

    /// <summary>The truncation error for people, on standard error.</summary>
    public static void Report(ResultWriter result, TruncationError? truncation)
    {
        if (truncation is not { } error) return;
        result.Hint(error.DiscardedWeight == 0
            ? $"truncation: nothing was cut off; largest bond {error.PeakBond}."
            : string.Create(CultureInfo.InvariantCulture,
                $"truncation: weight {error.DiscardedWeight:0.0e+00} was cut off; fidelity about {Fidelity(error.FidelityEstimate)}, at least {Fidelity(error.FidelityBound)}; largest bond {error.PeakBond}."));
    }

    // 0.999999, and 1 − 3.2e−12 where digits would all be nines.
    private static string Fidelity(double fidelity) => 1 - fidelity is > 0 and < 1e-4
        ? string.Create(CultureInfo.InvariantCulture, $"1 - {1 - fidelity:0.0e+00}")
        : fidelity.ToString("0.0000", CultureInfo.InvariantCulture);

    private static string NameOf(SimulationMethod method) => method switch
    {
        SimulationMethod.MatrixProductState => "matrix product state",
        SimulationMethod.Stabilizer => "stabilizer tableau",
        SimulationMethod.DensityMatrix => "density matrix",
        SimulationMethod.Trajectories => "trajectories",
        _ => "state vector",
    };

    /// <summary>Whether the method is left to be chosen.</summary>
    public bool IsAutomatic(ParseResult parse) => parse.GetValue(_method) == Method.Auto;

    internal static string KeyOf(SimulationMethod method) => method switch
    {
        SimulationMethod.MatrixProductState => "mps",
        SimulationMethod.Stabilizer => "stabilizer",
        SimulationMethod.DensityMatrix => "density",
        SimulationMethod.Trajectories => "trajectories",
        _ => "statevector",
    };
}
