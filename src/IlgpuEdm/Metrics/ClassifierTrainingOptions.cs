using IlgpuEdm.Diffusion;
using IlgpuEdm.Training;

namespace IlgpuEdm.Metrics;

/// <summary>How a classifier is trained: length, rate, and how its images are disturbed.</summary>
public sealed record ClassifierTrainingOptions
{
    /// <summary>Images to train on, at least 1, counted with repetition and rounded up to whole batches.</summary>
    public long Images { get; init; } = 200_000;

    /// <summary>Images of a step, at least 1.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>Learning rate of Adam after the ramp, above 0.</summary>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>Seed of first weights, order, shifts and noise.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// By how many pixels an image is moved at most, in each direction; an eighth of the shorter side is never exceeded.
    /// </summary>
    public int MaxShift { get; init; } = 1;

    /// <summary>
    /// The largest standard deviation of the normal noise that is added, on the scale [-1, 1]. An image's own is uniform between 0 and
    /// this, so that the classifier also knows images as a denoiser leaves them.
    /// </summary>
    public double MaxNoise { get; init; } = 0.05;

    /// <summary>Checks that training can start.</summary>
    /// <exception cref="EdmException">Names the option that is wrong.</exception>
    public void Validate()
    {
        OptionRange.Positive("--images", Images);
        OptionRange.AtLeast("--batch", Batch, 1);
        OptionRange.Positive("--lr", LearningRate);
        OptionRange.AtLeast("the largest shift", MaxShift, 0);
        OptionRange.NotNegative("the largest noise", MaxNoise);
    }

    /// <summary>Adam's settings: a ramp of 5,000 images, or a twentieth of a short training.</summary>
    internal OptimizerOptions Optimizer() => new()
    {
        LearningRate = LearningRate,
        RampUpImages = Math.Min(5_000, Images / 20),
        EmaHalfLifeImages = 5_000,
    };
}

/// <summary>What a step of a classifier's training did.</summary>
/// <param name="Images">Images seen, those of the step included.</param>
/// <param name="Batch">Images of the step.</param>
/// <param name="Loss">Mean cross-entropy of the step's images.</param>
/// <param name="Correct">How many of the step's images got their own class as the most probable.</param>
public sealed record ClassifierStep(long Images, int Batch, double Loss, int Correct);
