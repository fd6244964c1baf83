using IlgpuEdm.Data;
using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Figures;

/// <summary>
/// Images of one pixel, whose way from data to noise fits into a picture: time from left to right, the pixel's value upwards. Noise comes
/// evenly in time, so that its variance is the time: <see cref="VeSchedule"/>, sigma(t) = sqrt(t). Ways from noise to data begin far beyond
/// the right edge, at <see cref="StartSigma"/>, where data are lost in noise; the picture shows the last part, where the data take shape.
/// </summary>
public sealed class OnePixelWorld
{
    // Levels of the reverse ways end here before 0, as EDM's do.
    private const double SigmaMin = 0.002;

    // Steps from the start to the right edge.
    private const int StepsBefore = 100;

    /// <summary>Makes a world.</summary>
    /// <param name="data">The distribution of the pixel; null for <see cref="GaussianMixture.TwoPeaks"/>.</param>
    /// <param name="sigmaMax">The noise level at the right edge, above 0.002 and below <see cref="StartSigma"/>.</param>
    /// <exception cref="ArgumentException">The data have more than one value.</exception>
    /// <exception cref="EdmException">The noise level is out of range.</exception>
    public OnePixelWorld(GaussianMixture? data = null, double sigmaMax = 1)
    {
        Data = data ?? GaussianMixture.TwoPeaks;
        if (Data.Dimensions != 1)
        {
            throw new ArgumentException($"an image of one pixel has one value, not {Data.Dimensions}", nameof(data));
        }

        OptionRange.Above("the noise level at the right edge", sigmaMax, "the lowest", SigmaMin);
        OptionRange.Above("the highest noise level", StartSigma, "that at the right edge", sigmaMax);
        SigmaMax = sigmaMax;
    }

    /// <summary>The noise level that ways to the data start from, as EDM's do.</summary>
    public static double StartSigma => 80;

    /// <summary>The distribution of the pixel without noise.</summary>
    public GaussianMixture Data { get; }

    /// <summary>The noise level at the right edge.</summary>
    public double SigmaMax { get; }

    /// <summary>sigma(t) = sqrt(t).</summary>
    public NoiseSchedule Schedule { get; } = new VeSchedule();

    /// <summary>The time at the right edge; 0 is the left.</summary>
    public double EndTime => Schedule.Time(SigmaMax);

    /// <summary>The density of the pixel at a time, in closed form.</summary>
    /// <param name="x">The pixel's value.</param>
    /// <param name="time">The time, at least 0.</param>
    /// <returns>p(x; sigma(t)).</returns>
    public double Density(double x, double time) => Math.Exp(Data.LogDensity([x], Schedule.Sigma(time)));

    /// <summary>The probability of a value of at most x at a time, in closed form.</summary>
    /// <param name="x">The pixel's value.</param>
    /// <param name="time">The time, at least 0.</param>
    /// <returns>The probability.</returns>
    public double Cdf(double x, double time) => Data.Cdf(x, Schedule.Sigma(time));

    /// <summary>The inverse of <see cref="Cdf"/>, by bisection.</summary>
    /// <param name="share">A probability in (0, 1).</param>
    /// <param name="time">The time, at least 0.</param>
    /// <returns>The value that pixels lie below with this probability at this time.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The probability is out of range.</exception>
    public double Quantile(double share, double time)
    {
        if (!(share > 0 && share < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "A probability must lie strictly between 0 and 1.");
        }

        double low = -1, high = 1;
        while (Cdf(low, time) > share)
        {
            low *= 2;
        }

        while (Cdf(high, time) < share)
        {
            high *= 2;
        }

        // Until float64 has no number between.
        for (double middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2)
        {
            (low, high) = Cdf(middle, time) < share ? (middle, high) : (low, middle);
        }

        return high;
    }

    /// <summary>Draws pixels without noise.</summary>
    /// <param name="seed">Keys the draws.</param>
    /// <param name="count">How many.</param>
    /// <returns>Their values.</returns>
    public double[] Draw(ulong seed, int count) => Array.ConvertAll(Data.Draw(seed, 0, count).Images, value => (double)value);

    /// <summary>Draws standard normal numbers, which times <see cref="StartSigma"/> are pure noise.</summary>
    /// <param name="seed">Keys the draws.</param>
    /// <param name="count">How many.</param>
    /// <returns>The numbers.</returns>
    public static double[] Noise(ulong seed, int count) =>
        [.. Enumerable.Range(0, count).Select(i => HostRandom.Normal(seed, RandomPurpose.Latents, (ulong)i, 0))];

    /// <summary>Standard normal numbers that share out the probability evenly, in rising order.</summary>
    /// <param name="count">How many.</param>
    /// <returns>The quantiles at (i + 1/2) / count.</returns>
    public static double[] EvenNoise(int count) =>
        [.. Enumerable.Range(0, count).Select(i => NormalDistribution.InverseCdf((i + 0.5) / count))];

    /// <summary>Adds equal noise step by step: random walks from left to right.</summary>
    /// <param name="starts">The pixels without noise.</param>
    /// <param name="steps">Steps to the right edge, at least 1.</param>
    /// <param name="seed">Keys the noise, together with the number of the walk and the step.</param>
    /// <returns>The walks.</returns>
    public PixelPaths WalkForward(double[] starts, int steps, ulong seed)
    {
        double[] times = [.. Enumerable.Range(0, steps + 1).Select(i => EndTime * i / steps)];
        var values = new List<double[]> { starts };
        for (int i = 0; i < steps; i++)
        {
            double before = Schedule.Sigma(times[i]), after = Schedule.Sigma(times[i + 1]);
            double added = Math.Sqrt(after * after - before * before);
            int step = i;
            values.Add([.. values[^1].Select((x, walk) =>
                x + added * HostRandom.Normal(seed, RandomPurpose.TrainingNoise, (ulong)walk, (uint)step))]);
        }

        return new PixelPaths(times, values);
    }

    /// <summary>Random walks from the noise at the right to data at the left: <see cref="SdeSampler"/> with weight 1.</summary>
    /// <param name="latents">Standard normal numbers; a walk starts from <see cref="StartSigma"/> times its own.</param>
    /// <param name="steps">Steps from the right edge on, even in the noise level, at least 2.</param>
    /// <param name="seed">Keys the noise of the walks: that of walk i is of seed + i.</param>
    /// <returns>The walks from the right edge on, with falling times.</returns>
    public PixelPaths WalkBack(double[] latents, int steps, ulong seed)
    {
        NoiseSource noise = ImageNoise.FromSeeds([.. Enumerable.Range(0, latents.Length).Select(i => seed + (ulong)i)], imageSize: 1);
        return Record(steps, (levels, onStep) =>
            SdeSampler.Sample(Data.Denoise, latents, levels, weight: 1, sNoise: 1, noise, onStep));
    }

    /// <summary>The deterministic flow from right to left: <see cref="AblationSampler"/>, Heun's method on this world's schedule.</summary>
    /// <param name="latents">Standard normal numbers; a line starts from <see cref="StartSigma"/> times its own.</param>
    /// <param name="steps">Steps from the right edge on, even in the noise level, at least 2.</param>
    /// <returns>The flow lines from the right edge on, with falling times.</returns>
    public PixelPaths Flow(double[] latents, int steps) =>
        Record(steps, (levels, onStep) => Solve(latents, levels, alpha: 1, onStep));

    /// <summary>The flow line through a point, followed to an earlier time in short steps of Heun's method.</summary>
    /// <param name="x">The pixel's value.</param>
    /// <param name="fromTime">Its time, above 0.</param>
    /// <param name="toTime">The time to reach, below it and at least 0.</param>
    /// <param name="steps">Steps, even in the noise level.</param>
    /// <returns>The line.</returns>
    public PixelPaths FlowLine(double x, double fromTime, double toTime, int steps)
    {
        double from = Schedule.Sigma(fromTime), to = Schedule.Sigma(toTime);
        double[] levels = [.. Enumerable.Range(0, steps + 1).Select(i => i == steps ? to : from + (to - from) * i / steps)];
        var values = new List<double[]>();
        double[] last = Solve([x / from], levels, alpha: 1, step => values.Add(step.X));
        return new PixelPaths([.. levels.Select(Time)], [.. values, last]);
    }

    /// <summary>One step of Euler's method: straight on in the direction of the flow line.</summary>
    /// <param name="x">The pixel's value.</param>
    /// <param name="fromTime">Its time, above 0.</param>
    /// <param name="toTime">The time to reach, below it and at least 0.</param>
    /// <returns>Where the step lands.</returns>
    public double EulerStep(double x, double fromTime, double toTime)
    {
        double sigma = Schedule.Sigma(fromTime);
        return Solve([x / sigma], [sigma, Schedule.Sigma(toTime)], alpha: null, onStep: null)[0];
    }

    private double[] Solve(double[] latents, IReadOnlyList<double> levels, double? alpha, Action<SamplerStep>? onStep) =>
        AblationSampler.Sample(Data.Denoise, latents, levels, Schedule, new NoScaling(), alpha, Churn.None, noise: null, onStep: onStep);

    // Levels even in sigma: long steps in time where all is smooth, short ones where the data have their detail.
    private PixelPaths Record(int steps, Func<double[], Action<SamplerStep>, double[]> sample)
    {
        double[] shown = LinearTimeSteps.Create(steps, SigmaMin, SigmaMax);
        double[] before = EdmTimeSteps.Create(StepsBefore + 1, SigmaMax, StartSigma, rho: 7)[..StepsBefore];
        var values = new List<double[]>();
        double[] last = sample([.. before, .. shown], step =>
        {
            if (step.Index >= StepsBefore)
            {
                values.Add(step.X);
            }
        });
        return new PixelPaths([.. shown.Select(Time)], [.. values, last]);
    }

    private double Time(double sigma) => sigma == 0 ? 0 : Schedule.Time(sigma);
}
