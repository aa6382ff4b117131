namespace QTrain.Circuits;

/// <summary>A trainable symbol. Two parameters of the same name are the same parameter.</summary>
/// <param name="Name">The name, as it appears in specs, files and results.</param>
public readonly record struct Parameter(string Name) : IComparable<Parameter>
{
    /// <summary>The parameter called <paramref name="name"/>.</summary>
    public static Parameter Named(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return new Parameter(name);
    }

    /// <summary>Parameters <c>prefix0 … prefix(count−1)</c>.</summary>
    public static Parameter[] Vector(string prefix, int count) =>
        [.. Enumerable.Range(0, count).Select(k => new Parameter($"{prefix}{k}"))];

    /// <summary>Scales a parameter: an angle.</summary>
    public static Angle operator *(double factor, Parameter parameter) => factor * (Angle)parameter;

    /// <summary>Scales a parameter: an angle.</summary>
    public static Angle operator *(Parameter parameter, double factor) => factor * (Angle)parameter;

    /// <summary>Divides a parameter: an angle.</summary>
    public static Angle operator /(Parameter parameter, double divisor) => (Angle)parameter / divisor;

    /// <summary>Negates a parameter: an angle.</summary>
    public static Angle operator -(Parameter parameter) => -(Angle)parameter;

    /// <summary>Adds two angles.</summary>
    public static Angle operator +(Parameter left, Angle right) => (Angle)left + right;

    /// <summary>Subtracts two angles.</summary>
    public static Angle operator -(Parameter left, Angle right) => (Angle)left - right;

    /// <summary>Adds two parameters: an angle.</summary>
    public static Angle operator +(Parameter left, Parameter right) => (Angle)left + right;

    /// <summary>Subtracts two parameters: an angle.</summary>
    public static Angle operator -(Parameter left, Parameter right) => (Angle)left - right;

    /// <summary>Ordinal order of the names.</summary>
    public int CompareTo(Parameter other) => string.CompareOrdinal(Name, other.Name);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
