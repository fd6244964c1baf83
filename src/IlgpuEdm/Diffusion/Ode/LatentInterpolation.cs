using System.Globalization;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// Paths between two latents that stay where latents live. The plain mean of two independent standard normal vectors has half their
/// variance, which no sampler was made for; these keep it.
/// </summary>
public static class LatentInterpolation
{
    private const double ParallelBelow = 1e-7;

    /// <summary>
    /// Spherical interpolation (Shoemake 1985): (sin((1 - w) a) first + sin(w a) second) / sin a with a the angle between them.
    /// Between vectors of one length every point has that length. Take one image at a time: the angle is that of all values.
    /// </summary>
    /// <param name="first">The latent at weight 0, one image.</param>
    /// <param name="second">The latent at weight 1, as long.</param>
    /// <param name="weight">w, from 0 to 1.</param>
    /// <returns>The latent between them, a new array.</returns>
    /// <exception cref="EdmException">
    /// Lengths differ, the weight is out of range, a latent is 0, or they point in opposite directions.
    /// </exception>
    public static double[] Slerp(double[] first, double[] second, double weight)
    {
        Check(first, second, weight);
        double lengths = Math.Sqrt(Dot(first, first)) * Math.Sqrt(Dot(second, second));
        if (!(lengths > 0))
        {
            throw new EdmException("A latent of zeros has no direction to interpolate from; give latents that a sampler starts from.");
        }

        double angle = Math.Acos(Math.Clamp(Dot(first, second) / lengths, -1, 1));
        double sin = Math.Sin(angle);
        if (sin < ParallelBelow)
        {
            return angle < 1
                ? Mix(first, 1 - weight, second, weight)
                : throw new EdmException(
                    "The latents point in opposite directions, so no path between them is the shortest; go by way of a third.");
        }

        return Mix(first, Math.Sin((1 - weight) * angle) / sin, second, Math.Sin(weight * angle) / sin);
    }

    /// <summary>
    /// Linear interpolation that preserves variance: ((1 - w) first + w second) / sqrt((1 - w)^2 + w^2), standard normal for
    /// independent standard normal ends. Value by value, so it takes batches.
    /// </summary>
    /// <param name="first">The latents at weight 0.</param>
    /// <param name="second">The latents at weight 1, as long.</param>
    /// <param name="weight">w, from 0 to 1.</param>
    /// <returns>The latents between them, a new array.</returns>
    /// <exception cref="EdmException">Lengths differ, or the weight is out of range.</exception>
    public static double[] VariancePreserving(double[] first, double[] second, double weight)
    {
        Check(first, second, weight);
        double norm = Math.Sqrt((1 - weight) * (1 - weight) + weight * weight);
        return Mix(first, (1 - weight) / norm, second, weight / norm);
    }

    private static void Check(double[] first, double[] second, double weight)
    {
        OdeCheck.SameLength("first latent", first, "second", second);
        OdeCheck.Finite("first latent", first);
        OdeCheck.Finite("second latent", second);
        if (!(weight >= 0 && weight <= 1))
        {
            throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                $"The weight of an interpolation is {weight}; it must lie from 0 to 1."));
        }
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int j = 0; j < a.Length; j++)
        {
            sum += a[j] * b[j];
        }

        return sum;
    }

    private static double[] Mix(double[] a, double p, double[] b, double q)
    {
        var mixed = new double[a.Length];
        for (int j = 0; j < mixed.Length; j++)
        {
            mixed[j] = p * a[j] + q * b[j];
        }

        return mixed;
    }
}
