using System.Text.Json;
using IlgpuEdm.Autodiff;
using IlgpuEdm.Diffusion.Augmentation;
using IlgpuEdm.Formats;
using IlgpuEdm.Tests.Devices;

namespace IlgpuEdm.Tests.Golden;

/// <summary>The augmentation pipeline, fed the stored draws, against the reference's images and labels.</summary>
public abstract class GoldenAugmentTests : DeviceTestBase
{
    private const double Tolerance = 1e-5;

    [TestMethod]
    [TestCategory("Golden")]
    public void EverySettingGivesTheStoredImagesAndLabels()
    {
        SafetensorsFile file = GoldenFile.Open("augment");
        using JsonDocument settings = JsonDocument.Parse(file.Metadata["settings"]);
        foreach (JsonProperty setting in settings.RootElement.EnumerateObject())
        {
            Check(file, setting.Name, GoldenAugmentDraws.Options(setting.Value));
        }
    }

    private void Check(SafetensorsFile file, string name, AugmentOptions options)
    {
        int[] shape = file.GetShape($"{name}/in");
        var draws = new GoldenAugmentDraws(file, name, options);
        AugmentParameters[] parameters =
            [.. Enumerable.Range(0, shape[0]).Select(image => AugmentParameters.Draw(options, draws.OfImage(image)))];

        using var tape = new Tape(Device, recording: false);
        float[] images = GoldenFile.NchwToNhwc(file.GetFloats($"{name}/in"), shape);
        Tensor x = tape.From(images, shape[0], shape[2], shape[3], shape[1]);
        var (augmented, labels) = new AugmentPipe(options).Apply(tape, x, parameters, sharedMargin: true);

        GoldenFile.AssertClose(
            GoldenFile.NhwcToNchw(augmented.ToArray(), shape), file.GetFloats($"{name}/out"), Tolerance, $"{name}/out on {Spec}");
        Assert.AreEqual(file.GetShape($"{name}/labels")[1], options.LabelDim, $"{name}: numbers of a label");
        GoldenFile.AssertClose(labels, file.GetFloats($"{name}/labels"), Tolerance, $"{name}/labels");
        CollectionAssert.AreEqual(images, x.ToArray(), $"{name}: the images that went in");
    }
}

[TestClass]
public sealed class GoldenAugmentTestsCpu : GoldenAugmentTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class GoldenAugmentTestsOpenCL : GoldenAugmentTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class GoldenAugmentTestsOpenCLCooperative : GoldenAugmentTests
{
    protected override string Spec => OpenCLCooperative;
}

[TestClass]
public sealed class GoldenAugmentTestsCuda : GoldenAugmentTests
{
    protected override string Spec => Cuda;
}
