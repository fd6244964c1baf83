using System.IO.Compression;
using System.Security.Cryptography;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Data.Downloads;

/// <summary>
/// Downloads the files of a data set, or weights, and checks their checksums. A file that is there already is checked and kept; one that
/// came in part goes on where it stopped; one whose checksum is wrong is thrown away.
/// </summary>
public sealed class DatasetDownload
{
    /// <summary>What is appended to a file's name as long as it is not complete.</summary>
    public const string PartSuffix = ".part";

    /// <summary>How long connecting, and every read, may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    internal DebianPackage Debian { get; init; } = new();

    /// <summary>Downloads what is missing.</summary>
    /// <param name="set">The data set.</param>
    /// <param name="folder">The folder of all data sets.</param>
    /// <param name="report">Receives one line for each file and each source.</param>
    /// <param name="onProgress">Receives a file's name, how many of its bytes are there, and how many it has or null.</param>
    /// <param name="stop">Ends the download; what has come stays.</param>
    /// <returns>What <c>train --data</c> takes: the file, or the folder of several.</returns>
    /// <exception cref="EdmException">
    /// A file cannot be had (the message says which to put where by hand), has a wrong checksum, or cannot be written.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public string Run(DownloadSet set, string folder, Action<string> report,
        Action<string, long, long?>? onProgress = null, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(report);
        var target = Path.Combine(folder, set.Folder);
        try
        {
            Directory.CreateDirectory(target);
            var missing = set.Files.Where(f => !IsThere(Path.Combine(target, f.Name), f, report)).ToList();
            var reasons = new List<string>();
            if (missing.Count > 0 && !set.Homes.Any(home => TryHome(home)) && !TryPackage())
            {
                throw new EdmException(Unreachable(set, target, missing, reasons));
            }
            return set.Files.Count == 1 ? Path.Combine(target, set.Files[0].Name) : target;

            bool TryHome(string home) => Try(home, () =>
            {
                var fetch = new HttpFetch(Patience, stop);
                foreach (var file in missing.ToList())
                {
                    var path = Path.Combine(target, file.Name);
                    Fetch(fetch, home + file.Name, path, file, report, (done, all) => onProgress?.Invoke(file.Name, done, all));
                    missing.Remove(file);
                }
            });

            bool TryPackage() => set.Package is { } package && Try($"Debian package {package}", () =>
            {
                var contents = Debian.Read(package, missing.Select(f => f.Name), report);
                foreach (var file in missing)
                {
                    Keep(contents[file.Name], Path.Combine(target, file.Name), file, report);
                }
            });

            bool Try(string source, Action get)
            {
                try
                {
                    get();
                    return true;
                }
                catch (EdmException error)
                {
                    reasons.Add($"{source}: {error.Message}");
                    return false;
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdmException($"{target}: cannot be written ({OneLine.Of(error)}); check the free space and the rights", error);
        }
    }

    private static bool IsThere(string path, DownloadFile file, Action<string> report)
    {
        if (!File.Exists(path))
        {
            return false;
        }
        if (Sum(path, file) != file.Sha256)
        {
            throw new EdmException($"{path}: has another checksum than the published file; remove it and run this command again");
        }
        report($"{path}: is there, its checksum is right");
        return true;
    }

    private static void Fetch(
        HttpFetch fetch, string address, string path, DownloadFile file, Action<string> report, Action<long, long?> onProgress)
    {
        var part = path + PartSuffix;
        var resumed = new FileInfo(part) is { Exists: true, Length: > 0 };
        report($"{address}: {(resumed ? $"goes on after {new FileInfo(part).Length} bytes" : "downloading")}");
        try
        {
            fetch.Get(address, part, onProgress);
        }
        catch
        {
            if (new FileInfo(part) is { Exists: true, Length: 0 })
            {
                File.Delete(part);
            }
            throw;
        }
        if (Sum(part, file) != file.Sha256)
        {
            File.Delete(part);
            if (!resumed)
            {
                throw new EdmException($"{file.Name} has another checksum than the published file");
            }
            report($"{address}: the two parts do not make the published file; once more from the start");
            Fetch(fetch, address, path, file, report, onProgress);
            return;
        }
        File.Move(part, path, overwrite: true);
        report($"{path}: its checksum is right");
    }

    private static void Keep(byte[] content, string path, DownloadFile file, Action<string> report)
    {
        AtomicFile.Write(path, stream => stream.Write(content));
        if (Sum(path, file) != file.Sha256)
        {
            File.Delete(path);
            throw new EdmException($"{file.Name} has another checksum than the published file");
        }
        report($"{path}: its checksum is right");
    }

    private static string Sum(string path, DownloadFile file)
    {
        using var stream = FileContent.OpenPlain(path);
        try
        {
            using Stream content = file.SumOfContent ? new GZipStream(stream, CompressionMode.Decompress) : stream;
            return Convert.ToHexStringLower(SHA256.HashData(content));
        }
        catch (InvalidDataException)
        {
            return "no gzip file";
        }
    }

    private static string Unreachable(DownloadSet set, string target, List<DownloadFile> missing, List<string> reasons)
    {
        var names = string.Join(", ", missing.Select(f => f.Name));
        return $"{set.Name}: cannot be downloaded ({string.Join("; ", reasons)}); where there is a network get {names} ({set.Size} in all) "
            + $"from {set.Homes[0]}, put {(missing.Count == 1 ? "it" : "them")} into {Path.GetFullPath(target)} and run this command again";
    }
}
