namespace IlgpuEdm.Diffusion;

/// <summary>
/// Denoisers made of two: D = D_guide + w (D_main - D_guide), which for w above 1 goes on in the direction from the guide to the main
/// one. Weight 1, and noise levels outside the interval, evaluate the main denoiser only; weight 0 the guide only; else a call costs
/// one of each. What they return is a denoiser like any other: every sampler takes it.
/// </summary>
public static class Guidance
{
    /// <summary>
    /// Classifier-free guidance (Ho and Salimans 2022): the guide knows no class. In the samplers' terms the score becomes
    /// w score(x | class) + (1 - w) score(x).
    /// </summary>
    /// <param name="conditional">D of the class asked for.</param>
    /// <param name="unconditional">D without a class, such as the same network with labels of zeros, trained with label dropout.</param>
    /// <param name="weight">w, at least 0; 1 is no guidance.</param>
    /// <param name="interval">The noise levels that are guided; null for all.</param>
    /// <returns>The guided denoiser.</returns>
    /// <exception cref="EdmException">The weight is out of range; when called, if the two give images of different sizes.</exception>
    public static Denoiser ClassifierFree(
        Denoiser conditional, Denoiser unconditional, double weight, SigmaInterval? interval = null) =>
        Combine(conditional, unconditional, weight, interval);

    /// <summary>As the other, with vector-Jacobian products (the combination is linear, so they combine alike).</summary>
    /// <param name="conditional">D of the class asked for.</param>
    /// <param name="unconditional">D without a class.</param>
    /// <param name="weight">w, at least 0; 1 is no guidance.</param>
    /// <param name="interval">The noise levels that are guided; null for all.</param>
    /// <returns>The guided denoiser.</returns>
    /// <exception cref="EdmException">As in the other.</exception>
    public static DenoiserVjp ClassifierFree(
        DenoiserVjp conditional, DenoiserVjp unconditional, double weight, SigmaInterval? interval = null) =>
        Combine(conditional, unconditional, weight, interval);

    /// <summary>
    /// Autoguidance (Karras et al. 2024, "Guiding a Diffusion Model with a Bad Version of Itself"): the guide is a smaller or less
    /// trained network for the same task, with the same class.
    /// </summary>
    /// <param name="main">The good denoiser.</param>
    /// <param name="guide">The weaker one.</param>
    /// <param name="weight">w, at least 0; 1 is no guidance.</param>
    /// <param name="interval">The noise levels that are guided; null for all.</param>
    /// <returns>The guided denoiser.</returns>
    /// <exception cref="EdmException">The weight is out of range; when called, if the two give images of different sizes.</exception>
    public static Denoiser Auto(Denoiser main, Denoiser guide, double weight, SigmaInterval? interval = null) =>
        Combine(main, guide, weight, interval);

    /// <summary>As the other, with vector-Jacobian products (the combination is linear, so they combine alike).</summary>
    /// <param name="main">The good denoiser.</param>
    /// <param name="guide">The weaker one.</param>
    /// <param name="weight">w, at least 0; 1 is no guidance.</param>
    /// <param name="interval">The noise levels that are guided; null for all.</param>
    /// <returns>The guided denoiser.</returns>
    /// <exception cref="EdmException">As in the other.</exception>
    public static DenoiserVjp Auto(DenoiserVjp main, DenoiserVjp guide, double weight, SigmaInterval? interval = null) =>
        Combine(main, guide, weight, interval);

    private static Denoiser Combine(Denoiser main, Denoiser guide, double weight, SigmaInterval? interval)
    {
        OptionRange.NotNegative("--guidance", weight);
        SigmaInterval levels = interval ?? SigmaInterval.All;
        return (x, sigma) => weight == 1 || !levels.Contains(sigma) ? main(x, sigma)
            : weight == 0 ? guide(x, sigma)
            : Mix(guide(x, sigma), main(x, sigma), weight);
    }

    private static DenoiserVjp Combine(DenoiserVjp main, DenoiserVjp guide, double weight, SigmaInterval? interval)
    {
        OptionRange.NotNegative("--guidance", weight);
        SigmaInterval levels = interval ?? SigmaInterval.All;
        return (x, sigma, cotangent) =>
        {
            if (weight == 1 || !levels.Contains(sigma))
            {
                return main(x, sigma, cotangent);
            }

            if (weight == 0)
            {
                return guide(x, sigma, cotangent);
            }

            var (guideDenoised, guideVjp) = guide(x, sigma, cotangent);
            var (mainDenoised, mainVjp) = main(x, sigma, cotangent);
            return (Mix(guideDenoised, mainDenoised, weight), Mix(guideVjp, mainVjp, weight));
        };
    }

    private static double[] Mix(double[] guide, double[] main, double weight)
    {
        OdeCheck.SameLength("guide's denoised image", guide, "main one", main);
        var mixed = new double[main.Length];
        for (int j = 0; j < mixed.Length; j++)
        {
            mixed[j] = guide[j] + weight * (main[j] - guide[j]);
        }

        return mixed;
    }
}
