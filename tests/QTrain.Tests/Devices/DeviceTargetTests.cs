using QTrain.Circuits;
using QTrain.Devices;
using QTrain.Transpilation;

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
        // A qubit whose pulses are disabled is of no use, whatever its couplings.
        bool Turns(int qubit) => new[] { "sx", "prx" }.Any(g => target.Find(g, qubit) is not null);
        var enabled = device.Gates.Where(g => g.Gate == entangler && g.IsEnabled && g.Qubits.All(Turns)).Select(g => QubitPair.Of(g.Qubits[0], g.Qubits[1])).Distinct().Count();
        target.Coupling.Count().ShouldBe(enabled);
        target.Coupling.All(c => target.Qubits[c.First].IsEnabled && Turns(c.First) && Turns(c.Second)).ShouldBeTrue();
    }

    [Fact]
    public void compiles_circuits_past_a_qubit_whose_pulses_are_disabled()
    {
        // Qubit 112 of kingston couples, and cannot be turned. A path through the device for as many qubits as that would pass it.
        var target = BuiltInDevices.Get("kingston").ToTarget();
        (target.Find("cz", 112, 111) ?? target.Find("cz", 111, 112) ?? target.Find("cz", 112, 113) ?? target.Find("cz", 113, 112)).ShouldNotBeNull();
        target.Find("sx", 112).ShouldBeNull();
        target.Neighbours[112].ShouldBeEmpty();
        var all = Circuit.Build(100, c =>
        {
            for (var a = 0; a < 100; a++)
                for (var b = a + 1; b < Math.Min(100, a + 12); b++) c.Cp(0.1, a, b);
        });
        Transpiler.Run(all, target).Circuit.Operations.ShouldAllBe(o => !o.Qubits.Contains(112) || o is QTrain.Circuits.Barrier);
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
