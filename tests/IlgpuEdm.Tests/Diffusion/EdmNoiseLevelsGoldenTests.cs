using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Tests.Golden;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>From the reference's stored draws to its noise levels.</summary>
[TestClass]
public class EdmNoiseLevelsGoldenTests
{
    [TestMethod]
    [TestCategory("Golden")]
    public void NormalDrawsGiveTheReferenceNoiseLevels()
    {
        SafetensorsFile file = GoldenFile.Open("losses");
        double[] sigma = Array.ConvertAll(file.GetDoubles("edm/draw.level"), z => EdmNoiseLevels.FromNormal(z, -1.2, 1.2));
        GoldenFile.AssertClose(sigma, file.GetDoubles("edm/sigma"), 1e-6, "edm/sigma");
    }
}
