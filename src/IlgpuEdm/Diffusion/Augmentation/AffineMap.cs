namespace IlgpuEdm.Diffusion.Augmentation;

/// <summary>
/// An affine map of the plane in float64: <c>x' = Xx x + Xy y + X1</c> and <c>y' = Yx x + Yy y + Y1</c>, x to the right and y down.
/// </summary>
internal readonly record struct AffineMap(double Xx, double Xy, double X1, double Yx, double Yy, double Y1)
{
    public static AffineMap Identity { get; } = new(1, 0, 0, 0, 1, 0);

    public static AffineMap Scale(double x, double y) => new(x, 0, 0, 0, y, 0);

    public static AffineMap Translate(double x, double y) => new(1, 0, x, 0, 1, y);

    public static AffineMap Rotate(double angle)
    {
        (double sin, double cos) = Math.SinCos(angle);
        return new(cos, -sin, 0, sin, cos, 0);
    }

    /// <summary>The map that applies the right operand first.</summary>
    public static AffineMap operator *(AffineMap a, AffineMap b) => new(
        a.Xx * b.Xx + a.Xy * b.Yx, a.Xx * b.Xy + a.Xy * b.Yy, a.Xx * b.X1 + a.Xy * b.Y1 + a.X1,
        a.Yx * b.Xx + a.Yy * b.Yx, a.Yx * b.Xy + a.Yy * b.Yy, a.Yx * b.X1 + a.Yy * b.Y1 + a.Y1);

    public (double X, double Y) Apply(double x, double y) => (Xx * x + Xy * y + X1, Yx * x + Yy * y + Y1);

    /// <summary>
    /// Where each point of an augmented image comes from, both measured in pixels from the image's centre: the inverse of translation
    /// after stretching after rotation after scaling. What is not drawn leaves the identity exactly.
    /// </summary>
    /// <param name="options">The augmentations.</param>
    /// <param name="p">What is done to the image.</param>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <returns>The inverse map.</returns>
    public static AffineMap InverseOf(AugmentOptions options, in AugmentParameters p, int height, int width)
    {
        var inverse = Identity;
        if (p.Scale != 0)
        {
            var scale = double.Exp2(-p.Scale * options.ScaleStd);
            inverse = Scale(scale, scale);
        }

        if (p.RotateFrac != 0)
        {
            inverse *= Rotate(p.RotateFrac);
        }

        if (p.Aniso != 0)
        {
            var stretch = double.Exp2(p.Aniso * options.AnisoStd);
            inverse = inverse * Rotate(-p.AnisoAngle) * Scale(1 / stretch, stretch) * Rotate(p.AnisoAngle);
        }

        if (p.TranslateFracX != 0 || p.TranslateFracY != 0)
        {
            inverse *= Translate(
                -p.TranslateFracX * width * options.TranslateFracStd, -p.TranslateFracY * height * options.TranslateFracStd);
        }

        return inverse;
    }
}
