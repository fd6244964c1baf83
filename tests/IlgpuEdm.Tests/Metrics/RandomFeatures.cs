using IlgpuEdm.Diffusion;

namespace IlgpuEdm.Tests.Metrics;

/// <summary>Features that are normal numbers.</summary>
internal static class RandomFeatures
{
    public static float[][] Rows(int count, int length, ulong seed = 7, float offset = 0)
    {
        var rows = new float[count][];
        var values = new double[length];
        for (var i = 0; i < count; i++)
        {
            HostRandom.FillNormal(seed, RandomPurpose.Bench, (ulong)i, values);
            rows[i] = Array.ConvertAll(values, v => (float)v + offset);
        }

        return rows;
    }

    public static double[][] Doubles(int count, int length, ulong seed) =>
        Array.ConvertAll(Rows(count, length, seed), row => Array.ConvertAll(row, v => (double)v));
}
