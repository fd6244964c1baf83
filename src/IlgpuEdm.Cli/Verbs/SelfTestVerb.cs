using System.CommandLine;
using System.Globalization;
using IlgpuEdm.Devices;
using IlgpuEdm.SelfTests;

namespace IlgpuEdm.Cli.Verbs;

/// <summary><c>selftest</c>: compares every operation of a device with its host reference.</summary>
internal static class SelfTestVerb
{
    public static Command Create(Terminal terminal)
    {
        Option<string> device = CommonFlags.Device();
        var command = new Command(
            "selftest", "Compares every operation on a device with its reference on the host; for a new GPU or driver.")
        {
            device,
        };
        command.SetAction(parsed =>
        {
            using Device opened = Device.Open(parsed.GetValue(device)!);
            var results = new List<SelfTestResult>();
            SelfTest.Run(opened, results.Add);
            terminal.Table(["operation", "error", "tolerance", "result"], results.Select(result => new[]
            {
                result.Operation,
                result.Error.ToString("0.0e+00", CultureInfo.InvariantCulture),
                result.Tolerance.ToString("0.0e+00", CultureInfo.InvariantCulture),
                result.Passed ? "ok" : "FAILED",
            }));
            SelfTestResult[] failed = results.Where(result => !result.Passed).ToArray();
            if (failed.Length > 0)
            {
                throw new EdmException($"{failed.Length} of {results.Count} operations are wrong on {opened.Name} ({opened.Spec}): "
                    + $"{string.Join(", ", failed.Select(result => result.Operation))}; update its driver, or use another --device");
            }

            terminal.Line($"all {results.Count} operations are right on {opened.Name} ({opened.Spec})");
            return CommandLine.Success;
        });
        return command;
    }
}
