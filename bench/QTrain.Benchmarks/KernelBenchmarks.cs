using BenchmarkDotNet.Attributes;
using QTrain.Circuits;
using QTrain.Observables;
using QTrain.Simulation;
using QTrain.Workloads;

namespace QTrain.Benchmarks;

/// <summary>One kind of gate at a time. A pass over the state moves 32 bytes an amplitude: divide to compare with the memory's bandwidth.</summary>
public class KernelBenchmarks
{
    private StateVector _state = null!;
    private CompiledCircuit _ry = null!, _rz = null!, _h = null!, _chain = null!, _rotations = null!;
    private PauliSum _chainEnergy = null!;
    private double[] _point = [];

    [Params(12, 20, 24)]
    public int Qubits { get; set; }

    [Params(1, 0)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _state = StateVector.Zero(Qubits, new SimulationOptions { Threads = Threads });
        _ry = OnEveryQubit((c, q) => c.Ry(Parameter.Named($"t{q}"), q));
        _rz = OnEveryQubit((c, q) => c.Rz(Parameter.Named($"t{q}"), q));
        _h = OnEveryQubit((c, q) => c.H(q));
        _chain = OnEveryQubit((c, q) =>
        {
            if (q + 1 < Qubits) c.Cx(q, q + 1);
        });
        _rotations = CompiledCircuit.From(PauliRotations(Qubits));
        _chainEnergy = WorkloadCircuits.IsingChain(Qubits);
        _point = WorkloadCircuits.Point(Qubits);
        _state.Apply(_ry, _point);
    }

    [GlobalCleanup]
    public void Release() => _state.Dispose();

    [Benchmark]
    public void Ry_on_every_qubit() => _state.Apply(_ry, _point);

    [Benchmark]
    public void Rz_on_every_qubit() => _state.Apply(_rz, _point);

    [Benchmark]
    public void H_on_every_qubit() => _state.Apply(_h);

    [Benchmark]
    public void Chain_of_cx() => _state.Apply(_chain);

    [Benchmark]
    public void Pauli_rotations() => _state.Apply(_rotations);

    [Benchmark]
    public double Expectation_of_an_Ising_chain() => _state.Expectation(_chainEnergy);

    private CompiledCircuit OnEveryQubit(Action<CircuitBuilder, int> add) => CompiledCircuit.From(Circuit.Build(Qubits, c =>
    {
        for (var q = 0; q < Qubits; q++) add(c, q);
    }));

    /// <summary>Rotations about strings of X, Y and Z that reach over a third of the qubits.</summary>
    private static Circuit PauliRotations(int qubits) => Circuit.Build(qubits, c =>
    {
        for (var q = 0; q < qubits; q++)
        {
            var targets = Enumerable.Range(0, Math.Max(2, qubits / 3)).Select(k => (q + 3 * k) % qubits).Distinct().ToArray();
            c.PauliRotation(string.Concat(targets.Select((_, k) => "XYZ"[k % 3])), 0.1 + 0.37 * q, [.. targets]);
        }
    });
}
