using IlgpuEdm.Formats;
using IlgpuEdm.Interchange;
using IlgpuEdm.Tests.Cli;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Tests.Golden;

namespace IlgpuEdm.Tests.Interchange;

/// <summary>PyTorch itself reads what is written for it, with <c>weights_only=True</c>, and what it writes is read here.</summary>
[TestClass]
[TestCategory("Slow")]
public sealed class PyTorchTests
{
    private const string Load = """
        state = torch.load(sys.argv[1], weights_only=True)
        assert type(state).__name__ == 'OrderedDict', type(state)
        show(state)
        """;

    // By the format's own rules, since the package of that name is rarely there.
    private const string LoadSafetensors = """
        types = dict(F64=torch.float64, F32=torch.float32, F16=torch.float16, BF16=torch.bfloat16, I64=torch.int64, I32=torch.int32,
                     I16=torch.int16, I8=torch.int8, U8=torch.uint8, BOOL=torch.bool)
        file = open(sys.argv[1], 'rb').read()
        start = 8 + struct.unpack('<Q', file[:8])[0]
        header = json.loads(file[8:start])
        header.pop('__metadata__')
        data = bytearray(file[start:])
        state = {}
        for name, t in header.items():
            begin, end = t['data_offsets']
            piece = torch.frombuffer(bytearray(data[begin:end]), dtype=types[t['dtype']]) if end > begin else torch.empty(0, dtype=types[t['dtype']])
            state[name] = piece.reshape(t['shape'])
        show(state)
        try:
            from safetensors.torch import load_file
        except ImportError:
            sys.exit()
        for name, t in load_file(sys.argv[1]).items():
            assert t.dtype == state[name].dtype and torch.equal(t, state[name]), name
        """;

    private const string Save = """
        from collections import OrderedDict
        torch.manual_seed(1)
        f = torch.randn(4, 6)
        model = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 3), torch.nn.BatchNorm2d(3))
        state = OrderedDict(
            plain=f, columns=f.t()[1:, ::2], part=f[1:3], double=f.double(), half=f.half(), bfloat=f.bfloat16(),
            long=torch.tensor([-1, 2 ** 40]), int=f.int(), short=torch.tensor([[-300]], dtype=torch.int16),
            char=torch.tensor([-1, 2], dtype=torch.int8), byte=torch.tensor([200], dtype=torch.uint8),
            truth=torch.tensor([True, False]), scalar=torch.tensor(3.5), empty=torch.zeros(0, 4),
            special=torch.tensor([float('nan'), float('inf'), -0.0]), parameter=torch.nn.Parameter(f * 2))
        state.update(model.state_dict())
        torch.save(state, sys.argv[1], _use_new_zipfile_serialization=sys.argv[1].endswith('.pth'))
        show(state)
        """;

    [TestMethod]
    public void PyTorchReadsANetworkThatWasWrittenForIt()
    {
        PyTorch.Require();
        using var folder = new TemporaryFolder();
        var file = TensorFiles.Read(Path.Combine(GoldenFile.Folder, "network-snapshot.pkl"));
        AssertReadByPyTorch(folder, file, "network");
    }

    [TestMethod]
    public void PyTorchReadsEveryTypeThatItHas()
    {
        PyTorch.Require();
        using var folder = new TemporaryFolder();
        SafetensorsType[] types =
        [
            SafetensorsType.F64, SafetensorsType.F32, SafetensorsType.F16, SafetensorsType.BF16, SafetensorsType.I64, SafetensorsType.I32,
            SafetensorsType.I16, SafetensorsType.I8, SafetensorsType.U8, SafetensorsType.Bool,
        ];
        byte[] bytes = [.. Enumerable.Range(0, 48).Select(i => (byte)(i % 2))];
        var entries = types.SelectMany(t => new[]
        {
            new SafetensorsEntry($"{t}.matrix", t, [2, 3], bytes.AsMemory(0, 6 * t.ByteSize())),
            new SafetensorsEntry($"{t}.scalar", t, [], bytes.AsMemory(0, t.ByteSize())),
            new SafetensorsEntry($"{t}.none", t, [0, 3], default),
        });
        AssertReadByPyTorch(folder, new SafetensorsFile("types", new Dictionary<string, string> { ["note"] = "ü\n" }, entries), "types");
    }

    [TestMethod]
    public void PyTorchReadsTheFilesOfARun()
    {
        PyTorch.Require();
        using var folder = new TemporaryFolder();
        var run = TinyData.Train(TinyData.Images(folder), folder.File("runs"), 64, "--ema-profiles", "0.1");
        var files = Directory.GetFiles(run, "*.safetensors");
        Assert.IsGreaterThanOrEqualTo(3, files.Length, "a snapshot, an average and a state");
        foreach (var path in files)
        {
            var name = Path.GetFileNameWithoutExtension(path);
            PyTorch.AssertShows(SafetensorsFile.Read(path), LoadSafetensors, path);
            var converted = folder.File($"{name}.pth");
            var result = IlgpuEdm.Tests.Cli.Cli.Run("convert", path, converted);
            Assert.AreEqual(0, result.Code, result.Error);
            PyTorch.AssertShows(SafetensorsFile.Read(path), Load, converted);
        }
    }

    [TestMethod]
    [DataRow("saved.pth")]
    [DataRow("legacy.pt")]
    public void WhatPyTorchSavesIsReadHere(string name)
    {
        PyTorch.Require();
        using var folder = new TemporaryFolder();
        var path = folder.File(name);
        var saved = PyTorch.Run(Save, path);
        Assert.AreEqual(name == "saved.pth" ? TensorFileKind.TorchZip : TensorFileKind.TorchLegacy, TensorFiles.KindOf(path), "kind");
        var read = TensorFiles.Read(path);
        CollectionAssert.AreEqual(saved, read.Tensors.Values.Select(PyTorch.Line).ToList(), "tensors");

        // And back again.
        AssertReadByPyTorch(folder, read, "again");
    }

    private static void AssertReadByPyTorch(TemporaryFolder folder, SafetensorsFile file, string name)
    {
        var state = folder.File($"{name}.pth");
        TensorFiles.Write(state, file);
        PyTorch.AssertShows(file, Load, state);
        var safetensors = folder.File($"{name}.safetensors");
        TensorFiles.Write(safetensors, file);
        PyTorch.AssertShows(file, LoadSafetensors, safetensors);
    }
}
