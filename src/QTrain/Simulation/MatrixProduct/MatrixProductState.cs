using System.Numerics;
using QTrain.Circuits;
using QTrain.Numerics.Dense;

namespace QTrain.Simulation.MatrixProduct;

/// <summary>A pure state of any number of qubits as a chain of small tensors, one a qubit: exact and cheap while the qubits are weakly
/// entangled along the chain, and truncated, with an error it reports, where they are not.</summary>
/// <remarks>
/// Open boundaries, mixed canonical form: left of the centre every tensor is an isometry from left to right, right of it from right to left, so
/// that the norm, and the weight that a truncation cuts off, is that of one tensor. Vidal 2003, arXiv:quant-ph/0301063; Schollwöck 2011,
/// arXiv:1008.3477. A tensor of entries (left bond, qubit, right bond) is a row-major matrix in both ways that are needed, without copying.
/// The state is always normalized. Not safe for use by several threads at once; different states are.
/// </remarks>
public sealed partial class MatrixProductState
{
    // Weight that is rounding: amplitudes of 1e−14.
    private const double Rounding = 1e-28;

    private readonly ComplexMatrix[] _sites;
    private readonly int[] _siteOf;
    private readonly int[] _qubitAt;
    private readonly int[] _bonds;      // left of site k; the last is right of all
    private readonly DenseOptions _dense;
    private readonly SingularVectors _svd = new();
    private readonly Orthogonalization _qr = new();
    private ComplexMatrix _theta = new(), _factor = new(), _other = new();
    private int _centre;
    private double _discarded;
    private double _logFidelity;
    private double _angle;
    private int _peakBond = 1;

    private MatrixProductState(int qubits, MatrixProductOptions options)
    {
        if (qubits < 1) throw new QuantumException($"A state of {qubits} qubits cannot be: it needs at least 1.");
        QubitCount = qubits;
        Options = options;
        _dense = DenseOptions.Of(options.Width, options.Parts);
        _sites = new ComplexMatrix[qubits];
        for (var k = 0; k < qubits; k++) _sites[k] = new ComplexMatrix();
        (_siteOf, _qubitAt, _bonds) = (new int[qubits], new int[qubits], new int[qubits + 1]);
    }

    /// <summary>How many qubits.</summary>
    public int QubitCount { get; }

    /// <summary>What the state may hold, and how it uses the machine.</summary>
    public MatrixProductOptions Options { get; }

    /// <summary>What was cut off so far.</summary>
    public TruncationError Truncation
    {
        get
        {
            var cos = Math.Cos(Math.Min(Math.PI / 2, _angle));
            return new TruncationError(_discarded, Math.Exp(_logFidelity), _angle == 0 ? 1 : cos * cos, _peakBond);
        }
    }

    /// <summary>The bond dimensions along the chain, one between each two neighbours.</summary>
    public IReadOnlyList<int> BondDimensions => [.. Enumerable.Range(0, QubitCount - 1).Select(RightBond)];

    /// <summary>The largest bond dimension there is now.</summary>
    public int LargestBond => QubitCount == 1 ? 1 : BondDimensions.Max();

    /// <summary>Bytes that the tensors hold.</summary>
    public long Bytes => _sites.Sum(s => 16L * s.Length);

    /// <summary>|0…0⟩.</summary>
    /// <param name="qubits">How many qubits, at least 1.</param>
    /// <param name="options">The largest bond dimension and so on.</param>
    public static MatrixProductState Zero(int qubits, MatrixProductOptions? options = null)
    {
        var state = new MatrixProductState(qubits, options ?? MatrixProductOptions.Default);
        state.SetZero();
        return state;
    }

    /// <summary>Puts the state back to |0…0⟩, without truncation error, qubits in the order of their numbers.</summary>
    public void SetZero()
    {
        for (var k = 0; k < QubitCount; k++)
        {
            (_siteOf[k], _qubitAt[k]) = (k, k);
            _sites[k].Resize(1, 2);
            _sites[k].Clear();
            _sites[k][0, 0] = 1;
        }
        _bonds.AsSpan().Fill(1);
        (_centre, _discarded, _logFidelity, _angle, _peakBond) = (0, 0, 0, 0, 1);
    }

    /// <summary>A state of its own that equals this one, its truncation error among it.</summary>
    public MatrixProductState Clone()
    {
        var copy = new MatrixProductState(QubitCount, Options);
        copy.CopyFrom(this);
        return copy;
    }

    /// <summary>Makes this state equal to another of as many qubits.</summary>
    internal void CopyFrom(MatrixProductState other)
    {
        for (var k = 0; k < QubitCount; k++) _sites[k].CopyFrom(other._sites[k]);
        other._siteOf.CopyTo(_siteOf, 0);
        other._qubitAt.CopyTo(_qubitAt, 0);
        other._bonds.CopyTo(_bonds, 0);
        (_centre, _discarded, _logFidelity, _angle, _peakBond) = (other._centre, other._discarded, other._logFidelity, other._angle, other._peakBond);
    }

    /// <summary>Runs a unitary circuit on the state.</summary>
    /// <param name="circuit">A circuit without measurement, reset or condition, of as many qubits or fewer (the lowest).</param>
    /// <param name="at">Parameter values in radians, in the order of the circuit's parameters.</param>
    /// <exception cref="QuantumException">The circuit measures, resets or asks a condition, or has more qubits than the state.</exception>
    public void Apply(Circuit circuit, ReadOnlySpan<double> at = default) => Apply(ChainProgram.From(circuit), at);

    internal void Apply(ChainProgram program, ReadOnlySpan<double> at)
    {
        if (program.Circuit.QubitCount > QubitCount)
            throw new QuantumException($"A circuit of {program.Circuit.QubitCount} qubits cannot run on a state of {QubitCount}.");
        program.CheckPoint(at);
        if (!program.Circuit.IsUnitary)
            throw new QuantumException("A circuit that measures, resets or asks a condition has no single final state; run it with shots.");
        foreach (var step in program.Steps)
            if (step.GateAt(at) is { } gate) Apply(gate);
    }

    /// <summary>The amplitude of a basis state.</summary>
    /// <param name="bits">The bits, bit 0 rightmost: as many as there are qubits.</param>
    public Complex Amplitude(string bits)
    {
        ArgumentNullException.ThrowIfNull(bits);
        if (bits.Length != QubitCount || bits.AsSpan().ContainsAnyExcept('0', '1'))
            throw new QuantumException($"'{bits}' is no basis state of {QubitCount} qubits: write {QubitCount} digits 0 or 1, qubit 0 rightmost.");
        return Amplitude(q => bits[QubitCount - 1 - q] == '1');
    }

    /// <summary>The amplitude of a basis state of a state of at most 64 qubits.</summary>
    /// <param name="basis">The bits, qubit 0 lowest.</param>
    public Complex Amplitude(ulong basis)
    {
        if (QubitCount < 64 && basis >> QubitCount != 0)
            throw new ArgumentOutOfRangeException(nameof(basis), basis, $"A state of {QubitCount} qubits has basis states 0 to {(1UL << QubitCount) - 1}.");
        return Amplitude(q => q < 64 && (basis >> q & 1) != 0);
    }

    private Complex Amplitude(Func<int, bool> isOne)
    {
        Complex[] row = [1];
        for (var site = 0; site < QubitCount; site++)
        {
            var (tensor, right) = (_sites[site], RightBond(site));
            var first = isOne(_qubitAt[site]) ? right : 0;
            var next = new Complex[right];
            for (var left = 0; left < row.Length; left++)
            {
                var from = left * 2 * right + first;
                for (var k = 0; k < right; k++) next[k] += row[left] * new Complex(tensor.Real[from + k], tensor.Imaginary[from + k]);
            }
            row = next;
        }
        return row[0];
    }

    /// <summary>All amplitudes, 2ⁿ of them: to compare small states with.</summary>
    internal Complex[] ToArray()
    {
        var amplitudes = new Complex[1 << QubitCount];
        for (var basis = 0; basis < amplitudes.Length; basis++) amplitudes[basis] = Amplitude((ulong)basis);
        return amplitudes;
    }

    /// <summary>⟨this|other⟩.</summary>
    /// <exception cref="QuantumException">The states have different numbers of qubits.</exception>
    /// <remarks>Where routing left the qubits of the two chains in different orders, a copy of the other is brought into this one's order first.</remarks>
    public Complex InnerProduct(MatrixProductState other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.QubitCount != QubitCount)
            throw new QuantumException($"The states have {QubitCount} and {other.QubitCount} qubits: they must have as many.");
        if (!_qubitAt.AsSpan().SequenceEqual(other._qubitAt))
        {
            other = other.Clone();
            other.Arrange(_qubitAt);
        }
        var (environment, image, next) = (new ComplexMatrix(1, 1), new ComplexMatrix(), new ComplexMatrix());
        environment[0, 0] = 1;
        for (var site = 0; site < QubitCount; site++)
        {
            ComplexMatrix bra = _sites[site], ket = other._sites[site];
            Shape(bra, LeftBond(site), 2 * RightBond(site));
            Shape(ket, other.LeftBond(site), 2 * other.RightBond(site));
            ComplexProduct.Multiply(environment, false, ket, false, image, _dense);
            image.Reshape(LeftBond(site) * 2, other.RightBond(site));
            Shape(bra, LeftBond(site) * 2, RightBond(site));
            ComplexProduct.Multiply(bra, true, image, false, next, _dense);
            (environment, next) = (next, environment);
        }
        return environment[0, 0];
    }

    private int LeftBond(int site) => _bonds[site];

    private int RightBond(int site) => _bonds[site + 1];

    private static void Shape(ComplexMatrix tensor, int rows, int columns) => tensor.Reshape(rows, columns);
}
