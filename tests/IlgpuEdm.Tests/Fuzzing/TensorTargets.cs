using IlgpuEdm.Formats;
using IlgpuEdm.Formats.Numpy;
using IlgpuEdm.Formats.Pickle;
using IlgpuEdm.Formats.Torch;
using IlgpuEdm.Interchange;
using IlgpuEdm.Metrics;
using IlgpuEdm.Tests.Data;
using IlgpuEdm.Tests.Interchange;

namespace IlgpuEdm.Tests.Fuzzing;

/// <summary>The readers of tensors: those of each format by itself, and the one that tells them by their contents.</summary>
internal static class TensorTargets
{
    // Packed arrays may unfold to what deflate can hold, which is bounded by the length of the input.
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        FuzzTarget.OfFile("safetensors", "x.safetensors", Safetensors, path => ReadAll(SafetensorsFile.Read(path))),
        Header(),
        FuzzTarget.OfFile("npy", "x.npy", Npy, path => NpyFile.Read(path)),
        FuzzTarget.OfFile("npz", "x.npz", Npz, path => NpzFile.Read(path)) with { Repair = Repairs.Zip },
        FuzzTarget.OfFile("pickle", "x.pkl", Pickle, path => PickleFile.Read(path)),
        FuzzTarget.OfFile("torch-zip", "x.pth", TorchZip, path => TorchFile.Read(path)) with { Repair = Repairs.Zip },
        FuzzTarget.OfFile("torch-legacy", "x.pt", TorchLegacy, path => TorchFile.Read(path)),
        FuzzTarget.OfFile("tensors", "x", Kinds, path => ReadAll(TensorFiles.Read(path))) with { Repair = Repairs.Zip },
        FuzzTarget.OfFile("fid-reference", "x.npz", References, path => FeatureStatisticsFile.Read(path)) with { Repair = Repairs.Zip },

        // A network's description may be that of the largest network.
        FuzzTarget.OfFile("network-pickle", "x.pkl", Networks, path => ReadAll(TensorFiles.ReadNetwork(path))) with
        { MostBytes = 512L << 20 },
    ];

    private static float[] Storage { get; } = [1, 2, 3, 4, 5, 6];

    private static byte[] Tensor { get; } =
        PickleAssembler.Protocol(2).Dict(("w", w => w.Tensor("FloatStorage", "0", 6, 0, [2, 3], [3, 1]))).Stop();

    private static void ReadAll(SafetensorsFile file)
    {
        foreach (var entry in file.Tensors.Values)
        {
            _ = entry.Bytes;
        }
    }

    // A header alone, before as many bytes as the whole one's tensors have.
    private static FuzzTarget Header()
    {
        var file = FuzzTarget.OfFile("safetensors-header", "x.safetensors", () => [], path => SafetensorsFile.Read(path));
        return FuzzTarget.OfJson(
            file.Name,
            () =>
            [
                """
                {"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},
                "a":{"dtype":"BF16","shape":[2,2],"data_offsets":[0,8]},"c":{"dtype":"BOOL","shape":[0],"data_offsets":[16,16]}}
                """,
            ],
            bytes => file.Read([.. BitConverter.GetBytes((long)bytes.Length), .. bytes, .. new byte[16]])) with
        { NamesInErrors = file.NamesInErrors };
    }

    private static byte[][] Safetensors()
    {
        var path = FuzzFolder.File("safetensors", "seed");
        new SafetensorsWriter().Metadata("k", "v").Add("a", Storage, 2, 3).Add("b", new byte[] { 1, 2 }, 2).WriteTo(path);
        var plain = """{"t":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}} """u8;
        return [File.ReadAllBytes(path), [.. BitConverter.GetBytes((long)plain.Length), .. plain, 0, 0x3c, 0, 0x40]];
    }

    private static byte[][] Npy() =>
    [
        NumpyTests.File("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 1), }", new byte[8]),
        NumpyTests.File("{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }", [1, 2, 3], version: 2),
    ];

    private static byte[][] Npz()
    {
        var path = FuzzFolder.File("npz", "seed");
        NpzFile.Write(path, new Dictionary<string, NumpyArray> { ["a"] = NpyFile.Array([1.0, 2], 2), ["b"] = NpyFile.Array(Storage, 6) });
        return [File.ReadAllBytes(path), TestData.Zip(("a.npy", Npy()[0]))];
    }

    private static byte[][] References()
    {
        var path = FuzzFolder.File("fid-reference", "seed");
        var arrays = new Dictionary<string, NumpyArray>
        {
            ["mu"] = NpyFile.Array([1.0, 2], 2),
            ["sigma"] = NpyFile.Array([2.0, 0.5, 0.5, 1], 2, 2),
        };
        NpzFile.Write(path, arrays);
        var plain = File.ReadAllBytes(path);
        arrays.Add("count", NpyFile.Array([3L]));
        arrays.Add("features", NpyFile.Array(Storage, 3, 2));
        NpzFile.Write(path, arrays);
        return [plain, File.ReadAllBytes(path)];
    }

    private static byte[][] Pickle() =>
    [
        .. PickleTests.Corpus, PickleTests.Array(2, a => a.Op("U").Op(4, 1, 0, 2, 0), fortran: true).Stop(),
        NetworkPickleTests.Snapshot("EDMPrecond", "SongUNet", [], model => model.Ints(32, 3, 3)),
    ];

    private static byte[][] TorchZip()
    {
        var path = FuzzFolder.File("torch-zip", "seed");
        TorchFile.Write(
            path, [new SafetensorsEntry("w", SafetensorsType.F32, [1, 2], new byte[8])], new Dictionary<string, string> { ["k"] = "v" });
        return [File.ReadAllBytes(path), TorchFileTests.Zip(Tensor, Storage)];
    }

    private static byte[][] TorchLegacy() => [TorchFileTests.Legacy(Tensor, Storage)];

    private static byte[][] Networks() =>
    [
        NetworkPickleTests.Snapshot("EDMPrecond", "SongUNet", [], model => model.Ints(32, 3, 3)),
        NetworkPickleTests.Snapshot("VPPrecond", "SongUNet", [], model => model.Ints(16, 1, 1), ("num_blocks", a => a.Int(1))),
    ];

    private static byte[][] Kinds() => [.. Safetensors(), .. Npz(), .. TorchZip(), .. TorchLegacy(), .. Networks()];
}
