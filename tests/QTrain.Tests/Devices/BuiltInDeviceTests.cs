using System.IO.Compression;
using System.Text;
using QTrain.Devices;

namespace QTrain.Tests.Devices;

public sealed class Built_in_devices
{
    /// <summary>The files of each device, as their providers published them.</summary>
    private static readonly (string Name, string[] Files)[] Sources =
    [
        .. new[] { "lima", "manila", "nairobi", "lagos", "hanoi", "montreal", "sherbrooke", "torino", "kingston" }.Select(n => (n, new[] { $"ibm/props_{n}.json", $"ibm/conf_{n}.json" })),
        ("rainbow", ["google/rainbow_2021_11_16_calibration.json"]),
        ("weber", ["google/weber_2021_11_03_calibration.json"]),
        ("willow_pink", ["google/willow_pink_d7v1-2024_08_16_calibration.json"]),
    ];

    public static TheoryData<string> Names => [.. BuiltInDevices.Names];

    /// <summary>QTRAIN_PACK_DEVICES=FOLDER, a folder with all sources, writes the embedded snapshots anew.</summary>
    [Fact]
    public void are_what_the_importers_make_of_their_sources()
    {
        var folder = Environment.GetEnvironmentVariable("QTRAIN_PACK_DEVICES");
        var snapshots = Path.GetFullPath(Path.Combine(TestData.Root, "..", "..", "src", "QTrain", "Devices", "Snapshots"));
        var compared = 0;
        foreach (var (name, files) in Sources)
        {
            var root = folder ?? TestData.Path("calibration");
            if (!files.All(f => CalibrationData.Exists(root, f))) continue;
            var made = CalibrationFiles.Read(files.Select(f => (CalibrationData.Read(root, f), f)), name.StartsWith("willow", StringComparison.Ordinal) ? name : null).ShouldHaveSingleItem();
            if (folder is not null)
            {
                using var packed = File.Create(Path.Combine(snapshots, name + ".json.gz"));
                using var gzip = new GZipStream(packed, CompressionLevel.SmallestSize);
                gzip.Write(Encoding.UTF8.GetBytes(CalibrationJson.Write(made, compact: true)));
            }
            else made.ShouldBe(BuiltInDevices.Get(name), name);
            compared++;
        }
        compared.ShouldBeGreaterThan(4);
    }

    [Theory, MemberData(nameof(Names))]
    public void are_found_by_name_with_every_qubit_joined_to_the_others(string name)
    {
        var device = BuiltInDevices.Get("ibm_" + name);
        device.ShouldBeSameAs(BuiltInDevices.Find(name));
        device.TakenAt.ShouldNotBeNull();
        var reached = new HashSet<int> { 0 };
        var next = new Queue<int>(reached);
        while (next.TryDequeue(out var q))
            foreach (var neighbour in device.Neighbours(q))
                if (reached.Add(neighbour)) next.Enqueue(neighbour);
        reached.Count.ShouldBe(device.Qubits.Length);
    }

    [Fact]
    public void have_the_qubits_couplings_and_disabled_gates_of_their_sources()
    {
        (string, int, int, int)[] expected =
        [
            ("lima", 5, 4, 0), ("manila", 5, 4, 0), ("nairobi", 7, 6, 0), ("lagos", 7, 6, 0), ("rainbow", 23, 32, 0), ("hanoi", 27, 28, 2), ("montreal", 27, 28, 0),
            ("weber", 53, 86, 0), ("willow_pink", 105, 182, 0), ("sherbrooke", 127, 144, 9), ("torino", 133, 150, 322), ("kingston", 156, 176, 56),
        ];
        BuiltInDevices.Names.Select(BuiltInDevices.Get).Select((d, k) => (BuiltInDevices.Names[k], d.Qubits.Length, d.Couplings.Length, d.Gates.Count(g => !g.IsEnabled))).ShouldBe(expected);
        BuiltInDevices.Get("sherbrooke").NativeGates.ShouldBe(["ecr", "id", "rz", "sx", "x"]);
        BuiltInDevices.Get("willow_pink").NativeGates.ShouldBe(["cz", "prx", "rz"]);
    }

    [Fact]
    public void that_do_not_exist_are_refused_with_what_there_is()
    {
        Should.Throw<UnknownDeviceException>(() => BuiltInDevices.Get("manilla")).Message.ShouldBe("There is no device 'manilla'. Did you mean 'manila'?");
        Should.Throw<UnknownDeviceException>(() => BuiltInDevices.Get("atlantis")).Message.ShouldContain("Devices are: lima, manila");
    }
}
