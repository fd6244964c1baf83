using System.Globalization;

namespace IlgpuEdm.Formats.Onnx;

/// <summary>Resampling by two in ONNX: the filter [1, 1] by operators of its own, others as convolutions of each channel.</summary>
internal static class OnnxResampling
{
    /// <summary>Twice the height and width, as <see cref="Autodiff.Resampling.Upsample"/>.</summary>
    /// <param name="x"><c>[N, C, H, W]</c>.</param>
    /// <param name="channels">C.</param>
    /// <param name="filter">The filter; null for [1, 1].</param>
    public static OnnxValue Upsample(this OnnxValue x, int channels, IReadOnlyList<int>? filter)
    {
        var graph = x.Graph;
        if (Autodiff.ResamplingFilter.IsBox(filter))
        {
            var scales = graph.Constant("scales_twice", [1f, 1f, 2f, 2f], 4);
            return graph.Node(
                "Resize", [x, graph.Absent, scales], ("mode", "nearest"), ("nearest_mode", "floor"),
                ("coordinate_transformation_mode", "asymmetric"));
        }

        return Filter(x, "ConvTranspose", channels, filter!, gain: 2, padding: filter!.Count / 2 - 1);
    }

    /// <summary>Half the height and width, as <see cref="Autodiff.Resampling.Downsample"/>.</summary>
    /// <param name="x"><c>[N, C, H, W]</c>.</param>
    /// <param name="channels">C.</param>
    /// <param name="filter">The filter; null for [1, 1].</param>
    /// <param name="isPadded">Whether the images have the border that the filter reads.</param>
    public static OnnxValue Downsample(this OnnxValue x, int channels, IReadOnlyList<int>? filter, bool isPadded = false) =>
        Autodiff.ResamplingFilter.IsBox(filter)
            ? x.Graph.Node("AveragePool", [x], ("kernel_shape", (int[])[2, 2]), ("strides", (int[])[2, 2]))
            : Filter(x, "Conv", channels, filter!, gain: 1, isPadded ? 0 : filter!.Count / 2 - 1);

    private static OnnxValue Filter(OnnxValue x, string convolution, int channels, IReadOnlyList<int> filter, double gain, int padding)
    {
        var taps = filter.Count;
        double sum = filter.Sum(tap => (long)tap);
        var kernel = new float[taps * taps];
        for (var i = 0; i < kernel.Length; i++)
        {
            kernel[i] = (float)(gain * filter[i / taps] / sum * (gain * filter[i % taps] / sum));
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"filter_{convolution}_{channels}");
        var weights = x.Graph.Constant(
            name, Enumerable.Repeat(kernel, channels).SelectMany(values => values).ToArray(), channels, 1, taps, taps);
        return x.Graph.Node(
            convolution, [x, weights], ("group", channels), ("strides", (int[])[2, 2]), ("pads", Enumerable.Repeat(padding, 4).ToArray()));
    }
}
