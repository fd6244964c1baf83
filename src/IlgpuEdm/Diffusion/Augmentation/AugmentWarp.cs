using ILGPU;
using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Augmentation;
using Device = IlgpuEdm.Devices.Device;

namespace IlgpuEdm.Diffusion.Augmentation;

/// <summary>An image that is resampled: its number in the batch, where its points come from, and its margin.</summary>
internal readonly record struct WarpedImage(int Image, AffineMap Inverse, AugmentMargin Margin);

/// <summary>
/// Resamples images in place: margins of reflection, two-fold upsampling with sym6, bilinear sampling at double density, two-fold
/// downsampling. So many images go at once as fit into the scratch memory; an image's result does not depend on its company.
/// </summary>
internal static class AugmentWarp
{
    // Floats; more would leave the caches, less would leave a GPU idle.
    private const long DefaultScratch = 1 << 23;

    // Places at double size, far inside what 32 bits before the point can count.
    private const double FarthestPlace = 1 << 24;

    private const double FixedPoint = 4294967296.0;

    public static void Run(Tensor images, ReadOnlySpan<WarpedImage> list, long scratchLimit = DefaultScratch)
    {
        var shape = new WarpShape { Height = images.Size(1), Width = images.Size(2), Channels = images.Size(3) };
        foreach (var item in list)
        {
            shape.PaddedHeight = Math.Max(shape.PaddedHeight, shape.Height + item.Margin.Top + item.Margin.Bottom);
            shape.PaddedWidth = Math.Max(shape.PaddedWidth, shape.Width + item.Margin.Left + item.Margin.Right);
        }

        var perImage = Math.Max(1, Wide(shape) + Tall(shape) + Sampled(shape));
        var most = (int)Math.Clamp(scratchLimit / perImage, 1, Math.Max(1, list.Length));
        for (var first = 0; first < list.Length; first += most)
        {
            shape.Count = Math.Min(most, list.Length - first);
            RunPart(images, list.Slice(first, shape.Count), shape);
        }
    }

    private static void RunPart(Tensor images, ReadOnlySpan<WarpedImage> list, WarpShape shape)
    {
        var device = images.Device;
        var windows = new int[list.Length * WarpKernels.WindowEntry];
        var maps = new long[list.Length * WarpKernels.MapEntry];
        for (var i = 0; i < list.Length; i++)
        {
            WriteWindow(list[i], shape, windows.AsSpan(i * WarpKernels.WindowEntry, WarpKernels.WindowEntry));
            WriteMap(list[i], shape, maps.AsSpan(i * WarpKernels.MapEntry, WarpKernels.MapEntry));
        }

        using var window = new DeviceTable<int>(device, windows);
        using var map = new DeviceTable<long>(device, maps);
        using var wide = device.Pool.RentScratch(shape.Count * Wide(shape));
        using var tall = device.Pool.RentScratch(shape.Count * Tall(shape));
        using var sampled = device.Pool.RentScratch(shape.Count * Sampled(shape));

        var memory = new WarpMemory(images.View, wide.View, tall.View, sampled.View, window.View, map.View);
        if (device.IsCooperative)
        {
            RunCooperative(device, memory, shape);
        }
        else
        {
            RunFat(device, memory, shape);
        }
    }

    private static void RunFat(Device device, in WarpMemory m, WarpShape shape)
    {
        var items = device.WorkItems(shape.Count * shape.WideRows, shape.PaddingScratch);
        using var padding = device.Pool.RentScratch((long)items * shape.PaddingScratch);
        device.Launch(
            WarpKernels.Widen, items, Work(shape.Count * Wide(shape)), m.Images, m.Wide, padding.View, m.Windows, shape);
        device.Launch(
            WarpKernels.Heighten, device.WorkItems(shape.Count * shape.TallRows), Work(shape.Count * Tall(shape)),
            m.Wide, m.Tall, m.Windows, shape);

        items = device.WorkItems(shape.Count * shape.SampledRows, shape.SamplingScratch);
        using var sampling = device.Pool.RentScratch((long)items * shape.SamplingScratch);
        device.Launch(
            WarpKernels.Sample, items, Work(shape.Count * Sampled(shape)),
            m.Tall, m.Sampled, sampling.View, m.Windows, m.Maps, shape);
        device.Launch(
            WarpKernels.Shrink, device.WorkItems(shape.Count * shape.Height), Work(shape.Count * Sampled(shape)),
            m.Sampled, m.Images, m.Windows, shape);
    }

    private static void RunCooperative(Device device, in WarpMemory m, WarpShape shape)
    {
        long wide = shape.Count * Wide(shape), tall = shape.Count * Tall(shape), sampled = shape.Count * Sampled(shape);
        device.Launch(WarpPass.Widen, Device.Groups((int)wide), Work(wide), m.Images, m.Wide, m.Windows, shape);
        device.Launch(WarpPass.Heighten, Device.Groups((int)tall), Work(tall), m.Wide, m.Tall, m.Windows, shape);
        device.Launch(WarpPass.Sample, Device.Groups((int)sampled), Work(sampled), m.Tall, m.Sampled, m.Windows, m.Maps, shape);
        var results = shape.Count * shape.Height * shape.Width * shape.Channels;
        device.Launch(WarpPass.Shrink, Device.Groups(results), Work(sampled), m.Sampled, m.Images, m.Windows, shape);
    }

    private static long Wide(in WarpShape shape) => (long)shape.WideRows * shape.WideRow;

    private static long Tall(in WarpShape shape) => (long)shape.TallRows * shape.WideRow;

    private static long Sampled(in WarpShape shape) => (long)shape.SampledRows * shape.Width * shape.Channels;

    private static KernelWork Work(long results) => new(Sym6.Length * (double)results, 8.0 * results);

    private static void WriteWindow(in WarpedImage item, in WarpShape shape, Span<int> window)
    {
        var margin = item.Margin;
        window[0] = item.Image;
        window[1] = margin.Left;
        window[2] = margin.Top;
        window[3] = shape.Height + margin.Top + margin.Bottom;
        window[4] = shape.Width + margin.Left + margin.Right;
    }

    private static void WriteMap(in WarpedImage item, in WarpShape shape, Span<long> map)
    {
        var margin = item.Margin;
        var padded = AffineMap.Translate((margin.Left - margin.Right) / 2.0, (margin.Top - margin.Bottom) / 2.0) * item.Inverse;

        // Sym6 has an even number of taps: doubling moves the image by half of the small pixels, and halving moves it back.
        var doubled = AffineMap.Translate(-0.5, -0.5) * AffineMap.Scale(2, 2) * padded * AffineMap.Scale(0.5, 0.5)
            * AffineMap.Translate(0.5, 0.5);

        // From indices of what is sampled to places about its centre, and from there to indices of the image at double size.
        double height = shape.Height + margin.Top + margin.Bottom, width = shape.Width + margin.Left + margin.Right;
        var m = AffineMap.Translate(width - 0.5, height - 0.5) * doubled
            * AffineMap.Translate(-(shape.SampledColumns - 1) / 2.0, -(shape.SampledRows - 1) / 2.0);
        RequireNear(m, shape);
        ReadOnlySpan<double> elements = [m.Xx, m.Xy, m.X1, m.Yx, m.Yy, m.Y1];
        for (var i = 0; i < elements.Length; i++)
        {
            map[i] = (long)Math.Round(elements[i] * FixedPoint);
        }
    }

    private static void RequireNear(in AffineMap m, in WarpShape shape)
    {
        double columns = shape.SampledColumns, rows = shape.SampledRows;
        var x = Math.Abs(m.Xx) * columns + Math.Abs(m.Xy) * rows + Math.Abs(m.X1);
        var y = Math.Abs(m.Yx) * columns + Math.Abs(m.Yy) * rows + Math.Abs(m.Y1);
        if (!(Math.Max(x, y) <= FarthestPlace))
        {
            throw new EdmException("An augmentation shrinks or moves an image out of all measure; lower the standard deviations.");
        }
    }

    // What the steps read and write.
    private readonly record struct WarpMemory(
        ArrayView<float> Images, ArrayView<float> Wide, ArrayView<float> Tall, ArrayView<float> Sampled, ArrayView<int> Windows,
        ArrayView<long> Maps);
}
