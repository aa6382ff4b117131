namespace QTrain.Simulation.Stabilizer;

/// <summary>The rotated surface code.</summary>
/// <remarks>Bombin &amp; Martin-Delgado 2007, arXiv:quant-ph/0703272; the order of the gates within a round, which keeps hook errors from
/// halving the distance, is that of Tomita &amp; Svore 2014, arXiv:1404.3747. Layout and noise as in the circuits of Stim's generator.</remarks>
public static class SurfaceCode
{
    private static readonly (int X, int Y)[] OrderX = [(1, 1), (-1, 1), (1, -1), (-1, -1)];
    private static readonly (int X, int Y)[] OrderZ = [(1, 1), (1, -1), (-1, 1), (-1, -1)];

    /// <summary>A memory experiment: prepare, measure all stabilizers for some rounds, measure the data qubits.</summary>
    /// <param name="distance">Data qubits along each side; at least 2.</param>
    /// <param name="rounds">How often the stabilizers are measured; at least 1.</param>
    /// <param name="noise">The noise.</param>
    /// <param name="basis">Z or X: which logical operator is kept.</param>
    /// <returns>distance² data qubits and distance² − 1 more, a detector for each stabilizer that is known, and one observable.</returns>
    public static StimCircuit RotatedMemory(int distance, int rounds, CircuitNoise noise, char basis = 'Z')
    {
        MemoryExperiment.Check(distance, rounds, noise, leastDistance: 2);
        if (basis is not ('X' or 'Z')) throw new QuantumException($"A memory experiment in basis '{basis}' is not built: the bases are X and Z.");
        var edge = 2 * distance;
        int Number((int X, int Y) at) => at.X + at.Y / 2 * (edge + 1);
        var data = (from x in Enumerable.Range(0, distance) from y in Enumerable.Range(0, distance) select (X: 2 * x + 1, Y: 2 * y + 1)).ToArray();
        bool IsX((int X, int Y) at) => (at.X / 2 + at.Y / 2) % 2 != 0;
        // Left and right edges hold Z stabilizers only, top and bottom X stabilizers only.
        var ancillas = (from x in Enumerable.Range(0, distance + 1)
                        from y in Enumerable.Range(0, distance + 1)
                        let at = (X: 2 * x, Y: 2 * y)
                        where !(at.X == 0 || at.X == edge) || !IsX(at)
                        where !(at.Y == 0 || at.Y == edge) || IsX(at)
                        select at).ToArray();
        var isData = data.ToHashSet();
        int[] dataQubits = [.. data.Select(Number).Order()];
        int[] ancillaQubits = [.. ancillas.Select(Number).Order()];
        int[] ofX = [.. ancillas.Where(IsX).Select(Number).Order()];
        var kept = ancillas.Where(a => IsX(a) == (basis == 'X')).ToArray();
        var dataBack = dataQubits.Select((q, k) => (q, dataQubits.Length - k)).ToDictionary();
        var ancillaBack = ancillaQubits.Select((q, k) => (q, ancillaQubits.Length - k)).ToDictionary();

        void Round(MemoryExperiment lines)
        {
            lines.Tick();
            lines.Noisy("DEPOLARIZE1", lines.Noise.BeforeRound, dataQubits);
            lines.Gate("H", ofX);
            for (var layer = 0; layer < 4; layer++)
            {
                var pairs = new List<int>();
                foreach (var isX in (ReadOnlySpan<bool>)[true, false])
                    foreach (var ancilla in ancillas.Where(a => IsX(a) == isX))
                    {
                        var (dx, dy) = isX ? OrderX[layer] : OrderZ[layer];
                        var neighbour = (ancilla.X + dx, ancilla.Y + dy);
                        if (isData.Contains(neighbour)) pairs.AddRange(isX ? [Number(ancilla), Number(neighbour)] : [Number(neighbour), Number(ancilla)]);
                    }
                lines.Tick();
                lines.Gate("CX", [.. pairs]);
            }
            lines.Tick();
            lines.Gate("H", ofX);
            lines.Tick();
            lines.MeasureReset(ancillaQubits);
        }

        var circuit = new MemoryExperiment(noise);
        foreach (var at in data.Concat(ancillas).OrderBy(Number)) circuit.Add("QUBIT_COORDS", [Number(at)], at.X, at.Y);
        circuit.Reset(basis, dataQubits);
        circuit.Reset('Z', ancillaQubits);
        Round(circuit);
        foreach (var ancilla in kept) circuit.Records("DETECTOR", [ancillaBack[Number(ancilla)]], ancilla.X, ancilla.Y, 0);
        circuit.Repeat(rounds - 1, body =>
        {
            Round(body);
            body.Add("SHIFT_COORDS", [], 0, 0, 1);
            foreach (var ancilla in ancillas.OrderBy(Number))
                body.Records("DETECTOR", [ancillaBack[Number(ancilla)], ancillaBack[Number(ancilla)] + ancillas.Length], ancilla.X, ancilla.Y, 0);
        });
        circuit.Measure(basis, dataQubits);
        foreach (var ancilla in kept)
            circuit.Records("DETECTOR",
                OrderX.Select(d => (ancilla.X + d.X, ancilla.Y + d.Y)).Where(isData.Contains).Select(n => dataBack[Number(n)]).Append(data.Length + ancillaBack[Number(ancilla)]),
                ancilla.X, ancilla.Y, 1);
        circuit.Records("OBSERVABLE_INCLUDE", data.Where(d => (basis == 'X' ? d.X : d.Y) == 1).Select(d => dataBack[Number(d)]).Order(), 0);
        return circuit.ToCircuit();
    }
}

/// <summary>The repetition code: a logical bit kept as many times in a row of qubits.</summary>
public static class RepetitionCode
{
    /// <summary>A memory experiment: prepare zeros, measure the parities of neighbours for some rounds, measure the data qubits.</summary>
    /// <param name="distance">How many data qubits; at least 2.</param>
    /// <param name="rounds">How often the parities are measured; at least 1.</param>
    /// <param name="noise">The noise.</param>
    public static StimCircuit Memory(int distance, int rounds, CircuitNoise noise)
    {
        MemoryExperiment.Check(distance, rounds, noise, leastDistance: 2);
        int[] data = [.. Enumerable.Range(0, distance).Select(k => 2 * k)];
        int[] ancillas = [.. Enumerable.Range(0, distance - 1).Select(k => 2 * k + 1)];

        void Round(MemoryExperiment lines)
        {
            lines.Tick();
            lines.Noisy("DEPOLARIZE1", lines.Noise.BeforeRound, data);
            lines.Gate("CX", [.. ancillas.SelectMany(a => (int[])[a - 1, a])]);
            lines.Tick();
            lines.Gate("CX", [.. ancillas.SelectMany(a => (int[])[a + 1, a])]);
            lines.Tick();
            lines.MeasureReset(ancillas);
        }

        var circuit = new MemoryExperiment(noise);
        circuit.Reset('Z', [.. Enumerable.Range(0, 2 * distance - 1)]);
        Round(circuit);
        for (var k = 0; k < ancillas.Length; k++) circuit.Records("DETECTOR", [ancillas.Length - k], ancillas[k], 0);
        circuit.Repeat(rounds - 1, body =>
        {
            Round(body);
            body.Add("SHIFT_COORDS", [], 0, 1);
            for (var k = 0; k < ancillas.Length; k++) body.Records("DETECTOR", [ancillas.Length - k, 2 * ancillas.Length - k], ancillas[k], 0);
        });
        circuit.Measure('Z', data);
        for (var k = 0; k < ancillas.Length; k++) circuit.Records("DETECTOR", [data.Length - k - 1, data.Length - k, data.Length + ancillas.Length - k], ancillas[k], 1);
        circuit.Records("OBSERVABLE_INCLUDE", [1], 0);
        return circuit.ToCircuit();
    }
}
