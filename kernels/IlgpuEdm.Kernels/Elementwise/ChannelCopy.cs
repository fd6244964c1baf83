using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Elementwise;

/// <summary>The cooperative schedule of copies of channels: neighbouring threads take neighbouring channels.</summary>
public static class ChannelCopy
{
    /// <summary>As <see cref="ChannelKernels.Copy"/>.</summary>
    /// <typeparam name="TStorage">How both tensors lie in memory.</typeparam>
    /// <inheritdoc cref="ChannelKernels.Copy"/>
    [Cooperative]
    public static void Copy<TStorage>(
        ArrayView<float> x, ArrayView<float> y, int pixels, int channels, int xStride, int xOffset, int yStride, int yOffset,
        int accumulate)
        where TStorage : struct, IStorage
    {
        if (((channels | xStride | xOffset | yStride | yOffset) & 3) == 0)
        {
            CopyBy<ByFour, TStorage>(x, y, pixels, channels, xStride, xOffset, yStride, yOffset, accumulate);
        }
        else
        {
            CopyBy<ByOne, TStorage>(x, y, pixels, channels, xStride, xOffset, yStride, yOffset, accumulate);
        }
    }

    private static void CopyBy<TAccess, TStorage>(
        ArrayView<float> x, ArrayView<float> y, int pixels, int channels, int xStride, int xOffset, int yStride, int yOffset,
        int accumulate)
        where TAccess : struct, IAccess
        where TStorage : struct, IStorage
    {
        var count = pixels * channels;
        for (var i = TAccess.Width * WorkItem.Index(); i < count; i += TAccess.Width * WorkItem.Count())
        {
            var pixel = (int)((uint)i / (uint)channels);
            var channel = i - pixel * channels;
            var to = pixel * yStride + yOffset + channel;
            var value = TAccess.Load<TStorage>(x, pixel * xStride + xOffset + channel);
            Access.Put<TAccess, TStorage>(y, to, value, accumulate);
        }
    }
}
