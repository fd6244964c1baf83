using System.ComponentModel;
using System.Diagnostics;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Data;

/// <summary>Takes files out of a package of Debian or Ubuntu without installing it, which needs no rights of the administrator.</summary>
internal sealed class DebianPackage
{
    /// <summary>The program that downloads packages.</summary>
    public string Apt { get; init; } = "apt-get";

    /// <summary>The program that unpacks them.</summary>
    public string Dpkg { get; init; } = "dpkg-deb";

    /// <summary>How long each of the two may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>The contents of files of a package, by name without folder.</summary>
    public Dictionary<string, byte[]> Read(string package, IEnumerable<string> names, Action<string> report)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new EdmException("only on Debian and Ubuntu");
        }
        report($"{Apt} download {package}: trying (about 31 MB)");
        var folder = Directory.CreateTempSubdirectory("ilgpu-edm-").FullName;
        try
        {
            string[] patience = ["-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=5", "-o", "Acquire::https::Timeout=5"];
            Run(Apt, folder, [.. patience, "download", package]);
            var archive = Directory.GetFiles(folder, "*.deb").FirstOrDefault()
                ?? throw new EdmException($"{Apt} download left no package");
            var content = Path.Combine(folder, "content");
            Run(Dpkg, folder, "-x", archive, content);
            var files = new Dictionary<string, byte[]>();
            foreach (var name in names)
            {
                var path = Directory.GetFiles(content, name, SearchOption.AllDirectories).FirstOrDefault()
                    ?? throw new EdmException($"the package holds no {name}");
                files.Add(name, File.ReadAllBytes(path));
            }
            return files;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EdmException(OneLine.Of(error), error);
        }
        finally
        {
            DeleteQuietly(folder);
        }
    }

    private void Run(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start) ?? throw new EdmException($"{program} did not start");
            process.StandardInput.Close();
            // Both streams are read all along, or a full pipe would stop the program.
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(Patience))
            {
                process.Kill(entireProcessTree: true);
                throw new EdmException($"{program} took more than {Patience.TotalSeconds:0} s");
            }
            Task.WaitAll([output, errors], Patience);
            if (process.ExitCode != 0)
            {
                var reason = errors.Result.Split('\n').FirstOrDefault(line => line.StartsWith("E:", StringComparison.Ordinal));
                throw new EdmException($"{program} failed: {OneLine.Of(reason ?? errors.Result)}");
            }
        }
        catch (Win32Exception error)
        {
            throw new EdmException($"{program} is not on this system", error);
        }
    }

    private static void DeleteQuietly(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The system clears its temporary folder; this is no reason to do without the data set.
        }
    }
}
