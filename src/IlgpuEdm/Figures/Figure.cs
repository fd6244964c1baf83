using IlgpuEdm.Plots;

namespace IlgpuEdm.Figures;

/// <summary>
/// One of the pictures that explain the paper's ideas: numbers first, computed by the types that train and sample, then plots of them and a
/// text.
/// </summary>
public abstract class Figure
{
    /// <summary>Its place in the order of the page, from 1.</summary>
    public abstract int Number { get; }

    /// <summary>A word or a few joined by hyphens, for the names of its files.</summary>
    public abstract string Name { get; }

    /// <summary>What it shows, in a line.</summary>
    public abstract string Title { get; }

    /// <summary>What to see in it and why, in paragraphs of plain text, with what was measured.</summary>
    public abstract IReadOnlyList<string> Text { get; }

    /// <summary>Panels in a row of its picture; pages choose by their width.</summary>
    public virtual int Columns => 2;

    /// <summary>The names of its files, without their endings, such as <c>09-schedules</c>.</summary>
    public string FileName => FormattableString.Invariant($"{Number:00}-{Name}");

    /// <summary>Draws it.</summary>
    /// <returns>One or more panels.</returns>
    public abstract IReadOnlyList<Panel> Draw();

    /// <summary>Draws how it moves.</summary>
    /// <returns>What a page shows in the place of the first panel, in its size; null where nothing moves.</returns>
    public virtual Film? Animate() => null;

    /// <summary>
    /// Draws it and writes <c>NAME.png</c>, <c>NAME.svg</c> and, where it moves, <c>NAME.webp</c>, each whole or not at all.
    /// </summary>
    /// <param name="folder">Where to; made where it is missing.</param>
    /// <param name="stop">Ends the drawing.</param>
    /// <exception cref="EdmException">A file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public void Save(string folder, CancellationToken stop = default) => FigureFiles.Write(this, folder, stop);
}
