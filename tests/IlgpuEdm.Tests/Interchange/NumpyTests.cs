using System.IO.Compression;
using System.Text;
using IlgpuEdm.Formats;
using IlgpuEdm.Formats.Numpy;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Interchange;

/// <summary>Arrays in NumPy's files.</summary>
[TestClass]
public sealed class NumpyTests
{
    /// <summary>A file as NumPy writes it, with a header of its own.</summary>
    public static byte[] File(string header, byte[] data, byte version = 1)
    {
        var text = Encoding.ASCII.GetBytes(header + "\n");
        byte[] length = version == 1 ? BitConverter.GetBytes((ushort)text.Length) : BitConverter.GetBytes(text.Length);
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. text, .. data];
    }

    [TestMethod]
    public void EachTypeComesBack()
    {
        using var folder = new TemporaryFolder();
        foreach (var array in new[]
        {
            NpyFile.Array([1f, -2.5f, float.NaN, 4, 5, 6], 2, 3), NpyFile.Array([1.0, 1e-300], 2), NpyFile.Array([long.MinValue, 7L], 2),
            NpyFile.Array(new byte[] { 0, 255 }, 2, 1), NpyFile.Array(new float[0], 0, 5), NpyFile.Array([3.0]),
        })
        {
            var path = folder.File("a.npy");
            NpyFile.Write(path, array);
            var back = NpyFile.Read(path);
            Assert.AreEqual(array.Type, back.Type);
            CollectionAssert.AreEqual(array.Shape.ToArray(), back.Shape.ToArray());
            CollectionAssert.AreEqual(array.Bytes.ToArray(), back.Bytes.ToArray());
            Assert.AreEqual(0, (System.IO.File.ReadAllBytes(path).Length - array.Bytes.Length) % 64, "the data are aligned");
        }
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public void FortransOrderIsTurned(int version)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write(
            File("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }", [1, 4, 2, 5, 3, 6], (byte)version), "f.npy");
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 4, 5, 6 }, NpyFile.Read(path).Bytes.ToArray());
    }

    [TestMethod]
    [DataRow("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "'|O'")]
    [DataRow("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", "'>f4'")]
    [DataRow("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "records")]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "does not fit")]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647, 2147483647, 2147483647), }", "does not fit")]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999,), }", "bad shape")]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "bad shape")]
    [DataRow("{'descr': '<f4', 'shape': (1,), }", "lacks")]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}", "damaged")]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} __import__('os')", "damaged")]
    [DataRow("", "damaged")]
    public void ABrokenHeaderIsOneLine(string header, string word)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write(File(header, [0, 0, 0, 0]), "broken.npy");
        OneClearLine.Of(() => NpyFile.Read(path), path, word);
    }

    [TestMethod]
    [DataRow(CompressionLevel.NoCompression)]
    [DataRow(CompressionLevel.Optimal)]
    public void AZipOfArraysIsRead(CompressionLevel level)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a.npz");
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            using var entry = zip.CreateEntry("mu.npy", level).Open();
            entry.Write(File("{'descr': '<f8', 'fortran_order': False, 'shape': (2000,), }", new byte[16_000]));
        }

        CollectionAssert.AreEqual(new[] { 2000 }, NpzFile.Read(path)["mu"].Shape.ToArray());
    }

    [TestMethod]
    public void AWrittenZipComesBackAndIsTheSameEachTime()
    {
        using var folder = new TemporaryFolder();
        var arrays = new Dictionary<string, NumpyArray>
        {
            ["mu"] = NpyFile.Array([1.5, 2], 2),
            ["folder/sigma"] = NpyFile.Array([1L, 2, 3, 4], 2, 2),
        };
        NpzFile.Write(folder.File("a.npz"), arrays);
        NpzFile.Write(folder.File("b.npz"), arrays);
        CollectionAssert.AreEqual(System.IO.File.ReadAllBytes(folder.File("a.npz")), System.IO.File.ReadAllBytes(folder.File("b.npz")));
        var back = NpzFile.Read(folder.File("a.npz"));
        CollectionAssert.AreEqual(arrays.Keys.ToArray(), back.Keys.ToArray());
        CollectionAssert.AreEqual(arrays["folder/sigma"].Bytes.ToArray(), back["folder/sigma"].Bytes.ToArray());
    }

    [TestMethod]
    public void AFlippedBitOfAZipIsFound()
    {
        using var folder = new TemporaryFolder();
        NpzFile.Write(folder.File("a.npz"), new Dictionary<string, NumpyArray> { ["mu"] = NpyFile.Array([1.5, 2], 2) });
        var bytes = System.IO.File.ReadAllBytes(folder.File("a.npz"));
        bytes[bytes.AsSpan().IndexOf("NUMPY"u8) + 130] ^= 1;
        var path = folder.Write(bytes, "b.npz");
        OneClearLine.Of(() => NpzFile.Read(path), path, "checksum", "mu.npy");
    }
}
