using QTrain.Devices;
using QTrain.Formats;
using QTrain.Operations.Specs;
using QTrain.Optimizers;
using QTrain.Training;
using QTrain.Training.Noisy;
using static QTrain.Operations.Tests.Specs.SpecFolder;

namespace QTrain.Operations.Tests.Specs;

public sealed class A_spec
{
    [Fact]
    public void of_a_molecule_alone_is_uccsd_from_hartree_fock_by_l_bfgs()
    {
        var prepared = Read($"problem: {{hamiltonian: {H2}}}");
        prepared.Spec.Name.ShouldBe("spec");
        prepared.Spec.Ansatz.ShouldBeOfType<UccsdSpec>();
        prepared.Spec.Initial.ShouldBeOfType<ZerosStart>();
        prepared.Plan.Optimizer.ShouldBeOfType<Lbfgs>();
        prepared.Plan.Problem.Ansatz.QubitCount.ShouldBe(4);
        prepared.Plan.Problem.KnownOptimum!.Value.ShouldBe(-1.1373060357533997);
        prepared.Plan.Stopping.MaxIterations.ShouldBe(1000);
        prepared.Plan.Shots.ShouldBeNull();
    }

    [Fact]
    public void of_a_regular_graph_alone_is_qaoa_from_the_fixed_angles()
    {
        var prepared = Read($"problem: {{maxcut: {Cube}}}");
        prepared.Spec.Ansatz.ShouldBe(new QaoaSpec(3));
        prepared.Spec.Initial.ShouldBeOfType<FixedAnglesStart>();
        prepared.Plan.Problem.Start[0].ShouldBe(0.4220840819023261);
    }

    [Fact]
    public void of_a_weighted_graph_starts_at_random() =>
        Read("problem: {maxcut: [[0, 1, 0.5], [1, 2, 2]]}").Spec.Initial.ShouldBeOfType<RandomStart>();

    [Fact]
    public void with_shots_is_trained_by_spsa() =>
        Read($"problem: {{hamiltonian: {H2}}}\nshots: 100").Plan.Optimizer.ShouldBeOfType<Spsa>();

    [Fact]
    public void with_a_device_is_noisy_and_keeps_the_calibration()
    {
        var prepared = Read($"problem: {{hamiltonian: {H2}}}\nbackend: {{device: manila, crosstalk: 0.1}}");
        prepared.Spec.Device.ShouldBe(new DeviceSpec("manila", 3, 0.1));
        var noise = prepared.Plan.Noise.ShouldBeOfType<DeviceNoiseSource>();
        noise.Calibration.ContentId.ShouldBe(BuiltInDevices.Get("manila").ContentId);
        noise.Options.Crosstalk.ShouldBe(0.1);
        prepared.Plan.Twin.ShouldBeNull();

        // Another machine, or a later version whose devices have other calibrations, makes the same plan of it.
        var restored = SpecCompiler.ToPlan(prepared.Json, prepared.Inputs);
        Evaluators.For(restored).Identity.ShouldBe(Evaluators.For(prepared.Plan).Identity);
        restored.Noise.ShouldBeOfType<DeviceNoiseSource>().Calibration.ShouldBe(noise.Calibration);
        SpecCompiler.Restore(prepared.Json, prepared.Inputs, ["backend.device=lima"]).Inputs.Keys.ShouldContain("calibration of lima");
    }

    [Fact]
    public void with_a_twin_tells_how_it_drifts_and_how_fast_time_goes()
    {
        var plan = Read($"problem: {{hamiltonian: {H2}}}\nshots: 100\nbackend: {{name: twin, device: lima, pace: 1h, drift: none}}").Plan;
        plan.Twin!.Pace.ShouldBe(TimeSpan.FromHours(1));
        plan.Twin.Options.Drift.ShouldBe(DriftProcess.None);
        Evaluators.For(plan).ShouldBeOfType<TwinEvaluator>();
    }

    [Fact]
    public void of_a_spin_chain_is_hardware_efficient_from_small_random_angles()
    {
        var prepared = Read("problem: {hamiltonian: hamiltonians/spin/tfim_open_n4_h1.0.json}");
        prepared.Spec.Ansatz.ShouldBeOfType<HardwareEfficientSpec>().Rotations.ShouldBe(["ry"]);
        prepared.Spec.Initial.ShouldBe(new RandomStart(null, -Math.PI, Math.PI, 0.1));
    }

    [Fact]
    public void says_every_rule_of_stopping()
    {
        var rules = Read($$"""
            problem: {hamiltonian: {{H2}}}
            stopping:
              iterations: 50
              evaluations: 1e6
              time: 1h30m
              tolerance: 1e-9
              gradient-tolerance: 1e-6
              plateau: {steps: 20, tolerance: 1e-5}
              divergence: 10
            """).Plan.Stopping;
        rules.ShouldBe(new StoppingRules
        {
            MaxIterations = 50, MaxEvaluations = 1_000_000, MaxTime = TimeSpan.FromMinutes(90), LossTolerance = 1e-9, GradientTolerance = 1e-6,
            PlateauSteps = 20, PlateauTolerance = 1e-5, DivergenceAbove = 10,
        });
    }

    [Theory]
    [InlineData("90", 90)]
    [InlineData("10m", 600)]
    [InlineData("2h", 7200)]
    [InlineData("1h30m", 5400)]
    [InlineData("1d 12h", 129600)]
    [InlineData("0.5s", 0.5)]
    [InlineData("500ms", 0.5)]
    public void reads_times_as_people_write_them(string text, double seconds) =>
        Read($"problem: {{hamiltonian: {H2}}}\nstopping: {{time: {text}}}").Plan.Stopping.MaxTime.ShouldBe(TimeSpan.FromSeconds(seconds));

    [Fact]
    public void switches_a_default_off_with_none() =>
        Read($"problem: {{hamiltonian: {H2}}}\nstopping: {{iterations: none}}").Plan.Stopping.MaxIterations.ShouldBeNull();

    [Fact]
    public void takes_initial_values_by_name_or_in_order()
    {
        var graph = "problem: {maxcut: [[0, 1], [1, 2]]}\nansatz: {type: qaoa, layers: 1}\n";
        Read(graph + "initial: [0.1, 0.2]").Plan.Problem.Start.ShouldBe([0.1, 0.2]);
        Read(graph + "initial: {values: {beta0: 0.2, gamma0: 0.1}}").Plan.Problem.Start.ShouldBe([0.1, 0.2]);
    }

    [Fact]
    public void starts_at_the_same_random_angles_for_the_same_seed()
    {
        string Spec(int seed) => $"problem: {{maxcut: {Cube}}}\ninitial: random\nseed: {seed}";
        Read(Spec(1)).Plan.Problem.Start.ShouldBe(Read(Spec(1)).Plan.Problem.Start);
        Read(Spec(1)).Plan.Problem.Start.ShouldNotBe(Read(Spec(2)).Plan.Problem.Start);
        Read(Spec(1)).Plan.Problem.Start.ShouldAllBe(angle => angle >= -Math.PI && angle < Math.PI);
    }

    [Fact]
    public void trains_a_circuit_of_ones_own()
    {
        var plan = Read("problem: {circuit: gradients/circuit_a.json, observable: gradients/circuit_a.json}").Plan;
        plan.Problem.Ansatz.Parameters.Select(p => p.Name).ShouldBe(["theta0", "theta1", "theta2", "theta3", "theta4"]);
    }

    [Fact]
    public void gives_optimizers_their_options()
    {
        var adam = Read($"problem: {{hamiltonian: {H2}}}\noptimizer: {{name: adam, learning-rate: 0.05}}").Plan.Optimizer.ShouldBeOfType<Adam>();
        adam.LearningRate.ShouldBe(0.05);
        adam.Beta1.ShouldBe(0.9);
        Read($"problem: {{hamiltonian: {H2}}}\noptimizer: {{name: nelder-mead, initial-step: 0.3}}").Plan.Optimizer.ShouldBeOfType<NelderMead>().InitialStep.ShouldBe(0.3);
    }

    [Theory]
    [InlineData("lbfgs")]
    [InlineData("L-BFGS")]
    public void knows_a_name_however_it_is_hyphenated(string name) =>
        Read($"problem: {{hamiltonian: {H2}}}\noptimizer: {name}").Spec.Optimizer.ShouldBe("l-bfgs");

    [Fact]
    public void begins_where_an_earlier_run_ended_and_keeps_what_it_needs_of_it()
    {
        var yaml = "problem: {maxcut: [[0, 1], [1, 2]]}\nansatz: {type: qaoa, layers: 1}\ninitial: {run: abc}";
        var prepared = SpecFile.Parse(yaml, "spec.yaml", TestData.Root, references: new SpecReferences { Run = run => new Dictionary<string, double> { ["gamma0"] = 0.25, ["beta0"] = -0.5 } });
        prepared.Plan.Problem.Start.ShouldBe([0.25, -0.5]);
        SpecCompiler.ToPlan(prepared.Json, prepared.Inputs).Problem.Start.ShouldBe([0.25, -0.5]);
        Should.Throw<QuantumException>(() => SpecFile.Parse(yaml, "spec.yaml", TestData.Root)).Message.ShouldStartWith("spec.yaml:3:16: ");
    }
}

public sealed class A_line_of_a_spec
{
    private static readonly string Molecule = $"problem: {{hamiltonian: {H2}}}\n";

    [Fact]
    public void is_replaced_by_its_dotted_path()
    {
        var prepared = Read(Molecule + "optimizer: {name: adam, learning-rate: 0.1}\nseed: 1", "optimizer.learning-rate=0.05", "seed=9", "stopping.plateau.steps=7");
        prepared.Plan.Optimizer.ShouldBeOfType<Adam>().LearningRate.ShouldBe(0.05);
        prepared.Plan.Seed.ShouldBe(9UL);
        prepared.Plan.Stopping.PlateauSteps.ShouldBe(7);
    }

    [Fact]
    public void replaces_a_whole_section_too() =>
        Read(Molecule + "optimizer: {name: spsa, perturbation: 0.1}", "optimizer=adam").Plan.Optimizer.ShouldBeOfType<Adam>();

    [Fact]
    public void adds_to_a_shorthand() =>
        Read(Molecule + "optimizer: adam", "optimizer.beta1=0.5").Plan.Optimizer.ShouldBeOfType<Adam>().Beta1.ShouldBe(0.5);

    [Fact]
    public void is_removed_by_an_empty_value() =>
        Read(Molecule + "shots: 100", "shots=").Plan.Shots.ShouldBeNull();

    [Theory]
    [InlineData("optimizer.learning-rat=1", "--set optimizer.learning-rat=1: 'optimizer.learning-rat' is not a key of a spec. Did you mean 'learning-rate'?")]
    [InlineData("seed=-1", "--set seed=-1: 'seed' is -1: it must be at least 0")]
    [InlineData("seed", "--set seed: write key=value")]
    [InlineData("=1", "--set =1: write key=value")]
    [InlineData("a..b=1", "--set a..b=1: a key is a dotted path")]
    [InlineData("tags=[a", "--set tags=[a: this is not YAML")]
    public void is_refused_with_the_option_that_gave_it(string assignment, string message) =>
        Refusal(Molecule + "optimizer: adam", assignment).ShouldStartWith(message);
}

public sealed class Canonical_JSON
{
    [Theory]
    [InlineData("problem: {hamiltonian: hamiltonians/h2_fcidump.json}")]
    [InlineData("problem: {maxcut: combinatorial/maxcut/cube.json}\ntags: [a, b]\nstopping: {time: 10m, iterations: none, plateau: 5}")]
    [InlineData("problem: {hamiltonian: hamiltonians/spin/tfim_open_n4_h1.0.json}\nansatz: {type: hardware-efficient, reference: 0101}\nseed: 18446744073709551615")]
    [InlineData("problem: {circuit: gradients/circuit_b.json, observable: gradients/circuit_b.json}\noptimizer: spsa\nshots: 10\nname: \"Ångström: \\U0001F600\"")]
    [InlineData("problem: {maxcut: {edges: [[0, 1, 0.5], [1, 2]], vertices: 4}}\ninitial: {random: {low: 0, high: 1, seed: 4}}")]
    public void with_its_inputs_gives_the_same_plan_when_the_files_are_gone(string yaml)
    {
        var prepared = Read(yaml);
        var again = SpecCompiler.Restore(prepared.Json, prepared.Inputs);
        again.Json.ShouldBe(prepared.Json);
        again.Spec.Name.ShouldBe(prepared.Spec.Name);
        again.Plan.Problem.Ansatz.ShouldBe(prepared.Plan.Problem.Ansatz);
        again.Plan.Problem.Observable.ShouldBe(prepared.Plan.Problem.Observable);
        again.Plan.Problem.Start.ShouldBe(prepared.Plan.Problem.Start);
        again.Plan.Optimizer.ShouldBe(prepared.Plan.Optimizer);
        again.Plan.Stopping.ShouldBe(prepared.Plan.Stopping);
        again.Plan.Seed.ShouldBe(prepared.Plan.Seed);
    }

    [Fact]
    public void is_the_same_however_the_spec_was_written() =>
        Read($"seed: 0\nansatz: {{type: uccsd}}\nproblem:\n  hamiltonian: \"{H2}\"\n").Json.ShouldBe(Read($"problem: {{hamiltonian: {H2}}}\nansatz: uccsd").Json);

    [Fact]
    public void can_be_changed_line_by_line()
    {
        var prepared = Read($"problem: {{hamiltonian: {H2}}}");
        SpecCompiler.Restore(prepared.Json, prepared.Inputs, ["optimizer=adam", "stopping.iterations=5"]).Plan.Optimizer.ShouldBeOfType<Adam>();
    }

    [Fact]
    public void keeps_the_files_that_a_circuit_includes()
    {
        var folder = Directory.CreateTempSubdirectory("qtrain-includes-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "circuits", "parts"));
            File.WriteAllText(Path.Combine(folder, "circuits", "ansatz.qasm"), "OPENQASM 3.0; include \"parts/layer.inc\"; include \"../own.inc\"; input float a; input float b; qubit[4] q; layer(a) q; own(b) q[0];");
            File.WriteAllText(Path.Combine(folder, "circuits", "parts", "layer.inc"), "include \"stdgates.inc\"; gate layer(t) a { ry(t) a; }");
            File.WriteAllText(Path.Combine(folder, "own.inc"), "gate own(t) a { rx(t) a; }");
            File.WriteAllText(Path.Combine(folder, "h.json"), File.ReadAllText(Path.Combine(TestData.Root, SpecFolder.H2)));
            const string yaml = "problem: {circuit: circuits/ansatz.qasm, observable: h.json}";
            var spec = SpecFile.Parse(yaml, "spec.yaml", folder);
            spec.Inputs.Keys.ShouldBe(["circuits/../own.inc", "circuits/ansatz.qasm", "circuits/parts/layer.inc", "h.json"]);
            File.WriteAllText(Path.Combine(folder, "circuits", "ansatz.qasm"), "OPENQASM 3.0; include \"../../own.inc\"; qubit q;");
            Should.Throw<InvalidFileException>(() => SpecFile.Parse(yaml, "spec.yaml", folder)).Message.ShouldContain("lies outside of");
            Directory.Delete(folder, recursive: true);
            SpecCompiler.Restore(spec.Json, spec.Inputs).Plan.Problem.Ansatz.ShouldBe(spec.Plan.Problem.Ansatz);
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }
}
