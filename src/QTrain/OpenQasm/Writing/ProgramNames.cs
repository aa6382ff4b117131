using System.Collections.Immutable;
using QTrain.OpenQasm.Meaning;

namespace QTrain.OpenQasm.Writing;

/// <summary>What a written program calls its qubits and bits, and how it declares them.</summary>
/// <param name="Declarations">Lines that declare them.</param>
/// <param name="Qubits">The name of each qubit.</param>
/// <param name="Bits">The name of each bit.</param>
/// <param name="Registers">Whole registers of qubits, by name.</param>
internal sealed record ProgramNames(ImmutableArray<string> Declarations, ImmutableArray<string> Qubits, ImmutableArray<string> Bits, ImmutableArray<(string Name, int First, int Count)> Registers)
{
    /// <summary>One register of either: q and c.</summary>
    public static ProgramNames Plain(int qubits, int bits) => new(
        bits > 0 ? [$"qubit[{qubits}] q;", $"bit[{bits}] c;"] : [$"qubit[{qubits}] q;"],
        [.. Enumerable.Range(0, qubits).Select(k => $"q[{k}]")], [.. Enumerable.Range(0, bits).Select(k => $"c[{k}]")], [("q", 0, qubits)]);

    /// <summary>As the program has them; plain where one of its names is that of a gate which the writer may define.</summary>
    public static ProgramNames Of(BoundProgram program, int bits)
    {
        var taken = VersionThree.OwnNames;
        var names = program.QubitRegisters.Select(q => q.Name).Concat(program.Registers.Select(r => r.Name)).ToList();
        if (names.Any(n => taken.Contains(n) || n.StartsWith("pauli_", StringComparison.Ordinal) || n.StartsWith("unitary_", StringComparison.Ordinal) || n == Further)) return Plain(program.QubitCount, bits);
        var declarations = ImmutableArray.CreateBuilder<string>();
        var (ofQubits, ofBits, registers) = (ImmutableArray.CreateBuilder<string>(), ImmutableArray.CreateBuilder<string>(), ImmutableArray.CreateBuilder<(string, int, int)>());
        foreach (var register in program.QubitRegisters)
        {
            if (register.Fixed!.Length == 0) continue;      // OpenQASM 2 has registers of nothing
            if (program.Annotations.TryGetValue(register.Name, out var annotations)) declarations.AddRange(annotations);
            declarations.Add(register.IsRegister ? $"qubit[{register.Width}] {register.Name};" : $"qubit {register.Name};");
            registers.Add((register.Name, ofQubits.Count, register.Fixed.Length));
            for (var k = 0; k < register.Fixed.Length; k++) ofQubits.Add(register.IsRegister ? $"{register.Name}[{k}]" : register.Name);
        }
        foreach (var number in program.PhysicalQubits) ofQubits.Add($"${number}");
        foreach (var register in program.Registers)
        {
            if (register.BitCount == 0) continue;
            var isSingle = register.Type.Width == 0;
            declarations.Add(isSingle ? $"bit {register.Name};" : $"bit[{register.BitCount}] {register.Name};");
            for (var k = 0; k < register.BitCount; k++) ofBits.Add(isSingle ? register.Name : $"{register.Name}[{k}]");
        }
        var further = bits - ofBits.Count;
        if (further > 0) declarations.Add($"bit[{further}] {Further};");
        for (var k = 0; k < further; k++) ofBits.Add($"{Further}[{k}]");
        return new ProgramNames(declarations.ToImmutable(), ofQubits.ToImmutable(), ofBits.ToImmutable(), registers.ToImmutable());
    }

    // Bits that only carry results of subroutines.
    private const string Further = "further_bits";
}
