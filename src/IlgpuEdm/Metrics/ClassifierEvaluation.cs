using IlgpuEdm.Data;

namespace IlgpuEdm.Metrics;

/// <summary>
/// How well a classifier recognises labelled images, or, where the labels are what a model was asked for, how well the model drew what
/// it was asked for.
/// </summary>
public sealed class ClassifierEvaluation
{
    private const int ImagesAtOnce = 512;
    private readonly RecognitionSum[] _classes;

    /// <summary>Starts with no image.</summary>
    /// <param name="classes">Number of classes.</param>
    public ClassifierEvaluation(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        _classes = new RecognitionSum[classes];
    }

    /// <summary>All images.</summary>
    public Recognition Overall => _classes.Aggregate(default(RecognitionSum), (a, b) => a.Plus(b)).Result();

    /// <summary>The images of each class; those of a class without images are not a number but for their count.</summary>
    public IReadOnlyList<Recognition> Classes => [.. _classes.Select(c => c.Result())];

    /// <summary>Judges a data set.</summary>
    /// <param name="classifier">The classifier.</param>
    /// <param name="data">Images of its size with labels among its classes.</param>
    /// <param name="maxImages">How many images to take at most, evenly from the whole set.</param>
    /// <param name="onProgress">Is given the number of images done; null for nobody.</param>
    /// <param name="stop">Ends the evaluation before its time.</param>
    /// <returns>The figures.</returns>
    /// <exception cref="EdmException">The data do not fit the classifier.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static ClassifierEvaluation Measure(
        ImageClassifier classifier, IImageDataset data, long maxImages = long.MaxValue, Action<int>? onProgress = null,
        CancellationToken stop = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxImages);
        ClassifierData.RequireFit(classifier.Options, data);
        var evaluation = new ClassifierEvaluation(classifier.Options.Classes);
        var count = Math.Min(maxImages, data.Count);
        for (long first = 0; first < count; first += ImagesAtOnce)
        {
            stop.ThrowIfCancellationRequested();
            var indices = new long[Math.Min(ImagesAtOnce, count - first)];
            var images = new byte[indices.Length][];
            for (var i = 0; i < images.Length; i++)
            {
                indices[i] = (long)((Int128)(first + i) * data.Count / count);
                images[i] = new byte[data.Height * data.Width * data.Channels];
                data.ReadImage(indices[i], images[i]);
            }

            evaluation.Add(classifier.Predict(images), [.. indices.Select(data.Label)]);
            onProgress?.Invoke((int)Math.Min(first + images.Length, int.MaxValue));
        }

        return evaluation;
    }

    /// <summary>Adds images.</summary>
    /// <param name="probabilities">What <see cref="ImageClassifier.Predict"/> said of them.</param>
    /// <param name="labels">The class of each.</param>
    /// <exception cref="ArgumentException">There are not as many labels as images, or one is outside the classes.</exception>
    public void Add(IReadOnlyList<double[]> probabilities, ReadOnlySpan<int> labels)
    {
        if (labels.Length != probabilities.Count)
        {
            throw new ArgumentException($"{labels.Length} labels for {probabilities.Count} images", nameof(labels));
        }

        for (var i = 0; i < labels.Length; i++)
        {
            var row = probabilities[i];
            if (labels[i] < 0 || labels[i] >= _classes.Length || row.Length != _classes.Length)
            {
                throw new ArgumentException($"label {labels[i]} and {row.Length} probabilities for {_classes.Length} classes");
            }

            var p = row[labels[i]];
            _classes[labels[i]] = _classes[labels[i]].Plus(
                new RecognitionSum(1, Array.IndexOf(row, row.Max()) == labels[i] ? 1 : 0, p, p * p));
        }
    }
}

/// <summary>How well some images were recognised.</summary>
/// <param name="Images">Number of images.</param>
/// <param name="Accuracy">Share of images whose own class was the most probable.</param>
/// <param name="AccuracyError">Standard error of the accuracy, sqrt(p (1 - p) / n).</param>
/// <param name="Probability">Mean probability of the images' own classes.</param>
/// <param name="ProbabilityError">Standard error of that mean; not a number for one image.</param>
public sealed record Recognition(long Images, double Accuracy, double AccuracyError, double Probability, double ProbabilityError);

internal readonly record struct RecognitionSum(long Images, long Correct, double Sum, double Squares)
{
    public RecognitionSum Plus(RecognitionSum other) =>
        new(Images + other.Images, Correct + other.Correct, Sum + other.Sum, Squares + other.Squares);

    public Recognition Result()
    {
        double n = Images, accuracy = Correct / n, mean = Sum / n;
        var variance = Math.Max(Squares / n - mean * mean, 0) * n / (n - 1);
        return new Recognition(Images, accuracy, Math.Sqrt(accuracy * (1 - accuracy) / n), mean, Math.Sqrt(variance / n));
    }
}
