using IlgpuEdm.Data;
using IlgpuEdm.Data.Conversion;

namespace IlgpuEdm.Tests.Data.Conversion;

/// <summary>Converts in tests.</summary>
internal static class Converting
{
    public static ConversionResult Run(ConversionOptions options, List<string>? lines = null)
    {
        using var conversion = DatasetConversion.Open(options);
        return conversion.Run(line => lines?.Add(line));
    }

    /// <summary>Asserts that a data set has the images and labels of another.</summary>
    public static void AssertSame(IImageDataset expected, IImageDataset actual)
    {
        Assert.AreEqual((expected.Count, expected.Height, expected.Width, expected.Channels),
            (actual.Count, actual.Height, actual.Width, actual.Channels), "shape");
        for (long i = 0; i < expected.Count; i++)
        {
            CollectionAssert.AreEqual(expected.Image(i), actual.Image(i), $"image {i}");
            Assert.AreEqual(expected.Label(i), actual.Label(i), $"label {i}");
        }
    }
}
