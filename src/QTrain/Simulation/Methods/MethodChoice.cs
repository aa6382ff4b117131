using System.Globalization;
using QTrain.Circuits;
using QTrain.Simulation.Density;
using QTrain.Simulation.MatrixProduct;
using QTrain.Simulation.Stabilizer;

namespace QTrain.Simulation.Methods;

/// <summary>A method and, in a sentence, why it.</summary>
/// <param name="Method">The method.</param>
/// <param name="Reason">A sentence without a full stop.</param>
public sealed record MethodChoice(SimulationMethod Method, string Reason)
{
    // Up to here a state vector takes 256 MiB and a fraction of a second: nothing is to be gained.
    private const int AlwaysStateVector = 24;

    // 128 MiB of a mixed state; each further qubit is four times as much.
    private const int MostMixed = 12;

    // Bonds of 64: exact, and far cheaper than more than 2²⁴ amplitudes.
    private const double SmallBondBits = 6;

    /// <summary>Chooses by the circuit alone: by its width, what the machine holds, what kind of gates it has, and how far they can entangle neighbouring qubits.</summary>
    /// <param name="circuit">Any circuit.</param>
    /// <param name="at">Parameter values in radians, in the order of the circuit's parameters.</param>
    /// <param name="options">What a matrix product state would be allowed.</param>
    /// <param name="availableBytes">Memory; null: what this process has.</param>
    /// <param name="precision">Of a state vector, if it comes to one: of single precision one qubit more fits.</param>
    public static MethodChoice For(Circuit circuit, ReadOnlySpan<double> at, MatrixProductOptions? options = null, long? availableBytes = null,
        Precision precision = Precision.Double)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        var (qubits, maxBond) = (circuit.QubitCount, (options ?? MatrixProductOptions.Default).MaxBond);
        if (circuit.Operations.Any(o => o is ChannelOperation))
        {
            return qubits <= Math.Min(MostMixed, DensityMatrix.MaxQubits)
                ? new MethodChoice(SimulationMethod.DensityMatrix, $"the circuit holds noise, and a mixed state of {Count(qubits)} is small enough to be exact")
                : new MethodChoice(SimulationMethod.Trajectories, $"the circuit holds noise, and a mixed state of {Count(qubits)} would be too large");
        }
        var largest = SimulationMemory.QubitsFitting(availableBytes ?? SimulationMemory.AvailableBytes, precision);
        var fits = qubits <= largest;
        if (fits && qubits <= AlwaysStateVector) return new MethodChoice(SimulationMethod.StateVector, $"{Count(qubits)} fit{(qubits == 1 ? "s" : "")} into a state vector, which is exact");
        if (StabilizerSimulator.CanRun(circuit, at))
            return new MethodChoice(SimulationMethod.Stabilizer, $"all gates are Clifford gates, which a tableau of {Count(qubits)} follows exactly");
        var bits = BondEstimate.PeakBits(circuit, at);
        if (fits)
        {
            return bits <= SmallBondBits
                ? new MethodChoice(SimulationMethod.MatrixProductState, $"its gates entangle neighbours so weakly that no bond exceeds {Bond(bits)}, and a state vector of {Count(qubits)} takes {Memory(qubits, precision)}")
                : new MethodChoice(SimulationMethod.StateVector, $"{Count(qubits)} fit into memory, {Memory(qubits, precision)}, and the gates could raise a bond to {Bond(bits)}");
        }
        var wide = qubits > 60 ? $"{Count(qubits)} are too many for a state vector" : $"a state vector of {Count(qubits)} takes {Memory(qubits, precision)}, more than there is";
        return new MethodChoice(SimulationMethod.MatrixProductState, bits <= Math.Log2(maxBond)
            ? $"{wide}, and no bond exceeds {Bond(bits)}"
            : $"{wide}; the gates could raise a bond to {Bond(bits)}, and beyond {maxBond} it is cut, so read the truncation error");
    }

    private static string Count(int qubits) => $"{qubits} qubit{(qubits == 1 ? "" : "s")}";

    private static string Memory(int qubits, Precision precision) => SimulationMemory.Text(2.0 * precision.ElementBytes() * Math.Pow(2, qubits));

    private static string Bond(double bits) => bits <= 20 ? Math.Round(Math.Pow(2, bits)).ToString("0", CultureInfo.InvariantCulture) : $"2^{bits.ToString("0.#", CultureInfo.InvariantCulture)}";
}
