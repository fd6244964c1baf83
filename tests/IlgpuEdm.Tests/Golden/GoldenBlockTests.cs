using System.Text.Json;
using IlgpuEdm.Autodiff;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Devices;

namespace IlgpuEdm.Tests.Golden;

/// <summary>One U-Net block with several attention heads and adaptive scale, against the reference's.</summary>
[TestCategory("Golden")]
public abstract class GoldenBlockTests : DeviceTestBase
{
    private static readonly LayerStart _start = new(StartRule.KaimingUniform, 1, 0);

    [TestMethod]
    public void OutputAndGradientsAgree()
    {
        var file = GoldenFile.Open("block_two_heads");
        using var json = JsonDocument.Parse(file.Metadata["config"]);
        var list = new ParameterList();
        var block = Block(json.RootElement, list);
        using var weights = new ParameterBlock(Device, list, gradients: true);
        weights.Load(file, "param", "block_two_heads");
        using var tape = new Tape(Device, recording: true);
        var x = GoldenNetwork.Images(tape, file, "in.x");
        var embedding = GoldenNetwork.Optional(tape, file, "in.emb")!;
        x.RequiresGradient = true;
        embedding.RequiresGradient = true;
        var y = block.Forward(new NetworkPass(tape, weights), x, embedding);
        GoldenNetwork.AssertImages(file, "out", y.ToArray(), 1e-5);

        tape.Backward(y, GoldenNetwork.Images(tape, file, "grad_out"));
        GoldenNetwork.AssertImages(file, "grad_in.x", x.Gradient!.ToArray(), 1e-4);
        GoldenFile.AssertClose(embedding.Gradient!.ToArray(), file.GetFloats("grad_in.emb"), 1e-4, "grad_in.emb");
        var compared = GoldenNetwork.AssertBlock(file, "grad", list, weights.Gradients!.ToArray(), 1e-4);
        Assert.AreEqual(file.Tensors.Keys.Count(k => k.StartsWith("grad.", StringComparison.Ordinal)), compared, "gradients compared");
    }

    private static UNetBlock Block(JsonElement c, ParameterList list)
    {
        var style = new UNetBlockStyle(
            Int("emb_channels", 0), Bool("adaptive_scale", true), (float)Number("skip_scale", 1), (float)Number("eps", 1e-5),
            c.TryGetProperty("num_heads", out var heads) && heads.ValueKind == JsonValueKind.Number
                ? Int("out_channels", 0) / heads.GetInt32() : Int("channels_per_head", 64),
            Bool("resample_proj", false), ResampleFilter: null, Dropout: 0, _start, _start, _start);
        var resample = Bool("up", false) ? Resample.Up : Bool("down", false) ? Resample.Down : Resample.None;
        return new UNetBlock(list, "", style, Int("in_channels", 0), Int("out_channels", 0), resample, Bool("attention", false), layer: 0);

        int Int(string name, int otherwise) => c.TryGetProperty(name, out var value) ? value.GetInt32() : otherwise;

        double Number(string name, double otherwise) => c.TryGetProperty(name, out var value) ? value.GetDouble() : otherwise;

        bool Bool(string name, bool otherwise) => c.TryGetProperty(name, out var value) ? value.GetBoolean() : otherwise;
    }
}

[TestClass]
public sealed class GoldenBlockTestsCpu : GoldenBlockTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class GoldenBlockTestsOpenCL : GoldenBlockTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class GoldenBlockTestsCuda : GoldenBlockTests
{
    protected override string Spec => Cuda;
}

[TestClass]
[TestCategory("Slow")]
public sealed class GoldenBlockTestsOpenCLCooperative : GoldenBlockTests
{
    protected override string Spec => OpenCLCooperative;
}
