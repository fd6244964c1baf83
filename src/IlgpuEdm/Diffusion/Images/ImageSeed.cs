namespace IlgpuEdm.Diffusion;

/// <summary>What an image is drawn from; the same seed and class give the same image, whatever is drawn beside it.</summary>
/// <param name="Seed">Decides its latent and all noise.</param>
/// <param name="Class">The class asked for, from 0; null for none, as an unconditional network has it.</param>
public readonly record struct ImageSeed(ulong Seed, int? Class = null)
{
    /// <summary>The latent: standard normal numbers of the seed.</summary>
    /// <param name="values">Receives one number for each value of the image.</param>
    public void FillLatent(Span<double> values) => HostRandom.FillNormal(Seed, RandomPurpose.Latents, 0, values);
}
