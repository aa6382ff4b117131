using System.Globalization;
using System.Numerics;

namespace QTrain.Simulation;

/// <summary>What states cost: 2ⁿ amplitudes of 16 bytes each, or of 8 in single precision.</summary>
public static class SimulationMemory
{
    /// <summary>The memory this process may use, in bytes: the machine's, or its container's limit.</summary>
    public static long AvailableBytes => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>The largest number of qubits one state of double precision can have here; one of single precision can have one more.</summary>
    public static int MaxQubits => QubitsFitting(AvailableBytes);

    /// <summary>Bytes of a state of so many qubits, padded to one block of eight amplitudes.</summary>
    public static long BytesFor(int qubits, Precision precision = Precision.Double)
    {
        if (qubits is < 0 or > 58)
            throw new QuantumException($"A state of {qubits} qubits cannot be held: 0 to 58 have a number of bytes, and {MaxQubits} fit here.");
        return Math.Max(128, 2L * precision.ElementBytes() << qubits);
    }

    /// <summary>Throws when <paramref name="states"/> states of so many qubits do not fit beside those that exist.</summary>
    /// <exception cref="NotEnoughMemoryException">They do not fit.</exception>
    public static void Demand(int qubits, int states, Precision precision = Precision.Double)
    {
        // A fact of the process, not of the moment: what other processes hold changes while the answer is being read.
        if (!Fits(qubits, states, precision)) throw new NotEnoughMemoryException(qubits, states, precision);
    }

    internal static bool Fits(int qubits, int states, Precision precision) =>
        qubits <= 58 && BytesFor(qubits, precision) <= (AvailableBytes - AmplitudeBuffer.BytesInUse) / states;

    internal static int QubitsIn(long bytes) => Math.Max(3, BitOperations.Log2((ulong)bytes / 16));

    internal static int QubitsFitting(long bytes, Precision precision = Precision.Double) =>
        bytes < 128 ? 0 : BitOperations.Log2((ulong)bytes / (2 * (ulong)precision.ElementBytes()));

    internal static string Text(double bytes)
    {
        string[] units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
        var unit = 0;
        while (bytes >= 1024 && unit < units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }
        return bytes.ToString(bytes < 10 && unit > 0 ? "0.#" : "0", CultureInfo.InvariantCulture) + " " + units[unit];
    }
}

/// <summary>States do not fit into memory.</summary>
public sealed class NotEnoughMemoryException : QuantumException
{
    /// <summary>So many states of so many qubits do not fit.</summary>
    public NotEnoughMemoryException(int qubits, int states, Precision precision = Precision.Double)
        : base(Message(qubits, states, precision))
    {
        QubitCount = qubits;
        MaxQubits = SimulationMemory.QubitsFitting(SimulationMemory.AvailableBytes, precision);
    }

    /// <summary>How many qubits were asked for.</summary>
    public int QubitCount { get; }

    /// <summary>How many fit into one state on this machine.</summary>
    public int MaxQubits { get; }

    private new static string Message(int qubits, int states, Precision precision)
    {
        var needed = SimulationMemory.Text(2.0 * precision.ElementBytes() * Math.Pow(2, qubits) * states);
        var inUse = AmplitudeBuffer.BytesInUse;
        var held = inUse == 0 ? "" : $", of which other states hold {SimulationMemory.Text(inUse)}";
        var what = states == 1 ? $"A state of {qubits} qubits needs" : $"{states} states of {qubits} qubits need";
        return $"{what} {needed} of memory, but this process has {SimulationMemory.Text(SimulationMemory.AvailableBytes)}{held}: "
            + $"at most {SimulationMemory.QubitsFitting(SimulationMemory.AvailableBytes, precision)} qubits fit. "
            + (precision == Precision.Double && SimulationMemory.Fits(qubits, states, Precision.Single)
                ? "Use single precision, which needs half and fits, or fewer qubits, or a machine with more memory."
                : "Use fewer qubits, or a machine with more memory.");
    }
}
