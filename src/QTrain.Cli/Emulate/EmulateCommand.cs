using System.CommandLine;
using System.Text.Json.Nodes;
using QTrain.Cli.Terminal;
using QTrain.Devices;
using QTrain.Emulators;
using QTrain.Emulators.Http;
using QTrain.Emulators.Ionq;

namespace QTrain.Cli.Emulate;

/// <summary><c>qtrain emulate</c>: a provider's service on this machine, on a device twin.</summary>
internal static class EmulateCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        var command = new Command("emulate", "Serves the protocol of a hardware provider on this machine, on a device twin: clients of the provider work against it, and nothing costs anything.");
        command.Subcommands.Add(Ionq(terminal));
        return command;
    }

    private static Command Ionq(CommandTerminal terminal)
    {
        var device = new Option<string>("--device") { Description = "The device: forte-1 or aria-1.", HelpName = "NAME", DefaultValueFactory = _ => "forte-1" };
        var port = new Option<int>("--port") { Description = "The port on the loopback address; 0: a free one.", HelpName = "N" };
        var keys = new Option<string[]>("--key") { Description = "An API key that is accepted; may be given several times.", HelpName = "KEY", DefaultValueFactory = _ => ["test-key"] };
        var seed = new Option<ulong>("--seed") { Description = "The seed of shots, queues and drift.", HelpName = "S" };
        var queue = new Option<double>("--queue") { Description = "How many seconds half of all jobs wait less than.", HelpName = "SECONDS" };
        var speed = new Option<double>("--speed") { Description = "How many seconds of its world pass in one of ours; 0: its clock stands until it is put forward at /_emulator/clock.", HelpName = "X", DefaultValueFactory = _ => 1 };
        var drift = new Option<string>("--drift") { Description = "none, or daily: errors grow, and the device is calibrated anew every day.", HelpName = "KIND", DefaultValueFactory = _ => "none" };
        var faults = new Option<string[]>("--fault") { Description = "A fault as JSON, as POST /_emulator/faults takes it; may be given several times.", HelpName = "JSON", DefaultValueFactory = _ => [] };
        var command = new Command("ionq", "Serves IonQ's Quantum Cloud REST API, v0.4 and v0.3, until it is stopped.") { device, port, keys, seed, queue, speed, drift, faults };
        return command.Does(terminal,
            [
                ("qtrain emulate ionq --port 8080", "http://127.0.0.1:8080/v0.4/…, key test-key"),
                ("qtrain emulate ionq --device aria-1 --queue 300 --speed 60 --drift daily", "jobs wait five minutes, which pass in five seconds"),
                ("qtrain emulate ionq --fault '{\"kind\": \"timeout-after\", \"on\": \"POST .*/jobs$\"}'", "the first job is made, and its answer never comes"),
            ],
            async (parse, result, cancellation) =>
            {
                var name = parse.GetValue(device)!;
                if (parse.GetValue(port) is < 0 or > 65535) throw new UsageException($"--port {parse.GetValue(port)}: it must be 0 to 65535.");
                if (!(parse.GetValue(speed) is >= 0 and <= 1e6)) throw new UsageException($"--speed {parse.GetValue(speed)}: it must be 0 to 1000000.");
                if (!(parse.GetValue(queue) is >= 0 and <= 1e7)) throw new UsageException($"--queue {parse.GetValue(queue)}: it must be 0 or more seconds.");
                var process = parse.GetValue(drift) switch { "none" => DriftProcess.None, "daily" => DriftProcess.Daily, var other => throw new UsageException($"--drift {other}: it must be none or daily.") };
                var emulator = new IonqEmulator(new IonqEmulatorOptions
                {
                    Device = name.StartsWith("qpu.", StringComparison.Ordinal) ? name : "qpu." + name, Seed = parse.GetValue(seed), Drift = process, Queue = new QueueModel(TimeSpan.FromSeconds(parse.GetValue(queue))),
                }, new EmulatorClock(speed: parse.GetValue(speed))) { Keys = [.. parse.GetValue(keys)!] };
                foreach (var fault in parse.GetValue(faults)!)
                {
                    try
                    {
                        emulator.Faults.Add(JsonNode.Parse(fault) as JsonObject ?? throw new FormatException("give a JSON object"));
                    }
                    catch (Exception e) when (e is FormatException or System.Text.Json.JsonException or InvalidOperationException)
                    {
                        throw new UsageException($"--fault {fault}: {e.Message}");
                    }
                }
                await using var server = EmulatorServer.Start(emulator, parse.GetValue(port));
                result.Write(
                    () => new JsonObject
                    {
                        ["provider"] = "ionq", ["url"] = server.Root.ToString(), ["administration"] = new Uri(server.Root, "_emulator").ToString(),
                        ["device"] = name, ["keys"] = new JsonArray([.. emulator.Keys.Select(k => (JsonNode?)k)]),
                    },
                    text =>
                    {
                        text.WriteLine($"IonQ at {server.Root}v0.4 and {server.Root}v0.3, device qpu.{name.Replace("qpu.", "", StringComparison.Ordinal)}, Authorization: apiKey {emulator.Keys[0]}");
                        text.WriteLine($"clock, faults, bill and requests at {server.Root}_emulator; Ctrl-C ends it");
                    });
                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
                }
                catch (OperationCanceledException)
                {
                    // That is how it ends.
                }
                return ExitCode.Success;
            });
    }
}
