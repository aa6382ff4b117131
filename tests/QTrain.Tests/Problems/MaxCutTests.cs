using System.Text.Json;
using QTrain.Circuits;
using QTrain.Formats;
using QTrain.Numerics;
using QTrain.Problems;
using QTrain.Simulation;
using QTrain.Tests.Reference;

namespace QTrain.Tests.Problems;

public sealed class MaxCut_by_QAOA
{
    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(TestData.Path("combinatorial", "maxcut"), "*.json").Select(f => Path.GetFileName(f)).Order()];

    [Theory, MemberData(nameof(Files))]
    public void starts_from_fixed_angles_at_the_expected_cut(string file)
    {
        var (graph, facts) = Read(file);
        if (!facts.TryGetProperty("qaoa_fixed_angle_expected_cut", out var cuts)) return;
        foreach (var cut in cuts.EnumerateObject())
        {
            var problem = MaxCut.Problem(graph, int.Parse(cut.Name));
            using var state = StateVector.Zero(graph.VertexCount);
            state.Apply(problem.Ansatz, problem.Start.AsSpan());
            state.Expectation(problem.Observable).ShouldBe(-cut.Value.GetDouble(), tolerance: 1e-9);
        }
    }

    [Theory, MemberData(nameof(Files))]
    public void finds_the_best_cut_by_trying_all(string file)
    {
        var (graph, facts) = Read(file);
        var best = MaxCut.Best(graph);
        best.Weight.ShouldBe(facts.GetProperty("max_cut").GetDouble(), tolerance: 1e-9);
        MaxCut.WeightOf(graph, best.Side).ShouldBe(best.Weight);
    }

    [Fact]
    public void has_an_observable_whose_values_are_cuts() => Law.ForAll(Any.Seed(), seed =>
    {
        var graph = AnyGraph(seed);
        var observable = MaxCut.Observable(graph);
        observable.IsDiagonal.ShouldBeTrue();
        for (var side = 0UL; side < 1UL << graph.VertexCount; side++)
            (-observable.ValueAt(side).Real).ShouldBe(MaxCut.WeightOf(graph, side), tolerance: 1e-12);
    }, tests: 30);

    [Fact]
    public void applies_exp_of_minus_i_gamma_C_and_then_exp_of_minus_i_beta_X()
    {
        var graph = new Graph(3, [new Edge(0, 1, 0.7), new Edge(2, 1, -1.3)]);
        const double gamma = 0.4, beta = 0.9;
        var state = NaiveState.Of(Circuit.Build(3, c => c.H(0).H(1).H(2)));
        var phased = state.Amplitudes.Select((a, i) => a * System.Numerics.Complex.Exp(new(0, -gamma * MaxCut.WeightOf(graph, (ulong)i)))).ToArray();
        var mixed = NaiveState.FromAmplitudes(phased).Apply(Circuit.Build(3, c => c.Rx(2 * beta, 0).Rx(2 * beta, 1).Rx(2 * beta, 2)));
        var actual = NaiveState.Of(Qaoa.Circuit(graph, 1), [gamma, beta]);
        mixed.InnerProduct(actual).Magnitude.ShouldBe(1, tolerance: 1e-12);
    }

    [Fact]
    public void orders_its_parameters_gamma_first() =>
        Qaoa.Circuit(new Graph(2, [new Edge(0, 1)]), 2).Parameters.Select(p => p.Name).ShouldBe(["gamma0", "gamma1", "beta0", "beta1"]);

    [Fact]
    public void embeds_the_published_table()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(TestData.Path("combinatorial", "fixed_angles_regular_graphs.json")));
        var count = 0;
        foreach (var degree in json.RootElement.GetProperty("angles").EnumerateObject())
            foreach (var layers in degree.Value.EnumerateObject())
            {
                var angles = FixedAngles.Find(int.Parse(degree.Name), int.Parse(layers.Name)).ShouldNotBeNull();
                angles.GuaranteedRatio.ShouldBe(layers.Value.GetProperty("AR").GetDouble());
                angles.Gammas.ShouldBe(layers.Value.GetProperty("gamma").EnumerateArray().Select(e => e.GetDouble()));
                angles.Betas.ShouldBe(layers.Value.GetProperty("beta").EnumerateArray().Select(e => e.GetDouble()));
                count++;
            }
        count.ShouldBe(FixedAngles.Table.Length);
    }

    [Fact]
    public void says_why_there_are_no_fixed_angles()
    {
        Reason(new Graph(3, [new Edge(0, 1)]), 1).ShouldStartWith("There are no fixed angles for this graph: its vertices have different numbers of edges");
        Reason(new Graph(2, [new Edge(0, 1, 2)]), 1).ShouldStartWith("There are no fixed angles for this graph: its edges have weights other than 1.");
        Reason(new Graph(2, [new Edge(0, 1)]), 1).ShouldBe(
            "There are no fixed angles for degree 1 and 1 layers. The table has degree 3 with 1 to 11 layers; degree 4 with 1 to 3 layers. "
            + "Give initial values for gamma0, beta0, … or a seed for random ones.");

        static string Reason(Graph graph, int layers) => Should.Throw<QuantumException>(() => FixedAngles.For(graph, layers)).Message;
    }

    private static (Graph, JsonElement) Read(string file)
    {
        var text = File.ReadAllText(TestData.Path("combinatorial", "maxcut", file));
        return (GraphJson.Read(text, file), JsonDocument.Parse(text).RootElement);
    }

    private static Graph AnyGraph(ulong seed)
    {
        var random = new RandomStream(seed);
        var vertices = 2 + (int)random.NextBelow(5);
        var edges = new List<Edge>();
        for (var u = 0; u < vertices; u++)
            for (var v = u + 1; v < vertices; v++)
                if (random.NextBelow(2) == 0) edges.Add(new Edge(v, u, random.NextGaussian()));
        return new Graph(vertices, edges);
    }
}
