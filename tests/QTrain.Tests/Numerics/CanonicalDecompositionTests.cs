using System.Numerics;
using QTrain.Circuits;
using QTrain.Numerics;
using QTrain.Tests.Reference;

namespace QTrain.Tests.Numerics;

public sealed class A_canonical_decomposition
{
    // Entries of products of a dozen matrices.
    private const double Tolerance = 5e-15;

    private static readonly Complex[] Identity = [1, 0, 0, 1];

    private static readonly Complex[] PauliX = [0, 1, 1, 0], PauliY = [0, -Complex.ImaginaryOne, Complex.ImaginaryOne, 0], PauliZ = [1, 0, 0, -1];

    [Fact]
    public void is_the_unitary_it_was_made_of()
    {
        var random = new RandomStream(1);
        for (var k = 0; k < 5000; k++) Check(Random(4, ref random), $"random {k}");
    }

    [Theory]
    [InlineData("cx")]
    [InlineData("cz")]
    [InlineData("swap")]
    [InlineData("iswap")]
    [InlineData("ecr")]
    [InlineData("dcx")]
    public void of_a_gate_with_a_name_and_any_turns_around_it_is_that_gate(string name)
    {
        Complex[] gate = [.. GateOf(name).Cast<Complex>()];
        Check(gate, name);
        var random = new RandomStream(2);
        for (var k = 0; k < 300; k++)
        {
            var before = CanonicalDecomposition.Kronecker(Random(2, ref random), Random(2, ref random));
            Check(Product(gate, before), $"{name} after turns {k}");
            Check(Product(Product(CanonicalDecomposition.Kronecker(Random(2, ref random), Random(2, ref random)), gate), before), $"{name} between turns {k}");
        }
    }

    [Fact]
    public void holds_where_angles_coincide_or_nearly_do()
    {
        var random = new RandomStream(3);
        double[] angles = [0, Math.PI / 4, -Math.PI / 4, Math.PI / 8, Math.PI / 2, Math.PI, 0.3];
        double[] away = [0, 1e-16, 1e-15, 1e-12, 1e-9, 1e-8, 1e-6, 1e-3];
        for (var k = 0; k < 4000; k++)
        {
            var joint = Joint(Next(ref random), Next(ref random), Next(ref random));
            var (left, right) = (Local(ref random), Local(ref random));
            Check(Product(Product(left, joint), right), $"near {k}");
        }

        double Next(ref RandomStream random) => angles[random.NextBelow(angles.Length)] + away[random.NextBelow(away.Length)] * (random.NextDouble() - 0.5);

        Complex[] Local(ref RandomStream random) => random.NextBelow(3) switch
        {
            0 => CanonicalDecomposition.Kronecker(Identity, Identity),
            1 => CanonicalDecomposition.Kronecker(random.NextBelow(2) == 0 ? PauliX : PauliZ, random.NextBelow(2) == 0 ? PauliY : Identity),
            _ => CanonicalDecomposition.Kronecker(Random(2, ref random), Random(2, ref random)),
        };
    }

    [Fact]
    public void of_turns_alone_joins_nothing()
    {
        var random = new RandomStream(4);
        for (var k = 0; k < 500; k++)
        {
            var canonical = Check(CanonicalDecomposition.Kronecker(Random(2, ref random), Random(2, ref random)), $"{k}");
            new[] { canonical.X, canonical.Y, canonical.Z }.ShouldAllBe(a => Math.Abs(a) < 1e-7);
        }
    }

    [Fact]
    public void has_Euler_angles_that_are_the_turn_they_were_made_of()
    {
        var random = new RandomStream(5);
        for (var k = 0; k < 5000; k++)
        {
            var matrix = Random(2, ref random);
            if (k % 3 > 0)
            {
                // Nearly diagonal, or nearly an exchange, up to rounding of a product.
                var (small, scale) = (Math.Pow(10, -17 * random.NextDouble()), Math.PI * random.NextDouble());
                var turn = Turn(k % 3 == 1 ? small : Math.PI - small);
                matrix = CanonicalDecomposition.Multiply(CanonicalDecomposition.Multiply(Phase(scale), turn, 2), Phase(7 * random.NextDouble()), 2);
                for (var j = 0; j < 4; j++) matrix[j] += 1e-16 * (random.NextDouble() - 0.5);
            }
            var angles = EulerAngles.Of(matrix);
            var product = CanonicalDecomposition.Multiply(CanonicalDecomposition.Multiply(Phase(angles.After), Turn(angles.Turn), 2), Phase(angles.Before), 2);
            for (var j = 0; j < 4; j++) product[j] *= Complex.FromPolarCoordinates(1, angles.Global);
            Distance(product, matrix).ShouldBeLessThan(3e-15, $"{k}");
        }

        static Complex[] Turn(double angle) => [Math.Cos(angle / 2), -Math.Sin(angle / 2), Math.Sin(angle / 2), Math.Cos(angle / 2)];
        static Complex[] Phase(double angle) => [Complex.FromPolarCoordinates(1, -angle / 2), 0, 0, Complex.FromPolarCoordinates(1, angle / 2)];
    }

    private static CanonicalDecomposition Check(Complex[] unitary, string what)
    {
        var found = CanonicalDecomposition.Of(unitary);
        var product = Product(Product(CanonicalDecomposition.Kronecker(found.LeftHigh, found.LeftLow), Joint(found.X, found.Y, found.Z)),
            CanonicalDecomposition.Kronecker(found.RightHigh, found.RightLow));
        Distance(product, unitary).ShouldBeLessThan(Tolerance, what);
        foreach (var factor in new[] { found.LeftHigh, found.LeftLow, found.RightHigh, found.RightLow })
        {
            Complex[] adjoint = [Complex.Conjugate(factor[0]), Complex.Conjugate(factor[2]), Complex.Conjugate(factor[1]), Complex.Conjugate(factor[3])];
            Distance(CanonicalDecomposition.Multiply(adjoint, factor, 2), Identity).ShouldBeLessThan(Tolerance, what);
        }
        Math.Abs(found.Z).ShouldBeLessThanOrEqualTo(Math.PI / 4 + 1e-15, what);
        (Math.Max(Math.Abs(found.X), Math.Abs(found.Y)) <= Math.Abs(found.Z)).ShouldBeTrue(what);
        return found;
    }

    private static Complex[] Joint(double x, double y, double z)
    {
        // The three commute.
        Complex[] product = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
        foreach (var (pauli, angle) in new[] { (PauliX, x), (PauliY, y), (PauliZ, z) })
        {
            var both = CanonicalDecomposition.Kronecker(pauli, pauli);
            var factor = new Complex[16];
            for (var k = 0; k < 16; k++) factor[k] = (k % 5 == 0 ? Math.Cos(angle) : 0) + Complex.ImaginaryOne * Math.Sin(angle) * both[k];
            product = Product(factor, product);
        }
        return product;
    }

    private static Complex[] Product(Complex[] left, Complex[] right) => CanonicalDecomposition.Multiply(left, right, 4);

    private static double Distance(Complex[] a, Complex[] b) => a.Zip(b, (x, y) => (x - y).Magnitude).Max();

    private static Complex[] Random(int size, ref RandomStream random) => [.. Any.Unitary(size / 2, ref random).Cast<Complex>()];

    private static Complex[,] GateOf(string name) => Circuit.Build(2, c =>
    {
        _ = name switch { "cx" => c.Cx(0, 1), "cz" => c.Cz(0, 1), "swap" => c.Swap(0, 1), "iswap" => c.Iswap(0, 1), "ecr" => c.Ecr(0, 1), _ => c.Dcx(0, 1) };
    }).Operations.OfType<GateOperation>().Single().Gate.Matrix();
}
