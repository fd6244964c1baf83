namespace IlgpuEdm.Diffusion.Augmentation;

/// <summary>
/// An image's augmentation as numbers for the network, which so learns what it looks at; all zero for an image that was left as it is,
/// and in sampling. Angles enter as cosine less 1 and sine, so that a whole turn is the same as none.
/// </summary>
public static class AugmentLabels
{
    /// <summary>Writes the labels of one image, those of each augmentation that is on, in the order of the pipeline.</summary>
    /// <param name="options">The augmentations.</param>
    /// <param name="parameters">What is done to the image.</param>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="labels">Receives <see cref="AugmentOptions.LabelDim"/> numbers.</param>
    /// <exception cref="ArgumentException">There is room for more or fewer numbers.</exception>
    public static void Write(AugmentOptions options, in AugmentParameters parameters, int height, int width, Span<float> labels)
    {
        if (labels.Length != options.LabelDim)
        {
            throw new ArgumentException($"{labels.Length} places for {options.LabelDim} labels", nameof(labels));
        }

        var pixels = PixelMap.Of(options, parameters, height, width);
        var writer = new Writer(labels);
        writer.Add(options.XFlip, parameters.XFlip ? 1 : 0);
        writer.Add(options.YFlip, parameters.YFlip ? 1 : 0);
        writer.Add(options.RotateInt, pixels.Turns is 1 or 2 ? 1 : 0, pixels.Turns is 2 or 3 ? 1 : 0);
        writer.Add(
            options.TranslateInt,
            Fraction(pixels.Right, width * options.TranslateIntMax), Fraction(pixels.Up, height * options.TranslateIntMax));
        writer.Add(options.Scale, parameters.Scale);
        writer.Add(options.RotateFrac, Math.Cos(parameters.RotateFrac) - 1, Math.Sin(parameters.RotateFrac));
        writer.Add(
            options.Aniso, parameters.Aniso * Math.Cos(parameters.AnisoAngle), parameters.Aniso * Math.Sin(parameters.AnisoAngle));
        writer.Add(options.TranslateFrac, parameters.TranslateFracX, parameters.TranslateFracY);
        writer.Add(options.Brightness, parameters.Brightness);
        writer.Add(options.Contrast, parameters.Contrast);
        writer.Add(options.LumaFlip, parameters.LumaFlip ? 1 : 0);
        writer.Add(options.Hue, Math.Cos(parameters.Hue) - 1, Math.Sin(parameters.Hue));
        writer.Add(options.Saturation, parameters.Saturation);
    }

    private static double Fraction(int pixels, double most) => pixels == 0 ? 0 : pixels / most;

    private ref struct Writer(Span<float> labels)
    {
        private readonly Span<float> _labels = labels;
        private int _count;

        public void Add(double multiplier, params ReadOnlySpan<double> values)
        {
            if (multiplier > 0)
            {
                foreach (var value in values)
                {
                    _labels[_count++] = (float)value;
                }
            }
        }
    }
}
