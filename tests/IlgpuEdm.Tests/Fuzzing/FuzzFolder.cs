namespace IlgpuEdm.Tests.Fuzzing;

/// <summary>Files that readers are fed with, in one folder of this process.</summary>
internal static class FuzzFolder
{
    // In memory where the system has such a folder: what is written with care waits for the disk.
    private static readonly Lazy<string> Root = new(() => Directory.Exists(Memory)
        ? Directory.CreateDirectory(Path.Combine(Memory, $"ilgpu-edm-fuzz-{Guid.NewGuid():N}")).FullName
        : Directory.CreateTempSubdirectory("ilgpu-edm-fuzz-").FullName);

    private const string Memory = "/dev/shm";

    /// <summary>A path in a folder that is made if it is missing.</summary>
    public static string File(params string[] parts)
    {
        var path = Path.Combine([Root.Value, .. parts]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    /// <summary>
    /// Writes over a file. It is cut to its length at the end, not to nothing at the beginning, after which file systems wait for the disk.
    /// </summary>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        using var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, bufferSize: 0);
        stream.Write(bytes);
        stream.SetLength(bytes.Length);
    }

    /// <summary>Removes all files.</summary>
    public static void Clean()
    {
        if (Root.IsValueCreated)
        {
            Directory.Delete(Root.Value, recursive: true);
        }
    }
}
