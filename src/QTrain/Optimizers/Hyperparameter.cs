using System.Runtime.CompilerServices;

namespace QTrain.Optimizers;

/// <summary>A hyper-parameter is outside the range in which its optimizer makes sense.</summary>
public sealed class HyperparameterException(string option, double value, string allowed)
    : QuantumException($"Option '{Spelled(option)}' is {value:R}, but {allowed}.")
{
    /// <summary>The option, as specs spell it.</summary>
    public string Option { get; } = Spelled(option);

    /// <summary>What was given.</summary>
    public double Value { get; } = value;

    /// <summary>What is allowed.</summary>
    public string Allowed { get; } = allowed;

    // A property LearningRate is the option learningRate.
    private static string Spelled(string property) => char.ToLowerInvariant(property[0]) + property[1..];
}

/// <summary>Checks of the ranges of hyper-parameters.</summary>
internal static class Hyperparameter
{
    public static double Positive(double value, [CallerMemberName] string option = "") =>
        value > 0 && double.IsFinite(value) ? value : throw new HyperparameterException(option, value, "it must be a number greater than 0");

    public static double NotNegative(double value, [CallerMemberName] string option = "") =>
        value >= 0 && double.IsFinite(value) ? value : throw new HyperparameterException(option, value, "it must be a number of at least 0");

    public static double Fraction(double value, [CallerMemberName] string option = "") =>
        value is >= 0 and < 1 ? value : throw new HyperparameterException(option, value, "it must be at least 0 and less than 1");

    public static double Within(double value, double low, double high, [CallerMemberName] string option = "") =>
        value >= low && value <= high ? value : throw new HyperparameterException(option, value, $"it must be between {low:R} and {high:R}");

    public static int Within(int value, int low, int high, [CallerMemberName] string option = "") =>
        value >= low && value <= high ? value : throw new HyperparameterException(option, value, $"it must be a whole number from {low} to {high}");

    public static int AtLeast(int value, int low, [CallerMemberName] string option = "") =>
        value >= low ? value : throw new HyperparameterException(option, value, $"it must be a whole number of at least {low}");
}
