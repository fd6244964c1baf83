using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using IlgpuEdm.Devices;

namespace IlgpuEdm.Training;

/// <summary>With what one call of <c>train</c> worked on a run: one line of <c>sessions.jsonl</c>.</summary>
public sealed record SessionRecord
{
    private const string ProcessorFile = "/proc/cpuinfo";

    /// <summary>When it began, UTC, such as <c>2026-01-31 12:00:00Z</c>.</summary>
    public required string Started { get; init; }

    /// <summary>The program's version, with the commit that it was built from where that is known.</summary>
    public required string Version { get; init; }

    /// <summary>Names and specs of the devices.</summary>
    public required string Devices { get; init; }

    /// <summary>Which kernels ran.</summary>
    public required string Kernels { get; init; }

    /// <summary>With how many bits the network computed.</summary>
    public required string Precision { get; init; }

    /// <summary>The machine's processor.</summary>
    public required string Processor { get; init; }

    /// <summary>Cores that the process may use.</summary>
    public required int Cores { get; init; }

    /// <summary>Memory that the process may use, in MB (10^6 bytes).</summary>
    public required double MemoryMb { get; init; }

    /// <summary>The operating system.</summary>
    public required string System { get; init; }

    /// <summary>The .NET runtime.</summary>
    public required string Runtime { get; init; }

    /// <summary>Describes a session that begins now, on this machine.</summary>
    /// <param name="devices">The devices that it has opened.</param>
    public static SessionRecord Now(DeviceList devices) => new()
    {
        Started = DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        Version = ProgramVersion,
        Devices = devices.Description,
        Kernels = devices.First.Schedule.ToString().ToLowerInvariant(),
        Precision = devices.First.Precision.ToString().ToLowerInvariant(),
        Processor = ProcessorName(),
        Cores = Environment.ProcessorCount,
        MemoryMb = Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e6),
        System = $"{RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}",
        Runtime = RuntimeInformation.FrameworkDescription,
    };

    /// <summary>The program's version, such as <c>0.1.0+5382e184a37086265c636e63cf67ab26b3666eb2</c>.</summary>
    internal static string ProgramVersion { get; } =
        typeof(SessionRecord).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    // .NET does not say it. Where nothing does, the architecture stands beside the system's name all the same.
    private static string ProcessorName()
    {
        try
        {
            string? line = File.Exists(ProcessorFile)
                ? File.ReadLines(ProcessorFile).FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal))
                : null;
            return line?[(line.IndexOf(':') + 1)..].Trim() ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "not known";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "not known";
        }
    }
}
