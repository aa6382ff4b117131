using System.Globalization;
using System.Text.Json;
using QTrain.Observables;
using QTrain.Problems;

namespace QTrain.Formats.Hamiltonians;

/// <summary>Quadratic problems of bits (QUBO) or signs (Ising) as JSON, in the forms that are found.</summary>
/// <remarks><code>
/// {"num_variables": 3, "constant": 1, "linear": {"0": -1}, "quadratic": [[0, 1, 2], [1, 2, -3]]}      bits
/// {"Q": [[-1, 2, 0], [0, 0, -3], [0, 0, 1]], "constant": 0}      xᵀQx; also the bare matrix; both halves count
/// {"Q": {"0,0": -1, "(0, 1)": 2}}
/// {"h": [1, 0], "J": {"0,1": -0.5}, "offset": 0}                 signs
/// {"vartype": "SPIN", "linear": {"a": 1}, "quadratic": {"a,b": -1}, "offset": 0}
/// {"type": "BinaryQuadraticModel", "variable_type": "BINARY", "linear_biases": […], "quadratic_head": […], …}     dimod
/// </code>
/// Variable i is qubit i. A sign sᵢ is Zᵢ: +1 is the bit 0. Variables with names get numbers in the order of first mention.</remarks>
internal sealed class QuboJson
{
    private static readonly string[] Known =
    [
        "linear", "quadratic", "constant", "offset", "num_variables", "num_qubits", "vartype", "variable_type", "Q", "qubo", "h", "J", "name", "description", "minimum", "unit",
    ];

    private readonly OrderedDictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<Coupling> _entries = [];
    private int _largest = -1;
    private bool _named;

    /// <summary>Whether an object is such a problem.</summary>
    public static bool Fits(JsonValue root) => root.Find("type") is { Text: "BinaryQuadraticModel" }
        || root.Find("Q") is not null || root.Find("qubo") is not null || root.Find("h") is not null || root.Find("J") is not null
        || root.Find("linear") is not null || root.Find("quadratic") is not null;

    /// <summary>A problem as an object, or as a bare matrix of a QUBO.</summary>
    /// <returns>The QUBO, or the observable of an Ising problem, and which form it was.</returns>
    public static (HamiltonianFormat Format, Qubo? Qubo, SparsePauliSum? Ising, string? Note) Read(JsonValue root)
    {
        var reader = new QuboJson();
        if (root.Kind == JsonKind.List)
        {
            reader.Matrix(root, "a QUBO");
            return (HamiltonianFormat.Qubo, root.At(() => reader.ToQubo(root, 0)), null, null);
        }
        var serialized = root.Find("type") is { Text: "BinaryQuadraticModel" };
        if (!serialized) root.RefuseMisspelled(Known);
        var spin = (root.Find("variable_type") ?? root.Find("vartype")) is { } kind ? IsSpin(kind) : root.Find("h") is not null || root.Find("J") is not null;
        var constant = (root.Find("offset") ?? root.Find("constant"))?.AsNumber("constant") ?? 0;
        if (serialized) reader.Serialized(root);
        else
        {
            foreach (var key in (ReadOnlySpan<string>)["linear", "h"])
                if (root.Find(key) is { } linear) reader.Linear(linear, key);
            foreach (var key in (ReadOnlySpan<string>)["quadratic", "J", "Q", "qubo"])
                if (root.Find(key) is { } quadratic) reader.Quadratic(quadratic, key);
        }
        var note = reader._named ? "variables became qubits in the order of their first mention: " + string.Join(", ", reader._numbers.Take(8).Select(n => $"{n.Key} is {n.Value}")) + (reader._numbers.Count > 8 ? ", …" : "") + "." : null;
        if (!spin) return (serialized ? HamiltonianFormat.BinaryQuadraticModel : HamiltonianFormat.Qubo, root.At(() => reader.ToQubo(root, constant)), null, note);
        return (serialized ? HamiltonianFormat.BinaryQuadraticModel : HamiltonianFormat.Ising, null, root.At(() => Signs(reader.Count(root), constant, reader._entries)), note);
    }

    /// <summary>The observable c + Σ h Z + Σ J ZZ.</summary>
    public static SparsePauliSum Signs(int variables, double constant, IEnumerable<Coupling> entries) => new(variables, entries
        .Select(e => e.I == e.J
            ? new SparsePauliTerm([new PauliLetter(e.I, 'Z')], e.Value)
            : new SparsePauliTerm([new PauliLetter(Math.Min(e.I, e.J), 'Z'), new PauliLetter(Math.Max(e.I, e.J), 'Z')], e.Value))
        .Prepend(new SparsePauliTerm([], constant)));

    private static bool IsSpin(JsonValue kind) => kind.AsText("the type of the variables").ToUpperInvariant() switch
    {
        "SPIN" or "ISING" => true,
        "BINARY" or "QUBO" => false,
        _ => throw kind.Fault($"variables are of type BINARY (bits) or SPIN (signs), not '{TextSource.Shown(kind.Text)}'."),
    };

    private Qubo ToQubo(JsonValue root, double constant) => new(Count(root), constant, _entries);

    private int Count(JsonValue root)
    {
        var stated = root.Kind == JsonKind.Object ? root.Find("num_variables") ?? root.Find("num_qubits") : null;
        var found = Math.Max(_largest + 1, _numbers.Count);
        if (stated is null) return found > 0 ? found : throw root.Fault("a problem without coefficients needs num_variables.");
        var count = stated.AsInteger("num_variables", 1);
        return count >= found ? count : throw stated.Fault($"num_variables is {count}, but variable {found - 1} is mentioned: they are numbered 0 to {count - 1}.");
    }

    private void Linear(JsonValue value, string key)
    {
        if (value.Kind == JsonKind.List)
            for (var i = 0; i < value.Items.Count; i++) Add(value.Items[i], i, i, value.Items[i].AsNumber($"an entry of {key}"));
        else
            foreach (var (name, place, entry) in value.AsObject(key).Members)
            {
                var i = Number(name, place);
                Add(place, i, i, entry.AsNumber($"the coefficient of '{TextSource.Shown(name)}'"));
            }
    }

    private void Quadratic(JsonValue value, string key)
    {
        if (value.Kind == JsonKind.List && value.Items.All(i => i is { Kind: JsonKind.List, Items.Count: 3 }) && !IsSquare(value, 3))
        {
            foreach (var entry in value.Items)
                Add(entry, Variable(entry.Items[0]), Variable(entry.Items[1]), entry.Items[2].AsNumber("a coefficient"));
            return;
        }
        if (value.Kind == JsonKind.List)
        {
            if (IsSquare(value, 3) && value.Items.All(r => r.Items.Take(2).All(c => c is { Kind: JsonKind.Number, Number: >= 0 and var n } && n == Math.Floor(n))))
                throw value.Fault($"three rows of three numbers in \"{key}\" are either a matrix or three entries [i, j, value]: which? Write the entries as an object instead, such as {{\"0,1\": 2}}.");
            Matrix(value, key);
            return;
        }
        foreach (var (name, place, entry) in value.AsObject(key).Members)
        {
            if (entry.Kind == JsonKind.Object)
            {
                foreach (var (other, at, inner) in entry.Members) Add(at, Number(name, place), Number(other, at), inner.AsNumber("a coefficient"));
                continue;
            }
            string[] pair = [.. name.Trim('(', ')', '[', ']', ' ').Split((char[])[',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries).Select(p => p.Trim('\'', '"', ' '))];
            if (pair.Length != 2) throw place.Fault($"'{TextSource.Shown(name)}' does not name two variables: write a pair such as \"0,1\".");
            Add(place, Number(pair[0], place), Number(pair[1], place), entry.AsNumber($"the coefficient of '{TextSource.Shown(name)}'"));
        }
    }

    private static bool IsSquare(JsonValue value, int size) => value.Items.Count == size && value.Items.All(i => i.Kind == JsonKind.List && i.Items.Count == size);

    private void Matrix(JsonValue value, string key)
    {
        var rows = value.AsList(key);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i].AsList("a row of a matrix");
            if (row.Count != rows.Count) throw rows[i].Fault($"the matrix has {rows.Count} rows, but this row has {row.Count} columns: it must be square.");
            for (var j = 0; j < row.Count; j++)
                if (row[j].AsNumber("an entry of a matrix") is not 0 and var entry) Add(row[j], i, j, entry);
        }
        _largest = Math.Max(_largest, rows.Count - 1);
    }

    private void Serialized(JsonValue root)
    {
        if (root.Find("use_bytes") is { Truth: true } bytes) throw bytes.Fault("a model with use_bytes: true is no plain JSON: write it with bqm.to_serializable(), whose use_bytes is false.");
        var labels = root.Find("variable_labels")?.AsList("variable_labels");
        var linear = root.Require("linear_biases", "a BinaryQuadraticModel").AsList("linear_biases");
        // Labels that are numbers from 0 are the numbers; the order of the list is another one only when they are mixed up.
        int[] number = new int[linear.Count];
        for (var k = 0; k < linear.Count; k++) number[k] = labels is null ? k : k < labels.Count ? Variable(labels[k]) : throw root.Fault($"there are {linear.Count} linear_biases, but {labels.Count} variable_labels.");
        if (number.Distinct().Count() != number.Length) throw root.Fault("variable_labels names a variable twice.");
        for (var k = 0; k < linear.Count; k++) Add(linear[k], number[k], number[k], linear[k].AsNumber("a linear bias"));
        var (biases, heads, tails) = (List("quadratic_biases"), List("quadratic_head"), List("quadratic_tail"));
        if (heads.Count != biases.Count || tails.Count != biases.Count)
            throw root.Fault($"there are {biases.Count} quadratic_biases, {heads.Count} of quadratic_head and {tails.Count} of quadratic_tail: they must be as many.");
        for (var k = 0; k < biases.Count; k++)
        {
            var (head, tail) = (heads[k].AsInteger("quadratic_head", 0, number.Length - 1), tails[k].AsInteger("quadratic_tail", 0, number.Length - 1));
            if (head == tail) throw heads[k].Fault($"a quadratic bias couples variable {head} with itself.");
            Add(biases[k], number[head], number[tail], biases[k].AsNumber("a quadratic bias"));
        }

        IReadOnlyList<JsonValue> List(string key) => root.Find(key)?.AsList(key) ?? [];
    }

    private int Variable(JsonValue value) => value.Kind == JsonKind.Number ? Number(value.AsInteger("a variable", 0, int.MaxValue - 1).ToString(CultureInfo.InvariantCulture), value) : Number(value.AsText("a variable"), value);

    private int Number(string name, JsonValue place)
    {
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            if (number >= Problems.Qubo.MaxVariables) throw place.Fault($"variable {number} is out of range: they are numbered 0 to {Problems.Qubo.MaxVariables - 1}.");
            if (_named) throw place.Fault($"variable '{name}' is a number, but others have names: use one kind.");
            _largest = Math.Max(_largest, number);
            return number;
        }
        if (string.IsNullOrWhiteSpace(name)) throw place.Fault("a variable needs a number or a name.");
        if (_largest >= 0) throw place.Fault($"variable '{TextSource.Shown(name)}' has a name, but others have numbers: use one kind.");
        _named = true;
        _numbers.TryAdd(name, _numbers.Count);
        return _numbers[name];
    }

    private void Add(JsonValue place, int i, int j, double value)
    {
        if (!_named) _largest = Math.Max(_largest, Math.Max(i, j));
        if (_entries.Count >= 20_000_000) throw place.Fault("there are more than 20 million coefficients.");
        _entries.Add(new Coupling(i, j, value));
    }

    /// <summary>A QUBO as <c>linear</c> and <c>quadratic</c>.</summary>
    public static string Write(Qubo qubo) => JsonLines.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("num_variables", qubo.VariableCount);
        writer.WriteNumber("constant", qubo.Constant);
        writer.WriteStartObject("linear");
        for (var i = 0; i < qubo.VariableCount; i++)
            if (qubo.Linear[i] != 0) writer.WriteNumber(i.ToString(CultureInfo.InvariantCulture), qubo.Linear[i]);
        writer.WriteEndObject();
        JsonLines.WriteLines(writer, "quadratic", qubo.Quadratic, WriteTriple);
        writer.WriteEndObject();
    });

    /// <summary>An observable of Z and ZZ as <c>h</c> and <c>J</c>.</summary>
    public static string WriteIsing(SparsePauliSum observable) => JsonLines.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("num_variables", observable.QubitCount);
        writer.WriteNumber("offset", observable.Terms.Where(t => t.Letters.IsEmpty).Sum(t => t.Coefficient));
        writer.WriteStartObject("h");
        foreach (var term in observable.Terms.Where(t => t.Letters.Length == 1)) writer.WriteNumber(term.Letters[0].Qubit.ToString(CultureInfo.InvariantCulture), term.Coefficient);
        writer.WriteEndObject();
        Coupling[] pairs = [.. observable.Terms.Where(t => t.Letters.Length == 2).Select(t => new Coupling(t.Letters[0].Qubit, t.Letters[1].Qubit, t.Coefficient))];
        // Three triples could be taken for a matrix; as an object they cannot.
        writer.WriteStartObject("J");
        foreach (var (i, j, value) in pairs) writer.WriteNumber(string.Create(CultureInfo.InvariantCulture, $"{i},{j}"), value);
        writer.WriteEndObject();
        writer.WriteEndObject();
    });

    /// <summary>A QUBO as dimod's <c>BinaryQuadraticModel.to_serializable()</c> writes it.</summary>
    public static string WriteModel(Qubo qubo) => JsonLines.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("type", "BinaryQuadraticModel");
        writer.WriteStartObject("version");
        writer.WriteString("bqm_schema", "3.0.0");
        writer.WriteEndObject();
        writer.WriteBoolean("use_bytes", false);
        writer.WriteString("index_type", "int32");
        writer.WriteString("bias_type", "float64");
        writer.WriteNumber("num_variables", qubo.VariableCount);
        writer.WriteNumber("num_interactions", qubo.Quadratic.Length);
        writer.WriteString("variable_type", "BINARY");
        writer.WriteNumber("offset", qubo.Constant);
        Numbers("variable_labels", Enumerable.Range(0, qubo.VariableCount).Select(i => (double)i));
        Numbers("linear_biases", qubo.Linear);
        Numbers("quadratic_biases", qubo.Quadratic.Select(q => q.Value));
        Numbers("quadratic_head", qubo.Quadratic.Select(q => (double)q.I));
        Numbers("quadratic_tail", qubo.Quadratic.Select(q => (double)q.J));
        writer.WriteEndObject();

        void Numbers(string key, IEnumerable<double> values)
        {
            writer.WritePropertyName(key);
            writer.WriteRawValue(JsonLines.OnOneLine(w =>
            {
                w.WriteStartArray();
                foreach (var value in values) w.WriteNumberValue(value);
                w.WriteEndArray();
            }));
        }
    });

    private static void WriteTriple(Utf8JsonWriter writer, Coupling entry)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(entry.I);
        writer.WriteNumberValue(entry.J);
        writer.WriteNumberValue(entry.Value);
        writer.WriteEndArray();
    }
}
