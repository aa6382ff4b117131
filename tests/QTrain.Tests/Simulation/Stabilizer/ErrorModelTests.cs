using QTrain.Formats;
using QTrain.Simulation.Stabilizer;

namespace QTrain.Tests.Simulation.Stabilizer;

public sealed class The_detector_error_model
{
    [Theory]
    [InlineData("repetition_d3_r3")]
    [InlineData("surface_rotated_x_d3_r2")]
    public void has_the_mechanisms_and_probabilities_of_the_file(string name)
    {
        var file = new StabilizerFile(name);
        var given = DemText.Read(file.ErrorModel, name + ".dem");
        var model = DetectorErrorModel.Of(file.Circuit);
        model.Mechanisms.Select(What).ShouldBe(given.Mechanisms.Select(What));
        // The file holds 16 digits, and was summed up in another order.
        for (var k = 0; k < given.Mechanisms.Length; k++) model.Mechanisms[k].Probability.ShouldBe(given.Mechanisms[k].Probability, 1e-14);
        (model.DetectorCount, model.ObservableCount).ShouldBe((given.DetectorCount, given.ObservableCount));
        for (var d = 0; d < model.DetectorCount; d++) model.Coordinates[d].ShouldBe(given.Coordinates[d]);
        Close(model.DetectorProbabilities(), file.DetectorProbabilities, 1e-13);
        Close(given.DetectorProbabilities(), file.DetectorProbabilities, 1e-13);
        Close([.. DetectorStatistics.Of(file.Circuit).Detectors], file.DetectorProbabilities, 1e-13);
        Close([.. DetectorStatistics.Of(file.Circuit).Observables], model.ObservableProbabilities(), 1e-13);
        DemText.Read(model.ToString(), "again").ShouldBe(model);
    }

    [Theory]
    [InlineData("E(0.3) X0 X1\nELSE_CORRELATED_ERROR(0.5) X1\nELSE_CORRELATED_ERROR(0.4) X0")]
    [InlineData("PAULI_CHANNEL_1(0.1, 0.2, 0.3) 0 1\nH 0\nH 0")]
    [InlineData("PAULI_CHANNEL_2(0.3,0,0,0,0.2,0,0,0,0,0,0,0,0.1,0,0) 0 1\nDEPOLARIZE2(0.1) 1 0")]
    [InlineData("X_ERROR(0.1) 0\nCX 0 1\nDEPOLARIZE1(0.2) 1\nSPP X0*X1\nSPP_DAG X0*X1")]
    [InlineData("X_ERROR(0.1) 0\nM 0\nCX rec[-1] 1\nX_ERROR(0.2) 1\nMR(0.05) 1\nCX rec[-1] 0\nY_ERROR(0.01) 1")]
    public void gives_the_probabilities_that_are_sampled(string text)
    {
        const int shots = 200_000;
        var circuit = StimCircuit.Parse(text + "\nMZZ 0 1\nM(0.02) 0 1\nDETECTOR rec[-1]\nDETECTOR rec[-2]\nDETECTOR rec[-3]\nOBSERVABLE_INCLUDE(1) rec[-1] rec[-3]");
        var exact = DetectorStatistics.Of(circuit);
        var samples = FrameSampler.Compile(circuit).SampleDetectors(shots, seed: 3);
        for (var d = 0; d < 3; d++) The_frame_sampler.ShouldBeNear(samples.Detectors.CountOf(d), exact.Detectors[d], shots, 5);
        for (var l = 0; l < 2; l++) The_frame_sampler.ShouldBeNear(samples.Observables.CountOf(l), exact.Observables[l], shots, 5);
    }

    [Fact]
    public void of_heralded_errors_is_exact_only_as_statistics()
    {
        var circuit = StimCircuit.Parse("HERALDED_ERASE(0.2) 0\nM 0\nDETECTOR rec[-1]\nDETECTOR rec[-2]\nOBSERVABLE_INCLUDE(0) rec[-1] rec[-2]");
        var exact = DetectorStatistics.Of(circuit);
        Close([.. exact.Detectors, .. exact.Observables], [0.1, 0.2, 0.1], 1e-15);
        Should.Throw<QuantumException>(() => DetectorErrorModel.Of(circuit)).Message.ShouldStartWith("HERALDED_ERASE in line 1 makes errors that exclude each other");
        DetectorErrorModel.Of(circuit, approximate: true).Mechanisms.Length.ShouldBe(2);
    }

    [Fact]
    public void of_a_disjoint_channel_is_exact_where_independent_errors_do_the_same()
    {
        // Depolarizing written out: the same mechanisms.
        var one = DetectorErrorModel.Of(StimCircuit.Parse("DEPOLARIZE1(0.3) 0\nMPP Z0\nDETECTOR rec[-1]"));
        var other = DetectorErrorModel.Of(StimCircuit.Parse("PAULI_CHANNEL_1(0.1, 0.1, 0.1) 0\nMPP Z0\nDETECTOR rec[-1]"));
        other.Mechanisms.Single().Probability.ShouldBe(one.Mechanisms.Single().Probability, 1e-15);
        one.Mechanisms.Single().Probability.ShouldBe(0.2, 1e-15);
    }

    [Theory]
    [InlineData("H 0\nM 0\nDETECTOR rec[-1]", "Detector D0 is not certain without noise: it depends on an outcome that is random because of the state of qubit 0 at the start.")]
    [InlineData("RX 0\nM 0\nOBSERVABLE_INCLUDE(2) rec[-1]", "Observable L2 is not certain without noise: it depends on an outcome that is random because of RX on qubit 0 in line 1.")]
    [InlineData("MX 0\nM 0\nMX 0\nDETECTOR rec[-1] rec[-3]", "Detector D0 is not certain without noise: it depends on an outcome that is random because of M on qubit 0 in line 2.")]
    public void refuses_detectors_that_are_random(string text, string message) =>
        Should.Throw<QuantumException>(() => DetectorErrorModel.Of(StimCircuit.Parse(text))).Message.ShouldStartWith(message);

    [Fact]
    public void is_read_with_blocks_shifts_and_separators()
    {
        var model = DemText.Read("error(0.1) D9 D0 L0\nrepeat 9 {\n    error(0.1) D0 D1 # a ring\n    shift_detectors(0, 0.5) 1\n}\ndetector(1, 2, 3) D0\nERROR[tag](0.02) D0 ^ D0 L1\nlogical_observable L3", "ring.dem");
        model.Mechanisms.Length.ShouldBe(11);
        model.Mechanisms[1].ShouldBe(new ErrorMechanism(0.1, [0, 9], [0]));
        (model.DetectorCount, model.ObservableCount).ShouldBe((10, 4));
        model.Coordinates[9].ShouldBe([1, 6.5, 3]);
        model.Mechanisms.ShouldContain(new ErrorMechanism(0.02, [], [1]));
        DemText.Read(model.ToString(), "again").ShouldBe(model);
    }

    [Theory]
    [InlineData("error(2) D0", "m.dem:1:1: an error takes one probability between 0 and 1: error(0.01) D0 D1.")]
    [InlineData("error(0.1) Q0", "m.dem:1:1: 'Q0' was found where a detector such as D5 is expected.")]
    [InlineData("\nfault(0.1) D0", "m.dem:2:1: there is no instruction 'fault'. Instructions are: error, detector, logical_observable, shift_detectors, repeat.")]
    [InlineData("repeat 3 {\nerror(0.1) D0", "m.dem:1:1: the repeat block that begins here does not end: a line '}' is missing.")]
    [InlineData("}", "m.dem:1:1: '}' ends no block: there is no repeat before it that is still open.")]
    [InlineData("repeat 1000000000000 {\nshift_detectors 1\n}", "m.dem:1:1: more than 10000000 lines are to be read once repeat blocks are run: repeat less often.")]
    [InlineData("error(0.1) D99999999", "m.dem:1:1: D99999999 is detector 99999999: at most 10000000 is read.")]
    public void says_what_is_wrong_with_a_text(string text, string message) =>
        Should.Throw<InvalidFileException>(() => DemText.Read(text, "m.dem")).Message.ShouldBe(message);

    private static string What(ErrorMechanism m) => $"{string.Join(' ', m.Detectors)} / {string.Join(' ', m.Observables)}";

    private static void Close(double[] actual, double[] expected, double tolerance)
    {
        actual.Length.ShouldBe(expected.Length);
        for (var k = 0; k < actual.Length; k++) actual[k].ShouldBe(expected[k], tolerance);
    }
}
