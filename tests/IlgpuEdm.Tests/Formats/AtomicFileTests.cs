using IlgpuEdm.Formats;

namespace IlgpuEdm.Tests.Formats;

/// <summary>Files are whole or absent.</summary>
[TestClass]
public sealed class AtomicFileTests
{
    [TestMethod]
    public void AFileIsWrittenAndReplaced()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "new", "a.txt");
        AtomicFile.WriteAllText(path, "one");
        AtomicFile.WriteAllText(path, "zwölf");
        Assert.AreEqual("zwölf", File.ReadAllText(path), "content");
        Assert.HasCount(1, Directory.GetFiles(Path.GetDirectoryName(path)!), "files in the folder");
    }

    [TestMethod]
    public void AFailureLeavesTheOldFileAndNothingElse()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a.txt");
        AtomicFile.WriteAllText(path, "old");
        OneClearLine.Of(
            () => AtomicFile.Write(path, stream =>
            {
                stream.Write(new byte[100]);
                throw new IOException("No space left\non device");
            }),
            path,
            "No space left; on device");
        Assert.ThrowsExactly<InvalidOperationException>(() => AtomicFile.Write(path, _ => throw new InvalidOperationException()));
        Assert.AreEqual("old", File.ReadAllText(path), "content");
        Assert.HasCount(1, Directory.GetFiles(folder.Path), "files in the folder");
    }

    [TestMethod]
    public void AStaleTemporaryFileIsNoObstacle()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a.txt");
        File.WriteAllText(path + AtomicFile.TemporarySuffix, "left by a killed process");
        AtomicFile.WriteAllText(path, "new");
        Assert.AreEqual("new", File.ReadAllText(path), "content");
        Assert.HasCount(1, Directory.GetFiles(folder.Path), "files in the folder");
    }

    [TestMethod]
    public void AFolderInTheWayIsNamed()
    {
        using var folder = new TemporaryFolder();
        OneClearLine.Of(() => AtomicFile.WriteAllText(folder.Path, "x"), folder.Path, "folder");
        var file = folder.Write([1], "file");
        OneClearLine.Of(() => AtomicFile.WriteAllText(Path.Combine(file, "below"), "x"), file);
    }
}
