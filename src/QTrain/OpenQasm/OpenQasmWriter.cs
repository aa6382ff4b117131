using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text;
using QTrain.Circuits;
using QTrain.Noise;
using QTrain.OpenQasm.Writing;

namespace QTrain.OpenQasm;

/// <summary>Writes circuits in OpenQASM.</summary>
public static class OpenQasmWriter
{
    /// <summary>A circuit in OpenQASM 3.0. Reading it gives the same circuit in effect: the same unitary with its phase, measurements, conditions and
    /// parameters, which are its inputs. Gates that <c>stdgates.inc</c> lacks are defined where they are used.</summary>
    /// <param name="circuit">Any circuit without noise channels. Its qubits are the register <c>q</c>, its bits <c>c</c>.</param>
    /// <exception cref="QuantumException">The circuit holds a noise channel.</exception>
    public static string Write(Circuit circuit)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        return new VersionThree(circuit).Write();
    }

    /// <summary>A program as one circuit in OpenQASM 3.0, with what no circuit holds: its registers by their names and numbers of physical qubits, boxes,
    /// <c>cal</c> and <c>defcal</c> blocks, pragmas, and annotations of registers and of statements that become operations.</summary>
    /// <param name="program">A program that is one circuit; its inputs stay inputs.</param>
    /// <exception cref="Formats.InvalidFileException">It is no circuit that is known before it runs; the message says where.</exception>
    public static string Write(OpenQasmProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        var written = program.ToWritten(keepsText: true);
        return new VersionThree(written.Circuit!, ProgramNames.Of(program.Bound, written.Circuit!.BitCount), written.Kept).Write();
    }

    /// <summary>A circuit in OpenQASM 2.0, up to a global phase. Delays, which the language lacks, are comments.</summary>
    /// <param name="circuit">A circuit without free parameters. Its qubits are the register <c>q</c>; its bits are <c>c</c>, or registers as its conditions ask for them.</param>
    /// <exception cref="QuantumException">OpenQASM 2 has no words for something in it; the message says for what and what to do.</exception>
    public static string WriteVersion2(Circuit circuit)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        return new VersionTwo(circuit).Write();
    }
}
