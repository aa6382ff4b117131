using System.Numerics;
using System.Text.Json;

namespace QTrain.Formats;

/// <summary>Complex numbers as JSON: a number, <c>[re, im]</c> or <c>{"re": …, "im": …}</c>.</summary>
internal static class ComplexJson
{
    public static Complex Read(JsonValue value, string what)
    {
        switch (value.Kind)
        {
            case JsonKind.Number:
                return value.Number;
            case JsonKind.List when value.Items is [var real, var imaginary]:
                return new Complex(real.AsNumber("a real part"), imaginary.AsNumber("an imaginary part"));
            case JsonKind.Object when (value.Find("re") ?? value.Find("im")) is not null:
                return new Complex(value.Find("re")?.AsNumber("re") ?? 0, value.Find("im")?.AsNumber("im") ?? 0);
            default:
                throw value.Fault($"{what} must be a number, [re, im] or {{\"re\": …, \"im\": …}}.");
        }
    }

    /// <summary>A number that must be real, in any of the forms.</summary>
    public static double ReadReal(JsonValue value, string what)
    {
        var number = Read(value, what);
        return number.Imaginary == 0
            ? number.Real
            : throw value.Fault($"{what} has the imaginary part {number.Imaginary:R}: only Hermitian sums, with real coefficients, can be measured.");
    }

    public static void Write(Utf8JsonWriter writer, Complex number)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(number.Real);
        writer.WriteNumberValue(number.Imaginary);
        writer.WriteEndArray();
    }
}
