using System.Runtime.CompilerServices;

namespace IlgpuEdm.Kernels;

/// <summary>Four random words, what <see cref="Philox.Block"/> makes of one counter.</summary>
public struct PhiloxBlock
{
    /// <summary>The first word; of a pair of normals the first, (X, Y), it gives the radius.</summary>
    public uint X;

    /// <summary>The second word; it gives the angle of the pair (X, Y).</summary>
    public uint Y;

    /// <summary>The third word; it gives the radius of the pair (Z, W).</summary>
    public uint Z;

    /// <summary>The fourth word; it gives the angle of the pair (Z, W).</summary>
    public uint W;
}

/// <summary>
/// Philox 4x32-10, the counter-based generator of Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (SC 2011). A
/// draw is a pure function of counter and key, so it does not depend on batch size, launch order or device, and nothing
/// needs to be saved to resume. Host and device share this code.
/// </summary>
/// <remarks>
/// The convention of this project: key = (low, high word of the seed); counter = (element / 4, purpose, low, high word of
/// the image's number); element % 4 picks X, Y, Z or W. Elements 0, 1 (r cos, r sin) of a block of normals come from (X, Y),
/// elements 2, 3 from (Z, W), with r = sqrt(-2 ln u1) and the angle 2 pi u2 (Box-Muller).
/// </remarks>
public static class Philox
{
    /// <summary>
    /// The scale of <see cref="ToUnit"/>: the largest float32 below 2^-24. With 2^-24 itself the uppermost word would round to 1.
    /// </summary>
    public const float UnitScale = 5.9604641e-8f;

    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;
    private const int Rounds = 10;

    /// <summary>Four random words of a counter under a key.</summary>
    /// <param name="c0">First word of the counter: the block, element / 4.</param>
    /// <param name="c1">Second word: the purpose of the draw.</param>
    /// <param name="c2">Third word: the image's number, low half.</param>
    /// <param name="c3">Fourth word: the image's number, high half.</param>
    /// <param name="key0">The seed, low half.</param>
    /// <param name="key1">The seed, high half.</param>
    /// <returns>Four independent words, uniform over all values.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PhiloxBlock Block(uint c0, uint c1, uint c2, uint c3, uint key0, uint key1)
    {
        for (int round = 0; round < Rounds; round++)
        {
            ulong product0 = (ulong)Multiplier0 * c0;
            ulong product1 = (ulong)Multiplier1 * c2;
            c0 = (uint)(product1 >> 32) ^ c1 ^ key0;
            c2 = (uint)(product0 >> 32) ^ c3 ^ key1;
            c1 = (uint)product1;
            c3 = (uint)product0;
            key0 += Weyl0;
            key1 += Weyl1;
        }

        PhiloxBlock block;
        block.X = c0;
        block.Y = c1;
        block.Z = c2;
        block.W = c3;
        return block;
    }

    /// <summary>A float32 strictly between 0 and 1 from the upper 24 bits of a word: (word / 256 + 1/2) 2^-24.</summary>
    /// <param name="word">A random word.</param>
    /// <returns>At least 2^-25, at most 1 - 2^-24.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToUnit(uint word) => ((int)(word >> 8) + 0.5f) * UnitScale;

    /// <summary>A float64 strictly between 0 and 1 from all 32 bits of a word: (word + 1/2) 2^-32, exactly.</summary>
    /// <param name="word">A random word.</param>
    /// <returns>At least 2^-33, at most 1 - 2^-33.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ToUnitDouble(uint word) => (word + 0.5) * (1.0 / 4294967296.0);
}
