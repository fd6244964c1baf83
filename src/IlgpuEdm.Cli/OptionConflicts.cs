using IlgpuEdm.Training;

namespace IlgpuEdm.Cli;

/// <summary>Options of the network and loss that contradict each other or would do nothing.</summary>
internal static class OptionConflicts
{
    /// <summary>Refuses them.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="given">Whether the user gave an option.</param>
    /// <exception cref="EdmException">Names the options.</exception>
    public static void Check(TrainingRequest request, Func<string, bool> given)
    {
        if (request.LabelDropout > 0 && !request.Conditional)
        {
            throw new EdmException(
                "--label-dropout hides classes, and there are none without --cond: add it, or leave --label-dropout out");
        }

        string loss = request.Loss is null ? $"the loss of --precond {request.Precond}" : $"--loss {request.Loss}";
        foreach (string option in new[] { "--p-mean", "--p-std" })
        {
            if (given(option) && request.LossName != "edm")
            {
                throw new EdmException(
                    $"{option} has no effect with {loss}, whose noise levels are others: leave it out, or say --loss edm");
            }
        }

        string weight = request.Weight ?? (request.LossName == "edm" ? "edm" : "");
        if (given("--sigma-data") && request.Precond is not ("edm" or "noise") && weight is not ("edm" or "soft-min-snr"))
        {
            throw new EdmException($"--sigma-data has no effect with --precond {request.Precond} and {loss}: leave it out");
        }
    }
}
