using System.Text;

namespace IlgpuEdm.Tests.Fuzzing;

/// <summary>A reader to be fed with damaged files.</summary>
/// <param name="Name">What the command calls it.</param>
/// <param name="Seeds">Makes whole files to start from.</param>
/// <param name="Read">Reads a file; what it throws but EdmException is a finding.</param>
internal sealed record FuzzTarget(string Name, Func<byte[][]> Seeds, Action<byte[]> Read)
{
    /// <summary>Repairs what would else keep all damage from being looked at, such as checksums; applied to half of the inputs.</summary>
    public Action<byte[]>? Repair { get; init; }

    /// <summary>Whether seeds are JSON, half of whose damage is to values rather than to bytes.</summary>
    public bool IsJson { get; init; }

    /// <summary>Whether native code reads it, whose faults end the process: tests give it one of its own.</summary>
    public bool IsNative { get; init; }

    /// <summary>What a refusal names, so that a user finds the file; empty where there is none.</summary>
    public string NamesInErrors { get; init; } = "";

    /// <summary>The most memory, in bytes, that an input may make the reader take, beside 2,000 times its own length.</summary>
    public long MostBytes { get; init; } = 64L << 20;

    /// <summary>A reader of files.</summary>
    /// <param name="name">What the command calls it.</param>
    /// <param name="file">The file's name, which it keeps; a folder in which it lies has nothing else.</param>
    /// <param name="seeds">Makes whole files to start from.</param>
    /// <param name="read">Reads the file of a path.</param>
    public static FuzzTarget OfFile(string name, string file, Func<byte[][]> seeds, Action<string> read)
    {
        var path = FuzzFolder.File(name, file);
        return new FuzzTarget(name, seeds, bytes =>
        {
            FuzzFolder.Write(path, bytes);
            read(path);
        })
        { NamesInErrors = path };
    }

    /// <summary>A reader of JSON.</summary>
    /// <param name="name">What the command calls it.</param>
    /// <param name="seeds">Whole texts to start from.</param>
    /// <param name="read">Reads a text.</param>
    public static FuzzTarget OfJson(string name, Func<string[]> seeds, Action<byte[]> read) =>
        new(name, () => Array.ConvertAll(seeds(), Encoding.UTF8.GetBytes), read) { IsJson = true };
}
