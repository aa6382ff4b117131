using System.Collections.Immutable;
using QTrain.Formats;

namespace QTrain.Circuits;

public sealed partial class Circuit
{
    /// <summary>The circuit with some parameters replaced by values; the others stay, in their order.</summary>
    /// <param name="values">Radians by name.</param>
    /// <exception cref="QuantumException">There is no parameter of a name, or a value is not finite.</exception>
    public Circuit Bind(IReadOnlyDictionary<string, double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var (known, bound) = (Parameters.ToHashSet(), new Dictionary<Parameter, double>());
        foreach (var (name, value) in values)
        {
            var parameter = new Parameter(name);
            if (!known.Contains(parameter)) throw new QuantumException(UnknownParameter(name));
            if (!double.IsFinite(value)) throw new QuantumException($"Parameter '{name}' cannot be bound to {value}: values must be finite.");
            bound[parameter] = value;
        }
        return WithAngles(a => a.Bind(bound), Parameters.Where(p => !bound.ContainsKey(p)));
    }

    /// <summary>The circuit with every parameter replaced by a value.</summary>
    /// <param name="values">Radians, in the order of <see cref="Parameters"/>.</param>
    public Circuit Bind(params ReadOnlySpan<double> values)
    {
        if (values.Length != Parameters.Length)
            throw new ArgumentException($"The circuit has {Parameters.Length} parameters, but {values.Length} values were given.", nameof(values));
        var named = new Dictionary<string, double>();
        for (var k = 0; k < values.Length; k++) named.Add(Parameters[k].Name, values[k]);
        return Bind(named);
    }

    /// <summary>The circuit with one parameter replaced by a value.</summary>
    public Circuit Bind(Parameter parameter, double value) => Bind(new Dictionary<string, double> { [parameter.Name] = value });

    /// <summary>The circuit with every parameter replaced by an expression: <c>p => 2 * p</c>. New parameters stand where the old ones stood.</summary>
    public Circuit Substitute(Func<Parameter, Angle> replacement)
    {
        ArgumentNullException.ThrowIfNull(replacement);
        return WithAngles(a => a.Substitute(replacement), Parameters.SelectMany(p => replacement(p).Terms.Select(t => t.Parameter)).Distinct());
    }

    /// <summary>The circuit with its parameters renamed; those given one name become one parameter.</summary>
    public Circuit RenameParameters(Func<Parameter, Parameter> name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return WithAngles(a => a.Substitute(p => name(p)), Parameters.Select(name).Distinct());
    }

    /// <summary>The circuit that undoes this one.</summary>
    /// <exception cref="NotUnitaryException">The circuit measures or resets.</exception>
    public Circuit Inverse() => new(QubitCount, Operations.Select((operation, at) => operation switch
    {
        GateOperation gate => gate.Inverse(),
        GlobalPhase phase => new GlobalPhase(-phase.Phase, phase.Controls) { Condition = phase.Condition },
        Barrier or Delay => (Operation)operation,
        _ => throw new NotUnitaryException("inverted", at, operation),
    }).Reverse(), BitCount, Parameters);

    /// <summary>The same on those qubits alone that take part in something but barriers: a circuit of a few qubits of a large device becomes one of a few qubits.</summary>
    /// <param name="qubits">The qubit of this circuit that each of the result's is, ascending; at least one.</param>
    public Circuit OnUsedQubits(out ImmutableArray<int> qubits)
    {
        var used = new SortedSet<int>(Operations.Where(o => o is not Barrier).SelectMany(o => o.Qubits));
        if (used.Count == 0) used.Add(0);
        qubits = [.. used];
        if (used.Count == QubitCount) return this;
        var places = qubits.Select((q, place) => (q, place)).ToDictionary(p => p.q, p => p.place);
        return new Circuit(qubits.Length, Operations.Select(o => o is Barrier { Qubits.IsEmpty: false } barrier
            ? new Barrier([.. barrier.Qubits.Where(used.Contains).Select(q => places[q])]) : o.Map(q => places[q], a => a)), BitCount, Parameters);
    }

    /// <summary>This circuit and then <paramref name="next"/>, on the same qubits and classical bits. Parameters of one name are one parameter.</summary>
    public Circuit Then(Circuit next)
    {
        ArgumentNullException.ThrowIfNull(next);
        if (next.QubitCount != QubitCount)
            throw new QuantumException($"A circuit of {next.QubitCount} qubits cannot follow one of {QubitCount}. Place it first: next.OnQubits({QubitCount}, …).");
        return new Circuit(QubitCount, [.. Operations, .. next.Operations], Math.Max(BitCount, next.BitCount), Parameters.Union(next.Parameters));
    }

    /// <summary>This circuit and then what <paramref name="build"/> adds.</summary>
    public Circuit Then(Action<CircuitBuilder> build) => Then(Build(QubitCount, build));

    /// <summary>The circuit so many times in a row, with the same parameters every time.</summary>
    public Circuit Repeat(int times) => Repeat(times, static (parameter, _) => parameter);

    /// <summary>The circuit so many times in a row, its parameters renamed each time: <c>(p, k) => Parameter.Named($"{p}_{k}")</c>.</summary>
    /// <param name="times">How often; at least 1.</param>
    /// <param name="name">The parameter's name in repetition k, from 0.</param>
    public Circuit Repeat(int times, Func<Parameter, int, Parameter> name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (times < 1) throw new QuantumException($"A circuit cannot be repeated {times} times: at least 1 is needed.");
        var rounds = Enumerable.Range(0, times).Select(k => RenameParameters(p => name(p, k))).ToArray();
        return new Circuit(QubitCount, rounds.SelectMany(r => r.Operations), BitCount, rounds.SelectMany(r => r.Parameters).Distinct());
    }

    /// <summary>The circuit on other qubits: qubit q becomes <c>places[q]</c>.</summary>
    /// <param name="qubits">How many qubits the new circuit has.</param>
    /// <param name="places">A different qubit of the new circuit for every qubit of this one.</param>
    public Circuit OnQubits(int qubits, params ImmutableArray<int> places)
    {
        if (places.IsDefault || places.Length != QubitCount)
            throw new QuantumException($"The circuit has {QubitCount} qubits, but {(places.IsDefault ? 0 : places.Length)} places were given: one for each.");
        foreach (var place in places)
            if ((uint)place >= (uint)qubits) throw new QubitOutOfRangeException(place, qubits);
        if (places.Distinct().Count() != places.Length) throw new QuantumException($"The qubits cannot be placed on {string.Join(", ", places)}: places must differ.");
        return new Circuit(qubits, Operations.Select(o => o.Map(q => places[q], a => a)), BitCount, Parameters);
    }

    /// <summary>The circuit under control: it acts when every control has its value. Its global phase becomes a relative phase.</summary>
    /// <param name="controls">Qubits that the circuit does not use; they may be new ones, numbered from <see cref="QubitCount"/>.</param>
    /// <exception cref="NotUnitaryException">The circuit measures or resets.</exception>
    public Circuit Controlled(params ImmutableArray<Control> controls)
    {
        foreach (var control in controls)
        {
            if (control.Qubit < 0) throw new QuantumException($"Qubit {control.Qubit} cannot be a control: qubits are numbered from 0.");
            if (Operations.Any(o => o is not (Barrier or Delay) && o.Qubits.Contains(control.Qubit)))
                throw new QuantumException($"Qubit {control.Qubit} cannot control a circuit that acts on it. Move the circuit first: circuit.OnQubits(…).");
        }
        var qubits = Math.Max(QubitCount, controls.Select(c => c.Qubit + 1).DefaultIfEmpty().Max());
        return new Circuit(qubits, Operations.Select((operation, at) => operation switch
        {
            GateOperation gate => gate.Controlled(controls),
            GlobalPhase phase => new GlobalPhase(phase.Phase, [.. controls, .. phase.Controls]) { Condition = phase.Condition },
            Barrier or Delay => (Operation)operation,
            _ => throw new NotUnitaryException("controlled", at, operation),
        }), BitCount, Parameters);
    }

    /// <summary>The circuit under control of qubits that must be 1.</summary>
    public Circuit Controlled(params ReadOnlySpan<int> controls)
    {
        var all = ImmutableArray.CreateBuilder<Control>();
        foreach (var control in controls) all.Add(new Control(control));
        return Controlled(all.ToImmutable());
    }

    private Circuit WithAngles(Func<Angle, Angle> angle, IEnumerable<Parameter> parameters) =>
        new(QubitCount, Operations.Select(o => o.Angles.All(a => a.IsConstant) ? o : o.Map(q => q, angle)), BitCount, parameters);

    private string UnknownParameter(string name) => $"The circuit has no parameter '{name}'. "
        + (Nearest.To(name, Parameters.Select(p => p.Name)) is { } near ? $"Did you mean '{near}'?"
            : Parameters.IsEmpty ? "It has none." : $"Its parameters are: {string.Join(", ", Parameters)}.");
}
