using System.CommandLine;
using System.Globalization;
using IlgpuEdm.Devices;

namespace IlgpuEdm.Cli.Verbs;

/// <summary><c>devices</c>: lists what can compute.</summary>
internal static class DevicesVerb
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("devices", "Lists the devices that --device takes.");
        command.SetAction(_ =>
        {
            terminal.Table(["device", "kind", "memory", "name", "detail"], Device.List().Select(device => new[]
            {
                device.Spec,
                device.Kind.ToString(),
                string.Create(CultureInfo.InvariantCulture, $"{device.MemoryBytes / 1e9:F1} GB"),
                device.Name,
                device.Detail,
            }));
            return CommandLine.Success;
        });
        return command;
    }
}
