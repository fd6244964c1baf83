using IlgpuEdm.Diffusion;
using MathNet.Numerics.LinearRegression;

namespace IlgpuEdm.Figures;

/// <summary>The error that a solver leaves, by the number of its denoiser calls.</summary>
/// <param name="Name">What the solver is called.</param>
/// <param name="Evaluations">Calls of the denoiser for a pixel, rising.</param>
/// <param name="Errors">Root mean square of the gap to the flow line at the end, for each.</param>
/// <param name="FittedFrom">The first of these that the order is fitted to; null where there is nothing to fit.</param>
public sealed record SolverErrors(string Name, IReadOnlyList<int> Evaluations, IReadOnlyList<double> Errors, int? FittedFrom = null)
{
    /// <summary>
    /// p of error ~ evaluations^-p: the least-squares slope of log(error) over -log(evaluations) from <see cref="FittedFrom"/> on; null
    /// where there is nothing to fit.
    /// </summary>
    public double? Order => FittedFrom is not int first ? null : -SimpleRegression.Fit(
        [.. Evaluations.Skip(first).Select(calls => Math.Log(calls))], [.. Errors.Skip(first).Select(error => Math.Log(error))]).B;

    /// <summary>How many calls an error needs, on straight lines between what was measured.</summary>
    /// <param name="error">An error between the smallest and the largest measured.</param>
    /// <returns>Calls of the denoiser; NaN where the error lies outside.</returns>
    public double EvaluationsFor(double error)
    {
        for (int i = Errors.Count - 1; i > 0; i--)
        {
            if (Errors[i] <= error && error <= Errors[i - 1])
            {
                double part = Math.Log(Errors[i - 1] / error) / Math.Log(Errors[i - 1] / Errors[i]);
                return Evaluations[i - 1] * Math.Pow((double)Evaluations[i] / Evaluations[i - 1], part);
            }
        }

        return double.NaN;
    }

    /// <summary>Measures a solver on EDM's time steps, without the last step to 0.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="callsPerStep">Denoiser calls of a step.</param>
    /// <param name="fittedFromSteps">The number of steps from which on the order is fitted.</param>
    /// <param name="steps">The numbers of steps, rising.</param>
    /// <param name="timeSteps">The time steps for a number of them.</param>
    /// <param name="exact">Where the flow lines end.</param>
    /// <param name="sample">The solver on time steps.</param>
    internal static SolverErrors Measure(string name, int callsPerStep, int fittedFromSteps, IReadOnlyList<int> steps,
        Func<int, double[]> timeSteps, double[] exact, Func<double[], double[]> sample) =>
        new(name, [.. steps.Select(n => n * callsPerStep)], [.. steps.Select(n => FlowPath.Gap(sample(timeSteps(n)), exact))],
            steps.Index().First(step => step.Item >= fittedFromSteps).Index);
}
