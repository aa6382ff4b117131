using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using QTrain.Optimizers;

namespace QTrain.Operations.Specs;

/// <summary>The optimizers as keys of a spec, derived from their own table: <c>learningRate</c> there is <c>learning-rate</c> here.</summary>
internal static class OptimizerKeys
{
    public static SpecKey Section { get; } = new("optimizer", SpecKind.Section, "How the parameters move.")
    {
        Shorthand = "name", Discriminator = "name",
        Keys =
        [
            new("name", SpecKind.Choice, "Which optimizer.")
            {
                DefaultNote = "l-bfgs, or spsa with shots",
                Allowed = [.. OptimizerTable.All.Select(r => new SpecName(r.Name, $"{r.About.TrimEnd('.')} ({r.Paper})"))],
            },
            .. OptimizerTable.All.SelectMany(Options),
        ],
    };

    /// <summary>The optimizer of a name with options; <paramref name="refuse"/> tells a fault of one option with its place.</summary>
    public static Optimizer Create(string name, IReadOnlyDictionary<string, object> options, Func<string, string, Exception> refuse)
    {
        var row = OptimizerTable.Find(name)!;
        var optimizer = row.Defaults;
        foreach (var option in row.Options)
        {
            if (!options.TryGetValue(Kebab(option.Name), out var value)) continue;
            try
            {
                optimizer = option.Set(optimizer, Convert.ToDouble(value, CultureInfo.InvariantCulture));
            }
            catch (HyperparameterException fault)
            {
                throw refuse(Kebab(option.Name), $"'optimizer.{Kebab(option.Name)}' is {fault.Value:R}, but {fault.Allowed}.");
            }
        }
        return optimizer;
    }

    private static IEnumerable<SpecKey> Options(OptimizerRow row) => row.Options.Select(option =>
    {
        var standard = option.Get(row.Defaults);
        return new SpecKey(Kebab(option.Name), option.IsWhole ? SpecKind.Integer : SpecKind.Number, option.About)
        {
            Only = [row.Name],
            Default = standard?.ToString("R", CultureInfo.InvariantCulture),
            DefaultNote = standard is null ? "found by the optimizer itself" : null,
            MayBeNone = standard is null,
            Minimum = option.Minimum,
            Maximum = option.Maximum ?? (option.IsWhole ? int.MaxValue : null),
            AboveMinimum = option.AboveMinimum,
            BelowMaximum = option.BelowMaximum,
            Example = "0.1",
        };
    });

    private static string Kebab(string name)
    {
        var kebab = new StringBuilder();
        foreach (var letter in name) kebab.Append(char.IsAsciiLetterUpper(letter) ? "-" + char.ToLowerInvariant(letter) : letter.ToString());
        return kebab.ToString();
    }
}
