using QTrain.Circuits;
using QTrain.Devices;
using QTrain.Observables;
using QTrain.Operations.Specs;
using QTrain.Training;

namespace QTrain.Operations.Advice;

/// <summary>What is advised on: a training, and the device it is for where there is one.</summary>
public sealed class AdviceSubject
{
    /// <summary>Chemical accuracy, 1 kcal/mol, in hartree.</summary>
    public const double ChemicalAccuracy = 1.6e-3;

    /// <param name="spec">The spec, made ready.</param>
    /// <param name="now">The time against which a calibration is old.</param>
    /// <param name="device">The calibration of the device it is for; null: of the one that the spec trains on, where it names one.</param>
    /// <param name="wantedError">The standard error that is wanted of an energy; null: chemical accuracy for molecules, else a hundredth of √Σc².</param>
    public AdviceSubject(PreparedSpec spec, DateTimeOffset now, Calibration? device = null, double? wantedError = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        (Spec, Now, Device) = (spec, now, device ?? (spec.Plan.Noise as DeviceNoiseSource)?.Calibration);
        Groups = [.. MeasurementGroups.QubitWise(Observable)];
        var spread = Observable.Terms.Where(t => t.Pauli != PauliString.Identity).Sum(t => t.Coefficient.Real * t.Coefficient.Real);
        Spread = Math.Sqrt(spread);
        WantedErrorIsGiven = wantedError is not null;
        WantedError = wantedError ?? (Plan.Problem.Unit == "hartree" ? ChemicalAccuracy : Spread / 100);
    }

    /// <summary>The spec.</summary>
    public PreparedSpec Spec { get; }

    /// <summary>The time against which a calibration is old.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>The device's calibration; null when none is meant.</summary>
    public Calibration? Device { get; }

    /// <summary>The standard error that is wanted of an energy, in the energy's unit.</summary>
    public double WantedError { get; }

    /// <summary>Whether the user named <see cref="WantedError"/>.</summary>
    public bool WantedErrorIsGiven { get; }

    internal TrainingPlan Plan => Spec.Plan;

    internal Circuit Circuit => Plan.Problem.Ansatz;

    internal PauliSum Observable => Plan.Problem.Observable;

    internal IReadOnlyList<MeasurementGroup> Groups { get; }

    /// <summary>√Σc² of all terms but the identity: the spread of the energies of random states, times √d.</summary>
    internal double Spread { get; }

    /// <summary>What <see cref="WantedError"/> is, in words.</summary>
    internal string WantedErrorInWords => WantedErrorIsGiven ? "the error asked for" : Plan.Problem.Unit == "hartree" ? "chemical accuracy" : "a hundredth of the observable's spread";
}
