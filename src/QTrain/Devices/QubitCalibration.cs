namespace QTrain.Devices;

/// <summary>What is known of a qubit. A value that was not reported is null, and never guessed.</summary>
public sealed record QubitCalibration
{
    /// <summary>The provider's own name of the qubit, such as <c>QB1</c> or <c>3_2</c>; null where it is the number.</summary>
    public string? Label { get; init; }

    /// <summary>Whether the qubit may be used.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>Where it lies in the provider's drawing, in steps of the grid; null where unknown.</summary>
    public (double X, double Y)? Position { get; init; }

    /// <summary>The relaxation time T₁, in seconds.</summary>
    public CalibratedValue? T1 { get; init; }

    /// <summary>The coherence time T₂, in seconds; as reported, which may be more than 2·T₁.</summary>
    public CalibratedValue? T2 { get; init; }

    /// <summary>The transition frequency, in hertz.</summary>
    public CalibratedValue? Frequency { get; init; }

    /// <summary>How much lower the next transition lies, in hertz; negative for transmons.</summary>
    public CalibratedValue? Anharmonicity { get; init; }

    /// <summary>The probability of reading 1 when 0 was prepared.</summary>
    public CalibratedValue? OneGivenZero { get; init; }

    /// <summary>The probability of reading 0 when 1 was prepared.</summary>
    public CalibratedValue? ZeroGivenOne { get; init; }

    /// <summary>The probability of a wrong reading, averaged over both states.</summary>
    public CalibratedValue? ReadoutError { get; init; }

    /// <summary>How long a reading takes, in seconds.</summary>
    public CalibratedValue? ReadoutDuration { get; init; }

    /// <summary>Every quantity with its name, in the order of the schema.</summary>
    internal IEnumerable<(string Name, CalibratedValue? Value)> Values =>
    [
        ("t1", T1), ("t2", T2), ("frequency", Frequency), ("anharmonicity", Anharmonicity), ("oneGivenZero", OneGivenZero),
        ("zeroGivenOne", ZeroGivenOne), ("readoutError", ReadoutError), ("readoutDuration", ReadoutDuration),
    ];

    /// <summary>The qubit with a quantity of the schema set.</summary>
    internal QubitCalibration With(string name, CalibratedValue? value) => name switch
    {
        "t1" => this with { T1 = value },
        "t2" => this with { T2 = value },
        "frequency" => this with { Frequency = value },
        "anharmonicity" => this with { Anharmonicity = value },
        "oneGivenZero" => this with { OneGivenZero = value },
        "zeroGivenOne" => this with { ZeroGivenOne = value },
        "readoutError" => this with { ReadoutError = value },
        "readoutDuration" => this with { ReadoutDuration = value },
        _ => throw new ArgumentException($"'{name}' is no quantity of a qubit.", nameof(name)),
    };

    /// <summary>The unit of a quantity of the schema.</summary>
    internal static CalibrationUnit UnitOf(string name) => name switch
    {
        "t1" or "t2" or "readoutDuration" or "duration" => CalibrationUnit.Seconds,
        "frequency" or "anharmonicity" => CalibrationUnit.Hertz,
        _ => CalibrationUnit.Probability,
    };
}
