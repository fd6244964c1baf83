using System.CommandLine;
using IlgpuEdm.Cli.Values;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Cli;

/// <summary>Which network draws, and what guides it.</summary>
internal sealed class GuidanceFlags
{
    private readonly Option<string> network =
        Options.RequiredLocation("--network", "FILE",
            "A snapshot of a run (network-snapshot-*.safetensors), or a network pickle of the reference.");

    private readonly Option<double> weight = Options.Number("--guidance", 1, "a number, at least 0", x => x >= 0,
        "Guidance; above 1, away from what the network draws without a class (trained with --label-dropout), or from --guide-network.");

    private readonly Option<string?> guide = Options.OptionalLocation("--guide-network", "FILE",
        "Guide by this weaker network (autoguidance): a smaller one, or an earlier snapshot.");

    private readonly Option<SigmaInterval?> interval = Options.Optional<SigmaInterval>("--guidance-interval", "LO,HI",
        "two noise levels such as 0.2,5, the lower first", "Guide between these noise levels only; HI may be inf. [default: all]",
        NoiseRange.TryParse);

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { weight, guide, interval })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The option that names the network, which comes first in the help.</summary>
    public Option<string> Network => network;

    /// <summary>Loads what is needed and works with it.</summary>
    public T Use<T>(ParseResult parsed, DeviceRequest request, Func<GuidedNetwork, T> work)
    {
        double w = parsed.GetValue(weight);
        if (w == 1)
        {
            parsed.Refuse("has no effect without --guidance; give a weight such as --guidance 2", guide, interval);
        }

        using Device device = request.Open();
        using NetworkDenoiser main = NetworkDenoiser.Load(device, parsed.GetValue(network)!);
        using NetworkDenoiser? second = parsed.GetValue(guide) is { } file ? NetworkDenoiser.Load(device, file) : null;
        return work(new GuidedNetwork(main, w, second, parsed.GetValue(interval)));
    }
}
