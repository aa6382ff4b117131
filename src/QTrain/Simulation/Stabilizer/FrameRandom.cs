using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using QTrain.Numerics;

namespace QTrain.Simulation.Stabilizer;

/// <summary>The random numbers of one batch of shots: bits, and exponentially distributed numbers, both made many at a time.</summary>
internal sealed unsafe class FrameRandom : IDisposable
{
    private const int Buffer = 512;

    private readonly ulong* _bits = (ulong*)NativeMemory.AlignedAlloc(2 * Buffer * sizeof(ulong), 64);
    private readonly double* _exponentials;
    private int _bitsUsed;
    private int _exponentialsUsed;
    private RandomStream _bitStream;
    private RandomStream _exponentialStream;

    public FrameRandom() => _exponentials = (double*)(_bits + Buffer);

    /// <summary>Begins the streams of a batch.</summary>
    public void Start(RandomStream stream)
    {
        _bitStream = stream.Child(0);
        _exponentialStream = stream.Child(1);
        _bitsUsed = _exponentialsUsed = Buffer;
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits()
    {
        if (_bitsUsed == Buffer) FillBits();
        return _bits[_bitsUsed++];
    }

    /// <summary>So many random words, valid until the next call; a divisor of 512.</summary>
    public ulong* NextWords(int words)
    {
        if (_bitsUsed + words > Buffer) FillBits();
        var first = _bits + _bitsUsed;
        _bitsUsed += words;
        return first;
    }

    /// <summary>A number of the exponential distribution with mean 1.</summary>
    public double NextExponential()
    {
        if (_exponentialsUsed == Buffer) FillExponentials();
        return _exponentials[_exponentialsUsed++];
    }

    private void FillBits()
    {
        _bitStream.Fill(new Span<ulong>(_bits, Buffer));
        _bitsUsed = 0;
    }

    private void FillExponentials()
    {
        _exponentialStream.Fill(new Span<ulong>(_exponentials, Buffer));
        // 52 random bits as the fraction of a number in [1, 2); two minus it lies in (0, 1], whose logarithm is finite.
        var (one, two) = (Vector256.Create(0x3FF0000000000000UL), Vector256.Create(2.0));
        for (var k = 0; k < Buffer; k += Vector256<ulong>.Count)
        {
            var fraction = (Vector256.Load((ulong*)_exponentials + k) >>> 12) | one;
            (-Vector256.Log(two - fraction.AsDouble())).Store(_exponentials + k);
        }
        _exponentialsUsed = 0;
    }

    public void Dispose() => NativeMemory.AlignedFree(_bits);
}
