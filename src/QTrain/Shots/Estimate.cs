namespace QTrain.Shots;

/// <summary>A measured value and how far it can be trusted.</summary>
/// <param name="Value">The estimate.</param>
/// <param name="StandardError">One standard deviation of the estimate, from the sample itself; 0 when all shots agreed.</param>
/// <param name="Shots">Shots spent, over all measured circuits.</param>
public readonly record struct Estimate(double Value, double StandardError, long Shots)
{
    /// <summary><c>value ± standard error (shots)</c>.</summary>
    public override string ToString() => $"{Value:G9} ± {StandardError:G3} ({Shots} shots)";
}
