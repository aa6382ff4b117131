using System.Reflection;

namespace QTrain.Architecture.Tests;

public sealed class The_public_surface
{
    /// <summary>A difference is a design conversation: look at it, then run with QTRAIN_APPROVE=1 to accept it.</summary>
    [Theory]
    [InlineData("QTrain")]
    [InlineData("QTrain.Operations")]
    [InlineData("QTrain.Providers")]
    [InlineData("QTrain.Emulators")]
    public void is_the_approved_one(string library)
    {
        var assembly = Assembly.Load(library);
        var approved = Repository.Path("tests", "QTrain.Architecture.Tests", $"{library}.PublicApi.approved.txt");
        var actual = ApiText.Of(assembly);
        if (Environment.GetEnvironmentVariable("QTRAIN_APPROVE") == "1") File.WriteAllText(approved, actual);
        var before = File.Exists(approved) ? File.ReadAllLines(approved) : [];
        var now = actual.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var difference = before.Except(now).Where(l => l.Length > 0).Select(l => "- " + l).Concat(now.Except(before).Select(l => "+ " + l)).ToArray();
        difference.ShouldBeEmpty($"the public surface of {library} changed; if it should, approve it with QTRAIN_APPROVE=1 ./test");
    }
}
