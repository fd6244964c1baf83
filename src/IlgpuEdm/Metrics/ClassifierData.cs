using IlgpuEdm.Data;

namespace IlgpuEdm.Metrics;

/// <summary>Checks of data sets for a classifier, each with one line that says what is wrong and what to do.</summary>
internal static class ClassifierData
{
    /// <summary>Refuses data without labels.</summary>
    /// <exception cref="EdmException">There are none.</exception>
    public static void RequireLabels(IImageDataset data)
    {
        if (data.LabelDim == 0)
        {
            throw new EdmException(
                $"{data.Source}: the images have no labels; add a dataset.json or put them into one folder a class");
        }

        if (data.HasLabelVectors)
        {
            throw new EdmException($"{data.Source}: its labels are vectors; a classifier needs classes, whole numbers in dataset.json");
        }
    }

    /// <summary>Refuses data that no classifier can be trained on.</summary>
    /// <exception cref="EdmException">There are no labels or fewer than two classes.</exception>
    public static void RequireClasses(IImageDataset data)
    {
        RequireLabels(data);
        if (data.LabelDim < 2)
        {
            throw new EdmException($"{data.Source}: all images are of one class; a classifier needs two or more");
        }
    }

    /// <summary>Refuses data that a classifier cannot judge.</summary>
    /// <exception cref="EdmException">There are no labels, images of another size, or more classes.</exception>
    public static void RequireFit(ClassifierOptions options, IImageDataset data)
    {
        RequireLabels(data);
        if (data.Height != options.Height || data.Width != options.Width || data.Channels != options.ImageChannels)
        {
            throw new EdmException(
                $"{data.Source}: its images are {Size(data.Width, data.Height, data.Channels)}, the classifier's "
                + $"{Size(options.Width, options.Height, options.ImageChannels)}; use a classifier trained on such images");
        }

        if (data.LabelDim > options.Classes)
        {
            throw new EdmException(
                $"{data.Source}: it has {data.LabelDim} classes, the classifier {options.Classes}; use a classifier of the same classes");
        }
    }

    private static string Size(int width, int height, int channels) =>
        $"{width}x{height} with {channels} channel{(channels == 1 ? "" : "s")}";
}
