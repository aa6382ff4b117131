using QTrain.Formats;

namespace QTrain.Devices.Import;

/// <summary>Amazon Braket device capabilities: the document itself, or an answer of <c>GetDevice</c> that carries it as text.</summary>
/// <remarks>The standardized properties go first; what they lack is taken from the provider's own (IonQ, AQT, Rigetti, IQM). A simultaneous benchmark
/// goes before an isolated one, because circuits run so.</remarks>
internal static class BraketImporter
{
    public static bool IsAnswer(SourceNode root) => root.IsObject && root.Find("deviceCapabilities") is { Kind: JsonKind.Text };

    public static bool Is(SourceNode root) => root.IsObject && (root.Find("braketSchemaHeader") is { IsObject: true } header && header.Find("name") is { Kind: JsonKind.Text } name
        && name.AsText().Contains("device_capabilities", StringComparison.Ordinal) || root.Find("paradigm") is { IsObject: true } && root.Find("service") is { IsObject: true });

    public static Calibration Read(SourceNode root, string? device)
    {
        var notes = new Notes();
        var paradigm = root.Require("paradigm").AsObject();
        var provider = ProviderOf(root);
        var at = root.Find("service")?.Find("updatedAt")?.AsTime();
        var own = root.Find("provider");
        at = own?.Find("properties") is { IsObject: true } ownProperties ? ownProperties.Find("updated_at")?.AsTime() ?? at : at;
        var map = new QubitNames(root, paradigm);
        var native = paradigm.Find("nativeGateSet")?.AsList().Select(g => GateNames.Of(g.AsText())).Distinct().ToList() ?? [];
        if (native.Count == 0) notes.Add("The native gates are not listed: values are kept for prx, and for the two-qubit gates that have some.");
        var draft = new Draft(map, native, at, notes);
        if (root.Find("standardized") is { IsObject: true } standardized) draft.AddStandardized(standardized);
        if (own is { IsObject: true } given) draft.AddProvider(given);
        return root.At(() => new Calibration(device ?? provider, draft.Qubits, draft.Gates(), map.Couplings, draft.NativeGates)
        {
            Provider = provider,
            TakenAt = at,
            Source = "Braket device capabilities",
            EveryQubit = draft.EveryQubit,
            Limits = ReadLimits(root),
            Prices = ReadPrices(root, notes),
            Notes = notes.All,
        });
    }

    private static string ProviderOf(SourceNode root)
    {
        // braket.device_schema.ionq.ionq_device_capabilities
        var parts = root.Find("braketSchemaHeader")?.Find("name")?.AsText().Split('.') ?? [];
        return parts.Length >= 3 ? parts[2] : "braket";
    }

    private static DeviceLimits? ReadLimits(SourceNode root)
    {
        var range = root.Find("service")?.Find("shotsRange")?.AsList();
        if (range is { Count: not 2 }) throw root.Find("service")!.Value.Find("shotsRange")!.Value.Fault("must be two numbers [least, most].");
        var most = root.Find("action") is { IsObject: true } action && action.Find("braket.ir.openqasm.program_set")?.Find("maximumExecutables") is { } executables ? executables.AsInteger(1) : (int?)null;
        return range is null && most is null ? null : new DeviceLimits(range?[0].AsInteger(0), range?[1].AsInteger(1), most);
    }

    private static Prices? ReadPrices(SourceNode root, Notes notes)
    {
        if (root.Find("service")?.Find("deviceCost") is not { IsObject: true } cost) return null;
        var (price, unit) = (cost.Require("price").AsMoney(), cost.Require("unit"));
        if (unit.AsText() == "shot") notes.Add("The price of a shot is known; the fee of each task is in the provider's price list, not in this source.");
        return unit.AsText() switch
        {
            "shot" => new Prices(PerShot: price),
            "task" => new Prices(PerJob: price),
            "minute" => new Prices(PerSecond: price / 60),
            "second" => new Prices(PerSecond: price),
            _ => throw unit.Fault($"must be shot, task, minute or second, not \"{unit.AsText()}\"."),
        };
    }

    /// <summary>Qubits by the provider's names, and which are coupled.</summary>
    private sealed class QubitNames
    {
        private readonly Dictionary<string, int> _numbers;

        public QubitNames(SourceNode root, SourceNode paradigm)
        {
            var count = paradigm.Require("qubitCount").AsInteger(1, 100_000);
            var graph = paradigm.Find("connectivity");
            var isFull = graph?.Find("fullyConnected")?.AsTruth() ?? graph is null;
            var names = new HashSet<string>();
            foreach (var (from, list) in graph?.Find("connectivityGraph")?.AsObject().Members ?? [])
            {
                names.Add(from);
                foreach (var to in list.AsList()) names.Add(to.AsText());
            }
            foreach (var (name, _) in root.Find("standardized")?.Find("oneQubitProperties")?.Members ?? []) names.Add(name);
            if (isFull) for (var q = 0; names.Count < count; q++) names.Add(q.ToString());
            Ordered = [.. names.OrderBy(n => n.Length).ThenBy(n => n, StringComparer.Ordinal)];
            if (Ordered.Length != count) throw paradigm.Require("qubitCount").Fault($"is {count}, but the connectivity and properties name {Ordered.Length} qubits.");
            _numbers = Ordered.Select((n, k) => (n, k)).ToDictionary(x => x.n, x => x.k);
            if (isFull) return;
            Couplings = [];
            foreach (var (from, list) in graph?.Find("connectivityGraph")?.Members ?? [])
                foreach (var to in list.AsList())
                {
                    if (to.AsText() == from) throw to.Fault("couples a qubit with itself.");
                    Couplings.Add(QubitPair.Of(_numbers[from], _numbers[to.AsText()]));
                }
        }

        public string[] Ordered { get; }

        public HashSet<QubitPair>? Couplings { get; }

        public int Of(string name, SourceNode at) => _numbers.TryGetValue(name, out var number) ? number : throw at.Fault($"is no qubit of this device: '{name}' is not in its connectivity.");

        public QubitPair Pair(string key, SourceNode at)
        {
            var ends = key.Split('-');
            if (ends.Length != 2 || ends[0] == ends[1]) throw at.Fault("must be named by two qubits, such as \"0-1\".");
            return QubitPair.Of(Of(ends[0], at), Of(ends[1], at));
        }
    }

    /// <summary>What was found so far; a value that is there is not replaced.</summary>
    private sealed class Draft(QubitNames names, List<string> native, DateTimeOffset? at, Notes notes)
    {
        private readonly QubitCalibration[] _qubits = [.. names.Ordered.Select((n, k) => new QubitCalibration { Label = n == k.ToString() ? null : n })];
        private readonly Dictionary<int, CalibratedValue> _one = [];
        private readonly Dictionary<(string Gate, QubitPair Pair), CalibratedValue> _two = [];
        private CalibratedValue? _everyOne, _everyTwo, _oneDuration, _twoDuration;

        public IReadOnlyList<QubitCalibration> Qubits => _qubits;

        public QubitCalibration? EveryQubit { get; private set; }

        public IEnumerable<string> NativeGates => native.Count > 0 ? native : ["prx", .. _two.Keys.Select(k => k.Gate)];

        public void AddStandardized(SourceNode node)
        {
            foreach (var (name, properties) in node.Find("oneQubitProperties")?.AsObject().Members ?? [])
            {
                var q = names.Of(name, properties);
                _qubits[q] = _qubits[q] with { T1 = Time(properties.Find("T1"), "t1"), T2 = Time(properties.Find("T2"), "t2") };
                var fidelities = properties.Find("oneQubitFidelity")?.AsList() ?? [];
                if (OfType(fidelities, "SIMULTANEOUS_RANDOMIZED_BENCHMARKING", "RANDOMIZED_BENCHMARKING") is { } gate) _one.TryAdd(q, gate);
                if (OfType(fidelities, "READOUT") is { } readout) _qubits[q] = _qubits[q] with { ReadoutError = readout };
            }
            foreach (var (key, properties) in node.Find("twoQubitProperties")?.AsObject().Members ?? [])
                foreach (var fidelity in properties.Find("twoQubitGateFidelity")?.AsList() ?? [])
                    _two.TryAdd((GateNames.Of(fidelity.Require("gateName").AsText()), names.Pair(key, properties)), fidelity.Require("fidelity").ErrorOfFidelity(at, fidelity.Find("standardError")));
            // Version 3 gives values of the whole device.
            Every(e => e with { T1 = e.T1 ?? Time(node.Find("T1"), "t1"), T2 = e.T2 ?? Time(node.Find("T2"), "t2"), ReadoutError = e.ReadoutError ?? First(node.Find("readoutFidelity")) });
            _everyTwo ??= First(node.Find("twoQubitGateFidelity"));
        }

        public void AddProvider(SourceNode own)
        {
            if (own.Find("timing") is { IsObject: true } timing)
            {
                var fidelity = own.Find("fidelity");
                Every(e => e with
                {
                    T1 = e.T1 ?? Number(timing.Find("T1"), "t1"),
                    T2 = e.T2 ?? Number(timing.Find("T2"), "t2"),
                    ReadoutError = e.ReadoutError ?? fidelity?.Find("spam")?.FindAny("mean", "median")?.ErrorOfFidelity(at),
                    ReadoutDuration = e.ReadoutDuration ?? Number(timing.Find("readout"), "readoutDuration"),
                });
                _everyOne ??= fidelity?.Find("1Q")?.FindAny("mean", "median")?.ErrorOfFidelity(at);
                _everyTwo ??= fidelity?.Find("2Q")?.FindAny("mean", "median")?.ErrorOfFidelity(at);
                (_oneDuration, _twoDuration) = (Number(timing.Find("1Q"), "duration"), Number(timing.Find("2Q"), "duration"));
                notes.Add("Values hold for the whole device: this source has none of single qubits or pairs.");
            }
            if (own.Find("properties") is { IsObject: true } properties)
            {
                foreach (var (qubit, error) in AqtImporter.SingleQubitErrors(properties, at)) _one.TryAdd(names.Of(qubit.ToString(), properties), error);
                var every = AqtImporter.EveryQubit(properties, at);
                Every(e => e with { T1 = e.T1 ?? every.T1, T2 = e.T2 ?? every.T2, ReadoutError = e.ReadoutError ?? every.ReadoutError, ReadoutDuration = e.ReadoutDuration ?? every.ReadoutDuration });
                foreach (var gate in AqtImporter.Gates(properties, new Dictionary<int, CalibratedValue>(), at, "one", "two"))
                    if (gate.Gate == "one") _oneDuration ??= gate.Duration;
                    else if (gate.Gate == "two") (_everyTwo, _twoDuration) = (_everyTwo ?? gate.Error, _twoDuration ?? gate.Duration);
                AddTables(properties.Find("one_qubit"), properties.Find("two_qubit"));
            }
            if (own.Find("specs") is { IsObject: true } specs) AddTables(specs.Find("1Q"), specs.Find("2Q"));
        }

        public IEnumerable<GateCalibration> Gates()
        {
            var zero = new GateCalibration { Gate = "rz", Error = CalibratedValue.Probability(0), Duration = CalibratedValue.Seconds(0) };
            foreach (var gate in native.Count > 0 ? native : ["prx"])
            {
                if (GateNames.QubitsOf(gate) is 1 && GateNames.IsVirtual(gate)) yield return zero with { Gate = gate };
                else if (GateNames.QubitsOf(gate) is 1)
                {
                    foreach (var (q, error) in _one) yield return new GateCalibration { Gate = gate, Qubits = [q], Error = error, Duration = _oneDuration };
                    if (_one.Count < _qubits.Length) yield return new GateCalibration { Gate = gate, Error = _everyOne, Duration = _oneDuration };
                }
            }
            var entanglers = native.Where(g => GateNames.QubitsOf(g) is 2).ToList();
            foreach (var ((gate, pair), error) in _two)
                yield return new GateCalibration
                {
                    Gate = gate,
                    Qubits = [pair.First, pair.Second],
                    Error = error,
                    Duration = _twoDuration,
                    IsEnabled = names.Couplings is null || names.Couplings.Contains(pair),
                };
            if (_everyTwo is null && _twoDuration is null) yield break;
            foreach (var gate in entanglers) yield return new GateCalibration { Gate = gate, Error = _everyTwo, Duration = _twoDuration };
            if (_everyTwo is not null && entanglers.Count > 1) notes.Add($"One two-qubit fidelity is given for the whole device: it is kept for each of {string.Join(", ", entanglers)}.");
        }

        private void AddTables(SourceNode? one, SourceNode? two)
        {
            foreach (var (name, node) in one?.AsObject().Members ?? [])
            {
                var q = names.Of(name, node);
                _qubits[q] = _qubits[q] with
                {
                    T1 = _qubits[q].T1 ?? Number(node.Find("T1"), "t1"),
                    T2 = _qubits[q].T2 ?? Number(node.Find("T2"), "t2"),
                    ReadoutError = _qubits[q].ReadoutError ?? node.Find("fRO")?.ErrorOfFidelity(at),
                };
                if (node.FindAny("f1Q_simultaneous_RB", "f1QRB_simultaneous", "f1QRB", "f1Q_RB") is { } fidelity) _one.TryAdd(q, fidelity.ErrorOfFidelity(at));
            }
            foreach (var (key, node) in two?.AsObject().Members ?? [])
                foreach (var (name, value) in node.Members)
                    // fCZ, fISWAP, fXY; what ends in _std_err or holds another quantity is none.
                    if (name.Length > 1 && name[0] == 'f' && name[1..].All(char.IsAsciiLetterUpper) && value.Kind == JsonKind.Number)
                        _two.TryAdd((GateNames.Of(name[1..]), names.Pair(key, node)), value.ErrorOfFidelity(at, node.FindAny(name + "_std_err")));
        }

        private void Every(Func<QubitCalibration, QubitCalibration> add)
        {
            var result = add(EveryQubit ?? new QubitCalibration());
            if (result != new QubitCalibration()) EveryQubit = result;
        }

        private CalibratedValue? OfType(IReadOnlyList<SourceNode> fidelities, params ReadOnlySpan<string> types)
        {
            foreach (var type in types)
                foreach (var fidelity in fidelities)
                    if (fidelity.Find("fidelityType")?.Find("name")?.AsText() == type) return fidelity.Require("fidelity").ErrorOfFidelity(at, fidelity.Find("standardError"));
            return null;
        }

        private CalibratedValue? First(SourceNode? list) => list?.AsList() is [var first, ..] ? first.Require("fidelity").ErrorOfFidelity(at, first.Find("standardError")) : null;

        private CalibratedValue? Time(SourceNode? given, string quantity)
        {
            if (given is not { } node || node.Find("value") is not { } value) return null;
            if (node.Find("unit") is { } unit && !unit.AsText().Equals("s", StringComparison.OrdinalIgnoreCase)) throw unit.Fault($"must be \"S\", seconds, not \"{unit.AsText()}\".");
            return value.Checked(quantity, CalibratedValue.Seconds(value.AsNumber(), at, node.Find("standardError")?.AsNumber()));
        }

        private CalibratedValue? Number(SourceNode? given, string quantity) => given is { } node ? node.Checked(quantity, CalibratedValue.Seconds(node.AsNumber(), at)) : null;
    }
}
