using System.Globalization;
using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Training;

/// <summary>Stops a run whose loss is no longer a number.</summary>
internal static class Divergence
{
    private const int Listed = 8;

    public static void Check(StepResult step, TrainingState state, RunIdentity identity)
    {
        double[] sigmas = Enumerable.Range(0, step.LossPerImage.Length).Where(i => !double.IsFinite(step.LossPerImage[i]))
            .Select(i => step.SigmaPerImage[i]).ToArray();
        if (sigmas.Length > 0)
        {
            string levels = string.Join(", ", sigmas.Take(Listed).Select(s => s.ToString("G3", CultureInfo.InvariantCulture)));
            string more = sigmas.Length > Listed ? ", ..." : "";
            throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                $"training diverged at step {state.Steps + 1} ({state.Images + step.LossPerImage.Length} images): ")
                + string.Create(CultureInfo.InvariantCulture, $"the loss of {sigmas.Length} of {step.LossPerImage.Length} images ")
                + string.Create(CultureInfo.InvariantCulture, $"is not finite, at sigma {levels}{more}; ")
                + string.Create(CultureInfo.InvariantCulture, $"lower --lr ({identity.Model.Optimizer.LearningRate}), ")
                + string.Create(CultureInfo.InvariantCulture, $"lengthen --lr-ramp ({identity.Model.Optimizer.RampUpImages}), ")
                + "or check " + Levels(identity.Model));
        }
    }

    private static string Levels(ModelOptions model) => model.Loss.Levels is LogNormalLevels levels
        ? string.Create(CultureInfo.InvariantCulture, $"--sigma-data, --p-mean ({levels.PMean}) and --p-std ({levels.PStd})")
        : $"--precond ({model.Preconditioner.Name}) and --loss";
}
