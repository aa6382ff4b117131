namespace QTrain.Numerics;

/// <summary>One single: the specification that the wider registers are tested against.</summary>
internal readonly unsafe struct Single1 : IRegister<float, float>
{
    public static int Count => 1;

    public static float Broadcast(double value) => (float)value;

    public static float Splat(float* source) => *source;

    public static float Load(float* source) => *source;

    public static void Store(float value, float* destination) => *destination = value;

    public static double ToDouble(float value) => value;

    public static float Add(float left, float right) => left + right;

    public static float Multiply(float left, float right) => left * right;

    public static float MultiplyAdd(float left, float right, float addend) => MathF.FusedMultiplyAdd(left, right, addend);

    public static float SubtractProduct(float left, float right, float addend) => MathF.FusedMultiplyAdd(-left, right, addend);

    public static float Flip1(float value) => value;

    public static float Flip2(float value) => value;

    public static float Flip4(float value) => value;

    public static float Permutation(ReadOnlySpan<int> sources) => 0;

    public static float Permute(float value, float permutation) => value;

    public static float Select(float mask, float yes, float no) => BitConverter.SingleToInt32Bits(mask) != 0 ? yes : no;

    public static float Mask(int lanes) => BitConverter.Int32BitsToSingle((lanes & 1) != 0 ? -1 : 0);
}
