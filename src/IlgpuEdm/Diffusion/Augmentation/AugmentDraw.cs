namespace IlgpuEdm.Diffusion.Augmentation;

/// <summary>
/// The random numbers of an image's augmentation, in the order of the pipeline; the value is the number's element under
/// <see cref="RandomPurpose.Augmentation"/>. Each augmentation has elements of its own, so that switching one on or off leaves the draws
/// of the others as they are. A released number never changes its meaning.
/// </summary>
public enum AugmentDraw : uint
{
    /// <summary>Whether to mirror left to right: 0 or 1.</summary>
    XFlip = 0,

    /// <summary>Uniform; the flip is kept where this is below its probability. The other gates are alike.</summary>
    XFlipGate = 1,

    /// <summary>Whether to mirror top to bottom: 0 or 1.</summary>
    YFlip = 4,

    /// <summary>The gate of that flip.</summary>
    YFlipGate = 5,

    /// <summary>Quarter turns: 0 to 3.</summary>
    RotateInt = 8,

    /// <summary>The gate of quarter turns.</summary>
    RotateIntGate = 9,

    /// <summary>Uniform: the translation by whole pixels along x.</summary>
    TranslateIntX = 12,

    /// <summary>Uniform: that along y.</summary>
    TranslateIntY = 13,

    /// <summary>The gate of translation by whole pixels.</summary>
    TranslateIntGate = 14,

    /// <summary>Normal: the scale; takes the block's first two words.</summary>
    Scale = 16,

    /// <summary>The gate of scaling.</summary>
    ScaleGate = 18,

    /// <summary>Uniform: the angle.</summary>
    RotateFrac = 20,

    /// <summary>The gate of rotation.</summary>
    RotateFracGate = 21,

    /// <summary>Normal: the stretch; takes the block's first two words.</summary>
    Aniso = 24,

    /// <summary>Uniform: the direction of stretching.</summary>
    AnisoAngle = 26,

    /// <summary>The gate of stretching.</summary>
    AnisoGate = 27,

    /// <summary>The gate of the direction: level where this is not below its probability.</summary>
    AnisoAngleGate = 28,

    /// <summary>Normal: the translation along x; the pair takes the block's first two words.</summary>
    TranslateFracX = 32,

    /// <summary>Normal: that along y.</summary>
    TranslateFracY = 33,

    /// <summary>The gate of translation.</summary>
    TranslateFracGate = 34,

    /// <summary>Normal: what is added; takes the block's first two words.</summary>
    Brightness = 36,

    /// <summary>The gate of brightness.</summary>
    BrightnessGate = 38,

    /// <summary>Normal: the contrast; takes the block's first two words.</summary>
    Contrast = 40,

    /// <summary>The gate of contrast.</summary>
    ContrastGate = 42,

    /// <summary>Whether to turn light to dark: 0 or 1.</summary>
    LumaFlip = 44,

    /// <summary>The gate of that.</summary>
    LumaFlipGate = 45,

    /// <summary>Uniform: the rotation of colours.</summary>
    Hue = 48,

    /// <summary>The gate of hue.</summary>
    HueGate = 49,

    /// <summary>Normal: the saturation; takes the block's first two words.</summary>
    Saturation = 52,

    /// <summary>The gate of saturation.</summary>
    SaturationGate = 54,
}
