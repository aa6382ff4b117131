using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace QTrain.Simulation.Kernels;

/// <summary>Asks for lines of memory before they are needed, as many as a visit of so many vectors covers.</summary>
internal static unsafe class Lines
{
    /// <summary>Asks for the lines of memory that a visit of eight vectors needs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch8<TVector, TElement>(TElement* place, nuint at, nuint s0, nuint s1, nuint s2)
        where TVector : unmanaged where TElement : unmanaged
    {
        if (sizeof(TVector) > 32)
        {
            Fetch4<TVector, TElement>(place, at, s0, s1);
            Fetch4<TVector, TElement>(place + s2, at, s0, s1);
        }
        else if (sizeof(TVector) == 32)
        {
            // Two vectors share a line: every other visit asks for the lines of the other four.
            if ((at & (nuint)(sizeof(TVector) / sizeof(TElement))) != 0) place += s2;
            Line(place);
            Line(place + s0);
            Line(place + s1);
            Line(place + s0 + s1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch4<TVector, TElement>(TElement* place, nuint at, nuint s0, nuint s1)
        where TVector : unmanaged where TElement : unmanaged
    {
        if (sizeof(TVector) > 32)
        {
            Fetch2<TVector, TElement>(place, at, s0);
            Fetch2<TVector, TElement>(place + s1, at, s0);
        }
        else if (sizeof(TVector) == 32)
        {
            if ((at & (nuint)(sizeof(TVector) / sizeof(TElement))) != 0) place += s1;
            Line(place);
            Line(place + s0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch2<TVector, TElement>(TElement* place, nuint at, nuint s0)
        where TVector : unmanaged where TElement : unmanaged
    {
        if (sizeof(TVector) > 32)
        {
            Line(place);
            Line(place + s0);
        }
        else if (sizeof(TVector) == 32)
        {
            if ((at & (nuint)(sizeof(TVector) / sizeof(TElement))) != 0) place += s0;
            Line(place);
        }
    }

    // Into the second cache: what is asked for is more than the first one holds.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Line(void* place)
    {
        if (Sse.IsSupported) Sse.Prefetch1(place);
    }
}
