using IlgpuEdm.Devices;

namespace IlgpuEdm.Tests.Devices;

/// <summary>
/// One open device a name for the whole test process: compiling kernels costs more than most tests. A device that is missing makes a test
/// inconclusive, or fails it where EDM_REQUIRE_DEVICES (such as <c>cpu,opencl</c>) names it. A schedule may follow the device's name:
/// <c>opencl;cooperative</c>.
/// </summary>
[TestClass]
public sealed class TestDevices
{
    private static readonly Dictionary<string, (Device? Device, string Missing)> Opened = [];

    /// <summary>The device, or another that was opened by the same name.</summary>
    public static Device Get(string spec, int number = 0)
    {
        var key = $"{spec} {number}";
        if (!Opened.TryGetValue(key, out var entry))
        {
            try
            {
                var parts = spec.Split(';');
                var schedule = parts.Length == 1 ? KernelSchedule.Auto : Enum.Parse<KernelSchedule>(parts[1], ignoreCase: true);
                entry = (Device.Open(parts[0], schedule), "");
            }
            catch (EdmException e)
            {
                entry = (null, e.Message);
            }

            Opened[key] = entry;
        }

        if (entry.Device == null && IsRequired(spec, Environment.GetEnvironmentVariable("EDM_REQUIRE_DEVICES")))
        {
            Assert.Fail($"EDM_REQUIRE_DEVICES asks for {spec}: {entry.Missing}");
        }

        if (entry.Device == null)
        {
            Assert.Inconclusive($"not tested on {spec}: {entry.Missing}");
        }

        return entry.Device;
    }

    public static bool IsRequired(string spec, string? required) =>
        (required ?? "").Split(',', StringSplitOptions.TrimEntries).Contains(spec.Split(':', ';')[0], StringComparer.OrdinalIgnoreCase);

    [AssemblyCleanup]
    public static void Close()
    {
        foreach (var (device, _) in Opened.Values)
        {
            device?.Dispose();
        }

        Opened.Clear();
    }
}
