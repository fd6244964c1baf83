using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Figures;

/// <summary>
/// A schedule between two others, for a film that goes from one to the next: each noise level has the blend of its two times, where a
/// time is a part of that of the highest level. Times run from 0 to 1.
/// </summary>
/// <param name="From">The schedule at part 0.</param>
/// <param name="To">The schedule at part 1.</param>
/// <param name="Part">How far from one to the other, from 0 to 1.</param>
/// <param name="SigmaMax">The highest noise level, at time 1.</param>
internal sealed record BlendedSchedule(NoiseSchedule From, NoiseSchedule To, double Part, double SigmaMax) : NoiseSchedule
{
    /// <inheritdoc/>
    public override double Time(double sigma) =>
        (1 - Part) * From.Time(sigma) / From.Time(SigmaMax) + Part * To.Time(sigma) / To.Time(SigmaMax);

    /// <inheritdoc/>
    /// <remarks>The blend has no inverse in closed form; halving an interval finds it to float64's last digits.</remarks>
    public override double Sigma(double t)
    {
        (double low, double high) = (0, SigmaMax);
        while (true)
        {
            double middle = (low + high) / 2;
            if (middle <= low || middle >= high)
            {
                return high;
            }

            (low, high) = Time(middle) < t ? (middle, high) : (low, middle);
        }
    }

    /// <inheritdoc/>
    public override double SigmaDerivative(double t)
    {
        double sigma = Sigma(t);
        return 1 / ((1 - Part) / Rate(From, sigma) + Part / Rate(To, sigma));
    }

    // sigma' by the part of the time.
    private double Rate(NoiseSchedule schedule, double sigma) =>
        schedule.SigmaDerivative(schedule.Time(sigma)) * schedule.Time(SigmaMax);
}
