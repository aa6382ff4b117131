using System.Collections.Immutable;
using System.Numerics;
using QTrain.OpenQasm.Meaning;

namespace QTrain.OpenQasm.Running;

/// <summary>Variables of a branch: reading and writing them, whole or bit by bit.</summary>
/// <remarks>While a circuit is written, what happens under a condition on measured bits is written down once; a variable that is assigned there
/// has, afterwards, a value for either case.</remarks>
internal static class Memory
{
    public static Value Load(Branch branch, int frame, int slot)
    {
        var value = branch.Frames[frame][slot];
        return branch.Condition.IsEmpty || !Cases.Has(value) ? value : Under(branch.Condition, value);
    }

    public static void Store(Branch branch, int frame, int slot, Value value)
    {
        ref var place = ref branch.Frames[frame][slot];
        place = branch.Condition.IsEmpty ? value : Selected(branch.Condition, value, place);
    }

    /// <summary>Writes without regard to a condition, where the bit of the circuit itself keeps its old value.</summary>
    public static void Overwrite(Branch branch, int frame, int slot, Value value) => branch.Frames[frame][slot] = value;

    /// <summary>Bit <paramref name="bit"/> of a value.</summary>
    public static Value Bit(Value value, int bit) => value.Content is MeasuredBits measured
        ? measured.Bits[bit] is { } one ? Value.Holding(new MeasuredBits(BigInteger.Zero, [one])) : Value.Of(!(measured.Known >> bit).IsEven)
        : Cases.Apply(value, v => Value.Of(!(v.Integer >> bit).IsEven));

    /// <summary>The value with a bit replaced. <paramref name="signedWidth"/>: of a signed number, how many bits it has; 0 for others.</summary>
    public static Value WithBit(Value value, int width, int bit, Value one, int signedWidth = 0)
    {
        var isKnown = !one.IsSymbol;
        if (value.Content is MeasuredBits || one.Content is MeasuredBits && value.Content is not Cases)
        {
            if (isKnown || one.Content is MeasuredBits)
            {
                var known = value.Content is MeasuredBits old ? old.Known : value.Integer;
                var bits = value.Content is MeasuredBits before ? (ClassicalBit?[])before.Bits.Clone() : new ClassicalBit?[width];
                known &= ~(BigInteger.One << bit);
                bits[bit] = one.Content is MeasuredBits measured ? measured.Bits[0] : null;
                if (isKnown ? one.Truth : IsKnownOne(one)) known |= BigInteger.One << bit;
                return bits.Any(b => b is not null) ? Value.Holding(new MeasuredBits(known, bits)) : Value.Of(known);
            }
        }
        return Cases.Apply(value, one, (v, b) =>
        {
            var mask = BigInteger.One << bit;
            var result = b.Truth ? v.Integer | mask : v.Integer & ~mask;
            return Value.Of(signedWidth > 0 ? Conversions.Wrapped(result & (BigInteger.One << signedWidth) - 1, signedWidth, signed: true) : result);
        });

        static bool IsKnownOne(Value v) => v.Content is MeasuredBits { Bits: [null] } m && !m.Known.IsZero;
    }

    public static Value LoadBit(Branch branch, BitAddress address)
    {
        var value = Load(branch, address.Frame, address.Slot);
        return address.Width == 0 ? value : Bit(value, address.Bit);
    }

    public static void StoreBit(Branch branch, BitAddress address, Value bit)
    {
        ref var place = ref branch.Frames[address.Frame][address.Slot];
        if (address.Width == 0)
        {
            place = branch.Condition.IsEmpty ? bit : Selected(branch.Condition, bit, place);
            return;
        }
        if (!branch.Condition.IsEmpty) bit = Selected(branch.Condition, bit, Bit(place, address.Bit));
        place = WithBit(place, address.Width, address.Bit, bit, address.IsSigned ? address.Width : 0);
    }

    /// <summary>Stores an element of an array where it stands.</summary>
    public static void StoreItem(Branch branch, ArrayValue array, int at, Value value)
    {
        array.IsAssigned = true;
        array.Items[at] = branch.Condition.IsEmpty ? value : Selected(branch.Condition, value, array.Items[at]);
    }

    /// <summary>A value by what is known where a condition holds.</summary>
    public static Value Under(ImmutableArray<(ClassicalBit Bit, bool Value)> condition, Value value)
    {
        switch (value.Content)
        {
            case MeasuredBits measured:
                if (!measured.Bits.Any(b => b is { } bit && condition.Any(c => c.Bit == bit))) return value;
                var (known, bits) = (measured.Known, (ClassicalBit?[])measured.Bits.Clone());
                for (var b = 0; b < bits.Length; b++)
                {
                    foreach (var (bit, truth) in condition)
                    {
                        if (bits[b] != bit) continue;
                        bits[b] = null;
                        if (truth) known |= BigInteger.One << b;
                    }
                }
                return bits.Any(b => b is not null) ? Value.Holding(new MeasuredBits(known, bits)) : Value.Of(known);
            case Cases cases:
                var fixedBits = new bool?[cases.Bits.Length];
                for (var k = 0; k < fixedBits.Length; k++)
                    foreach (var (bit, truth) in condition)
                        if (bit == cases.Bits[k]) fixedBits[k] = truth;
                if (fixedBits.All(b => b is null)) return value;
                // Every case that cannot be is given the value of the one that can.
                var values = new Value[cases.Values.Length];
                for (var k = 0; k < values.Length; k++)
                {
                    var like = k;
                    for (var b = 0; b < fixedBits.Length; b++)
                        if (fixedBits[b] is { } truth) like = truth ? like | 1 << b : like & ~(1 << b);
                    values[k] = cases.Values[like];
                }
                return Cases.Settled(cases.Bits, values);
            default:
                return value;
        }
    }

    private static Value Selected(ImmutableArray<(ClassicalBit Bit, bool Value)> condition, Value then, Value otherwise)
    {
        if (then.Equals(otherwise)) return then;
        if (then.Content is ArrayValue taken && otherwise.Content is ArrayValue left && taken.Items.Length == left.Items.Length)
        {
            var items = new Value[taken.Items.Length];
            for (var k = 0; k < items.Length; k++) items[k] = Selected(condition, taken.Items[k], left.Items[k]);
            return Value.Holding(new ArrayValue(items, taken.Shape));
        }
        // A variable of this block alone had nothing before, and will have nothing to say after it.
        if (then.Content is not null && !then.IsSymbol) return then;
        var holds = Value.Holding(new Conjunction(condition));
        var first = Cases.Apply(holds, then, static (h, v) => h.Truth ? v : Value.Of(BigInteger.Zero));
        return Cases.Apply(Cases.Apply(holds, otherwise, static (h, v) => h.Truth ? Value.Holding(Skipped) : v), first, static (o, n) => ReferenceEquals(o.Content, Skipped) ? n : o);
    }

    private static readonly object Skipped = new();
}
