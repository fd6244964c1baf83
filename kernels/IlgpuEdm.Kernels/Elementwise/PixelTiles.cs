using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Kernels.Elementwise;

/// <summary>
/// How groups of threads divide NHWC images: a group takes a part of an image's pixels, equal runs of which the last is what is left, and
/// a block of channels. Its threads stand in lanes along the channels, so that neighbours touch neighbouring memory, and in rows along the
/// pixels: row r takes pixels r, r + rows and so on. Channels and pixels alone determine all of it.
/// </summary>
public struct PixelTiles
{
    private const int MaxLaneBits = 5;
    private const int RowPixels = 8;
    private const int MaxParts = 64;

    /// <summary>Pixels of an image.</summary>
    public int Pixels;

    /// <summary>Channels of a pixel.</summary>
    public int Channels;

    /// <summary>The binary logarithm of the lanes.</summary>
    public int LaneBits;

    /// <summary>Blocks of channels.</summary>
    public int Blocks;

    /// <summary>Pixels of a part.</summary>
    public int PartPixels;

    /// <summary>Parts of an image.</summary>
    public int Parts;

    /// <summary>Divides images of a shape.</summary>
    /// <param name="pixels">Pixels of an image.</param>
    /// <param name="channels">Channels of a pixel.</param>
    /// <param name="width">Channels that a thread takes at once; divides the channels.</param>
    /// <returns>The division.</returns>
    public static PixelTiles Of(int pixels, int channels, int width)
    {
        var lanes = channels / width;
        var bits = 0;
        while (bits < MaxLaneBits && lanes % (2 << bits) == 0)
        {
            bits++;
        }

        // Lanes that divide the channels leave no thread idle, but fewer than four of them would tear up the memory's lines.
        if (bits < 2)
        {
            while (bits < MaxLaneBits && lanes > 1 << bits)
            {
                bits++;
            }
        }

        var rows = CooperativeAttribute.GroupSize >> bits;
        var rowPixels = Math.Max(RowPixels, (pixels + (rows * MaxParts) - 1) / (rows * MaxParts));
        return new PixelTiles
        {
            Pixels = pixels,
            Channels = channels,
            LaneBits = bits,
            Blocks = (lanes + (1 << bits) - 1) >> bits,
            PartPixels = rows * rowPixels,
            Parts = (pixels + (rows * rowPixels) - 1) / (rows * rowPixels),
        };
    }
}

/// <summary>The run of pixels that a thread of a group takes.</summary>
public struct PixelRun
{
    /// <summary>The image.</summary>
    public int Image;

    /// <summary>The part of its pixels.</summary>
    public int Part;

    /// <summary>The thread's first channel.</summary>
    public int Channel;

    /// <summary>The thread's row.</summary>
    public int Row;

    /// <summary>The thread's first pixel in the image.</summary>
    public int Start;

    /// <summary>Where the part ends; 0 for a thread that has no channel.</summary>
    public int End;

    /// <summary>Pixels of the part.</summary>
    public int PartPixels;

    /// <summary>From one of the thread's pixels to the next: the rows.</summary>
    public int Step;

    /// <summary>The run of the thread that asks.</summary>
    /// <typeparam name="TAccess">How many channels it takes at once.</typeparam>
    /// <param name="t">The division; groups are images, parts, then blocks.</param>
    /// <returns>The run.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PixelRun Here<TAccess>(PixelTiles t)
        where TAccess : struct, IAccess
    {
        var group = Grid.IdxX / t.Blocks;
        var block = Grid.IdxX - group * t.Blocks;
        var image = group / t.Parts;
        var part = group - image * t.Parts;
        var lane = Group.IdxX & ((1 << t.LaneBits) - 1);
        var row = Group.IdxX >> t.LaneBits;
        var channel = ((block << t.LaneBits) + lane) * TAccess.Width;
        var start = part * t.PartPixels;
        var left = t.Pixels - start;
        var pixels = left < t.PartPixels ? left : t.PartPixels;
        return new PixelRun
        {
            Image = image,
            Part = part,
            Channel = channel,
            Row = row,
            Start = start + row,
            End = channel < t.Channels ? start + pixels : 0,
            PartPixels = pixels,
            Step = CooperativeAttribute.GroupSize >> t.LaneBits,
        };
    }
}
