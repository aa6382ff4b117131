using System.Globalization;
using System.Numerics;

namespace QTrain.Simulation;

/// <summary>What states cost: 16 bytes an amplitude, 2ⁿ amplitudes.</summary>
public static class SimulationMemory
{
    /// <summary>The memory this process may use, in bytes: the machine's, or its container's limit.</summary>
    public static long AvailableBytes => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>The largest number of qubits one state can have here.</summary>
    public static int MaxQubits => QubitsFitting(AvailableBytes);

    /// <summary>Bytes of a state of so many qubits, padded to one block of eight amplitudes.</summary>
    public static long BytesFor(int qubits)
    {
        if (qubits is < 0 or > 58)
            throw new QuantumException($"A state of {qubits} qubits cannot be held: 0 to 58 have a number of bytes, and {MaxQubits} fit here.");
        return Math.Max(128, 16L << qubits);
    }

    /// <summary>Throws when <paramref name="states"/> states of so many qubits do not fit beside those that exist.</summary>
    /// <exception cref="NotEnoughMemoryException">They do not fit.</exception>
    public static void Demand(int qubits, int states)
    {
        // A fact of the process, not of the moment: what other processes hold changes while the answer is being read.
        if (qubits > 58 || BytesFor(qubits) > (AvailableBytes - AmplitudeBuffer.BytesInUse) / states) throw new NotEnoughMemoryException(qubits, states);
    }

    internal static int QubitsIn(long bytes) => Math.Max(3, BitOperations.Log2((ulong)bytes / 16));

    internal static int QubitsFitting(long bytes) => bytes < 128 ? 0 : BitOperations.Log2((ulong)bytes / 16);

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
    public NotEnoughMemoryException(int qubits, int states)
        : base(Message(qubits, states))
    {
        QubitCount = qubits;
        MaxQubits = SimulationMemory.MaxQubits;
    }

    /// <summary>How many qubits were asked for.</summary>
    public int QubitCount { get; }

    /// <summary>How many fit into one state on this machine.</summary>
    public int MaxQubits { get; }

    private new static string Message(int qubits, int states)
    {
        var needed = SimulationMemory.Text(16.0 * Math.Pow(2, qubits) * states);
        var inUse = AmplitudeBuffer.BytesInUse;
        var held = inUse == 0 ? "" : $", of which other states hold {SimulationMemory.Text(inUse)}";
        var what = states == 1 ? $"A state of {qubits} qubits needs" : $"{states} states of {qubits} qubits need";
        return $"{what} {needed} of memory, but this process has {SimulationMemory.Text(SimulationMemory.AvailableBytes)}{held}: "
            + $"at most {SimulationMemory.MaxQubits} qubits fit. Use fewer qubits, or a machine with more memory.";
    }
}
