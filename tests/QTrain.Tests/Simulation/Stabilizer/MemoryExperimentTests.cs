using QTrain.Simulation.Stabilizer;

namespace QTrain.Tests.Simulation.Stabilizer;

public sealed class The_memory_experiments
{
    // The noise of the files of tests/data/stabilizer.
    private static readonly CircuitNoise Noise = new() { AfterClifford = 0.01, BeforeRound = 0.012, BeforeMeasurement = 0.008, AfterReset = 0.006 };

    [Fact]
    public void of_the_surface_code_are_the_circuit_given()
    {
        var circuit = SurfaceCode.RotatedMemory(distance: 3, rounds: 2, Noise, basis: 'X');
        circuit.ShouldBe(new StabilizerFile("surface_rotated_x_d3_r2").Circuit);
    }

    [Fact]
    public void of_the_repetition_code_are_the_circuit_given() =>
        RepetitionCode.Memory(distance: 3, rounds: 3, Noise).ShouldBe(new StabilizerFile("repetition_d3_r3").Circuit);

    [Theory]
    [InlineData(2, 1, 'Z')]
    [InlineData(3, 4, 'Z')]
    [InlineData(4, 2, 'X')]
    [InlineData(5, 5, 'Z')]
    [InlineData(7, 3, 'X')]
    public void have_silent_detectors_without_noise_and_as_many_as_there_are_stabilizers(int distance, int rounds, char basis)
    {
        var circuit = SurfaceCode.RotatedMemory(distance, rounds, CircuitNoise.Uniform(0.001), basis);
        FrameSampler.Compile(circuit).DetectorsAreCertain.ShouldBeTrue();
        var stabilizers = distance * distance - 1;
        circuit.MeasurementCount.ShouldBe(rounds * stabilizers + distance * distance);
        // The first round and the data know the stabilizers of one kind, half of all (one more or fewer where distance is even).
        circuit.DetectorCount.ShouldBeInRange(rounds * stabilizers - 1, rounds * stabilizers + 1);
        circuit.ObservableCount.ShouldBe(1);
        SurfaceCode.RotatedMemory(distance, rounds, new CircuitNoise(), basis).ToString().ShouldNotContain("ERROR");
    }

    [Theory]
    [InlineData(1, 1, 0.1, "A code of distance 1 is not built: distances are 2 to 1000.")]
    [InlineData(3, 0, 0.1, "A memory experiment of 0 rounds cannot be: it needs at least 1.")]
    [InlineData(3, 1, 1.5, "1.5 is not a probability: it lies between 0 and 1.")]
    [InlineData(3, 1, double.NaN, "NaN is not a probability: it lies between 0 and 1.")]
    public void refuse_what_cannot_be(int distance, int rounds, double p, string message)
    {
        Should.Throw<QuantumException>(() => SurfaceCode.RotatedMemory(distance, rounds, CircuitNoise.Uniform(p))).Message.ShouldBe(message);
        Should.Throw<QuantumException>(() => RepetitionCode.Memory(distance, rounds, CircuitNoise.Uniform(p))).Message.ShouldBe(message);
    }
}
