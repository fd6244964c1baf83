using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace IlgpuEdm.Formats;

/// <summary>
/// A page that is one file: pictures, style and script stand in it, and it asks no network for anything, so that it can be kept, sent and
/// read anywhere.
/// </summary>
internal static class HtmlPage
{
    /// <summary>Writes a page.</summary>
    /// <param name="page">Where to.</param>
    /// <param name="title">Its title.</param>
    /// <param name="style">CSS.</param>
    /// <param name="script">JavaScript, run at the end of the page; may be empty.</param>
    /// <param name="body">Writes what is in its <c>main</c> element.</param>
    public static void Write(TextWriter page, string title, string style, string script, Action body)
    {
        // Nothing but what stands in the file is loaded or run, whatever a name in it may look like.
        string hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));
        page.Write("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        page.Write("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; ");
        page.Write($"style-src 'unsafe-inline'; script-src 'sha256-{hash}'\">\n");
        page.Write("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        page.Write("<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n");
        page.Write($"<title>{Escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n");
        body();
        page.Write("</main>\n");
        page.Write(script.Length > 0 ? $"<script>{script}</script>\n" : "");
        page.Write("</body>\n</html>\n");
    }

    /// <summary>A text as it stands in a page.</summary>
    /// <param name="text">The text.</param>
    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A file as the address of a picture.</summary>
    /// <param name="type">What it is, such as <c>image/png</c>.</param>
    /// <param name="bytes">The file.</param>
    public static string DataAddress(string type, byte[] bytes) => $"data:{type};base64,{Convert.ToBase64String(bytes)}";

    /// <summary>A style or script that comes along.</summary>
    /// <param name="beside">A type of the namespace that it belongs to.</param>
    /// <param name="name">The file's name.</param>
    public static string Resource(Type beside, string name)
    {
        using var reader = new StreamReader(beside.Assembly.GetManifestResourceStream(beside, name)!, Encoding.UTF8);

        // Browsers take a script with such line breaks, and compare the hash of that.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
