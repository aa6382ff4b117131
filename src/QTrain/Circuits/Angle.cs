using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace QTrain.Circuits;

/// <summary>An affine expression in parameters, in radians: <c>2*θ0 − 0.5*θ1 + 0.3</c>. A plain number is an angle without parameters.</summary>
/// <remarks>Terms are kept in ordinal order of the names without zero coefficients, so equal expressions are equal values.</remarks>
public readonly struct Angle : IEquatable<Angle>
{
    private readonly ImmutableArray<AngleTerm> _terms;

    private Angle(ImmutableArray<AngleTerm> terms, double constant)
    {
        _terms = terms;
        Constant = constant;
    }

    /// <summary>The part that no parameter changes, in radians.</summary>
    public double Constant { get; }

    /// <summary>The coefficient of each parameter, in ordinal order of the names; none is zero.</summary>
    public ImmutableArray<AngleTerm> Terms => _terms.IsDefault ? [] : _terms;

    /// <summary>Whether the angle is a number: no parameter moves it.</summary>
    public bool IsConstant => _terms.IsDefaultOrEmpty;

    /// <summary>Whether the constant and every coefficient are numbers.</summary>
    internal bool IsFinite => double.IsFinite(Constant) && (IsConstant || _terms.All(t => double.IsFinite(t.Coefficient)));

    /// <summary>The angle <c>Σ coefficient·parameter + constant</c>; terms of one parameter are added up.</summary>
    public static Angle Affine(IEnumerable<AngleTerm> terms, double constant)
    {
        var sums = new SortedDictionary<Parameter, double>();
        foreach (var (parameter, coefficient) in terms)
            sums[parameter] = sums.GetValueOrDefault(parameter) + coefficient;
        return new Angle([.. sums.Where(s => s.Value != 0).Select(s => new AngleTerm(s.Key, s.Value))], constant);
    }

    /// <summary>The angle of one parameter.</summary>
    public static implicit operator Angle(Parameter parameter) => new([new AngleTerm(parameter, 1)], 0);

    /// <summary>The constant angle of so many radians.</summary>
    public static implicit operator Angle(double radians) => new(default, radians);

    /// <summary>The constant angle of so many radians.</summary>
    public static Angle FromRadians(double radians) => radians;

    /// <summary>The angle of one parameter.</summary>
    public static Angle FromParameter(Parameter parameter) => parameter;

    /// <summary>Adds two angles.</summary>
    public static Angle operator +(Angle left, Angle right) =>
        left.IsConstant && right.IsConstant
            ? left.Constant + right.Constant
            : Affine(left.Terms.Concat(right.Terms), left.Constant + right.Constant);

    /// <summary>Subtracts two angles.</summary>
    public static Angle operator -(Angle left, Angle right) => left + -right;

    /// <summary>Negates an angle.</summary>
    public static Angle operator -(Angle angle) => -1 * angle;

    /// <summary>Scales an angle.</summary>
    public static Angle operator *(double factor, Angle angle) =>
        factor == 0 || angle.IsConstant
            ? new Angle(default, factor * angle.Constant)
            : new Angle([.. angle._terms.Select(t => t with { Coefficient = factor * t.Coefficient })], factor * angle.Constant);

    /// <summary>Scales an angle.</summary>
    public static Angle operator *(Angle angle, double factor) => factor * angle;

    /// <summary>Divides an angle.</summary>
    public static Angle operator /(Angle angle, double divisor) => (1 / divisor) * angle;

    /// <summary>The angle with some parameters replaced by values.</summary>
    /// <param name="values">Radians by parameter; parameters that are not in it stay symbols.</param>
    public Angle Bind(IReadOnlyDictionary<Parameter, double> values)
    {
        if (IsConstant) return this;
        var constant = Constant;
        var rest = ImmutableArray.CreateBuilder<AngleTerm>();
        foreach (var term in _terms)
        {
            if (values.TryGetValue(term.Parameter, out var value)) constant += term.Coefficient * value;
            else rest.Add(term);
        }
        return new Angle(rest.ToImmutable(), constant);
    }

    /// <summary>The angle with every parameter renamed or replaced by another expression.</summary>
    public Angle Substitute(Func<Parameter, Angle> replacement)
    {
        if (IsConstant) return this;
        Angle sum = Constant;
        foreach (var term in _terms) sum += term.Coefficient * replacement(term.Parameter);
        return sum;
    }

    /// <inheritdoc/>
    public bool Equals(Angle other) => Constant.Equals(other.Constant) && Terms.SequenceEqual(other.Terms);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Angle other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Constant);
        foreach (var term in Terms) hash.Add(term);
        return hash.ToHashCode();
    }

    /// <summary>Whether two angles are the same expression.</summary>
    public static bool operator ==(Angle left, Angle right) => left.Equals(right);

    /// <summary>Whether two angles differ.</summary>
    public static bool operator !=(Angle left, Angle right) => !left.Equals(right);

    /// <summary>The expression as people write it: <c>2*θ0 - 0.5*θ1 + 0.3</c>.</summary>
    public override string ToString()
    {
        if (IsConstant) return Constant.ToString("R", CultureInfo.InvariantCulture);
        var text = new StringBuilder();
        foreach (var (parameter, coefficient) in _terms)
        {
            text.Append(text.Length == 0 ? (coefficient < 0 ? "-" : "") : coefficient < 0 ? " - " : " + ");
            if (Math.Abs(coefficient) != 1) text.Append(Math.Abs(coefficient).ToString("R", CultureInfo.InvariantCulture)).Append('*');
            text.Append(parameter.Name);
        }
        if (Constant != 0)
            text.Append(Constant < 0 ? " - " : " + ").Append(Math.Abs(Constant).ToString("R", CultureInfo.InvariantCulture));
        return text.ToString();
    }
}

/// <summary>One term of an <see cref="Angle"/>.</summary>
/// <param name="Parameter">The symbol.</param>
/// <param name="Coefficient">What it is multiplied with.</param>
public readonly record struct AngleTerm(Parameter Parameter, double Coefficient);
