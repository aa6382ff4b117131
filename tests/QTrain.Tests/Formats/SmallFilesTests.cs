using QTrain.Formats;
using QTrain.Problems;

namespace QTrain.Tests.Formats;

public sealed class Parameters_as_JSON
{
    [Fact]
    public void come_back_to_the_bit_and_in_order()
    {
        var values = new OrderedDictionary<string, double> { ["z"] = 0.1 + 0.2, ["θ1"] = -1e-300, ["a"] = 0 };
        var read = ParametersJson.Read(ParametersJson.Write(values), "p.json");
        read.ToArray().ShouldBe(values.ToArray());
    }

    [Fact]
    public void are_found_in_a_file_of_gradients()
    {
        var file = TestData.Path("gradients", "circuit_a.json");
        ParametersJson.Read(File.ReadAllText(file), file)["theta4"].ShouldBe(-1.295838);
    }

    [Theory]
    [InlineData("""{"a": "1"}""", "p.json:1:7: parameter 'a' must be a number, not the text \"1\".")]
    [InlineData("""{"a": 1, "a": 2}""", "p.json:1:10: key 'a' occurs twice in one object; it stands in line 1 already. Remove one.")]
    [InlineData("""{"a": 1,}""", "p.json:1:9: not valid JSON: The JSON object contains a trailing comma at the end.")]
    public void are_refused_where_they_are_wrong(string text, string message) =>
        Should.Throw<InvalidFileException>(() => ParametersJson.Read(text, "p.json")).Message.ShouldBe(message);
}

public sealed class A_graph_as_JSON
{
    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(TestData.Path("combinatorial", "maxcut"), "*.json").Select(f => Path.GetFileName(f)).Order()];

    [Theory, MemberData(nameof(Files))]
    public void of_the_test_data_is_read_and_comes_back(string file)
    {
        var graph = GraphJson.Read(File.ReadAllText(TestData.Path("combinatorial", "maxcut", file)), file);
        graph.Edges.Length.ShouldBeGreaterThan(0);
        GraphJson.Read(GraphJson.Write(graph), file).ShouldBe(graph);
    }

    [Fact]
    public void may_leave_out_the_number_of_vertices_and_of_weights() =>
        GraphJson.Read("""{"edges": [[0, 3], [1, 2, 0.5]]}""", "g.json").ShouldBe(new Graph(4, [new Edge(0, 3), new Edge(1, 2, 0.5)]));

    [Theory]
    [InlineData("[0, 0]", "Edge 0–0 leads from a vertex to itself: a loop is never cut. Remove it.")]
    [InlineData("[1, 0]", "Edge 1–0 occurs twice: give it once, with the sum of the weights.")]
    [InlineData("[1, 3]", "Vertex 3 does not exist: this graph has 3 vertices, numbered 0 to 2.")]
    [InlineData("[1]", "an edge must be [u, v] or [u, v, weight], not a list of 1.")]
    [InlineData("{}", "an edge must be a list […], not an object.")]
    public void is_refused_at_the_wrong_edge(string edge, string reason)
    {
        var fault = Should.Throw<InvalidFileException>(() => GraphJson.Read("{\"num_vertices\": 3, \"edges\": [[0, 1],\n " + edge + "]}", "g.json"));
        fault.Reason.ShouldBe(reason);
        (fault.Line, fault.Column).ShouldBe((2, 2));
    }
}
