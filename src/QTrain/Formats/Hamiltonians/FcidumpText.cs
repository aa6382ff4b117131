using System.Globalization;
using System.Text;
using QTrain.Problems;

namespace QTrain.Formats.Hamiltonians;

/// <summary>Integrals of molecules as Knowles and Handy's FCIDUMP (Comput. Phys. Commun. 54, 75 (1989)) and its dialects keep them.</summary>
/// <remarks><code>
/// &amp;FCI NORB=2, NELEC=2, MS2=0,       also $FCI, in any case; ends with &amp;END, $END or /
///   ORBSYM=1,1,  ISYM=1,
/// &amp;END
///   0.6757101548035165  1 1 1 1        (ij|kl) in chemists' order, each of the eight equal ones once or often
///  -1.2563390730032502  1 1 0 0        h(ij)
///  -0.57                1 0 0 0        an orbital's energy
///   0.7199689944489797  0 0 0 0        the core energy
/// </code>
/// Real integrals of a restricted calculation are read. Other keys of the head are ignored.</remarks>
internal static class FcidumpText
{
    public static MolecularIntegrals Read(TextSource source)
    {
        var head = new Head(source);
        head.Read();
        var integrals = new MolecularIntegrals(head.Orbitals) { ElectronCount = head.Electrons, Ms2 = head.Ms2 };
        var (n, known, cores) = (head.Orbitals, new Dictionary<(int, int, int, int), double>(), 0);
        var energies = new double?[n];
        foreach (var line in Lines(source, head.End))
        {
            var (value, indices, at) = line;
            var (i, j, k, l) = (indices[0], indices[1], indices[2], indices[3]);
            foreach (var index in indices)
                if (index > n) throw source.Fault(at, $"the orbital {index} does not exist: NORB is {n}, so orbitals are numbered 1 to {n}.");
            switch (i > 0, j > 0, k > 0, l > 0)
            {
                case (true, true, true, true):
                    Settle(integrals.Two(i - 1, j - 1, k - 1, l - 1) = value, Ordered(i, j, k, l), at, $"({i}{j}|{k}{l})");
                    break;
                case (true, true, false, false):
                    Settle(integrals.One(i - 1, j - 1) = value, (Math.Max(i, j), Math.Min(i, j), 0, 0), at, $"h({i}{j})");
                    break;
                case (true, false, false, false):
                    energies[i - 1] = value;
                    break;
                case (false, false, false, false):
                    // Several lines of zeros divide the spins of an unrestricted calculation.
                    if (++cores > 1) throw source.Fault(at, "a second line of four zeros: this looks like the integrals of an unrestricted (UHF) calculation, of which each spin has its own. Write those of a restricted one.");
                    integrals.CoreEnergy = value;
                    break;
                default:
                    throw source.Fault(at, $"the orbitals {i} {j} {k} {l} mean no integral: four are (ij|kl), two and two zeros h(ij), one and three zeros an orbital's energy, four zeros the core energy.");
            }
        }
        if (energies.All(e => e is not null)) integrals.OrbitalEnergies = [.. energies.Select(e => e!.Value)];
        return integrals;

        void Settle(double value, (int, int, int, int) key, int at, string name)
        {
            if (!known.TryAdd(key, value) && Math.Abs(known[key] - value) > 1e-8 * Math.Max(1, Math.Abs(value)))
                throw source.Fault(at, $"{name} is {value:R} here, but {known[key]:R} before, for the same or an exchanged order of its orbitals: real integrals must agree.");
        }
    }

    /// <summary>The integrals, each of the equal ones once; integrals that are 0 are left out.</summary>
    public static string Write(MolecularIntegrals integrals)
    {
        var (n, text) = (integrals.OrbitalCount, new StringBuilder());
        text.Append(CultureInfo.InvariantCulture, $"&FCI NORB={n},NELEC={integrals.ElectronCount ?? 0},MS2={integrals.Ms2},\n  ORBSYM={string.Concat(Enumerable.Repeat("1,", n))}\n  ISYM=1,\n&END\n");
        for (var i = 0; i < n; i++)
            for (var j = 0; j <= i; j++)
                for (var k = 0; k <= i; k++)
                    for (var l = 0; l <= (k == i ? j : k); l++) Line(integrals.Two(i, j, k, l), i + 1, j + 1, k + 1, l + 1);
        for (var i = 0; i < n; i++)
            for (var j = 0; j <= i; j++) Line(integrals.One(i, j), i + 1, j + 1, 0, 0);
        Line(integrals.CoreEnergy, 0, 0, 0, 0);
        return text.ToString();

        void Line(double value, int i, int j, int k, int l)
        {
            if (value != 0 || i == 0) text.Append(CultureInfo.InvariantCulture, $"{value.ToString("E16", CultureInfo.InvariantCulture),24} {i,3} {j,3} {k,3} {l,3}\n");
        }
    }

    private static (int, int, int, int) Ordered(int i, int j, int k, int l)
    {
        var (left, right) = ((Math.Max(i, j), Math.Min(i, j)), (Math.Max(k, l), Math.Min(k, l)));
        return left.CompareTo(right) >= 0 ? (left.Item1, left.Item2, right.Item1, right.Item2) : (right.Item1, right.Item2, left.Item1, left.Item2);
    }

    private static IEnumerable<(double Value, int[] Indices, int At)> Lines(TextSource source, int start)
    {
        foreach (var words in source.Lines())
        {
            if (words[0].Offset < start) continue;
            var (value, rest) = words[0].Text.StartsWith('(') ? Complex(source, words) : (Real(source, words[0]), words[1..]);
            if (rest.Length != 4) throw source.Fault(words[0], $"a line must hold a value and 4 orbitals, such as '0.675 1 1 2 2'; here are {rest.Length} after the value.");
            var indices = new int[4];
            for (var k = 0; k < 4; k++)
                if (!rest[k].TryIndex(out indices[k])) throw source.Fault(rest[k], $"'{TextSource.Shown(rest[k].Text)}' is no orbital: a whole number from 0 is expected.");
            yield return (value, indices, words[0].Offset);
        }
    }

    private static double Real(TextSource source, Token word) => word.TryNumber(out var value)
        ? value
        : throw source.Fault(word, $"'{TextSource.Shown(word.Text)}' is no finite number: a line holds a value and 4 orbitals, such as '0.675 1 1 2 2'.");

    // (0.5,0.0) has become two words.
    private static (double, Token[]) Complex(TextSource source, Token[] words)
    {
        var close = Array.FindIndex(words, w => w.Text.EndsWith(')'));
        string[] parts = close < 0 ? [] : [.. words[..(close + 1)].Select(w => w.Text.Trim('(', ')')).Where(t => t.Length > 0)];
        if (parts.Length != 2) throw source.Fault(words[0], "a complex integral must be (re,im).");
        if (Real(source, new Token(parts[1], words[0].Offset)) is not 0 and var imaginary)
            throw source.Fault(words[0], $"the integral has the imaginary part {imaginary:R}: only real orbitals are read. Write the integrals over real ones.");
        return (Real(source, new Token(parts[0], words[0].Offset)), words[(close + 1)..]);
    }

    /// <summary>The Fortran namelist at the beginning.</summary>
    private sealed class Head(TextSource source)
    {
        private readonly string _text = source.Text;
        private int _at;

        public int Orbitals { get; private set; }

        public int? Electrons { get; private set; }

        public int Ms2 { get; private set; }

        public int End => _at;

        private char Next => _at < _text.Length ? _text[_at] : '\0';

        public void Read()
        {
            Skip();
            var start = _at;
            if (!_text.AsSpan(_at).StartsWith("&FCI", StringComparison.OrdinalIgnoreCase) && !_text.AsSpan(_at).StartsWith("$FCI", StringComparison.OrdinalIgnoreCase))
                throw source.Fault(_at, "a FCIDUMP begins with &FCI.");
            _at += 4;
            for (Skip(); !Ends(); Skip()) ReadKey(start);
            if (Orbitals == 0) throw source.Fault(start, "the head of a FCIDUMP needs NORB, the number of orbitals, such as &FCI NORB=2, NELEC=2, MS2=0 &END.");
        }

        private bool Ends()
        {
            foreach (var end in (ReadOnlySpan<string>)["/", "&END", "$END", "&", "$"])
                if (_text.AsSpan(_at).StartsWith(end, StringComparison.OrdinalIgnoreCase))
                {
                    _at += end.Length;
                    return true;
                }
            return false;
        }

        private void ReadKey(int head)
        {
            var start = _at;
            while (char.IsAsciiLetterOrDigit(Next) || Next == '_') _at++;
            var name = _text[start.._at].ToUpperInvariant();
            Skip();
            if (name.Length == 0 || Next != '=')
                throw source.Fault(Math.Min(start, _text.Length), start >= _text.Length || Next == '\0'
                    ? $"the head of the FCIDUMP, begun in line {source.Fault(head, "").Line}, never ends: &END or / must close it."
                    : $"'{TextSource.Shown(name.Length == 0 ? Next.ToString() : name)}' stands where NAME=VALUE, &END or / is expected.");
            _at++;
            var values = new List<Token>();
            for (Skip(); Next is not ('\0' or '/' or '&' or '$'); Skip())
            {
                var first = _at;
                while (Next is not ('\0' or ',' or '/' or '&' or '$' or '=') && !char.IsWhiteSpace(Next)) _at++;
                var end = _at;
                Skip();
                if (Next == '=')
                {
                    _at = first;        // the next name
                    break;
                }
                values.Add(new Token(_text[first..end], first));
            }
            Take(name, start, values);
        }

        private void Take(string name, int at, List<Token> values)
        {
            switch (name)
            {
                case "NORB":
                    Orbitals = Whole(name, at, values, 1, MolecularIntegrals.MaxOrbitals);
                    break;
                case "NELEC":
                    Electrons = Whole(name, at, values, 0, 2 * MolecularIntegrals.MaxOrbitals);
                    break;
                case "MS2":
                    Ms2 = Whole(name, at, values, -2 * MolecularIntegrals.MaxOrbitals, 2 * MolecularIntegrals.MaxOrbitals);
                    break;
                case "UHF" or "IUHF" when values is [var flag, ..] && flag.Text.Trim('.').ToUpperInvariant() is "TRUE" or "T" or "1":
                    throw source.Fault(at, $"{name}={flag.Text}: the integrals of an unrestricted calculation, each spin with its own, are not read. Write those of a restricted one.");
            }
        }

        private int Whole(string name, int at, List<Token> values, int least, int most) =>
            values.Count > 1
                ? throw source.Fault(at, $"{name} has {values.Count} values: it takes one. Is the head closed by &END or /?")
                : values is [var one] && int.TryParse(one.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
                ? value
                : throw source.Fault(at, $"{name} must be a whole number from {least} to {most}{(values is [var given, ..] ? $", not {TextSource.Shown(given.Text)}" : "")}"
                    + (name == "NORB" ? ": every orbital takes two qubits." : "."));

        private void Skip()
        {
            while (char.IsWhiteSpace(Next) || Next == ',') _at++;
        }
    }
}
