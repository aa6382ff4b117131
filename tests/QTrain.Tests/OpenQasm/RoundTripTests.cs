using System.Globalization;
using System.Numerics;
using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.OpenQasm;
using QTrain.TestSupport;
using QTrain.Tests.Reference;

namespace QTrain.Tests.OpenQasm;

/// <summary>Programs and circuits, written and read back; expressions, against an evaluation that knows nothing of the reader.</summary>
public sealed class Reading_what_was_written
{
    private static OpenQasmProgram? Parsed(string text, string name)
    {
        try
        {
            return OpenQasmProgram.Parse(text, name);
        }
        catch (QuantumException)
        {
            return null;        // wrong on purpose, or in need of other files: other tests say which
        }
    }

    private static bool SaysTheSame(OpenQasmProgram program, string name, ref int two)
    {
        Circuit circuit;
        try
        {
            if (!program.Inputs.IsEmpty || program.QubitCount > 16) return false;
            circuit = program.ToCircuit();
        }
        catch (QuantumException)
        {
            return false;       // no single circuit
        }
        var expected = OpenQasmSimulation.Run(program);
        if (circuit.BitCount > program.BitCount) return false;      // bits of subroutines are no bits of the program
        OpenQasmFiles.ShouldBe(OpenQasmSimulation.Run(OpenQasmProgram.Parse(OpenQasmWriter.Write(circuit), name)).Probabilities, expected.Probabilities.ToDictionary(), name);
        OpenQasmFiles.ShouldBe(OpenQasmSimulation.Run(OpenQasmProgram.Parse(OpenQasmWriter.Write(program), name)).Probabilities, expected.Probabilities.ToDictionary(), name);
        OpenQasmProgram.Parse(OpenQasmWriter.Write(circuit)).ToCircuit().Operations.OfType<Measure>().ShouldBe(circuit.Operations.OfType<Measure>());
        string older;
        try
        {
            older = OpenQasmWriter.WriteVersion2(circuit);
        }
        catch (QuantumException)
        {
            return true;        // version 2 has no words for it, which the message says
        }
        OpenQasmFiles.ShouldBe(OpenQasmSimulation.Run(OpenQasmProgram.Parse(older, name)).Probabilities, expected.Probabilities.ToDictionary(), name);
        two++;
        return true;
    }

    [Fact]
    public void gives_the_same_results_for_every_published_circuit_of_version_2()
    {
        var (three, two) = (0, 0);
        foreach (var file in Directory.EnumerateFiles(TestData.Path("qasm2", "circuits"), "*.qasm"))
            if (Parsed(File.ReadAllText(file), file) is { } program && SaysTheSame(program, file, ref two)) three++;
        foreach (var entry in OpenQasmFiles.List("qasm2", "snippets_valid.json"))
            if (Parsed(entry.GetProperty("program").GetString()!, entry.GetProperty("name").GetString()!) is { QubitCount: > 0 } program && SaysTheSame(program, program.Source.File, ref two)) three++;
        three.ShouldBeGreaterThan(50);
        two.ShouldBeGreaterThan(40);
    }

    [Fact]
    public void gives_the_same_results_for_every_published_program_of_version_3()
    {
        var (three, two) = (0, 0);
        foreach (var file in Directory.EnumerateFiles(TestData.Path("qasm3", "examples"), "*.qasm"))
            if (Parsed(File.ReadAllText(file), file) is { } program && SaysTheSame(program, file, ref two)) three++;
        foreach (var entry in OpenQasmFiles.List("qasm3", "programs_with_results.json"))
            if (Parsed(entry.GetProperty("source").GetString()!, entry.GetProperty("name").GetString()!) is { QubitCount: > 0 } program && SaysTheSame(program, program.Source.File, ref two)) three++;
        three.ShouldBeGreaterThan(8);
        two.ShouldBeGreaterThan(4);
    }

    [Fact]
    public void keeps_what_no_circuit_holds()
    {
        const string text = """
            OPENQASM 3.0;
            defcalgrammar "openpulse";
            @register of ancillas
            qubit[2] a;
            qubit b;
            bit[2] m;
            bit done;
            input float theta;
            cal { extern frame(x) -> y; { } }
            defcal rz(angle[20] t) $0 { shift_phase(d0, -t); }
            #pragma my own words
            U(theta, 0, 0) a[0];
            @note on a gate
            @another
            ctrl @ U(pi, 0, pi) a[0], b;
            #pragma braket verbatim
            box[2us] { delay[100ns] a; U(pi, 0, pi) $3; }
            m = measure a;
            if (m[1] == 1) { done = measure b; }
            """;
        var program = OpenQasmProgram.Parse(text);
        var written = OpenQasmWriter.Write(program);
        foreach (var line in (string[])["defcalgrammar \"openpulse\";", "@register of ancillas\nqubit[2] a;", "qubit b;", "bit[2] m;", "bit done;", "cal { extern frame(x) -> y; { } }",
            "defcal rz(angle[20] t) $0 { shift_phase(d0, -t); }", "#pragma my own words", "@note on a gate\n@another\n", "#pragma braket verbatim\nbox[2us] {\ndelay[100ns] a;\n", "$3;", "if (m[1] == 1) { done = measure b; }"])
            written.ShouldContain(line);
        written.ShouldNotContain("barrier");
        var again = OpenQasmProgram.Parse(written);
        again.ToCircuit().Operations.OfType<Delay>().ShouldBe(program.ToCircuit().Operations.OfType<Delay>());
        OpenQasmWriter.Write(again).Split('\n').Where(IsKept).ShouldBe(written.Split('\n').Where(IsKept));
        var inputs = new Dictionary<string, string> { ["theta"] = "0.7" };
        OpenQasmFiles.ShouldBe(OpenQasmSimulation.Run(again, inputs).Probabilities, OpenQasmSimulation.Run(program, inputs).Probabilities.ToDictionary(), "kept");

        static bool IsKept(string line) => line.StartsWith('#') || line.StartsWith('@') || line.StartsWith("box", StringComparison.Ordinal) || line.Contains("cal", StringComparison.Ordinal) || line.Contains("bit", StringComparison.Ordinal);
    }

    [Fact]
    public void gives_random_circuits_their_unitaries_with_the_phase_that_matters_under_control() => Law.ForAll(Any.UnitaryCircuit(maxQubits: 3, maxOperations: 10), c =>
    {
        var circuit = c.Circuit.Bind(c.At);
        var read = OpenQasmProgram.Parse(OpenQasmWriter.Write(circuit)).ToCircuit();
        The_OpenQASM_writer.Difference(circuit, read, ofPhase: false).ShouldBeLessThan(1e-10, OpenQasmWriter.Write(circuit));
        var controlled = circuit.Controlled(new Control(circuit.QubitCount, On: false));
        The_OpenQASM_writer.Difference(controlled, OpenQasmProgram.Parse(OpenQasmWriter.Write(controlled)).ToCircuit(), ofPhase: false).ShouldBeLessThan(1e-10, OpenQasmWriter.Write(controlled));
        string older;
        try
        {
            older = OpenQasmWriter.WriteVersion2(circuit);
        }
        catch (QuantumException fault)
        {
            fault.Message.ShouldContain("OpenQASM 2");
            return;
        }
        The_OpenQASM_writer.Difference(circuit, OpenQasmProgram.Parse(older).ToCircuit(), ofPhase: true).ShouldBeLessThan(1e-10, older);
    });

    /// <summary>An expression, how tightly its last operator binds, and its value as C# finds it.</summary>
    private sealed record Sample(string Text, int Level, BigInteger Value, bool IsTruth = false);

    // The table of the specification, tightest last.
    private static readonly (string Symbol, int Level)[] Arithmetic = [("|", 3), ("^", 4), ("&", 5), ("<<", 8), (">>", 8), ("+", 9), ("-", 9), ("*", 10), ("/", 10), ("%", 10), ("**", 13)];

    private static Sample Expression(ref RandomStream random, int depth)
    {
        if (depth == 0 || random.NextBelow(5) == 0)
        {
            var number = (int)random.NextBelow(30);
            return new Sample(random.NextBelow(4) == 0 ? "0x" + number.ToString("x", CultureInfo.InvariantCulture) : number.ToString(CultureInfo.InvariantCulture), 20, number);
        }
        if (random.NextBelow(7) == 0)
        {
            var of = Expression(ref random, depth - 1);
            var isMinus = random.NextBelow(2) == 0;
            return new Sample((isMinus ? "-" : "~") + In(of, 12, orSame: false), 12, isMinus ? -of.Value : -of.Value - 1);
        }
        var (symbol, level) = Arithmetic[(int)random.NextBelow((uint)Arithmetic.Length)];
        var (left, right) = (Expression(ref random, depth - 1), Expression(ref random, depth - 1));
        BigInteger? value = symbol switch
        {
            "|" => left.Value | right.Value,
            "^" => left.Value ^ right.Value,
            "&" => left.Value & right.Value,
            "<<" => right.Value >= 0 && right.Value < 8 ? left.Value << (int)right.Value : null,
            ">>" => right.Value >= 0 && right.Value < 100 ? left.Value >> (int)right.Value : null,
            "+" => left.Value + right.Value,
            "-" => left.Value - right.Value,
            "*" => left.Value * right.Value,
            "/" => right.Value.IsZero ? null : BigInteger.Divide(left.Value, right.Value),
            "%" => right.Value.IsZero ? null : BigInteger.Remainder(left.Value, right.Value),
            _ => right.Value >= 0 && right.Value < 5 ? BigInteger.Pow(left.Value, (int)right.Value) : null,
        };
        // Where the result is not defined, or larger than an int, the left side stands alone.
        if (value is not { } known || BigInteger.Abs(known) > long.MaxValue / 4) return left;
        var isRightAssociative = symbol == "**";
        return new Sample($"{In(left, level, orSame: !isRightAssociative)} {symbol} {In(right, level, orSame: isRightAssociative)}", level, known);
    }

    private static string In(Sample sample, int level, bool orSame) => sample.Level > level || orSame && sample.Level == level ? sample.Text : $"({sample.Text})";

    [Fact]
    public void gives_random_expressions_the_value_that_their_operators_and_their_order_say() => Law.ForAll(Any.Seed(), seed =>
    {
        var random = new RandomStream(seed);
        var sample = Expression(ref random, 6);
        // Once as a constant that is folded, once from variables that are read as the program runs, once written to a loop's sum.
        var text = $"OPENQASM 3.0; const int[64] folded = {sample.Text}; int[64] zero = 0; int[64] run = zero + ({sample.Text}); int[64] sum = 0; for int i in [1:3] {{ sum += i * ({sample.Text}) / 6; }} bool same = folded == run;";
        var variables = OpenQasmSimulation.Run(OpenQasmProgram.Parse(text)).Outcomes.Single().Variables;
        variables["run"]!.ToJsonString().ShouldBe(sample.Value.ToString(CultureInfo.InvariantCulture), sample.Text);
        variables["same"]!.ToJsonString().ShouldBe("true", sample.Text);
        if (BigInteger.Abs(sample.Value) < long.MaxValue / 8)
            variables["sum"]!.ToJsonString().ShouldBe((BigInteger.Divide(sample.Value, 6) + BigInteger.Divide(2 * sample.Value, 6) + BigInteger.Divide(3 * sample.Value, 6)).ToString(CultureInfo.InvariantCulture), sample.Text);
    });
}
