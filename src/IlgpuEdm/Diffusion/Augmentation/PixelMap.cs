namespace IlgpuEdm.Diffusion.Augmentation;

/// <summary>
/// The flips, quarter turns and translations by whole pixels of one image, which move pixels without changing them: flips first, then
/// the turn (flips, then rows and columns exchanged), then the translation, with the image reflected at its border.
/// </summary>
/// <param name="FlipX">Whether left and right are exchanged, by flip and turn together.</param>
/// <param name="FlipY">Whether top and bottom are exchanged, by flip and turn together.</param>
/// <param name="Turns">Quarter turns, 0 to 3.</param>
/// <param name="Right">Pixels to the right.</param>
/// <param name="Up">Pixels upwards.</param>
internal readonly record struct PixelMap(bool FlipX, bool FlipY, int Turns, int Right, int Up)
{
    /// <summary>Whether rows and columns are exchanged.</summary>
    public bool Transposed => Turns is 1 or 3;

    public static PixelMap Of(AugmentOptions options, in AugmentParameters p, int height, int width)
    {
        // A quarter turn of an image that is not square would not fit into its frame.
        var turns = height == width ? p.QuarterTurns & 3 : p.QuarterTurns & 2;
        return new PixelMap(
            p.XFlip ^ turns is 1 or 2,
            p.YFlip ^ turns is 2 or 3,
            turns,
            (int)Math.Round(p.TranslateIntX * (width * options.TranslateIntMax)),
            (int)Math.Round(p.TranslateIntY * (height * options.TranslateIntMax)));
    }
}
