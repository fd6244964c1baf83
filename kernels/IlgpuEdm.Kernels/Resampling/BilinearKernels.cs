using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Resampling;

/// <summary>
/// Bilinear resizing without antialiasing, pixel centres at halves (PyTorch's <c>interpolate</c> with <c>align_corners=False</c>): pixel i
/// of S lies at <c>(i + 1/2) s / S - 1/2</c> among the s of the source, and what is beyond the first or last is that one.
/// </summary>
public static class BilinearKernels
{
    /// <summary><c>y = scale * resized(x) + shift</c>. A task is a pixel of y.</summary>
    /// <param name="x">Images, <c>[N, height, width, channels]</c>.</param>
    /// <param name="y">Receives images, <c>[N, outHeight, outWidth, outChannels]</c>.</param>
    /// <param name="s">Sizes.</param>
    /// <param name="scale">Factor of the values.</param>
    /// <param name="shift">Added to the product.</param>
    [EitherSchedule]
    public static void Resize(ArrayView<float> x, ArrayView<float> y, BilinearShape s, float scale, float shift)
    {
        var tasks = s.Batch * s.OutHeight * s.OutWidth;
        var last = WorkShare.Start(WorkItem.Index() + 1, WorkItem.Count(), tasks);
        for (var task = WorkShare.Start(WorkItem.Index(), WorkItem.Count(), tasks); task < last; task++)
        {
            var row = task / s.OutWidth;
            var image = row / s.OutHeight;
            var down = Place.Of(row - image * s.OutHeight, s.OutHeight, s.Height);
            var right = Place.Of(task - row * s.OutWidth, s.OutWidth, s.Width);
            var upper = (image * s.Height + down.First) * s.Width;
            var lower = (image * s.Height + down.Second) * s.Width;
            for (var c = 0; c < s.OutChannels; c++)
            {
                var channel = s.Channels == 1 ? 0 : c;
                var top = Between(
                    x[(upper + right.First) * s.Channels + channel], x[(upper + right.Second) * s.Channels + channel], right.Fraction);
                var bottom = Between(
                    x[(lower + right.First) * s.Channels + channel], x[(lower + right.Second) * s.Channels + channel], right.Fraction);
                y[task * s.OutChannels + c] = Gpu.Fma(Between(top, bottom, down.Fraction), scale, shift);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Between(float a, float b, float fraction) => Gpu.Fma(fraction, b - a, a);

    /// <summary>Where a pixel lies among those of the source: in whole numbers, so exact but for the fraction's rounding.</summary>
    private struct Place
    {
        public int First;
        public int Second;
        public float Fraction;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Place Of(int pixel, int outSize, int size)
        {
            // In units of 1 / (2 outSize); pixels are counted from the middle of the first.
            var place = (2 * pixel + 1) * size - outSize;
            place = place < 0 ? 0 : place;
            var first = place / (2 * outSize);
            Place result;
            result.First = first;
            result.Second = first + 1 < size ? first + 1 : first;
            result.Fraction = (place - first * 2 * outSize) / (float)(2 * outSize);
            return result;
        }
    }
}
