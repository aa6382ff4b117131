using QTrain.Circuits;
using QTrain.Devices;
using QTrain.Emulators;
using QTrain.Emulators.Http;
using QTrain.Emulators.Ionq;
using QTrain.Providers.Ionq;
using QTrain.Providers.Rest;

namespace QTrain.Providers.Tests.Ionq;

/// <summary>An emulated IonQ and an adapter to it, over HTTP, on a clock that stands.</summary>
internal sealed class IonqWorld : IAsyncDisposable
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private IonqWorld(IonqEmulator emulator, EmulatorServer server, EmulatorClock clock) => (Emulator, Server, Clock) = (emulator, server, clock);

    public IonqEmulator Emulator { get; }

    public EmulatorServer Server { get; }

    public EmulatorClock Clock { get; }

    public TestKey Key { get; } = new();

    public static IonqWorld Make(IonqEmulatorOptions? options = null)
    {
        var clock = new EmulatorClock(Noon, speed: 0);
        var emulator = new IonqEmulator(options ?? new IonqEmulatorOptions { Seed = 3, LeastPrice = 0.5m }, clock);
        return new IonqWorld(emulator, EmulatorServer.Start(emulator), clock);
    }

    public Task<IonqBackend> ConnectAsync(string backend = "qpu.forte-1", IonqVersion version = IonqVersion.V04, RestOptions? rest = null, string? noise = null) => IonqBackend.ConnectAsync(
        new IonqOptions
        {
            Backend = backend, Endpoint = Server.Root, Version = version, SimulatorNoise = noise, VisibilityWindow = TimeSpan.FromSeconds(10), Rest = rest ?? new RestOptions { FirstDelay = TimeSpan.FromMilliseconds(1), Timeout = TimeSpan.FromSeconds(5) },
        }, Key);

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>(|00⟩ + |11⟩)/√2 in the gates of Forte, read into exchanged bits.</summary>
    public static Circuit Bell { get; } = Transpilation.Transpiler.Run(
        Circuit.Build(2, c => c.H(0).Cx(0, 1).X(1).Measure(0, 1).Measure(1, 0)), CalibrationFiles.Read([(Characterization, "forte")])[0].ToTarget()).Circuit;

    private const string Characterization = """
        {"id": "x", "backend": "qpu.forte-1", "date": "2025-06-16T00:00:00Z", "qubits": 2, "fidelity": {"spam": {"median": 0.995}, "1q": {"median": 0.9998}, "2q": {"median": 0.99}},
         "timing": {"readout": 0.0003, "reset": 0.00002, "1q": 0.000135, "2q": 0.0006, "t1": 10, "t2": 1}}
        """;
}
