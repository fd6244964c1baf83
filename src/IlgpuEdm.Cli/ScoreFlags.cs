using System.CommandLine;
using IlgpuEdm.Cli.Values;
using IlgpuEdm.Cli.Verbs;
using IlgpuEdm.Training;

namespace IlgpuEdm.Cli;

/// <summary>How a run in training is scored.</summary>
internal sealed class ScoreFlags
{
    private readonly Option<ImageCount?> every = Options.Optional<ImageCount>("--fid-every", "COUNT", "a count of at least 0 such as 5k",
        "Score the averaged weights after so many images each, and at the end, by the Fréchet distance of drawn images; 0: only at the "
        + "end. network-best.safetensors keeps the best. [default: no score]",
        ImageCount.TryParse);

    private readonly Option<string?> features = Options.OptionalLocation("--fid-features", "FILE",
        FidVerb.FeatureFile, otherwise: null);

    private readonly Option<string?> reference = Options.OptionalLocation("--fid-ref", "PATH",
        "Compare with these images, or with statistics that 'fid ref' wrote.", otherwise: "the training images");

    private readonly Option<int> images = Options.Integer("--fid-num", 2_000, 2, int.MaxValue,
        "Images drawn for a score; scores of different numbers cannot be compared.");

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { every, features, reference, images })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>How the run is scored; null where it is not.</summary>
    /// <exception cref="EdmException">The options do not go together.</exception>
    public ScoreOptions? Of(ParseResult parsed)
    {
        if (parsed.GetValue(every) is not { } interval)
        {
            parsed.Refuse("has no use without --fid-every", features, reference, images);
            return null;
        }

        return new ScoreOptions
        {
            EveryImages = interval.Images,
            Images = parsed.GetValue(images),
            Features = parsed.GetValue(features) ?? throw new EdmException(
                "--fid-every needs a feature network: give --fid-features FILE, such as one that 'fid train-features' trains in minutes"),
            Reference = parsed.GetValue(reference),
        };
    }
}
