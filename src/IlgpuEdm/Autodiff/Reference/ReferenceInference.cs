namespace IlgpuEdm.Autodiff.Reference;

/// <summary>
/// What networks that are run and not trained are made of, on the host in float64, slow and obvious: convolutions of any kernel, stride and
/// padding, pools, bilinear resizing. Images are [n, h, w, channels].
/// </summary>
public static class ReferenceInference
{
    /// <summary>Where windows lie over images: their size, how far apart they are, how far they reach beyond the edges.</summary>
    /// <param name="N">Images.</param>
    /// <param name="H">Height of the input.</param>
    /// <param name="W">Width of the input.</param>
    /// <param name="KernelY">Rows of a window.</param>
    /// <param name="KernelX">Columns of a window.</param>
    /// <param name="Stride">Pixels from a window to the next.</param>
    /// <param name="PadY">Rows of a window beyond the upper edge, at most.</param>
    /// <param name="PadX">Columns of a window beyond the left edge, at most.</param>
    public readonly record struct Windows(int N, int H, int W, int KernelY, int KernelX, int Stride, int PadY, int PadX)
    {
        /// <summary>Height of the output.</summary>
        public int OutH => (H + 2 * PadY - KernelY) / Stride + 1;

        /// <summary>Width of the output.</summary>
        public int OutW => (W + 2 * PadX - KernelX) / Stride + 1;

        /// <summary>The pixels that a window holds, each with its place in the window; what is beyond the edges is left out.</summary>
        /// <param name="output">The window, counted over all images.</param>
        /// <returns>Pixel, counted over all images, and tap.</returns>
        public IEnumerable<(int Pixel, int Tap)> Of(int output)
        {
            int image = output / (OutH * OutW), top = output / OutW % OutH * Stride - PadY, left = output % OutW * Stride - PadX;
            for (int tap = 0; tap < KernelY * KernelX; tap++)
            {
                int y = top + tap / KernelX, x = left + tap % KernelX;
                if (y >= 0 && y < H && x >= 0 && x < W)
                {
                    yield return ((image * H + y) * W + x, tap);
                }
            }
        }
    }

    /// <summary>out[p, o] = bias[o] + the sum over a window's pixels q and channels i of in[q, i] weight[tap, i, o].</summary>
    /// <param name="x">Input, [n, h, w, inChannels].</param>
    /// <param name="weight">Weight, [kernelY, kernelX, inChannels, outChannels].</param>
    /// <param name="bias">Bias, [outChannels].</param>
    /// <param name="windows">Where the kernel lies.</param>
    /// <param name="inChannels">Input channels.</param>
    /// <param name="rectify">Whether negative results become 0.</param>
    /// <returns>Output, [n, outH, outW, outChannels].</returns>
    public static double[] Convolve(double[] x, double[] weight, double[] bias, Windows windows, int inChannels, bool rectify)
    {
        int outChannels = bias.Length;
        var output = new double[windows.N * windows.OutH * windows.OutW * outChannels];
        for (int p = 0; p < output.Length / outChannels; p++)
        {
            var sums = output.AsSpan(p * outChannels, outChannels);
            bias.CopyTo(sums);
            foreach (var (pixel, tap) in windows.Of(p))
            {
                for (int i = 0; i < inChannels; i++)
                {
                    for (int o = 0; o < outChannels; o++)
                    {
                        sums[o] += x[pixel * inChannels + i] * weight[(tap * inChannels + i) * outChannels + o];
                    }
                }
            }
        }

        return rectify ? Array.ConvertAll(output, v => Math.Max(v, 0)) : output;
    }

    /// <summary>The largest value of each window and channel, or the mean; what is beyond the edges does not count.</summary>
    /// <param name="x">Input, [n, h, w, channels].</param>
    /// <param name="windows">Where the windows lie.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="maximum">Largest value or mean.</param>
    /// <returns>Output, [n, outH, outW, channels].</returns>
    public static double[] Pool(double[] x, Windows windows, int channels, bool maximum)
    {
        var output = new double[windows.N * windows.OutH * windows.OutW * channels];
        for (int i = 0; i < output.Length; i++)
        {
            var values = windows.Of(i / channels).Select(w => x[w.Pixel * channels + i % channels]);
            output[i] = maximum ? values.Max() : values.Average();
        }

        return output;
    }

    /// <summary>Bilinear resizing without antialiasing, pixel centres at halves.</summary>
    /// <param name="x">Input, [n, h, w, channels].</param>
    /// <param name="n">Images.</param>
    /// <param name="h">Height of the input.</param>
    /// <param name="w">Width of the input.</param>
    /// <param name="channels">Channels of the input.</param>
    /// <param name="outH">Height of the output.</param>
    /// <param name="outW">Width of the output.</param>
    /// <param name="outChannels">Channels of the output; those beyond the input's repeat its last.</param>
    /// <returns>Output, [n, outH, outW, outChannels].</returns>
    public static double[] Resize(double[] x, int n, int h, int w, int channels, int outH, int outW, int outChannels)
    {
        var output = new double[n * outH * outW * outChannels];
        for (int i = 0; i < output.Length; i++)
        {
            int pixel = i / outChannels, channel = Math.Min(i % outChannels, channels - 1), image = pixel / (outH * outW);
            double down = Math.Clamp((pixel / outW % outH + 0.5) * h / outH - 0.5, 0, h - 1);
            double right = Math.Clamp((pixel % outW + 0.5) * w / outW - 0.5, 0, w - 1);
            int top = (int)down, left = (int)right;
            output[i] = (1 - (down - top)) * Row(top) + (down - top) * Row(Math.Min(top + 1, h - 1));

            double Row(int y) => (1 - (right - left)) * At(y, left) + (right - left) * At(y, Math.Min(left + 1, w - 1));

            double At(int y, int x1) => x[((image * h + y) * w + x1) * channels + channel];
        }

        return output;
    }
}
