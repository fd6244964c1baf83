using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Figures;

/// <summary>The updates that a way of training sends into a network: how large at each noise level, and how often.</summary>
public sealed record TrainingUpdates
{
    /// <summary>The noise levels that training sees.</summary>
    public required NoiseLevels NoiseLevels { get; init; }

    /// <summary>How much each level counts.</summary>
    public required LossWeight Weight { get; init; }

    /// <summary>
    /// The norm of the gradient that reaches the output layer, by noise level: that of an image's loss with respect to the network's
    /// output, as a root mean square over its values, mean over images. All updates of weights are this times activations.
    /// </summary>
    public required IReadOnlyList<double> Magnitudes { get; init; }

    /// <summary>
    /// The norm of the gradient of the output layer's weights, by noise level, mean over images. It sums over the pixels of an image, which
    /// agree where the target is an image and cancel where it is noise; so it varies more than <see cref="Magnitudes"/>.
    /// </summary>
    public required IReadOnlyList<double> WeightGradients { get; init; }

    /// <summary>The share of training images in the interval of each noise level, 0 to 1.</summary>
    public required IReadOnlyList<double> Shares { get; init; }

    /// <summary>The largest of <see cref="Magnitudes"/> over the smallest.</summary>
    public double Variation => Magnitudes.Max() / Magnitudes.Min();

    /// <summary>The largest of <see cref="WeightGradients"/> over the smallest.</summary>
    public double WeightVariation => WeightGradients.Max() / WeightGradients.Min();
}
