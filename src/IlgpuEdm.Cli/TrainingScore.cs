using System.Globalization;
using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Metrics;
using IlgpuEdm.Training;

namespace IlgpuEdm.Cli;

/// <summary>Opens what <c>train --fid-every</c> scores with.</summary>
internal static class TrainingScore
{
    /// <summary>Reads the feature network and reads or measures the reference.</summary>
    /// <exception cref="EdmException">One of them cannot be read, or does not fit, or it was stopped.</exception>
    public static IImageScore Open(
        ScoreOptions options, IImageDataset data, DeviceRequest where, Action<string> tell, CancellationToken stop)
    {
        // Features are compared with those of other runs: always with all their bits.
        Device device = (where with { Precision = Precision.Fp32 }).Open();
        IFeatureNetwork? network = null;
        try
        {
            network = FeatureNetworks.Open(device, options.Features);
            network.RequireFit(data.Height, data.Width, data.Channels, data.Source);
            FeatureSet reference = options.Reference is null
                ? Measure(network, data, tell, stop)
                : Read(options, network, tell, stop);
            string hash = reference.Origin?.Fingerprint ?? Path.GetFileName(options.Reference)!;
            return new FrechetScore(device, network, reference.Statistics, hash, (data.Height, data.Width, data.Channels));
        }
        catch
        {
            network?.Dispose();
            device.Dispose();
            throw;
        }
    }

    private static FeatureSet Read(ScoreOptions options, IFeatureNetwork network, Action<string> tell, CancellationToken stop)
    {
        var request = new FidRequest { Reference = options.Reference!, Features = options.Features };
        using FidReference reference = FidReference.Open(request, network);
        return reference.File ?? Measure(network, reference.Data!, tell, stop);
    }

    private static FeatureSet Measure(IFeatureNetwork network, IImageDataset data, Action<string> tell, CancellationToken stop)
    {
        int count = (int)Math.Min(data.Count, int.MaxValue);
        tell(string.Create(CultureInfo.InvariantCulture,
            $"measures {count:N0} images of '{data.Source}' as the reference of scores; 'fid ref' does so once for many runs"));
        FeatureMeasurement measured = Interruption.Tell(
            "nothing was trained", () => FeatureMeasurement.Of(network, data, count, seed: 0, keep: false, recognise: false, stop: stop));
        return measured.Result(data.Source, data.Fingerprint);
    }
}
