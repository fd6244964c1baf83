using System.Text.Json;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Tests.Golden;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>The deterministic EDM sampler against the reference, with the ideal denoiser of data at -1 and 1: tanh(x / sigma^2).</summary>
[TestClass]
public class SamplerGoldenTests
{
    private const double Tolerance = 1e-10;

    [TestMethod]
    [TestCategory("Golden")]
    public void HeunGivesTheReferenceSamplesOfTwoPoints()
    {
        SafetensorsFile file = GoldenFile.Open("samplers");
        double[] latents = file.GetDoubles("latents");
        using JsonDocument settings = JsonDocument.Parse(file.Metadata["settings"]);
        const StringComparison comparison = StringComparison.Ordinal;
        int compared = 0;
        foreach (JsonProperty setting in settings.RootElement.EnumerateObject().Where(s => s.Name.StartsWith("edm_", comparison)))
        {
            double[] samples = HeunSampler.Sample(TwoPoint, latents, GoldenNetwork.TimeSteps(file, setting.Name));
            GoldenFile.AssertClose(samples, file.GetDoubles("two_point/" + setting.Name), Tolerance, setting.Name);
            compared++;
        }

        Assert.IsGreaterThan(0, compared, "no setting named edm_* in the file");
    }

    private static double[] TwoPoint(double[] x, double sigma) => Array.ConvertAll(x, v => Math.Tanh(v / (sigma * sigma)));
}
