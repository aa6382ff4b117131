using System.Text.Json.Nodes;
using QTrain.Devices;
using QTrain.Formats;

namespace QTrain.Tests.Devices;

public sealed class An_imported_calibration
{
    /// <summary>A product of a number with a power of ten.</summary>
    private const double Rounding = 1e-15;

    [Fact]
    public void of_IBM_has_its_values_in_seconds_hertz_and_UTC()
    {
        var manila = CalibrationData.Import("ibm/props_manila.json", "ibm/conf_manila.json");
        (manila.Device, manila.Provider, manila.Version).ShouldBe(("ibmq_manila", "ibm", "1.2.6"));
        manila.TakenAt.ShouldBe(new DateTimeOffset(2024, 5, 27, 18, 27, 23, TimeSpan.Zero));
        var q = manila.Qubits[0];
        q.T1!.Value.Value.ShouldBe(131.53e-6, 1e-8);
        q.T1.Value.MeasuredAt!.Value.Offset.ShouldBe(TimeSpan.Zero);
        q.Frequency!.Value.Value.ShouldBe(4.962356e9, 1e3);
        q.Anharmonicity!.Value.Value.ShouldBeLessThan(-3e8);
        q.Position.ShouldBe((1, 2));
        manila.NativeGates.ShouldBe(["cx", "id", "rz", "sx", "x"]);
        manila.Couplings.Select(c => c.ToString()).ShouldBe(["0-1", "1-2", "2-3", "3-4"]);
        manila.Neighbours(1).ShouldBe([0, 2]);
        manila.Find("rz", 3)!.Duration!.Value.Value.ShouldBe(0);
        manila.Find("cx", 0, 1)!.Error!.Value.Unit.ShouldBe(CalibrationUnit.Probability);
        manila.Limits!.MaxShots.ShouldBe(100_000);
        manila.Limits.RepetitionDelaySeconds!.Value.ShouldBe(250e-6, Rounding);
    }

    [Theory]
    [InlineData("props_manila"), InlineData("props_lima"), InlineData("props_nairobi"), InlineData("props_torino"), InlineData("props_belem"), InlineData("props_bogota")]
    public void of_IBM_has_every_number_of_its_file(string file)
    {
        var text = CalibrationData.Text($"ibm/{file}.json");
        var made = CalibrationFiles.Read([(text, file)]).ShouldHaveSingleItem();
        var source = JsonNode.Parse(text)!;
        (string Theirs, Func<QubitCalibration, CalibratedValue?> Ours, double Factor)[] quantities =
        [
            ("T1", q => q.T1, 1e-6), ("T2", q => q.T2, 1e-6), ("frequency", q => q.Frequency, 1e9), ("readout_error", q => q.ReadoutError, 1),
            ("prob_meas1_prep0", q => q.OneGivenZero, 1), ("prob_meas0_prep1", q => q.ZeroGivenOne, 1), ("readout_length", q => q.ReadoutDuration, 1e-9),
        ];
        for (var q = 0; q < made.Qubits.Length; q++)
            foreach (var (theirs, ours, factor) in quantities)
            {
                var node = source["qubits"]![q]!.AsArray().FirstOrDefault(p => (string?)p!["name"] == theirs);
                if (node is null) ours(made.Qubits[q]).ShouldBeNull($"{theirs} of {q}");
                else
                {
                    ours(made.Qubits[q])!.Value.Value.ShouldBe((double)node["value"]! * factor, Math.Abs((double)node["value"]! * factor) * 1e-14);
                    ours(made.Qubits[q])!.Value.MeasuredAt.ShouldBe(DateTimeOffset.Parse((string)node["date"]!));
                }
            }
        foreach (var gate in source["gates"]!.AsArray())
        {
            var found = made.Find((string)gate!["gate"]!, [.. gate["qubits"]!.AsArray().Select(x => (int)x!)])!;
            var error = gate["parameters"]!.AsArray().FirstOrDefault(p => (string?)p!["name"] == "gate_error");
            found.IsEnabled.ShouldBe(error is null || (double)error["value"]! < 1);
            (found.Error?.Value).ShouldBe(found.IsEnabled ? (double?)error?["value"] : null, found.ToString());
        }
    }

    [Fact]
    public void keeps_gaps_as_gaps_and_disabled_gates_as_disabled()
    {
        var torino = CalibrationData.Import("ibm/conf_torino.json", "ibm/props_torino.json");
        torino.Gates.Count(g => !g.IsEnabled).ShouldBe(322);
        torino.Gates.Where(g => !g.IsEnabled).ShouldAllBe(g => g.Error == null);
        torino.Qubits.ShouldAllBe(q => q.Frequency == null);
        torino.Find("rzz", 0, 1)!.IsEnabled.ShouldBeFalse();
        torino.NativeGates.ShouldNotContain("rzz");
        var kingston = BuiltInDevices.Get("kingston");
        kingston.Qubits.Count(q => q.T1 is null).ShouldBe(1);
    }

    [Fact]
    public void of_IBM_properties_alone_takes_couplings_from_the_gates_and_says_so()
    {
        var nairobi = CalibrationData.Import("ibm/props_nairobi.json");
        nairobi.Couplings.ShouldBe(CalibrationData.Import("ibm/props_nairobi.json", "ibm/conf_nairobi.json").Couplings);
        nairobi.Notes.ShouldHaveSingleItem().ShouldContain("configuration was not given");
    }

    [Fact]
    public void has_one_identity_in_whatever_order_and_spelling_its_file_is_written()
    {
        var text = CalibrationData.Text("ibm/props_manila.json");
        var plain = CalibrationData.ReadText(text);
        CalibrationData.ReadText(Turned(JsonNode.Parse(text)!).ToJsonString()).ContentId.ShouldBe(plain.ContentId);
        CalibrationData.ReadText(text.Replace("\"us\"", "\"µs\"", StringComparison.Ordinal)).ContentId.ShouldBe(plain.ContentId);
        var other = JsonNode.Parse(text)!;
        other["gates"]![0]!["parameters"]![0]!["value"] = 0.25;
        CalibrationData.ReadText(other.ToJsonString()).ContentId.ShouldNotBe(plain.ContentId);
        plain.ContentId.ShouldMatch("^[0-9a-f]{64}$");

        static JsonNode Turned(JsonNode node) => node switch
        {
            JsonObject o => new JsonObject(o.Reverse().Select(p => KeyValuePair.Create(p.Key, p.Value is null ? null : (JsonNode?)Turned(p.Value)))),
            JsonArray a => new JsonArray([.. a.Select(x => x is null ? null : Turned(x))]),
            _ => node.DeepClone(),
        };
    }

    [Fact]
    public void survives_writing_and_reading()
    {
        foreach (var name in BuiltInDevices.Names)
        {
            var device = BuiltInDevices.Get(name);
            CalibrationJson.Read(CalibrationJson.Write(device), name).ShouldBe(device);
            CalibrationJson.Read(CalibrationJson.Write(device, compact: true), name).ContentId.ShouldBe(device.ContentId);
        }
        var ionq = CalibrationData.Import("examples/braket_ionq_device_capabilities.test-fixture.json");
        CalibrationJson.Read(CalibrationJson.Write(ionq), "ionq").ShouldBe(ionq);
    }

    [Fact]
    public void of_Braket_IonQ_holds_for_the_whole_device()
    {
        var ionq = CalibrationData.Import("examples/braket_ionq_device_capabilities.test-fixture.json");
        (ionq.Provider, ionq.Qubits.Length, ionq.IsFullyConnected).ShouldBe(("ionq", 25, true));
        ionq.NativeGates.ShouldBe(["gpi", "gpi2", "ms"]);
        ionq.Find("ms", 3, 17)!.Error!.Value.Value.ShouldBe(0.01, Rounding);
        ionq.Find("ms", 3, 17)!.Duration!.Value.Value.ShouldBe(6e-4, Rounding);
        ionq.Find("gpi2", 24)!.Error!.Value.Value.ShouldBe(2e-4, Rounding);
        ionq.Qubits.ShouldAllBe(q => q.T1 == null);
        ionq.Of(7, q => q.T1)!.Value.Value.ShouldBe(123.45678);
        ionq.Of(7, q => q.ReadoutError)!.Value.Value.ShouldBe(0.0063, Rounding);
        ionq.Limits.ShouldBe(new DeviceLimits(1, 20000));
        ionq.TakenAt.ShouldBeNull();
    }

    [Fact]
    public void of_Braket_AQT_prefers_the_standardized_properties()
    {
        var aqt = CalibrationData.Import("examples/braket_aqt_device_capabilities.test-fixture.json");
        aqt.Find("prx", 1)!.Error!.Value.Value.ShouldBe(1 - 0.9899973, Rounding);
        aqt.Find("prx", 1)!.Duration!.Value.Value.ShouldBe(30e-6, Rounding);
        aqt.Find("rxx", 0, 2)!.Error!.Value.Value.ShouldBe(1 - 0.9769070000000001, Rounding);
        aqt.Find("rxx", 0, 2)!.Error!.Value.Uncertainty.ShouldBe(0.0048);
        aqt.Of(0, q => q.T2)!.Value.Value.ShouldBe(0.1632);
        aqt.TakenAt.ShouldBe(new DateTimeOffset(2000, 9, 19, 12, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public void of_Braket_with_tables_has_the_provider_s_names_couplings_and_price()
    {
        const string text = """
            {"braketSchemaHeader":{"name":"braket.device_schema.iqm.iqm_device_capabilities","version":"1"},
             "service":{"shotsRange":[1,20000],"deviceCost":{"price":0.00145,"unit":"shot"},"updatedAt":"2024-04-04T01:10:02.869136"},
             "paradigm":{"qubitCount":3,"nativeGateSet":["cz","prx"],"connectivity":{"fullyConnected":false,"connectivityGraph":{"1":["2"],"2":["1","3"]}}},
             "standardized":{"oneQubitProperties":{
                "1":{"T1":{"value":2e-5,"standardError":null,"unit":"S"},"T2":{"value":8e-6,"unit":"S"},
                     "oneQubitFidelity":[{"fidelityType":{"name":"RANDOMIZED_BENCHMARKING"},"fidelity":0.999},{"fidelityType":{"name":"READOUT"},"fidelity":0.9795}]}},
               "twoQubitProperties":{"1-2":{"twoQubitGateFidelity":[{"direction":null,"gateName":"CZ","fidelity":0.99,"standardError":0.0009,"fidelityType":{"name":"RANDOMIZED_BENCHMARKING"}}]},
                                     "1-3":{"twoQubitGateFidelity":[{"gateName":"CZ","fidelity":0.9}]}}},
             "provider":{"properties":{"one_qubit":{"1":{"T1":9,"fRO":0.5},"2":{"T1":3e-5,"T2":4e-6,"f1Q_simultaneous_RB":0.998,"fRO":0.97}},"two_qubit":{"2-3":{"fCZ":0.98}}}}}
            """;
        var device = CalibrationData.ReadText(System.Text.Json.JsonSerializer.Serialize(new { deviceName = "Garnet", deviceCapabilities = text }), "garnet");
        (device.Device, device.Provider).ShouldBe(("garnet", "iqm"));
        device.Qubits.Select(q => q.Label).ShouldBe(["1", "2", "3"]);
        device.Qubits[0].T1!.Value.Value.ShouldBe(2e-5, "the standardized value goes first");
        device.Qubits[0].ReadoutError!.Value.Value.ShouldBe(0.0205, Rounding);
        device.Qubits[1].T1!.Value.Value.ShouldBe(3e-5);
        device.Qubits[2].T1.ShouldBeNull();
        device.Couplings.ShouldBe([new QubitPair(0, 1), new QubitPair(1, 2)]);
        device.Find("cz", 0, 1)!.Error!.Value.Value.ShouldBe(0.01, Rounding);
        device.Find("cz", 1, 2)!.Error!.Value.Value.ShouldBe(0.02, Rounding);
        device.Find("cz", 0, 2)!.IsEnabled.ShouldBeFalse("the connectivity does not have it");
        device.Prices!.PerShot.ShouldBe(0.00145m);
        device.Prices.PerJob.ShouldBeNull();
        device.TakenAt!.Value.Year.ShouldBe(2024);
    }

    [Fact]
    public void of_IonQ_may_be_several_of_one_page()
    {
        var page = CalibrationFiles.Read([("""
            {"characterizations":[
              {"id":"617a1f8b","backend":"qpu.aria-1","date":"2025-06-16T00:00:00Z","qubits":3,"connectivity":[[0,1],[0,2],[2,1]],
               "fidelity":{"spam":{"median":0.9962,"stderr":null},"1q":{"median":0.9998,"stderr":0.0001},"2q":{"median":0.98,"stderr":null}},
               "timing":{"readout":0.0003,"reset":0.00002,"1q":0.000135,"2q":0.0006,"t1":10,"t2":1}},
              {"target":"qpu.forte-1","date":1718496000,"qubits":2,"fidelity":{"spam":{"mean":0.99},"2q":{"mean":0.97}},"timing":{"readout":0.0003,"reset":0.00002}}],
             "pages":1}
            """, "page.json")]);
        page.Select(c => c.Device).ShouldBe(["qpu.aria-1", "qpu.forte-1"]);
        page[0].IsFullyConnected.ShouldBeTrue();
        page[0].Find("gpi", 2)!.Error.ShouldBe(CalibratedValue.Probability(1 - 0.9998, new DateTimeOffset(2025, 6, 16, 0, 0, 0, TimeSpan.Zero), 0.0001));
        page[1].NativeGates.ShouldBe(["gpi", "gpi2", "rzz"]);
        page[1].TakenAt.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1718496000));
        page[1].Find("gpi", 0)!.Error.ShouldBeNull();
        page[1].Of(0, q => q.T1).ShouldBeNull();
    }

    private const string IqmMetrics = """
        {"quality_metric_set_id":"1","calibration_set_id":"059e","created_timestamp":"2025-09-01T06:00:00Z","observations":[
          {"dut_field":"characterization.model.QB1.t1_time","value":3.6e-5,"unit":"s","uncertainty":1e-6,"invalid":false},
          {"dut_field":"characterization.model.QB2.t1_time","value":9.9,"unit":"s","invalid":true},
          {"dut_field":"characterization.model.QB1.t2_time","value":1.1e-5,"unit":"s"},
          {"dut_field":"metrics.ssro.measure.constant.QB1.fidelity","value":0.975,"unit":""},
          {"dut_field":"metrics.ssro.measure.constant.QB1.error_0_to_1","value":0.02,"unit":""},
          {"dut_field":"metrics.rb.prx.drag_gaussian.QB1.fidelity:par=d2","value":0.98,"unit":""},
          {"dut_field":"metrics.rb.prx.drag_crf.QB1.fidelity:par=d2","value":0.9991,"unit":""},
          {"dut_field":"metrics.irb.cz.tgss.QB1__QB3.fidelity:par=d2","value":0.7,"unit":""},
          {"dut_field":"metrics.irb.cz.tgss.QB1__QB2.fidelity:par=d2","value":0.9935,"unit":""}]}
        """;

    private const string IqmArchitecture = """
        {"calibration_set_id":"059e","qubits":["QB1","QB2","QB3"],"computational_resonators":[],
         "gates":{"prx":{"implementations":{"drag_crf":{"loci":[["QB1"],["QB2"],["QB3"]]},"drag_gaussian":{"loci":[["QB1"]]}},"default_implementation":"drag_crf","override_default_implementation":{}},
                  "cz":{"implementations":{"tgss":{"loci":[["QB1","QB2"],["QB2","QB3"]]}},"default_implementation":"tgss","override_default_implementation":{}},
                  "measure":{"implementations":{"constant":{"loci":[["QB1"],["QB2"],["QB3"]]}},"default_implementation":"constant","override_default_implementation":{}}}}
        """;

    [Fact]
    public void of_IQM_uses_what_the_architecture_allows()
    {
        var iqm = CalibrationFiles.Read([(IqmMetrics, "garnet_metrics.json"), (IqmArchitecture, "garnet.json")]).ShouldHaveSingleItem();
        iqm.Device.ShouldBe("garnet");
        iqm.Qubits.Select(q => q.Label).ShouldBe(["QB1", "QB2", "QB3"]);
        iqm.Qubits[0].T1.ShouldBe(CalibratedValue.Seconds(3.6e-5, new DateTimeOffset(2025, 9, 1, 6, 0, 0, TimeSpan.Zero), 1e-6));
        iqm.Qubits[1].T1.ShouldBeNull("it is marked invalid");
        iqm.Qubits[0].OneGivenZero!.Value.Value.ShouldBe(0.02);
        iqm.Find("prx", 0)!.Error!.Value.Value.ShouldBe(0.0009, Rounding, "of the default implementation");
        iqm.Find("cz", 0, 1)!.Error!.Value.Value.ShouldBe(0.0065, Rounding);
        iqm.Find("cz", 0, 2)!.IsEnabled.ShouldBeFalse("it was measured, but the architecture leaves it out");
        iqm.Find("cz", 1, 2)!.Error.ShouldBeNull("it is there, but was not measured");
        iqm.Couplings.ShouldBe([new QubitPair(0, 1), new QubitPair(1, 2)]);
        Should.Throw<InvalidFileException>(() => CalibrationFiles.Read([(IqmMetrics, "m.json"), (IqmArchitecture.Replace("059e", "777", StringComparison.Ordinal), "a.json")])).Message.ShouldContain("$.calibration_set_id is 777");
    }

    [Fact]
    public void of_Google_is_named_and_dated_by_its_file()
    {
        var rainbow = CalibrationFiles.Read([(CalibrationData.Text("google/rainbow_2021_11_16_calibration.json"), "x/rainbow_2021_11_16_calibration.json")]).ShouldHaveSingleItem();
        (rainbow.Device, rainbow.TakenAt).ShouldBe(("rainbow", new DateTimeOffset(2021, 11, 16, 0, 0, 0, TimeSpan.Zero)));
        var q = rainbow.Qubits.Single(q => q.Label == "3_2");
        q.T1!.Value.Value.ShouldBe(14.275215358658047e-6, Rounding);
        q.OneGivenZero!.Value.Value.ShouldBe(0.011324999999999807, "measured on all qubits at once");
        q.T2.ShouldBeNull();
        q.Position.ShouldBe((2, 3));
        var at = rainbow.Qubits.IndexOf(q);
        rainbow.Find("prx", at)!.Error!.Value.Value.ShouldBe(0.001188128054688209);
        rainbow.NativeGates.ShouldBe(["prx", "rz", "sqrt_iswap", "sycamore"]);
        var willow = CalibrationData.Import("google/willow_pink_d7v1-2024_08_16_calibration.json");
        var first = willow.Qubits.Single(x => x.Label == "0_6");
        willow.Find("prx", willow.Qubits.IndexOf(first))!.Error!.Value.Value.ShouldBe(0.001117660880557536 * 2 / 3, Rounding, "a Pauli error of one qubit");
        willow.Find("cz", willow.Qubits.IndexOf(first), willow.Qubits.Index().Single(x => x.Item.Label == "0_7").Index)!.Error!.Value.Value.ShouldBe(0.00325743339669049 * 0.8, Rounding);
    }

    [Fact]
    public void of_AQT_is_read_from_percents()
    {
        var ibex = CalibrationData.ReadText("""
            {"id":"ibex","name":"IBEX Q1","type":"device","status":"online","available_qubits":12,"status_updated_at":"2025-05-01T07:00:00Z",
             "characterisation":{"single_qubit_gate_fidelity":{"0":{"value":99.99973,"uncertainty":0.00004}},"mean_two_qubit_gate_fidelity":{"value":97.6907,"uncertainty":0.0048},
               "spam_fidelity_lower_bound":99.74,"t1_s":{"value":1.168,"uncertainty":0.007},"t2_coherence_time_s":{"value":0.1632,"uncertainty":0.0442},
               "single_qubit_gate_duration_micros":30.0,"two_qubit_gate_duration_micros":290.0,"readout_time_micros":1500.0,"updated_at":"2025-05-01T06:30:00Z"}}
            """);
        (ibex.Device, ibex.Qubits.Length).ShouldBe(("ibex", 12));
        ibex.Find("prx", 0)!.Error!.Value.Value.ShouldBe(2.7e-6, 1e-12);
        ibex.Find("rxx", 3, 5)!.Error!.Value.Value.ShouldBe(0.023093, 1e-12);
        ibex.Find("prx", 1).ShouldBeNull("only qubit 0 was measured");
    }

    public static TheoryData<string, string, string> Refused => new()
    {
        { "{}", "$ is no calibration", "nothing that is known" },
        { "[1, 2]", "$ is no calibration", "a list" },
        { "", "the file is empty", "nothing" },
        { """{"backend_name":"x","qubits":[[{"name":"T1","unit":"furlong","value":3}]],"gates":[]}""", "$.qubits[0][0].unit must be s, ms, us or ns, not \"furlong\"", "a unit" },
        { """{"backend_name":"x","qubits":[[{"name":"T1","unit":"us","value":-3}]],"gates":[]}""", "$.qubits[0][0].value cannot be -3: a time of relaxation is positive", "a negative time" },
        { """{"backend_name":"x","qubits":[[{"name":"T1","unit":"us","value":"3"}]],"gates":[]}""", "$.qubits[0][0].value must be a number", "a text" },
        { """{"backend_name":"x","qubits":[[{"name":"T1","unit":"us","value":3,"date":"yesterday"}]],"gates":[]}""", "$.qubits[0][0].date is no time", "a date" },
        { """{"backend_name":"x","qubits":[[{"name":"prob_meas0_prep1","unit":"","value":1.5}]],"gates":[]}""", "$.qubits[0][0].value cannot be 1.5: probabilities", "a probability" },
        { """{"backend_name":"x","qubits":[],"gates":[]}""", "$.qubits lists no qubit", "no qubit" },
        { """{"backend_name":"x","qubits":[[]],"gates":[{"gate":"cx","qubits":[0,1]}]}""", "$.gates[0].qubits[1] must be a whole number from 0 to 0", "a qubit beyond" },
        { """{"backend_name":"x","qubits":[[]],"gates":[{"gate":"x","qubits":[0]},{"gate":"x","qubits":[0]}]}""", "$.gates[1] gives values of x 0 a second time", "a gate twice" },
        { """{"backend_name":"x","n_qubits":3,"basis_gates":["cx"]}""", "has no calibrated value: give it together with the properties", "a configuration alone" },
        { """{"characterizations":[]}""", "the list is empty", "an empty page" },
        { """{"characterizations":[{"backend":"qpu.aria-1","qubits":2,"fidelity":{"spam":{"median":1.2}},"timing":{}}]}""", "$.characterizations[0].fidelity.spam.median cannot be 1.2", "a fidelity" },
        { """{"cirq_type":"Calibration","metrics":{"metrics":[{"name":"single_qubit_idle_t1_micros","targets":["a"],"values":[{"doubleVal":1}]}]}}""", "$.metrics.metrics[0].targets[0] must be a place row_column", "a place" },
        { """{"schema":"qtrain.calibration/1","device":"x","couplings":[],"qubits":[{"qubit":0,"t1":{"value":1,"unit":"us"}}]}""", "$.qubits[0].t1.unit must be \"s\"", "a unit of our own schema" },
        { """{"schema":"qtrain.calibration/1","device":"x","couplings":[[0,0]],"qubits":[{"qubit":0}]}""", "$.couplings[0] must be two different qubits", "a loop" },
        { """{"schema":"qtrain.calibration/1","device":"x","couplings":[],"qubits":[{"qubit":0,"T1":{}}]}""", "Did you mean \"t1\"?", "a key" },
        { """{"schema":"qtrain.calibration/2","device":"x","couplings":[],"qubits":[{"qubit":0}]}""", "the only version there is", "another version" },
        { """{"schema":"qtrain.calibration/1","device":"x","couplings":[],"qubits":[{"qubit":0}],"gates":[{"gate":"x","qubits":[0]},{"gate":"x","qubits":[0]}]}""", "calibrated twice", "a gate twice in our own schema" },
    };

    [Theory, MemberData(nameof(Refused))]
    public void is_refused_with_the_path_of(string text, string reason, string what)
    {
        var fault = Should.Throw<InvalidFileException>(() => CalibrationData.ReadText(text), what);
        fault.Message.ShouldContain(reason);
        fault.File.ShouldBe("a.json");
    }
}
