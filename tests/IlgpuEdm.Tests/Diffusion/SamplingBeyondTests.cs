using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>The example of docs/sampling-beyond.md, word for word between the marks.</summary>
[TestClass]
public class SamplingBeyondTests
{
    [TestMethod]
    public void TheExampleOfTheDocumentationRuns()
    {
        var form = MixtureForm.Plane;
        Denoiser conditional = form.Denoise;
        Denoiser unconditional = GaussianForm.OfSize(2).Denoise;
        DenoiserVjp withVjp = form.DenoiseWithVjp;
        double[] image = [0.6, 0.1];
        double[] other = [-0.5, 0.5];
        bool[] known = [true, false];
        double[] z = TestLatents.Of(1, 2);

        // The example begins.
        var ode = new AdaptiveOdeOptions { RelativeTolerance = 1e-5, AbsoluteTolerance = 1e-5 };
        Denoiser denoise = Guidance.ClassifierFree(conditional, unconditional, weight: 2, new SigmaInterval(0.1, 5));
        double[] sample = AdaptiveOde.Sample(denoise, z, ode).X;
        LikelihoodResult likelihood = Likelihood.Of(withVjp, image, new LikelihoodOptions { Ode = ode, Probes = 16 }, seed: 0);
        double[] between = LatentInterpolation.Slerp(Inversion.Invert(denoise, image, ode), Inversion.Invert(denoise, other, ode), 0.5);
        double[] half = Inversion.Restore(denoise, between, ode);
        double[] t = EdmTimeSteps.Create(steps: 40, sigmaMin: 0.002, sigmaMax: 80, rho: 7);
        NoiseSource noise = EditingNoise.Of(seeds: [1], imageSize: image.Length);
        var mask = new InpaintingMask(known, height: 1, width: 2, channels: 1);
        double[] filled = Inpainting.Sample(denoise, image, mask, z, noise, t, repeats: 9);
        double[] varied = ImageToImage.Sample(denoise, image, noise, ImageToImage.TimeSteps(t, sigmaStart: 0.5));
        // The example ends.

        foreach (double[] result in new[] { sample, half, filled, varied })
        {
            Assert.HasCount(2, result);
            Assert.IsTrue(result.All(v => Math.Abs(v) < 2), $"an image: {string.Join(' ', result)}");
        }

        Assert.IsTrue(double.IsFinite(likelihood.BitsPerDimensionOfBytes), "a likelihood");
    }
}
