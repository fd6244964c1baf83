using System.Diagnostics;
using System.Globalization;

namespace IlgpuEdm.Training;

/// <summary>What the process has taken of the machine so far.</summary>
internal static class ProcessFootprint
{
    private const string StatusFile = "/proc/self/status";
    private const string HighWater = "VmHWM:";

    /// <summary>The most memory that the process has had in the machine's memory at once, in bytes.</summary>
    public static long PeakBytes()
    {
        // .NET's own figure is that of the moment on Linux.
        if (OperatingSystem.IsLinux() && File.Exists(StatusFile))
        {
            foreach (string line in File.ReadLines(StatusFile))
            {
                if (line.StartsWith(HighWater, StringComparison.Ordinal))
                {
                    string kilobytes = line[HighWater.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
                    return long.Parse(kilobytes, CultureInfo.InvariantCulture) * 1024;
                }
            }
        }

        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    /// <summary>
    /// Collects what compiling kernels has left, once, after the first step: it fills the higher generations, whose collections would
    /// otherwise fall into later steps.
    /// </summary>
    public static void CollectStartUpGarbage() => GC.Collect();

    /// <summary>Seconds since the process started.</summary>
    public static double Age()
    {
        using var process = Process.GetCurrentProcess();
        return (DateTime.Now - process.StartTime).TotalSeconds;
    }
}
