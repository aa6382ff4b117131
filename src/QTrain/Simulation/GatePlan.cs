using System.Numerics;

namespace QTrain.Simulation;

/// <summary>What a constant matrix is, and so which kernel has the least to do.</summary>
internal enum GateShape
{
    /// <summary>The identity.</summary>
    Nothing,

    /// <summary>One qubit, no entries off the diagonal.</summary>
    Diagonal,

    /// <summary>Exchanges two basis states and leaves all others: x, swap and what they control.</summary>
    Exchange,

    /// <summary>One qubit, real.</summary>
    Real,

    /// <summary>One qubit.</summary>
    General,

    /// <summary>Two qubits.</summary>
    Two,

    /// <summary>More.</summary>
    Many,
}

/// <summary>A constant matrix looked into once, when its circuit is compiled.</summary>
internal sealed class GatePlan
{
    public required GateShape Shape { get; init; }

    /// <summary>The qubits of the matrix.</summary>
    public required ulong Targets { get; init; }

    /// <summary>Of an exchange: the two patterns of the qubits that it flips.</summary>
    public ulong From { get; private init; }

    public ulong To { get; private init; }

    /// <summary>Of an exchange: the qubits of the matrix that it does not flip and so asks for a value, and their values.</summary>
    public ulong Fixed { get; private init; }

    public ulong FixedValue { get; private init; }

    /// <summary>The same with other names for the qubits.</summary>
    public GatePlan Renamed(Func<ulong, ulong> rename) => new()
    {
        Shape = Shape,
        Targets = rename(Targets),
        From = rename(From),
        To = rename(To),
        Fixed = rename(Fixed),
        FixedValue = rename(FixedValue),
    };

    public static GatePlan Of(Instruction instruction)
    {
        var (matrix, targets) = (instruction.Matrix, instruction.Targets);
        var size = 1 << targets.Length;
        var mask = Global(size - 1);
        var (count, moved, other) = (0, 0, 0);
        for (var column = 0; column < size; column++)
            if (matrix[column * size + column] != Complex.One || !IsUnit(column, column)) (count, moved, other) = (count + 1, other, column);
        if (count == 0) return new GatePlan { Shape = GateShape.Nothing, Targets = mask };
        if (count == 2 && IsUnit(moved, other) && IsUnit(other, moved)
            && matrix[moved * size + other] == Complex.One && matrix[other * size + moved] == Complex.One)
        {
            var flipped = moved ^ other;
            return new GatePlan
            {
                Shape = GateShape.Exchange,
                Targets = mask,
                From = Global(moved & flipped),
                To = Global(other & flipped),
                Fixed = mask & ~Global(flipped),
                FixedValue = Global(moved & ~flipped),
            };
        }
        var shape = targets.Length switch
        {
            1 when matrix[1] == Complex.Zero && matrix[2] == Complex.Zero => GateShape.Diagonal,
            1 when IsReal() => GateShape.Real,
            1 => GateShape.General,
            2 => GateShape.Two,
            _ => GateShape.Many,
        };
        return new GatePlan { Shape = shape, Targets = mask };

        bool IsReal()
        {
            foreach (var entry in matrix)
                if (entry.Imaginary != 0) return false;
            return true;
        }

        // Whether a column has one entry other than zero, in this row.
        bool IsUnit(int row, int column)
        {
            for (var k = 0; k < size; k++)
                if (k != row && matrix[k * size + column] != Complex.Zero) return false;
            return true;
        }

        ulong Global(int local)
        {
            ulong global = 0;
            for (var k = 0; k < targets.Length; k++)
                if ((local >> k & 1) != 0) global |= 1UL << targets[k];
            return global;
        }
    }
}
