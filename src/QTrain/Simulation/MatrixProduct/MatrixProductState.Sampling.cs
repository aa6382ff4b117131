using System.Numerics;
using QTrain.Numerics;
using QTrain.Numerics.Dense;

namespace QTrain.Simulation.MatrixProduct;

// Perfect sampling: each site's outcome is drawn from its exact probability given the sites before it, without ever writing down 2ⁿ numbers.
public sealed partial class MatrixProductState
{
    // So many different beginnings of outcomes are carried along together, as the rows of one matrix product.
    private const int RowsTogether = 1024;

    /// <summary>Measures qubits in the computational basis, so many times on so many copies of the state.</summary>
    /// <param name="shots">How many times.</param>
    /// <param name="random">The same stream gives the same counts, on any number of threads.</param>
    /// <param name="qubits">What is measured, the first listed being the lowest bit of an outcome; all qubits when left out.</param>
    /// <remarks>Ferris &amp; Vidal 2012, arXiv:1201.3974. Shots that have measured the same so far share the work: a site divides them by a binomial
    /// number, drawn from a stream keyed by what they measured.</remarks>
    public WideCounts Sample(long shots, RandomStream random, params ReadOnlySpan<int> qubits)
    {
        if (shots < 0) throw new QuantumException($"{shots} shots cannot be taken: give 0 or more.");
        var bits = qubits.IsEmpty ? QubitCount : qubits.Length;
        var bitOf = new int[QubitCount];
        bitOf.AsSpan().Fill(-1);
        for (var k = 0; k < bits; k++)
        {
            var qubit = qubits.IsEmpty ? k : qubits[k];
            if ((uint)qubit >= (uint)QubitCount) throw new QubitOutOfRangeException(qubit, QubitCount);
            if (bitOf[_siteOf[qubit]] >= 0) throw new QuantumException($"Qubit {qubit} is measured twice: every qubit can be listed once.");
            bitOf[_siteOf[qubit]] = k;
        }
        if (shots == 0) return new WideCounts(bits, []);
        // Left of the first measured site and right of the last, all tensors are isometries and have no say.
        var (first, last) = (Array.FindIndex(bitOf, b => b >= 0), Array.FindLastIndex(bitOf, b => b >= 0));
        MoveCentre(first);
        var sampling = new Sampling { State = this, BitOf = bitOf, Last = last, Words = (bits + 63) / 64, Bits = bits };
        sampling.Follow(first, sampling.Start(shots, random, first));
        return new WideCounts(bits, sampling.Found);
    }

    /// <summary>How often something of probability p happens in so many independent trials, from random bits alone.</summary>
    /// <remarks>64 trials at once: bit by bit, each compares a uniform number with p, and most are settled after a few bits.</remarks>
    internal static long Binomial(long trials, double probability, ref RandomStream random)
    {
        if (!(probability > 0)) return 0;
        if (probability >= 1) return trials;
        var limit = (ulong)(probability * 18446744073709551616.0);
        var hits = 0L;
        for (var done = 0L; done < trials; done += 64)
        {
            var open = trials - done >= 64 ? ulong.MaxValue : (1UL << (int)(trials - done)) - 1;
            for (var bit = 63; bit >= 0 && open != 0; bit--)
            {
                var drawn = random.NextUInt64();
                if ((limit >> bit & 1) != 0)
                {
                    // A 0 under a 1 is smaller for good.
                    hits += BitOperations.PopCount(open & ~drawn);
                    open &= drawn;
                }
                else open &= ~drawn;
            }
        }
        return hits;
    }

    /// <summary>Beginnings of outcomes, each with the shots that share it and the row vector that the sites so far leave.</summary>
    private sealed class Beginnings(int words)
    {
        private readonly List<long> _shots = [];
        private readonly List<RandomStream> _random = [];
        private readonly List<ulong> _bits = [];

        public ComplexMatrix Vectors { get; } = new();

        public int Count => _shots.Count;

        public long Shots(int row) => _shots[row];

        public RandomStream Random(int row) => _random[row];

        public ReadOnlySpan<ulong> Bits(int row) => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bits).Slice(row * words, words);

        public void Add(long shots, RandomStream random, ReadOnlySpan<ulong> bits, int set = -1)
        {
            _shots.Add(shots);
            _random.Add(random);
            for (var word = 0; word < words; word++) _bits.Add((bits.IsEmpty ? 0 : bits[word]) | (set >= 0 && set / 64 == word ? 1UL << (set & 63) : 0));
        }
    }

    private sealed class Sampling
    {
        private readonly ComplexMatrix _images = new();

        public required MatrixProductState State { get; init; }

        public required int[] BitOf { get; init; }

        public required int Last { get; init; }

        public required int Words { get; init; }

        public required int Bits { get; init; }

        public List<BitsCount> Found { get; } = [];

        /// <summary>The beginnings at the first site. Where unmeasured qubits lie left of it, its bond's index is drawn like one of them, and forgotten.</summary>
        public Beginnings Start(long shots, RandomStream random, int site)
        {
            var (left, size) = (State.LeftBond(site), 2 * State.RightBond(site));
            var tensor = State._sites[site];
            var weights = new double[left];
            for (var l = 0; l < left; l++)
                weights[l] = RealVectors.Dot(tensor.Real.AsSpan(l * size, size), tensor.Real.AsSpan(l * size, size))
                    + RealVectors.Dot(tensor.Imaginary.AsSpan(l * size, size), tensor.Imaginary.AsSpan(l * size, size));
            var rest = weights.Sum();
            var rows = new List<int>();
            var start = new Beginnings(Words);
            for (var l = 0; l < left && shots > 0; l++)
            {
                var taken = l == left - 1 ? shots : Binomial(shots, weights[l] / rest, ref random);
                rest -= weights[l];
                shots -= taken;
                if (taken == 0) continue;
                start.Add(taken, random.Child((ulong)l + 2), []);
                rows.Add(l);
            }
            start.Vectors.Resize(rows.Count, left);
            start.Vectors.Clear();
            for (var row = 0; row < rows.Count; row++) start.Vectors[row, rows[row]] = 1;
            return start;
        }

        public void Follow(int site, Beginnings now)
        {
            for (; site <= Last; site++)
            {
                var (left, right) = (State.LeftBond(site), State.RightBond(site));
                Shape(State._sites[site], left, 2 * right);
                ComplexProduct.Multiply(now.Vectors, false, State._sites[site], false, _images, State._dense);
                var next = new Beginnings(Words);
                var kept = new List<(int From, double Scale)>();
                for (var row = 0; row < now.Count; row++)
                {
                    var start = row * 2 * right;
                    var (zero, one) = (Weight(start, right), Weight(start + right, right));
                    var random = now.Random(row);
                    var ones = Binomial(now.Shots(row), one / (zero + one), ref random);
                    if (ones < now.Shots(row))
                    {
                        next.Add(now.Shots(row) - ones, random.Child(0), now.Bits(row));
                        kept.Add((start, 1 / Math.Sqrt(zero)));
                    }
                    if (ones == 0) continue;
                    next.Add(ones, random.Child(1), now.Bits(row), BitOf[site]);
                    kept.Add((start + right, 1 / Math.Sqrt(one)));
                }
                if (site == Last)
                {
                    for (var row = 0; row < next.Count; row++) Found.Add(new BitsCount(TextOf(next.Bits(row)), next.Shots(row)));
                    return;
                }
                next.Vectors.Resize(kept.Count, right);
                for (var row = 0; row < kept.Count; row++)
                    for (var k = 0; k < right; k++)
                    {
                        next.Vectors.Real[row * right + k] = kept[row].Scale * _images.Real[kept[row].From + k];
                        next.Vectors.Imaginary[row * right + k] = kept[row].Scale * _images.Imaginary[kept[row].From + k];
                    }
                now = next;
                if (now.Count <= RowsTogether) continue;
                for (var from = 0; from < now.Count; from += RowsTogether) Follow(site + 1, Part(now, from, Math.Min(RowsTogether, now.Count - from), right));
                return;
            }
        }

        private Beginnings Part(Beginnings all, int from, int count, int width)
        {
            var part = new Beginnings(Words);
            for (var row = from; row < from + count; row++) part.Add(all.Shots(row), all.Random(row), all.Bits(row));
            part.Vectors.Resize(count, width);
            all.Vectors.Real.AsSpan(from * width, count * width).CopyTo(part.Vectors.Real);
            all.Vectors.Imaginary.AsSpan(from * width, count * width).CopyTo(part.Vectors.Imaginary);
            return part;
        }

        private double Weight(int start, int length)
        {
            Span<double> real = _images.Real.AsSpan(start, length), imaginary = _images.Imaginary.AsSpan(start, length);
            return RealVectors.Dot(real, real) + RealVectors.Dot(imaginary, imaginary);
        }

        private string TextOf(ReadOnlySpan<ulong> words)
        {
            var text = new char[Bits];
            for (var k = 0; k < Bits; k++) text[Bits - 1 - k] = (words[k / 64] >> (k & 63) & 1) != 0 ? '1' : '0';
            return new string(text);
        }
    }
}
