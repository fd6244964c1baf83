namespace IlgpuEdm.Tests.Reference;

/// <summary>Between the golden attention's [n heads, c, tokens] and our [n, tokens, parts (heads c)], parts being q, k, v.</summary>
internal static class AttentionLayout
{
    public static double[] Qkv(double[] q, double[] k, double[] v, int n, int heads, int c, int tokens)
    {
        var qkv = new double[3 * q.Length];
        double[][] parts = [q, k, v];
        for (int part = 0; part < 3; part++)
        {
            ForEach(n, heads, c, tokens, 3, part, (theirs, ours) => qkv[ours] = parts[part][theirs]);
        }

        return qkv;
    }

    public static double[] FromHeads(double[] values, int n, int heads, int c, int tokens)
    {
        var result = new double[values.Length];
        ForEach(n, heads, c, tokens, 1, 0, (theirs, ours) => result[ours] = values[theirs]);
        return result;
    }

    public static double[] ToHeads(double[] values, int n, int heads, int c, int tokens, int parts, int part)
    {
        var result = new double[values.Length / parts];
        ForEach(n, heads, c, tokens, parts, part, (theirs, ours) => result[theirs] = values[ours]);
        return result;
    }

    private static void ForEach(int n, int heads, int c, int tokens, int parts, int part, Action<int, int> visit)
    {
        for (int theirs = 0; theirs < n * heads * c * tokens; theirs++)
        {
            int token = theirs % tokens;
            int channel = theirs / tokens % c;
            int head = theirs / (tokens * c) % heads;
            int image = theirs / (tokens * c * heads);
            visit(theirs, (((image * tokens + token) * parts + part) * heads + head) * c + channel);
        }
    }
}
