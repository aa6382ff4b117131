using QTrain.Numerics;

namespace QTrain.Simulation.Density;

/// <summary>One map applied to a tile: Pauli coefficients of a few qubits, lying together, two bits of the index a qubit (its X bit below its Z bit).</summary>
internal unsafe struct TileOp
{
    /// <summary>What is done to registers start ≤ k &lt; end of a tile with coefficients.</summary>
    public delegate*<TileOp*, double*, double*, nint, nint, void> Kernel;

    /// <summary>Where its coefficients begin.</summary>
    public nint Coefficients;

    /// <summary>How many registers are visited.</summary>
    public nint Count;

    /// <summary>The bits of an offset that stay zero: those of the map's qubits and those inside a register.</summary>
    public nuint Fixed;

    /// <summary>From the identity of the qubit to its X; Z is twice, Y three times as far.</summary>
    public nuint Step;

    /// <summary>Offsets and numbers that the kernel walks along.</summary>
    public int* Table;

    /// <summary>Registers read (with flips), registers written; pairs of exchanged components.</summary>
    public int Slots, Rows;

    /// <summary>The lane flips a kernel uses: a bit a flip.</summary>
    public int Flips;

    /// <summary>The string of a Pauli rotation as an index; its bits inside a register; and the qubits where it is X, Y, Z (their X bits).</summary>
    public nuint Pauli, X, Y, Z;

    public int LaneFlip;
}

/// <summary>The maps of Pauli coefficients, written once for every width.</summary>
internal static unsafe class DensityKernels<T> where T : unmanaged, ILanes<T>
{
    /// <summary>A trace-preserving map of a qubit outside the register: 3×3 on X, Z, Y and, where it moves the identity, a shift.</summary>
    public static void Local<TShift>(TileOp* op, double* tile, double* coefficients, nint start, nint end) where TShift : IFlag
    {
        var c = coefficients + op->Coefficients;
        T xx = T.Broadcast(c[5]), xz = T.Broadcast(c[6]), xy = T.Broadcast(c[7]);
        T zx = T.Broadcast(c[9]), zz = T.Broadcast(c[10]), zy = T.Broadcast(c[11]);
        T yx = T.Broadcast(c[13]), yz = T.Broadcast(c[14]), yy = T.Broadcast(c[15]);
        var (fix, step) = (op->Fixed, op->Step);
        double* atX = tile + step, atZ = tile + 2 * step, atY = tile + 3 * step;
        nuint o = 0;
        for (var k = op->Count; k > 0; k--)
        {
            T x = T.Load(atX + o), z = T.Load(atZ + o), y = T.Load(atY + o);
            T newX = xx * x, newZ = zx * x, newY = yx * x;
            if (TShift.IsSet)
            {
                var one = T.Load(tile + o);
                newX = T.MultiplyAdd(T.Broadcast(c[4]), one, newX);
                newZ = T.MultiplyAdd(T.Broadcast(c[8]), one, newZ);
                newY = T.MultiplyAdd(T.Broadcast(c[12]), one, newY);
            }
            newX = T.MultiplyAdd(xz, z, newX);
            newZ = T.MultiplyAdd(zz, z, newZ);
            newY = T.MultiplyAdd(yz, z, newY);
            T.Store(T.MultiplyAdd(xy, y, newX), atX + o);
            T.Store(T.MultiplyAdd(zy, y, newZ), atZ + o);
            T.Store(T.MultiplyAdd(yy, y, newY), atY + o);
            o = ((o | fix) + 1) & ~fix;
        }
    }

    /// <summary>Components scaled and exchanged two by two: Clifford gates on two qubits outside the register, with Pauli noise. Two pairs at once.</summary>
    public static void Exchange(TileOp* op, double* tile, double* coefficients, nint start, nint end)
    {
        var fix = op->Fixed;
        var c = coefficients + op->Coefficients;
        for (var pair = 0; pair < op->Rows; pair += 2)
        {
            var table = op->Table + 4 * pair;
            double* in0 = tile + table[0], in1 = tile + table[1], in2 = tile + table[4], in3 = tile + table[5];
            double* out0 = tile + table[2], out1 = tile + table[3], out2 = tile + table[6], out3 = tile + table[7];
            T c0 = T.Broadcast(c[2 * pair]), c1 = T.Broadcast(c[2 * pair + 1]), c2 = T.Broadcast(c[2 * pair + 2]), c3 = T.Broadcast(c[2 * pair + 3]);
            nuint o = 0;
            for (var k = op->Count; k > 0; k--)
            {
                T a = T.Load(in0 + o), b = T.Load(in1 + o), d = T.Load(in2 + o), e = T.Load(in3 + o);
                T.Store(c0 * a, out0 + o);
                T.Store(c1 * b, out1 + o);
                T.Store(c2 * d, out2 + o);
                T.Store(c3 * e, out3 + o);
                o = ((o | fix) + 1) & ~fix;
            }
        }
    }

    /// <summary>Any map of a qubit that lies inside the register whole: a sum of four lane flips.</summary>
    public static void InLanes(TileOp* op, double* tile, double* coefficients, nint start, nint end)
    {
        var c = coefficients + op->Coefficients;
        T c0 = T.Load(c), c1 = T.Load(c + T.Count), c2 = T.Load(c + 2 * T.Count), c3 = T.Load(c + 3 * T.Count);
        T f1 = T.Flipper(op->LaneFlip), f2 = T.Flipper(2 * op->LaneFlip), f3 = T.Flipper(3 * op->LaneFlip);
        var last = tile + op->Count * T.Count;
        for (var place = tile; place < last; place += T.Count)
        {
            var v = T.Load(place);
            var even = T.MultiplyAdd(c1, T.Flip(v, f1), c0 * v);
            var odd = T.MultiplyAdd(c3, T.Flip(v, f3), c2 * T.Flip(v, f2));
            T.Store(even + odd, place);
        }
    }

    /// <summary>
    /// Any map of a few qubits, whichever of their bits lie inside the register: row r of registers is Σ c·flip(register s). The table holds,
    /// for every slot (a register read, with a flip), its offset and flip; then for every row its offset and how many terms it has; then
    /// the terms' slots. Four places are done together: their sums are independent, so that none waits for the one before.
    /// </summary>
    public static void Sparse(TileOp* op, double* tile, double* coefficients, nint start, nint end)
    {
        double* buffer = stackalloc double[4 * op->Slots * T.Count], flippers = stackalloc double[8 * T.Count];
        for (var f = 1; f < T.Count; f++)
            if ((op->Flips >> f & 1) != 0) T.Store(T.Flipper(f), flippers + f * T.Count);
        var fix = op->Fixed;
        nuint o = 0;
        for (var k = op->Count; k > 0; k -= 4)
        {
            // Where fewer than four are left the last is done again and again, from the same numbers to the same.
            var place0 = tile + o;
            if (k > 1) o = ((o | fix) + 1) & ~fix;
            var place1 = tile + o;
            if (k > 2) o = ((o | fix) + 1) & ~fix;
            var place2 = tile + o;
            if (k > 3) o = ((o | fix) + 1) & ~fix;
            var place3 = tile + o;
            o = ((o | fix) + 1) & ~fix;
            var table = op->Table;
            var slot = buffer;
            for (var s = op->Slots; s > 0; s--)
            {
                T a = T.Load(place0 + table[0]), b = T.Load(place1 + table[0]), c = T.Load(place2 + table[0]), d = T.Load(place3 + table[0]);
                if (table[1] != 0)
                {
                    var flipper = T.Load(flippers + table[1] * T.Count);
                    (a, b, c, d) = (T.Flip(a, flipper), T.Flip(b, flipper), T.Flip(c, flipper), T.Flip(d, flipper));
                }
                T.Store(a, slot);
                T.Store(b, slot + T.Count);
                T.Store(c, slot + 2 * T.Count);
                T.Store(d, slot + 3 * T.Count);
                slot += 4 * T.Count;
                table += 2;
            }
            var factor = coefficients + op->Coefficients;
            for (var r = op->Rows; r > 0; r--)
            {
                var (target, terms) = (table[0], table[1]);
                table += 2;
                var f = T.Load(factor);
                slot = buffer + *table++ * (4 * T.Count);
                T a = f * T.Load(slot), b = f * T.Load(slot + T.Count), c = f * T.Load(slot + 2 * T.Count), d = f * T.Load(slot + 3 * T.Count);
                factor += T.Count;
                for (var t = terms - 1; t > 0; t--)
                {
                    f = T.Load(factor);
                    slot = buffer + *table++ * (4 * T.Count);
                    a = T.MultiplyAdd(f, T.Load(slot), a);
                    b = T.MultiplyAdd(f, T.Load(slot + T.Count), b);
                    c = T.MultiplyAdd(f, T.Load(slot + 2 * T.Count), c);
                    d = T.MultiplyAdd(f, T.Load(slot + 3 * T.Count), d);
                    factor += T.Count;
                }
                T.Store(a, place0 + target);
                T.Store(b, place1 + target);
                T.Store(c, place2 + target);
                T.Store(d, place3 + target);
            }
        }
    }

    /// <summary>
    /// A Pauli rotation of any weight. With QP = iᵏT, strings of odd k turn with their partner T; k adds up over the qubits, ±1 where the letters
    /// differ. The part of k inside the register is in the coefficients: for every k of the rest, cosines and signed sines a lane.
    /// </summary>
    public static void Turn(TileOp* op, double* tile, double* coefficients, nint start, nint end)
    {
        var (fix, pauli) = (op->Fixed, op->Pauli & ~(nuint)(T.Count - 1));
        var c = coefficients + op->Coefficients;
        var flipper = T.Flipper(op->LaneFlip);
        var o = OffsetAt(fix, start);
        for (var k = start; k < end; k++)
        {
            var own = c + 2 * T.Count * TableOf(op, o);
            var first = T.Load(tile + o);
            if (pauli == 0) T.Store(T.MultiplyAdd(T.Load(own + T.Count), T.Flip(first, flipper), T.Load(own) * first), tile + o);
            else
            {
                var partner = o ^ pauli;
                var other = c + 2 * T.Count * TableOf(op, partner);
                var second = T.Load(tile + partner);
                T.Store(T.MultiplyAdd(T.Load(own + T.Count), T.Flip(second, flipper), T.Load(own) * first), tile + o);
                T.Store(T.MultiplyAdd(T.Load(other + T.Count), T.Flip(first, flipper), T.Load(other) * second), tile + partner);
            }
            o = ((o | fix) + 1) & ~fix;
        }
    }

    /// <summary>
    /// Σ ±image(Q)·state(T) over the strings Q that a Pauli rotation turns and their partners T: how fast what is asked of the state grows with the
    /// angle. The signs lie where <see cref="Turn"/> has its sines.
    /// </summary>
    public static double Slope(TileOp* op, double* image, double* state, double* coefficients, nint start, nint end)
    {
        var (fix, pauli) = (op->Fixed, op->Pauli & ~(nuint)(T.Count - 1));
        var signs = coefficients + op->Coefficients + T.Count;
        var flipper = T.Flipper(op->LaneFlip);
        T first = T.Broadcast(0), second = T.Broadcast(0);
        var o = OffsetAt(fix, start);
        for (var k = start; k < end; k++)
        {
            var own = T.Load(signs + 2 * T.Count * TableOf(op, o));
            if (pauli == 0) first = T.MultiplyAdd(own * T.Load(image + o), T.Flip(T.Load(state + o), flipper), first);
            else
            {
                var partner = o ^ pauli;
                var other = T.Load(signs + 2 * T.Count * TableOf(op, partner));
                first = T.MultiplyAdd(own * T.Load(image + o), T.Flip(T.Load(state + partner), flipper), first);
                second = T.MultiplyAdd(other * T.Load(image + partner), T.Flip(T.Load(state + o), flipper), second);
            }
            o = ((o | fix) + 1) & ~fix;
        }
        double* lanes = stackalloc double[T.Count];
        T.Store(first + second, lanes);
        var sum = 0.0;
        for (var k = 0; k < T.Count; k++) sum += lanes[k];
        return sum;
    }

    /// <summary>Which table of coefficients: k of QP = iᵏT over the qubits outside the register, modulo 4, where ZX = iY, XY = iZ, YZ = iX
    /// count 1 and their reverses 3; plus 4 for the Z bit of a qubit whose X bit lies inside.</summary>
    private static nint TableOf(TileOp* op, nuint offset)
    {
        const ulong lower = 0x5555555555555555;
        var outside = (ulong)offset & ~(ulong)(Tables == 8 ? 15 : T.Count - 1);
        ulong x = outside & lower, z = outside >> 1 & lower;
        ulong onlyX = x & ~z, onlyZ = z & ~x, both = x & z;
        var plus = onlyZ & op->X | onlyX & op->Y | both & op->Z;
        var minus = both & op->X | onlyZ & op->Y | onlyX & op->Z;
        var power = (ulong.PopCount(plus) + 3 * ulong.PopCount(minus)) & 3;
        return (nint)(Tables == 8 ? power | (ulong)offset >> 1 & 4 : power);
    }

    /// <summary>Tables of a rotation: eight doubles end in the middle of a qubit's two bits.</summary>
    public static int Tables => T.Count == 8 ? 8 : 4;

    /// <summary>The offset of the k-th register.</summary>
    private static nuint OffsetAt(nuint fix, nint k)
    {
        nuint result = 0, rest = (nuint)k;
        for (var free = ~fix; rest != 0; free &= free - 1)
        {
            if ((rest & 1) != 0) result |= free & (0 - free);
            rest >>= 1;
        }
        return result;
    }
}

/// <summary>The kernels of a width.</summary>
internal sealed unsafe class DensityKernelTable
{
    public delegate*<TileOp*, double*, double*, nint, nint, void> Unital { get; private init; }

    public delegate*<TileOp*, double*, double*, nint, nint, void> Shifting { get; private init; }

    public delegate*<TileOp*, double*, double*, nint, nint, void> Pairs { get; private init; }

    public delegate*<TileOp*, double*, double*, nint, nint, void> Lanes { get; private init; }

    public delegate*<TileOp*, double*, double*, nint, nint, void> General { get; private init; }

    public delegate*<TileOp*, double*, double*, nint, nint, void> Rotation { get; private init; }

    public delegate*<TileOp*, double*, double*, double*, nint, nint, double> Slope { get; private init; }

    public static DensityKernelTable For(LaneWidth width) => width switch
    {
        LaneWidth.Vector512 => OfWidth<Lanes8>.Table,
        LaneWidth.Vector256 => OfWidth<Lanes4>.Table,
        _ => OfWidth<Lanes1>.Table,
    };

    // One class a width: a process that uses one never loads the others.
    private static class OfWidth<T> where T : unmanaged, ILanes<T>
    {
        public static readonly DensityKernelTable Table = new()
        {
            Unital = &DensityKernels<T>.Local<No>,
            Shifting = &DensityKernels<T>.Local<Yes>,
            Pairs = &DensityKernels<T>.Exchange,
            Lanes = &DensityKernels<T>.InLanes,
            General = &DensityKernels<T>.Sparse,
            Rotation = &DensityKernels<T>.Turn,
            Slope = &DensityKernels<T>.Slope,
        };
    }
}
