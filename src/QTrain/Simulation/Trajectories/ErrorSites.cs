using System.Collections.Immutable;
using QTrain.Circuits;
using QTrain.Numerics;

namespace QTrain.Simulation.Trajectories;

/// <summary>Which error happened at which place of a circuit.</summary>
/// <param name="Site">The number of the place.</param>
/// <param name="X">The qubits it flips.</param>
/// <param name="Z">The qubits it signs.</param>
internal readonly record struct PauliError(int Site, ulong X, ulong Z);

/// <summary>The places of a circuit where Pauli errors may happen, and how they are drawn: by skipping to the next one that errs, so that a
/// trajectory costs a few random numbers, not one a place.</summary>
internal sealed class ErrorSites
{
    // A place that always errs skips nothing but with probability e^−40, less than a random number can tell from 0.
    private const double Certain = 40;

    private readonly double[] _hazard;
    private readonly ImmutableArray<Site> _sites;

    public ErrorSites(IEnumerable<ChannelOperation> channels)
    {
        _sites = [.. channels.Select(c => new Site(c))];
        _hazard = new double[_sites.Length];
        var sum = 0.0;
        for (var k = 0; k < _hazard.Length; k++)
        {
            var quiet = _sites[k].NoError;
            _hazard[k] = sum += quiet > 0 ? Math.Min(Certain, -Math.Log(quiet)) : Certain;
        }
    }

    public int Count => _sites.Length;

    /// <summary>The errors of one trajectory in order of time, added to a list.</summary>
    public void Draw(RandomStream random, List<PauliError> into)
    {
        // Waiting times between errors are exponential in Σ −log(1 − p).
        for (var reached = 0.0; ;)
        {
            reached -= Math.Log(1 - random.NextDouble());
            var site = Array.BinarySearch(_hazard, reached);
            site = site >= 0 ? site + 1 : ~site;
            if (site >= _hazard.Length) return;
            into.Add(_sites[site].Error(site, random.NextDouble()));
            reached = _hazard[site];
        }
    }

    private sealed class Site
    {
        private readonly (double Upto, ulong X, ulong Z)[] _errors;

        public Site(ChannelOperation operation)
        {
            var mixture = operation.Channel.Mixture!.Value;
            NoError = mixture.Where(t => t.Pauli!.Value.Weight == 0).Sum(t => t.Probability);
            var (sum, total) = (0.0, mixture.Where(t => t.Pauli!.Value.Weight > 0).Sum(t => t.Probability));
            _errors = [.. mixture.Where(t => t.Pauli!.Value.Weight > 0).Select(t =>
                ((sum += t.Probability) / total, Scatter(t.Pauli!.Value.X, operation.Qubits), Scatter(t.Pauli!.Value.Z, operation.Qubits)))];
        }

        public double NoError { get; }

        public PauliError Error(int site, double number)
        {
            var k = 0;
            while (k < _errors.Length - 1 && number >= _errors[k].Upto) k++;
            return new PauliError(site, _errors[k].X, _errors[k].Z);
        }

        private static ulong Scatter(ulong local, ImmutableArray<int> qubits)
        {
            ulong global = 0;
            for (var k = 0; k < qubits.Length; k++) global |= (local >> k & 1) << qubits[k];
            return global;
        }
    }
}
