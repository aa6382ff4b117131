using QTrain.Formats;
using QTrain.Simulation.Stabilizer;

namespace QTrain.Tests.Formats;

public sealed class Stim_text
{
    [Fact]
    public void is_read_with_comments_tags_aliases_and_blocks()
    {
        var circuit = StimText.Read("""
            # a comment
            QUBIT_COORDS(1, 0.5) 0 1   # and another
            RZ 0 1 2
                h_xz[tag # no comment] 0
            CNOT 0 1 1 2
            MZ(0.001) 0 !1
            REPEAT 3 {
              MPP X0*Z1 !Y2*X1
              REPEAT 2 {
                SHIFT_COORDS(0, 1)
              }
              DETECTOR(1, 2) rec[-1] rec[-2]
            }
            CX rec[-1] 2 sweep[3] 1
            E(1e-3) X0 Y1
            TICK
            OBSERVABLE_INCLUDE(5) rec[-1]
            """, "c.stim");
        circuit.ToString().ShouldBe("""
            QUBIT_COORDS(1, 0.5) 0 1
            R 0 1 2
            H[tag # no comment] 0
            CX 0 1 1 2
            M(0.001) 0 !1
            REPEAT 3 {
                MPP X0*Z1 !Y2*X1
                REPEAT 2 {
                    SHIFT_COORDS(0, 1)
                }
                DETECTOR(1, 2) rec[-1] rec[-2]
            }
            CX rec[-1] 2 sweep[3] 1
            E(0.001) X0 Y1
            TICK
            OBSERVABLE_INCLUDE(5) rec[-1]

            """.ReplaceLineEndings("\n"));
        (circuit.QubitCount, circuit.MeasurementCount, circuit.DetectorCount, circuit.ObservableCount).ShouldBe((3, 8, 3, 6));
        StimText.Read(circuit.ToString(), "again").ShouldBe(circuit);
    }

    [Theory]
    [InlineData("repetition_d3_r3")]
    [InlineData("surface_rotated_x_d3_r2")]
    [InlineData("random_clifford_n12")]
    public void survives_writing_and_reading(string name)
    {
        var circuit = StimText.Read(File.ReadAllText(TestData.Path("stabilizer", name + ".stim")), name);
        StimText.Read(circuit.ToString(), name).ShouldBe(circuit);
        circuit.GetHashCode().ShouldBe(StimText.Read(circuit.ToString(), name).GetHashCode());
    }

    [Theory]
    [InlineData("H 0\nHH 1", "c.stim:2:1: there is no instruction 'HH'. Did you mean 'H'?")]
    [InlineData("0 H", "c.stim:1:1: an instruction is expected, such as 'H 0' or 'M 0 1', but '0' was found.")]
    [InlineData("CX 0 1 2", "c.stim:1:9: CX takes pairs of qubits, but was given 3 targets.")]
    [InlineData("CX 1 1", "c.stim:1:7: CX was given qubit 1 twice in one pair: they must differ.")]
    [InlineData("H -1", "c.stim:1:3: '-1' is no target of H, which takes qubits.")]
    [InlineData("H !1", "c.stim:1:3: '!1' is no target of H, which takes qubits.")]
    [InlineData("M X1", "c.stim:1:3: 'X1' is no target of M, which takes qubits, inverted with '!'.")]
    [InlineData("X_ERROR 1", "c.stim:1:8: X_ERROR takes one probability in parentheses, but was given nothing.")]
    [InlineData("X_ERROR(1.5) 1", "c.stim:1:8: 1.5 is not a probability: it lies between 0 and 1.")]
    [InlineData("X_ERROR(a) 1", "c.stim:1:8: 'a' is not a number: X_ERROR takes one probability in parentheses.")]
    [InlineData("PAULI_CHANNEL_1(0.5, 0.5, 0.5) 1", "c.stim:1:16: the probabilities add up to 1.5: they exclude each other, so their sum is at most 1.")]
    [InlineData("H(0.1) 0", "c.stim:1:2: H takes nothing in parentheses, but was given 1.")]
    [InlineData("M 0\nDETECTOR rec[-2]", "c.stim:2:1: rec[-2] looks back before the start of the measurement record, which holds 1 result here.")]
    [InlineData("DETECTOR 3", "c.stim:1:10: '3' is no target of DETECTOR, which takes results rec[-k].")]
    [InlineData("MPP X0*", "c.stim:1:8: '*' stands between two letters without spaces: X0*Z1.")]
    [InlineData("MPP X0*Z0", "c.stim:1:10: X0*Z0 is not Hermitian: letters that anticommute must meet on an even number of qubits.")]
    [InlineData("REPEAT 0 {\nH 0\n}", "c.stim:1:8: REPEAT 0: a block is repeated 1 to 10^18 times.")]
    [InlineData("REPEAT 9000000000000000000 {\nH 0\n}", "c.stim:1:8: REPEAT 9000000000000000000: a block is repeated 1 to 10^18 times.")]
    [InlineData("REPEAT 5\n{\nH 0\n}", "c.stim:1:9: a REPEAT is written 'REPEAT 10 {', its block on the following lines, and '}' on a line of its own.")]
    [InlineData("REPEAT 5 {\nH 0", "c.stim:1:1: the REPEAT block that begins here does not end: a line '}' is missing.")]
    [InlineData("REPEAT 5 {\n}", "c.stim:2:1: the REPEAT block is empty: put something into it, or remove it.")]
    [InlineData("}", "c.stim:1:1: '}' ends no block: there is no REPEAT before it that is still open.")]
    [InlineData("H 99999999", "c.stim:1:3: qubit 99999999 is too large: qubits are numbered 0 to 16777215.")]
    [InlineData("H 99999999999", "c.stim:1:3: the number 99999999999 is too large: at most 2147483647 is read.")]
    [InlineData("SWAP rec[-1] 0", "c.stim:1:6: 'rec[-1]' is no target of SWAP, which takes pairs of qubits.")]
    [InlineData("CX 0 rec[-1]", "c.stim:1:13: in CX, rec[-1] cannot be the second of a pair: only the first may be a result or a sweep bit.")]
    [InlineData("OBSERVABLE_INCLUDE(1.5) rec[-1]", "c.stim:1:19: 1.5 is no number of an observable: they are numbered 0 to 1048575.")]
    [InlineData("H[tag 0", "c.stim:1:2: the tag that begins here does not end: ']' is missing.")]
    public void that_is_wrong_is_refused_with_its_place(string text, string message) =>
        Should.Throw<InvalidFileException>(() => StimText.Read(text, "c.stim")).Message.ShouldBe(message);

    [Fact]
    public void nested_too_deep_is_refused() =>
        Should.Throw<InvalidFileException>(() => StimText.Read(string.Concat(Enumerable.Repeat("REPEAT 2 {\n", 100_000)), "c.stim")).Message
            .ShouldBe("c.stim:65:10: REPEAT blocks are nested deeper than 64.");

    [Fact]
    public void that_would_never_end_is_still_counted()
    {
        var circuit = StimText.Read("M 0\nREPEAT 1000000000000000000 {\nREPEAT 1000000000000000000 {\nM 0\nDETECTOR rec[-1]\n}\n}", "c.stim");
        Should.Throw<QuantumException>(() => circuit.MeasurementCount).Message.ShouldContain("when its REPEAT blocks are run: more than can be counted.");
    }

    [Fact]
    public void of_every_instruction_is_known_by_every_name()
    {
        foreach (var gate in StimGate.All)
            foreach (var name in gate.Aliases.Append(gate.Name))
            {
                StimGate.Find(name).ShouldBe(gate);
                StimGate.Find(name.ToLowerInvariant()).ShouldBe(gate);
            }
        StimGate.All.Length.ShouldBe(StimGate.All.DistinctBy(g => g.Name).Count());
    }
}
