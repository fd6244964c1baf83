using System.CommandLine;
using System.Globalization;
using IlgpuEdm.Devices;
using IlgpuEdm.SelfTests;

namespace IlgpuEdm.Cli.Verbs;

/// <summary><c>selftest</c>: compares every operation of a device with its host reference, in every way that the device has.</summary>
internal static class SelfTestVerb
{
    public static Command Create(Terminal terminal)
    {
        var device = new DeviceFlags(scheduled: false, networks: false);
        Option<string> schedule = Options.Choice("--schedule", ["all", "fat", "cooperative"], "all", "Test these kernels only.");
        Option<string> precision = Options.Choice("--precision", ["all", "fp32", "tf32", "bf16"], "all", "Test this precision only.");
        var command = new Command(
            "selftest",
            "Compares every operation on a device with its reference on the host, in each schedule and precision that the device has; "
            + "for a new GPU or driver.");
        device.AddTo(command);
        command.Options.Add(schedule);
        command.Options.Add(precision);
        command.SetAction(parsed =>
        {
            using Device opened = device.Of(parsed).Open();
            SelfTestMode[] modes = SelfTest.Modes(opened).Where(mode =>
                Fits(parsed.GetValue(schedule)!, mode.Schedule) && Fits(parsed.GetValue(precision)!, mode.Precision)).ToArray();
            if (modes.Length == 0)
            {
                throw new EdmException($"device '{opened.Spec}' ({opened.Name}) computes in none of these ways; it has "
                    + string.Join("; ", SelfTest.Modes(opened)));
            }

            var results = new List<(SelfTestMode Mode, SelfTestResult Result)>();
            foreach (SelfTestMode mode in modes)
            {
                IReadOnlyList<SelfTestResult> found = SelfTest.Run(opened, mode);
                results.AddRange(found.Select(result => (mode, result)));
                terminal.Line($"{mode}:");
                terminal.Table(["operation", "error", "tolerance", "result"], found.Select(result => new[]
                {
                    result.Operation,
                    result.Error.ToString("0.0e+00", CultureInfo.InvariantCulture),
                    result.Tolerance.ToString("0.0e+00", CultureInfo.InvariantCulture),
                    result.Passed ? "ok" : "FAILED",
                }));
            }

            string[] failed = results.Where(r => !r.Result.Passed).Select(r => $"{r.Result.Operation} ({r.Mode})").ToArray();
            if (failed.Length > 0)
            {
                throw new EdmException($"{failed.Length} of {results.Count} results are wrong on {opened.Name} ({opened.Spec}): "
                    + $"{string.Join(", ", failed)}; update its driver, or use another --device, --schedule or --precision");
            }

            terminal.Line($"all {results.Count} results of {modes.Length} ways to compute are right on {opened.Name} ({opened.Spec})");
            return CommandLine.Success;
        });
        return command;
    }

    private static bool Fits<T>(string asked, T value)
        where T : struct, Enum => asked == "all" || asked.Equals(value.ToString(), StringComparison.OrdinalIgnoreCase);
}
