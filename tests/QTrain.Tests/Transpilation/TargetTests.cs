using QTrain.Circuits;
using QTrain.Transpilation;

namespace QTrain.Tests.Transpilation;

public sealed class A_target
{
    [Theory]
    [InlineData("line:5", 5, 4)]
    [InlineData("ring:6", 6, 6)]
    [InlineData("grid:4x5", 20, 31)]
    [InlineData("all:11", 11, 55)]
    [InlineData("heavy-hex:127", 127, 144)]
    [InlineData("heavy-hex:133", 133, 150)]
    [InlineData("heavy-hex:156", 156, 176)]
    public void is_made_from_a_description(string text, int qubits, int couplings)
    {
        var target = Target.Parse(text);
        target.Name.ShouldBe(text);
        (target.QubitCount, target.Coupling.Count()).ShouldBe((qubits, couplings));
        target.Basis.ShouldBe(["cx", "rz", "sx", "x"]);
        foreach (var (a, b) in target.Coupling)
        {
            target.Distance(a, b).ShouldBe(1);
            target.Find("cx", b, a).ShouldNotBeNull();
        }
    }

    [Fact]
    public void numbers_heavy_hexagons_as_the_devices_do()
    {
        // From the coupling maps of ibm_sherbrooke, ibm_torino and ibm_kingston.
        (int, int, int)[] known =
        [
            (127, 4, 15), (127, 15, 22), (127, 20, 33), (127, 33, 39), (127, 12, 17), (127, 96, 109), (127, 109, 114), (127, 112, 126),
            (133, 0, 15), (133, 15, 19), (133, 12, 18), (133, 21, 34), (133, 118, 130), (133, 126, 132),
            (156, 3, 16), (156, 16, 23), (156, 15, 19), (156, 19, 35), (156, 21, 36), (156, 36, 41), (156, 147, 137),
        ];
        foreach (var (qubits, a, b) in known) Target.HeavyHex(qubits).AreCoupled(a, b).ShouldBeTrue($"{a}–{b} of {qubits}");
        Target.HeavyHex(156).Neighbours.Max(n => n.Length).ShouldBe(3);
    }

    [Fact]
    public void finds_symmetric_gates_in_both_orders_and_directed_ones_in_theirs()
    {
        var target = new Target("two", 2, [new("ecr", [1, 0]) { Error = 0.01 }, new("cz", [0, 1]), new("rz", [0]), new("sx", [0])]);
        target.Find("ecr", 1, 0)!.Error.ShouldBe(0.01);
        target.Find("ecr", 0, 1).ShouldBeNull();
        target.Find("cz", 1, 0).ShouldNotBeNull();
        target.Find("rz", 1).ShouldBeNull();
    }

    [Fact]
    public void objects_to_what_it_cannot_run()
    {
        var target = new Target("two", 3, [new("ecr", [1, 0]), new("rz", [0]), new("rz", [1])], [new(), new(), new() { IsEnabled = false }]);
        target.Objection(Circuit.Build(3, c => c.Rz(0.1, 0).Ecr(1, 0).Measure(1, 0))).ShouldBeNull();
        target.Objection(Circuit.Build(2, c => c.Rz(0.1, 0))).ShouldBe("the circuit has 2 qubits, but target 'two' has 3.");
        target.Objection(Circuit.Build(3, c => c.Ecr(0, 1))).ShouldBe("target 'two' has no 'ecr 0, 1': its gates are ecr, rz.");
        target.Objection(Circuit.Build(3, c => c.Reset(2)))!.ShouldEndWith("uses qubit 2, which target 'two' has disabled.");
    }

    [Fact]
    public void refuses_what_is_no_device()
    {
        Reason(() => Target.Parse("lime:5")).ShouldStartWith("There is no device 'lime:5'. Did you mean 'line:…'?");
        Reason(() => Target.Parse("grid:4")).ShouldBe("'grid:4': write rows times columns, such as grid:4x5.");
        Reason(() => Target.Parse("line:0")).ShouldBe("'line:0': '0' is not a number of qubits from 1 to 10000.");
        Reason(() => Target.Parse("heavy-hex:100")).ShouldEndWith("allowed are 127, 133 and 156.");
        Reason(() => Target.Parse("all:9000")).ShouldEndWith("at most 512.");
        Reason(() => Target.Line(3, "rz", "cq")).ShouldStartWith("There is no gate 'cq'.");
        Reason(() => new Target("t", 2, [new("ccx", [0, 1])])).ShouldContain("cannot be native");

        static string Reason(Func<object> make) => Should.Throw<QuantumException>(make).Message;
    }

    [Theory]
    [InlineData("manila", 5)]
    [InlineData("sherbrooke", 127)]
    [InlineData("kingston", 156)]
    [InlineData("willow_pink", 105)]
    public void is_made_from_a_calibration(string device, int qubits)
    {
        var target = QTrain.Devices.BuiltInDevices.Get(device).ToTarget();
        target.QubitCount.ShouldBe(qubits);
        var bell = Circuit.Build(2, c => c.H(0).Cx(0, 1).MeasureAll());
        var compiled = Transpiler.Run(bell, target);
        compiled.ShouldBeNative();
        compiled.EstimatedSuccess!.Value.ShouldBeInRange(0.9, 1);
        compiled.Size.TwoQubitGates.ShouldBe(1);
    }
}
