using System.Text.Json;
using IlgpuEdm.Data;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Golden;

/// <summary>Twelve steps of Adam with both ramps on the reference's inputs: every loss, the last weights and their average.</summary>
[TestCategory("Golden")]
public abstract class GoldenTrainingRunTests : DeviceTestBase
{
    [TestMethod]
    public void LossesAndLastWeightsAgree()
    {
        var file = GoldenFile.Open("training_run");
        var options = GoldenNetwork.ReadOptions(file);
        using var adam = JsonDocument.Parse(file.Metadata["adam"]);
        var betas = adam.RootElement.GetProperty("betas");
        var optimizer = new OptimizerOptions
        {
            LearningRate = adam.RootElement.GetProperty("lr").GetDouble(),
            Beta1 = betas[0].GetDouble(),
            Beta2 = betas[1].GetDouble(),
            Epsilon = adam.RootElement.GetProperty("eps").GetDouble(),
            RampUpImages = (long)Math.Round(1000 * Number("lr_rampup_kimg")),
            EmaHalfLifeImages = 1000 * Number("ema_halflife_kimg"),
            EmaRampUpRatio = Number("ema_rampup_ratio"),
        };
        using var model = new TrainingModel(Device, new ModelOptions { Network = options, Optimizer = optimizer }, 0);
        model.Weights.Load(file, "param0.model.", "training_run");
        model.Average.CopyFrom(model.Weights);

        var shape = file.GetShape("in.y");
        int steps = shape[0], batch = shape[1];
        var y = GoldenFile.Permute(file.GetFloats("in.y"), shape, [0, 1, 3, 4, 2]);
        var noise = GoldenFile.Permute(file.GetFloats("in.noise"), shape, [0, 1, 3, 4, 2]);
        var sigma = file.GetDoubles("in.sigma");
        var losses = new double[steps];
        var size = y.Length / steps;
        for (var step = 0; step < steps; step++)
        {
            var images = new Batch { FirstImage = step * batch, Size = batch, Images = y[(step * size)..((step + 1) * size)], Labels = new int[batch] };
            var result = model.Step(images, sigma[(step * batch)..((step + 1) * batch)], noise[(step * size)..((step + 1) * size)]);
            losses[step] = result.LossPerImage.Average();
            Assert.AreEqual(0, result.NonFiniteGradients, "non-finite gradients");
        }

        var expected = file.GetDoubles("out.loss");
        GoldenFile.AssertClose(losses, expected, 1e-5, "out.loss");
        var list = options.Create().Parameters;
        GoldenNetwork.AssertBlock(
            file, "param_end.model.", list, model.Weights.Values.ToArray(), 1e-4, WithoutKeyBias);
        GoldenNetwork.AssertBlock(
            file, "ema_end.model.", list, model.Average.Values.ToArray(), 1e-4, WithoutKeyBias);

        // Softmax does not see the bias of the keys: its true gradient is zero, and Adam turns the rounding that stands there into steps.
        static float[] WithoutKeyBias(Parameter parameter, float[] values) =>
            parameter.Layout == ParameterLayout.QkvVector ? values.Where((_, i) => i % 3 != 1).ToArray() : values;

        double Number(string key) => JsonDocument.Parse(file.Metadata[key]).RootElement.GetDouble();
    }
}

[TestClass]
public sealed class GoldenTrainingRunTestsCpu : GoldenTrainingRunTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class GoldenTrainingRunTestsOpenCL : GoldenTrainingRunTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class GoldenTrainingRunTestsCuda : GoldenTrainingRunTests
{
    protected override string Spec => Cuda;
}
