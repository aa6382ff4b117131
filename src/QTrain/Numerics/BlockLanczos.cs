using System.Diagnostics;

namespace QTrain.Numerics;

/// <summary>The lowest eigenvalues of a large real symmetric operator, counted with multiplicity.</summary>
/// <remarks>Block Lanczos with full reorthogonalization and thick restarts (Wu &amp; Simon 2000; Zhou &amp; Saad 2008). A block of random vectors
/// at least as wide as the eigenvalues wanted meets every eigenspace in as many copies as can be wanted of it, whatever the symmetries.
/// When it has converged, a fresh random block, orthogonal to what was found, searches for anything lower that was missed.</remarks>
internal sealed class BlockLanczos
{
    private const int ChunkRows = 2048;
    private const int WidestBlock = 16;
    private const int MaxRestarts = 3000;

    /// <summary>Residual at which an eigenvalue counts as found, relative to the operator's norm. The error is at most the residual,
    /// and of the order of its square where the spectrum has gaps.</summary>
    private const double Tolerance = 1e-11;

    private readonly PauliOperator _operator;
    private readonly int _size;
    private readonly int _count;
    private readonly int _width;
    private readonly int _capacity;
    private readonly int _kept;
    private readonly double _scale;
    private readonly RandomStream _seed;
    private readonly ParallelOptions _parallel;
    private readonly double[][] _basis;
    private readonly double[][] _image;
    private readonly double[] _projected;
    private readonly double[] _coupling;
    private ulong _blocksDrawn;

    private BlockLanczos(PauliOperator symmetric, int count, double scale, ulong seed, ParallelOptions parallel)
    {
        (_operator, _size, _count, _scale, _parallel) = (symmetric, symmetric.Size, count, scale, parallel);
        _seed = new RandomStream(seed);
        _width = Math.Min(count + 2, WidestBlock);
        _capacity = Capacity(count, _size);
        _kept = Math.Min(_capacity - 3 * _width, count + _capacity / 4);
        _basis = NewVectors(_capacity + _width);
        _image = NewVectors(_width);
        _projected = new double[_capacity * _capacity];
        _coupling = new double[_width * _width];
    }

    /// <summary>The <paramref name="count"/> lowest eigenvalues, ascending.</summary>
    /// <param name="symmetric">The operator; at least 512 rows.</param>
    /// <param name="count">How many; see <see cref="MaxCount"/>.</param>
    /// <param name="scale">A bound of the operator's norm.</param>
    /// <param name="seed">Of the random start.</param>
    /// <param name="parallel">Threads; results do not depend on their number.</param>
    public static double[] Lowest(PauliOperator symmetric, int count, double scale, ulong seed, ParallelOptions parallel) =>
        new BlockLanczos(symmetric, count, scale, seed, parallel).Run();

    /// <summary>The most eigenvalues that this method finds of an operator of so many rows.</summary>
    public static int MaxCount(int size) => Math.Min(1000, (size / 2 - 6 * WidestBlock) / 2);

    /// <summary>How many bytes of vectors a search holds.</summary>
    public static long Memory(int count, int size) => 8L * size * (Capacity(count, size) + 2 * Math.Min(count + 2, WidestBlock));

    private static int Capacity(int count, int size)
    {
        var width = Math.Min(count + 2, WidestBlock);
        // Wide bases converge in fewer applications; on large vectors memory is dearer.
        var comfortable = size <= 1 << 18 ? Math.Max(128, 16 * width) : size <= 1 << 21 ? 64 : 32;
        return Math.Max(2 * count + 6 * width, comfortable);
    }

    private double[] Run()
    {
        StartBlock(0);
        var filled = 0;
        double[]? found = null;
        for (var restart = 0; restart < MaxRestarts; restart++)
        {
            var size = Expand(filled);
            var (values, vectors) = RayleighRitz(size);
            var residuals = Residuals(vectors, size);
            var tolerance = Tolerance * _scale;
            if (residuals.AsSpan(0, _count).ContainsAnyExceptInRange(0, tolerance))
            {
                filled = Restart(vectors, values, size, _kept, fresh: false);
                continue;
            }
            var lowest = values[.._count];
            // The next value must be known well enough to say that nothing lower is on its way: it lies above the last one wanted, or is a
            // further copy of it and, its error being of the order of the residual's square, will stay one.
            var nothingLower = values[_count] - residuals[_count] >= lowest[^1] - tolerance || residuals[_count] <= 1e-7 * _scale;
            if (found is null || !Same(found, lowest, 10 * tolerance))
            {
                found = lowest;
                filled = Restart(vectors, values, size, _count, fresh: true);
            }
            else if (nothingLower) return lowest;
            else filled = Restart(vectors, values, size, _kept, fresh: false);
        }
        throw new QuantumException(
            $"The {_count} lowest energies did not converge in {MaxRestarts} restarts: their neighbours lie too close. Ask for a few more or fewer.");
    }

    private static bool Same(double[] left, double[] right, double tolerance) =>
        left.Zip(right).All(p => Math.Abs(p.First - p.Second) <= tolerance);

    /// <summary>Grows the basis from <paramref name="filled"/> vectors, the block behind them being orthonormal to them, until it is full.</summary>
    /// <returns>The size of the basis; the next block lies behind it.</returns>
    private int Expand(int filled)
    {
        while (filled + _width <= _capacity)
        {
            _parallel.CancellationToken.ThrowIfCancellationRequested();
            var end = filled + _width;
            _operator.Apply(_basis.AsSpan(filled, _width), _image, _parallel);
            var products = ProjectOut(end);
            // Twice is enough (Giraud et al. 2005); what the second pass finds is rounding of the first.
            var corrections = ProjectOut(end);
            for (var row = 0; row < end; row++)
                for (var c = 0; c < _width; c++)
                {
                    var value = products[row * _width + c] + corrections[row * _width + c];
                    if (row >= filled && row - filled < c) continue;
                    _projected[row * _capacity + filled + c] = value;
                    _projected[(filled + c) * _capacity + row] = value;
                }
            Orthonormalize(end);
            for (var c = 0; c < _width; c++) (_basis[end + c], _image[c]) = (_image[c], _basis[end + c]);
            filled = end;
        }
        return filled;
    }

    /// <summary>Makes the image orthonormal; <see cref="_coupling"/> becomes R of image = Q·R. Directions that vanish are drawn anew.</summary>
    private void Orthonormalize(int end)
    {
        Array.Clear(_coupling);
        var smallest = double.PositiveInfinity;
        for (var c = 0; c < _width; c++)
        {
            var vector = _image[c];
            for (var pass = 0; pass < 2; pass++)
                for (var other = 0; other < c; other++)
                {
                    var overlap = RealVectors.Dot(_image[other], vector);
                    RealVectors.Add(vector, -overlap, _image[other]);
                    _coupling[other * _width + c] += overlap;
                }
            var norm = Math.Sqrt(RealVectors.Dot(vector, vector));
            if (norm <= 1e-13 * _scale)
            {
                // The block has exhausted an invariant subspace; a random direction carries on where it cannot reach.
                DrawOrthogonal(vector, end, c);
                continue;
            }
            _coupling[c * _width + c] = norm;
            smallest = Math.Min(smallest, norm);
            RealVectors.Scale(vector, 1 / norm);
        }
        // Scaling up what was nearly cancelled scales up what is left along the basis.
        if (smallest < 1e-3 * _scale) Clean(end);
    }

    private void Clean(int end)
    {
        ProjectOut(end);
        for (var c = 0; c < _width; c++)
        {
            for (var other = 0; other < c; other++) RealVectors.Add(_image[c], -RealVectors.Dot(_image[other], _image[c]), _image[other]);
            RealVectors.Scale(_image[c], 1 / Math.Sqrt(RealVectors.Dot(_image[c], _image[c])));
        }
    }

    private void DrawOrthogonal(double[] vector, int end, int column)
    {
        Draw(vector);
        for (var pass = 0; pass < 3; pass++)
        {
            for (var k = 0; k < end; k++) RealVectors.Add(vector, -RealVectors.Dot(_basis[k], vector), _basis[k]);
            for (var k = 0; k < column; k++) RealVectors.Add(vector, -RealVectors.Dot(_image[k], vector), _image[k]);
            RealVectors.Scale(vector, 1 / Math.Sqrt(RealVectors.Dot(vector, vector)));
        }
    }

    /// <summary>A random orthonormal block behind the first <paramref name="filled"/> vectors and orthogonal to them.</summary>
    private void StartBlock(int filled)
    {
        for (var c = 0; c < _width; c++)
        {
            DrawOrthogonal(_image[c], filled, c);
            _image[c].CopyTo(_basis[filled + c], 0);
        }
    }

    private void Draw(double[] vector)
    {
        var stream = _seed.Child(_blocksDrawn++);
        for (var i = 0; i < vector.Length; i++) vector[i] = stream.NextDouble() - 0.5;
    }

    private (double[] Values, double[][] Vectors) RayleighRitz(int size)
    {
        var matrix = new double[size * size];
        for (var row = 0; row < size; row++) _projected.AsSpan(row * _capacity, size).CopyTo(matrix.AsSpan(row * size));
        return SymmetricEigen.Decompose(matrix, size);
    }

    /// <summary>‖H·v − θ·v‖ of each Ritz pair: only the last block reaches out of the basis.</summary>
    private double[] Residuals(double[][] vectors, int size)
    {
        var residuals = new double[size];
        for (var k = 0; k < size; k++)
        {
            var sum = 0.0;
            for (var row = 0; row < _width; row++)
            {
                var part = RealVectors.Dot(_coupling.AsSpan(row * _width, _width), vectors[k].AsSpan(size - _width, _width));
                sum += part * part;
            }
            residuals[k] = Math.Sqrt(sum);
        }
        return residuals;
    }

    /// <summary>Keeps the lowest Ritz vectors and the block behind the basis, or a fresh random one.</summary>
    private int Restart(double[][] vectors, double[] values, int size, int kept, bool fresh)
    {
        Debug.Assert(kept + _width <= _capacity);
        ForChunks((start, length, _) =>
        {
            var mixed = new double[kept * length];
            for (var k = 0; k < kept; k++)
                RealVectors.AddAll(mixed.AsSpan(k * length, length), 1, vectors[k], 1, _basis.AsSpan(0, size), start);
            for (var k = 0; k < kept; k++) mixed.AsSpan(k * length, length).CopyTo(_basis[k].AsSpan(start));
        });
        for (var c = 0; c < _width; c++) (_basis[kept + c], _basis[size + c]) = (_basis[size + c], _basis[kept + c]);
        Array.Clear(_projected);
        for (var k = 0; k < kept; k++) _projected[k * _capacity + k] = values[k];
        if (fresh) StartBlock(kept);
        return kept;
    }

    /// <summary>image −= V·(Vᵀ·image) for the first <paramref name="end"/> vectors V of the basis.</summary>
    /// <returns>Vᵀ·image, row-major.</returns>
    private double[] ProjectOut(int end)
    {
        var chunks = (_size + ChunkRows - 1) / ChunkRows;
        var partial = new double[chunks][];
        ForChunks((start, length, chunk) =>
        {
            var sums = partial[chunk] = new double[end * _width];
            for (var c = 0; c < _width; c++)
                RealVectors.Dots(_basis.AsSpan(0, end), start, _image[c].AsSpan(start, length), sums.AsSpan(c), _width);
        });
        // Chunks are summed in their order, so the result does not depend on which thread had which.
        var products = partial[0];
        for (var chunk = 1; chunk < chunks; chunk++) RealVectors.Add(products, 1, partial[chunk]);
        ForChunks((start, length, _) =>
        {
            for (var c = 0; c < _width; c++)
                RealVectors.AddAll(_image[c].AsSpan(start, length), -1, products.AsSpan(c), _width, _basis.AsSpan(0, end), start);
        });
        return products;
    }

    private void ForChunks(Action<int, int, int> body) =>
        Parallel.For(0, (_size + ChunkRows - 1) / ChunkRows, _parallel, chunk =>
            body(chunk * ChunkRows, Math.Min(ChunkRows, _size - chunk * ChunkRows), chunk));

    private double[][] NewVectors(int count)
    {
        var vectors = new double[count][];
        for (var k = 0; k < count; k++) vectors[k] = new double[_size];
        return vectors;
    }
}
