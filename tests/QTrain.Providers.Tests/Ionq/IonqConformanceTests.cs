using QTrain.Circuits;
using QTrain.Devices;
using QTrain.Emulators.Ionq;
using QTrain.Providers.Ionq;

namespace QTrain.Providers.Tests.Ionq;

public abstract class IonqConformance(IonqVersion version) : BackendConformance, IAsyncLifetime
{
    private readonly IonqWorld _world = IonqWorld.Make(new IonqEmulatorOptions { Seed = 3, LeastPrice = 0.5m, Queue = new QueueModel(TimeSpan.FromMinutes(5)), VisibilityWindow = TimeSpan.Zero });

    protected override IBackend Make() => _world.ConnectAsync(version: version).GetAwaiter().GetResult();

    protected override Circuit Native => IonqWorld.Bell;

    protected override DateTimeOffset Now => _world.Clock.GetUtcNow();

    protected override void Wait(TimeSpan time) => _world.Clock.Advance(time);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _world.DisposeAsync();
    }
}

public sealed class Ionq_v04() : IonqConformance(IonqVersion.V04);

public sealed class Ionq_v03() : IonqConformance(IonqVersion.V03);
