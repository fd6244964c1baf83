using System.CommandLine;
using IlgpuEdm.Cli;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Cli;

[TestClass]
public class NetworkFlagsTests
{
    [TestMethod]
    public void Without_options_it_is_the_compact_network()
    {
        TrainingRequest request = Parse("");
        Assert.AreEqual((32, 1, 64, 0.0),
            (request.Channels, request.BlocksPerLevel, request.BatchSize, request.Dropout), "the compact network");
        CollectionAssert.AreEqual(new[] { 1, 2, 2 }, request.ChannelMult.ToArray(), "multipliers");
        Assert.AreEqual(new OptimizerOptions { LearningRate = 1e-3, RampUpImages = 10_000, EmaHalfLifeImages = 5_000 },
            request.Optimizer, "optimiser");
    }

    [TestMethod]
    public void Auto_attention_is_the_lowest_level() =>
        CollectionAssert.AreEqual(new[] { 7 }, Parse("").ModelFor(28, 28, 1).Network.AttentionResolutions.ToArray(), "28 px, 3 levels");

    [TestMethod]
    public void The_published_preset_is_the_published_network()
    {
        TrainingRequest request = Parse("--preset ddpmpp");
        Assert.AreEqual((128, 4, 512, 0.13), (request.Channels, request.BlocksPerLevel, request.BatchSize, request.Dropout), "the network");
        Assert.AreEqual((1e-3, 10_000_000L, 500_000.0),
            (request.Optimizer.LearningRate, request.Optimizer.RampUpImages, request.Optimizer.EmaHalfLifeImages), "the optimiser");
    }

    [TestMethod]
    public void Options_that_are_given_take_precedence_over_the_preset()
    {
        TrainingRequest request = Parse("--preset ddpmpp-64 --channels 64 --attn auto --lr 1e-3 --lr-ramp 10k --micro-batch 32");
        Assert.AreEqual((64, 256, 32), (request.Channels, request.BatchSize, request.MicroBatchSize), "given, preset, given");
        Assert.AreEqual((1e-3, 10_000L, 500_000.0),
            (request.Optimizer.LearningRate, request.Optimizer.RampUpImages, request.Optimizer.EmaHalfLifeImages), "given, given, preset");
        CollectionAssert.AreEqual(new[] { 8 }, request.ModelFor(64, 64, 3).Network.AttentionResolutions.ToArray(), "auto of 64 px, 4 levels");
    }

    [TestMethod]
    public void A_default_that_is_given_still_takes_precedence() =>
        Assert.AreEqual(64, Parse("--preset ddpmpp --batch 64").BatchSize, "--batch 64");

    [TestMethod]
    public void Sigma_data_may_be_measured() => Assert.IsNull(Parse("--sigma-data auto").SigmaData, "auto");

    private static TrainingRequest Parse(string options)
    {
        var flags = new NetworkFlags();
        var command = new Command("test");
        flags.AddTo(command);
        ParseResult parsed = command.Parse(options.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.IsEmpty(parsed.Errors, string.Join('\n', parsed.Errors.Select(error => error.Message)));
        return flags.Request(parsed);
    }
}
