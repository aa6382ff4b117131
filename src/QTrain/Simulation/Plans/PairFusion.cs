using System.Numerics;
using QTrain.Numerics;

namespace QTrain.Simulation.Plans;

/// <summary>Multiplies constant gates on one pair of qubits into one unitary where one of them is dense, and takes that apart again: phases, which
/// wait with all others, and a <see cref="PairRotation"/>.</summary>
/// <remarks>
/// What a unitary does to each of its qubits at its end is left to the next one there, so between two of them a qubit is turned once. Gates
/// that are no part of such a unitary are lowered as if nothing had been done.
/// </remarks>
internal sealed class PairFusion
{
    // Entries of a unitary matrix below this are rounding.
    private const double Negligible = 4e-16;

    private readonly List<PlanOperation> _into;
    private readonly Action<Instruction> _lower;
    private readonly int _mostMixed;
    private readonly List<Factor>[] _waiting;
    private readonly Block?[] _blocks;

    private PairFusion(List<PlanOperation> into, Action<Instruction> lower, int mostMixed)
    {
        (_into, _lower, _mostMixed) = (into, lower, mostMixed);
        _waiting = new List<Factor>[64];
        for (var qubit = 0; qubit < _waiting.Length; qubit++) _waiting[qubit] = [];
        _blocks = new Block?[64];
    }

    /// <summary>For a circuit in which something is to be fused; else null.</summary>
    public static PairFusion? For(ReadOnlySpan<Instruction> instructions, List<PlanOperation> into, Action<Instruction> lower, int mostMixed)
    {
        foreach (var instruction in instructions)
            if (IsDense(instruction)) return new PairFusion(into, lower, mostMixed);
        return null;
    }

    /// <summary>Takes a constant gate on one or two qubits; any other first ends what has begun on its qubits.</summary>
    public bool TryTake(Instruction instruction)
    {
        var qubits = QubitsOf(instruction);
        if (BitOperations.PopCount(qubits) is not (1 or 2) || !IsConstant(instruction) || BitOperations.PopCount(qubits | 7) > _mostMixed)
        {
            End(qubits);
            return false;
        }
        var (low, high) = (BitOperations.TrailingZeroCount(qubits), BitOperations.Log2(qubits));
        var factor = new Factor(qubits, null, instruction);
        if (low == high)
        {
            if (_blocks[low] is { } open) open.Factors.Add(factor);
            else _waiting[low].Add(factor);
            return true;
        }
        if (_blocks[low] is not { } block || block != _blocks[high])
        {
            Close(low);
            Close(high);
            block = _blocks[low] = _blocks[high] = new Block(low, high);
            block.Factors.AddRange(_waiting[low]);
            block.Factors.AddRange(_waiting[high]);
            _waiting[low].Clear();
            _waiting[high].Clear();
        }
        block.Factors.Add(factor);
        block.IsDense |= IsDense(instruction);
        return true;
    }

    /// <summary>Lowers whatever has begun on some qubits.</summary>
    public void End(ulong qubits)
    {
        for (; qubits != 0; qubits &= qubits - 1)
        {
            var qubit = BitOperations.TrailingZeroCount(qubits);
            Close(qubit);
            Flush(_waiting[qubit]);
        }
    }

    private static bool IsDense(Instruction instruction) =>
        instruction is { Kind: InstructionKind.Matrix, ControlMask: 0, Targets.Length: 2, Condition: null, Plan.Shape: GateShape.Two };

    private static bool IsConstant(Instruction instruction) => instruction.Condition is null && instruction.Angle.Indices.Length == 0;

    private static ulong QubitsOf(Instruction instruction)
    {
        var qubits = instruction.ControlMask | instruction.Pauli.X | instruction.Pauli.Z;
        foreach (var target in instruction.Targets) qubits |= 1UL << target;
        return qubits;
    }

    /// <summary>2×2, or 4×4 with the lower qubit as the lower bit.</summary>
    private static Complex[] MatrixOf(Instruction instruction, int low, int high)
    {
        var size = low == high ? 2 : 4;
        var matrix = new Complex[size * size];
        var (sin, cos) = Math.SinCos(instruction.Kind == InstructionKind.PauliRotation ? instruction.Angle.Constant / 2 : instruction.Angle.Constant);
        for (var column = 0; column < size; column++)
        {
            var from = Global(column);
            if ((from & instruction.ControlMask) != instruction.ControlValue)
            {
                matrix[column * size + column] = 1;
                continue;
            }
            for (var row = 0; row < size; row++)
            {
                var flipped = from ^ Global(row);
                matrix[row * size + column] = instruction.Kind switch
                {
                    InstructionKind.Matrix => Entry(from, flipped),
                    InstructionKind.Phase => flipped == 0 ? new Complex(cos, sin) : 0,
                    _ => (flipped == 0 ? cos : 0) + (flipped == instruction.Pauli.X ? -Complex.ImaginaryOne * sin * PauliEntry(from) : 0),
                };
            }
        }
        return matrix;

        ulong Global(int local) => (ulong)(local & 1) << low | (ulong)(local >> 1) << high;

        Complex Entry(ulong from, ulong flipped)
        {
            var (row, column, count) = (0, 0, instruction.Targets.Length);
            for (var k = 0; k < count; k++)
            {
                column |= (int)(from >> instruction.Targets[k] & 1) << k;
                row |= (int)((from ^ flipped) >> instruction.Targets[k] & 1) << k;
                flipped &= ~(1UL << instruction.Targets[k]);
            }
            return flipped != 0 ? 0 : instruction.Matrix[(row << count) + column];
        }

        // Y = i·X·Z.
        Complex PauliEntry(ulong from)
        {
            var quarters = instruction.Pauli.CountY + 2 * BitOperations.PopCount(from & instruction.Pauli.Z);
            return (quarters & 3) switch { 0 => 1, 1 => Complex.ImaginaryOne, 2 => -1, _ => -Complex.ImaginaryOne };
        }
    }

    private void Close(int qubit)
    {
        if (_blocks[qubit] is not { } block) return;
        _blocks[block.Low] = _blocks[block.High] = null;
        if (block.IsDense)
        {
            Lower(block.Low, block.High, block.Product());
            return;
        }
        // What follows the last gate on both may still be taken by the next unitary.
        var (first, last) = (0, block.Factors.Count - 1);
        while (block.Factors[first].Qubits != block.Qubits) first++;
        while (block.Factors[last].Qubits != block.Qubits) last--;
        foreach (var side in (ReadOnlySpan<int>)[block.Low, block.High])
        {
            for (var k = 0; k < first; k++)
                if (block.Factors[k].Qubits == 1UL << side) _waiting[side].Add(block.Factors[k]);
            Flush(_waiting[side]);
            for (var k = last + 1; k < block.Factors.Count; k++)
                if (block.Factors[k].Qubits == 1UL << side) _waiting[side].Add(block.Factors[k]);
        }
        for (var k = first; k <= last; k++) _lower(block.Factors[k].Instruction!);
    }

    /// <summary>Gates on one qubit: as they were, or as one where a part of them is left from a unitary that was taken apart.</summary>
    private void Flush(List<Factor> factors)
    {
        if (AreInstructions(factors))
        {
            foreach (var factor in factors) _lower(factor.Instruction!);
        }
        else
        {
            Complex[] product = [1, 0, 0, 1];
            foreach (var factor in factors) product = CanonicalDecomposition.Multiply(factor.Matrix, product, 2);
            Lowering.LowerOneQubit(BitOperations.Log2(factors[0].Qubits), product, _into);
        }
        factors.Clear();

        static bool AreInstructions(List<Factor> factors)
        {
            foreach (var factor in factors)
                if (factor.Instruction is null) return false;
            return true;
        }
    }

    private void Lower(int low, int high, Complex[] unitary)
    {
        if (PermutationOf(unitary) is { } permutation) LowerPermutation(low, high, unitary, permutation);
        else if (KeepsParity(unitary)) LowerParity(low, high, unitary);
        else LowerAny(low, high, unitary);
    }

    private void LowerAny(int low, int high, Complex[] unitary)
    {
        var canonical = CanonicalDecomposition.Of(unitary);
        var (lowBefore, highBefore) = (EulerAngles.Of(canonical.RightLow), EulerAngles.Of(canonical.RightHigh));
        Twist(1UL << low, lowBefore.Before);
        Twist(1UL << high, highBefore.Before);
        Twist(0, -2 * (lowBefore.Global + highBefore.Global));
        // Phases between the turns and the joint rotation pass by it, and turn its axes.
        _into.Add(PlanOperation.Other(new PairRotation(low, high, lowBefore.Turn, highBefore.Turn,
            canonical.X - canonical.Y, highBefore.After + lowBefore.After, canonical.X + canonical.Y, highBefore.After - lowBefore.After)));
        Twist(1UL << low | 1UL << high, -2 * canonical.Z);
        Leave(low, canonical.LeftLow, lowBefore.After);
        Leave(high, canonical.LeftHigh, highBefore.After);

        void Leave(int qubit, Complex[] left, double angle)
        {
            var (even, odd) = (Complex.FromPolarCoordinates(1, -angle / 2), Complex.FromPolarCoordinates(1, angle / 2));
            _waiting[qubit].Add(new Factor(1UL << qubit, [left[0] * even, left[1] * odd, left[2] * even, left[3] * odd], null));
        }
    }

    private static bool KeepsParity(Complex[] unitary)
    {
        for (var row = 0; row < 4; row++)
            for (var column = 0; column < 4; column++)
                if (IsEven(row) != IsEven(column) && unitary[4 * row + column].Magnitude > Negligible) return false;
        return true;

        static bool IsEven(int state) => state is 0 or 3;
    }

    /// <summary>Two unitaries of two states each: no turn of a qubit by itself.</summary>
    private void LowerParity(int low, int high, Complex[] unitary)
    {
        Span<double> phases = stackalloc double[4];
        var (even, evenPhase) = Split(0, 3, phases);
        var (odd, oddPhase) = Split(1, 2, phases);
        if (even > Negligible || odd > Negligible)
            _into.Add(PlanOperation.Other(new PairRotation(low, high, 0, 0, even, evenPhase, odd, oddPhase)));
        LowerPhases(low, high, phases);

        // diag(e^{ip}, e^{iq})·[cos W; −W* cos].
        (double Angle, double Phase) Split(int first, int second, Span<double> phases)
        {
            var (own, other) = (unitary[5 * first], unitary[5 * second]);
            var (right, left) = (unitary[4 * first + second], unitary[4 * second + first]);
            var sum = (own * other - right * left).Phase;
            var hasOwn = own.Magnitude > Negligible;
            var difference = hasOwn ? own.Phase - other.Phase : 0;
            // Half a sum of phases is known up to π.
            if (hasOwn && Math.Cos((sum + difference) / 2 - own.Phase) < 0) sum += 2 * Math.PI;
            (phases[first], phases[second]) = ((sum + difference) / 2, (sum - difference) / 2);
            return (Math.Atan2(right.Magnitude, own.Magnitude), right.Phase - phases[first] - Math.PI / 2);
        }
    }

    private static int[]? PermutationOf(Complex[] unitary)
    {
        var permutation = new int[4];
        for (var column = 0; column < 4; column++)
        {
            permutation[column] = -1;
            for (var row = 0; row < 4; row++)
            {
                if (unitary[4 * row + column].Magnitude <= Negligible) continue;
                if (permutation[column] >= 0) return null;
                permutation[column] = row;
            }
        }
        return permutation;
    }

    /// <summary>Phases, then moves of addresses: every permutation of four states is linear but for flips.</summary>
    private void LowerPermutation(int low, int high, Complex[] unitary, int[] permutation)
    {
        Span<double> phases = stackalloc double[4];
        for (var column = 0; column < 4; column++) phases[column] = unitary[4 * permutation[column] + column].Phase;
        LowerPhases(low, high, phases);
        var flips = permutation[0];
        var (lowImage, highImage) = (permutation[1] ^ flips, permutation[2] ^ flips);
        // Moves of the lower and the higher qubit by turns reach all six linear maps. A register's lanes are best moved by qubits that are moved themselves, so the higher one is first.
        for (var length = 0; ; length = length < 3 ? length + 1 : throw new InvalidOperationException("A permutation of four states is affine."))
            for (var first = 1; first >= 0; first--)
            {
                var (l, h) = (1, 2);
                for (var k = 0; k < length; k++) (l, h) = ((first + k) & 1) != 0 ? (Flip(l, 0, 1), Flip(h, 0, 1)) : (Flip(l, 1, 0), Flip(h, 1, 0));
                if (l != lowImage || h != highImage) continue;
                for (var k = 0; k < length; k++) _into.Add(((first + k) & 1) != 0 ? PlanOperation.Move(low, high) : PlanOperation.Move(high, low));
                if ((flips & 1) != 0) _into.Add(PlanOperation.Move(-1, low));
                if ((flips & 2) != 0) _into.Add(PlanOperation.Move(-1, high));
                return;
            }

        static int Flip(int state, int control, int target) => state ^ (state >> control & 1) << target;
    }

    /// <summary>One phase for each state of the two qubits, as phases on parities.</summary>
    private void LowerPhases(int low, int high, ReadOnlySpan<double> phases)
    {
        Twist(1UL << low, -(phases[0] - phases[1] + phases[2] - phases[3]) / 2);
        Twist(1UL << high, -(phases[0] + phases[1] - phases[2] - phases[3]) / 2);
        Twist(1UL << low | 1UL << high, -(phases[0] - phases[1] - phases[2] + phases[3]) / 2);
        Twist(0, -(phases[0] + phases[1] + phases[2] + phases[3]) / 2);
    }

    private void Twist(ulong mask, double angle)
    {
        if (angle != 0) _into.Add(PlanOperation.Twist(mask, new AffineAngle([], [], angle)));
    }

    /// <param name="qubits">One or two.</param>
    /// <param name="matrix">On them; of an instruction made when it is asked for, for many never are.</param>
    /// <param name="instruction">Null: what a unitary that was taken apart left behind.</param>
    private sealed class Factor(ulong qubits, Complex[]? matrix, Instruction? instruction)
    {
        public ulong Qubits => qubits;

        public Complex[] Matrix => matrix ?? MatrixOf(instruction!, BitOperations.TrailingZeroCount(qubits), BitOperations.Log2(qubits));

        public Instruction? Instruction => instruction;
    }

    /// <summary>Gates on two qubits with no other on either in between.</summary>
    private sealed class Block(int low, int high)
    {
        public int Low => low;

        public int High => high;

        public ulong Qubits => 1UL << low | 1UL << high;

        public List<Factor> Factors { get; } = [];

        public bool IsDense { get; set; }

        public Complex[] Product()
        {
            if (Factors.Count == 1) return Factors[0].Matrix;
            Complex[] product = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
            foreach (var factor in Factors)
            {
                if (factor.Qubits == Qubits)
                {
                    product = CanonicalDecomposition.Multiply(factor.Matrix, product, 4);
                    continue;
                }
                var (matrix, step) = (factor.Matrix, factor.Qubits == 1UL << low ? 1 : 2);
                for (var row = 0; row < 4; row++)
                {
                    if ((row & step) != 0) continue;
                    for (var column = 0; column < 4; column++)
                    {
                        ref var zero = ref product[4 * row + column];
                        ref var one = ref product[4 * (row + step) + column];
                        (zero, one) = (matrix[0] * zero + matrix[1] * one, matrix[2] * zero + matrix[3] * one);
                    }
                }
            }
            return product;
        }
    }
}
