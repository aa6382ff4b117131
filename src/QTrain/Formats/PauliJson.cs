using System.Text.Json;
using QTrain.Formats.Hamiltonians;
using QTrain.Observables;

namespace QTrain.Formats;

/// <summary>Observables as JSON lists of Pauli terms.</summary>
/// <remarks><code>
/// { "num_qubits": 3, "terms": [ {"pauli": "XIZ", "coeff": 0.5}, {"pauli": "X0 Z2", "coeff": -1} ] }
/// </code>
/// A label is either one letter a qubit, qubit 0 rightmost, or OpenFermion's <c>X0 Z2</c>; <c>""</c> is the identity. <c>num_qubits</c>
/// may be left out where the labels tell; <c>"bit_order": "leftmost"</c> says that the labels of the file have qubit 0 leftmost. A coefficient is a number, or <c>[re, im]</c> or <c>{"re", "im"}</c> with no imaginary part.
/// Equal strings are added up. Where there are no <c>terms</c>, those of <c>observable</c> are read. Known facts of a molecule are kept:
/// <c>name description encoding num_electrons ms2 multiplicity reference_determinant reference_determinant_energy ground_energy
/// ground_energy_fixed_electron_number unit</c>; other keys are ignored.</remarks>
public static class PauliJson
{
    /// <summary>Reads an observable and what its file says about it.</summary>
    /// <param name="text">The JSON text.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <exception cref="InvalidFileException">The text is not an observable; the message says where and what is allowed.</exception>
    public static HamiltonianFile Read(string text, string file)
    {
        var root = JsonSource.Read(text, file);
        return Read(root, file, OrderOf(root));
    }

    /// <summary>An observable as an object or as the bare list of its terms, with the end of labels where qubit 0 is.</summary>
    internal static HamiltonianFile Read(JsonValue root, string file, BitOrder? order)
    {
        if (root.Kind == JsonKind.List) return new HamiltonianFile { File = file, Observable = ReadSum(root, null, order) };
        root.AsObject("an observable").RefuseMisspelled("num_qubits", "terms", "observable", "encoding", "num_electrons", "reference_determinant", "bit_order");
        var body = Body(root);
        var observable = ReadSum(body.Require("terms", "an observable"), body.Find("num_qubits") ?? root.Find("num_qubits"), order);
        var encoding = root.Find("encoding")?.AsText("encoding");
        var mapping = MappingOf(encoding);
        var electrons = root.Find("num_electrons")?.AsInteger("num_electrons", 0, observable.QubitCount);
        var determinant = root.Find("reference_determinant");
        var molecular = mapping != FermionMapping.Unknown || electrons is not null || root.Find("nuclear_repulsion") is not null;
        return new HamiltonianFile
        {
            File = file,
            Observable = observable,
            Name = root.Find("name")?.AsText("name"),
            Description = root.Find("description")?.AsText("description"),
            Encoding = encoding,
            Mapping = mapping,
            SpinOrbitals = OrderOf(encoding),
            ElectronCount = electrons,
            Ms2 = root.Find("ms2")?.AsInteger("ms2", -observable.QubitCount, observable.QubitCount)
                ?? root.Find("multiplicity")?.AsInteger("multiplicity", 1, observable.QubitCount + 1) - 1,
            ReferenceDeterminant = determinant is null ? null : ReadDeterminant(determinant, observable.QubitCount),
            ReferenceDeterminantEnergy = root.Find("reference_determinant_energy")?.AsNumber("reference_determinant_energy"),
            GroundEnergy = root.Find("ground_energy")?.AsNumber("ground_energy"),
            GroundEnergyOfElectronCount = root.Find("ground_energy_fixed_electron_number")?.AsNumber("ground_energy_fixed_electron_number"),
            Unit = root.Find("unit")?.AsText("unit") ?? (molecular ? "hartree" : ""),
        };
    }

    /// <summary>Reads an observable on any number of qubits: the same file, without the facts known of a molecule.</summary>
    /// <param name="text">The JSON text.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <exception cref="InvalidFileException">The text is not an observable; the message says where and what is allowed.</exception>
    public static SparsePauliSum ReadSparse(string text, string file)
    {
        var root = JsonSource.Read(text, file);
        return ReadSparse(root, OrderOf(root));
    }

    /// <summary>The same of an object or a bare list of terms.</summary>
    internal static SparsePauliSum ReadSparse(JsonValue root, BitOrder? order)
    {
        if (root.Kind != JsonKind.List) root.AsObject("an observable").RefuseMisspelled("num_qubits", "terms", "observable");
        var body = Body(root);
        var list = body.Kind == JsonKind.List ? body : body.Require("terms", "an observable");
        var qubits = (body.Find("num_qubits") ?? root.Find("num_qubits"))?.AsInteger("num_qubits", 1);
        var terms = new List<SparsePauliTerm>();
        var largest = 0;
        foreach (var entry in list.AsList("terms"))
        {
            entry.AsObject("a term").RefuseMisspelled("pauli", "coeff");
            var place = entry.Require("pauli", "a term");
            var label = place.AsText("pauli");
            var letters = place.At(() => SparsePauliSum.ParseLabel(Ordered(label, order), qubits));
            if (!IsNumbered(label) && label.Trim() is { Length: > 1 } all) largest = Math.Max(largest, all.Length);
            if (!letters.IsEmpty) largest = Math.Max(largest, letters.Max(l => l.Qubit) + 1);
            terms.Add(new SparsePauliTerm(letters, ComplexJson.ReadReal(entry.Require("coeff", "a term"), "coeff")));
        }
        return list.At(() => new SparsePauliSum(qubits ?? Math.Max(1, largest), terms));
    }

    /// <summary>Writes an observable so that reading gives an equal one.</summary>
    /// <exception cref="QuantumException">A coefficient is not real.</exception>
    public static string Write(PauliSum observable) => Write(new HamiltonianFile { File = "", Observable = observable });

    /// <summary>Writes an observable and the facts known of it.</summary>
    /// <exception cref="QuantumException">A coefficient is not real.</exception>
    public static string Write(HamiltonianFile hamiltonian)
    {
        ArgumentNullException.ThrowIfNull(hamiltonian);
        var observable = hamiltonian.Observable;
        if (!observable.IsHermitian) throw new QuantumException("Only observables with real coefficients can be written.");
        return JsonLines.Write(writer =>
        {
            writer.WriteStartObject();
            WriteText("name", hamiltonian.Name);
            writer.WriteNumber("num_qubits", observable.QubitCount);
            WriteText("description", hamiltonian.Description);
            WriteText("encoding", hamiltonian.Encoding);
            if (hamiltonian.ElectronCount is { } electrons) writer.WriteNumber("num_electrons", electrons);
            if (hamiltonian.Ms2 is { } ms2) writer.WriteNumber("ms2", ms2);
            WriteText("reference_determinant", hamiltonian.ReferenceDeterminant);
            WriteEnergy("reference_determinant_energy", hamiltonian.ReferenceDeterminantEnergy);
            WriteEnergy("ground_energy", hamiltonian.GroundEnergy);
            WriteEnergy("ground_energy_fixed_electron_number", hamiltonian.GroundEnergyOfElectronCount);
            WriteText("unit", hamiltonian.Unit is "" ? null : hamiltonian.Unit);
            JsonLines.WriteLines(writer, "terms", observable.Terms, (w, term) =>
            {
                w.WriteStartObject();
                w.WriteString("pauli", term.Pauli.ToLabel(observable.QubitCount));
                w.WriteNumber("coeff", term.Coefficient.Real);
                w.WriteEndObject();
            });
            writer.WriteEndObject();

            void WriteText(string key, string? value)
            {
                if (value is not null) writer.WriteString(key, value);
            }

            void WriteEnergy(string key, double? value)
            {
                if (value is { } energy) writer.WriteNumber(key, energy);
            }
        });
    }

    /// <summary>Writes an observable on any number of qubits.</summary>
    internal static string Write(SparsePauliSum observable) => JsonLines.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("num_qubits", observable.QubitCount);
        JsonLines.WriteLines(writer, "terms", observable.Terms, static (w, term) =>
        {
            w.WriteStartObject();
            w.WriteString("pauli", term.Letters.IsEmpty ? "" : SparsePauliSum.LabelOf(term.Letters));
            w.WriteNumber("coeff", term.Coefficient);
            w.WriteEndObject();
        });
        writer.WriteEndObject();
    });

    /// <summary>The end of labels where qubit 0 is, as far as the file says so itself.</summary>
    internal static BitOrder? OrderOf(JsonValue root) => root.Find("bit_order") is not { } order ? null : order.AsText("bit_order") switch
    {
        "rightmost" => BitOrder.Rightmost,
        "leftmost" => BitOrder.Leftmost,
        _ => throw order.Fault($"bit_order says which letter of a label is qubit 0: \"rightmost\" or \"leftmost\", not \"{order.Text}\"."),
    };

    /// <summary>How many qubits an observable says that it has; 0 where it does not say.</summary>
    internal static int WidthOf(JsonValue root)
    {
        var body = Body(root);
        if ((body.Find("num_qubits") ?? root.Find("num_qubits")) is { Kind: JsonKind.Number } count) return (int)Math.Clamp(count.Number, 0, int.MaxValue);
        var list = body.Kind == JsonKind.List ? body : body.Find("terms");
        return list?.Items.Select(t => t.Kind == JsonKind.Object ? t.Find("pauli") : null)
            .Where(p => p is { Kind: JsonKind.Text }).Select(p => IsNumbered(p!.Text) ? HighestNumber(p.Text) + 1 : p.Text.Trim().Length).DefaultIfEmpty().Max() ?? 0;
    }

    private static int HighestNumber(string label)
    {
        var (highest, number) = (0, 0);
        foreach (var c in label)
        {
            number = char.IsAsciiDigit(c) ? Math.Min(10 * number + (c - '0'), 100_000_000) : 0;
            highest = Math.Max(highest, number);
        }
        return highest;
    }

    private static JsonValue Body(JsonValue root) => root.Find("terms") is null && root.Find("observable") is { Kind: JsonKind.Object } nested ? nested : root;

    private static bool IsNumbered(string label) => label.AsSpan().ContainsAnyInRange('0', '9');

    private static string Ordered(string label, BitOrder? order) => order == BitOrder.Leftmost && !IsNumbered(label) ? string.Concat(label.Reverse()) : label;

    private static PauliSum ReadSum(JsonValue list, JsonValue? count, BitOrder? order)
    {
        var entries = list.AsList("terms");
        var qubits = count?.AsInteger("num_qubits", 1, PauliString.MaxQubits);
        var labels = new List<(JsonValue Place, PauliString Pauli, double Coefficient)>(entries.Count);
        var largest = 0;
        foreach (var entry in entries)
        {
            entry.AsObject("a term").RefuseMisspelled("pauli", "coeff");
            var place = entry.Require("pauli", "a term");
            if (!PauliString.TryParse(Ordered(place.AsText("pauli"), order), null, out var pauli, out var implied, out var error)) throw place.Fault(error);
            // A label of letters says how many qubits there are; a numbered one only how many at least.
            if (implied > 0 && !IsNumbered(place.Text)) qubits ??= implied;
            largest = Math.Max(largest, implied);
            labels.Add((place, pauli, ComplexJson.ReadReal(entry.Require("coeff", "a term"), "coeff")));
        }
        if (qubits is null && labels.Count == 0) throw list.Fault("an observable without terms needs num_qubits.");
        var all = qubits ?? Math.Max(1, largest);
        foreach (var (place, _, _) in labels)
            if (!PauliString.TryParse(place.Text, all, out _, out _, out var error)) throw place.Fault(error);
        var sum = new PauliSum(all, labels.Select(l => new PauliTerm(l.Pauli, l.Coefficient)));
        if (sum.Terms.FirstOrDefault(t => !double.IsFinite(t.Coefficient.Real)) is { Coefficient.Real: not 0 } over)
            throw list.Fault($"the coefficients of {over.Pauli.ToLabel(all)} add up to more than {double.MaxValue:R}: scale them down.");
        return sum;
    }

    private static string ReadDeterminant(JsonValue value, int qubits)
    {
        var text = value.AsText("reference_determinant");
        for (var k = 0; k < text.Length; k++)
            if (text[k] is not ('0' or '1')) throw value.Fault($"reference_determinant may hold 0 and 1 only, not '{text[k]}' at position {k + 1}.");
        return text.Length == qubits ? text : throw value.Fault($"reference_determinant has {text.Length} bits for {qubits} qubits.");
    }

    private static FermionMapping MappingOf(string? encoding)
    {
        if (encoding is null) return FermionMapping.Unknown;
        var words = encoding.ToUpperInvariant().Replace('-', ' ').Replace('_', ' ').Replace('–', ' ');
        (FermionMapping Mapping, bool Named)[] found =
        [
            (FermionMapping.JordanWigner, words.Contains("JORDAN WIGNER") || words.Contains("JORDANWIGNER")),
            (FermionMapping.BravyiKitaev, words.Contains("BRAVYI KITAEV") || words.Contains("BRAVYIKITAEV")),
            (FermionMapping.Parity, words.Contains("PARITY")),
        ];
        // Two names in one text are no name: guessing would train the wrong molecule.
        return found.Count(f => f.Named) == 1 ? found.First(f => f.Named).Mapping : FermionMapping.Unknown;
    }

    private static SpinOrbitalOrder? OrderOf(string? encoding)
    {
        var (interleaved, blocked) = (encoding?.Contains("interleaved", StringComparison.OrdinalIgnoreCase) ?? false,
            encoding?.Contains("blocked", StringComparison.OrdinalIgnoreCase) ?? false);
        return interleaved == blocked ? null : interleaved ? SpinOrbitalOrder.Interleaved : SpinOrbitalOrder.Blocked;
    }
}
