using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Training;

/// <summary>Keeps how the first few images come out of the noise, step by step, to be drawn by <see cref="TrajectoryPictures"/>.</summary>
public sealed class Trajectory
{
    /// <summary>How many images are followed.</summary>
    public const int MostImages = 16;

    // Beyond this every other step is dropped, so that 10,000 steps need no more memory than these.
    private const int MostSteps = 128;

    private readonly Dictionary<ImageSeed, Path> _paths;
    private readonly ImageSeed[] _order;
    private readonly int _imageSize;

    /// <summary>Follows the first images of those that will be drawn.</summary>
    /// <param name="network">Says how large images are.</param>
    /// <param name="images">What will be drawn.</param>
    public Trajectory(UNetOptions network, IReadOnlyList<ImageSeed> images)
    {
        Network = network;
        _order = [.. images.Take(MostImages)];
        _paths = _order.ToDictionary(image => image, _ => new Path());
        _imageSize = network.Height * network.Width * network.ImageChannels;
    }

    /// <summary>Says how large images are.</summary>
    public UNetOptions Network { get; }

    /// <summary>Whether every image that is followed is finished.</summary>
    public bool IsComplete => _paths.Values.All(path => path.IsFinished);

    /// <summary>
    /// What was kept, image by image: noisy image and denoised image of each step but the last, and in its place the finished image twice.
    /// </summary>
    internal IReadOnlyList<IReadOnlyList<(byte[] Noisy, byte[] Denoised)>> Images => [.. _order.Select(image => _paths[image].Steps)];

    /// <summary>What <see cref="ImageSampler"/> is to call when it draws some of the images.</summary>
    /// <param name="images">The images that it draws.</param>
    /// <returns>Keeps a step; null where none of these images is followed.</returns>
    public Action<ImageStep>? Recorder(IReadOnlyList<ImageSeed> images) =>
        images.Any(_paths.ContainsKey) ? step => Record(images, step) : null;

    /// <summary>Takes the finished images.</summary>
    /// <param name="images">What was drawn.</param>
    /// <param name="pixels">Their pixels.</param>
    public void Finish(IReadOnlyList<ImageSeed> images, IReadOnlyList<byte[]> pixels)
    {
        for (int i = 0; i < images.Count; i++)
        {
            _paths.GetValueOrDefault(images[i])?.Finish(pixels[i]);
        }
    }

    private void Record(IReadOnlyList<ImageSeed> images, ImageStep step)
    {
        for (int i = 0; i < step.Count; i++)
        {
            if (_paths.TryGetValue(images[step.First + i], out Path? path) && path.Wants(step.Step.Index))
            {
                Range values = (i * _imageSize)..((i + 1) * _imageSize);
                path.Add(
                    NoisyPixels.ToBytes(step.Step.X[values], step.Step.Sigma),
                    Array.ConvertAll(step.Step.Denoised[values], PixelScale.ToByte));
            }
        }
    }

    private sealed class Path
    {
        private int stride = 1;

        public List<(byte[] Noisy, byte[] Denoised)> Steps { get; private set; } = [];

        public bool IsFinished { get; private set; }

        public bool Wants(int step) => step % stride == 0;

        public void Add(byte[] noisy, byte[] denoised)
        {
            if (Steps.Count == MostSteps)
            {
                Steps = [.. Steps.Where((_, i) => i % 2 == 0)];
                stride *= 2;
            }

            Steps.Add((noisy, denoised));
        }

        public void Finish(byte[] pixels)
        {
            Steps[^1] = (pixels, pixels);
            IsFinished = true;
        }
    }
}
