namespace IlgpuEdm.Diffusion;

/// <summary>
/// The noise levels u_0 > u_1 > … > u_M = 0 of improved DDPM (Nichol and Dhariwal 2021), in the terms of Karras et al. 2022,
/// table 1: u_{j-1} = sqrt((u_j^2 + 1) / max(abar_{j-1} / abar_j, C_1) - 1) with abar_j = sin^2(pi/2 · j / (M (C_2 + 1))).
/// </summary>
/// <remarks>
/// The recursion loses digits where levels are low: rounding abar to float32 moves them by up to 5e-4 of their size. The reference
/// rounds so, hence its networks were trained at the rounded levels; these are the same, bit for bit and on every machine.
/// </remarks>
public static class IddpmTable
{
    /// <summary>M of the paper, the number of levels above 0.</summary>
    public const int DefaultM = 1000;

    /// <summary>C_1 of the paper, which bounds the highest levels.</summary>
    public const double DefaultC1 = 0.001;

    /// <summary>C_2 of the paper, which keeps the lowest levels apart.</summary>
    public const double DefaultC2 = 0.008;

    /// <summary>Computes the table.</summary>
    /// <param name="m">M, the number of levels above 0, at least 1.</param>
    /// <param name="c1">C_1, above 0.</param>
    /// <param name="c2">C_2, above 0.</param>
    /// <param name="singlePrecision">
    /// Whether u is carried in float32, as the preconditioner of the reference has it; its sampler carries it in float64.
    /// </param>
    /// <returns>u_0 to u_M = 0, falling, <c>[m + 1]</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public static double[] Create(int m = DefaultM, double c1 = DefaultC1, double c2 = DefaultC2, bool singlePrecision = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(m);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(c1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(c2);
        var u = new double[m + 1];
        for (int j = m; j > 0; j--)
        {
            float ratio = Math.Max(AlphaBar(j - 1, m, c2) / AlphaBar(j, m, c2), (float)c1);
            if (singlePrecision)
            {
                float level = (float)u[j];
                u[j - 1] = MathF.Sqrt((level * level + 1) / ratio - 1);
            }
            else
            {
                u[j - 1] = Math.Sqrt((u[j] * u[j] + 1) / ratio - 1);
            }
        }

        return u;
    }

    /// <summary>argmin_j |u_j - sigma|, the level nearest to a noise level; the first of two as near.</summary>
    /// <param name="u">A table.</param>
    /// <param name="sigma">The noise level; rounded to float32 first, as the table's entries are.</param>
    /// <returns>j.</returns>
    public static int Nearest(ReadOnlySpan<double> u, double sigma)
    {
        int nearest = 0;
        for (int j = 1; j < u.Length; j++)
        {
            if (Math.Abs(u[j] - (float)sigma) < Math.Abs(u[nearest] - (float)sigma))
            {
                nearest = j;
            }
        }

        return nearest;
    }

    private static float AlphaBar(int j, int m, double c2)
    {
        float sin = Sin((float)(0.5 * Math.PI) * j / m / (float)(c2 + 1));
        return sin * sin;
    }

    // MathF.Sin differs by machine in the last bit, which the recursion blows up. For angles of 0 to pi/2 this is the sine of
    // the mathematical library under the reference (SLEEF): its minimax polynomial, rounded where it rounds.
    private static float Sin(float angle)
    {
        float square = angle * angle;
        float q = MathF.FusedMultiplyAdd(2.6083159809786593e-06f, square, -0.00019810690719168633f);
        q = MathF.FusedMultiplyAdd(q, square, 0.008333078585565090f);
        double cubic = -0.16666659712791443f + (double)(q * square);
        return (float)(angle * (1 + (double)angle * angle * cubic));
    }
}
