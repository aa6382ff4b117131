using QTrain.Devices;
using QTrain.Formats;
using QTrain.Noise;

namespace QTrain.Tests.Formats;

public sealed class A_noise_model_in_JSON
{
    [Fact]
    public void says_beside_which_operations_its_channels_stand()
    {
        var model = NoiseModelJson.Read("""
            { "rules": [ {"channel": "depolarizing", "arguments": {"p": 0.001}, "after": {"gateQubits": 1, "except": ["rz"]}},
                         {"channel": "depolarizing2", "arguments": [0.01], "after": {"gate": "cnot", "qubits": [0, 1]}},
                         {"channel": "phase_flip", "arguments": [0.002], "after": {"gate": "cx", "qubits": [0, 1]}, "actsOn": [2]},
                         {"channel": "over_rotation_x", "arguments": [0.01], "before": {"gate": "sx"}},
                         {"channel": "pauli2", "arguments": {"pzz": 0.25}, "after": {"gate": "cz"}},
                         {"channel": "thermal_relaxation", "arguments": {"t1": 50, "t2": 70, "duration": 0.3}, "after": {"gate": "reset"}},
                         {"name": "leak", "kraus": [[[1, 0], [0, 0.6]], [[0, [0, 0.8]], [0, 0]]], "after": {}} ],
              "readout": {"everyQubit": {"oneGivenZero": 0.02, "zeroGivenOne": 0.04}, "qubits": {"1": {"matrix": [[0.9, 0.2], [0.1, 0.8]]}}} }
            """, "noise.json");
        model.Rules.Length.ShouldBe(7);
        model.Rules[0].ShouldBe(new NoiseRule { Channel = Channel.Depolarizing(0.001), OperationQubits = 1, Except = ["rz"] });
        model.Rules[1].ShouldBe(new NoiseRule { Channel = Channel.Depolarizing(0.01, 2), Operation = "cx", Qubits = [0, 1] });
        model.Rules[2].On.ShouldBe([2]);
        model.Rules[3].IsBefore.ShouldBeTrue();
        model.Rules[4].Channel.ShouldBe(Channel.Pauli2(("ZZ", 0.25)));
        model.Rules[5].Channel.ShouldBe(Channel.ThermalRelaxation(50, 70, 0.3));
        model.Rules[6].Channel.Kraus[1][0, 1].Imaginary.ShouldBe(0.8);
        model.ReadoutOfEveryQubit.ShouldBe(new ReadoutError(0.02, 0.04));
        model.ReadoutByQubit[1].OneGivenZero.ShouldBe(0.1);
        NoiseModelJson.Read(NoiseModelJson.Write(model), "again").ShouldBe(model);
    }

    [Fact]
    public void of_a_whole_device_survives_writing_and_reading()
    {
        var model = DeviceNoise.From(BuiltInDevices.Get("hanoi"), new() { Crosstalk = 0.1 }).Model;
        NoiseModelJson.Read(NoiseModelJson.Write(model), "hanoi").ShouldBe(model);
    }

    public static TheoryData<string, string> Refused => new()
    {
        { """{"rule": []}""", "a.json:1:2: a noise model has no key \"rule\". Did you mean \"rules\"?" },
        { """{"rules": [{"after": {}}]}""", "needs a \"channel\"" },
        { """{"rules": [{"channel": "depolarizing", "arguments": [0.1]}]}""", "needs the key \"after\"" },
        { """{"rules": [{"channel": "depolarising", "arguments": [0.1], "after": {}}]}""", "Did you mean 'depolarizing'?" },
        { """{"rules": [{"channel": "depolarising", "arguments": {"p": 0.1}, "after": {}}]}""", "Did you mean 'depolarizing'?" },
        { """{"rules": [{"channel": "depolarizing", "arguments": [1.5], "after": {}}]}""", "1.5 is no probability" },
        { """{"rules": [{"channel": "depolarizing", "arguments": {"q": 0.1}, "after": {}}]}""", "has no key \"q\"" },
        { """{"rules": [{"channel": "depolarizing", "arguments": {}, "after": {}}]}""", "needs the number \"p\"" },
        { """{"rules": [{"channel": "depolarizing2", "arguments": [0.1], "after": {"gate": "x"}}]}""", "acts on 2 qubits, but the rule gives it 1" },
        { """{"rules": [{"channel": "bit_flip", "arguments": [0.1], "after": {"gate": "cxx"}}]}""", "there is no gate 'cxx'" },
        { """{"rules": [{"kraus": [[[1, 0], [0, 0.6]]], "after": {}}]}""", "does not keep the trace" },
        { """{"rules": [{"channel": "bit_flip", "arguments": [0.1], "after": {"qubits": [0, 0]}}]}""", "different qubits" },
        { """{"readout": {"qubits": {"a": {}}}}""", "\"a\" is no qubit" },
        { """{"readout": {"everyQubit": {"matrix": [[0.9, 0.2], [0.2, 0.8]]}}}""", "each column of matrix[measured, true] must add up to 1" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void is_refused_with_its_place(string text, string reason) =>
        Should.Throw<InvalidFileException>(() => NoiseModelJson.Read(text, "a.json")).Message.ShouldContain(reason);
}
