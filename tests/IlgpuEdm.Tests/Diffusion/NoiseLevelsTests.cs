using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>The noise levels of training: distribution, keys, strata, weight.</summary>
[TestClass]
public class NoiseLevelsTests
{
    private const double PMean = -1.2;
    private const double PStd = 1.2;

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void LogarithmsHaveTheMeanAndDeviationAskedFor(bool stratified)
    {
        double[] logs = [.. Enumerable.Range(0, 40).SelectMany(b => Draw(b * 500, 500, stratified)).Select(sigma => Math.Log(sigma))];
        double mean = logs.Average();
        double std = Math.Sqrt(logs.Average(v => (v - mean) * (v - mean)));
        double tolerance = stratified ? 0.003 : 0.03;
        Assert.AreEqual(PMean, mean, tolerance, "mean of ln sigma");
        Assert.AreEqual(PStd, std, tolerance, "standard deviation of ln sigma");
    }

    [TestMethod]
    public void PlainLevelsDependOnTheImageAlone()
    {
        double[] whole = Draw(1000, 64, stratified: false);
        CollectionAssert.AreEqual(whole[16..32], Draw(1016, 16, stratified: false), "images 1016 to 1031 in another batch");
    }

    [TestMethod]
    public void StratifiedBatchHasOneLevelInEachStratum()
    {
        double[] quantiles = Quantiles(Draw(3200, 32, stratified: true));
        int[] strata = [.. quantiles.Select(q => (int)(q * 32)).Order()];
        CollectionAssert.AreEqual(Enumerable.Range(0, 32).ToArray(), strata, "every stratum once");
    }

    [TestMethod]
    public void StrataAreShuffledAnewForEachBatchAndSize()
    {
        int[] first = Strata(0, 32);
        CollectionAssert.AreEqual(first, Strata(0, 32), "the same batch again");
        CollectionAssert.AreNotEqual(first, Strata(32, 32), "the next batch");
        CollectionAssert.AreNotEqual(first, Strata(0, 33)[..32], "another batch size");
        CollectionAssert.AreNotEqual(first.Order().ToArray(), first, "shuffled at all");
    }

    [TestMethod]
    public void SeedsDiffer()
    {
        double[] other = new LogNormalLevels().Draw(0, 8, 4, false);
        CollectionAssert.AreNotEqual(Draw(0, 8, stratified: false), other, "another seed");
    }

    [TestMethod]
    public void EveryDistributionRisesOrFallsBetweenItsEnds()
    {
        var iddpm = IddpmTable.Create();
        foreach (var (levels, low, high) in new (NoiseLevels, double, double)[]
        {
            (new VpLevels(), new VpPreconditioner().SigmaMin, new VpPreconditioner().SigmaMax),
            (new VeLevels(), 0.02, 100),
            (new IddpmLevels(), iddpm[^2], iddpm[0]),
            (new UniformLevels(), 0, 80),
        })
        {
            double[] sigma = [.. Enumerable.Range(0, 1001).Select(i => levels.FromUniform(Math.Clamp(i / 1000.0, 1e-9, 1 - 1e-9)))];
            var rises = sigma[^1] > sigma[0];
            Assert.AreEqual(low, rises ? sigma[0] : sigma[^1], 1e-5 * high, $"lowest of {levels}");
            Assert.AreEqual(high, rises ? sigma[^1] : sigma[0], 1e-5 * high, $"highest of {levels}");
            for (var i = 1; i < sigma.Length; i++)
            {
                Assert.IsTrue(rises ? sigma[i] >= sigma[i - 1] : sigma[i] <= sigma[i - 1], $"{levels} at {i}");
            }
        }
    }

    [TestMethod]
    public void SoftMinSnrIsTheSignalToNoiseRatioOfEdmsTargetCapped()
    {
        // k-diffusion's form: (sigma sigmaData)^2 / (sigma^2 + sigmaData^2)^2 on the network's output, whose error D's is c_out times.
        const double sigma = 0.3, sigmaData = 0.7;
        double cOut = new EdmPreconditioner { SigmaData = sigmaData }.COut(sigma);
        double sum = sigma * sigma + sigmaData * sigmaData;
        double expected = Math.Pow(sigma * sigmaData / sum, 2) / (cOut * cOut);
        Assert.AreEqual(expected, new SoftMinSnrWeight { SigmaData = sigmaData }.Of(sigma), 1e-12);
    }

    [TestMethod]
    public void WeightIsOneOverTheSquaredOutputScale()
    {
        const double sigma = 0.3;
        const double sigmaData = 0.7;
        double cOut = sigma * sigmaData / Math.Sqrt(sigma * sigma + sigmaData * sigmaData);
        Assert.AreEqual(1 / (cOut * cOut), new EdmWeight { SigmaData = sigmaData }.Of(sigma), 1e-12, "lambda = 1 / c_out^2");
    }

    [TestMethod]
    public void BadOptionsAreNamed()
    {
        EdmException std = Assert.ThrowsExactly<EdmException>(() => new LogNormalLevels { PStd = -1 }.Validate());
        Assert.StartsWith("--p-std", std.Message, "negative deviation");
        EdmException mean = Assert.ThrowsExactly<EdmException>(() => new LogNormalLevels { PMean = double.NaN }.Validate());
        Assert.StartsWith("--p-mean", mean.Message, "mean that is not a number");
    }

    private static double[] Draw(long firstImage, int batchSize, bool stratified) =>
        new LogNormalLevels { PMean = PMean, PStd = PStd }.Draw(firstImage, batchSize, 3, stratified);

    private static double[] Quantiles(double[] sigma) =>
        Array.ConvertAll(sigma, s => NormalDistribution.Cdf((Math.Log(s) - PMean) / PStd));

    private static int[] Strata(long firstImage, int batchSize) =>
        Array.ConvertAll(Quantiles(Draw(firstImage, batchSize, stratified: true)), q => (int)(q * batchSize));
}
