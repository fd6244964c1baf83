using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Figures;

namespace IlgpuEdm.Tests.Figures;

/// <summary>Figures 1 and 2, on a data set whose ideal denoiser is cheap.</summary>
[TestClass]
public class ImageFigureTests
{
    [TestMethod]
    public void TheLoopTakes256StepsAndArrivesWhereHeunDoes()
    {
        using Device device = Device.Open("cpu");
        using var data = new ProceduralShapes(28, 28, count: 40);
        using var ideal = new IdealDenoiser(device, data);
        var figure = new FirstGuessFigure(data, ideal);
        FirstGuess guess = figure.Guess;
        Assert.AreEqual((257, 35), (guess.Loop[^1].Calls, guess.Heun[^1].Calls), "256 rounds and an answer; 18 steps, the last simple");
        Assert.AreEqual(80 * Math.Pow(0.98, 256), guess.Loop[^1].Sigma, 1e-9);
        Assert.AreEqual((80, 0.002), (guess.Heun[0].Sigma, Math.Round(guess.Heun[^1].Sigma, 9)));
        Assert.IsLessThan(0.05, guess.Distance);

        // The ideal denoiser of images can but reveal one of them.
        byte[] pixels = new byte[28 * 28];
        foreach (byte[] drawn in guess.Heun[^1].Denoised)
        {
            Assert.IsTrue(Enumerable.Range(0, 40).Any(number =>
            {
                data.ReadImage(number, pixels);
                return drawn.Zip(pixels).All(pair => Math.Abs(pair.First - pair.Second) <= 1);
            }));
        }
    }

    [TestMethod]
    public void AStateIsTheLastAtOrAboveANoiseLevel()
    {
        GuessStep[] steps = [new(1, 8, [], []), new(2, 4, [], []), new(3, 2, [], []), new(3, 2, [[1]], [[1]])];
        Assert.AreEqual(1, FirstGuess.At(steps, 100).Calls);
        Assert.AreEqual(2, FirstGuess.At(steps, 4).Calls);
        Assert.AreEqual(2, FirstGuess.At(steps, 3).Calls);
        Assert.HasCount(1, FirstGuess.At(steps, 1).Denoised, "the end");
    }

    [TestMethod]
    public void ErrorsAreMeasuredAgainstTheImagesAndTheIdealAnswer()
    {
        using Device device = Device.Open("cpu");
        using var data = new ProceduralShapes(8, 8, count: 40);
        using var ideal = new IdealDenoiser(device, data);
        double[] images = DenoiserErrors.Read(data, [.. Enumerable.Range(0, 40).Select(i => (long)i)]);
        var noise = new double[images.Length];
        HostRandom.FillNormal(1, RandomPurpose.Latents, 0, noise);
        double[] sigmas = [0.01, 1, 80];

        DenoiserErrors best = DenoiserErrors.Measure(sigmas, images, noise, ideal, ideal.Denoise, default);
        CollectionAssert.AreEqual(new double[3], best.NetworkError!.ToArray(), "the ideal denoiser has no error");
        CollectionAssert.AreEqual(best.IdealLoss.ToArray(), best.NetworkLoss!.ToArray());
        Assert.AreEqual(1, best.EffectiveImages[0], 1e-3, "no noise, no doubt");
        Assert.AreEqual(40, best.EffectiveImages[2], 2, "all images could be under the strongest noise");

        // The mean image leaves the variance of the images around it.
        double[] mean = [.. Enumerable.Range(0, 64).Select(j => Enumerable.Range(0, 40).Average(i => images[64 * i + j]))];
        double variance = images.Select((value, i) => Math.Pow(value - mean[i % 64], 2)).Average();
        Assert.AreEqual(variance, best.IdealLoss[2], 0.02 * variance);
        Assert.IsTrue(best.IdealLoss[0] < best.IdealLoss[1] && best.IdealLoss[1] < best.IdealLoss[2]);

        // A denoiser that leaves all noise in is off by sigma^2 at low noise, where the ideal one is right.
        DenoiserErrors idle = DenoiserErrors.Measure([0.01], images, noise, ideal, (x, _) => x, default);
        double expected = 1e-4 * noise.Select(normal => normal * normal).Average();
        Assert.AreEqual(expected, idle.NetworkLoss![0], 1e-9);
        Assert.AreEqual(expected, idle.NetworkError![0], 1e-6);
    }
}
