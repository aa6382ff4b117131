using System.Collections.Immutable;
using QTrain.Circuits;
using QTrain.Numerics;

namespace QTrain.Transpilation;

/// <summary>Compiles circuits to the gates and couplings of a device.</summary>
public static class Transpiler
{
    /// <summary>The circuit in native gates on coupled qubits, the same up to the placement of its qubits and a global phase, whatever its parameters are.</summary>
    /// <param name="circuit">Any circuit without noise; measurements, resets, conditions and barriers stay in their order.</param>
    /// <param name="target">What to compile for.</param>
    /// <param name="options">How much to try, and the seed; level 2 when left out.</param>
    /// <exception cref="QuantumException">The circuit does not fit the device, or holds what cannot be compiled; says why.</exception>
    /// <remarks>
    /// Everything unitary becomes turns, phases and joint rotations (<c>exp(i(x·XX + y·YY + z·ZZ))</c>) with affine angles; those are merged before and after
    /// routing, and only the last pass knows gates. So there is one implementation of each idea for every gate set.
    /// </remarks>
    public static TranspiledCircuit Run(Circuit circuit, Target target, TranspileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        ArgumentNullException.ThrowIfNull(target);
        options ??= new TranspileOptions();
        if (options.Level is < 0 or > 3) throw new QuantumException($"There is no optimization level {options.Level}: allowed are 0, 1, 2 and 3.");
        var device = new DeviceGraph(target);
        if (circuit.QubitCount > device.Count)
            throw new QuantumException($"A circuit of {circuit.QubitCount} qubits does not fit target '{target.Name}': "
                + (device.Count < target.QubitCount ? $"of its {target.QubitCount} qubits at most {device.Count} are enabled and connected." : $"it has {target.QubitCount}."));
        var compilation = new Compilation(circuit, target, device, options);
        return compilation.Run();
    }
}
