namespace IlgpuEdm.Autodiff.Reference;

/// <summary>The mean over pixels and the cross-entropy of a softmax on the host in float64.</summary>
public static class ReferenceClassification
{
    /// <summary>The mean of each channel over the pixels.</summary>
    /// <param name="x">Input, [n, pixels, c].</param>
    /// <param name="n">Images.</param>
    /// <param name="pixels">Pixels of an image.</param>
    /// <param name="c">Channels.</param>
    /// <returns>Means, [n, c].</returns>
    public static double[] MeanPixels(double[] x, int n, int pixels, int c)
    {
        var means = new double[n * c];
        for (int i = 0; i < x.Length; i++)
        {
            means[i / (pixels * c) * c + i % c] += x[i] / pixels;
        }

        return means;
    }

    /// <summary>The gradient of <see cref="MeanPixels"/>: an equal part to each pixel.</summary>
    /// <param name="gradOut">Gradient of the means, [n, c].</param>
    /// <param name="n">Images.</param>
    /// <param name="pixels">Pixels of an image.</param>
    /// <param name="c">Channels.</param>
    /// <returns>Gradient of the input, [n, pixels, c].</returns>
    public static double[] MeanPixelsGradient(double[] gradOut, int n, int pixels, int c)
    {
        var gradient = new double[n * pixels * c];
        for (int i = 0; i < gradient.Length; i++)
        {
            gradient[i] = gradOut[i / (pixels * c) * c + i % c] / pixels;
        }

        return gradient;
    }

    /// <summary>The softmax of each row.</summary>
    /// <param name="logits">Rows of as many numbers as classes.</param>
    /// <param name="classes">Classes.</param>
    /// <returns>Probabilities, in the layout of <paramref name="logits"/>.</returns>
    public static double[] Softmax(double[] logits, int classes)
    {
        var result = new double[logits.Length];
        for (int first = 0; first < logits.Length; first += classes)
        {
            double maximum = logits.AsSpan(first, classes).ToArray().Max();
            double sum = 0;
            for (int i = first; i < first + classes; i++)
            {
                result[i] = Math.Exp(logits[i] - maximum);
                sum += result[i];
            }

            for (int i = first; i < first + classes; i++)
            {
                result[i] /= sum;
            }
        }

        return result;
    }

    /// <summary>The cross-entropy of each row's softmax with the right class.</summary>
    /// <param name="logits">Rows of as many numbers as classes.</param>
    /// <param name="labels">The right class of each row.</param>
    /// <returns>-ln of the right class's probability, one a row.</returns>
    public static double[] CrossEntropy(double[] logits, int[] labels)
    {
        int classes = logits.Length / labels.Length;
        return [.. labels.Select((label, n) =>
        {
            double[] row = logits.AsSpan(n * classes, classes).ToArray();
            double maximum = row.Max();
            return Math.Log(row.Sum(z => Math.Exp(z - maximum))) + maximum - row[label];
        })];
    }

    /// <summary>The gradient of the summed <see cref="CrossEntropy"/>: scale (softmax - one at the right class).</summary>
    /// <param name="logits">Rows of as many numbers as classes.</param>
    /// <param name="labels">The right class of each row.</param>
    /// <param name="scale">What the sum is multiplied by: 1 / batch in training.</param>
    /// <returns>Gradient of the logits.</returns>
    public static double[] CrossEntropyGradient(double[] logits, int[] labels, double scale)
    {
        int classes = logits.Length / labels.Length;
        double[] gradient = Softmax(logits, classes);
        for (int n = 0; n < labels.Length; n++)
        {
            gradient[n * classes + labels[n]] -= 1;
        }

        return Array.ConvertAll(gradient, g => scale * g);
    }
}
