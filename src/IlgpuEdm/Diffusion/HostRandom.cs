using IlgpuEdm.Kernels;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// Random numbers on the host in float64, each a pure function of seed, purpose, image and element. They come from the same
/// words of <see cref="Philox"/> as the device's draws, so the two agree up to float32.
/// </summary>
public static class HostRandom
{
    private const uint WordsPerBlock = 4;

    /// <summary>A number uniform in (0, 1), ends excluded, in steps of 2^-32.</summary>
    /// <param name="seed">The seed of the run or image.</param>
    /// <param name="purpose">What the number is for.</param>
    /// <param name="image">The number of the image, or of whatever the purpose counts.</param>
    /// <param name="element">The number of the draw within the image.</param>
    /// <returns>The number.</returns>
    public static double Uniform(ulong seed, RandomPurpose purpose, ulong image, uint element)
    {
        PhiloxBlock block = Block(seed, purpose, image, element / WordsPerBlock);
        uint word = (element % WordsPerBlock) switch
        {
            0 => block.X,
            1 => block.Y,
            2 => block.Z,
            _ => block.W,
        };
        return Philox.ToUnitDouble(word);
    }

    /// <summary>A number from the standard normal distribution, by Box-Muller; at most 6.8 in size.</summary>
    /// <param name="seed">The seed of the run or image.</param>
    /// <param name="purpose">What the number is for.</param>
    /// <param name="image">The number of the image, or of whatever the purpose counts.</param>
    /// <param name="element">The number of the draw within the image.</param>
    /// <returns>The number.</returns>
    public static double Normal(ulong seed, RandomPurpose purpose, ulong image, uint element)
    {
        PhiloxBlock block = Block(seed, purpose, image, element / WordsPerBlock);
        bool firstPair = element % WordsPerBlock < 2;
        double u1 = Philox.ToUnitDouble(firstPair ? block.X : block.Z);
        double u2 = Philox.ToUnitDouble(firstPair ? block.Y : block.W);
        double r = Math.Sqrt(-2 * Math.Log(u1));
        (double sin, double cos) = Math.SinCos(2 * Math.PI * u2);
        return element % 2 == 0 ? r * cos : r * sin;
    }

    /// <summary>Fills a buffer with the normals of the elements 0, 1, 2, ... of one image.</summary>
    /// <param name="seed">The seed of the run or image.</param>
    /// <param name="purpose">What the numbers are for.</param>
    /// <param name="image">The number of the image.</param>
    /// <param name="values">Receives element i at index i.</param>
    public static void FillNormal(ulong seed, RandomPurpose purpose, ulong image, Span<double> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Normal(seed, purpose, image, (uint)i);
        }
    }

    private static PhiloxBlock Block(ulong seed, RandomPurpose purpose, ulong image, uint block) =>
        Philox.Block(block, (uint)purpose, (uint)image, (uint)(image >> 32), (uint)seed, (uint)(seed >> 32));
}
