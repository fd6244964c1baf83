using IlgpuEdm.Diffusion;
using IlgpuEdm.Interchange;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Tests.Golden;

namespace IlgpuEdm.Tests.Interchange;

/// <summary>What a network pickle says of its network.</summary>
[TestClass]
public sealed class NetworkPickleTests
{
    [TestMethod]
    public void SongsDefaultsAreTheReferences()
    {
        var (network, _) = Describe("EDMPrecond", "SongUNet", Nothing, model => model.Ints(32, 3, 3));
        AssertSame(
            new SongUNetOptions
            {
                Height = 32,
                Width = 32,
                ImageChannels = 3,
                OutputChannels = 3,
                ModelChannels = 128,
                ChannelMult = [1, 2, 2, 2],
                ChannelMultEmb = 4,
                BlocksPerLevel = 4,
                AttentionResolutions = [16],
                Dropout = 0.1,
                ChannelMultNoise = 1,
                ResampleFilter = [1, 1],
            },
            network);
    }

    [TestMethod]
    public void DhariwalsDefaultsAreTheReferences()
    {
        var (network, _) = Describe("EDMPrecond", "DhariwalUNet", Nothing, model => model.Ints(64, 3, 3));
        AssertSame(
            new DhariwalUNetOptions
            {
                Height = 64,
                Width = 64,
                ImageChannels = 3,
                OutputChannels = 3,
                ModelChannels = 192,
                ChannelMult = [1, 2, 3, 4],
                ChannelMultEmb = 4,
                BlocksPerLevel = 3,
                AttentionResolutions = [32, 16, 8],
                Dropout = 0.1,
            },
            network);
    }

    [TestMethod]
    public void ArgumentsByPlaceAndByNameCount()
    {
        var (network, _) = Describe(
            "EDMPrecond", "SongUNet", Nothing, model => model.Ints(16, 1, 1, 10, 9, 32),
            ("channel_mult", a => a.Op("](").Int(1).Int(2).Op("e")), ("encoder_type", a => a.Text("residual")),
            ("decoder_type", a => a.Text("skip")), ("embedding_type", a => a.Text("fourier")),
            ("channel_mult_noise", a => a.Int(2)), ("num_blocks", a => a.Int(1)),
            ("resample_filter", a => a.Ints(1, 3, 3, 1)), ("label_dropout", a => a.Float(0.2)), ("dropout", a => a.Int(0)),
            ("attn_resolutions", a => a.Op("]")), ("channel_mult_emb", a => a.Int(2)));
        AssertSame(
            new SongUNetOptions
            {
                Height = 16,
                Width = 16,
                ImageChannels = 1,
                OutputChannels = 1,
                LabelDim = 10,
                AugmentDim = 9,
                ModelChannels = 32,
                ChannelMult = [1, 2],
                ChannelMultEmb = 2,
                BlocksPerLevel = 1,
                AttentionResolutions = [],
                Dropout = 0,
                LabelDropout = 0.2,
                ChannelMultNoise = 2,
                EncoderType = EncoderType.Residual,
                DecoderType = DecoderType.Skip,
                EmbeddingType = EmbeddingType.Fourier,
                ResampleFilter = [1, 3, 3, 1],
            },
            network);
    }

    [TestMethod]
    public void EachPreconditionerIsKnownWithItsConstants()
    {
        Assert.AreEqual(new EdmPreconditioner { SigmaData = 0.7 }, Formula("EDMPrecond", ("sigma_data", a => a.Float(0.7))));
        Assert.AreEqual(new VpPreconditioner { EpsilonT = 1e-3 }, Formula("VPPrecond", ("epsilon_t", a => a.Float(1e-3))));
        Assert.AreEqual(new VpPreconditioner(), Formula("VPPrecond"));
        Assert.AreEqual(new VePreconditioner { HighestSigma = 50 }, Formula("VEPrecond", ("sigma_max", a => a.Int(50))));
        Assert.AreEqual(new IddpmPreconditioner { M = 500 }, Formula("iDDPMPrecond", ("M", a => a.Int(500))));
    }

    [TestMethod]
    [DataRow("Precond", "SongUNet", "'Precond'")]
    [DataRow("EDMPrecond", "UNet", "'UNet'")]
    [DataRow("iDDPMPrecond", "SongUNet", "outputs")]
    public void AnotherNetworkIsOneLine(string outer, string inner, string word)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write(Snapshot(outer, inner, Nothing, model => model.Ints(32, 3, 3)), "net.pkl");
        OneClearLine.Of(() => TensorFiles.Read(path), path, word);
    }

    [TestMethod]
    public void AnArgumentThatIsNotKnownIsOneLine()
    {
        using var folder = new TemporaryFolder();
        var pickle = Snapshot("EDMPrecond", "SongUNet", Nothing, model => model.Ints(32, 3, 3), ("fancy", a => a.Int(1)));
        var path = folder.Write(pickle, "net.pkl");
        OneClearLine.Of(() => TensorFiles.Read(path), path, "'fancy'");
    }

    [TestMethod]
    public void ANetworkThatCannotBeBuiltIsOneLine()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write(Snapshot("EDMPrecond", "SongUNet", Nothing, model => model.Ints(33, 3, 3)), "net.pkl");
        OneClearLine.Of(() => TensorFiles.Read(path), path, "33x33");
    }

    [TestMethod]
    [TestCategory("Golden")]
    public void TheWeightsAreThoseOfTheGoldenNetwork()
    {
        var pickle = TensorFiles.ReadNetwork(Path.Combine(GoldenFile.Folder, "network-snapshot.pkl"));
        var expected = GoldenFile.Open("network-snapshot.expected");
        var compared = 0;
        foreach (var name in expected.Tensors.Keys.Where(name => name.StartsWith("param.", StringComparison.Ordinal)))
        {
            CollectionAssert.AreEqual(expected.GetShape(name), pickle.GetShape(name["param.".Length..]), name);
            CollectionAssert.AreEqual(expected.GetFloats(name), pickle.GetFloats(name["param.".Length..]), name);
            compared++;
        }

        Assert.IsGreaterThan(0, compared, "weights compared");
    }

    /// <summary>A pickle of a snapshot whose network has given arguments and one weight.</summary>
    internal static byte[] Snapshot(
        string outer, string inner, (string, Action<PickleAssembler>)[] formula, Action<PickleAssembler> places,
        params (string, Action<PickleAssembler>)[] names) => PickleAssembler.Protocol(4).Dict(("ema", ema => ema.Persistent(
            outer, a => a.Op(")"), a => a.Dict(formula),
            ("model", m => m.Persistent(inner, places, a => a.Dict(names), ("x", x => Weight(x))))))).Stop();

    private static (string, Action<PickleAssembler>)[] Nothing { get; } = [];

    // A module of PyTorch's own that holds one parameter.
    private static PickleAssembler Weight(PickleAssembler pickle) => pickle
        .Global("torch.nn.modules.container", "Sequential").Op(")").Op(0x81)
        .Dict(("_parameters", p => p.Dict(("weight", w => w.Global("torch._utils", "_rebuild_parameter").Op("(")
            .Global("torch._utils", "_rebuild_tensor_v2").Op("(").Global("torch.storage", "_load_from_bytes")
            .Bytes(TorchFileTests.Legacy(StorageOnly, 1, 2)).Op(0x85).Op("R").Int(0).Ints(2).Ints(1).Op(0x89)
            .Global("collections", "OrderedDict").Op(")RtR").Op(0x88).Global("collections", "OrderedDict").Op(")RtR"))))).Op("b");

    private static byte[] StorageOnly => PickleAssembler.Protocol(2)
        .Op("(").Text("storage").Global("torch", "FloatStorage").Text("0").Text("cpu").Int(2).Op("NtQ").Stop();

    private static (UNetOptions Network, Preconditioner Preconditioner) Describe(
        string outer, string inner, (string, Action<PickleAssembler>)[] formula, Action<PickleAssembler> places,
        params (string, Action<PickleAssembler>)[] names)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write(Snapshot(outer, inner, formula, places, names), "net.pkl");
        var file = TensorFiles.ReadNetwork(path);
        CollectionAssert.AreEqual(new float[] { 1, 2 }, file.GetFloats("model.x.weight"));
        return NetworkDenoiser.ReadConfiguration(file, path);
    }

    private static Preconditioner Formula(string name, params (string, Action<PickleAssembler>)[] arguments) =>
        Describe(name, "SongUNet", arguments, model => model.Ints(32, 3, name == "iDDPMPrecond" ? 6 : 3)).Preconditioner;

    // Lists of records are compared by reference, so by what files would say.
    private static void AssertSame(UNetOptions expected, UNetOptions actual) => Assert.AreEqual(
        System.Text.Json.JsonSerializer.Serialize(expected), System.Text.Json.JsonSerializer.Serialize(actual));
}
