using System.CommandLine;
using System.Globalization;
using IlgpuEdm.Cli.Values;
using IlgpuEdm.Training;

namespace IlgpuEdm.Cli.Verbs;

/// <summary><c>ema</c>: makes averaged weights of any length of those that a run has stored.</summary>
internal static class EmaVerb
{
    private const string Pattern = "{std}";

    // From here on the result is another average than the one asked for.
    private const double PoorFit = 0.05;

    public static Command Create(Terminal terminal)
    {
        Option<string> run = Options.RequiredLocation("--run", "FOLDER", "The folder of a run that was trained with --ema-profiles.");
        Option<NumberList> deviations = Options.ParsedList("--std", "LIST", NumberList.None, NetworkFlags.DeviationRule,
            "Lengths of the averages to make, as standard deviations relative to the training's, such as 0.08 or 0.05,0.08,0.12.",
            NetworkFlags.TryParseDeviations);
        deviations.Required = true;
        deviations.DefaultValueFactory = null;
        Option<ImageCount?> images = Options.Optional<ImageCount>("--images", "COUNT", "a count of at least 1 such as 3200, 20k or 1.5M",
            "Where in the training the averages end. [default: the newest stored]",
            text => ImageCount.TryParse(text) is { Images: >= 1 } count ? count : null);
        Option<string> output = Options.RequiredLocation("--out", "FILE",
            $"The snapshot to write, for 'sample' and 'info'. With several lengths its name has {Pattern} in it: "
            + $"ema-{Pattern}.safetensors.");
        var command = new Command("ema", "Makes averaged weights of any length, after training, of the averages that a run has stored.")
        {
            run, deviations, images, output,
        };
        command.SetAction(parsed =>
        {
            IReadOnlyList<double> list = parsed.GetValue(deviations)!.Numbers;
            string file = parsed.GetValue(output)!;
            if (list.Count > 1 && !file.Contains(Pattern, StringComparison.Ordinal))
            {
                throw new EdmException($"--out '{file}' is one file for {list.Count} averages; put {Pattern} into its name");
            }

            var plan = EmaReconstruction.Plan(parsed.GetValue(run)!, list, parsed.GetValue(images)?.Images);
            TrainingDisplay.Count(terminal, "reading", plan.Files.Count, onFile =>
            {
                plan.Write(PathOf, onFile);
                return true;
            });
            Report(terminal, plan, PathOf);
            return CommandLine.Success;

            string PathOf(PowerProfile profile) => file.Replace(Pattern, Text(profile.Deviation), StringComparison.Ordinal);
        });
        return command;
    }

    private static void Report(Terminal terminal, EmaReconstruction plan, Func<PowerProfile, string> path)
    {
        terminal.Table(
            ["file", .. plan.Targets.Select(target => $"std {Text(target.Profile.Deviation)}")],
            Enumerable.Range(0, plan.Files.Count)
                .Where(i => plan.Targets.Any(target => target.Mixture.Weights[i] != 0))
                .Select(i => new[] { Path.GetFileName(plan.Files[i].Path) }.Concat(plan.Targets.Select(target => Weight(target.Mixture, i)))
                    .ToArray()));
        foreach ((PowerProfile profile, EmaMixture mixture) in plan.Targets)
        {
            terminal.Rows(
            [
                ($"std {Text(profile.Deviation)}", path(profile)),
                ("  images", profile.Images.ToString("N0", CultureInfo.InvariantCulture)),
                ("  profile error", string.Create(CultureInfo.InvariantCulture, $"{100 * mixture.Error:0.####} %")
                    + (mixture.Error > PoorFit ? Advice(plan, profile) : "")),
            ]);
        }
    }

    private static string Advice(EmaReconstruction plan, PowerProfile profile)
    {
        long nearest = plan.Files.MinBy(file => Math.Abs(file.Profile.Images - profile.Images))!.Profile.Images;
        return nearest == profile.Images
            ? " - the stored averages do not fit this one; more of them, or lengths nearer to it, would"
            : string.Create(CultureInfo.InvariantCulture,
                $" - the stored averages do not fit this one; none is stored at these images, the nearest is at {nearest}");
    }

    private static string Weight(EmaMixture mixture, int i) =>
        mixture.Weights[i] == 0 ? "" : mixture.Weights[i].ToString("0.000000;-0.000000", CultureInfo.InvariantCulture);

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
