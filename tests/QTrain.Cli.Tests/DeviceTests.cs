using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace QTrain.Cli.Tests;

public sealed class The_devices_verbs : IDisposable
{
    private readonly CommandLine _line = new();

    private static string[] Nairobi => [TestData.Path("calibration", "ibm", "props_nairobi.json"), TestData.Path("calibration", "ibm", "conf_nairobi.json")];

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task list_what_is_built_in_and_make_no_folder()
    {
        var list = await _line.InStoreAsync("devices", "list", "--output", "json");
        list.Status.ShouldBe(0, list.Error);
        var devices = list.Json.GetProperty("devices").EnumerateArray().ToDictionary(d => d.GetProperty("name").GetString()!);
        devices.Count.ShouldBe(12);
        devices["kingston"].GetProperty("qubits").GetInt32().ShouldBe(156);
        devices["rainbow"].GetProperty("medianT2Seconds").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null, "it is not reported");
        Directory.Exists(_line.Store).ShouldBeFalse();
    }

    [Fact]
    public async Task draw_a_device_as_a_map_and_as_a_picture()
    {
        var picture = Path.Combine(_line.Folder, "hanoi.svg");
        var show = await _line.InStoreAsync("devices", "show", "hanoi", "--svg", picture);
        show.Status.ShouldBe(0, show.Error);
        show.Out.ShouldContain("disabled      0 qubits, 2 gates cx 5-8, 19-20");
        show.Out.ShouldContain(" 0── 1── 4── 7──10──12──15!━18──21!─23");
        var svg = XDocument.Load(picture).Root!;
        svg.Descendants().Count(e => e.Name.LocalName == "circle").ShouldBe(27);
        svg.Descendants().Count(e => e.Name.LocalName == "line").ShouldBe(28);
        svg.Descendants().Where(e => e.Name.LocalName == "title").ShouldContain(t => t.Value.StartsWith("qubit 0: readout error", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("lima"), InlineData("weber"), InlineData("willow_pink"), InlineData("sherbrooke"), InlineData("torino"), InlineData("montreal")]
    public async Task draw_every_qubit_at_a_place_of_its_own(string device)
    {
        var picture = Path.Combine(_line.Folder, "map.svg");
        (await _line.InStoreAsync("devices", "show", device, "--svg", picture)).Status.ShouldBe(0);
        var circles = XDocument.Load(picture).Descendants().Where(e => e.Name.LocalName == "circle").Select(c => ((double)c.Attribute("cx")!, (double)c.Attribute("cy")!)).ToList();
        for (var a = 0; a < circles.Count; a++)
            for (var b = 0; b < a; b++)
                Math.Sqrt(Math.Pow(circles[a].Item1 - circles[b].Item1, 2) + Math.Pow(circles[a].Item2 - circles[b].Item2, 2)).ShouldBeGreaterThan(29, $"qubits {a} and {b} lie over each other");
    }

    [Fact]
    public async Task keep_snapshots_with_their_history_and_say_what_changed()
    {
        (await _line.InStoreAsync(["devices", "import", .. Nairobi])).Out.ShouldContain("kept");
        var later = JsonNode.Parse(File.ReadAllText(Nairobi[0]))!;
        later["last_update_date"] = "2024-06-01T10:00:00-03:00";
        foreach (var gate in later["gates"]!.AsArray())
        {
            if ((string?)gate!["name"] == "cx0_1") gate["parameters"]![0]!["value"] = 3 * (double)gate["parameters"]![0]!["value"]!;
            if ((string?)gate["name"] == "cx5_6") gate["parameters"]![0]!["value"] = 1;
        }
        var file = _line.Write("later.json", later.ToJsonString());
        var import = await _line.InStoreAsync("devices", "import", file, Nairobi[1], "--output", "json");
        import.Json.GetProperty("imported")[0].GetProperty("isNew").GetBoolean().ShouldBeTrue(import.Error);
        (await _line.InStoreAsync("devices", "import", file, Nairobi[1])).Out.ShouldContain("was there already");

        var history = (await _line.InStoreAsync("devices", "history", "nairobi", "--output", "json")).Json.GetProperty("snapshots");
        history.EnumerateArray().Select(s => s.GetProperty("takenAt").GetString()).ShouldBe(["2024-06-01T13:00:00Z", "2024-05-27T18:45:40Z"]);

        var compare = (await _line.InStoreAsync("devices", "compare", "nairobi", "--output", "json")).Json;
        compare.GetProperty("switched")[0].GetProperty("what").GetString().ShouldBe("cx 5-6");
        var worst = compare.GetProperty("changes").EnumerateArray().First(c => c.GetProperty("timesWorse").ValueKind == System.Text.Json.JsonValueKind.Number);
        (worst.GetProperty("gate").GetString(), worst.GetProperty("timesWorse").GetDouble()).ShouldBe(("cx", 3.0));

        // At a date, and by the beginning of an identity.
        var first = history[1].GetProperty("contentId").GetString()!;
        foreach (var name in new[] { "nairobi@2024-05-30", "ibm_nairobi@" + first[..8] })
            (await _line.InStoreAsync("devices", "show", name, "--output", "json")).Json.GetProperty("contentId").GetString().ShouldBe(first, name);
        (await _line.InStoreAsync("devices", "show", "nairobi@1999-01-01")).Error.ShouldContain("There is no snapshot of nairobi as old as 1999-01-01");
    }

    [Fact]
    public async Task read_a_file_of_their_own_schema_back()
    {
        var show = await _line.InStoreAsync("devices", "show", "manila", "--output", "json");
        var file = _line.Write("mine.json", show.Json.GetProperty("calibration").GetRawText());
        var again = await _line.InStoreAsync("devices", "show", file, "--output", "json");
        again.Json.GetProperty("contentId").GetString().ShouldBe(show.Json.GetProperty("contentId").GetString());
        again.Json.GetProperty("origin").GetString().ShouldBe("file");
    }

    [Theory]
    [InlineData(2, "the file does not exist", "devices", "show", "nothere.json")]
    [InlineData(1, "Did you mean 'manila'?", "devices", "show", "manilla")]
    [InlineData(1, "There is one snapshot of manila only", "devices", "compare", "manila")]
    [InlineData(2, "--as a@b", "devices", "import", "x.json", "--as", "a@b")]
    [InlineData(2, "--taken soon", "devices", "import", "x.json", "--taken", "soon")]
    [InlineData(2, "--limit 0", "devices", "history", "manila", "--limit", "0")]
    [InlineData(2, "is not a verb of 'qtrain devices'. Did you mean 'show'?", "devices", "shwo")]
    public async Task refuse_what_cannot_be(int status, string reason, params string[] arguments)
    {
        var outcome = await CommandLine.RunAsync(arguments);
        outcome.Status.ShouldBe(status);
        outcome.Error.ShouldContain(reason);
        outcome.Out.ShouldBeEmpty();
    }
}
