using System.Collections.Immutable;

namespace QTrain.OpenQasm.Syntax;

internal sealed partial class Parser
{
    private void ReadInto(ImmutableArray<Statement>.Builder statements)
    {
        if (_version == 2) statements.Add(ReadStatementOfTwo());
        else statements.Add(ReadStatement());
    }

    private Statement ReadStatement()
    {
        var annotations = ImmutableArray.CreateBuilder<string>();
        while (Current.Kind == TokenKind.Annotation) annotations.Add(TextOf(_tokens[_at++]).Trim());
        if (annotations.Count > 0 && Current.Kind is TokenKind.End or TokenKind.Pragma) throw Expected("the statement that the annotation is for");
        var statement = ReadBareStatement();
        return annotations.Count > 0 ? statement with { Annotations = annotations.DrainToImmutable() } : statement;
    }

    private Statement ReadBareStatement()
    {
        var first = Current;
        switch (first.Kind)
        {
            case TokenKind.Pragma:
                _at++;
                var content = TextOf(first);
                content = content[(content.IndexOf("pragma", StringComparison.Ordinal) + 6)..].Trim();
                _shared.Pragmas.Add(content);
                return new PragmaStatement(SpanOf(first), content);
            case TokenKind.Symbol when IsSymbol("{"):
                return ReadBlock("a block");
            case TokenKind.Symbol when IsSymbol(";"):
                // Not in the grammar, and let pass by custom.
                if (_settings.IsStrict) throw SpanOf(first).Fault("[strict] an empty statement: remove this ';'.");
                _at++;
                return new EmptyStatement(SpanOf(first));
            case TokenKind.Identifier:
                return ReadByWord(first, TextOf(first));
            default:
                return ReadExpressionOrAssignment(first);
        }
    }

    private Statement ReadByWord(Token first, string word)
    {
        switch (word)
        {
            case "OPENQASM":
                throw SpanOf(first).Fault("the version must be the only first statement of a program: 'OPENQASM' may stand nowhere else.");
            case "include":
                return ReadInclude(first);
            case "qubit":
                _at++;
                var size = ReadDesignator();
                return new QubitDeclaration(Ended(first, TakeName("the name of the qubits", out _), out var qubits), qubits, size);
            case "qreg" or "creg":
                return ReadRegister(first, word == "qreg");
            case "const":
                return ReadConst(first);
            case "input" or "output":
                _at++;
                if (Current.Kind == TokenKind.Identifier && (IsWord("qreg") || IsWord("qubit") || IsWord("creg"))) throw Expected("a classical type");
                var type = ReadType();
                var name = TakeName($"the name of the {word}", out var nameSpan);
                if (IsSymbol("=")) throw SpanOf(Current).Fault($"an {word} is declared without a value: expected ';'.");
                Take(";", $"after the declaration of an {word}");
                return new InOutDeclaration(From(first), type, name, nameSpan, word == "input");
            case "let":
                return ReadAlias(first);
            case "def":
                return ReadSubroutine(first);
            case "extern":
                return ReadExtern(first);
            case "gate":
                return ReadGateDefinition(first);
            case "if":
                return ReadIf(first);
            case "for":
                return ReadFor(first);
            case "while":
                _at++;
                Take("(", "after 'while'");
                var condition = ReadExpression("a condition");
                Take(")", "to close the condition");
                return new WhileStatement(From(first), condition, ReadBody("the body of the loop"));
            case "switch":
                return ReadSwitch(first);
            case "break" or "continue" or "end":
                _at++;
                Take(";", $"after '{word}'");
                return new JumpStatement(From(first), word == "break" ? JumpKind.Break : word == "continue" ? JumpKind.Continue : JumpKind.End);
            case "return":
                _at++;
                var value = IsSymbol(";") ? null : ReadValue("a value to return");
                Take(";", "after 'return'");
                return new ReturnStatement(From(first), value);
            case "measure":
                return ReadMeasure(first);
            case "reset":
                _at++;
                var reset = ReadGateOperand();
                Take(";", "after 'reset'");
                return new ResetStatement(From(first), reset);
            case "barrier" or "nop":
                _at++;
                var operands = IsSymbol(";") ? [] : ReadGateOperands();
                Take(";", $"after '{word}'");
                return new BarrierStatement(From(first), operands, word == "nop");
            case "delay":
                _at++;
                if (!IsSymbol("[")) throw Expected("'[' and a duration after 'delay', such as delay[100ns]");
                var duration = ReadDesignator()!;
                var delayed = IsSymbol(";") ? [] : ReadGateOperands();
                Take(";", "after 'delay'");
                return new DelayStatement(From(first), duration, delayed);
            case "box":
                _at++;
                var length = ReadDesignator();
                return new BoxStatement(From(first), length, ReadBlock("the instructions of the box, in braces"));
            case "cal" or "defcal" or "defcalgrammar":
                return ReadCalibration(first, word);
            case "inv" or "pow" or "ctrl" or "negctrl" or "gphase":
                return ReadGateCall(first);
            case "case" or "default" or "else" or "in" or "readonly" or "mutable" or "void" or "im":
                throw Expected("a statement");
            default:
                if ((Words.Scalars.ContainsKey(word) || word == "array") && !IsCast()) return ReadClassicalDeclaration(first, isConst: false);
                return ReadExpressionOrAssignment(first);
        }
    }

    private Span Ended(Token first, string name, out string same)
    {
        same = name;
        Take(";", "after the declaration");
        return From(first);
    }

    // int[8](x); casts, int[8] x; declares.
    private bool IsCast()
    {
        var k = 1;
        if (IsSymbol(Ahead(1), "["))
        {
            for (var depth = 0; Ahead(k).Kind != TokenKind.End; k++)
            {
                if (IsSymbol(Ahead(k), "[")) depth++;
                if (IsSymbol(Ahead(k), "]") && --depth == 0) break;
                if (IsSymbol(Ahead(k), ";")) return false;
            }
            k++;
        }
        return IsSymbol(Ahead(k), "(");
    }

    private BlockStatement ReadBlock(string what)
    {
        var first = Current;
        if (!IsSymbol("{")) throw Expected("'{' and " + what);
        Enter(SpanOf(first));
        _at++;
        var statements = ImmutableArray.CreateBuilder<Statement>();
        while (!IsSymbol("}"))
        {
            if (Current.Kind == TokenKind.End) throw SpanOf(first).Fault("this block is never closed: expected '}' before the end of the file.");
            ReadInto(statements);
        }
        _at++;
        Leave();
        return new BlockStatement(SpanOf(first), statements.DrainToImmutable());
    }

    private Statement ReadBody(string what)
    {
        if (IsSymbol("{")) return ReadBlock(what);
        if (IsSymbol(";") || Current.Kind is TokenKind.End) throw Expected(what);
        Enter(SpanOf(Current));
        var body = ReadStatement();
        Leave();
        return body;
    }

    private IncludeStatement ReadInclude(Token first)
    {
        _at++;
        if (Current.Kind != TokenKind.Text) throw Expected("the name of a file in quotation marks after 'include'");
        var text = TextOf(Current);
        var span = SpanOf(Current);
        if (_settings.IsStrict && _version == 2 && text[0] == '\'') throw span.Fault("[strict] the path must stand in double quotes.");
        _at++;
        Take(";", "after 'include'");
        var path = text[1..^1];
        var builtIn = path == (_version == 2 ? "qelib1.inc" : "stdgates.inc");
        if (builtIn || _settings.Include is null) return new IncludeStatement(span, path, [], builtIn);
        if (_depth > 0) throw span.Fault("'include' may only stand at the outermost level of a program.");
        if (_includeDepth >= MaxIncludeDepth) throw span.Fault($"files include each other more than {MaxIncludeDepth} levels deep; does '{Shortened(path)}' include itself?");
        if (++_shared.Includes > MaxIncludes) throw span.Fault($"more than {MaxIncludes} files are included.");
        (string File, string Text)? found;
        try
        {
            found = _settings.Include(path);
        }
        catch (QuantumException fault)
        {
            throw span.Fault(fault.Message);
        }
        if (found is not { } file)
        {
            throw span.Fault(path switch
            {
                "qelib1.inc" => "'qelib1.inc' is the library of OpenQASM 2: OpenQASM 3 includes \"stdgates.inc\".",
                "stdgates.inc" => "'stdgates.inc' is the library of OpenQASM 3: OpenQASM 2 includes \"qelib1.inc\".",
                _ => $"the file '{Shortened(path)}' to include does not exist.",
            });
        }
        var parser = new Parser(new SourceText(file.File, file.Text), _settings, _shared, _version, _includeDepth + 1);
        parser.SkipVersionOfInclude();
        return new IncludeStatement(span, path, parser.ReadUntilEnd(), IsBuiltIn: false);
    }

    // By custom an included file may say its version, if it is that of the program.
    private void SkipVersionOfInclude()
    {
        if (!IsWord("OPENQASM")) return;
        if (_settings.IsStrict) throw SpanOf(Current).Fault("[strict] an included file has no version line: remove it.");
        var number = Ahead(1);
        if (number.Kind is not (TokenKind.Integer or TokenKind.Real) || TextOf(number).Split('.')[0] != (_version == 2 ? "2" : "3"))
            throw SpanOf(Current).Fault($"this file is included by a program in OpenQASM {_version}, and is not of that version.");
        _at += 2;
        Take(";", "after the version");
    }

    private Statement ReadRegister(Token first, bool isQuantum)
    {
        _at++;
        var name = TakeName("the name of the register", out var nameSpan);
        var size = ReadDesignator();
        if (IsSymbol("=")) throw SpanOf(Current).Fault($"'{(isQuantum ? "qreg" : "creg")}' declares without a value: expected ';'.");
        if (_version == 2 && size is null) throw Expected("'[' and the size of the register");
        Take(";", "after the declaration");
        if (isQuantum) return new QubitDeclaration(From(first), name, size);
        var type = new TypeNode(SpanOf(first), TypeKeyword.Bit, size);
        return new ClassicalDeclaration(From(first), type, name, nameSpan, null, IsConst: false);
    }

    private ClassicalDeclaration ReadConst(Token first)
    {
        _at++;
        var type = ReadScalarType("the type of the constant");
        var name = TakeName("the name of the constant", out var span);
        Take("=", "and the value of the constant");
        var value = ReadValue("the value of the constant");
        Take(";", "after the declaration");
        return new ClassicalDeclaration(From(first), type, name, span, value, IsConst: true);
    }

    private ClassicalDeclaration ReadClassicalDeclaration(Token first, bool isConst)
    {
        var type = ReadType();
        var name = TakeName("the name of the variable", out var span);
        Expression? value = null;
        if (TakeIf("=")) value = IsSymbol("{") ? ReadArrayLiteral() : ReadValue("a value", allowJoin: type.Keyword == TypeKeyword.Array);
        Take(";", "after the declaration");
        return new ClassicalDeclaration(From(first), type, name, span, value, isConst);
    }

    private ArrayLiteral ReadArrayLiteral()
    {
        var first = Take("{", "before the values of an array");
        Enter(SpanOf(first));
        var items = ImmutableArray.CreateBuilder<Expression>();
        while (!IsSymbol("}"))
        {
            items.Add(IsSymbol("{") ? ReadArrayLiteral() : ReadExpression("a value of the array"));
            if (!TakeIf(",")) break;
        }
        Take("}", "to close the values of an array");
        Leave();
        return new ArrayLiteral(From(first), items.DrainToImmutable());
    }

    // What an assignment may have on its right: an expression, a measurement, a joined array.
    private Expression ReadValue(string what, bool allowJoin = true)
    {
        var first = Current;
        if (TakeWordIf("measure")) return new MeasureExpression(From(first), ReadGateOperand()) { Span = From(first) };
        var value = ReadExpression(what);
        if (!allowJoin || !IsSymbol("++")) return value;
        return ReadJoined(first, value);
    }

    private Concatenation ReadJoined(Token first, Expression value)
    {
        var parts = ImmutableArray.CreateBuilder<Expression>();
        parts.Add(value);
        while (TakeIf("++")) parts.Add(ReadExpression("a register or array after '++'"));
        return new Concatenation(From(first), parts.DrainToImmutable());
    }

    private AliasDeclaration ReadAlias(Token first)
    {
        _at++;
        var name = TakeName("the name of the alias", out _);
        Take("=", "after the name of the alias");
        var start = Current;
        var value = ReadExpression("what the alias stands for");
        if (IsSymbol("++")) value = ReadJoined(start, value);
        Take(";", "after the alias");
        return new AliasDeclaration(From(first), name, value);
    }

    private SubroutineDefinition ReadSubroutine(Token first)
    {
        _at++;
        var name = TakeName("the name of the subroutine", out _);
        Take("(", "after the name of a subroutine");
        var parameters = ImmutableArray.CreateBuilder<Parameter>();
        while (!IsSymbol(")"))
        {
            parameters.Add(ReadParameter());
            if (!TakeIf(",")) break;
        }
        Take(")", "to close the arguments of the subroutine");
        var returns = TakeIf("->") ? ReadScalarType("the type of the result") : null;
        return new SubroutineDefinition(From(first), name, parameters.DrainToImmutable(), returns, ReadBlock("the body of the subroutine"));
    }

    private Parameter ReadParameter()
    {
        var first = Current;
        if (TakeWordIf("qubit"))
        {
            var type = new TypeNode(From(first), TypeKeyword.Qubit, ReadDesignator());
            return new Parameter(From(first), type, TakeName("the name of the argument", out _));
        }
        if (IsWord("qreg") || IsWord("creg"))
        {
            var keyword = IsWord("qreg") ? TypeKeyword.Qubit : TypeKeyword.Bit;
            _at++;
            var name = TakeName("the name of the argument", out _);
            return new Parameter(From(first), new TypeNode(From(first), keyword, ReadDesignator()), name);
        }
        var reference = IsWord("readonly") || IsWord("mutable") || IsWord("const") ? ReadReference(first) : ReadScalarType("the type of the argument");
        return new Parameter(From(first), reference, TakeName("the name of the argument", out _));
    }

    private TypeNode ReadReference(Token first)
    {
        // "const" is the word of drafts of the language.
        var isMutable = IsWord("mutable");
        _at++;
        if (!TakeWordIf("array")) throw Expected("'array' after 'readonly' or 'mutable'");
        Take("[", "after 'array'");
        var element = ReadScalarType("the type of the elements");
        Take(",", "between the type of the elements and the sizes of the array");
        Expression? count = null;
        ImmutableArray<Expression> sizes = [];
        if (Current.Kind == TokenKind.Dim)
        {
            _at++;
            Take("=", "after '#dim'");
            count = ReadExpression("the number of dimensions");
        }
        else
        {
            sizes = ReadList("]", "the size of a dimension");
            if (sizes.IsEmpty) throw Expected("the size of a dimension");
        }
        Take("]", "to close the type");
        return new TypeNode(From(first), TypeKeyword.Array, null) { Element = element, Dimensions = sizes, DimensionCount = count, IsMutable = isMutable, IsReference = true };
    }

    private ExternDeclaration ReadExtern(Token first)
    {
        _at++;
        var name = TakeName("the name of the extern function", out _);
        var parameters = ImmutableArray.CreateBuilder<TypeNode>();
        Take("(", "after the name of an extern function");
        while (!IsSymbol(")"))
        {
            var start = Current;
            if (TakeWordIf("creg")) parameters.Add(new TypeNode(From(start), TypeKeyword.Bit, ReadDesignator()));
            else parameters.Add(IsWord("readonly") || IsWord("mutable") ? ReadReference(start) : ReadScalarType("the type of an argument"));
            if (!TakeIf(",")) break;
        }
        Take(")", "to close the types of the arguments");
        var returns = TakeIf("->") ? ReadScalarType("the type of the result") : null;
        Take(";", "after 'extern'");
        return new ExternDeclaration(From(first), name, parameters.DrainToImmutable(), returns);
    }

    private GateDefinition ReadGateDefinition(Token first, bool isOpaque = false)
    {
        _at++;
        var name = TakeName("the name of the gate", out _);
        ImmutableArray<Named> parameters = [];
        if (TakeIf("("))
        {
            parameters = ReadNames(")", "a parameter of the gate");
            Take(")", "to close the parameters of the gate");
        }
        if (_version == 2 && (IsSymbol("{") || IsSymbol(";"))) throw SpanOf(Current).Fault($"gate '{name}' has no qubits: gates must act on at least one.");
        var qubits = ReadNames(isOpaque ? ";" : "{", "a qubit of the gate");
        if (qubits.IsEmpty) throw Expected("a qubit of the gate");
        if (isOpaque)
        {
            Take(";", "after 'opaque'");
            return new GateDefinition(From(first), name, parameters, qubits, new BlockStatement(From(first), [])) { IsOpaque = true };
        }
        var header = From(first);
        return new GateDefinition(header, name, parameters, qubits, ReadBlock("the body of the gate"));
    }

    private ImmutableArray<Named> ReadNames(string end, string what)
    {
        var names = ImmutableArray.CreateBuilder<Named>();
        while (!IsSymbol(end))
        {
            names.Add(new Named(SpanOf(Current), TakeName(what, out _)));
            if (!TakeIf(",")) break;
            RefuseTrailingComma(end);
        }
        return names.DrainToImmutable();
    }

    private IfStatement ReadIf(Token first)
    {
        _at++;
        Take("(", "after 'if'");
        var condition = ReadExpression("a condition");
        Take(")", "to close the condition");
        var then = ReadBody("what happens when the condition holds");
        var otherwise = TakeWordIf("else") ? ReadBody("what happens when the condition does not hold") : null;
        return new IfStatement(From(first), condition, then, otherwise);
    }

    private ForStatement ReadFor(Token first)
    {
        _at++;
        var type = ReadScalarType("the type of the loop variable");
        var name = TakeName("the name of the loop variable", out _);
        if (!TakeWordIf("in")) throw Expected("'in' after the loop variable");
        Expression values;
        if (IsSymbol("{")) values = ReadSet();
        else if (IsSymbol("["))
        {
            var start = _tokens[_at++];
            values = ReadIndexItem() is RangeExpression range ? range : throw SpanOf(start).Fault("expected a range such as [0:3] after 'in'.");
            Take("]", "to close the range");
        }
        else values = ReadExpression("the values of the loop: {1, 2}, [0:3] or a register");
        return new ForStatement(From(first), type, name, values, ReadBody("the body of the loop"));
    }

    private SwitchStatement ReadSwitch(Token first)
    {
        _at++;
        Take("(", "after 'switch'");
        var value = ReadExpression("the value to switch on");
        Take(")", "to close the value");
        Take("{", "before the cases");
        var cases = ImmutableArray.CreateBuilder<SwitchCase>();
        BlockStatement? otherwise = null;
        while (!IsSymbol("}"))
        {
            var start = Current;
            if (TakeWordIf("case"))
            {
                var labels = ReadList("{", "a value of the case");
                if (labels.IsEmpty) throw Expected("a value of the case");
                if (otherwise is not null) throw SpanOf(start).Fault("'default' must be the last of a switch.");
                cases.Add(new SwitchCase(SpanOf(start), labels, ReadBlock("what the case does")));
            }
            else if (TakeWordIf("default"))
            {
                if (otherwise is not null) throw SpanOf(start).Fault("a switch has one 'default' only.");
                otherwise = ReadBlock("what the default does");
            }
            else throw Expected("'case', 'default' or '}'");
        }
        Take("}", "to close the cases");
        return new SwitchStatement(From(first), value, cases.DrainToImmutable(), otherwise);
    }

    private MeasureStatement ReadMeasure(Token first)
    {
        _at++;
        var qubits = ReadGateOperand();
        var value = new MeasureExpression(From(first), qubits);
        Expression? target = null;
        if (TakeIf("->")) target = ReadIndexedName("where the result goes");
        else if (_version == 2) throw Expected("'->' and a classical bit");
        Take(";", "after the measurement");
        return new MeasureStatement(From(first), value, target);
    }

    private Expression ReadIndexedName(string what)
    {
        var name = TakeName(what, out var span);
        return ReadIndices(new NameExpression(span, name));
    }

    private Expression ReadGateOperand()
    {
        if (Current.Kind == TokenKind.PhysicalQubit && _version == 3) return PhysicalQubitOf(_tokens[_at++]);
        return ReadIndexedName("a qubit");
    }

    private ImmutableArray<Expression> ReadGateOperands()
    {
        var only = ReadGateOperand();
        if (!TakeIf(",")) return [only];
        var operands = ImmutableArray.CreateBuilder<Expression>();
        operands.Add(only);
        do
        {
            if (operands.Count > 0 && IsSymbol(";"))
            {
                RefuseTrailingComma(";");
                break;
            }
            operands.Add(ReadGateOperand());
        }
        while (TakeIf(","));
        return operands.DrainToImmutable();
    }

    private CalibrationStatement ReadCalibration(Token first, string word)
    {
        _at++;
        if (word == "defcalgrammar")
        {
            if (Current.Kind != TokenKind.Text) throw Expected("the name of a grammar in quotation marks");
            _at++;
            Take(";", "after 'defcalgrammar'");
            return new CalibrationStatement(From(first), From(first).Text);
        }
        var header = word == "defcal" ? ReadCalibrationHeader() : default;
        Take("{", "before the calibration block");
        if (Current.Kind == TokenKind.Calibration) _at++;
        Take("}", "to close the calibration block");
        return new CalibrationStatement(From(first), From(first).Text) { Name = header.Name, ArgumentCount = header.Arguments, QubitCount = header.Qubits, Returns = header.Returns };
    }

    private (string? Name, int Arguments, int Qubits, bool Returns) ReadCalibrationHeader()
    {
        if (Current.Kind != TokenKind.Identifier) throw Expected("the name of what is calibrated");
        var (name, arguments, qubits) = (TextOf(Current), 0, 0);
        _at++;
        if (TakeIf("("))
        {
            while (!IsSymbol(")"))
            {
                if (Current.Kind == TokenKind.Identifier && (Words.Scalars.ContainsKey(TextOf(Current)) && !IsCast() || IsWord("qubit"))) ReadParameter();
                else ReadExpression("an argument");
                arguments++;
                if (!TakeIf(",")) break;
            }
            Take(")", "to close the arguments");
        }
        do
        {
            if (IsSymbol("{") || IsSymbol("->")) break;
            if (Current.Kind is not (TokenKind.PhysicalQubit or TokenKind.Identifier)) throw Expected("a qubit");
            qubits++;
            _at++;
        }
        while (TakeIf(","));
        var returns = TakeIf("->");
        if (returns) ReadScalarType("the type of the result");
        return (name, arguments, qubits, returns);
    }
}
