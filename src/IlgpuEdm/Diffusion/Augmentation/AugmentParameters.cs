namespace IlgpuEdm.Diffusion.Augmentation;

/// <summary>
/// What is done to one image, as drawn, before strengths are applied; the default value does nothing. Directions: x to the right, y down.
/// </summary>
public readonly record struct AugmentParameters
{
    /// <summary>Whether left and right are exchanged.</summary>
    public bool XFlip { get; init; }

    /// <summary>Whether top and bottom are exchanged.</summary>
    public bool YFlip { get; init; }

    /// <summary>Quarter turns counterclockwise, 0 to 3; an image that is not square takes half turns only, of 2 and 3.</summary>
    public int QuarterTurns { get; init; }

    /// <summary>Translation to the right by whole pixels, from -1 to 1, as a fraction of the farthest.</summary>
    public double TranslateIntX { get; init; }

    /// <summary>Translation upwards by whole pixels, from -1 to 1, as a fraction of the farthest.</summary>
    public double TranslateIntY { get; init; }

    /// <summary>Binary logarithm of the scale, in standard deviations.</summary>
    public double Scale { get; init; }

    /// <summary>Angle of rotation, in radians.</summary>
    public double RotateFrac { get; init; }

    /// <summary>Binary logarithm of the stretch, in standard deviations.</summary>
    public double Aniso { get; init; }

    /// <summary>Direction of stretching, in radians.</summary>
    public double AnisoAngle { get; init; }

    /// <summary>Translation along x, in standard deviations.</summary>
    public double TranslateFracX { get; init; }

    /// <summary>Translation along y, in standard deviations.</summary>
    public double TranslateFracY { get; init; }

    /// <summary>What is added to all channels, in standard deviations.</summary>
    public double Brightness { get; init; }

    /// <summary>Binary logarithm of the contrast, in standard deviations.</summary>
    public double Contrast { get; init; }

    /// <summary>Whether light and dark are exchanged.</summary>
    public bool LumaFlip { get; init; }

    /// <summary>Rotation of colours, in radians.</summary>
    public double Hue { get; init; }

    /// <summary>Binary logarithm of the saturation, in standard deviations.</summary>
    public double Saturation { get; init; }

    /// <summary>Draws what is done to an image: each augmentation that is on has a value and a gate that keeps or drops it.</summary>
    /// <param name="options">The augmentations.</param>
    /// <param name="draws">The image's random numbers.</param>
    /// <returns>The parameters.</returns>
    public static AugmentParameters Draw(AugmentOptions options, IAugmentDraws draws)
    {
        var o = options;
        var gated = new GatedDraws(draws, o.P);
        return new AugmentParameters
        {
            XFlip = gated.Integer(AugmentDraw.XFlip, 2, AugmentDraw.XFlipGate, o.XFlip) == 1,
            YFlip = gated.Integer(AugmentDraw.YFlip, 2, AugmentDraw.YFlipGate, o.YFlip) == 1,
            QuarterTurns = gated.Integer(AugmentDraw.RotateInt, 4, AugmentDraw.RotateIntGate, o.RotateInt),
            TranslateIntX = gated.Signed(AugmentDraw.TranslateIntX, AugmentDraw.TranslateIntGate, o.TranslateInt),
            TranslateIntY = gated.Signed(AugmentDraw.TranslateIntY, AugmentDraw.TranslateIntGate, o.TranslateInt),
            Scale = gated.Normal(AugmentDraw.Scale, AugmentDraw.ScaleGate, o.Scale),
            RotateFrac = gated.Signed(AugmentDraw.RotateFrac, AugmentDraw.RotateFracGate, o.RotateFrac) * (Math.PI * o.RotateFracMax),
            Aniso = gated.Normal(AugmentDraw.Aniso, AugmentDraw.AnisoGate, o.Aniso),
            AnisoAngle = o.Aniso > 0 && draws.Uniform(AugmentDraw.AnisoAngleGate) < o.AnisoRotateProb
                ? (draws.Uniform(AugmentDraw.AnisoAngle) * 2 - 1) * Math.PI
                : 0,
            TranslateFracX = gated.Normal(AugmentDraw.TranslateFracX, AugmentDraw.TranslateFracGate, o.TranslateFrac),
            TranslateFracY = gated.Normal(AugmentDraw.TranslateFracY, AugmentDraw.TranslateFracGate, o.TranslateFrac),
            Brightness = gated.Normal(AugmentDraw.Brightness, AugmentDraw.BrightnessGate, o.Brightness),
            Contrast = gated.Normal(AugmentDraw.Contrast, AugmentDraw.ContrastGate, o.Contrast),
            LumaFlip = gated.Integer(AugmentDraw.LumaFlip, 2, AugmentDraw.LumaFlipGate, o.LumaFlip) == 1,
            Hue = gated.Signed(AugmentDraw.Hue, AugmentDraw.HueGate, o.Hue) * (Math.PI * o.HueMax),
            Saturation = gated.Normal(AugmentDraw.Saturation, AugmentDraw.SaturationGate, o.Saturation),
        };
    }

    // A value is 0 where its augmentation is off or its gate stays shut.
    private readonly struct GatedDraws(IAugmentDraws draws, double p)
    {
        public int Integer(AugmentDraw draw, int count, AugmentDraw gate, double multiplier) =>
            Opens(gate, multiplier) ? draws.Integer(draw, count) : 0;

        public double Signed(AugmentDraw draw, AugmentDraw gate, double multiplier) =>
            Opens(gate, multiplier) ? draws.Uniform(draw) * 2 - 1 : 0;

        public double Normal(AugmentDraw draw, AugmentDraw gate, double multiplier) =>
            Opens(gate, multiplier) ? draws.Normal(draw) : 0;

        private bool Opens(AugmentDraw gate, double multiplier) => multiplier > 0 && draws.Uniform(gate) < multiplier * p;
    }
}
