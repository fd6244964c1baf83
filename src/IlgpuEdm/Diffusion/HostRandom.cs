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
        (double even, double odd) = firstPair ? Pair(block.X, block.Y) : Pair(block.Z, block.W);
        return element % 2 == 0 ? even : odd;
    }

    /// <summary>Fills a buffer with the normals of the elements 0, 1, 2, ... of one image.</summary>
    /// <param name="seed">The seed of the run or image.</param>
    /// <param name="purpose">What the numbers are for.</param>
    /// <param name="image">The number of the image.</param>
    /// <param name="values">Receives element i at index i.</param>
    public static void FillNormal(ulong seed, RandomPurpose purpose, ulong image, Span<double> values) =>
        Fill(seed, purpose, image, 0, values, Normals);

    /// <summary>Fills a buffer with the normals of the elements <paramref name="first"/>, first + 1, ... of one image.</summary>
    internal static void FillNormal(ulong seed, RandomPurpose purpose, ulong image, uint first, Span<double> values) =>
        Fill(seed, purpose, image, first, values, Normals);

    /// <summary>Fills a buffer with the uniform numbers of the elements <paramref name="first"/>, first + 1, ... of one image.</summary>
    internal static void FillUniform(ulong seed, RandomPurpose purpose, ulong image, uint first, Span<double> values) =>
        Fill(seed, purpose, image, first, values, Uniforms);

    // Each block of words is computed once, not for each of its four elements.
    private static void Fill(
        ulong seed, RandomPurpose purpose, ulong image, uint first, Span<double> values, Action<PhiloxBlock, Span<double>> draw)
    {
        Span<double> four = stackalloc double[(int)WordsPerBlock];
        for (int done = 0; done < values.Length;)
        {
            uint element = first + (uint)done;
            draw(Block(seed, purpose, image, element / WordsPerBlock), four);
            Span<double> wanted = four[(int)(element % WordsPerBlock)..];
            wanted = wanted[..Math.Min(wanted.Length, values.Length - done)];
            wanted.CopyTo(values[done..]);
            done += wanted.Length;
        }
    }

    private static void Uniforms(PhiloxBlock block, Span<double> four)
    {
        four[0] = Philox.ToUnitDouble(block.X);
        four[1] = Philox.ToUnitDouble(block.Y);
        four[2] = Philox.ToUnitDouble(block.Z);
        four[3] = Philox.ToUnitDouble(block.W);
    }

    private static void Normals(PhiloxBlock block, Span<double> four)
    {
        (four[0], four[1]) = Pair(block.X, block.Y);
        (four[2], four[3]) = Pair(block.Z, block.W);
    }

    private static (double Even, double Odd) Pair(uint radius, uint angle)
    {
        double u1 = Philox.ToUnitDouble(radius);
        double u2 = Philox.ToUnitDouble(angle);
        double r = Math.Sqrt(-2 * Math.Log(u1));
        (double sin, double cos) = Math.SinCos(2 * Math.PI * u2);
        return (r * cos, r * sin);
    }

    private static PhiloxBlock Block(ulong seed, RandomPurpose purpose, ulong image, uint block) =>
        Philox.Block(block, (uint)purpose, (uint)image, (uint)(image >> 32), (uint)seed, (uint)(seed >> 32));
}
