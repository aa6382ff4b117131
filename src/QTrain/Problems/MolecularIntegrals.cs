using System.Collections.Immutable;
using QTrain.Formats;
using QTrain.Observables;

namespace QTrain.Problems;

/// <summary>The integrals of a molecule over N real orthonormal orbitals, spin restricted.</summary>
internal sealed class MolecularIntegrals
{
    private readonly double[] _one;
    private readonly double[] _two;

    public MolecularIntegrals(int orbitals)
    {
        OrbitalCount = orbitals;
        var pairs = orbitals * (orbitals + 1) / 2;
        (_one, _two) = (new double[pairs], new double[pairs * (pairs + 1) / 2]);
    }

    /// <summary>The largest number of orbitals: two qubits each.</summary>
    public const int MaxOrbitals = PauliString.MaxQubits / 2;

    public int OrbitalCount { get; }

    /// <summary>The energy without electrons: of the nuclei, and of a frozen core.</summary>
    public double CoreEnergy { get; set; }

    public int? ElectronCount { get; init; }

    /// <summary>Electrons of spin up minus electrons of spin down.</summary>
    public int Ms2 { get; init; }

    /// <summary>The energies of the orbitals where all are known; they tell which are filled first.</summary>
    public ImmutableArray<double>? OrbitalEnergies { get; set; }

    /// <summary>h(pq) = ∫ φₚ ĥ φ_q.</summary>
    public ref double One(int p, int q) => ref _one[Pair(p, q)];

    /// <summary>(pq|rs) = ∬ φₚ(1)φ_q(1) r₁₂⁻¹ φᵣ(2)φₛ(2), in chemists' order, with its eight symmetries.</summary>
    public ref double Two(int p, int q, int r, int s) => ref _two[Pair(Pair(p, q), Pair(r, s))];

    /// <summary>The qubit of an orbital's spin: up with <paramref name="down"/> false.</summary>
    public int Qubit(int orbital, bool down, SpinOrbitalOrder order) =>
        order == SpinOrbitalOrder.Blocked ? orbital + (down ? OrbitalCount : 0) : 2 * orbital + (down ? 1 : 0);

    /// <summary>The Hamiltonian by Jordan–Wigner, the core energy in its identity.</summary>
    /// <remarks>
    /// H = E + Σ t(pq) E(pq) + ½ Σ (pq|rs) E(pq)E(rs) with E(pq) = Σ a†(pσ)a(qσ) and t(pq) = h(pq) − ½ Σᵣ (pr|rq). Real integrals are symmetric, so that
    /// E(pq) + E(qp) stands for both, and its Pauli strings, two a spin, have real coefficients; of two such sums only strings that commute add up.
    /// </remarks>
    public PauliSum Hamiltonian(SpinOrbitalOrder order)
    {
        var qubits = 2 * OrbitalCount;
        var hops = new List<(int P, int Q, (PauliString Pauli, double Weight)[] Strings)>();
        for (var p = 0; p < OrbitalCount; p++)
            for (var q = 0; q <= p; q++) hops.Add((p, q, Hop(p, q, order)));
        var sums = new OrderedDictionary<PauliString, double> { [PauliString.Identity] = CoreEnergy };
        foreach (var (p, q, strings) in hops)
        {
            var energy = One(p, q);
            for (var r = 0; r < OrbitalCount; r++) energy -= Two(p, r, r, q) / 2;
            foreach (var (pauli, weight) in strings) Add(pauli, energy * weight);
        }
        for (var a = 0; a < hops.Count; a++)
            for (var b = 0; b <= a; b++)
            {
                var integral = Two(hops[a].P, hops[a].Q, hops[b].P, hops[b].Q);
                if (integral == 0) continue;
                foreach (var (left, leftWeight) in hops[a].Strings)
                    foreach (var (right, rightWeight) in hops[b].Strings)
                    {
                        if (!left.CommutesWith(right)) continue;
                        var (product, power) = PauliString.Multiply(left, right);
                        Add(product, (a == b ? 0.5 : 1) * (power == 0 ? 1 : -1) * integral * leftWeight * rightWeight);
                    }
            }
        var norm = sums.Values.Sum(Math.Abs);
        return new PauliSum(qubits, sums.Where(s => s.Key == PauliString.Identity || Math.Abs(s.Value) > 1e-15 * norm).Select(s => new PauliTerm(s.Key, s.Value)));

        void Add(PauliString pauli, double value) => sums[pauli] = sums.TryGetValue(pauli, out var known) ? known + value : value;
    }

    /// <summary>The integrals behind a Hamiltonian by Jordan–Wigner; null where no real restricted integrals make it.</summary>
    /// <remarks>⟨p↑|H|q↑⟩ − E δ(pq) is h(pq), and ⟨p↑r↓|H|q↑s↓⟩ without what one electron gives is (pq|rs). That all else agrees is checked.</remarks>
    public static MolecularIntegrals? From(PauliSum hamiltonian, SpinOrbitalOrder order, int? electrons, int ms2)
    {
        if (hamiltonian.QubitCount % 2 != 0 || !hamiltonian.IsHermitian) return null;
        var n = hamiltonian.QubitCount / 2;
        var flips = hamiltonian.Terms.ToLookup(t => t.Pauli.X);
        var found = new MolecularIntegrals(n) { ElectronCount = electrons, Ms2 = ms2, CoreEnergy = Element(0, 0) };
        for (var p = 0; p < n; p++)
            for (var q = 0; q <= p; q++)
                found.One(p, q) = Element(Up(p), Up(q)) - (p == q ? found.CoreEnergy : 0);
        for (var p = 0; p < n; p++)
            for (var q = 0; q <= p; q++)
                for (var r = 0; r <= p; r++)
                    for (var s = 0; s <= (r == p ? q : r); s++)
                    {
                        // Bits stand for a†ᵢa†ⱼ|0⟩ with i < j: where the spin that is down comes first, the sign turns.
                        var sign = (Up(p) < Down(r) ? 1 : -1) * (Up(q) < Down(s) ? 1 : -1);
                        var one = (r == s ? found.One(p, q) : 0) + (p == q ? found.One(r, s) : 0) + (p == q && r == s ? found.CoreEnergy : 0);
                        found.Two(p, q, r, s) = sign * Element(Up(p) | Down(r), Up(q) | Down(s)) - one;
                    }
        var difference = hamiltonian - found.Hamiltonian(order);
        return difference.OneNorm <= 1e-9 * Math.Max(1, hamiltonian.OneNorm) ? found : null;

        ulong Up(int p) => 1UL << found.Qubit(p, false, order);

        ulong Down(int p) => 1UL << found.Qubit(p, true, order);

        double Element(ulong left, ulong right)
        {
            var sum = 0.0;
            foreach (var (pauli, coefficient) in flips[left ^ right]) sum += (coefficient * pauli.PhaseOn(right)).Real;
            return sum;
        }
    }

    /// <summary>The lowest orbitals filled, as bits, qubit 0 lowest; null where the electrons are not known or do not fit.</summary>
    public ulong? ReferenceDeterminant(SpinOrbitalOrder order)
    {
        if (ElectronCount is not { } electrons || (electrons + Ms2) % 2 != 0) return null;
        var (up, down) = ((electrons + Ms2) / 2, (electrons - Ms2) / 2);
        if (up < 0 || down < 0 || up > OrbitalCount || down > OrbitalCount) return null;
        int[] lowest = [.. Enumerable.Range(0, OrbitalCount).OrderBy(p => OrbitalEnergies is { } e ? e[p] : p).ThenBy(p => p)];
        var bits = 0UL;
        foreach (var p in lowest[..up]) bits |= 1UL << Qubit(p, false, order);
        foreach (var p in lowest[..down]) bits |= 1UL << Qubit(p, true, order);
        return bits;
    }

    // E(pp) = Σ (1 − Z)/2;  E(pq) + E(qp) = Σ (XZ…ZX + YZ…ZY)/2.
    private (PauliString, double)[] Hop(int p, int q, SpinOrbitalOrder order)
    {
        var strings = new List<(PauliString, double)>();
        foreach (var down in (ReadOnlySpan<bool>)[false, true])
        {
            var (low, high) = (Qubit(Math.Min(p, q), down, order), Qubit(Math.Max(p, q), down, order));
            if (p == q)
            {
                strings.Add((PauliString.Identity, 0.5));
                strings.Add((new PauliString(0, 1UL << low), -0.5));
                continue;
            }
            var ends = 1UL << low | 1UL << high;
            var between = (1UL << high) - (1UL << low + 1);
            strings.Add((new PauliString(ends, between), 0.5));
            strings.Add((new PauliString(ends, between | ends), 0.5));
        }
        return [.. strings];
    }

    private static int Pair(int a, int b) => a >= b ? a * (a + 1) / 2 + b : b * (b + 1) / 2 + a;
}
