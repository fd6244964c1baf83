using System.IO.Compression;
using System.Runtime.InteropServices;
using IlgpuEdm.Formats;
using IlgpuEdm.Formats.Pickle;
using IlgpuEdm.Formats.Torch;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Interchange;

/// <summary>Files of torch.save in both layouts, and what is written for PyTorch.</summary>
[TestClass]
public sealed class TorchFileTests
{
    /// <summary>A file in the legacy layout with one storage of float32 numbers, whose pickle is given.</summary>
    public static byte[] Legacy(byte[] pickle, params float[] storage) =>
    [
        .. PickleAssembler.Protocol(2).Op(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19).Stop(),
        .. PickleAssembler.Protocol(2).Op("M").Op(0xe9, 3).Stop(),
        .. PickleAssembler.Protocol(2).Dict(("protocol_version", a => a.Int(1001)), ("little_endian", a => a.Op(0x88))).Stop(),
        .. pickle,
        .. PickleAssembler.Protocol(2).Op("]").Text("0").Op("a").Stop(),
        .. BitConverter.GetBytes((long)storage.Length), .. MemoryMarshal.AsBytes(storage.AsSpan()),
    ];

    /// <summary>A file in the zip layout with one storage of float32 numbers, whose pickle is given.</summary>
    public static byte[] Zip(
        byte[] pickle, float[] storage, string byteOrder = "little", CompressionLevel level = CompressionLevel.NoCompression)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add("any/data.pkl", pickle);
            Add("any/byteorder", System.Text.Encoding.ASCII.GetBytes(byteOrder));
            Add("any/data/0", MemoryMarshal.AsBytes(storage.AsSpan()).ToArray());
            Add("any/version", "3\n"u8.ToArray());

            void Add(string name, byte[] bytes)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(bytes);
            }
        }

        return stream.ToArray();
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void ATensorOfAnyOrderIsRead(bool legacy)
    {
        using var folder = new TemporaryFolder();

        // [[1, 2, 3], [4, 5, 6]] transposed, from the second number on.
        var pickle = PickleAssembler.Protocol(2).Tensor("FloatStorage", "0", 7, 1, [3, 2], [1, 3]).Stop();
        float[] storage = [0, 1, 2, 3, 4, 5, 6];
        var path = folder.Write(legacy ? Legacy(pickle, storage) : Zip(pickle, storage), "t.pth");
        var tensor = (TorchTensor)TorchFile.Read(path);
        CollectionAssert.AreEqual(new[] { 3, 2 }, tensor.Shape.ToArray());
        CollectionAssert.AreEqual(new float[] { 1, 4, 2, 5, 3, 6 }, MemoryMarshal.Cast<byte, float>(tensor.ToRowMajor().Span).ToArray());
    }

    [TestMethod]
    [DataRow(7, 1, 3, 2, 1, 4)]
    [DataRow(7, 8, 1, 1, 1, 1)]
    [DataRow(7, 0, 1000, 1000, 0, 0)]
    [DataRow(7, 0, int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue)]
    [DataRow(7, 0, -1, 2, 1, 1)]
    [DataRow(8, 0, 1, 1, 1, 1)]
    public void ATensorOutsideItsStorageIsRefused(int count, int offset, int rows, int columns, int step, int stride)
    {
        using var folder = new TemporaryFolder();
        var pickle = PickleAssembler.Protocol(2).Tensor("FloatStorage", "0", count, offset, [rows, columns], [step, stride]).Stop();
        foreach (var file in new[] { Legacy(pickle, new float[7]), Zip(pickle, new float[7]) })
        {
            OneClearLine.Of(() => TorchFile.Read(folder.Write(file, "t.pth")), "t.pth");
        }
    }

    [TestMethod]
    public void AnotherByteOrderIsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write(Zip(PickleAssembler.Protocol(2).Op("N").Stop(), [1], "big"), "big.pth");
        OneClearLine.Of(() => TorchFile.Read(path), path, "byte order");
    }

    [TestMethod]
    public void AGlobalInAFileOfPyTorchIsRefused()
    {
        using var folder = new TemporaryFolder();
        var pickle = PickleAssembler.Protocol(2).Global("os", "system").Stop();
        foreach (var file in new[] { Legacy(pickle, 1), Zip(pickle, [1]) })
        {
            OneClearLine.Of(() => TorchFile.Read(folder.Write(file, "evil.pth")), "evil.pth", "os.system", "GLOBAL at byte");
        }
    }

    [TestMethod]
    public void AWrittenStateComesBackAndIsTheSameEachTime()
    {
        using var folder = new TemporaryFolder();
        SafetensorsEntry[] state =
        [
            Entry("a.weight", SafetensorsType.F32, [2, 3], 24), Entry("a.bias", SafetensorsType.F64, [], 8),
            Entry("empty", SafetensorsType.I64, [0, 2], 0), Entry("half", SafetensorsType.BF16, [1, 2], 4),
        ];
        foreach (var name in new[] { "a.pth", "b.pth" })
        {
            TorchFile.Write(folder.File(name), state, new Dictionary<string, string> { ["k"] = "v" });
        }

        CollectionAssert.AreEqual(File.ReadAllBytes(folder.File("a.pth")), File.ReadAllBytes(folder.File("b.pth")));
        var back = (PickleDictionary)TorchFile.Read(folder.File("a.pth"));
        Assert.HasCount(state.Length, back.Entries);
        foreach (var entry in state)
        {
            var tensor = (TorchTensor)back.Find(entry.Name)!;
            Assert.AreEqual(entry.Type, tensor.Type);
            CollectionAssert.AreEqual(entry.Shape.ToArray(), tensor.Shape.ToArray());
            CollectionAssert.AreEqual(entry.Bytes.ToArray(), tensor.ToRowMajor().ToArray());
        }
    }

    [TestMethod]
    public void ThousandsOfTensorsComeBack()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("many.pth");
        var tensors = Enumerable.Range(0, 9001).Select(i => Entry($"t{i}", SafetensorsType.U8, [1], 1)).ToArray();
        TorchFile.Write(path, tensors, new Dictionary<string, string>());
        Assert.HasCount(9001, ((PickleDictionary)TorchFile.Read(path)).Entries);
    }

    private static SafetensorsEntry Entry(string name, SafetensorsType type, int[] shape, int bytes) =>
        new(name, type, shape, Enumerable.Range(1, bytes).Select(i => (byte)i).ToArray());
}
