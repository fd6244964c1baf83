using IlgpuEdm.Data;
using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Figures;

/// <summary>Pixels on their way from noise to data, in the world of <see cref="GaussianMixture.TwoPeaks"/>.</summary>
/// <param name="Sigmas">The noise levels, falling; <c>[levels]</c>.</param>
/// <param name="States">The pixels at each, without any scaling s(t); <c>[levels][pixels]</c>.</param>
internal sealed record FlowPath(IReadOnlyList<double> Sigmas, IReadOnlyList<double[]> States)
{
    /// <summary>EDM's lowest noise level above 0.</summary>
    public const double SigmaMin = 0.002;

    /// <summary>EDM's highest noise level, where sampling starts.</summary>
    public const double SigmaMax = 80;

    /// <summary>EDM's rho, how much its time steps crowd at low noise.</summary>
    public const double Rho = 7;

    /// <summary>The ideal denoiser of the world.</summary>
    public static Denoiser Denoise { get; } = GaussianMixture.TwoPeaks.Denoise;

    /// <summary>The flow lines as they are drawn: Heun's method on a thousand levels from sigmaMax to 0.</summary>
    public static FlowPath Lines(double[] noise, double sigmaMax)
    {
        double[] sigmas = EdmTimeSteps.Create(1000, SigmaMin / 2, sigmaMax, Rho);
        return Record(sigmas, onStep => HeunSampler.Sample(Denoise, noise, sigmas, onStep));
    }

    /// <summary>Euler's method in the picture that a schedule and a scaling make of the flow.</summary>
    public static FlowPath Euler(double[] noise, IReadOnlyList<double> sigmas, NoiseSchedule schedule, SignalScaling scaling) =>
        Record(sigmas, onStep =>
        {
            double[] end = AblationSampler.Sample(
                Denoise, noise, sigmas, schedule, scaling, alpha: null, Churn.None, noise: null, onStep: onStep);
            double s = scaling.Scale(sigmas[^1] == 0 ? 0 : schedule.Time(sigmas[^1]));
            return Array.ConvertAll(end, value => value / s);
        });

    /// <summary>The flow to about 11 digits, for errors to be measured against.</summary>
    /// <param name="noise">Standard normal numbers; pixels start at the first noise level times these.</param>
    /// <param name="sigmas">The noise levels, falling, the last above 0.</param>
    public static FlowPath Exact(double[] noise, IReadOnlyList<double> sigmas)
    {
        var options = new AdaptiveOdeOptions
        {
            SigmaMin = sigmas[^1],
            SigmaMax = sigmas[0],
            RelativeTolerance = 1e-12,
            AbsoluteTolerance = 1e-12,
            MaxEvaluations = 100_000,
        };
        double[][] states = [.. sigmas.Select(_ => new double[noise.Length])];
        for (int pixel = 0; pixel < noise.Length; pixel++)
        {
            double[] x = [sigmas[0] * noise[pixel]];
            states[0][pixel] = x[0];
            for (int i = 1; i < sigmas.Count; i++)
            {
                x = AdaptiveOde.Solve(Denoise, x, sigmas[i - 1], sigmas[i], options).X;
                states[i][pixel] = x[0];
            }
        }

        return new FlowPath(sigmas, states);
    }

    /// <summary>Root mean square of the gap between pixels at one noise level.</summary>
    public static double Gap(double[] x, double[] exact) =>
        Math.Sqrt(x.Zip(exact, (a, b) => (a - b) * (a - b)).Average());

    /// <summary>Every n-th level and the last, for a drawing that needs no more.</summary>
    public FlowPath Thinned(int n)
    {
        int[] kept = [.. Enumerable.Range(0, Sigmas.Count).Where(i => i % n == 0 || i == Sigmas.Count - 1)];
        return new FlowPath([.. kept.Select(i => Sigmas[i])], [.. kept.Select(i => States[i])]);
    }

    private static FlowPath Record(IReadOnlyList<double> sigmas, Func<Action<SamplerStep>, double[]> sample)
    {
        var states = new List<double[]>();
        double[] end = sample(step => states.Add(step.X));
        states.Add(end);
        return new FlowPath(sigmas, states);
    }
}
