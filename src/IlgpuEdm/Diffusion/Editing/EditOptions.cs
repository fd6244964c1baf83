using System.Globalization;

namespace IlgpuEdm.Diffusion;

/// <summary>How <see cref="ImageEditor"/> edits: with a mask it inpaints, without one it draws images after given ones.</summary>
public sealed record EditOptions
{
    /// <summary>How to sample; inpainting takes Heun's method only.</summary>
    public ImageSamplerOptions Sampling { get; init; } = new();

    /// <summary>What is known and kept; null for image-to-image.</summary>
    public InpaintingMask? Mask { get; init; }

    /// <summary>How often each step of inpainting is repeated, at least 0.</summary>
    public int Repeats { get; init; } = 3;

    /// <summary>The noise level that image-to-image starts from: the higher, the freer.</summary>
    public double SigmaStart { get; init; } = 1;

    /// <summary>Refuses values out of range and combinations that mean nothing.</summary>
    /// <param name="range">The noise levels that the network knows.</param>
    /// <exception cref="EdmException">A value is wrong; the message names its option.</exception>
    public void Validate(SigmaRange range)
    {
        Sampling.Validate();
        OptionRange.AtLeast("--repeats", Repeats, 0);
        if (Mask is null)
        {
            double lowest = Sampler.Ends(Sampling.Sampler, range).SigmaMin;
            if (!(SigmaStart > lowest && SigmaStart <= range.Max && double.IsFinite(SigmaStart)))
            {
                throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                    $"--sigma-start is {SigmaStart}; it must be above {lowest:g4}, the lowest noise level, and not above {range.Max:g4}"));
            }

            return;
        }

        SamplerOptions s = Sampling.Sampler;
        var plain = new SamplerOptions
        {
            Steps = s.Steps,
            SigmaMin = s.SigmaMin,
            SigmaMax = s.SigmaMax,
            Rho = s.Rho,
            Discretization = s.Discretization,
        };
        if (Sampling.Adaptive is not null || s != plain)
        {
            throw new EdmException(
                "a mask is filled by --solver heun only, without --alpha, --churn, --schedule and --scaling; leave them out");
        }
    }
}
