using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Augmentation;

/// <summary>The cooperative schedule of <see cref="PixelKernels"/>: neighbouring threads have neighbouring numbers, or pixels.</summary>
public static class PixelPass
{
    /// <summary>As <see cref="PixelKernels.Move"/>.</summary>
    /// <inheritdoc cref="PixelKernels.Move"/>
    [Cooperative]
    public static void Move(
        ArrayView<float> x, ArrayView<float> y, ArrayView<int> table, int batch, int height, int width, int channels)
    {
        var count = batch * height * width * channels;
        for (var i = WorkItem.Index(); i < count; i += WorkItem.Count())
        {
            var pixel = (int)((uint)i / (uint)channels);
            var line = (int)((uint)pixel / (uint)width);
            var image = (int)((uint)line / (uint)height);
            var entry = image * PixelKernels.MoveEntry;
            var row = Reflection.Index(line - image * height + table[entry + 2], height);
            var from = PixelKernels.Source(table[entry], image, row, pixel - line * width - table[entry + 1], height, width);
            y[i] = x[from * channels + (i - pixel * channels)];
        }
    }

    /// <summary>As <see cref="PixelKernels.Recolour"/>.</summary>
    /// <inheritdoc cref="PixelKernels.Recolour"/>
    [Cooperative]
    public static void Recolour(
        ArrayView<float> images, ArrayView<int> list, ArrayView<float> table, int count, int height, int width, int channels)
    {
        var pixels = height * width;
        for (var i = WorkItem.Index(); i < count * pixels; i += WorkItem.Count())
        {
            var entry = (int)((uint)i / (uint)pixels);
            PixelKernels.Colour(
                images, (list[entry] * pixels + i - entry * pixels) * channels, table, entry * PixelKernels.ColourEntry, channels);
        }
    }
}
