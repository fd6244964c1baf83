using System.Globalization;

namespace IlgpuEdm.Metrics;

/// <summary>Checks of features, one array an image.</summary>
internal static class FeatureRows
{
    /// <summary>The number of features of every image of two sets.</summary>
    /// <exception cref="EdmException">A set is empty, or they have different numbers.</exception>
    public static int CommonLength(IReadOnlyList<float[]> a, IReadOnlyList<float[]> b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Count == 0 || b.Count == 0)
        {
            throw new EdmException("a set without images cannot be compared with another");
        }

        var length = a[0].Length;
        return a.Concat(b).FirstOrDefault(row => row.Length != length) is { } other
            ? throw new EdmException(string.Create(CultureInfo.InvariantCulture,
                $"images with {length} and {other.Length} features cannot be compared; they come from different feature networks"))
            : length;
    }
}
