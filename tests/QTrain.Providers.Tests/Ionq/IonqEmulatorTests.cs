using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using QTrain.Devices;
using QTrain.Emulators.Ionq;

namespace QTrain.Providers.Tests.Ionq;

/// <summary>The requests that published clients send, in the order in which they send them.</summary>
public sealed class The_emulator_of_Ionq
{
    [Fact]
    public async Task serves_the_calls_of_Cirq()
    {
        await using var world = IonqWorld.Make();
        using var client = Client(world);
        // Gates with lists of targets, shots as a text, metadata that must come back as they were.
        var made = await Json(client, HttpMethod.Post, "v0.4/jobs", """
            {"backend":"simulator","type":"ionq.circuit.v1","lang":"json","input":{"gateset":"qis","qubits":2,
             "circuit":[{"gate":"h","targets":[0]},{"gate":"cnot","control":0,"target":1},{"gate":"xx","targets":[0,1],"rotation":0.2}]},
             "metadata":{"measurement0":"m\u001f0,1","shots":"100"},"shots":"100"}
            """, HttpStatusCode.Created);
        var id = (string)made["id"]!;
        ((string)(await Json(client, HttpMethod.Get, $"v0.4/jobs/{id}"))["status"]!).ShouldBeOneOf("submitted", "ready");
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        var job = await Json(client, HttpMethod.Get, $"v0.4/jobs/{id}");
        ((string?)job["status"], (string?)job["metadata"]!["measurement0"], (int?)job["stats"]!["qubits"]).ShouldBe(("completed", "m\u001f0,1", 2));
        var probabilities = await Json(client, HttpMethod.Get, $"v0.4/jobs/{id}/results/probabilities?sharpen=True");
        ((double)probabilities["0"]!).ShouldBe(0.5, 1e-12);
        ((double)probabilities["3"]!).ShouldBe(0.5, 1e-12);

        var batch = (string)(await Json(client, HttpMethod.Post, "v0.4/jobs", """
            {"type":"ionq.multi-circuit.v1","backend":"simulator","shots":20,"input":{"gateset":"native","qubits":2,"circuits":[
              {"circuit":[{"gate":"gpi","target":0,"phase":0.1}]},{"circuit":[{"gate":"gpi2","target":0,"phase":0},{"gate":"ms","targets":[0,1],"phases":[0,0.1],"angle":0.25}]},
              {"circuit":[{"gate":"zz","targets":[0,1],"phase":0.1}]}]}}
            """, HttpStatusCode.Created))["id"]!;
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        var children = (JsonArray)(await Json(client, HttpMethod.Get, $"v0.4/jobs/{batch}"))["child_job_ids"]!;
        var all = await Json(client, HttpMethod.Get, $"v0.4/jobs/{batch}/results/probabilities/aggregated");
        children.Select(c => (string)c!).ShouldBe(all.Select(a => a.Key));
        ((double)all[(string)children[0]!]!["1"]!).ShouldBe(1, 1e-12);
        ((double)all[(string)children[2]!]!["0"]!).ShouldBe(1, 1e-12);
        ((string?)(await Json(client, HttpMethod.Get, $"v0.4/jobs/{(string)children[1]!}"))["parent_job_id"]).ShouldBe(batch);
        (await Json(client, HttpMethod.Get, "v0.4/calibrations/current"))["fidelity"]!["2q"]!["mean"].ShouldNotBeNull();
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        // The limit lies in the body of the GET, and the key `next` is there as long as there is more.
        var page = await Json(client, HttpMethod.Get, "v0.4/jobs?status=completed", """{"limit":1}""");
        ((JsonArray)page["jobs"]!).Count.ShouldBe(1);
        var last = await Json(client, HttpMethod.Get, $"v0.4/jobs?status=completed&next={page["next"]}");
        last.ContainsKey("next").ShouldBeFalse();
        ((string?)(await Json(client, HttpMethod.Delete, $"v0.4/jobs/{id}"))["status"]).ShouldBe("deleted");
        await Json(client, HttpMethod.Get, $"v0.4/jobs/{id}", status: HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task refuses_what_the_service_refuses_in_its_words()
    {
        await using var world = IonqWorld.Make(new IonqEmulatorOptions { RequestsPerMinute = 8 });
        using var client = Client(world);
        (await client.GetAsync("v0.4/backends")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var refused = await Json(client, HttpMethod.Post, "v0.4/jobs", """{"backend":"qpu.forte-1","shots":0,"input":{"qubits":1,"circuit":[]}}""", HttpStatusCode.BadRequest);
        ((int?)refused["statusCode"], (string?)refused["error"], (string?)refused["message"]).ShouldBe((400, "Bad Request", "\"shots\" must be >= 1"));
        ((string?)refused["validation"]!["keys"]![0]).ShouldBe("shots");
        await Json(client, HttpMethod.Post, "v0.4/jobs", """{"backend":"qpu.forte-1","input":{"qubits":1,"circuit":[{"gate":"toffoli","target":0}]}}""", HttpStatusCode.BadRequest);
        await Json(client, HttpMethod.Post, "v0.4/jobs", """{"backend":"qpu.nobody","input":{"qubits":1,"circuit":[]}}""", HttpStatusCode.NotFound);
        await Json(client, HttpMethod.Post, "v0.4/jobs", "{", HttpStatusCode.BadRequest);
        await Json(client, HttpMethod.Get, "v0.4/jobs/none", status: HttpStatusCode.NotFound);
        var tooWide = (string)(await Json(client, HttpMethod.Post, "v0.4/jobs", """{"backend":"qpu.forte-1","input":{"qubits":50,"circuit":[{"gate":"x","target":49}]}}""", HttpStatusCode.Created))["id"]!;
        ((string?)(await Json(client, HttpMethod.Get, $"v0.4/jobs/{tooWide}"))["failure"]!["code"]).ShouldBe("NotEnoughQubits");
        await client.GetAsync("v0.4/whoami");
        var often = await client.GetAsync("v0.4/whoami");
        (often.StatusCode, often.Headers.RetryAfter!.Delta).ShouldBe((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(1)));
        world.Clock.Advance(TimeSpan.FromMinutes(2));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("apiKey", "wrong");
        ((string?)(await Json(client, HttpMethod.Get, "v0.4/jobs", status: HttpStatusCode.Unauthorized))["error"]).ShouldBe("Unauthorized Error");
    }

    [Fact]
    public async Task runs_abstract_gates_compiled_and_measures_every_qubit()
    {
        await using var world = IonqWorld.Make();
        using var client = Client(world);
        // Qubit 4 has no gate: it is read 0 but for its misreadings.
        var id = (string)(await Json(client, HttpMethod.Post, "v0.4/jobs", """
            {"backend":"qpu.forte-1","shots":4000,"input":{"qubits":5,"circuit":[{"gate":"x","target":2},{"gate":"h","target":0},{"gate":"cnot","controls":[0],"target":1},{"gate":"swap","targets":[1,3]},
             {"gate":"pauliexp","targets":[0,2],"terms":["ZZ"],"coefficients":[0.3],"time":1}]}}
            """, HttpStatusCode.Created))["id"]!;
        world.Clock.Advance(TimeSpan.FromHours(1));
        var counts = (await Json(client, HttpMethod.Get, $"v0.4/jobs/{id}/results/histogram")).ToDictionary(o => int.Parse(o.Key), o => (int)o.Value!);
        counts.Values.Sum().ShouldBe(4000);
        (counts[0b00100] + counts[0b01101]).ShouldBeGreaterThan(3700);
        counts.Where(c => (c.Key & 16) != 0).Sum(c => c.Value).ShouldBeInRange(5, 45);
    }

    [Fact]
    public async Task is_administered_beside_the_protocol()
    {
        await using var world = IonqWorld.Make();
        using var client = Client(world);
        using var anybody = new HttpClient { BaseAddress = world.Server.Root };
        await Json(client, HttpMethod.Post, "_emulator/faults", """{"kind":"status","status":503,"on":"GET .*/whoami"}""");
        (await client.GetAsync("v0.4/whoami")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await client.GetAsync("v0.4/whoami")).StatusCode.ShouldBe(HttpStatusCode.OK);
        ((string?)(await Json(anybody, HttpMethod.Post, "_emulator/faults", """{"kind":"nonsense"}""", HttpStatusCode.BadRequest))["error"]).ShouldNotBeNull().ShouldContain("timeout-after");
        await Json(client, HttpMethod.Post, "v0.4/jobs", """{"backend":"qpu.forte-1","shots":100,"name":"mine","input":{"qubits":1,"circuit":[{"gate":"x","target":0}]}}""", HttpStatusCode.Created);
        await Json(anybody, HttpMethod.Post, "_emulator/clock", """{"advance":3600}""");
        world.Clock.GetUtcNow().ShouldBe(IonqWorld.Noon + TimeSpan.FromHours(1));
        var bill = await Json(anybody, HttpMethod.Get, "_emulator/bill");
        ((string?)bill["lines"]![0]!["key"], (decimal?)bill["total"]).ShouldBe(("mine", 0.5m));
        (await client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "_emulator/world/recalibrate") { Content = new StringContent("{\"factor\": 2}") })).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var two = (double)(await Json(client, HttpMethod.Get, "v0.4/backends/qpu.forte-1/characterizations"))["characterizations"]![0]!["fidelity"]!["2q"]!["median"]!;
        two.ShouldBe(1 - 2 * 0.0055, 1e-9);
        await client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "_emulator/world/retire") { Content = new StringContent("{}") });
        ((string?)(await Json(client, HttpMethod.Get, "v0.4/backends/qpu.forte-1"))["status"]).ShouldBe("retired");
        await Json(anybody, HttpMethod.Get, "_emulator/nothing", status: HttpStatusCode.NotFound);
    }

    private static HttpClient Client(IonqWorld world)
    {
        var client = new HttpClient { BaseAddress = world.Server.Root };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("apiKey", "test-key");
        return client;
    }

    private static async Task<JsonObject> Json(HttpClient client, HttpMethod method, string path, string? body = null, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(status, text);
        return (JsonObject)JsonNode.Parse(text)!;
    }
}
