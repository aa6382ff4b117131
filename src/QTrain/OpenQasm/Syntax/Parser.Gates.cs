using System.Collections.Immutable;

namespace QTrain.OpenQasm.Syntax;

// Gate calls, assignments and expressions, which begin alike, and the statements of OpenQASM 2.
internal sealed partial class Parser
{
    private static readonly string[] AssignmentSymbols = ["=", "+=", "-=", "*=", "/=", "&=", "|=", "^=", "<<=", ">>=", "%=", "**="];

    private GateCall ReadGateCall(Token first)
    {
        ImmutableArray<Modifier> modifiers = [];
        while (Current.Kind == TokenKind.Identifier && TextOf(Current) is "inv" or "pow" or "ctrl" or "negctrl") modifiers = modifiers.Add(ReadModifier());
        var isPhase = IsWord("gphase");
        var nameSpan = SpanOf(Current);
        string name;
        if (isPhase)
        {
            name = "gphase";
            _at++;
        }
        else name = TakeName("the name of a gate", out nameSpan);
        ImmutableArray<Expression> arguments = [];
        if (TakeIf("("))
        {
            arguments = ReadList(")", "an angle");
            Take(")", $"to close the arguments of '{name}'");
        }
        if (IsSymbol("[")) ReadDesignator();        // the duration of a gate, which a simulator has no use for
        if (IsSymbol("@")) throw SpanOf(Current).Fault($"'{name}' is no modifier: ctrl, negctrl, inv and pow(k) are.");
        var qubits = isPhase && IsSymbol(";") ? [] : ReadGateOperands();
        Take(";", $"after '{name}'");
        return new GateCall(From(first), modifiers, name, nameSpan, arguments, qubits);
    }

    private Modifier ReadModifier()
    {
        var first = Current;
        var kind = TextOf(first) switch { "inv" => ModifierKind.Inverse, "pow" => ModifierKind.Power, "ctrl" => ModifierKind.Control, _ => ModifierKind.NegativeControl };
        _at++;
        Expression? argument = null;
        if (kind == ModifierKind.Power || kind != ModifierKind.Inverse && IsSymbol("("))
        {
            Take("(", $"after '{TextOf(first)}'");
            argument = ReadExpression(kind == ModifierKind.Power ? "a power" : "the number of controls");
            Take(")", "to close the argument of the modifier");
        }
        Take("@", $"after the modifier '{TextOf(first)}'");
        return new Modifier(From(first), kind, argument);
    }

    private Statement ReadExpressionOrAssignment(Token first)
    {
        // name qubits;   name(…) qubits;   name = …;   name[…] = …;   everything else is an expression
        if (first.Kind == TokenKind.Identifier && !Words.OfThree.Contains(TextOf(first)))
        {
            var next = Ahead(1);
            if (next.Kind is TokenKind.Identifier or TokenKind.PhysicalQubit || next.Kind == TokenKind.Symbol && IsSymbol(next, "@")) return ReadGateCall(first);
            if (IsSymbol(next, "(") && AfterParentheses() is { } after && (after.Kind is TokenKind.Identifier or TokenKind.PhysicalQubit || IsSymbol(after, "["))) return ReadGateCall(first);
        }
        var value = ReadExpression("a statement");
        if (Current.Kind == TokenKind.Symbol && AssignmentSymbols.Contains(TextOf(Current)))
        {
            var root = value;
            while (root is IndexExpression index) root = index.Of;
            if (root is not NameExpression) throw value.Span.Fault("this cannot be assigned to: expected a variable, possibly with an index.");
            var symbol = TextOf(Current);
            _at++;
            var right = ReadValue("the value to assign");
            Take(";", "after the assignment");
            return new Assignment(From(first), value, symbol, right);
        }
        // f(…) -> b; assigns the result of a subroutine.
        if (value is CallExpression && TakeIf("->"))
        {
            var target = ReadIndexedName("where the result goes");
            Take(";", "after the assignment");
            return new Assignment(From(first), target, "=", value);
        }
        Take(";", "after the statement");
        return new ExpressionStatement(From(first), value);
    }

    private Token? AfterParentheses()
    {
        var depth = 0;
        for (var k = _at + 1; k < _tokens.Length; k++)
        {
            if (IsSymbol(_tokens[k], "(")) depth++;
            else if (IsSymbol(_tokens[k], ")") && --depth == 0) return k + 1 < _tokens.Length ? _tokens[k + 1] : null;
            else if (IsSymbol(_tokens[k], ";")) return null;
        }
        return null;
    }

    private Statement ReadStatementOfTwo()
    {
        var first = Current;
        if (first.Kind == TokenKind.Symbol && IsSymbol(";"))
        {
            if (_settings.IsStrict) throw SpanOf(first).Fault("[strict] an empty statement: remove this ';'.");
            _at++;
            return new EmptyStatement(SpanOf(first));
        }
        if (first.Kind == TokenKind.Pragma)
        {
            _at++;
            return new PragmaStatement(SpanOf(first), TextOf(first));
        }
        if (first.Kind != TokenKind.Identifier) throw Expected("a statement");
        switch (TextOf(first))
        {
            case "OPENQASM":
                throw SpanOf(first).Fault("the version may only be the first statement of a program.");
            case "include":
                return ReadInclude(first);
            case "qreg" or "creg":
                RefuseInside(first);
                return ReadRegister(first, IsWord("qreg"));
            case "gate":
                RefuseInside(first);
                return ReadGateDefinition(first);
            case "opaque":
                RefuseInside(first);
                return ReadGateDefinition(first, isOpaque: true);
            case "barrier":
                _at++;
                if (IsSymbol(";") && _settings.IsStrict) throw SpanOf(first).Fault("[strict] barrier statements must have at least one argument.");
                var operands = IsSymbol(";") ? [] : ReadGateOperands();
                Take(";", "after 'barrier'");
                return new BarrierStatement(From(first), operands, IsNop: false);
            case "measure":
                return ReadMeasure(first);
            case "reset":
                _at++;
                var reset = ReadGateOperand();
                Take(";", "after 'reset'");
                return new ResetStatement(From(first), reset);
            case "if":
                return ReadIfOfTwo(first);
            default:
                return ReadGateCallOfTwo(first);
        }
    }

    private void RefuseInside(Token first)
    {
        if (_depth > 0) throw SpanOf(first).Fault($"'{TextOf(first)}' may only stand at the outermost level of a program.");
    }

    private IfStatement ReadIfOfTwo(Token first)
    {
        _at++;
        Take("(", "after 'if'");
        var name = TakeName("a classical register", out var span);
        Take("==", "and a number, after the register of a condition");
        if (Current.Kind != TokenKind.Integer) throw Expected("a whole number that the register is compared with");
        var number = new IntegerLiteral(SpanOf(Current), ReadInteger(_tokens[_at++]));
        Take(")", "to close the condition");
        var condition = new BinaryExpression(span.To(number.Span), "==", new NameExpression(span, name), number);
        if (!(Current.Kind == TokenKind.Identifier) || TextOf(Current) is "if" or "barrier" or "qreg" or "creg" or "gate" or "opaque" or "include") throw Expected("a gate, a measurement or a reset after a condition");
        return new IfStatement(From(first), condition, ReadStatementOfTwo(), null);
    }

    private GateCall ReadGateCallOfTwo(Token first)
    {
        var name = TakeName("the name of a gate", out var span);
        ImmutableArray<Expression> arguments = [];
        if (TakeIf("("))
        {
            arguments = ReadList(")", "an angle");
            Take(")", $"to close the angles of '{name}'");
        }
        var qubits = ReadGateOperands();
        Take(";", $"after '{name}'");
        return new GateCall(From(first), [], name, span, arguments, qubits);
    }
}
