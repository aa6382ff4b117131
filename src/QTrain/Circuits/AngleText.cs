using System.Globalization;

namespace QTrain.Circuits;

/// <summary>Angles as they are drawn: multiples of π where they are, few digits else.</summary>
internal static class AngleText
{
    private static readonly (string Word, char Letter)[] Greek =
    [
        ("alpha", 'α'), ("beta", 'β'), ("gamma", 'γ'), ("delta", 'δ'), ("theta", 'θ'), ("lambda", 'λ'), ("phi", 'φ'), ("psi", 'ψ'), ("omega", 'ω'), ("tau", 'τ'),
    ];

    private static readonly int[] Denominators = [1, 2, 3, 4, 5, 6, 8, 12, 16, 32];

    /// <summary>An angle such as <c>θ0</c>, <c>2θ0 + π/4</c> or <c>0.1234</c>.</summary>
    public static string Short(Angle angle)
    {
        var parts = new List<string>();
        foreach (var (parameter, coefficient) in angle.Terms)
            parts.Add(coefficient switch
            {
                1 => Symbol(parameter),
                -1 => "−" + Symbol(parameter),
                _ => Number(coefficient) + "·" + Symbol(parameter),
            });
        if (angle.Constant != 0 || parts.Count == 0) parts.Add(Radians(angle.Constant));
        return string.Join(" + ", parts).Replace("+ −", "− ", StringComparison.Ordinal);
    }

    /// <summary>A number of radians: <c>π/2</c>, <c>−3π/4</c>, <c>0.1234</c>.</summary>
    public static string Radians(double value)
    {
        if (value == 0) return "0";
        foreach (var d in Denominators)
        {
            var n = value * d / Math.PI;
            var whole = Math.Round(n);
            // Eleven digits: what was written as pi/2, not what happens to be near.
            if (whole == 0 || Math.Abs(whole) > 64 || Math.Abs(n - whole) > 1e-11 * Math.Abs(whole)) continue;
            var top = Math.Abs(whole) == 1 ? "π" : string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(whole)}π");
            return (whole < 0 ? "−" : "") + top + (d == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"/{d}"));
        }
        return Number(value);
    }

    // theta0 is drawn as θ0.
    private static string Symbol(Parameter parameter)
    {
        foreach (var (word, letter) in Greek)
            if (parameter.Name.StartsWith(word, StringComparison.Ordinal) && (parameter.Name.Length == word.Length || !char.IsAsciiLetter(parameter.Name[word.Length]))) return letter + parameter.Name[word.Length..];
        return parameter.Name;
    }

    private static string Number(double value) => (value < 0 ? "−" : "") + Math.Abs(value).ToString(Math.Abs(value) is >= 1e-3 and < 1e4 ? "0.####" : "0.##e+0", CultureInfo.InvariantCulture);
}
