namespace QTrain.Simulation.Plans;

/// <summary>One thing done to every tile of a pass. Immutable; what an evaluation binds lives in the memory of a <see cref="PlanBinding"/>.</summary>
internal abstract unsafe class TileStep
{
    /// <summary>Bytes of bound memory.</summary>
    public abstract int Bytes { get; }

    /// <summary>Where they begin.</summary>
    public int Offset { get; set; }

    /// <summary>The highest bit of a tile's address that the step mixes or orders rows by; −1 where there is none.</summary>
    public abstract int HighestBit { get; }

    /// <summary>Whether the step is one of those that go through a tile in portions.</summary>
    public bool IsInner { get; set; }

    /// <summary>Bytes of a thread's tables that the step needs, both ways.</summary>
    public virtual int TableBytes => 0;

    /// <summary>Writes what no evaluation changes.</summary>
    public virtual void Initialize(byte* memory)
    {
    }

    /// <summary>Writes what depends on the parameters. Steps are bound in order: <paramref name="scale"/> is what the amplitudes must still
    /// be multiplied with.</summary>
    public abstract void Bind(byte* memory, ReadOnlySpan<double> at, ref DeferredScale scale);

    /// <summary>Whether it can load a tile's rows from where they are in the state, or store them there, so that nobody need copy them.</summary>
    public virtual bool CanReachRows(TileMap tile) => false;

    /// <summary>Whether it does: the first step of a pass may load, the last one store.</summary>
    public virtual void ReachRows(TileMap tile, bool loads, bool stores) => throw new NotSupportedException();

    /// <summary>Does it to <paramref name="qubits"/> qubits of a tile from an offset on.</summary>
    public abstract void Run(ref TileVisit visit, nuint start, int qubits);

    /// <summary>How many numbers a tile adds up for the gradient.</summary>
    public abstract int SlopeCount { get; }

    /// <summary>The first of them among those of its pass.</summary>
    public int FirstSlope { get; set; }

    /// <summary>Whether a parameter moves it.</summary>
    public abstract bool IsMoved { get; }

    /// <summary>Prepares the way back, after <see cref="Bind"/>. Steps are prepared in reverse order; <paramref name="scale"/> is what |ψ⟩ and
    /// |λ⟩ must still be multiplied with there.</summary>
    public abstract void BindBack(byte* memory, ref DeferredScale scale);

    /// <summary>Undoes it on |ψ⟩ and |λ⟩, and adds to the tile's slopes.</summary>
    public abstract void RunBack(ref TileVisit visit, nuint start, int qubits);

    /// <summary>Adds the sums over all tiles, as the derivatives they are, to the gradient.</summary>
    public abstract void AddTo(Span<double> gradient, byte* memory, ReadOnlySpan<double> slopes);
}

/// <summary>The real factor that rotations of the form [1 −t; t 1] leave to a later step.</summary>
internal struct DeferredScale
{
    // Amplitudes grow by its inverse until then; doubles reach to 2^1023, singles to 2^127.
    private const double LeastDouble = 1e-120, LeastSingle = 1e-15;

    /// <summary>What the amplitudes must be multiplied with.</summary>
    public double Value;

    private readonly double _least;

    public DeferredScale(bool isSingle)
    {
        Value = 1;
        _least = isSingle ? LeastSingle : LeastDouble;
    }

    /// <summary>Whether a rotation's cosine may be left for later.</summary>
    public readonly bool CanDefer(double cosines) => Math.Abs(cosines * Value) >= _least && Math.Abs(cosines) >= 1e-9;

    public double Take()
    {
        var value = Value;
        Value = 1;
        return value;
    }
}
