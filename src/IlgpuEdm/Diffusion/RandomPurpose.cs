namespace IlgpuEdm.Diffusion;

/// <summary>
/// What a random draw is for: the second word of the counter of <see cref="Kernels.Philox"/>. Draws of different purposes are
/// independent even under the same seed and image number. The numbers are part of what makes a run reproducible: a released
/// number never changes its meaning.
/// </summary>
public enum RandomPurpose : uint
{
    /// <summary>The noise level of a training image: one normal, or uniform, an image.</summary>
    TrainingSigma = 1,

    /// <summary>The noise added to a training image: one normal a value.</summary>
    TrainingNoise = 2,

    /// <summary>The masks of dropout.</summary>
    Dropout = 3,

    /// <summary>The shuffle of the data set in each epoch.</summary>
    DataOrder = 4,

    /// <summary>Whether a training image is mirrored.</summary>
    XFlip = 5,

    /// <summary>The first values of the network's parameters.</summary>
    Initialisation = 6,

    /// <summary>The latents that sampling starts from.</summary>
    Latents = 7,

    /// <summary>Classes drawn for sampling.</summary>
    Labels = 8,

    /// <summary>Random images of a benchmark.</summary>
    Bench = 9,

    /// <summary>Which stratum of noise levels each image of a batch takes.</summary>
    SigmaStrata = 10,

    /// <summary>The noise that stochastic samplers add: one normal a value, for each step.</summary>
    SamplerNoise = 11,

    /// <summary>Which training images lose their class label.</summary>
    LabelDropout = 12,

    /// <summary>How a training image is augmented; the elements are <see cref="Augmentation.AugmentDraw"/>.</summary>
    Augmentation = 13,

    /// <summary>The probes of a likelihood's estimate: one sign a value.</summary>
    Hutchinson = 14,

    /// <summary>Shifts and noise of the images that a classifier is trained on.</summary>
    Classifier = 15,

    /// <summary>The relabellings of a permutation test.</summary>
    Permutation = 16,

    /// <summary>Noise of inpainting and image-to-image: one normal a value, by the number of the draw.</summary>
    Editing = 17,

    /// <summary>Points drawn from a Gaussian mixture.</summary>
    MixturePoints = 18,

    /// <summary>Where within its grey level a value lies whose likelihood is asked for: one uniform a value.</summary>
    Dequantization = 19,

    /// <summary>Which images of a set are scored, and the subsets that a metric is averaged over.</summary>
    MetricSubsets = 20,
}
