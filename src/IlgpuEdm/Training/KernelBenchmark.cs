using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Training;

/// <summary>What a kernel takes at the shape of a layer; one line of JSON.</summary>
/// <param name="Verb"><c>kernels</c>.</param>
/// <param name="Device">The device.</param>
/// <param name="Network">A network that has the layer.</param>
/// <param name="Layer">The layer's kind and shape.</param>
/// <param name="Kernel">The kernel, with the variant that ran.</param>
/// <param name="Schedule">The schedule that it is of.</param>
/// <param name="Precision">The precision.</param>
/// <param name="Milliseconds">The time of a launch.</param>
/// <param name="GigaflopsPerSecond">Rate of operations, a multiply-add counting two, where the kernel's work is stated.</param>
/// <param name="GigabytesPerSecond">Rate of memory traffic, counting what must be read and written, where it is stated.</param>
/// <param name="OfPeakFlops">Its part of the multiply-adds of float32 that the device was measured to do; above 1 on tensor cores.</param>
/// <param name="OfPeakBandwidth">Its part of the copy bandwidth beyond the caches that the device was measured to have.</param>
public sealed record KernelTiming(
    string Verb, string Device, string Network, string Layer, string Kernel, string Schedule, string Precision, double Milliseconds,
    double? GigaflopsPerSecond, double? GigabytesPerSecond, double? OfPeakFlops, double? OfPeakBandwidth);

/// <summary>Times each kernel by itself, forward and backward, at the shapes of published networks.</summary>
public static class KernelBenchmark
{
    private const string AllTiles = "all";
    private const float Epsilon = 1e-6f;

    /// <summary>The tiles that can be asked for.</summary>
    public static IReadOnlyList<string> Tiles { get; } =
        [.. Enum.GetNames<ProductTile>().Select(name => name.Replace("Tile", "").ToLowerInvariant()), AllTiles];

    /// <summary>The networks that are measured where none is named.</summary>
    public static IReadOnlyList<string> Networks { get; } = ["ddpmpp", "ncsnpp", "adm"];

    /// <summary>Measures.</summary>
    /// <param name="device">The device, in its schedule and precision.</param>
    /// <param name="network">A preset whose layers are measured; null for <see cref="Networks"/>, a shape that several have once.</param>
    /// <param name="batch">Images at once.</param>
    /// <param name="tile">One of <see cref="Tiles"/>.</param>
    /// <param name="launches">Timed launches of each, after one that is not.</param>
    /// <returns>The timings, each as soon as it is there.</returns>
    /// <exception cref="EdmException">There is no such preset, or the device's memory is too small.</exception>
    public static IEnumerable<KernelTiming> Run(Device device, string? network, int batch, string tile, int launches) =>
        Run(device, MachineLimits.Measure(device), network, batch, tile, launches);

    /// <summary>The same, with limits that were measured already.</summary>
    internal static IEnumerable<KernelTiming> Run(
        Device device, MachineLimits limits, string? network, int batch, string tile, int launches)
    {
        var seen = new HashSet<object>();
        foreach (var name in network == null ? Networks : [network])
        {
            var images = TrainingPresets.ImagesOf(name);
            var request = TrainingPresets.Named(name);
            var model = request.ModelFor(images.Resolution, images.Resolution, images.Channels, request.Conditional ? images.Classes : 0);
            var shapes = new LayerShapes(model.Network.Create());
            var measure = new Measurement(device, limits, name, batch, launches);
            foreach (var shape in shapes.Convolutions.Where(s => seen.Add(s)))
            {
                foreach (var forced in TilesOf(device, tile))
                {
                    foreach (var timing in measure.Convolution(shape, forced))
                    {
                        yield return timing;
                    }
                }
            }

            foreach (var timing in shapes.Norms.Where(s => seen.Add(s)).SelectMany(measure.Norm)
                .Concat(shapes.Attentions.Where(s => seen.Add(s)).SelectMany(measure.Attention)))
            {
                yield return timing;
            }
        }
    }

    private static IReadOnlyList<ProductTile> TilesOf(Device device, string tile) =>
        !device.IsCooperative ? [ProductTile.Auto]
        : tile == AllTiles ? [.. Enum.GetValues<ProductTile>().Where(t => t != ProductTile.Auto)]
        : [Enum.GetValues<ProductTile>()[Tiles.ToList().IndexOf(tile)]];

    private sealed class Measurement(Device device, MachineLimits limits, string network, int batch, int launches)
    {
        private readonly TensorStorage _storage =
            device.Precision == Precision.Bf16 ? TensorStorage.BFloat16 : TensorStorage.Float32;

        public IReadOnlyList<KernelTiming> Convolution(ConvolutionLayerShape s, ProductTile tile)
        {
            var before = device.Tile;
            device.Tile = tile;
            try
            {
                return Time($"convolution {s.Kernel}x{s.Kernel}, {s.Height}x{s.Width}, {s.In} to {s.Out}", tape =>
                {
                    var x = Wanted(tape.New(_storage, batch, s.Height, s.Width, s.In));
                    var weight = Parameter(tape, s.Kernel, s.Kernel, s.In, s.Out);
                    return tape.Convolve(x, weight, Parameter(tape, s.Out));
                });
            }
            finally
            {
                device.Tile = before;
            }
        }

        public IReadOnlyList<KernelTiming> Norm(NormLayerShape s) => Time(
            $"group norm and SiLU, {s.Height}x{s.Width}, {s.Channels}",
            tape => tape.Normalize(
                Wanted(tape.New(_storage, batch, s.Height, s.Width, s.Channels)), Parameter(tape, s.Channels), Parameter(tape, s.Channels),
                Math.Min(32, s.Channels / 4), Epsilon, silu: true));

        public IReadOnlyList<KernelTiming> Attention(AttentionLayerShape s) => Time(
            $"attention, {s.Height}x{s.Width}, {s.Channels} in {s.Heads} heads",
            tape => tape.Attend(Wanted(tape.New(_storage, batch, s.Height, s.Width, 3 * s.Channels)), s.Heads));

        private IReadOnlyList<KernelTiming> Time(string layer, Func<Tape, Tensor> forward)
        {
            Once(forward);
            device.Profile.Clear();
            device.Profile.Enabled = true;
            try
            {
                for (var i = 0; i < launches; i++)
                {
                    Once(forward);
                }

                return [.. device.Profile.Top(int.MaxValue).Select(k => Timing(layer, k))];
            }
            finally
            {
                device.Profile.Enabled = false;
                device.Profile.Clear();
            }
        }

        private void Once(Func<Tape, Tensor> forward)
        {
            using var tape = new Tape(device, recording: true);
            var y = forward(tape);
            tape.Backward(y, Filled(new Tensor(device, y.Storage, [.. y.Shape])));
        }

        private KernelTiming Timing(string layer, KernelStatistics k) => new(
            "kernels", $"{device.Name} ({device.Spec})", network, $"{layer}, batch {batch}", k.Name,
            device.Schedule.ToString().ToLowerInvariant(), device.Precision.ToString().ToLowerInvariant(),
            Math.Round(k.MeanMilliseconds, 4), k.GigaflopsPerSecond, k.GigabytesPerSecond, Part(k.GigaflopsPerSecond, limits.GflopsAllItems),
            Part(k.GigabytesPerSecond, limits.Memory[^1].CopyAllItems));

        private static double? Part(double? rate, double limit) => rate is { } r && r > 0 ? Math.Round(r / limit, 3) : null;

        private static Tensor Wanted(Tensor x)
        {
            x.RequiresGradient = true;
            return Filled(x);
        }

        private static Tensor Parameter(Tape tape, params int[] shape)
        {
            var parameter = Wanted(tape.New(shape));
            parameter.Gradient = Filled(new Tensor(tape.Device, shape));
            return parameter;
        }

        // One value everywhere: the time of these kernels does not depend on what they read, as long as it is finite. What fills is not
        // the layer's.
        private static Tensor Filled(Tensor x)
        {
            var profile = x.Device.Profile;
            var timed = profile.Enabled;
            profile.Enabled = false;
            Elementwise.Fill(x, 0.5f);
            profile.Enabled = timed;
            return x;
        }
    }
}
