using System.CommandLine;
using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Cli;

/// <summary>How exactly the adaptive solver works.</summary>
internal sealed class ToleranceFlags(string prefix)
{
    private readonly Option<double> relative = Options.Number("--rtol", Defaults.Relative, "a number, at least 0", x => x >= 0,
        prefix + "the error of a step, relative to the image.");

    private readonly Option<double> absolute = Options.Positive("--atol", Defaults.Absolute, prefix + "the error of a step, near 0.");

    private readonly Option<int> evaluations = Options.Integer("--max-evaluations", Defaults.MaxEvaluations, 8, 10_000_000,
        prefix + "calls of the network for an image before it gives up.");

    private static AdaptiveTolerance Defaults { get; } = new();

    public void AddTo(Command command)
    {
        foreach (Option option in All)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The options.</summary>
    public Option[] All => [relative, absolute, evaluations];

    public AdaptiveTolerance Read(ParseResult parsed) =>
        new(parsed.GetValue(relative), parsed.GetValue(absolute), parsed.GetValue(evaluations));

    public void Refuse(ParseResult parsed, string why) => parsed.Refuse(why, All);
}
