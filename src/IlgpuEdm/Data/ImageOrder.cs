using IlgpuEdm.Diffusion;
using IlgpuEdm.Kernels;

namespace IlgpuEdm.Data;

/// <summary>
/// In which order training sees the images: every epoch a fresh shuffle of them all, computed from seed and position alone.
/// There is no state, so a resumed run goes on where it stopped. The order never changes between versions.
/// </summary>
/// <remarks>
/// A position is split into two digits of base ceil(sqrt(count)), which a Feistel network mixes with round functions from
/// <see cref="Philox"/>, keyed by seed, epoch and round; it is a permutation of all pairs of digits. Results that are no
/// image (fewer than 2 sqrt(count) + 1 of them) are sent through again until an image comes out.
/// </remarks>
public sealed class ImageOrder
{
    private const uint Rounds = 8;

    private readonly ulong count;
    private readonly ulong seed;
    private readonly ulong radix;

    /// <summary>Sets up the order.</summary>
    /// <param name="count">Number of images in the data set, at least one.</param>
    /// <param name="seed">The seed of the run.</param>
    public ImageOrder(long count, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        this.count = (ulong)count;
        this.seed = seed;
        radix = (ulong)Math.Sqrt(count);
        while (radix * radix < this.count)
        {
            radix++;
        }
    }

    /// <summary>Which image of the data set is the k-th that training sees.</summary>
    /// <param name="k">The position, from 0 on without end; every count positions are one epoch.</param>
    /// <returns>A number from 0 to count - 1.</returns>
    public long this[long k]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(k);
            var (epoch, position) = Math.DivRem((ulong)k, count);
            do
            {
                position = Permute(position, epoch);
            }
            while (position >= count);
            return (long)position;
        }
    }

    private ulong Permute(ulong position, ulong epoch)
    {
        var (left, right) = Math.DivRem(position, radix);
        for (uint round = 0; round < Rounds; round++)
        {
            // The purpose stays in the lower half of its word, so no draw of another purpose has this counter.
            var purpose = (uint)RandomPurpose.DataOrder | (round << 16);
            var block = Philox.Block((uint)right, purpose, (uint)epoch, (uint)(epoch >> 32), (uint)seed, (uint)(seed >> 32));
            var mixed = (left + ((((ulong)block.Y << 32) | block.X) % radix)) % radix;
            (left, right) = (right, mixed);
        }
        return (left * radix) + right;
    }
}
