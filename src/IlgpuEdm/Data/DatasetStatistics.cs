namespace IlgpuEdm.Data;

/// <summary>What a data set holds, and the mean and deviation of its values on the scale [-1, 1].</summary>
/// <param name="Count">Number of images.</param>
/// <param name="Height">Height of every image.</param>
/// <param name="Width">Width of every image.</param>
/// <param name="Channels">Channels of every image.</param>
/// <param name="LabelDim">Number of classes; 0 where there are no labels.</param>
/// <param name="Mean">Mean over all values of all images, v / 127.5 - 1.</param>
/// <param name="StandardDeviation">Standard deviation of the same about their mean: what EDM calls sigma_data.</param>
public sealed record DatasetStatistics(
    long Count, int Height, int Width, int Channels, int LabelDim, double Mean, double StandardDeviation)
{
    /// <summary>The root mean square of all values: their deviation about 0, which preconditioning and weights assume.</summary>
    public double RootMeanSquare => Math.Sqrt(Mean * Mean + StandardDeviation * StandardDeviation);

    /// <summary>Reads every image once. The sums are exact, since they count how often each byte occurs.</summary>
    /// <param name="data">The data set.</param>
    /// <returns>Its statistics.</returns>
    public static DatasetStatistics Measure(IImageDataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var histogram = new long[256];
        var pixels = new byte[data.Height * data.Width * data.Channels];
        for (long i = 0; i < data.Count; i++)
        {
            data.ReadImage(i, pixels);
            foreach (var value in pixels)
            {
                histogram[value]++;
            }
        }
        Int128 sum = 0;
        Int128 squares = 0;
        for (var value = 0; value < histogram.Length; value++)
        {
            sum += (Int128)value * histogram[value];
            squares += (Int128)value * value * histogram[value];
        }
        var total = (Int128)pixels.Length * data.Count;
        var mean = (double)sum / (double)total / 127.5 - 1;
        // n * sum of squares - square of the sum, in whole numbers, so nothing cancels.
        var deviation = Math.Sqrt((double)((total * squares) - (sum * sum))) / (double)total / 127.5;
        return new DatasetStatistics(data.Count, data.Height, data.Width, data.Channels, data.LabelDim, mean, deviation);
    }
}
