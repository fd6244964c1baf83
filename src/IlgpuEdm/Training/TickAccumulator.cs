namespace IlgpuEdm.Training;

/// <summary>
/// The sums of the tick that is under way. They are part of the training state, so that a tick comes out the same wherever the
/// run was interrupted. Everything is added in the order of the images.
/// </summary>
public sealed record TickAccumulator
{
    /// <summary>Images seen when the tick began.</summary>
    public long StartImages { get; set; }

    /// <summary>Images of the tick so far.</summary>
    public long Count { get; set; }

    /// <summary>The sum of their losses.</summary>
    public double LossSum { get; set; }

    /// <summary>The sums of their losses by noise level.</summary>
    public double[] LossSums { get; set; } = new double[SigmaBins.Count];

    /// <summary>The numbers of images by noise level.</summary>
    public long[] Counts { get; set; } = new long[SigmaBins.Count];

    /// <summary>Gradients that were not finite.</summary>
    public long NonFiniteGradients { get; set; }

    /// <summary>The time of the tick's training steps.</summary>
    public double Seconds { get; set; }

    /// <summary>Adds a step.</summary>
    internal void Add(StepResult step, double seconds)
    {
        for (int i = 0; i < step.LossPerImage.Length; i++)
        {
            int bin = SigmaBins.Of(step.SigmaPerImage[i]);
            LossSum += step.LossPerImage[i];
            LossSums[bin] += step.LossPerImage[i];
            Counts[bin]++;
        }

        Count += step.LossPerImage.Length;
        NonFiniteGradients += step.NonFiniteGradients;
        Seconds += seconds;
    }

    internal Dictionary<string, double?> LossBySigma()
    {
        var losses = new Dictionary<string, double?>();
        for (int i = 0; i < SigmaBins.Count; i++)
        {
            losses.Add(SigmaBins.Names[i], Counts[i] > 0 ? LossSums[i] / Counts[i] : null);
        }

        return losses;
    }
}
