using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Augmentation;

/// <summary>
/// The low-pass filter of the wavelet sym6 (Daubechies' "symlet" with six vanishing moments): 12 taps whose sum is the square root of 2
/// and which are orthonormal to their own shifts by two. Doubling a size sets zeros between pixels and convolves; halving convolves
/// with the filter reversed and drops every other pixel; one after the other they leave a line as it was.
/// </summary>
public static class Sym6
{
    /// <summary>Number of taps.</summary>
    public const int Length = 12;

    /// <summary>Tap 0; the next follow.</summary>
    public const float Tap0 = 0.015404109327027373f;

    /// <summary>Tap 1.</summary>
    public const float Tap1 = 0.0034907120842174702f;

    /// <summary>Tap 2.</summary>
    public const float Tap2 = -0.11799011114819057f;

    /// <summary>Tap 3.</summary>
    public const float Tap3 = -0.048311742585633f;

    /// <summary>Tap 4.</summary>
    public const float Tap4 = 0.4910559419267466f;

    /// <summary>Tap 5.</summary>
    public const float Tap5 = 0.787641141030194f;

    /// <summary>Tap 6.</summary>
    public const float Tap6 = 0.3379294217276218f;

    /// <summary>Tap 7.</summary>
    public const float Tap7 = -0.07263752278646252f;

    /// <summary>Tap 8.</summary>
    public const float Tap8 = -0.021060292512300564f;

    /// <summary>Tap 9.</summary>
    public const float Tap9 = 0.04472490177066578f;

    /// <summary>Tap 10.</summary>
    public const float Tap10 = 0.0017677118642428036f;

    /// <summary>Tap 11.</summary>
    public const float Tap11 = -0.007800708325034148f;

    /// <summary>A tap.</summary>
    /// <param name="tap">Which, from 0.</param>
    /// <returns>Its value.</returns>
    internal static float Tap(int tap)
    {
        var even = tap < 2 ? Tap0 : tap < 4 ? Tap2 : tap < 6 ? Tap4 : tap < 8 ? Tap6 : tap < 10 ? Tap8 : Tap10;
        var odd = tap < 2 ? Tap1 : tap < 4 ? Tap3 : tap < 6 ? Tap5 : tap < 8 ? Tap7 : tap < 10 ? Tap9 : Tap11;
        return (tap & 1) == 0 ? even : odd;
    }

    /// <summary>The sum of six runs, weighted by every other tap from the last: what doubling gives at even places.</summary>
    /// <param name="x">Where to read.</param>
    /// <param name="from">Where the first run starts.</param>
    /// <param name="step">Floats from one run's start to the next's.</param>
    /// <param name="y">Where to write.</param>
    /// <param name="to">Where the result starts.</param>
    /// <param name="count">Floats of a run.</param>
    internal static void OddTapsReversed(ArrayView<float> x, int from, int step, ArrayView<float> y, int to, int count)
    {
        Pair(x, from, from + step, y, to, count, Tap11, Tap9, 0);
        Pair(x, from + 2 * step, from + 3 * step, y, to, count, Tap7, Tap5, 1);
        Pair(x, from + 4 * step, from + 5 * step, y, to, count, Tap3, Tap1, 1);
    }

    /// <summary>The sum of six runs, weighted by every other tap from the last but one: what doubling gives at odd places.</summary>
    /// <param name="x">Where to read.</param>
    /// <param name="from">Where the first run starts.</param>
    /// <param name="step">Floats from one run's start to the next's.</param>
    /// <param name="y">Where to write.</param>
    /// <param name="to">Where the result starts.</param>
    /// <param name="count">Floats of a run.</param>
    internal static void EvenTapsReversed(ArrayView<float> x, int from, int step, ArrayView<float> y, int to, int count)
    {
        Pair(x, from, from + step, y, to, count, Tap10, Tap8, 0);
        Pair(x, from + 2 * step, from + 3 * step, y, to, count, Tap6, Tap4, 1);
        Pair(x, from + 4 * step, from + 5 * step, y, to, count, Tap2, Tap0, 1);
    }

    /// <summary>
    /// The sum of twelve runs, weighted by the taps in order: what halving gives. The runs come in two series, one for even and one for
    /// odd taps.
    /// </summary>
    /// <param name="x">Where to read.</param>
    /// <param name="even">Where the run of tap 0 starts.</param>
    /// <param name="odd">Where the run of tap 1 starts.</param>
    /// <param name="step">Floats from a run's start to that of the run two taps on.</param>
    /// <param name="y">Where to write.</param>
    /// <param name="to">Where the result starts.</param>
    /// <param name="count">Floats of a run.</param>
    internal static void Halve(ArrayView<float> x, int even, int odd, int step, ArrayView<float> y, int to, int count)
    {
        Pair(x, even, odd, y, to, count, Tap0, Tap1, 0);
        Pair(x, even + step, odd + step, y, to, count, Tap2, Tap3, 1);
        Pair(x, even + 2 * step, odd + 2 * step, y, to, count, Tap4, Tap5, 1);
        Pair(x, even + 3 * step, odd + 3 * step, y, to, count, Tap6, Tap7, 1);
        Pair(x, even + 4 * step, odd + 4 * step, y, to, count, Tap8, Tap9, 1);
        Pair(x, even + 5 * step, odd + 5 * step, y, to, count, Tap10, Tap11, 1);
    }

    private static void Pair(
        ArrayView<float> x, int a, int b, ArrayView<float> y, int to, int count, float p, float q, int accumulate) =>
        Pointwise.Combine(x.SubView(a, count), x.SubView(b, count), y.SubView(to, count), 0, count, p, q, accumulate);
}
