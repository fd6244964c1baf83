namespace IlgpuEdm.Training;

/// <summary>
/// Letters of 5x7 pixels, for labels on machines that have no fonts at all, as containers often do. Small letters are drawn as
/// capitals.
/// </summary>
internal static class PixelFont
{
    private const int Columns = 5;
    private const int Rows = 7;
    private const int Scale = 2;

    // Seven rows of five pixels.
    private static readonly Dictionary<char, string> Glyphs = new()
    {
        ['0'] = ".###. #...# #..## #.#.# ##..# #...# .###.",
        ['1'] = "..#.. .##.. ..#.. ..#.. ..#.. ..#.. .###.",
        ['2'] = ".###. #...# ....# ...#. ..#.. .#... #####",
        ['3'] = ".###. #...# ....# ..##. ....# #...# .###.",
        ['4'] = "...#. ..##. .#.#. #..#. ##### ...#. ...#.",
        ['5'] = "##### #.... ####. ....# ....# #...# .###.",
        ['6'] = ".###. #.... #.... ####. #...# #...# .###.",
        ['7'] = "##### ....# ...#. ..#.. ..#.. .#... .#...",
        ['8'] = ".###. #...# #...# .###. #...# #...# .###.",
        ['9'] = ".###. #...# #...# .#### ....# ....# .###.",
        ['A'] = ".###. #...# #...# ##### #...# #...# #...#",
        ['B'] = "####. #...# #...# ####. #...# #...# ####.",
        ['C'] = ".###. #...# #.... #.... #.... #...# .###.",
        ['D'] = "####. #...# #...# #...# #...# #...# ####.",
        ['E'] = "##### #.... #.... ####. #.... #.... #####",
        ['F'] = "##### #.... #.... ####. #.... #.... #....",
        ['G'] = ".###. #...# #.... #.### #...# #...# .###.",
        ['H'] = "#...# #...# #...# ##### #...# #...# #...#",
        ['I'] = ".###. ..#.. ..#.. ..#.. ..#.. ..#.. .###.",
        ['J'] = "..### ...#. ...#. ...#. ...#. #..#. .##..",
        ['K'] = "#...# #..#. #.#.. ##... #.#.. #..#. #...#",
        ['L'] = "#.... #.... #.... #.... #.... #.... #####",
        ['M'] = "#...# ##.## #.#.# #.#.# #...# #...# #...#",
        ['N'] = "#...# ##..# ##..# #.#.# #..## #..## #...#",
        ['O'] = ".###. #...# #...# #...# #...# #...# .###.",
        ['P'] = "####. #...# #...# ####. #.... #.... #....",
        ['Q'] = ".###. #...# #...# #...# #.#.# #..#. .##.#",
        ['R'] = "####. #...# #...# ####. #.#.. #..#. #...#",
        ['S'] = ".#### #.... #.... .###. ....# ....# ####.",
        ['T'] = "##### ..#.. ..#.. ..#.. ..#.. ..#.. ..#..",
        ['U'] = "#...# #...# #...# #...# #...# #...# .###.",
        ['V'] = "#...# #...# #...# #...# #...# .#.#. ..#..",
        ['W'] = "#...# #...# #...# #.#.# #.#.# ##.## #...#",
        ['X'] = "#...# #...# .#.#. ..#.. .#.#. #...# #...#",
        ['Y'] = "#...# #...# .#.#. ..#.. ..#.. ..#.. ..#..",
        ['Z'] = "##### ....# ...#. ..#.. .#... #.... #####",
        ['.'] = "..... ..... ..... ..... ..... .##.. .##..",
        [','] = "..... ..... ..... ..... .##.. .##.. .#...",
        ['-'] = "..... ..... ..... ##### ..... ..... .....",
        ['_'] = "..... ..... ..... ..... ..... ..... #####",
        ['('] = "...#. ..#.. .#... .#... .#... ..#.. ...#.",
        [')'] = ".#... ..#.. ...#. ...#. ...#. ..#.. .#...",
    };

    /// <summary>The width of a text in pixels.</summary>
    public static int Width(string text) => text.Length * (Columns + 1) * Scale;

    /// <summary>Writes a text, black, its upper left corner at a place; what falls outside is cut off.</summary>
    /// <param name="pixels">The image, RGB.</param>
    /// <param name="width">Its width in pixels.</param>
    /// <param name="text">The text; characters without a glyph stay blank.</param>
    /// <param name="left">The first column.</param>
    /// <param name="top">The first row.</param>
    public static void Write(byte[] pixels, int width, string text, int left, int top)
    {
        int height = pixels.Length / 3 / width;
        for (int i = 0; i < text.Length; i++)
        {
            string glyph = Glyphs.GetValueOrDefault(char.ToUpperInvariant(text[i]), "");
            for (int p = 0; p < Rows * Columns * Scale * Scale && glyph.Length > 0; p++)
            {
                (int y, int x) = Math.DivRem(p, Columns * Scale);
                int column = left + (i * (Columns + 1) * Scale) + x;
                if (glyph[(y / Scale * (Columns + 1)) + (x / Scale)] == '#' && column >= 0 && column < width
                    && top + y >= 0 && top + y < height)
                {
                    pixels.AsSpan((((top + y) * width) + column) * 3, 3).Clear();
                }
            }
        }
    }
}
