namespace IlgpuEdm.Autodiff.Reference;

/// <summary>
/// Self-attention on the host in float64: softmax(q k^T / sqrt(c)) v for every image and head, where c = channels / heads.
/// The input is qkv, [n, tokens, 3 channels], with the channels in the order q (head, c), k (head, c), v (head, c); the output
/// is [n, tokens, channels] with channels (head, c).
/// </summary>
public static class ReferenceAttention
{
    /// <summary>softmax(q k^T / sqrt(c)) v.</summary>
    /// <param name="qkv">Queries, keys and values, [n, tokens, 3 channels].</param>
    /// <param name="n">Images.</param>
    /// <param name="tokens">Pixels of an image.</param>
    /// <param name="channels">Channels of the output, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Heads.</param>
    /// <returns>Output, [n, tokens, channels].</returns>
    public static double[] Forward(double[] qkv, int n, int tokens, int channels, int heads)
    {
        int c = channels / heads;
        var output = new double[n * tokens * channels];
        ForEachQuery(n, tokens, channels, heads, (image, head, query) =>
        {
            double[] weights = Weights(qkv, image, head, query, tokens, channels, c);
            for (int key = 0; key < tokens; key++)
            {
                for (int i = 0; i < c; i++)
                {
                    double v = qkv[Index(image, key, tokens, channels, 2, head * c + i)];
                    output[(image * tokens + query) * channels + head * c + i] += weights[key] * v;
                }
            }
        });
        return output;
    }

    /// <summary>The gradient with respect to queries, keys and values.</summary>
    /// <param name="qkv">Queries, keys and values, [n, tokens, 3 channels].</param>
    /// <param name="gradOut">Gradient of the output, [n, tokens, channels].</param>
    /// <param name="n">Images.</param>
    /// <param name="tokens">Pixels of an image.</param>
    /// <param name="channels">Channels of the output, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Heads.</param>
    /// <returns>Gradient, in the layout of <paramref name="qkv"/>.</returns>
    public static double[] Gradient(double[] qkv, double[] gradOut, int n, int tokens, int channels, int heads)
    {
        int c = channels / heads;
        double scale = 1 / Math.Sqrt(c);
        var gradient = new double[qkv.Length];
        ForEachQuery(n, tokens, channels, heads, (image, head, query) =>
        {
            double[] weights = Weights(qkv, image, head, query, tokens, channels, c);
            var gradWeights = new double[tokens];
            double mean = 0;
            for (int key = 0; key < tokens; key++)
            {
                for (int i = 0; i < c; i++)
                {
                    double gradO = gradOut[(image * tokens + query) * channels + head * c + i];
                    int v = Index(image, key, tokens, channels, 2, head * c + i);
                    gradient[v] += weights[key] * gradO;
                    gradWeights[key] += gradO * qkv[v];
                }

                mean += weights[key] * gradWeights[key];
            }

            for (int key = 0; key < tokens; key++)
            {
                double gradScore = weights[key] * (gradWeights[key] - mean);
                for (int i = 0; i < c; i++)
                {
                    int q = Index(image, query, tokens, channels, 0, head * c + i);
                    int k = Index(image, key, tokens, channels, 1, head * c + i);
                    gradient[q] += gradScore * scale * qkv[k];
                    gradient[k] += gradScore * scale * qkv[q];
                }
            }
        });
        return gradient;
    }

    // How much one query takes from each token: its row of softmax(q k^T / sqrt(c)).
    private static double[] Weights(double[] qkv, int image, int head, int query, int tokens, int channels, int c)
    {
        var scores = new double[tokens];
        for (int key = 0; key < tokens; key++)
        {
            for (int i = 0; i < c; i++)
            {
                double q = qkv[Index(image, query, tokens, channels, 0, head * c + i)];
                double k = qkv[Index(image, key, tokens, channels, 1, head * c + i)];
                scores[key] += q * k / Math.Sqrt(c);
            }
        }

        double max = scores.Max();
        double[] exponentials = Array.ConvertAll(scores, score => Math.Exp(score - max));
        double sum = exponentials.Sum();
        return Array.ConvertAll(exponentials, e => e / sum);
    }

    private static void ForEachQuery(int n, int tokens, int channels, int heads, Action<int, int, int> visit)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(channels % heads, 0, nameof(heads));
        for (int image = 0; image < n; image++)
        {
            for (int head = 0; head < heads; head++)
            {
                for (int query = 0; query < tokens; query++)
                {
                    visit(image, head, query);
                }
            }
        }
    }

    // Part 0 is q, 1 is k, 2 is v.
    private static int Index(int image, int token, int tokens, int channels, int part, int channel) =>
        ((image * tokens + token) * 3 + part) * channels + channel;
}
