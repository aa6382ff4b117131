using System.Collections.Immutable;
using System.Numerics;
using QTrain.Circuits;
using QTrain.Noise;
using QTrain.Observables;

namespace QTrain.Simulation.Density;

/// <summary>Circuits with noise as maps of Pauli coefficients, neighbours multiplied together where that costs less.</summary>
internal sealed class DensityLowering
{
    /// <summary>Matrices on more qubits than this are multiplied to the density matrix itself: transfer matrices grow by 256 a qubit.</summary>
    private const int MostTransferQubits = 4;

    private readonly List<DensityOperation?> _operations = [];
    private readonly int[] _last;

    public DensityLowering(int qubits)
    {
        _last = new int[qubits];
        _last.AsSpan().Fill(-1);
    }

    /// <summary>What was added, in order of time.</summary>
    public ImmutableArray<DensityOperation> Operations => [.. _operations.OfType<DensityOperation>()];

    public void Add(NoisyStep step)
    {
        if (step.Instruction is { } instruction) Add(instruction);
        else Add(step.Channel!.Channel, step.Channel.Qubits);
    }

    public void Add(Instruction instruction)
    {
        var controls = Bits(instruction.ControlMask);
        switch (instruction.Kind)
        {
            case InstructionKind.Matrix when instruction.Targets.Length + controls.Length <= MostTransferQubits:
                Add(TransferMap.Constant([.. instruction.Targets, .. controls], PauliTransfer.Of(FullMatrix(instruction, controls), instruction.Targets.Length + controls.Length)));
                break;
            case InstructionKind.PauliRotation or InstructionKind.Phase when IsTurn(instruction):
                foreach (var (pauli, angle) in TurnsOf(instruction)) AddTurn(pauli, angle);
                break;
            case InstructionKind.Measure:
                // Not looking at the outcome leaves what does not flip the qubit.
                Add(TransferMap.Constant(instruction.Targets, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]));
                break;
            case InstructionKind.Reset:
                Add(TransferMap.Constant(instruction.Targets, [1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]));
                break;
            default:
                var mask = instruction.Targets.Aggregate(instruction.ControlMask | instruction.Pauli.Support, static (m, q) => m | 1UL << q);
                Append(new DenseStep(instruction, mask), Bits(mask));
                break;
        }
    }

    public void Add(Channel channel, ImmutableArray<int> qubits) => Add(TransferMap.Constant([.. qubits], channel.Transfer));

    /// <summary>A Pauli rotation of the density matrix.</summary>
    public void AddTurn(PauliString pauli, AffineAngle angle)
    {
        if (pauli.Weight <= 2) Add(TransferMap.Rotation(pauli, angle));
        else Append(new PauliTurn(pauli, angle), Bits(pauli.Support));
    }

    /// <summary>
    /// e^{iθΠ} and exp(−iθPΠ/2), where Π projects on the controls' values, as products of Pauli rotations that commute:
    /// Π = 2⁻ᵐ Σ ±Z_S over the subsets S of the m controls.
    /// </summary>
    public static IEnumerable<(PauliString Pauli, AffineAngle Angle)> TurnsOf(Instruction instruction)
    {
        var controls = Bits(instruction.ControlMask);
        var isPhase = instruction.Kind == InstructionKind.Phase;
        for (var subset = 0; subset < 1 << controls.Length; subset++)
        {
            ulong z = 0;
            for (var k = 0; k < controls.Length; k++)
                if ((subset >> k & 1) != 0) z |= 1UL << controls[k];
            var factor = (BitOperations.PopCount(z & instruction.ControlValue) & 1) == 0 ? 1.0 : -1.0;
            factor *= (isPhase ? -2.0 : 1.0) / (1 << controls.Length);
            var pauli = isPhase ? new PauliString(0, z) : new PauliString(instruction.Pauli.X, instruction.Pauli.Z | z);
            // What turns no qubit is a global phase.
            if (pauli.Weight > 0) yield return (pauli, instruction.Angle.Times(factor));
        }
    }

    /// <summary>Whether a step turns by parameters in a way that <see cref="TurnsOf"/> takes apart.</summary>
    public static bool IsTurn(Instruction instruction) =>
        instruction.Kind is InstructionKind.PauliRotation or InstructionKind.Phase && BitOperations.PopCount(instruction.ControlMask) <= MostTransferQubits;

    public void Add(TransferMap map)
    {
        var qubits = map.QubitList;
        if (qubits.Length > 2)
        {
            Append(map, qubits);
            return;
        }
        var last = _last[qubits[0]];
        if (last >= 0 && _operations[last] is TransferMap { QubitList.Length: <= 2 } before
            && qubits.All(q => _last[q] == last) && (map.Qubits & ~before.Qubits) == 0)
        {
            var merged = before.Then(map);
            // One qubit's gates gather by themselves; they join two-qubit maps only where these have the entries already.
            if (before.QubitList.Length == qubits.Length || merged.Entries <= before.Entries)
            {
                _operations[last] = merged;
                return;
            }
        }
        if (qubits.Length == 2)
        {
            foreach (var q in qubits)
                if (_last[q] >= 0 && _operations[_last[q]] is TransferMap { QubitList.Length: 1 } single
                    && single.Then(map) is var joined && joined.Cost <= map.Cost + single.Cost)
                {
                    _operations[_last[q]] = null;
                    _last[q] = LastOn(q);
                    map = joined;
                }
            // With the single ones out of the way, the pair's own map before may have become its neighbour.
            var at = _last[qubits[0]];
            if (at >= 0 && at == _last[qubits[1]] && _operations[at] is TransferMap pair && pair.Qubits == map.Qubits
                && pair.Then(map) is var both && both.Cost <= pair.Cost + map.Cost)
            {
                _operations[at] = both;
                return;
            }
        }
        Append(map, qubits);
    }

    private int LastOn(int qubit) => _operations.FindLastIndex(o => o is not null && (o.Qubits >> qubit & 1) != 0);

    private void Append(DensityOperation operation, int[] qubits)
    {
        foreach (var q in qubits) _last[q] = _operations.Count;
        _operations.Add(operation);
    }

    /// <summary>The matrix over targets and then controls, which it leaves alone where they have other values.</summary>
    internal static Complex[,] FullMatrix(Instruction instruction, int[] controls)
    {
        var inner = 1 << instruction.Targets.Length;
        var size = inner << controls.Length;
        var held = 0;
        for (var k = 0; k < controls.Length; k++) held |= (int)(instruction.ControlValue >> controls[k] & 1) << k;
        var matrix = new Complex[size, size];
        for (var k = 0; k < size; k++)
        {
            if (k / inner != held) matrix[k, k] = 1;
            else
                for (var row = 0; row < inner; row++) matrix[held * inner + row, k] = instruction.Matrix[row * inner + k % inner];
        }
        return matrix;
    }

    internal static int[] Bits(ulong mask) => [.. Enumerable.Range(0, 64).Where(q => (mask >> q & 1) != 0)];
}
