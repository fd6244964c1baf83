using IlgpuEdm.Diffusion;
using IlgpuEdm.Diffusion.Augmentation;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Training;

/// <summary>Everything that determines what a <see cref="TrainingModel"/> computes, but for the seed and the images.</summary>
public sealed record ModelOptions
{
    /// <summary>The network.</summary>
    public required UNetOptions Network { get; init; }

    /// <summary>How the network becomes a denoiser.</summary>
    public Preconditioner Preconditioner { get; init; } = new EdmPreconditioner();

    /// <summary>The loss and its noise levels.</summary>
    public LossOptions Loss { get; init; } = new();

    /// <summary>Augmentation of training images, which the network is told of; null for none.</summary>
    public AugmentOptions? Augment { get; init; }

    /// <summary>Adam, its learning rate and the average of the weights.</summary>
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>Checks every option.</summary>
    /// <exception cref="EdmException">An option is out of range; the message names it.</exception>
    public void Validate()
    {
        Network.Validate();
        Preconditioner.Validate();
        Loss.Validate();
        Optimizer.Validate();
        Augment?.Validate();
        if (Network.AugmentDim != (Augment?.LabelDim ?? 0))
        {
            throw new EdmException(
                $"the network takes {Network.AugmentDim} augmentation labels, and the augmentation has {Augment?.LabelDim ?? 0}");
        }

        if (Network.OutputChannels != Network.ImageChannels * Preconditioner.OutputsPerChannel)
        {
            throw new EdmException(
                $"--precond {Preconditioner.Name} needs {Preconditioner.OutputsPerChannel} outputs for each of the {Network.ImageChannels} "
                + $"channels of an image; the network has {Network.OutputChannels} in all");
        }
    }
}
