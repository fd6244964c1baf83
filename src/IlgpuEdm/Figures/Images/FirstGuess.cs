using IlgpuEdm.Data;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Figures;

/// <summary>What a sampler had at one of its calls of the denoiser.</summary>
/// <param name="Calls">Calls so far, this one included.</param>
/// <param name="Sigma">The noise level.</param>
/// <param name="Noisy">The noisy images, each height x width x channels, with the contrast of images.</param>
/// <param name="Denoised">The denoiser's answers.</param>
public sealed record GuessStep(int Calls, double Sigma, IReadOnlyList<byte[]> Noisy, IReadOnlyList<byte[]> Denoised);

/// <summary>
/// The denoising loop that one would think of first, which keeps 98 % of the picture and mixes in 2 % of its denoising
/// (<see cref="NaiveSampler"/>), and <see cref="HeunSampler"/>'s 18 steps, from the same noise.
/// </summary>
public sealed class FirstGuess
{
    /// <summary>Steps of the loop.</summary>
    public const int LoopSteps = 256;

    /// <summary>Steps of Heun's method.</summary>
    public const int HeunSteps = 18;

    private FirstGuess(IReadOnlyList<GuessStep> loop, IReadOnlyList<GuessStep> heun, double distance) =>
        (Loop, Heun, Distance) = (loop, heun, distance);

    /// <summary>The loop, from pure noise to the noise level where its 256 steps end; the last has its answer in both places.</summary>
    public IReadOnlyList<GuessStep> Loop { get; }

    /// <summary>Heun's steps; the last has the finished images in both places.</summary>
    public IReadOnlyList<GuessStep> Heun { get; }

    /// <summary>Root mean square of the difference of their results, on a scale of pixels from -1 to 1.</summary>
    public double Distance { get; }

    /// <summary>Samples both ways.</summary>
    /// <param name="denoise">D(x; sigma).</param>
    /// <param name="range">The noise levels that it knows.</param>
    /// <param name="images">The seeds of the images.</param>
    /// <param name="data">Says how large they are.</param>
    /// <returns>What was on the way.</returns>
    /// <exception cref="EdmException">The denoiser gave values that are no numbers.</exception>
    /// <exception cref="OperationCanceledException">The denoiser was stopped.</exception>
    public static FirstGuess Sample(Denoiser denoise, SigmaRange range, IReadOnlyList<ImageSeed> images, IImageDataset data)
    {
        int size = data.Height * data.Width * data.Channels;
        var latents = new double[images.Count * size];
        for (int i = 0; i < images.Count; i++)
        {
            images[i].FillLatent(latents.AsSpan(i * size, size));
        }

        double sigmaMax = Math.Min(80, range.Max);

        // Between two steps of the loop, so that rounding does not decide how many there are.
        double sigmaMin = sigmaMax * Math.Pow(0.98, LoopSteps + 0.5);
        (List<GuessStep> loop, double[] loopEnd) =
            Run(new SamplerOptions { Solver = "naive", SigmaMin = sigmaMin, SigmaMax = sigmaMax });
        (List<GuessStep> heun, double[] heunEnd) = Run(new SamplerOptions { Solver = "heun", Steps = HeunSteps, SigmaMax = sigmaMax });
        double squares = loopEnd.Zip(heunEnd, (a, b) => (Pixel(a) - Pixel(b)) * (Pixel(a) - Pixel(b))).Average();
        return new FirstGuess(loop, heun, Math.Sqrt(squares));

        (List<GuessStep> Steps, double[] End) Run(SamplerOptions options)
        {
            int calls = 0;
            var steps = new List<GuessStep>();
            Denoiser counted = (x, sigma) =>
            {
                calls++;
                return denoise(x, sigma);
            };
            double[] end = Sampler.Sample(counted, latents, options, range, onStep: step => steps.Add(new GuessStep(
                calls, step.Sigma, [.. step.X.Chunk(size).Select(x => NoisyPixels.ToBytes(x, step.Sigma))], Split(step.Denoised))));
            steps.Add(new GuessStep(calls, steps[^1].Sigma, Split(end), Split(end)));
            return (steps, end);
        }

        IReadOnlyList<byte[]> Split(double[] values) => [.. values.Chunk(size).Select(image => Array.ConvertAll(image, PixelScale.ToByte))];

        static double Pixel(double value) => Math.Clamp(value, -1, 1);
    }

    /// <summary>Where a sampler was when the noise had fallen to a level: its last step at or above it.</summary>
    /// <param name="steps">The steps of either.</param>
    /// <param name="sigma">The noise level.</param>
    public static GuessStep At(IReadOnlyList<GuessStep> steps, double sigma) =>
        sigma < steps[^1].Sigma ? steps[^1] : steps.LastOrDefault(step => step.Sigma >= sigma) ?? steps[0];
}
