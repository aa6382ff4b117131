using System.CommandLine;
using QTrain.Cli.Terminal;
using QTrain.Formats;
using QTrain.Formats.Hamiltonians;

namespace QTrain.Cli.Evaluate;

/// <summary>What a person says about a Hamiltonian's file that it does not say itself.</summary>
internal sealed class HamiltonianOptions
{
    private readonly Option<BitOrder?> _bitOrder = new("--bit-order")
    {
        Description = "Which letter of a Pauli label is qubit 0: the rightmost (Qiskit) or the leftmost (Cirq, PennyLane, Braket). Needed where the form of the file does not say.",
        HelpName = "rightmost|leftmost",
    };

    private readonly Option<SpinOrbitalOrder> _spinOrbitals = new("--spin-orbitals")
    {
        Description = "The qubits of a FCIDUMP: all spin up and then all spin down, or up and down of every orbital in turn.",
        HelpName = "blocked|interleaved",
        DefaultValueFactory = _ => SpinOrbitalOrder.Blocked,
    };

    private readonly Option<string?> _format = new("--format")
    {
        Description = "The form of the file, where it is not to be recognised: " + string.Join(", ", FormatNames.All) + ".",
        HelpName = "FORM",
    };

    public void AddTo(Command command)
    {
        command.Add(_bitOrder);
        command.Add(_spinOrbitals);
        command.Add(_format);
    }

    public HamiltonianReading Reading(ParseResult parse) => new()
    {
        BitOrder = parse.GetValue(_bitOrder),
        SpinOrbitals = parse.GetValue(_spinOrbitals),
        Format = parse.GetValue(_format) is { } name ? FormatNames.Find(name) ?? throw new UsageException($"--format {name}: it must be one of {string.Join(", ", FormatNames.All)}.") : null,
    };
}
