using System.Collections.Immutable;
using System.Numerics;
using QTrain.OpenQasm.Running;
using QTrain.OpenQasm.Syntax;

namespace QTrain.OpenQasm.Meaning;

/// <summary>Something that can be read and assigned to: a variable, an element, a slice, bits.</summary>
internal sealed record Place(QasmType Type, Func<Branch, Value> Load, Action<Branch, Value> Store)
{
    /// <summary>The bits it is made of, where these belong to variables.</summary>
    public Func<Branch, BitAddress[]>? Bits { get; init; }

    /// <summary>The elements of an array: whose they are, at which places, in what shape.</summary>
    public Func<Branch, (int Frame, int Slot, ArrayValue Array, int[] At, int[] Shape)>? Locate { get; init; }

    /// <summary>Why it cannot be assigned to; null when it can.</summary>
    public string? ReadOnly { get; init; }

    /// <summary>Whether it is part of a variable rather than all of it.</summary>
    public bool IsPart { get; init; }
}

/// <summary>Indices of one dimension.</summary>
/// <param name="IsSingle">Whether it is one index, which takes the dimension away.</param>
/// <param name="Count">How many indices; -1 where known only when run.</param>
/// <param name="Find">The indices, from 0, for a dimension of so many.</param>
/// <param name="IsFixed">Whether they are known before the program runs.</param>
/// <param name="Span">Where it stands.</param>
internal sealed record Selection(bool IsSingle, int Count, Func<Branch?, int, int[]> Find, bool IsFixed, Span Span);

internal sealed partial class Binder
{
    private Place BindPlace(Expression expression)
    {
        if (expression is IndexExpression { Of: var of, Index: var index }) return Indexed(BindPlace(of), index, expression.Span);
        if (expression is not NameExpression name) throw expression.Span.Fault("this cannot be assigned to: expected a variable, possibly with an index.");
        switch (Find(name.Name, name.Span))
        {
            case VariableSymbol variable:
                return PlaceOf(variable);
            case BitAliasSymbol alias:
                BitAddress[] Bits(Branch b) => ((BitReference)b.Frames[FrameOf(b, alias.IsGlobal)][alias.Slot].Content!).Bits;
                return BitsAt(alias.Width, Bits, isSingle: false);
            case ConstantSymbol constant:
                return new Place(constant.Type, _ => constant.Value, (_, _) => { }) { ReadOnly = $"'{name.Name}' is a constant" };
            case null:
                throw NotDefined(name.Name, name.Span, s => s is VariableSymbol or BitAliasSymbol);
            case var symbol:
                throw name.Span.Fault($"'{name.Name}' is {symbol.What}, not a variable.");
        }
    }

    private static Place PlaceOf(VariableSymbol variable)
    {
        var (isGlobal, slot, type) = (variable.IsGlobal, variable.Slot, variable.Type);
        var readOnly = variable.IsReadOnly ? $"'{variable.Name}' is {variable.Role}, which cannot be assigned to" : null;
        if (type.Kind == TypeKind.Array)
        {
            (int, int, ArrayValue, int[], int[]) Locate(Branch b)
            {
                var frame = FrameOf(b, isGlobal);
                if (variable.IsReference)
                {
                    var reference = (ArrayReference)b.Frames[frame][slot].Content!;
                    return (reference.Frame, reference.Slot, (ArrayValue)b.Frames[reference.Frame][reference.Slot].Content!, reference.At, reference.Shape);
                }
                var array = (ArrayValue)b.Frames[frame][slot].Content!;
                return (frame, slot, array, array.All, array.Shape);
            }
            return ArrayAt(type, Locate) with { ReadOnly = readOnly };
        }
        if (variable.IsEmpty) return BitsAt(-1, static _ => [], isSingle: false);
        var place = new Place(type, b => Memory.Load(b, FrameOf(b, isGlobal), slot), (b, v) => Memory.Store(b, FrameOf(b, isGlobal), slot, v)) { ReadOnly = readOnly };
        if (type.Kind is TypeKind.Bit or TypeKind.Int or TypeKind.Uint or TypeKind.Angle or TypeKind.Bool)
        {
            var (width, signed) = (type.Kind == TypeKind.Bit || type.Kind == TypeKind.Bool ? type.Width : type.BitWidth, type.Kind == TypeKind.Int);
            place = place with { Bits = b => [.. Enumerable.Range(0, Math.Max(1, width)).Select(k => new BitAddress(FrameOf(b, isGlobal), slot, k, width, signed))] };
        }
        return place;
    }

    private static Place ArrayAt(QasmType type, Func<Branch, (int, int, ArrayValue Array, int[] At, int[] Shape)> locate) => new(
        type,
        b =>
        {
            var (_, _, array, at, shape) = locate(b);
            var items = new Value[at.Length];
            for (var k = 0; k < at.Length; k++) items[k] = ItemUnder(b, array.Items[at[k]]);
            return Value.Holding(new ArrayValue(items, shape) { IsAssigned = array.IsAssigned });
        },
        (b, v) =>
        {
            var (_, _, array, at, shape) = locate(b);
            var given = (ArrayValue)v.Content!;
            if (!given.Shape.AsSpan().SequenceEqual(shape)) throw new QuantumException($"an array of shape [{string.Join(", ", given.Shape)}] does not fit where one of [{string.Join(", ", shape)}] stands.");
            for (var k = 0; k < at.Length; k++) Memory.StoreItem(b, array, at[k], given.Items[k]);
        })
    { Locate = locate };

    private static Value ItemUnder(Branch branch, Value value) => branch.Condition.IsEmpty || !Cases.Has(value) ? value : Memory.Under(branch.Condition, value);

    private static Place BitsAt(int width, Func<Branch, BitAddress[]> bits, bool isSingle) => new(
        isSingle ? QasmType.Bit : QasmType.Bits(width),
        b =>
        {
            var addresses = bits(b);
            if (isSingle) return Memory.LoadBit(b, addresses[0]);
            var value = Value.Of(BigInteger.Zero);
            for (var k = 0; k < addresses.Length; k++) value = Memory.WithBit(value, addresses.Length, k, Memory.LoadBit(b, addresses[k]));
            return value;
        },
        (b, v) =>
        {
            var addresses = bits(b);
            if (isSingle) Memory.StoreBit(b, addresses[0], v);
            else
                for (var k = 0; k < addresses.Length; k++) Memory.StoreBit(b, addresses[k], Memory.Bit(v, k));
        })
    { Bits = bits, IsPart = true };

    /// <summary>A part of a place. Indices of an array come first; what is left of them chooses bits.</summary>
    private Place Indexed(Place of, IndexNode index, Span span)
    {
        var items = index.IsSet ? [SelectSet(index.Items, index.Span)] : index.Items.Select(Select).ToArray();
        if (index.IsSet && of.Type.Kind == TypeKind.Array && !_isBraket) throw index.Span.Fault("an array cannot be indexed by a set: use a range.");
        var used = 0;
        if (of.Type.Kind == TypeKind.Array)
        {
            used = Math.Min(items.Length, of.Type.Dimensions.Length);
            of = OfArray(of, items[..used], span);
        }
        if (used == items.Length) return of;
        if (items.Length - used > 1) throw index.Span.Fault($"{of.Type} takes one index only.");
        var bits = items[used];
        if (of.Type.Kind is not (TypeKind.Bit or TypeKind.Int or TypeKind.Uint or TypeKind.Angle) || of.Type.IsScalarBit && (_isStrict || !bits.IsSingle))
            throw span.Fault($"{of.Type} has no elements to index.");
        if (of.Type.Kind is TypeKind.Int or TypeKind.Uint or TypeKind.Angle && of.Type.Width == 0)
            throw span.Fault($"the bits of {of.Type} cannot be indexed because its size is not written: declare it as {of.Type}[32], for example.");
        var width = of.Type.BitWidth;
        Check(bits, width);
        var load = of.Load;
        if (of.Bits is { } addresses)
        {
            return BitsAt(CountOf(bits, width), b =>
            {
                var all = addresses(b);
                return [.. bits.Find(b, all.Length).Select(k => all[k])];
            }, bits.IsSingle) with { ReadOnly = of.ReadOnly };
        }
        var (store, signed) = (of.Store, of.Type.Kind == TypeKind.Int ? width : 0);
        return new Place(bits.IsSingle ? QasmType.Bit : QasmType.Bits(CountOf(bits, width)), b => BitsOf(load(b), bits, b, width), (b, v) =>
        {
            var chosen = bits.Find(b, width);
            var value = load(b);
            for (var k = 0; k < chosen.Length; k++) value = Memory.WithBit(value, width, chosen[k], bits.IsSingle ? v : Memory.Bit(v, k), signed);
            store(b, value);
        })
        { ReadOnly = of.ReadOnly, IsPart = true };
    }

    private static Value BitsOf(Value value, Selection bits, Branch? branch, int width)
    {
        var chosen = bits.Find(branch, width);
        if (bits.IsSingle) return Memory.Bit(value, chosen[0]);
        var result = Value.Of(BigInteger.Zero);
        for (var k = 0; k < chosen.Length; k++) result = Memory.WithBit(result, chosen.Length, k, Memory.Bit(value, chosen[k]));
        return result;
    }

    private static Place OfArray(Place of, Selection[] items, Span span)
    {
        var dimensions = ImmutableArray.CreateBuilder<int>();
        for (var k = 0; k < items.Length; k++)
        {
            Check(items[k], of.Type.Dimensions[k]);
            if (!items[k].IsSingle) dimensions.Add(CountOf(items[k], of.Type.Dimensions[k]));
        }
        dimensions.AddRange(of.Type.Dimensions[items.Length..]);
        var locate = of.Locate!;
        (int, int, ArrayValue, int[] At, int[] Shape) Part(Branch b)
        {
            var (frame, slot, array, at, shape) = locate(b);
            var chosen = items.Select((s, k) => s.Find(b, shape[k])).ToArray();
            var kept = new List<int>();
            for (var k = 0; k < items.Length; k++)
                if (!items[k].IsSingle) kept.Add(chosen[k].Length);
            kept.AddRange(shape[items.Length..]);
            // Places of the first dimensions one after another, each with all that lies below it.
            var below = 1;
            foreach (var size in shape[items.Length..]) below *= size;
            int[] starts = [0];
            for (var k = 0; k < items.Length; k++)
            {
                var (size, indices) = (shape[k], chosen[k]);
                var next = new int[starts.Length * indices.Length];
                for (var s = 0; s < starts.Length; s++)
                    for (var i = 0; i < indices.Length; i++) next[s * indices.Length + i] = starts[s] * size + indices[i];
                starts = next;
            }
            var places = new int[starts.Length * below];
            for (var s = 0; s < starts.Length; s++)
                for (var k = 0; k < below; k++) places[s * below + k] = at[starts[s] * below + k];
            return (frame, slot, array, places, [.. kept]);
        }
        if (dimensions.Count > 0) return ArrayAt(QasmType.ArrayOf(of.Type.Element!, dimensions.ToImmutable()), Part) with { ReadOnly = of.ReadOnly, IsPart = true };
        return new Place(of.Type.Element!,
            b => Part(b) is var (_, _, array, at, _) ? ItemUnder(b, array.Items[at[0]]) : default,
            (b, v) =>
            {
                var (_, _, array, at, _) = Part(b);
                Memory.StoreItem(b, array, at[0], v);
            })
        { ReadOnly = of.ReadOnly, IsPart = true };
    }

    // Indices known beforehand are looked at beforehand.
    private static void Check(Selection selection, int length)
    {
        if (selection.IsFixed && length >= 0) selection.Find(null, length);
    }

    private static int CountOf(Selection selection, int length) => selection.IsFixed && length >= 0 ? selection.Find(null, length).Length : selection.Count;

    private Selection Select(Expression item) => item switch
    {
        RangeExpression range => SelectRange(range),
        SetExpression set => SelectSet(set.Items, set.Span),
        _ => SelectOne(item),
    };

    private Bound BindIndex(Expression expression)
    {
        var index = BindExpression(expression);
        if (!(index.Type.IsInteger || index.Type.IsTruth || index.Type.IsRegister)) throw index.Span.Fault($"an index must be a whole number, not {index.Type}.");
        return index;
    }

    private Selection SelectOne(Expression expression)
    {
        var index = BindIndex(expression);
        return new Selection(true, 1, (b, length) => [InRange(index.Find(b!).Integer, length, index.Span)], index.Constant is not null, index.Span);
    }

    private Selection SelectSet(ImmutableArray<Expression> expressions, Span span)
    {
        var indices = expressions.Select(BindIndex).ToArray();
        return new Selection(false, indices.Length, (b, length) => [.. indices.Select(i => InRange(i.Find(b!).Integer, length, i.Span))], indices.All(i => i.Constant is not null), span);
    }

    private Selection SelectRange(RangeExpression range)
    {
        var (start, step, stop) = (range.Start is null ? null : BindIndex(range.Start), range.Step is null ? null : BindIndex(range.Step), range.Stop is null ? null : BindIndex(range.Stop));
        var isFixed = (start ?? stop ?? step) is null || (start?.Constant is not null || start is null) && (stop?.Constant is not null || stop is null) && (step?.Constant is not null || step is null);
        int[] Find(Branch? b, int length)
        {
            var by = step is null ? BigInteger.One : step.Find(b!).Integer;
            if (by.IsZero) throw range.Span.Fault("the step of a range cannot be 0.");
            var first = start is null ? by.Sign > 0 ? 0 : length - 1 : InRange(start.Find(b!).Integer, length, start.Span);
            var last = stop is null ? by.Sign > 0 ? length - 1 : 0 : InRange(stop.Find(b!).Integer, length, stop.Span);
            var indices = new List<int>();
            for (BigInteger k = first; by.Sign > 0 ? k <= last : k >= last; k += by) indices.Add((int)k);
            return indices.Count > 0 || length == 0 ? [.. indices] : throw range.Span.Fault("this range is empty: nothing is chosen by it.");
        }
        var count = -1;
        // Without a length at hand, ends that count from the front give the number.
        if (isFixed && start?.Constant is { Integer.Sign: >= 0 } from && stop?.Constant is { Integer.Sign: >= 0 } to && from.Integer < MaxItems && to.Integer < MaxItems)
            count = Find(null, (int)BigInteger.Max(from.Integer, to.Integer) + 1).Length;
        return new Selection(false, count, Find, isFixed, range.Span);
    }

    private static int InRange(BigInteger index, int length, Span span)
    {
        var from = index.Sign < 0 ? index + length : index;
        return from.Sign >= 0 && from < length ? (int)from : throw span.Fault(length == 0 ? "index out of range: there are no elements." : $"index {index} is out of range: there are {length} elements, numbered 0 to {length - 1} (or -{length} to -1 from the end).");
    }

    private Bound BindIndexed(IndexExpression expression)
    {
        // What has a name is a place; anything else, such as a cast, is a value whose bits are asked.
        Expression root = expression;
        while (root is IndexExpression index) root = index.Of;
        if (root is NameExpression { Name: var name } && Find(name, root.Span) is { } symbol)
        {
            if (symbol is QubitSymbol) throw expression.Span.Fault($"'{name}' is {symbol.What}, not a value: measure it.");
            if (symbol is not ConstantSymbol)
            {
                var place = BindPlace(expression);
                return Read(place, expression.Span);
            }
        }
        var of = BindExpression(expression.Of);
        if (expression.Index.Items.Length != 1 && !expression.Index.IsSet || of.Type.Kind is not (TypeKind.Bit or TypeKind.Int or TypeKind.Uint or TypeKind.Angle) || of.Type.IsScalarBit)
            throw expression.Span.Fault($"{of.Type} has no elements to index.");
        var bits = expression.Index.IsSet ? SelectSet(expression.Index.Items, expression.Index.Span) : Select(expression.Index.Items[0]);
        var width = of.Type.BitWidth;
        Check(bits, width);
        var type = bits.IsSingle ? QasmType.Bit : QasmType.Bits(CountOf(bits, width));
        return bits.IsFixed ? Mapped(of with { Span = expression.Span }, type, v => BitsOf(v, bits, null, width)) : new Bound(type, b => BitsOf(of.Find(b), bits, b, width), expression.Span);
    }
}
