using IlgpuEdm.Metrics;

namespace IlgpuEdm.Tests.Metrics;

/// <summary>Mean and covariance by their definitions.</summary>
internal static class PlainStatistics
{
    public static FeatureStatistics Of(double[][] rows)
    {
        var length = rows[0].Length;
        double[] mean = [.. Enumerable.Range(0, length).Select(f => rows.Average(row => row[f]))];
        var covariance = new double[length * length];
        foreach (var row in rows)
        {
            double[] centred = [.. row.Zip(mean, (v, m) => v - m)];
            for (var i = 0; i < length; i++)
            {
                for (var j = 0; j < length; j++)
                {
                    covariance[i * length + j] += centred[i] * centred[j] / (rows.Length - 1);
                }
            }
        }

        return new FeatureStatistics(mean, covariance, rows.Length);
    }
}
