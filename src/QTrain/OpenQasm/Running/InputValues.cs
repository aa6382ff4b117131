using System.Numerics;
using System.Text.Json;
using QTrain.Formats;
using QTrain.OpenQasm.Meaning;

namespace QTrain.OpenQasm.Running;

/// <summary>Inputs of a program from JSON, and variables as JSON.</summary>
internal static class InputValues
{
    /// <summary>Gives every input its value.</summary>
    /// <param name="program">The program.</param>
    /// <param name="branch">Where the values go.</param>
    /// <param name="given">JSON texts by name.</param>
    /// <param name="keepsParameters">Whether floats and angles that are not given stay parameters.</param>
    public static void Assign(OpenQasmProgram program, Branch branch, IReadOnlyDictionary<string, string>? given, bool keepsParameters)
    {
        var inputs = program.Bound.Inputs;
        foreach (var name in given?.Keys ?? [])
        {
            if (inputs.Any(i => i.Name == name)) continue;
            throw new InvalidFileException(program.Source.File, null, null, $"the program has no input '{name}'."
                + (Nearest.To(name, inputs.Select(i => i.Name)) is { } near ? $" Did you mean '{near}'?" : inputs.IsEmpty ? " It has none." : $" Its inputs are: {string.Join(", ", inputs.Select(i => i.Name))}."));
        }
        foreach (var input in inputs)
        {
            if (given is not null && given.TryGetValue(input.Name, out var text)) branch.Globals[input.Slot] = Read(program, input, text);
            else if (keepsParameters && OpenQasmProgram.IsTrainable(input)) branch.Globals[input.Slot] = Value.Of(OpenQasmProgram.ParameterOf(input));
            else throw input.Declared.Fault($"the input '{input.Name}' has no value: give it, for example --set {input.Name}={Example(input.Type)}.");
        }
    }

    private static string Example(QasmType type) => type.Kind switch
    {
        TypeKind.Bool => "true",
        TypeKind.Bit when type.Width > 0 => $"'\"{new string('0', Math.Min(8, type.Width))}\"'",
        TypeKind.Float or TypeKind.Angle or TypeKind.Complex => "0.5",
        TypeKind.Array => "'[0, 0]'",
        _ => "1",
    };

    private static Value Read(OpenQasmProgram program, VariableSymbol input, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            if (input.Type.Kind != TypeKind.Array) return Convert(document.RootElement, input.Type);
            var items = new List<Value>();
            Flatten(document.RootElement, input.Type, 0, items);
            return Value.Holding(new ArrayValue([.. items], [.. input.Type.Dimensions]) { IsAssigned = true });
        }
        catch (Exception fault) when (fault is JsonException or FormatException or OverflowException || fault is QuantumException and not InvalidFileException)
        {
            var reason = fault is QuantumException ? fault.Message : $"'{(text.Length > 60 ? text[..60] + "..." : text)}' is not JSON for {input.Type}";
            throw new InvalidFileException(program.Source.File, null, null, $"the input '{input.Name}' is {input.Type}: {reason.TrimEnd('.')}. Write --set {input.Name}={Example(input.Type)}, for example.");
        }
    }

    private static void Flatten(JsonElement element, QasmType type, int depth, List<Value> into)
    {
        if (depth == type.Dimensions.Length)
        {
            into.Add(Convert(element, type.Element!));
            return;
        }
        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() != type.Dimensions[depth])
            throw new QuantumException($"a list of {type.Dimensions[depth]} is expected in dimension {depth}");
        foreach (var item in element.EnumerateArray()) Flatten(item, type, depth + 1, into);
    }

    private static Value Convert(JsonElement element, QasmType type)
    {
        var (from, value) = element.ValueKind switch
        {
            JsonValueKind.True => (QasmType.Bool, Value.Of(true)),
            JsonValueKind.False => (QasmType.Bool, Value.Of(false)),
            JsonValueKind.Number when BigInteger.TryParse(element.GetRawText(), out var integer) && type.Kind is not (TypeKind.Float or TypeKind.Angle or TypeKind.Duration) => (QasmType.Int, Value.Of(integer)),
            JsonValueKind.Number => (QasmType.Float, Value.Of(element.GetDouble())),
            JsonValueKind.String when element.GetString() is { Length: > 0 } bits && bits.All(c => c is '0' or '1') => (QasmType.Bits(bits.Length), Value.Of(bits.Aggregate(BigInteger.Zero, (sum, c) => sum << 1 | c - '0'))),
            JsonValueKind.Array when type.Kind == TypeKind.Complex && element.GetArrayLength() == 2 => (QasmType.Complex, Value.Of(element[0].GetDouble(), element[1].GetDouble())),
            _ => throw new QuantumException($"{element.GetRawText()} is no value of it"),
        };
        if (type.Kind == TypeKind.Duration && from.Kind == TypeKind.Float) return value;
        if (type.IsInteger && from.Kind == TypeKind.Float) throw new QuantumException($"{element.GetRawText()} is not a whole number");
        if (Conversions.Find(from, type, isExplicit: false) is not { } convert) throw new QuantumException($"{element.GetRawText()} is {from}");
        var converted = convert(value);
        if (type.IsInteger && from.IsInteger && converted.Integer != value.Integer) throw new QuantumException($"{element.GetRawText()} does not fit");
        return converted;
    }
}
