using ScottPlot;
using SkiaSharp;

namespace IlgpuEdm.Plots;

/// <summary>
/// The letters of all plots. They come along, so that a picture is the same everywhere and has letters on machines without any font, as
/// containers often are.
/// </summary>
internal static class FigureFont
{
    /// <summary>The family's name.</summary>
    public const string Name = "DejaVu Sans";

    private static readonly Lazy<SKTypeface> Face = new(Load);

    /// <summary>Makes it the font of a plot.</summary>
    /// <param name="plot">The plot.</param>
    public static void Use(Plot plot)
    {
        lock (Face)
        {
            if (!Fonts.FontResolvers.OfType<Resolver>().Any())
            {
                Fonts.FontResolvers.Insert(0, new Resolver());
            }
        }

        plot.Font.Set(Name);
    }

    private static SKTypeface Load()
    {
        using Stream stream = typeof(FigureFont).Assembly.GetManifestResourceStream(typeof(FigureFont), "DejaVuSans.ttf")!;
        return SKTypeface.FromStream(stream);
    }

    private sealed class Resolver : IFontResolver
    {
        public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
            fontName == Name ? Face.Value : null;

        public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => fontName == Name ? Face.Value : null;
    }
}
