using System.Globalization;
using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Metrics;
using IlgpuEdm.Training;

namespace IlgpuEdm.Cli;

/// <summary>Opens what <c>train --fid-every</c> scores with.</summary>
internal static class TrainingScore
{
    /// <summary>Reads the feature network and checks the reference, which is measured when it is first needed.</summary>
    /// <exception cref="EdmException">One of them cannot be read, or does not fit.</exception>
    public static IImageScore Open(ScoreOptions options, IImageDataset data, DeviceRequest where, Action<string> tell)
    {
        // Features are compared with those of other runs: always with all their bits.
        Device device = (where with { Precision = Precision.Fp32 }).Open();
        IFeatureNetwork? network = null;
        FidReference? reference = null;
        try
        {
            network = FeatureNetworks.Open(device, options.Features);
            network.RequireFit(data.Height, data.Width, data.Channels, data.Source);
            reference = options.Reference is null
                ? null
                : FidReference.Open(options.Reference, network, "--fid-ref", "--fid-features");
            string hash = reference?.Fingerprint ?? data.Fingerprint;
            return new FrechetScore(network, Measure, hash, (data.Height, data.Width, data.Channels), reference, device);
        }
        catch
        {
            network?.Dispose();
            reference?.Dispose();
            device.Dispose();
            throw;
        }

        FeatureStatistics Measure(CancellationToken stop)
        {
            if (reference?.Figures is { } figures)
            {
                return figures.Statistics;
            }

            IImageDataset images = reference?.Data ?? data;
            int count = (int)Math.Min(images.Count, int.MaxValue);
            tell(string.Create(CultureInfo.InvariantCulture,
                $"measures {count:N0} images of '{images.Source}' as the reference of scores; 'fid ref' does so once for many runs"));
            return FeatureMeasurement.Of(network, images, count, seed: 0, keep: false, recognise: false, stop: stop)
                .Result(images.Source, images.Fingerprint).Statistics;
        }
    }
}
