using System.Text.Json;
using QTrain.Formats.Hamiltonians;
using QTrain.Numerics;
using QTrain.Problems;

namespace QTrain.Tests.Formats.Hamiltonians;

public sealed class A_travelling_salesman
{
    [Fact]
    public void of_Burma_has_the_published_distances()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(TestData.Path("combinatorial", "tsp", "burma14.json")));
        var tour = Tsp(File.ReadAllText(TestData.Path("combinatorial", "tsp", "burma14.tsp")));
        tour.CityCount.ShouldBe(14);
        for (var a = 0; a < 14; a++)
            for (var b = 0; b < 14; b++)
                tour[a, b].ShouldBe(json.RootElement.GetProperty("distance_matrix")[a][b].GetDouble());
        // The optimum of TSPLIB, in its known order.
        tour.LengthOf([0, 1, 13, 2, 3, 4, 5, 11, 6, 12, 7, 10, 8, 9]).ShouldBe(3323);
    }

    [Theory]
    [InlineData("EUC_2D", 5, 4, 1)]         // √(3² + 4²); √(2.5² + 2.5²) = 3.54; √(0.5² + 1.5²) = 1.58 → 2, but see below
    [InlineData("CEIL_2D", 5, 4, 2)]
    [InlineData("MAN_2D", 7, 5, 2)]
    [InlineData("MAX_2D", 4, 3, 2)]
    [InlineData("ATT", 2, 2, 1)]            // √(25/10) = 1.58, √(12.5/10) = 1.12 → 2, √(2.5/10) = 0.5 → 1
    public void rounds_distances_as_TSPLIB_demands(string kind, double far, double middle, double near)
    {
        var tour = Tsp($"TYPE : TSP\nDIMENSION : 3\nEDGE_WEIGHT_TYPE : {kind}\nNODE_COORD_SECTION\n1 0 0\n2 3 4\n3 2.5 2.5\nEOF\n");
        tour[0, 1].ShouldBe(far);
        tour[0, 2].ShouldBe(middle);
        tour[2, 1].ShouldBe(kind == "EUC_2D" ? 2 : near);
    }

    [Theory]
    [InlineData("FULL_MATRIX", "9 1 2 3  1 9 4 5  2 4 9 6  3 5 6 9")]
    [InlineData("UPPER_ROW", "1 2 3 4 5 6")]
    [InlineData("LOWER_COL", "1 2 3\n4 5\n6")]
    [InlineData("LOWER_ROW", "1 2 4 3 5 6")]
    [InlineData("UPPER_COL", "1 2 4 3 5 6")]
    [InlineData("UPPER_DIAG_ROW", "0 1 2 3 0 4 5 0 6 0")]
    [InlineData("LOWER_DIAG_COL", "0 1 2 3 0 4 5 0 6 0")]
    [InlineData("LOWER_DIAG_ROW", "0 1 0 2 4 0 3 5 6 0")]
    [InlineData("UPPER_DIAG_COL", "0 1 0 2 4 0 3 5 6 0")]
    public void may_have_distances_in_every_form_of_a_matrix(string format, string numbers)
    {
        var tour = Tsp($"NAME: x\nDIMENSION: 4\nEDGE_WEIGHT_TYPE: EXPLICIT\nEDGE_WEIGHT_FORMAT: {format}\nEDGE_WEIGHT_SECTION\n{numbers}\nEOF");
        double[] upper = [1, 2, 3, 4, 5, 6];
        var at = 0;
        for (var a = 0; a < 4; a++)
            for (var b = a + 1; b < 4; b++)
            {
                tour[a, b].ShouldBe(upper[at]);
                tour[b, a].ShouldBe(upper[at++]);
            }
        Tsp(TsplibText.Write(tour, "again")).ToGraph().ShouldBe(tour.ToGraph());
    }

    [Fact]
    public void has_the_shortest_tour_as_the_least_cost_of_its_bits()
    {
        var file = TestData.Path("combinatorial", "tsp", "sub_burma14_4.json");
        Least(HamiltonianContent.Read(File.ReadAllText(file), file, null).Tour!).ShouldBe(1570);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    [InlineData(5, 3)]
    public void has_the_shortest_tour_as_the_least_cost_whatever_the_distances(int cities, ulong seed)
    {
        var random = new RandomStream(seed);
        var distance = new double[cities, cities];
        for (var a = 0; a < cities; a++)
            for (var b = 0; b < cities; b++)        // also such that break the triangle's inequality, and differ by direction
                if (a != b) distance[a, b] = random.NextBelow(100);
        var tour = new TravellingSalesman(distance);
        Least(tour).ShouldBe(Permutations([.. Enumerable.Range(1, cities - 1)]).Min(order => tour.LengthOf([0, .. order])), 1e-9);
    }

    [Fact]
    public void is_a_graph_and_a_cost_of_bits_when_converted()
    {
        var content = HamiltonianContent.Read(File.ReadAllText(TestData.Path("combinatorial", "tsp", "burma14.tsp")), "burma14.tsp", null);
        content.RequireGraph().ToString().ShouldBe("14 vertices, 91 edges");
        content.RequireQubo(HamiltonianFormat.Qubo).VariableCount.ShouldBe(169);
        content.QubitCount.ShouldBe(169);
    }

    private static double Least(TravellingSalesman tour)
    {
        var (cost, least, best) = (tour.Cost(), double.PositiveInfinity, 0UL);
        for (var bits = 0UL; bits < 1UL << tour.QubitCount; bits++)
        {
            var value = cost.ValueAt(bits);
            if (tour.TourOf(bits) is { } order) value.ShouldBe(tour.LengthOf(order), 1e-9);
            if (value < least) (least, best) = (value, bits);
        }
        tour.TourOf(best).ShouldNotBeNull();
        return least;
    }

    private static IEnumerable<int[]> Permutations(int[] items) => items.Length <= 1
        ? [items]
        : items.SelectMany(first => Permutations([.. items.Where(i => i != first)]).Select(rest => (int[])[first, .. rest]));

    private static TravellingSalesman Tsp(string text) => HamiltonianContent.Read(text, "x.tsp", null).Tour!;
}
