using System.Collections.Immutable;
using System.Numerics;

namespace QTrain.OpenQasm.Meaning;

/// <summary>A classical bit of the circuit being written, as it was after its so-manieth measurement.</summary>
internal readonly record struct ClassicalBit(int Bit, int Version);

/// <summary>Bits of which some are measured, and so not known while a circuit is written. An entry below 0 is a bit that is known.</summary>
internal sealed class MeasuredBits(BigInteger known, ClassicalBit?[] bits)
{
    public BigInteger Known { get; } = known;

    public ClassicalBit?[] Bits { get; } = bits;
}

/// <summary>A truth: all these bits read so.</summary>
internal sealed class Conjunction(ImmutableArray<(ClassicalBit Bit, bool Value)> asked)
{
    public ImmutableArray<(ClassicalBit Bit, bool Value)> Asked { get; } = asked;

    /// <summary>Whether bits read as a number; false where a known bit says so already.</summary>
    public static Value Reads(MeasuredBits bits, BigInteger number)
    {
        if (number.Sign < 0 || number >> bits.Bits.Length != 0) return Value.Of(false);
        var asked = ImmutableArray.CreateBuilder<(ClassicalBit, bool)>();
        for (var b = 0; b < bits.Bits.Length; b++)
        {
            var wanted = !(number >> b).IsEven;
            if (bits.Bits[b] is not { } bit)
            {
                if (!(bits.Known >> b).IsEven != wanted) return Value.Of(false);
            }
            else if (asked.Contains((bit, !wanted))) return Value.Of(false);
            else if (!asked.Contains((bit, wanted))) asked.Add((bit, wanted));
        }
        return asked.Count == 0 ? Value.Of(true) : Value.Holding(new Conjunction(asked.ToImmutable()));
    }
}

/// <summary>A value for every outcome of some classical bits, the first listed lowest.</summary>
internal sealed class Cases(ImmutableArray<ClassicalBit> bits, Value[] values)
{
    // 2⁸ cases of a value; more would be a table, not a condition.
    private const int MaxBits = 8;

    public ImmutableArray<ClassicalBit> Bits { get; } = bits;

    public Value[] Values { get; } = values;

    /// <summary>A value written out case by case; itself where it is known.</summary>
    public static Cases Of(Value value)
    {
        if (value.Content is Cases cases) return cases;
        if (value.Content is Conjunction conjunction)
        {
            var all = conjunction.Asked;
            Check(all.Length);
            var truths = new Value[1 << all.Length];
            var wanted = 0;
            for (var b = 0; b < all.Length; b++) wanted |= all[b].Value ? 1 << b : 0;
            for (var k = 0; k < truths.Length; k++) truths[k] = Value.Of(k == wanted);
            return new Cases([.. all.Select(a => a.Bit)], truths);
        }
        if (value.Content is not MeasuredBits measured) return new Cases([], [value]);
        var bits = measured.Bits.OfType<ClassicalBit>().Distinct().ToImmutableArray();
        Check(bits.Length);
        var values = new Value[1 << bits.Length];
        for (var k = 0; k < values.Length; k++)
        {
            var integer = measured.Known;
            for (var b = 0; b < measured.Bits.Length; b++)
                if (measured.Bits[b] is { } bit && (k >> bits.IndexOf(bit) & 1) != 0) integer |= BigInteger.One << b;
            values[k] = Value.Of(integer);
        }
        return new Cases(bits, values);
    }

    /// <summary>Whether a value depends on measurements.</summary>
    public static bool Has(Value value) => value.Content is Cases or MeasuredBits or Conjunction;

    /// <summary>What a function gives, case by case where its arguments are not known.</summary>
    public static Value Apply(Value a, Func<Value, Value> function)
    {
        if (!Has(a)) return function(a);
        var of = Of(a);
        return Settled(of.Bits, [.. of.Values.Select(function)]);
    }

    /// <summary>What a function gives, case by case where its arguments are not known.</summary>
    public static Value Apply(Value a, Value b, Func<Value, Value, Value> function)
    {
        if (!Has(a) && !Has(b)) return function(a, b);
        var (left, right) = (Of(a), Of(b));
        var bits = left.Bits.Union(right.Bits).ToImmutableArray();
        Check(bits.Length);
        var values = new Value[1 << bits.Length];
        for (var k = 0; k < values.Length; k++) values[k] = function(left.In(bits, k), right.In(bits, k));
        return Settled(bits, values);
    }

    /// <summary>The same without bits that do not matter; a plain value where none does.</summary>
    public static Value Settled(ImmutableArray<ClassicalBit> bits, Value[] values)
    {
        for (var b = bits.Length - 1; b >= 0; b--)
        {
            var matters = false;
            for (var k = 0; k < values.Length && !matters; k++) matters = (k >> b & 1) == 0 && !values[k].Equals(values[k | 1 << b]);
            if (matters) continue;
            var fewer = new Value[values.Length / 2];
            for (var k = 0; k < fewer.Length; k++) fewer[k] = values[(k >> b) << (b + 1) | k & ((1 << b) - 1)];
            (bits, values) = (bits.RemoveAt(b), fewer);
        }
        return bits.IsEmpty ? values[0] : Value.Holding(new Cases(bits, values));
    }

    /// <summary>The value where a larger set of bits reads so.</summary>
    public Value In(ImmutableArray<ClassicalBit> bits, int outcome)
    {
        var own = 0;
        for (var b = 0; b < Bits.Length; b++)
            if ((outcome >> bits.IndexOf(Bits[b]) & 1) != 0) own |= 1 << b;
        return Values[own];
    }

    private static void Check(int bits)
    {
        if (bits > MaxBits) throw new NotStaticException($"this depends on {bits} measured bits at once, more than the {MaxBits} whose cases a circuit can list as conditions");
    }

    public override bool Equals(object? obj) => obj is Cases other && Bits.AsSpan().SequenceEqual(other.Bits.AsSpan()) && Values.AsSpan().SequenceEqual(other.Values);

    public override int GetHashCode() => Values.Length;
}
