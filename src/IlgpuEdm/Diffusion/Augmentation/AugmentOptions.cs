using System.Globalization;
using System.Text.Json.Serialization;

namespace IlgpuEdm.Diffusion.Augmentation;

/// <summary>
/// Which augmentations training images get, how often and how strongly (Karras et al. 2022, section 5 and appendix F.2). An augmentation
/// whose multiplier is 0 is off; another is applied to an image with probability <c>P * multiplier</c>, independently of the rest, and has
/// its labels among the network's inputs.
/// </summary>
public sealed record AugmentOptions
{
    private const double XFlipAlways = 1e8;
    private const double MostStd = 1;

    /// <summary>
    /// The overall probability, from 0 to 1; 0 leaves every image as it is. The paper: 0.12 for CIFAR-10, 0.15 for faces.
    /// </summary>
    public double P { get; init; }

    /// <summary>Multiplier of mirroring left to right, which then happens to every other image; 1 label.</summary>
    public double XFlip { get; init; }

    /// <summary>Multiplier of mirroring top to bottom, which then happens to every other image; 1 label.</summary>
    public double YFlip { get; init; }

    /// <summary>Multiplier of rotation by a random number of quarter turns (half turns if an image is not square); 2 labels.</summary>
    public double RotateInt { get; init; }

    /// <summary>Multiplier of translation by whole pixels; 2 labels.</summary>
    public double TranslateInt { get; init; }

    /// <summary>The farthest translation by whole pixels, as a fraction of width and height, from 0 to 1.</summary>
    public double TranslateIntMax { get; init; } = 0.125;

    /// <summary>Multiplier of scaling by <c>2^(ScaleStd N(0, 1))</c>; 1 label.</summary>
    public double Scale { get; init; }

    /// <summary>Standard deviation of the scale's binary logarithm, from 0 to 1.</summary>
    public double ScaleStd { get; init; } = 0.2;

    /// <summary>Multiplier of rotation by any angle; 2 labels.</summary>
    public double RotateFrac { get; init; }

    /// <summary>The largest angle of a rotation, in half turns, from 0 to 1.</summary>
    public double RotateFracMax { get; init; } = 1;

    /// <summary>Multiplier of stretching by <c>2^(AnisoStd N(0, 1))</c> along an axis and shrinking as much across it; 2 labels.</summary>
    public double Aniso { get; init; }

    /// <summary>Standard deviation of the stretch's binary logarithm, from 0 to 1.</summary>
    public double AnisoStd { get; init; } = 0.2;

    /// <summary>Probability that the axis of stretching has a random direction rather than lies level, from 0 to 1.</summary>
    public double AnisoRotateProb { get; init; } = 0.5;

    /// <summary>Multiplier of translation by any distance; 2 labels.</summary>
    public double TranslateFrac { get; init; }

    /// <summary>Standard deviation of a translation, as a fraction of width and height, from 0 to 1.</summary>
    public double TranslateFracStd { get; init; } = 0.125;

    /// <summary>Multiplier of adding a number to all channels; 1 label.</summary>
    public double Brightness { get; init; }

    /// <summary>Standard deviation of what is added, on the [-1, 1] scale; from 0 to 1.</summary>
    public double BrightnessStd { get; init; } = 0.2;

    /// <summary>Multiplier of multiplying all channels by <c>2^(ContrastStd N(0, 1))</c>; 1 label.</summary>
    public double Contrast { get; init; }

    /// <summary>Standard deviation of the contrast's binary logarithm, from 0 to 1.</summary>
    public double ContrastStd { get; init; } = 0.5;

    /// <summary>Multiplier of turning light to dark with hue kept, which then happens to every other image; 1 label.</summary>
    public double LumaFlip { get; init; }

    /// <summary>Multiplier of rotating colours about the grey axis; 2 labels.</summary>
    public double Hue { get; init; }

    /// <summary>The largest rotation of colours, in half turns, from 0 to 1.</summary>
    public double HueMax { get; init; } = 1;

    /// <summary>Multiplier of moving colours from or to the grey axis by <c>2^(SaturationStd N(0, 1))</c>; 1 label.</summary>
    public double Saturation { get; init; }

    /// <summary>Standard deviation of the saturation's binary logarithm, from 0 to 1.</summary>
    public double SaturationStd { get; init; } = 1;

    /// <summary>Numbers of an image's label: those of every augmentation that is on; 9 for <see cref="Edm"/>.</summary>
    [JsonIgnore]
    public int LabelDim =>
        (XFlip > 0 ? 1 : 0) + (YFlip > 0 ? 1 : 0) + (RotateInt > 0 ? 2 : 0) + (TranslateInt > 0 ? 2 : 0) + (Scale > 0 ? 1 : 0)
        + (RotateFrac > 0 ? 2 : 0) + (Aniso > 0 ? 2 : 0) + (TranslateFrac > 0 ? 2 : 0) + (Brightness > 0 ? 1 : 0)
        + (Contrast > 0 ? 1 : 0) + (LumaFlip > 0 ? 1 : 0) + (Hue > 0 ? 2 : 0) + (Saturation > 0 ? 1 : 0);

    /// <summary>Whether an augmentation that changes colours is on; such need images of 1 or 3 channels.</summary>
    [JsonIgnore]
    public bool ChangesColours => Brightness > 0 || Contrast > 0 || LumaFlip > 0 || Hue > 0 || Saturation > 0;

    /// <summary>Whether an augmentation that resamples is on; such need images of at least 2 x 2 pixels.</summary>
    [JsonIgnore]
    public bool Resamples => Scale > 0 || RotateFrac > 0 || Aniso > 0 || TranslateFrac > 0;

    /// <summary>
    /// The paper's set: both flips, scaling, rotation, stretching and translation. The flip from left to right has so large a multiplier
    /// that, whatever the probability, half of all images are mirrored.
    /// </summary>
    /// <param name="p">The overall probability, from 0 to 1.</param>
    /// <returns>The options, with 9 labels.</returns>
    public static AugmentOptions Edm(double p) => new()
    {
        P = p,
        XFlip = XFlipAlways,
        YFlip = 1,
        Scale = 1,
        RotateFrac = 1,
        Aniso = 1,
        TranslateFrac = 1,
    };

    /// <summary>Checks every option.</summary>
    /// <exception cref="EdmException">An option is out of range; the message names it.</exception>
    public void Validate()
    {
        Between("--augment", P, 1);
        foreach (var (name, multiplier) in Multipliers())
        {
            OptionRange.NotNegative(Name(name), multiplier);
        }

        foreach (var (name, value) in Strengths())
        {
            Between(Name(name), value, MostStd);
        }
    }

    private (string Name, double Value)[] Multipliers() =>
    [
        (nameof(XFlip), XFlip), (nameof(YFlip), YFlip), (nameof(RotateInt), RotateInt), (nameof(TranslateInt), TranslateInt),
        (nameof(Scale), Scale), (nameof(RotateFrac), RotateFrac), (nameof(Aniso), Aniso), (nameof(TranslateFrac), TranslateFrac),
        (nameof(Brightness), Brightness), (nameof(Contrast), Contrast), (nameof(LumaFlip), LumaFlip), (nameof(Hue), Hue),
        (nameof(Saturation), Saturation),
    ];

    private (string Name, double Value)[] Strengths() =>
    [
        (nameof(TranslateIntMax), TranslateIntMax), (nameof(ScaleStd), ScaleStd), (nameof(RotateFracMax), RotateFracMax),
        (nameof(AnisoStd), AnisoStd), (nameof(AnisoRotateProb), AnisoRotateProb), (nameof(TranslateFracStd), TranslateFracStd),
        (nameof(BrightnessStd), BrightnessStd), (nameof(ContrastStd), ContrastStd), (nameof(HueMax), HueMax),
        (nameof(SaturationStd), SaturationStd),
    ];

    private static string Name(string property) => $"the augmentation's {property}";

    private static void Between(string option, double value, double most)
    {
        if (!(value >= 0 && value <= most))
        {
            throw new EdmException(string.Create(CultureInfo.InvariantCulture, $"{option} is {value}; it must be from 0 to {most}."));
        }
    }
}
