using QTrain.Formats;
using QTrain.Operations.Specs;

namespace QTrain.Operations.Tests.Specs;

/// <summary>Specs read as if they lay in tests/data, so that they can name its files.</summary>
internal static class SpecFolder
{
    public const string H2 = "hamiltonians/h2_fcidump.json";
    public const string Cube = "combinatorial/maxcut/cube.json";

    public static PreparedSpec Read(string yaml, params string[] overrides) => SpecFile.Parse(yaml, "spec.yaml", TestData.Root, overrides);

    /// <summary>What a spec is refused with.</summary>
    public static string Refusal(string yaml, params string[] overrides) =>
        Should.Throw<InvalidFileException>(() => Read(yaml, overrides)).Message;
}
