using IlgpuEdm.Formats;
using IlgpuEdm.Plots;
using IlgpuEdm.Training;

namespace IlgpuEdm.Figures;

/// <summary>The page of all figures, each with its text: one file that needs no other.</summary>
internal static class ExplainPage
{
    private const string Title = "How diffusion models work, drawn by one";

    private const string Introduction =
        "A denoiser that is asked again and again turns noise into images. Why this works, and which choices make it work well, is the "
        + "subject of \"Elucidating the Design Space of Diffusion-Based Generative Models\" (Karras et al., NeurIPS 2022). "
        + "Every curve here comes from the classes that train and sample images in this library, most of them in a world of images of "
        + "one pixel, where all is known in closed form.";

    /// <summary>Writes the page, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="facts">With what the figures were made, in rows of a name and a value.</param>
    /// <param name="figures">The figures in order.</param>
    /// <exception cref="EdmException">It cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<(string Name, string Value)> facts, IReadOnlyList<FigureFiles> figures) =>
        FileErrors.Writing(path, () => AtomicFile.Write(path, stream =>
        {
            using var page = new StreamWriter(stream, leaveOpen: true);
            HtmlPage.Write(page, Title, HtmlPage.Resource(typeof(ExplainPage), "explain.css"), "", () => Body(page, facts, figures));
        }), "the figures before it are whole");

    private static void Body(TextWriter page, IReadOnlyList<(string Name, string Value)> facts, IReadOnlyList<FigureFiles> figures)
    {
        page.Write($"<header><h1>{HtmlPage.Escape(Title)}</h1><p>{HtmlPage.Escape(Introduction)}</p></header>\n<nav><ol>\n");
        foreach (FigureFiles figure in figures)
        {
            page.Write($"<li value=\"{figure.Figure.Number}\"><a href=\"#{figure.Figure.FileName}\">");
            page.Write($"{HtmlPage.Escape(figure.Figure.Title)}</a></li>\n");
        }

        page.Write("</ol></nav>\n");
        foreach (FigureFiles figure in figures)
        {
            Section(page, figure);
        }

        page.Write("<footer><h2>With what this was made</h2>\n<dl>\n");
        foreach ((string name, string value) in facts)
        {
            page.Write($"<div><dt>{HtmlPage.Escape(name)}</dt><dd>{HtmlPage.Escape(value)}</dd></div>\n");
        }

        page.Write("</dl></footer>\n");
    }

    private static void Section(TextWriter page, FigureFiles files)
    {
        Figure figure = files.Figure;
        page.Write($"<section id=\"{figure.FileName}\">\n<h2>{figure.Number}. {HtmlPage.Escape(figure.Title)}</h2>\n");
        page.Write("<div class=\"text\">\n");
        foreach (string paragraph in figure.Text)
        {
            page.Write($"<p>{HtmlPage.Escape(paragraph)}</p>\n");
        }

        page.Write("</div>\n<div class=\"panels\">\n");
        foreach ((int i, (Panel panel, byte[] png)) in files.Panels.Index())
        {
            page.Write("<picture>");

            // Who asked the system for less movement sees the still.
            if (i == 0 && files.Film is { } film)
            {
                page.Write("<source media=\"(prefers-reduced-motion: no-preference)\" type=\"image/webp\" ");
                page.Write($"srcset=\"{HtmlPage.DataAddress("image/webp", film)}\">");
            }

            page.Write($"<img width=\"{panel.Width}\" height=\"{panel.Height}\" alt=\"{HtmlPage.Escape(panel.Description)}\" ");
            page.Write($"src=\"{HtmlPage.DataAddress("image/png", png)}\"></picture>\n");
        }

        page.Write("</div>\n</section>\n");
    }
}
