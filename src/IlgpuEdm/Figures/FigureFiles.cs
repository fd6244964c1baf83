using IlgpuEdm.Plots;
using IlgpuEdm.Training;

namespace IlgpuEdm.Figures;

/// <summary>The pictures of a figure as files, and as they stand in a page.</summary>
/// <param name="Figure">The figure.</param>
/// <param name="Panels">Its panels as PNGs.</param>
/// <param name="Film">The animated WebP in the place of the first; null where nothing moves.</param>
internal sealed record FigureFiles(Figure Figure, IReadOnlyList<(Panel Panel, byte[] Png)> Panels, byte[]? Film)
{
    /// <summary>Draws a figure and writes NAME.png, NAME.svg and, where it moves, NAME.webp, each whole or not at all.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="folder">Where to; made where it is missing.</param>
    /// <param name="stop">Ends the drawing.</param>
    /// <returns>The pictures.</returns>
    /// <exception cref="EdmException">A file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static FigureFiles Write(Figure figure, string folder, CancellationToken stop)
    {
        IReadOnlyList<Panel> panels = figure.Draw();
        byte[]? film = figure.Animate()?.ToWebP(stop);
        string path = Path.Combine(folder, figure.FileName);
        PngFile.WriteBytes(path + ".png", PanelGrid.ToPng(panels, figure.Columns, scale: 2));
        PngFile.WriteBytes(path + ".svg", PanelGrid.ToSvg(panels, figure.Columns));
        if (film is not null)
        {
            PngFile.WriteBytes(path + ".webp", film);
        }

        return new FigureFiles(figure, [.. panels.Select(panel => (panel, panel.ToPng()))], film);
    }
}
