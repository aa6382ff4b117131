using QTrain.Numerics;
using QTrain.Simulation.Stabilizer;

namespace QTrain.Tests.Simulation.Stabilizer;

public sealed class Frames_and_tableaux
{
    // Every instruction of the format, in circuits small enough for all outcomes to be counted.
    [Theory]
    [InlineData("H 0\nCX 0 1\nX_ERROR(0.2) 0\nY_ERROR(0.1) 1\nZ_ERROR(0.3) 0 1\nM 0 1\nMX 0 1")]
    [InlineData("RX 0\nRY 1\nR 2\nDEPOLARIZE1(0.3) 0 1 2\nMX 0\nMY 1\nM !2\nMR(0.1) 0\nM 0\nMRX 1\nMX 1\nMRY 2\nMY 2")]
    [InlineData("H 0\nCX 0 1\nDEPOLARIZE2(0.5) 0 1\nMXX 0 1\nMZZ 0 !1\nMYY(0.1) 0 1\nMPP X0*X1 !Z0*Z1 Y0*Y1")]
    [InlineData("PAULI_CHANNEL_1(0.1, 0.2, 0.3) 0\nPAULI_CHANNEL_2(0.01,0.02,0.03,0.04,0.05,0.06,0.07,0.08,0.09,0.1,0.05,0.04,0.03,0.02,0.01) 1 2\nH 0\nM 0 1 2\nMX 0 1 2")]
    [InlineData("E(0.3) X0 Z1\nELSE_CORRELATED_ERROR(0.5) Y1 X2\nELSE_CORRELATED_ERROR(0.4) X0 X1 X2\nM 0 1 2\nE(1) X0\nELSE_CORRELATED_ERROR(1) X1\nM 0 1")]
    [InlineData("HERALDED_ERASE(0.4) 0\nHERALDED_PAULI_CHANNEL_1(0.1, 0.2, 0.1, 0.2) 1\nM 0 1\nMPAD 0 1\nMPAD(0.2) 1")]
    [InlineData("H 0\nM 0\nCX rec[-1] 1\nCY rec[-1] 2\nCZ 1 rec[-1]\nXCZ 0 rec[-1]\nX_ERROR(0.2) 1\nM 0 1 2\nMX 1\nCX sweep[0] 1\nCZ rec[-1] rec[-2]\nM 1")]
    [InlineData("REPEAT 3 {\n H 0\n REPEAT 2 {\n CX 0 1\n X_ERROR(0.1) 1\n }\n M 1\n}\nM 0")]
    [InlineData("H 0\nSPP X0*Y1\nSPP_DAG !Z0*X1*Y2\nC_XYZ 0\nC_ZYX 1\nSQRT_YY 0 1\nISWAP 1 2\nCXSWAP 0 2\nCZSWAP 0 1\nSWAPCX 1 2\nM 0 1 2\nMX 0")]
    [InlineData("H 0 2\nS 0\nSQRT_X 1\nH_YZ 2\nXCX 0 1\nXCY 1 2\nYCX 0 2\nYCY 1 0\nYCZ 2 1\nDEPOLARIZE1(0.1) 0 1\nCY 0 1\nM 0 1 2\nMY 0 1")]
    public void give_records_of_one_distribution(string text)
    {
        const int shots = 10_000;
        var circuit = StimCircuit.Parse(text);
        var frames = FrameSampler.Compile(circuit).SampleMeasurements(shots, seed: 1).ToCounts();
        var byTableau = new Dictionary<ulong, long>();
        var random = new RandomStream(2);
        for (var shot = 0UL; shot < shots; shot++)
        {
            var draw = random.Child(shot);
            var record = StimTableau.Sample(circuit, ref draw);
            var outcome = 0UL;
            for (var k = 0; k < record.Count; k++)
                if (record[k]) outcome |= 1UL << k;
            byTableau[outcome] = byTableau.GetValueOrDefault(outcome) + 1;
        }
        // χ² of two samples, rare outcomes put together: by chance five standard deviations above its mean once in 10⁵.
        var (statistic, freedom, rareFrames, rareTableau) = (0.0, -1, 0L, 0L);
        foreach (var outcome in byTableau.Keys.Union(frames.Select(f => f.Outcome)))
        {
            var (a, b) = (frames.Of(outcome), byTableau.GetValueOrDefault(outcome));
            if (a + b < 20) (rareFrames, rareTableau) = (rareFrames + a, rareTableau + b);
            else (statistic, freedom) = (statistic + (double)(a - b) * (a - b) / (a + b), freedom + 1);
        }
        if (rareFrames + rareTableau > 0) (statistic, freedom) = (statistic + (double)(rareFrames - rareTableau) * (rareFrames - rareTableau) / (rareFrames + rareTableau), freedom + 1);
        statistic.ShouldBeLessThan(freedom + 5 * Math.Sqrt(2.0 * Math.Max(1, freedom)) + 5, $"{freedom} degrees of freedom");
    }

    [Fact]
    public void know_every_gate_of_the_table_as_a_Clifford()
    {
        foreach (var gate in StimGate.All.Where(g => g.Kind == StimKind.Clifford))
        {
            var map = gate.Map!;
            map.QubitCount.ShouldBe(gate.QubitCount);
            // Images commute as what they are images of, and the inverse undoes them with their signs.
            var round = map.Then(map.Inverse());
            for (var q = 0; q < map.QubitCount; q++)
            {
                round.OfX(q).ShouldBe(new SignedPauli(new(1UL << q, 0), false), gate.Name);
                round.OfZ(q).ShouldBe(new SignedPauli(new(0, 1UL << q), false), gate.Name);
            }
            if (gate.Name.EndsWith("_DAG", StringComparison.Ordinal))
            {
                var undone = map.Then(StimGate.Named(gate.Name[..^4]).Map!);
                undone.IsPauli.ShouldBeTrue(gate.Name);
                undone.AsPauli().Weight.ShouldBe(0, gate.Name);
            }
        }
        StimGate.Named("sqrt_z").ShouldBe(StimGate.Named("S"));
    }
}
