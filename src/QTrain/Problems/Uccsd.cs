using System.Collections.Immutable;
using System.Numerics;
using QTrain.Circuits;
using QTrain.Formats;
using QTrain.Observables;
using QTrain.Training;

namespace QTrain.Problems;

/// <summary>Electrons that change their spin orbitals: those of <see cref="From"/> go to <see cref="To"/>.</summary>
/// <param name="From">Occupied spin orbitals, ascending; one or two.</param>
/// <param name="To">Empty spin orbitals, ascending; as many.</param>
public sealed record Excitation(ImmutableArray<int> From, ImmutableArray<int> To)
{
    /// <summary>The parameter of the excitation: <c>t_i_a</c> or <c>t_i_j_a_b</c>.</summary>
    public Parameter Amplitude => Parameter.Named("t_" + string.Join('_', From.Concat(To)));

    /// <summary>T − T† on so many qubits, with T = a†ₐaᵢ or a†ₐa†ᵦaⱼaᵢ under Jordan–Wigner: commuting strings with imaginary coefficients.</summary>
    public PauliSum Generator(int qubits)
    {
        var excite = PauliSum.Identity(qubits);
        foreach (var orbital in To) excite *= Annihilate(orbital, qubits).Adjoint();
        foreach (var orbital in From.Reverse()) excite *= Annihilate(orbital, qubits);
        return (excite - excite.Adjoint()).Simplify();
    }

    /// <inheritdoc/>
    public bool Equals(Excitation? other) =>
        other is not null && From.AsSpan().SequenceEqual(other.From.AsSpan()) && To.AsSpan().SequenceEqual(other.To.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Amplitude.GetHashCode();

    /// <summary>The excitation as <c>0 1 → 2 3</c>.</summary>
    public override string ToString() => $"{string.Join(' ', From)} → {string.Join(' ', To)}";

    /// <summary>aₖ = Z₀…Zₖ₋₁ (Xₖ + iYₖ)/2.</summary>
    private static PauliSum Annihilate(int orbital, int qubits)
    {
        var bit = 1UL << orbital;
        return new PauliSum(qubits,
        [
            new PauliTerm(new PauliString(bit, bit - 1), 0.5),
            new PauliTerm(new PauliString(bit, bit | (bit - 1)), new Complex(0, 0.5)),
        ]);
    }
}

/// <summary>What the user says about a molecule, over what its file says.</summary>
public sealed record UccsdOptions
{
    /// <summary>How many electrons; the file's when null. With another number than the file's, its reference determinant and
    /// spin are left out of account and the lowest orbitals are filled.</summary>
    public int? ElectronCount { get; init; }

    /// <summary>Electrons of spin up minus electrons of spin down; the file's when null, and 0 or 1 when it says nothing.</summary>
    public int? Ms2 { get; init; }

    /// <summary>The order of spin orbitals; the file's when null.</summary>
    public SpinOrbitalOrder? SpinOrbitals { get; init; }

    /// <summary>How fermions became qubits; the file's when null.</summary>
    public FermionMapping? Mapping { get; init; }
}

/// <summary>Unitary coupled cluster with single and double excitations: from the Hartree–Fock state, one Trotter step of exp(Σ t(T − T†)),
/// each factor exact. Peruzzo et al. 2014, arXiv:1304.3061; Romero et al. 2018, arXiv:1701.02691.</summary>
/// <remarks>
/// Excitations keep the number of electrons of each spin. Their order, which is also the order of the circuit and of the parameters: singles
/// of spin up by (i, a), singles of spin down by (i, a), doubles by (i, j, a, b) with i &lt; j and a &lt; b, all by the numbers of spin orbitals
/// in the Hamiltonian's own order. Amplitudes <c>t_i_a</c> and <c>t_i_j_a_b</c> start at 0, where the energy is that of the determinant.
/// An excitation is a product of Pauli rotations with shared parameter: 2 for a single, 8 for a double.
/// </remarks>
public sealed class Uccsd
{
    private Uccsd(HamiltonianFile hamiltonian, string reference, SpinOrbitalOrder order, int electrons, int ms2)
    {
        Hamiltonian = hamiltonian;
        ReferenceDeterminant = reference;
        SpinOrbitals = order;
        ElectronCount = electrons;
        Ms2 = ms2;
        var qubits = reference.Length;
        Excitations = [.. Enumerate(reference, order)];
        if (Excitations.IsEmpty)
            throw new UnsuitableHamiltonianException(hamiltonian.File,
                $"UCCSD has nothing to excite from {reference}: no electron can move to an empty spin orbital of its own spin.");
        var builder = new CircuitBuilder(qubits);
        HardwareEfficientAnsatz.Prepare(builder, reference);
        foreach (var excitation in Excitations) Append(builder, excitation);
        Circuit = new Circuit(qubits, builder.ToCircuit().Operations, parameters: Excitations.Select(e => e.Amplitude));
    }

    /// <summary>The Hamiltonian it was made for.</summary>
    public HamiltonianFile Hamiltonian { get; }

    /// <summary>The circuit; its parameters are the amplitudes in the order of <see cref="Excitations"/>.</summary>
    public Circuit Circuit { get; }

    /// <summary>The excitations, in the order of the circuit.</summary>
    public ImmutableArray<Excitation> Excitations { get; }

    /// <summary>The state the circuit begins with, qubit 0 rightmost.</summary>
    public string ReferenceDeterminant { get; }

    /// <summary>The order of spin orbitals.</summary>
    public SpinOrbitalOrder SpinOrbitals { get; }

    /// <summary>How many electrons.</summary>
    public int ElectronCount { get; }

    /// <summary>Electrons of spin up minus electrons of spin down.</summary>
    public int Ms2 { get; }

    /// <summary>Makes the ansatz for a Hamiltonian, after checking that what is said about it holds together.</summary>
    /// <param name="hamiltonian">The Hamiltonian and what its file says.</param>
    /// <param name="options">What the user says; it goes before the file.</param>
    /// <exception cref="UnsuitableHamiltonianException">The mapping, the order of spin orbitals or the number of electrons is unknown, or
    /// contradicts the determinant, its energy or the Hamiltonian.</exception>
    public static Uccsd For(HamiltonianFile hamiltonian, UccsdOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(hamiltonian);
        options ??= new UccsdOptions();
        var qubits = hamiltonian.Observable.QubitCount;
        var order = KnownOrder(hamiltonian, options);
        if (qubits % 2 != 0) throw Unsuitable($"UCCSD needs two spin orbitals for every orbital, but the Hamiltonian has {qubits} qubits, an odd number.");
        var determinant = hamiltonian.ReferenceDeterminant;
        var occupied = determinant?.Count(b => b == '1');
        var electrons = options.ElectronCount ?? hamiltonian.ElectronCount ?? occupied
            ?? throw Unsuitable("UCCSD must know how many electrons there are, but the file has neither \"num_electrons\" nor \"reference_determinant\". Say it with electrons: N.");
        if (electrons < 1 || electrons >= qubits)
            throw Unsuitable($"UCCSD of {electrons} electrons in {qubits} spin orbitals has nothing to excite: there must be 1 to {qubits - 1}.");
        // Another number of electrons or another spin is another state than the file's: its determinant and spin do not speak of it.
        var sameElectrons = electrons == (hamiltonian.ElectronCount ?? occupied);
        var ms2 = options.Ms2 ?? (sameElectrons ? hamiltonian.Ms2 : null) ?? electrons % 2;
        if ((electrons + ms2) % 2 != 0 || Math.Abs(ms2) > electrons || (electrons + Math.Abs(ms2)) / 2 > qubits / 2)
            throw Unsuitable($"{electrons} electrons in {qubits / 2} orbitals cannot have ms2 = {ms2}, spin up minus spin down.");
        CheckConservation(hamiltonian, order);
        var sameState = sameElectrons && ms2 == (hamiltonian.Ms2 ?? ms2);
        if (determinant is null || !sameState) return new Uccsd(hamiltonian, LowestDeterminant(qubits, order, electrons, ms2), order, electrons, ms2);
        CheckDeterminant(hamiltonian, determinant, order, electrons, ms2);
        return new Uccsd(hamiltonian, determinant, order, electrons, ms2);

        UnsuitableHamiltonianException Unsuitable(string reason) => new(hamiltonian.File, reason);
    }

    /// <summary>The training of the ground-state energy, from the reference determinant.</summary>
    public TrainingProblem ToProblem(string? name = null) =>
        new(name ?? Hamiltonian.Name ?? "uccsd", Circuit, Hamiltonian.Observable, [.. new double[Circuit.Parameters.Length]])
        {
            // Another number of electrons or another spin has a lowest energy of its own, which the file does not tell.
            KnownOptimum = ElectronCount == (Hamiltonian.ElectronCount ?? ElectronCount) && Ms2 == (Hamiltonian.Ms2 ?? ElectronCount % 2)
                ? Hamiltonian.GroundEnergyOfElectronCount ?? Hamiltonian.GroundEnergy
                : null,
            Unit = Hamiltonian.Unit,
        };

    /// <summary>Whether a spin orbital has spin up.</summary>
    internal static bool IsUp(int orbital, int qubits, SpinOrbitalOrder order) =>
        order == SpinOrbitalOrder.Interleaved ? orbital % 2 == 0 : orbital < qubits / 2;

    private static SpinOrbitalOrder KnownOrder(HamiltonianFile hamiltonian, UccsdOptions options)
    {
        var mapping = options.Mapping ?? hamiltonian.Mapping;
        var said = hamiltonian.Encoding is null ? "the file has no \"encoding\"" : $"the file's encoding is \"{hamiltonian.Encoding}\"";
        if (mapping == FermionMapping.Unknown)
            throw new UnsuitableHamiltonianException(hamiltonian.File,
                $"UCCSD must know how fermions became qubits, but {said}. If it is Jordan-Wigner, write \"encoding\": \"Jordan-Wigner, interleaved\" (or blocked) into the file.");
        if (mapping != FermionMapping.JordanWigner)
            throw new UnsuitableHamiltonianException(hamiltonian.File,
                $"UCCSD is built for Jordan-Wigner Hamiltonians, but {said}. Transform the Hamiltonian, or train a hardware-efficient ansatz.");
        return options.SpinOrbitals ?? hamiltonian.SpinOrbitals
            ?? throw new UnsuitableHamiltonianException(hamiltonian.File,
                $"UCCSD must know the order of spin orbitals, interleaved or blocked, but {said}. Write \"Jordan-Wigner, interleaved\" or \"Jordan-Wigner, blocked\".");
    }

    private static void CheckConservation(HamiltonianFile hamiltonian, SpinOrbitalOrder order)
    {
        var observable = hamiltonian.Observable;
        foreach (var up in (ReadOnlySpan<bool>)[true, false])
        {
            var number = new PauliSum(observable.QubitCount, Enumerable.Range(0, observable.QubitCount)
                .Where(k => IsUp(k, observable.QubitCount, order) == up)
                .Select(k => new PauliTerm(PauliString.Single('Z', k), -0.5)));
            if (!observable.CommutesWith(number, tolerance: 1e-7))
                throw new UnsuitableHamiltonianException(hamiltonian.File,
                    $"With {order.ToString().ToLowerInvariant()} spin orbitals the Hamiltonian does not keep the number of spin-{(up ? "up" : "down")} electrons. "
                    + "Its order of spin orbitals is another one, or it is not a Jordan-Wigner Hamiltonian of a molecule.");
        }
    }

    private static void CheckDeterminant(HamiltonianFile hamiltonian, string determinant, SpinOrbitalOrder order, int electrons, int ms2)
    {
        var qubits = determinant.Length;
        var (up, down) = (0, 0);
        for (var k = 0; k < qubits; k++)
        {
            if (determinant[^(k + 1)] != '1') continue;
            if (IsUp(k, qubits, order)) up++;
            else down++;
        }
        if (up + down != electrons)
            throw new UnsuitableHamiltonianException(hamiltonian.File, $"The reference determinant {determinant} holds {up + down} electrons, but there are {electrons}.");
        if (up - down != ms2)
            throw new UnsuitableHamiltonianException(hamiltonian.File,
                $"With {order.ToString().ToLowerInvariant()} spin orbitals the reference determinant {determinant} holds {up} electrons of spin up and {down} of spin down, "
                + $"but ms2 = {ms2}. The order of spin orbitals or ms2 is another one.");
        if (hamiltonian.ReferenceDeterminantEnergy is not { } said) return;
        var energy = hamiltonian.Observable.ValueAt(Convert.ToUInt64(determinant, 2)).Real;
        if (!(Math.Abs(energy - said) <= 1e-6))
            throw new UnsuitableHamiltonianException(hamiltonian.File,
                $"The reference determinant {determinant} has the energy {energy:R}, but the file says {said:R}: the file contradicts itself, perhaps in the order of its qubits.");
    }

    private static string LowestDeterminant(int qubits, SpinOrbitalOrder order, int electrons, int ms2)
    {
        var left = new Dictionary<bool, int> { [true] = (electrons + ms2) / 2, [false] = (electrons - ms2) / 2 };
        var bits = new char[qubits];
        for (var k = 0; k < qubits; k++) bits[qubits - 1 - k] = left[IsUp(k, qubits, order)]-- > 0 ? '1' : '0';
        return new string(bits);
    }

    internal static IEnumerable<Excitation> Enumerate(string reference, SpinOrbitalOrder order)
    {
        var qubits = reference.Length;
        var occupied = Enumerable.Range(0, qubits).Where(k => reference[^(k + 1)] == '1').ToArray();
        var empty = Enumerable.Range(0, qubits).Where(k => reference[^(k + 1)] == '0').ToArray();
        int Up(params ReadOnlySpan<int> orbitals)
        {
            var count = 0;
            foreach (var orbital in orbitals)
                if (IsUp(orbital, qubits, order)) count++;
            return count;
        }
        for (var up = 1; up >= 0; up--)
            foreach (var i in occupied)
                foreach (var a in empty)
                    if (Up(i) == up && Up(a) == up) yield return new Excitation([i], [a]);
        for (var i = 0; i < occupied.Length; i++)
            for (var j = i + 1; j < occupied.Length; j++)
                for (var a = 0; a < empty.Length; a++)
                    for (var b = a + 1; b < empty.Length; b++)
                        if (Up(occupied[i], occupied[j]) == Up(empty[a], empty[b]))
                            yield return new Excitation([occupied[i], occupied[j]], [empty[a], empty[b]]);
    }

    internal static void Append(CircuitBuilder builder, Excitation excitation)
    {
        foreach (var (pauli, coefficient) in excitation.Generator(builder.QubitCount).Terms)
        {
            // exp(t·ic·P) = exp(−i(−2ct)P/2)
            int[] support = [.. Enumerable.Range(0, builder.QubitCount).Where(q => (pauli.Support >> q & 1) != 0)];
            var label = string.Concat(support.Reverse().Select(q => pauli[q]));
            builder.PauliRotation(label, -2 * coefficient.Imaginary * excitation.Amplitude, [.. support]);
        }
    }
}
