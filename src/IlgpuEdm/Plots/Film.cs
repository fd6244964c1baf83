using IlgpuEdm.Formats;

namespace IlgpuEdm.Plots;

/// <summary>A figure that moves: panels of one size, one after the other, played in a loop.</summary>
/// <param name="frames">The panels, at least one, drawn one by one; and how long each is shown, in milliseconds.</param>
/// <param name="scale">
/// Pixels for each of a panel's size. A still is drawn at 2; films are large, and nobody looks as closely at what moves. Noise makes the
/// largest of all: nothing in it repeats.
/// </param>
public sealed class Film(IEnumerable<(Panel Panel, int Milliseconds)> frames, float scale = 1.5f)
{
    /// <summary>Draws the film.</summary>
    /// <param name="stop">Ends the drawing.</param>
    /// <returns>The bytes of an animated WebP.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public byte[] ToWebP(CancellationToken stop = default)
    {
        var pixels = new List<byte[]>();
        var times = new List<int>();
        (int width, int height) = (0, 0);
        foreach ((Panel panel, int milliseconds) in frames)
        {
            stop.ThrowIfCancellationRequested();
            (byte[] frame, width, height) = panel.ToPixels(scale);
            pixels.Add(frame);
            times.Add(milliseconds);
        }

        return ImageCodec.Default.EncodeWebP(pixels, times, width, height, channels: 3);
    }
}
