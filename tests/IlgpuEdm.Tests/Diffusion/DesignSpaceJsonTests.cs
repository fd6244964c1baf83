using System.Text.Json;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>Models and losses in files: read back equal, constants only.</summary>
[TestClass]
public sealed class DesignSpaceJsonTests
{
    private static readonly Preconditioner[] _preconditioners =
    [
        new EdmPreconditioner { SigmaData = 0.1 + 0.2 }, new VpPreconditioner { M = 500 }, new VePreconditioner { LowestSigma = 0.03 },
        new IddpmPreconditioner { M = 100 }, new PlainPreconditioner(), new NoisePreconditioner { SigmaData = 0.7 },
    ];

    [TestMethod]
    public void PreconditionersReadBackEqualAndWriteTheirConstantsOnly()
    {
        foreach (var preconditioner in _preconditioners)
        {
            // Its table must neither be written nor decide about equality.
            _ = preconditioner.CNoise(1);
            var json = JsonSerializer.Serialize(preconditioner, RunJson.Compact);
            Assert.AreEqual(preconditioner, JsonSerializer.Deserialize<Preconditioner>(json, RunJson.Compact), json);
            foreach (var derived in new[] { "name", "sigma_min", "sigma_max", "outputs_per_channel" })
            {
                Assert.DoesNotContain($"\"{derived}\"", json, $"{derived} follows from the type");
            }
        }
    }

    [TestMethod]
    public void LossesReadBackEqual()
    {
        foreach (var name in LossOptions.Names)
        {
            var loss = LossOptions.Named(name, 0.6) with { StratifiedSigma = true };
            _ = loss.Levels.FromUniform(0.5);
            var json = JsonSerializer.Serialize(loss, RunJson.Compact);
            Assert.AreEqual(loss, JsonSerializer.Deserialize<LossOptions>(json, RunJson.Compact), json);
        }
    }
}
