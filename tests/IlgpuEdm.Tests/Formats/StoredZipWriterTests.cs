using System.IO.Compression;
using System.Security.Cryptography;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Tests.Formats;

/// <summary>Zip archives of stored files, read back by .NET's reader.</summary>
[TestClass]
public sealed class StoredZipWriterTests
{
    [TestMethod]
    public void FilesAreStoredAndDatedAlike()
    {
        using var target = new MemoryStream();
        var writer = new StoredZipWriter(target);
        Add(writer, "00000/a.png", [1, 2, 3]);
        Add(writer, "empty", []);
        Add(writer, "ümlaut", [4]);
        writer.Finish();
        using var zip = new ZipArchive(target);
        CollectionAssert.AreEqual(new[] { "00000/a.png", "empty", "ümlaut" }, zip.Entries.Select(e => e.FullName).ToArray(), "names");
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3 }, Content(zip.Entries[0]), "content");
        Assert.AreEqual((3L, 3L), (zip.Entries[0].Length, zip.Entries[0].CompressedLength), "stored");
        Assert.AreEqual(new DateTime(1980, 1, 1), zip.Entries[0].LastWriteTime.DateTime, "date");
    }

    [TestMethod]
    public void TheBytesAreFixed()
    {
        using var target = new MemoryStream();
        var writer = new StoredZipWriter(target);
        Add(writer, "00000/img00000000.png", [1, 2, 3]);
        writer.Finish();
        const string expected = "10b6d322f8d407c40467451705f6defa80ab82b89a444a4e7521431b17f589df";
        Assert.AreEqual(expected, Convert.ToHexStringLower(SHA256.HashData(target.ToArray())), "SHA-256");
    }

    [TestMethod]
    public void MoreFilesThanTheOldFieldsCount()
    {
        using var target = new MemoryStream();
        var writer = new StoredZipWriter(target);
        for (var i = 0; i < 66_000; i++)
        {
            Add(writer, $"{i}", [(byte)i]);
        }
        writer.Finish();
        using var zip = new ZipArchive(target);
        Assert.HasCount(66_000, zip.Entries, "files");
        CollectionAssert.AreEqual(new[] { unchecked((byte)65_999) }, Content(zip.Entries[65_999]), "the last");
    }

    [TestMethod]
    public void FilesBeyond4GB()
    {
        using var folder = new TemporaryFolder();
        using var target = new FileStream(folder.File("far.zip"), FileMode.Create, FileAccess.ReadWrite);
        var writer = new StoredZipWriter(target);
        Add(writer, "near", [1]);
        // A hole in a sparse file takes no space.
        target.Position = 5L << 30;
        Add(writer, "far", [2]);
        writer.Finish();
        using var zip = new ZipArchive(target);
        CollectionAssert.AreEqual(new byte[] { 1 }, Content(zip.GetEntry("near")!), "near");
        CollectionAssert.AreEqual(new byte[] { 2 }, Content(zip.GetEntry("far")!), "far");
    }

    private static void Add(StoredZipWriter writer, string name, byte[] content) => writer.Add(name, content, Crc32.Compute(content));

    private static byte[] Content(ZipArchiveEntry entry)
    {
        using var source = entry.Open();
        using var copy = new MemoryStream();
        source.CopyTo(copy);
        return copy.ToArray();
    }
}
