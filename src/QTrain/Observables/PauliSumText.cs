using System.Globalization;
using System.Numerics;
using System.Text;

namespace QTrain.Observables;

/// <summary>A <see cref="PauliSum"/> as text, both ways.</summary>
internal static class PauliSumText
{
    private const string Expected = "a sum is written as '0.5*XIZ - 0.2*Z0 + 1'";

    public static string Write(PauliSum sum)
    {
        if (sum.Terms.IsEmpty) return "0*" + new string('I', sum.QubitCount);
        var text = new StringBuilder();
        foreach (var (pauli, coefficient) in sum.Terms)
        {
            var minus = coefficient.Imaginary == 0 && double.IsNegative(coefficient.Real);
            text.Append(text.Length == 0 ? (minus ? "-" : "") : minus ? " - " : " + ");
            text.Append(Write(minus ? -coefficient : coefficient)).Append('*').Append(pauli.ToLabel(sum.QubitCount));
        }
        return text.ToString();
    }

    public static string Write(Complex value)
    {
        if (value.Imaginary == 0) return value.Real.ToString("R", CultureInfo.InvariantCulture);
        var imaginary = value.Imaginary.ToString("R", CultureInfo.InvariantCulture);
        return $"({value.Real.ToString("R", CultureInfo.InvariantCulture)}{(imaginary[0] == '-' ? "" : "+")}{imaginary}i)";
    }

    public static PauliSum Parse(string text, int? qubits)
    {
        ArgumentNullException.ThrowIfNull(text);
        var reader = new Reader(text);
        var terms = new List<PauliTerm>();
        var labels = new List<(string Label, int Qubits)>();
        reader.SkipSpace();
        if (reader.AtEnd) throw reader.Fault("there is nothing to read");
        while (!reader.AtEnd)
        {
            var sign = reader.ReadSign(optional: terms.Count == 0);
            var (coefficient, label, implied) = reader.ReadTerm(qubits);
            terms.Add(new PauliTerm(PauliString.Parse(label), sign * coefficient));
            if (implied > 0) labels.Add((label, implied));
            reader.SkipSpace();
        }
        var count = qubits ?? Math.Max(1, labels.Select(l => l.Qubits).DefaultIfEmpty().Max());
        foreach (var (label, _) in labels)
            if (!PauliString.TryParse(label, count, out _, out _, out var error)) throw new QuantumException(error);
        return new PauliSum(count, terms);
    }

    private sealed class Reader(string text)
    {
        private int _at;

        public bool AtEnd => _at == text.Length;

        private char Next => AtEnd ? '\0' : text[_at];

        public QuantumException Fault(string reason) =>
            new($"The Pauli sum '{text}' cannot be read at position {_at + 1}: {reason}; {Expected}.");

        public void SkipSpace()
        {
            while (!AtEnd && char.IsWhiteSpace(text[_at])) _at++;
        }

        public int ReadSign(bool optional)
        {
            SkipSpace();
            var sign = Next switch { '+' => 1, '-' or '−' => -1, _ => 0 };
            if (sign == 0) return optional ? 1 : throw Fault($"'{Next}' stands where a + or − between two terms is expected");
            _at++;
            SkipSpace();
            return sign;
        }

        public (Complex Coefficient, string Label, int Qubits) ReadTerm(int? qubits)
        {
            Complex coefficient = 1;
            var hasCoefficient = true;
            if (Next == '(') coefficient = ReadComplex();
            else if (char.IsAsciiDigit(Next) || Next == '.') coefficient = ReadNumber();
            else hasCoefficient = false;
            SkipSpace();
            var starred = hasCoefficient && Next is '*' or '·';
            if (starred)
            {
                _at++;
                SkipSpace();
            }
            var start = _at;
            var label = ReadLabel();
            if (label is null)
            {
                if (!hasCoefficient || starred) throw Fault(AtEnd ? "a Pauli label is missing at the end" : $"'{Next}' stands where a Pauli label is expected");
                return (coefficient, "", 0);
            }
            if (!PauliString.TryParse(label, qubits, out _, out var implied, out var error))
            {
                _at = start;
                throw Fault(error.TrimEnd('.'));
            }
            return (coefficient, label, implied);
        }

        /// <summary>Everything up to the next sign, or what stands in brackets; null when nothing does.</summary>
        private string? ReadLabel()
        {
            if (Next == '[')
            {
                var close = text.IndexOf(']', _at);
                if (close < 0) throw Fault("the bracket is never closed");
                var inside = text[(_at + 1)..close];
                _at = close + 1;
                return inside;
            }
            var end = text.AsSpan(_at).IndexOfAny('+', '-', '−');
            end = end < 0 ? text.Length : _at + end;
            var label = text[_at..end].TrimEnd();
            if (label.Length == 0) return null;
            _at = end;
            return label;
        }

        private Complex ReadComplex()
        {
            _at++;
            var (real, imaginary) = (0.0, 0.0);
            var first = true;
            SkipSpace();
            while (Next != ')')
            {
                var sign = ReadSign(optional: first);
                var value = sign * ReadNumber();
                if (Next is 'i' or 'j')
                {
                    _at++;
                    imaginary += value;
                }
                else real += value;
                first = false;
                SkipSpace();
                if (AtEnd) throw Fault("the parenthesis of a complex coefficient is never closed");
            }
            if (first) throw Fault("the parentheses of a coefficient are empty");
            _at++;
            return new Complex(real, imaginary);
        }

        private double ReadNumber()
        {
            var end = _at;
            while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.')) end++;
            if (end < text.Length && text[end] is 'e' or 'E')
            {
                var digits = end + 1;
                if (digits < text.Length && text[digits] is '+' or '-') digits++;
                if (digits < text.Length && char.IsAsciiDigit(text[digits]))
                    for (end = digits; end < text.Length && char.IsAsciiDigit(text[end]);) end++;
            }
            if (!double.TryParse(text.AsSpan(_at, end - _at), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
                throw Fault(AtEnd ? "a number is missing at the end" : $"'{Next}' stands where a number is expected");
            _at = end;
            return value;
        }
    }
}
