using System.Globalization;

namespace IlgpuEdm.Diffusion;

/// <summary>Checks of what goes into a solver and of what a denoiser gives back: no number that is not finite gets further.</summary>
internal static class OdeCheck
{
    public static double[] Denoise(Denoiser denoise, double[] x, double sigma)
    {
        double[] denoised = denoise(x, sigma);
        Result("denoised image", denoised, x.Length, sigma);
        return denoised;
    }

    public static (double[] Denoised, double[] Vjp) DenoiseWithVjp(DenoiserVjp denoise, double[] x, double sigma, double[] cotangent)
    {
        var (denoised, vjp) = denoise(x, sigma, cotangent);
        Result("denoised image", denoised, x.Length, sigma);
        Result("vector-Jacobian product", vjp, x.Length, sigma);
        return (denoised, vjp);
    }

    public static void Finite(string what, double[] values)
    {
        int index = Array.FindIndex(values, v => !double.IsFinite(v));
        if (index >= 0)
        {
            throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                $"Value {index} of the {what} is {values[index]}; give finite numbers."));
        }
    }

    public static int Images(string what, double[] values, int imageSize)
    {
        if (imageSize < 1 || values.Length == 0 || values.Length % imageSize != 0)
        {
            throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                $"The {what} hold {values.Length} values, no whole number of images of {imageSize}; give H * W * C values an image."));
        }

        return values.Length / imageSize;
    }

    public static void SameLength(string what, double[] values, string other, double[] otherValues)
    {
        if (values.Length != otherValues.Length || values.Length == 0)
        {
            throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                $"The {what} has {values.Length} values and the {other} {otherValues.Length}; give as many in both, at least one."));
        }
    }

    public static void Sigma(string what, double sigma, double lowest, double highest)
    {
        if (!(sigma >= lowest && sigma <= highest))
        {
            throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                $"{what} is {sigma}; it must lie from {lowest} to {highest}."));
        }
    }

    public static void TimeSteps(IReadOnlyList<double> t)
    {
        bool decreasing = t.Count >= 2 && t[^1] >= 0 && double.IsFinite(t[0]);
        for (int i = 1; decreasing && i < t.Count; i++)
        {
            decreasing = t[i] < t[i - 1];
        }

        if (!decreasing)
        {
            throw new EdmException(
                "The time steps do not decrease strictly from a finite noise level to 0 or above; give at least two that do.");
        }
    }

    private static void Result(string what, double[] values, int length, double sigma)
    {
        if (values.Length != length)
        {
            throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                $"The {what} at sigma {sigma} has {values.Length} values for {length}; use a denoiser that keeps the size."));
        }

        int index = Array.FindIndex(values, v => !double.IsFinite(v));
        if (index >= 0)
        {
            throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                $"Value {index} of the {what} at sigma {sigma} is {values[index]}; "
                + $"use weights that did not diverge, or other noise levels."));
        }
    }
}
