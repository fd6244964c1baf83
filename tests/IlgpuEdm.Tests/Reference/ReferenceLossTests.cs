using IlgpuEdm.Autodiff.Reference;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Tests.Golden;

namespace IlgpuEdm.Tests.Reference;

/// <summary>EDM's preconditioning and loss against the reference and against their defining properties.</summary>
[TestClass]
public class ReferenceLossTests
{
    private const double SigmaData = 0.5;

    [TestMethod]
    [TestCategory("Golden")]
    public void LossOfTheHalvingDenoiser()
    {
        SafetensorsFile file = GoldenFile.Open("losses");
        double[] sigma = file.GetDoubles("edm/sigma");
        double[] y = file.GetDoubles("edm/in.y");
        double[] halved = Array.ConvertAll(Noisy(y, file.GetDoubles("edm/draw.noise"), sigma), v => v / 2);
        double[] loss = ReferenceLoss.Forward(halved, y, sigma, SigmaData);
        GoldenFile.AssertClose(loss, file.GetDoubles("edm/loss"), 1e-6, "edm/loss");
    }

    [TestMethod]
    [TestCategory("Golden")]
    public void DenoisedImagesAndLossOfANetwork()
    {
        SafetensorsFile file = GoldenFile.Open("net_ddpmpp");
        double[] sigma = file.GetDoubles("in.sigma");
        double[] y = file.GetDoubles("in.y");
        double[] x = Noisy(y, file.GetDoubles("in.noise"), sigma);
        double[] denoised = ReferenceLoss.Denoised(x, file.GetDoubles("out.raw"), sigma, SigmaData);
        GoldenFile.AssertClose(denoised, file.GetDoubles("out.denoised"), 1e-6, "out.denoised");
        GoldenFile.AssertClose(ReferenceLoss.Forward(denoised, y, sigma, SigmaData), file.GetDoubles("out.loss"), 1e-6, "out.loss");
    }

    [TestMethod]
    public void InputHasUnitVariance()
    {
        // Var(y + sigma noise) = sigma_data^2 + sigma^2 must become 1.
        double cIn = ReferenceLoss.Precondition(3, SigmaData).CIn;
        Assert.AreEqual(1, cIn * cIn * (SigmaData * SigmaData + 9), 1e-14, "variance of c_in x");
        CollectionAssert.AreEqual(new[] { 2 * cIn }, ReferenceLoss.NetworkInput([2], [3], SigmaData), "c_in x");
    }

    [TestMethod]
    public void NoiseLabelIsAQuarterOfTheLogarithm() =>
        Assert.AreEqual(0.5, ReferenceLoss.Precondition(Math.Exp(2), SigmaData).CNoise, 1e-15, "ln(sigma) / 4");

    [TestMethod]
    public void WeightMakesTheLossOfTheNetworkUniform()
    {
        // lambda c_out^2 = 1: one unit of error in F costs 1 at every noise level.
        double[] sigma = [0.01, 1, 70];
        double[] denoised = ReferenceLoss.Denoised([0, 0, 0], [1, 1, 1], sigma, SigmaData);
        double[] loss = ReferenceLoss.Forward(denoised, [0, 0, 0], sigma, SigmaData);
        foreach (double value in loss)
        {
            Assert.AreEqual(1, value, 1e-12, "loss of an error of 1 in F");
        }
    }

    [TestMethod]
    public void WeightIsThatOfTheNoiseLevels() =>
        Assert.AreEqual(
            new EdmWeight { SigmaData = SigmaData }.Of(0.3) * 4, ReferenceLoss.Forward([3], [1], [0.3], SigmaData)[0], 1e-10, "lambda 2^2");

    private static double[] Noisy(double[] y, double[] noise, double[] sigma)
    {
        int perImage = y.Length / sigma.Length;
        return [.. y.Select((v, i) => v + sigma[i / perImage] * noise[i])];
    }
}
