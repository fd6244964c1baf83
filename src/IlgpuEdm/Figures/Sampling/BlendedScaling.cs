using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Figures;

/// <summary>A scaling between two others: at each noise level the blend of both.</summary>
/// <param name="Schedule">The schedule between those of the two, whose times it takes.</param>
/// <param name="From">The scaling at part 0, by the times of <see cref="BlendedSchedule.From"/>.</param>
/// <param name="To">The scaling at part 1, by the times of <see cref="BlendedSchedule.To"/>.</param>
internal sealed record BlendedScaling(BlendedSchedule Schedule, SignalScaling From, SignalScaling To) : SignalScaling
{
    /// <inheritdoc/>
    public override double Scale(double t)
    {
        double sigma = Schedule.Sigma(t);
        return (1 - Schedule.Part) * From.Scale(Schedule.From.Time(sigma)) + Schedule.Part * To.Scale(Schedule.To.Time(sigma));
    }

    /// <inheritdoc/>
    public override double ScaleDerivative(double t)
    {
        double sigma = Schedule.Sigma(t);
        double bySigma = (1 - Schedule.Part) * BySigma(From, Schedule.From, sigma) + Schedule.Part * BySigma(To, Schedule.To, sigma);
        return bySigma * Schedule.SigmaDerivative(t);
    }

    private static double BySigma(SignalScaling scaling, NoiseSchedule schedule, double sigma)
    {
        double t = schedule.Time(sigma);
        return scaling.ScaleDerivative(t) / schedule.SigmaDerivative(t);
    }
}
