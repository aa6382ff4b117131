using QTrain.Devices;

namespace QTrain.Tests.Devices;

public sealed class The_target_of_a_calibration
{
    [Fact]
    public void has_the_gates_couplings_and_qualities_of_the_device()
    {
        var manila = BuiltInDevices.Get("manila").ToTarget();
        manila.Basis.ShouldBe(["cx", "id", "rz", "sx", "x"]);
        manila.Coupling.ShouldBe([(0, 1), (1, 2), (2, 3), (3, 4)]);
        manila.Find("cx", 1, 0)!.Error.ShouldBe(BuiltInDevices.Get("manila").Find("cx", 1, 0)!.Error!.Value.Value);
        manila.Find("sx", 4)!.DurationSeconds!.Value.ShouldBe(35.5555e-9, 1e-12);
        manila.Qubits[2].T1Seconds.ShouldBe(BuiltInDevices.Get("manila").Qubits[2].T1!.Value.Value);
    }

    [Theory]
    [InlineData("hanoi", "cx"), InlineData("sherbrooke", "ecr"), InlineData("torino", "cz"), InlineData("kingston", "cz"), InlineData("willow_pink", "cz")]
    public void leaves_out_what_is_disabled_and_keeps_directions(string name, string entangler)
    {
        var (device, target) = (BuiltInDevices.Get(name), BuiltInDevices.Get(name).ToTarget());
        foreach (var gate in device.Gates.Where(g => g.Gate == entangler))
            (target.Find(entangler, gate.Qubits[0], gate.Qubits[1]) is not null).ShouldBe(gate.IsEnabled, gate.ToString());
        var enabled = device.Gates.Where(g => g.Gate == entangler && g.IsEnabled).Select(g => QubitPair.Of(g.Qubits[0], g.Qubits[1])).Distinct().Count();
        target.Coupling.Count().ShouldBe(enabled);
    }

    [Fact]
    public void has_values_of_the_whole_device_at_every_place()
    {
        var ionq = CalibrationData.Import("examples/braket_ionq_device_capabilities.test-fixture.json").ToTarget();
        ionq.Find("ms", 24, 3)!.Error!.Value.ShouldBe(0.01, 1e-15);
        ionq.Find("gpi2", 7)!.DurationSeconds.ShouldBe(0.000135);
        ionq.Coupling.Count().ShouldBe(300);
        ionq.Qubits[5].T2Seconds.ShouldBe(1.0);
    }
}
