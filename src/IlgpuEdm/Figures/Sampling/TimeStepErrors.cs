using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Figures;

/// <summary>
/// The local error of every step of a choice of time steps: how far one step of a solver, started on a flow line, lands off it. Root mean
/// squares over many lines; the last step to 0 is left out, for it starts at the same noise level whatever the choice.
/// </summary>
public sealed class TimeStepErrors
{
    internal TimeStepErrors(string name, IReadOnlyList<double> timeSteps, double[] noise)
    {
        Name = name;
        Sigmas = [.. timeSteps.SkipLast(1)];
        FlowPath exact = FlowPath.Exact(noise, Sigmas);
        Euler = Errors((x, t) => EulerSampler.Sample(FlowPath.Denoise, x, t));
        Heun = Errors((x, t) => HeunSampler.Sample(FlowPath.Denoise, x, t));

        // The samplers start from the first time step times what they are given.
        double[] Errors(Func<double[], double[], double[]> step) => [.. Enumerable.Range(0, Sigmas.Count - 1).Select(i =>
            FlowPath.Gap(step(Array.ConvertAll(exact.States[i], x => x / Sigmas[i]), [Sigmas[i], Sigmas[i + 1]]), exact.States[i + 1]))];
    }

    /// <summary>What the choice is called.</summary>
    public string Name { get; }

    /// <summary>The noise levels, falling, without the last 0.</summary>
    public IReadOnlyList<double> Sigmas { get; }

    /// <summary>The error of Euler's step from each level but the last to the next.</summary>
    public IReadOnlyList<double> Euler { get; }

    /// <summary>The error of Heun's step from each level but the last to the next.</summary>
    public IReadOnlyList<double> Heun { get; }

    /// <summary>The largest error over the smallest: how unevenly a choice spreads it.</summary>
    /// <param name="errors"><see cref="Euler"/> or <see cref="Heun"/>.</param>
    /// <returns>The ratio, at least 1.</returns>
    public static double Spread(IReadOnlyList<double> errors) => errors.Max() / errors.Min();

    /// <summary>
    /// Where the error lies: the geometric mean of the noise levels in the middle of the steps, weighted by their errors.
    /// </summary>
    /// <param name="errors"><see cref="Euler"/> or <see cref="Heun"/>.</param>
    /// <returns>A noise level.</returns>
    public double Centre(IReadOnlyList<double> errors) =>
        Math.Exp(errors.Select((error, i) => error * Math.Log(Sigmas[i] * Sigmas[i + 1]) / 2).Sum() / errors.Sum());
}
