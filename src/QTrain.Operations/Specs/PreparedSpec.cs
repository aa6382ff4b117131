using System.Collections.Immutable;
using QTrain.Training;

namespace QTrain.Operations.Specs;

/// <summary>A spec made ready to run: checked, with its files read. <see cref="Json"/> and <see cref="Inputs"/> are all that
/// <see cref="SpecCompiler.ToPlan"/> needs to make the same plan again, also when the files have changed or vanished.</summary>
public sealed record PreparedSpec
{
    /// <summary>The canonical JSON: every key, defaults written out.</summary>
    public required string Json { get; init; }

    /// <summary>The bytes of every file the spec names, by the name it has there.</summary>
    public required ImmutableSortedDictionary<string, byte[]> Inputs { get; init; }

    /// <summary>The spec, typed.</summary>
    public required TrainingSpec Spec { get; init; }

    /// <summary>What it comes down to.</summary>
    public required TrainingPlan Plan { get; init; }
}

/// <summary>Reads specs.</summary>
public static class SpecFile
{
    /// <summary>Reads the YAML of a spec and every file it names.</summary>
    /// <param name="path">The file; <c>-</c> reads the standard input, relative to the working directory.</param>
    /// <param name="overrides">Lines to replace, as <c>optimizer.learning-rate=0.05</c>.</param>
    /// <param name="references">Finds earlier runs and imported devices; null where there is no store.</param>
    /// <exception cref="Formats.InvalidFileException">The spec or a file it names cannot be used; says file, line, column, what was found and
    /// what is allowed.</exception>
    public static PreparedSpec Load(string path, IReadOnlyList<string>? overrides = null, SpecReferences? references = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        var place = new SpecPlace(path);
        if (path == "-") return Parse(Console.In.ReadToEnd(), "standard input", Directory.GetCurrentDirectory(), overrides, references);
        if (Directory.Exists(path)) throw place.Refuse("this is a folder: name a spec file.");
        if (!File.Exists(path)) throw place.Refuse($"the file does not exist.{SpecInputs.Neighbour(Path.GetFullPath(path))} `qtrain init {path}` writes a commented spec.");
        var bytes = Files.Read(path, SpecYaml.MaxCharacters * 4L, reason => place.Refuse(reason));
        return Parse(Files.Text(bytes, () => place.Refuse("this is not UTF-8 text: save it as UTF-8.")), path, Path.GetDirectoryName(Path.GetFullPath(path))!, overrides, references);
    }

    /// <summary>Reads a spec from text.</summary>
    /// <param name="yaml">The YAML.</param>
    /// <param name="name">What to call it in messages; its name without extension is the default name of the run.</param>
    /// <param name="folder">The folder that file names are relative to.</param>
    /// <param name="overrides">Lines to replace.</param>
    /// <param name="references">Finds earlier runs and imported devices; null where there is no store.</param>
    /// <exception cref="Formats.InvalidFileException">As for <see cref="Load"/>.</exception>
    public static PreparedSpec Parse(string yaml, string name, string folder, IReadOnlyList<string>? overrides = null, SpecReferences? references = null)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        var node = SpecYaml.Read(name, yaml);
        if (overrides is { Count: > 0 })
        {
            if (node is not (SpecMap or SpecScalar { IsNull: true })) SpecChecker.Check(node, SpecKeys.Root);     // says what is wrong with it
            foreach (var assignment in overrides) node = SpecOverride.Apply(node, assignment);
        }
        var inputs = SpecInputs.FromFolder(folder, references);
        var root = SpecDefaults.Fill(SpecChecker.Check(node, SpecKeys.Root), inputs);
        root = SpecChecker.Complete(root, SpecKeys.Root);
        var spec = SpecReader.Read(root);
        return new PreparedSpec { Json = SpecJson.Write(root), Spec = spec, Plan = SpecCompiler.Compile(spec, root, inputs), Inputs = inputs.Bytes };
    }
}
