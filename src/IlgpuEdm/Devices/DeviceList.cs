using ILGPU.Runtime;

namespace IlgpuEdm.Devices;

/// <summary>
/// Devices of one machine that train together, each opened for itself, with a context of its own; a name may be there twice.
/// </summary>
public sealed class DeviceList : IDisposable
{
    private readonly List<Device> _all = [];

    private DeviceList()
    {
    }

    /// <summary>The devices in the order in which they were named; at least one.</summary>
    public IReadOnlyList<Device> All => _all;

    /// <summary>The device that holds the optimiser and draws images.</summary>
    public Device First => _all[0];

    /// <summary>Names and specs of all, such as <c>NVIDIA A100 (cuda:0), NVIDIA A100 (cuda:1)</c>.</summary>
    public string Description => Describe(_all);

    /// <summary>The names in a list.</summary>
    /// <param name="spec">One name that <see cref="Device.Open"/> takes, or several with commas between them.</param>
    /// <returns>The names, at least one; no device is opened.</returns>
    /// <exception cref="EdmException">There is nothing before, after or between commas.</exception>
    public static string[] Names(string spec)
    {
        var names = spec.Split(',', StringSplitOptions.TrimEntries);
        return names.Length == 1 || Array.TrueForAll(names, name => name.Length > 0)
            ? names
            : throw new EdmException($"--device '{spec}': a name is missing beside a comma; say them like cuda:0,cuda:1");
    }

    /// <summary>Opens all devices of a list.</summary>
    /// <param name="spec">As for <see cref="Names"/>.</param>
    /// <param name="schedule">As for <see cref="Device.Open"/>, for each.</param>
    /// <param name="precision">As for <see cref="Device.Open"/>, for each.</param>
    /// <returns>The devices; dispose them after everything made on them.</returns>
    /// <exception cref="EdmException">
    /// A name means nothing, or a device is not there or has not the schedule or the precision; none stays open then.
    /// </exception>
    public static DeviceList Open(
        string spec, KernelSchedule schedule = KernelSchedule.Auto, Precision precision = Precision.Fp32)
    {
        var devices = new DeviceList();
        try
        {
            foreach (var name in Names(spec))
            {
                devices._all.Add(Device.Open(name, schedule, precision));
            }
        }
        catch
        {
            devices.Dispose();
            throw;
        }

        // Opening a device makes it its thread's current one.
        devices.First.Accelerator.Bind();
        return devices;
    }

    internal static string Describe(IEnumerable<Device> devices) =>
        string.Join(", ", devices.Select(device => $"{device.Name} ({device.Spec})"));

    /// <summary>Closes all devices.</summary>
    public void Dispose()
    {
        foreach (var device in Enumerable.Reverse(_all))
        {
            device.Dispose();
        }

        _all.Clear();
    }
}
