using QTrain.Devices;
using QTrain.Operations.Storage;

namespace QTrain.Operations.Tests.Storage;

public sealed class Kept_calibrations : IDisposable
{
    private readonly TemporaryStore _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task come_back_equal_after_the_store_was_closed()
    {
        using (var first = Store.Open(_folder.Folder))
        {
            (await first.Calibrations.AddAsync(BuiltInDevices.Get("kingston"), default)).ShouldBeTrue();
            (await first.Calibrations.AddAsync(BuiltInDevices.Get("kingston"), default)).ShouldBeFalse();
        }
        using var store = Store.Open(_folder.Folder);
        var entry = (await store.Calibrations.LatestAsync(default)).ShouldHaveSingleItem();
        (entry.Device, entry.QubitCount, entry.TakenAt).ShouldBe(("ibm_kingston", 156, BuiltInDevices.Get("kingston").TakenAt));
        (await store.Calibrations.ReadAsync(entry.Device, entry.ContentId, default)).ShouldBe(BuiltInDevices.Get("kingston"));
    }

    [Fact]
    public async Task are_listed_by_device_with_the_latest_first()
    {
        using var store = Store.Open(_folder.Folder);
        foreach (var date in new[] { "2024-05-02", "2024-05-03", "2024-05-01" }) await store.Calibrations.AddAsync(At("here", date), default);
        await store.Calibrations.AddAsync(At("there", "2020-01-01"), default);
        (await store.Calibrations.HistoryAsync("here", default)).Select(e => e.At.Day).ShouldBe([3, 2, 1]);
        (await store.Calibrations.LatestAsync(default)).Select(e => (e.Device, e.At.Day)).ShouldBe([("here", 3), ("there", 1)]);
        (await store.Calibrations.HistoryAsync("nowhere", default)).ShouldBeEmpty();
        (await Should.ThrowAsync<QuantumException>(async () => await store.Calibrations.ReadAsync("here", "abc", default))).Message.ShouldContain("There is no snapshot abc of device 'here'");
    }

    private static Calibration At(string device, string date) =>
        new(device, [new QubitCalibration()], [], [], ["x"]) { TakenAt = DateTimeOffset.Parse(date + "T00:00:00Z") };
}
