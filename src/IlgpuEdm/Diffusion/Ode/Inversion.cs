namespace IlgpuEdm.Diffusion;

/// <summary>
/// From an image to the latent that a deterministic sampler makes it from: the probability flow ODE run from the lowest noise level to
/// the highest. The latent is x at the highest level divided by that level, about standard normal for images like the training's.
/// </summary>
public static class Inversion
{
    /// <summary>
    /// Inverts one image with <see cref="AdaptiveOde"/>, which takes it for the state at SigmaMin. <see cref="Restore"/> with the same
    /// options gives it back up to the tolerance; <see cref="AdaptiveOde.Sample"/> denoises it from SigmaMin to 0 besides.
    /// </summary>
    /// <param name="denoise">D(x; sigma).</param>
    /// <param name="image">One image, flattened.</param>
    /// <param name="options">Noise levels and tolerances.</param>
    /// <param name="onStep">Called once for each step that was taken, with the state at its start.</param>
    /// <returns>The latent, a new array.</returns>
    /// <exception cref="EdmException">
    /// An option is out of range, the solver does not converge, or a number is not finite.
    /// </exception>
    public static double[] Invert(
        Denoiser denoise, double[] image, AdaptiveOdeOptions options, Action<SamplerStep>? onStep = null)
    {
        OdeSolution end = AdaptiveOde.Solve(denoise, image, options.SigmaMin, options.SigmaMax, options, onStep);
        return Array.ConvertAll(end.X, v => v / options.SigmaMax);
    }

    /// <summary>Undoes <see cref="Invert"/>: from a latent down to SigmaMin, without a last denoising step.</summary>
    /// <param name="denoise">D(x; sigma).</param>
    /// <param name="latent">A latent of one image.</param>
    /// <param name="options">Those that the image was inverted with.</param>
    /// <param name="onStep">Called once for each step that was taken, with the state at its start.</param>
    /// <returns>The image, a new array.</returns>
    /// <exception cref="EdmException">As in <see cref="Invert"/>.</exception>
    public static double[] Restore(
        Denoiser denoise, double[] latent, AdaptiveOdeOptions options, Action<SamplerStep>? onStep = null)
    {
        double[] x = Array.ConvertAll(latent, z => options.SigmaMax * z);
        return AdaptiveOde.Solve(denoise, x, options.SigmaMax, options.SigmaMin, options, onStep).X;
    }
}
