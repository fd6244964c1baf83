using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Tests.Diffusion;

/// <summary>Standard normal numbers from a seed, and bytes to compare.</summary>
internal static class TestLatents
{
    public static double[] Of(ulong seed, int length)
    {
        var z = new double[length];
        HostRandom.FillNormal(seed, RandomPurpose.Latents, 0, z);
        return z;
    }

    public static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (p, q) => (p - q) * (p - q)).Sum());

    public static double Largest(double[] a, double[] b) => a.Zip(b, (p, q) => Math.Abs(p - q)).Max();

    public static void AssertSameBits(double[] expected, double[] actual, string what) => CollectionAssert.AreEqual(
        Array.ConvertAll(expected, BitConverter.DoubleToInt64Bits), Array.ConvertAll(actual, BitConverter.DoubleToInt64Bits), what);
}
