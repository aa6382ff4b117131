using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;
using QTrain.OpenQasm.Meaning;

namespace QTrain.OpenQasm.Running;

/// <summary>Variables of a program as text and JSON.</summary>
internal static class Variables
{
    /// <summary>A number as bits, bit 0 rightmost.</summary>
    public static string Text(ulong number, int bits) => string.Create(bits, number, static (text, n) =>
    {
        for (var k = 0; k < text.Length; k++) text[text.Length - 1 - k] = k < 64 && (n >> k & 1) != 0 ? '1' : '0';
    });

    public static string Text(BigInteger number, int bits)
    {
        if (bits <= 64 && number.Sign >= 0 && number <= ulong.MaxValue) return Text((ulong)number, bits);
        var text = new StringBuilder(bits);
        for (var k = bits - 1; k >= 0; k--) text.Append((number >> k).IsEven ? '0' : '1');
        return text.ToString();
    }

    /// <summary>All classical bits, the first declared register rightmost.</summary>
    public static string BitsOf(BoundProgram program, Value[] globals, Func<int, bool> bit)
    {
        var text = new StringBuilder(program.BitCount);
        for (var k = program.Registers.Length - 1; k >= 0; k--)
        {
            var register = program.Registers[k];
            text.Append(Text(WrittenCircuit.Resolve(globals[register.Slot], bit).Integer, register.BitCount));
        }
        return text.ToString();
    }

    /// <summary>Every variable that was assigned.</summary>
    public static JsonObject ToJson(BoundProgram program, Value[] globals, Func<int, bool> bit)
    {
        var document = new JsonObject();
        foreach (var variable in program.Variables)
        {
            var value = globals[variable.Slot];
            if (variable.IsReference || !(value.Content is ArrayValue array ? array.IsAssigned : value.IsSet)) continue;
            document[variable.Name] = ToJson(WrittenCircuit.Resolve(value, bit), variable.Type);
        }
        return document;
    }

    private static JsonNode? ToJson(Value value, QasmType type)
    {
        switch (type.Kind)
        {
            case TypeKind.Bool:
                return JsonValue.Create(value.Truth);
            case TypeKind.Bit:
                return type.Width == 0 ? JsonValue.Create(value.Truth ? 1 : 0) : JsonValue.Create(Text(value.Integer, type.Width));
            case TypeKind.Int or TypeKind.Uint:
                return value.Integer >= long.MinValue && value.Integer <= long.MaxValue ? JsonValue.Create((long)value.Integer) : JsonNode.Parse(value.Integer.ToString(CultureInfo.InvariantCulture));
            case TypeKind.Angle:
                return value.IsAffine ? JsonValue.Create(value.Affine.ToString()) : JsonValue.Create(Conversions.Radians(value.Integer, type.BitWidth));
            case TypeKind.Complex:
                return new JsonArray(Real(value.Real), Real(value.Imaginary));
            case TypeKind.Duration:
                return value.Imaginary == 0 ? Real(value.Real) : new JsonObject { ["seconds"] = Real(value.Real), ["dt"] = Real(value.Imaginary) };
            case TypeKind.Array:
                var at = 0;
                var array = (ArrayValue)value.Content!;
                return Nested(array, type.Element!, 0, ref at);
            default:
                return value.IsAffine ? JsonValue.Create(value.Affine.ToString()) : Real(value.Real);
        }
    }

    private static JsonArray Nested(ArrayValue array, QasmType element, int depth, ref int at)
    {
        var list = new JsonArray();
        for (var k = 0; k < array.Shape[depth]; k++)
            list.Add(depth + 1 == array.Shape.Length ? ToJson(array.Items[at++], element) : Nested(array, element, depth + 1, ref at));
        return list;
    }

    private static JsonValue? Real(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
