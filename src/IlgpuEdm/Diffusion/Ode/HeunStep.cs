namespace IlgpuEdm.Diffusion;

/// <summary>One step of Heun's method on dx/dt = (x - D(x; t)) / t, up or down; to t = 0 it is Euler's, which gives D.</summary>
internal static class HeunStep
{
    /// <summary>Takes the step.</summary>
    /// <param name="denoise">D(x; sigma).</param>
    /// <param name="x">The state at <paramref name="from"/>.</param>
    /// <param name="denoised">D(x; from).</param>
    /// <param name="from">The noise level at the start, above 0.</param>
    /// <param name="to">The noise level at the end.</param>
    /// <returns>The state at <paramref name="to"/>, a new array.</returns>
    public static double[] Take(Denoiser denoise, double[] x, double[] denoised, double from, double to)
    {
        if (to == 0)
        {
            return [.. denoised];
        }

        double h = to - from;
        var next = new double[x.Length];
        for (int j = 0; j < x.Length; j++)
        {
            next[j] = x[j] + h * (x[j] - denoised[j]) / from;
        }

        double[] denoisedNext = OdeCheck.Denoise(denoise, next, to);
        var corrected = new double[x.Length];
        for (int j = 0; j < x.Length; j++)
        {
            double d = (x[j] - denoised[j]) / from;
            double dNext = (next[j] - denoisedNext[j]) / to;
            corrected[j] = x[j] + h * (d + dNext) / 2;
        }

        return corrected;
    }
}
