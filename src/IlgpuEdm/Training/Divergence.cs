using System.Globalization;

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
                + string.Create(CultureInfo.InvariantCulture, $"lower --lr ({identity.Optimizer.LearningRate}), lengthen --lr-ramp ")
                + string.Create(CultureInfo.InvariantCulture, $"({identity.Optimizer.RampUpImages}), ")
                + string.Create(CultureInfo.InvariantCulture, $"or check --sigma-data ({identity.Loss.SigmaData}), ")
                + string.Create(CultureInfo.InvariantCulture, $"--p-mean ({identity.Loss.PMean}) and --p-std ({identity.Loss.PStd})"));
        }
    }
}
