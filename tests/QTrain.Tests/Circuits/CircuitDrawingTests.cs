using QTrain.Circuits;

namespace QTrain.Tests.Circuits;

public sealed class A_drawing
{
    private static readonly Parameter θ = Parameter.Named("θ");

    [Fact]
    public void of_the_Bell_state() => Drawn(Circuit.Build(2, c => c.H(0).Cx(0, 1)), """
        q0: ─h─●─
               │
        q1: ───x─
        """);

    [Fact]
    public void of_the_GHZ_state_measured() => Drawn(Circuit.Build(3, c => c.H(0).Cx(0, 1).Cx(1, 2).MeasureAll()), """
        q0: ─h─●─M→c0──────
               │
        q1: ───x──●───M→c1─
                  │
        q2: ──────x───M→c2─
        """);

    [Fact]
    public void of_parameters() => Drawn(Circuit.Build(2, c => c.Rx(2 * θ + 0.5, 0).Ry(θ, 1).Crz(-θ, 1, 0).Rzz(θ, 0, 1)), """
        q0: ─rx(2*θ + 0.5)─rz(-θ)─rzz(θ)₀─
                             │       │
        q1: ─────ry(θ)───────●─────rzz₁───
        """);

    [Fact]
    public void of_swaps_and_controls() => Drawn(
        Circuit.Build(4, c => c.Swap(0, 2).Ccx(0, 3, 1).Cswap(1, 0, 2).Add(new GateOperation(Gates.Named("z"), [3], [], [new Control(0, On: false)]))), """
        q0: ─×─●─×─○─
             │ │ │ │
        q1: ─┼─x─●─┼─
             │ │ │ │
        q2: ─×─┼─×─┼─
               │   │
        q3: ───●───z─
        """);

    [Fact]
    public void of_Pauli_rotations_and_matrices_shows_which_qubit_is_which() => Drawn(
        Circuit.Build(2, c => c.PauliRotation("XZ", θ, 0, 1).Ecr(1, 0)), """
        q0: ─R[Z](θ)─ecr₁─
                │     │
        q1: ──R[X]───ecr₀─
        """);

    [Fact]
    public void of_measurement_reset_barrier_condition_and_phase() => Drawn(
        Circuit.Build(2, c => c.GlobalPhase(θ).Measure(0, 0).Barrier().If([0], 1, inner => inner.X(1)).Reset(0).Add(new GlobalPhase(0.5, [new Control(0), new Control(1)]))), """
        global phase: θ
        q0: ─M→c0─░────|0⟩────────●──────
                  ░               │
        q1: ──────░─x if c0=1─phase(0.5)─
        """);

    [Fact]
    public void is_continued_below_where_it_is_too_wide() => Circuit.Build(1, c => c.X(0).Y(0).Z(0).H(0)).Draw(width: 10).ShouldBe(
        "q0: ─x─y─\n\nq0: ─z─h─\n");

    [Fact]
    public void of_nothing_is_wires() => Drawn(new Circuit(2, []), """
        q0: ─
        q1: ─
        """);

    private static void Drawn(Circuit circuit, string drawing) => circuit.Draw().ShouldBe(drawing.ReplaceLineEndings("\n") + "\n");
}
