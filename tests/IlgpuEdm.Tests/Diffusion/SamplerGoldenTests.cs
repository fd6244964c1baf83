using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Tests.Golden;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>The samplers against the reference, with the ideal denoiser of data at -1 and 1: tanh(x / sigma^2).</summary>
[TestClass]
[TestCategory("Golden")]
public partial class SamplerGoldenTests
{
    private const double Tolerance = 1e-10;

    [TestMethod]
    public void EdmSamplersGiveTheReferenceSamplesOfTwoPoints()
    {
        SafetensorsFile file = GoldenFile.Open("samplers");
        double[] latents = file.GetDoubles("latents");
        using JsonDocument settings = JsonDocument.Parse(file.Metadata["settings"]);
        int compared = 0;
        foreach (JsonProperty setting in settings.RootElement.EnumerateObject().Where(s => file.Contains("two_point/" + s.Name)))
        {
            string name = "two_point/" + setting.Name;
            double[] noise = file.Contains(name + "_noise") ? file.GetDoubles(name + "_noise") : [];
            double[] samples = Sampler.Sample(TwoPoint, latents, Options(setting), noise: Stored(noise));
            GoldenFile.AssertClose(samples, file.GetDoubles(name), Tolerance, name);
            compared++;
        }

        int stored = file.Tensors.Keys.Count(key => key.StartsWith("two_point/", StringComparison.Ordinal)
            && !key.EndsWith("_noise", StringComparison.Ordinal));
        Assert.IsGreaterThan(0, compared, "no tensor two_point/* in the file");
        Assert.AreEqual(stored, compared, "each two_point/* needs its settings");
    }

    [TestMethod]
    public void ChurnIsInUse()
    {
        SafetensorsFile file = GoldenFile.Open("samplers");
        using JsonDocument settings = JsonDocument.Parse(file.Metadata["settings"]);
        Assert.IsTrue(settings.RootElement.EnumerateObject().Any(setting => Options(setting).SChurn > 0), "no setting with S_churn");
    }

    [TestMethod]
    public void AblationSamplersGiveTheReferenceSamplesOfTwoPoints()
    {
        SafetensorsFile file = GoldenFile.Open("samplers");
        double[] latents = file.GetDoubles("latents");
        Match stated = StepsOfAblation().Match(file.Metadata.GetValueOrDefault("note", ""));
        int steps = stated.Success ? int.Parse(stated.Groups[1].Value, CultureInfo.InvariantCulture) : 9;
        string[] keys = [.. file.Tensors.Keys.Where(key => key.StartsWith("ablation/", StringComparison.Ordinal))];
        Assert.IsNotEmpty(keys, "no tensor ablation/* in the file");
        foreach (string key in keys)
        {
            // discretization_schedule_scaling_solver
            string[] parts = key["ablation/".Length..].Split('_');
            var options = new SamplerOptions
            {
                Discretization = parts[0],
                Schedule = parts[1],
                Scaling = parts[2],
                Solver = parts[3],
                Steps = steps,
            };
            GoldenFile.AssertClose(Sampler.Sample(TwoPoint, latents, options), file.GetDoubles(key), Tolerance, key);
        }
    }

    private static double[] TwoPoint(double[] x, double sigma) => Array.ConvertAll(x, v => Math.Tanh(v / (sigma * sigma)));

    private static NoiseSource Stored(double[] noise) => (draw, length) => noise[(draw * length)..((draw + 1) * length)];

    // What a setting leaves out has the reference's default; its number of steps may also be in its name, such as edm_40.
    private static SamplerOptions Options(JsonProperty setting)
    {
        string[] parts = setting.Name.Split('_');
        int steps = parts.Length > 1 && int.TryParse(parts[1], CultureInfo.InvariantCulture, out int number) ? number : 18;
        return new SamplerOptions
        {
            Steps = (int)Number("num_steps", steps),
            SigmaMin = Number("sigma_min", 0.002),
            SigmaMax = Number("sigma_max", 80),
            Rho = Number("rho", 7),
            SChurn = Number("S_churn", 0),
            SMin = Number("S_min", 0),
            SMax = Number("S_max", double.PositiveInfinity),
            SNoise = Number("S_noise", 1),
        };

        double Number(string key, double otherwise) =>
            setting.Value.TryGetProperty(key, out JsonElement value) ? value.GetDouble() : otherwise;
    }

    [GeneratedRegex(@"ablation/\*: (\d+) steps")]
    private static partial Regex StepsOfAblation();
}
