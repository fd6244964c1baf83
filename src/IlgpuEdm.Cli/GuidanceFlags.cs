using System.CommandLine;
using IlgpuEdm.Cli.Values;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Cli;

/// <summary>Which network draws, and what guides it.</summary>
internal sealed class GuidanceFlags
{
    private const string NetworkFile = "A snapshot of a run (network-snapshot-*.safetensors), or a network pickle of the reference.";

    private readonly Option<string> network;

    private readonly Option<double> weight = Options.Number("--guidance", 1, "a number, at least 0", x => x >= 0,
        "Guidance; above 1, away from what the network draws without a class (trained with --label-dropout), or from --guide-network.");

    private readonly Option<string?> guide = Options.OptionalLocation("--guide-network", "FILE",
        "Guide by this weaker network (autoguidance): a smaller one, or an earlier snapshot.");

    private readonly Option<SigmaInterval?> interval = Options.Optional<SigmaInterval>("--guidance-interval", "LO,HI",
        "two noise levels such as 0.2,5, the lower first", "Guide between these noise levels only; HI may be inf. [default: all]",
        NoiseRange.TryParse);

    /// <summary>Declares the options.</summary>
    /// <param name="network">What the help says of --network where the verb does without it; null where it must be given.</param>
    public GuidanceFlags(string? network = null)
    {
        this.network = Options.RequiredLocation("--network", "FILE", network ?? NetworkFile);
        this.network.Required = network is null;
    }

    public void AddTo(Command command)
    {
        foreach (Option option in All)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The option that names the network, which comes first in the help.</summary>
    public Option<string> Network => network;

    /// <summary>The options of guidance, without that of the network.</summary>
    public Option[] All => [weight, guide, interval];

    /// <summary>Refuses options that do not go together, before a device is opened.</summary>
    public void Check(ParseResult parsed) => CheckedWeight(parsed);

    /// <summary>Loads what is needed and works with it.</summary>
    public T Use<T>(ParseResult parsed, DeviceRequest request, Func<GuidedNetwork, T> work)
    {
        Check(parsed);
        using Device device = request.Open();
        return Use(parsed, device, work);
    }

    /// <summary>Loads what is needed on a device that is open, and works with it.</summary>
    public T Use<T>(ParseResult parsed, Device device, Func<GuidedNetwork, T> work)
    {
        double w = CheckedWeight(parsed);
        using NetworkDenoiser main = NetworkDenoiser.Load(device, parsed.GetValue(network)!);
        using NetworkDenoiser? second = parsed.GetValue(guide) is { } file ? NetworkDenoiser.Load(device, file) : null;
        return work(new GuidedNetwork(main, w, second, parsed.GetValue(interval)));
    }

    private double CheckedWeight(ParseResult parsed)
    {
        double w = parsed.GetValue(weight);
        if (w == 1)
        {
            parsed.Refuse("has no effect without --guidance; give a weight such as --guidance 2", guide, interval);
        }

        return w;
    }
}
