using QTrain.Numerics;

namespace QTrain.Simulation.Stabilizer;

/// <summary>Runs a stim circuit shot by shot on a tableau: the specification of the frame sampler, and its reference shot.</summary>
internal static class StimTableau
{
    /// <summary>The measurement record of a shot without noise in which every random outcome is 0.</summary>
    public static BitRow Reference(StimCircuit circuit)
    {
        var random = default(RandomStream);
        return new Shot(circuit, isNoisy: false).Run(circuit, ref random);
    }

    /// <summary>The measurement record of a shot, noise and all.</summary>
    public static BitRow Sample(StimCircuit circuit, ref RandomStream random) => new Shot(circuit, isNoisy: true).Run(circuit, ref random);

    private sealed class Shot(StimCircuit circuit, bool isNoisy)
    {
        private readonly Tableau _tableau = new(circuit.QubitCount);
        private readonly BitRow _record = new(circuit.MeasurementCount);
        private long _measured;
        private bool _occurred;

        public BitRow Run(StimCircuit whole, ref RandomStream random)
        {
            Run(whole.Instructions, ref random);
            return _record;
        }

        private void Run(IReadOnlyList<StimInstruction> instructions, ref RandomStream random)
        {
            foreach (var instruction in instructions)
            {
                var gate = instruction.Gate;
                switch (gate.Kind)
                {
                    case StimKind.Repeat:
                        for (var round = 0L; round < instruction.Repetitions; round++) Run(instruction.Body, ref random);
                        break;
                    case StimKind.Clifford when gate.QubitCount == 1:
                        foreach (var target in instruction.Targets) _tableau.Apply(gate.Map!, [target.Number]);
                        break;
                    case StimKind.Clifford:
                        foreach (var (first, second) in instruction.Pairs()) ApplyPair(gate, first, second);
                        break;
                    case StimKind.Measure or StimKind.MeasureReset:
                        foreach (var target in instruction.Targets)
                        {
                            Record(Measure(SparsePauli.Single(gate.Basis, target.Number), ref random) ^ target.IsInverted, instruction, ref random);
                            if (gate.Kind == StimKind.MeasureReset) _tableau.Reset(target.Number, gate.Basis, false);
                        }
                        break;
                    case StimKind.Reset:
                        foreach (var target in instruction.Targets) _tableau.Reset(target.Number, gate.Basis, NextBit(ref random));
                        break;
                    case StimKind.MeasurePair:
                        foreach (var (first, second) in instruction.Pairs())
                            Record(Measure(SparsePauli.Of([Lettered(gate, first), Lettered(gate, second)]), ref random), instruction, ref random);
                        break;
                    case StimKind.MeasureProduct:
                        foreach (var product in instruction.Products()) Record(Measure(SparsePauli.Of(product), ref random), instruction, ref random);
                        break;
                    case StimKind.PhaseProduct:
                        foreach (var product in instruction.Products()) _tableau.Rotate(SparsePauli.Of(product), gate.Name == "SPP" ? 1 : 3);
                        break;
                    case StimKind.Pad:
                        foreach (var target in instruction.Targets) Record(target.Number == 1, instruction, ref random);
                        break;
                    case StimKind.Heralded:
                        foreach (var target in instruction.Targets) Herald(instruction, target.Number, ref random);
                        break;
                    case StimKind.Noise1 or StimKind.Noise2 when isNoisy:
                        for (var k = 0; k < instruction.Targets.Length; k += gate.QubitCount)
                            Disturb(instruction, [.. instruction.Targets.AsSpan(k, gate.QubitCount).ToArray().Select(t => t.Number)], ref random);
                        break;
                    case StimKind.CorrelatedError or StimKind.ElseCorrelatedError when isNoisy:
                        if (gate.Kind == StimKind.CorrelatedError) _occurred = false;
                        if (_occurred || random.NextDouble() >= instruction.Arguments[0]) break;
                        _occurred = true;
                        _tableau.Apply(SparsePauli.Of(instruction.Targets));
                        break;
                }
            }
        }

        private static StimTarget Lettered(StimGate gate, StimTarget target) => target with { Kind = StimTargetKind.Pauli, Letter = gate.Basis };

        private bool NextBit(ref RandomStream random) => isNoisy && (random.NextUInt64() & 1) != 0;

        private bool Measure(SparsePauli pauli, ref RandomStream random) => _tableau.Measure(pauli, NextBit(ref random));

        private void Record(bool value, StimInstruction instruction, ref RandomStream random) =>
            _record[_measured++] = value ^ (isNoisy && instruction.Arguments is [var p] && random.NextDouble() < p);

        private void ApplyPair(StimGate gate, StimTarget first, StimTarget second)
        {
            if (first.Kind == StimTargetKind.Qubit && second.Kind == StimTargetKind.Qubit)
            {
                _tableau.Apply(gate.Map!, [first.Number, second.Number]);
                return;
            }
            var (control, qubit, place) = first.Kind == StimTargetKind.Qubit ? (second, first, 1) : (first, second, 0);
            if (qubit.Kind == StimTargetKind.Qubit && control.Kind == StimTargetKind.Record && _record[_measured - control.Number])
                _tableau.Apply(SparsePauli.Single(gate.Feedback.First(f => f.Place == place).Pauli, qubit.Number));
        }

        private void Disturb(StimInstruction instruction, int[] qubits, ref RandomStream random)
        {
            if (Drawn(instruction, ref random) is { } error) _tableau.Apply(SparsePauli.Placed(error, qubits));
        }

        private void Herald(StimInstruction instruction, int qubit, ref RandomStream random)
        {
            var error = isNoisy ? Drawn(instruction, ref random) : null;
            if (error is { } happened) _tableau.Apply(SparsePauli.Placed(happened, [qubit]));
            _record[_measured++] = error is not null;
        }

        private static SignedPauli? Drawn(StimInstruction instruction, ref RandomStream random)
        {
            var errors = instruction.Gate.Errors;
            var number = random.NextDouble();
            for (var k = 0; k < errors.Length; k++)
            {
                number -= instruction.Arguments.Length == 1 ? instruction.Arguments[0] / errors.Length : instruction.Arguments[k];
                if (number < 0) return errors[k];
            }
            return null;
        }
    }
}
