using System.CommandLine;
using System.CommandLine.Parsing;
using IlgpuEdm.Devices;

namespace IlgpuEdm.Cli;

/// <summary>Where a verb computes, and how.</summary>
internal sealed class DeviceFlags
{
    private const string Where =
        "Where to compute: auto (CUDA, else an OpenCL GPU, else cpu), cuda, opencl, cpu, or with a number such as opencl:1.";

    private readonly Option<string> device;
    private readonly Option<string>? schedule;
    private readonly Option<string>? precision;

    /// <summary>Declares the options.</summary>
    /// <param name="sharing">Where several devices may be named: what they share.</param>
    /// <param name="scheduled">Whether the schedule can be forced here; verbs whose samplers have a --schedule leave it out.</param>
    /// <param name="networks">Whether a network's precision can be said.</param>
    public DeviceFlags(string? sharing = null, bool scheduled = true, bool networks = true)
    {
        device = sharing == null
            ? Options.Text("--device", "NAME", "auto", Where)
            : Options.Text("--device", "NAMES", "auto", $"{Where} Several, such as cuda:0,cuda:1, {sharing}.");
        if (sharing == null)
        {
            device.Validators.Add(RefuseSeveral);
        }

        schedule = scheduled
            ? Options.Choice("--schedule", ["auto", "fat", "cooperative"], "auto",
                "Kernels: auto (cooperative on GPUs, fat on CPUs), fat (a work item a piece) or cooperative (groups of threads).")
            : null;
        precision = networks
            ? Options.Choice("--precision", ["fp32", "tf32", "bf16"], "fp32",
                "Bits of a network's products and activations: fp32, tf32 (tensor cores of NVIDIA GPUs) or bf16 (any device).")
            : null;
    }

    /// <summary>With how many bits a network computes; null where the verb does not ask.</summary>
    public Option? PrecisionOption => precision;

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        foreach (Option? option in new Option?[] { device, schedule, precision })
        {
            if (option != null)
            {
                command.Options.Add(option);
            }
        }
    }

    /// <summary>What is asked for.</summary>
    public DeviceRequest Of(ParseResult parsed) => new(
        parsed.GetValue(device)!,
        schedule == null ? KernelSchedule.Auto : Enum.Parse<KernelSchedule>(parsed.GetValue(schedule)!, ignoreCase: true),
        precision == null ? Precision.Fp32 : Enum.Parse<Precision>(parsed.GetValue(precision)!, ignoreCase: true));

    /// <summary>What is asked for, where a verb that takes several devices has use for one only.</summary>
    /// <exception cref="EdmException">There are several.</exception>
    public DeviceRequest One(ParseResult parsed, string what) =>
        Of(parsed) is var request && request.Spec.Contains(',') ? throw new EdmException(Several(request.Spec, what)) : request;

    private static void RefuseSeveral(OptionResult result)
    {
        if (result.Tokens is [var token, ..] && token.Value.Contains(','))
        {
            result.AddError(Several(token.Value, $"'{(result.Parent as CommandResult)?.Command.Name}'"));
        }
    }

    private static string Several(string spec, string what) =>
        $"--device '{spec}': {what} computes on one device; name one of them, such as --device {spec.Split(',')[0].Trim()}";
}
