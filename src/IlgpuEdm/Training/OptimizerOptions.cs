using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Training;

/// <summary>Adam's and the moving average's settings; the defaults suit small networks and data sets.</summary>
public sealed record OptimizerOptions
{
    /// <summary>Learning rate after the ramp.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Images over which the learning rate rises from 0.</summary>
    public long RampUpImages { get; init; } = 10_000;

    /// <summary>Decay of the first moment.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the second moment.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Images after which a weight's influence on the average has halved.</summary>
    public double EmaHalfLifeImages { get; init; } = 5_000;

    /// <summary>The half-life is at most this fraction of the images seen.</summary>
    public double EmaRampUpRatio { get; init; } = 0.05;

    /// <summary>
    /// Lengths of the power-function averages that are kept beside <see cref="EmaHalfLifeImages"/>'s, as standard deviations relative
    /// to the images seen; see <see cref="PowerEma"/>. Of these, averages of any length can be made after training.
    /// </summary>
    public IReadOnlyList<double> EmaProfiles { get; init; } = [];

    /// <summary>Checks that such an optimiser works.</summary>
    /// <exception cref="EdmException">Names the option that is wrong.</exception>
    public void Validate()
    {
        OptionRange.Positive("--lr", LearningRate);
        OptionRange.NotNegative("--lr-ramp", RampUpImages);
        OptionRange.Fraction("Adam's beta1", Beta1);
        OptionRange.Fraction("Adam's beta2", Beta2);
        OptionRange.Positive("Adam's epsilon", Epsilon);
        OptionRange.NotNegative("--ema-halflife", EmaHalfLifeImages);
        OptionRange.NotNegative("the average's ramp", EmaRampUpRatio);
        foreach (var deviation in EmaProfiles)
        {
            RunIdentity.Check(PowerEma.IsInRange(deviation), "--ema-profiles", deviation, PowerEma.Range);
        }

        if (EmaProfiles.Distinct().Count() < EmaProfiles.Count)
        {
            throw new EdmException("--ema-profiles has the same deviation twice; name each once");
        }
    }
}

/// <summary>What a training step did.</summary>
/// <param name="LossPerImage">Each image's loss, the mean over its elements.</param>
/// <param name="SigmaPerImage">Each image's noise level.</param>
/// <param name="LearningRate">The learning rate of this step.</param>
/// <param name="EmaBeta">What the average kept of itself.</param>
/// <param name="NonFiniteGradients">Gradients that were replaced because they were not finite.</param>
public sealed record StepResult(
    double[] LossPerImage, double[] SigmaPerImage, double LearningRate, double EmaBeta, long NonFiniteGradients);
