using System.Runtime.CompilerServices;
using ILGPU;
using IlgpuEdm.Kernels.Primitives;
using static ILGPU.Util.Utilities;

namespace IlgpuEdm.Kernels.Attention;

/// <summary>
/// A thread's place among the 16 by 16 of its group. A warp has 8 by 4 of them, so that what it loads at once of rows and of columns is
/// least.
/// </summary>
internal static class AttentionThread
{
    /// <summary>Which column of threads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Column() => (Group.IdxX & 7) | ((Group.IdxX >> 2) & 8);

    /// <summary>Which row of threads; it has rows 4 * Row() to 4 * Row() + 3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Row() => ((Group.IdxX >> 3) & 3) | ((Group.IdxX >> 4) & 12);

    /// <summary>Four channels of a token; zeros beyond the last token or channel.</summary>
    /// <param name="view">The tensor.</param>
    /// <param name="start">The token's first channel.</param>
    /// <param name="inside">Whether there is such a token.</param>
    /// <param name="channel">The first of the four; a multiple of 4.</param>
    /// <param name="channels">How many there are.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Load<TStorage, TTile>(ArrayView<float> view, int start, bool inside, int channel, int channels)
        where TStorage : struct, IStorage
        where TTile : struct, IAttentionTile
    {
        // Without a branch: what is not there is read from elsewhere and dropped.
        inside &= channel < channels;
        var place = start + channel;
        Float4 value;
        if (TTile.IsVector)
        {
            value = Where(inside, TStorage.Load4(view, Select(inside, place, 0)));
        }
        else
        {
            value.X = Load<TStorage>(view, place, inside);
            value.Y = Load<TStorage>(view, place + 1, inside & channel + 1 < channels);
            value.Z = Load<TStorage>(view, place + 2, inside & channel + 2 < channels);
            value.W = Load<TStorage>(view, place + 3, inside & channel + 3 < channels);
        }

        return value;
    }

    /// <summary>The values, or zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Where(bool inside, Float4 values) => new(
        Select(inside, values.X, 0f), Select(inside, values.Y, 0f), Select(inside, values.Z, 0f),
        Select(inside, values.W, 0f));

    /// <summary>Writes or adds to four channels of a token, as far as they are there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TStorage, TTile>(
        ArrayView<float> view, int start, bool inside, int channel, int channels, Float4 value, int accumulate)
        where TStorage : struct, IStorage
        where TTile : struct, IAttentionTile
    {
        if (!inside || channel >= channels)
        {
            return;
        }

        if (accumulate != 0)
        {
            var old = Load<TStorage, TTile>(view, start, inside, channel, channels);
            value = new Float4(old.X + value.X, old.Y + value.Y, old.Z + value.Z, old.W + value.W);
        }

        if (TTile.IsVector)
        {
            TStorage.Store4(view, start + channel, value);
            return;
        }

        TStorage.Store(view, start + channel, value.X);
        if (channel + 1 < channels)
        {
            TStorage.Store(view, start + channel + 1, value.Y);
        }

        if (channel + 2 < channels)
        {
            TStorage.Store(view, start + channel + 2, value.Z);
        }

        if (channel + 3 < channels)
        {
            TStorage.Store(view, start + channel + 3, value.W);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Load<TStorage>(ArrayView<float> view, int place, bool inside)
        where TStorage : struct, IStorage
    {
        var value = TStorage.Load(view, Select(inside, place, 0));
        return Select(inside, value, 0f);
    }
}
