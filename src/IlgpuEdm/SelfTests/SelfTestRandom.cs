using IlgpuEdm.Autodiff;
using IlgpuEdm.Autodiff.Reference;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Kernels;

namespace IlgpuEdm.SelfTests;

internal static class SelfTestRandom
{
    // The last image's number does not fit 32 bits.
    private const long FirstImage = uint.MaxValue - 1L;
    private const int Layer = 3;
    private const int LayerShift = 8;

    public static void Drop(SelfTestRun run, int n, int size, float rate)
    {
        var name = $"dropout, {n} of {size}";
        float[] hx = run.Numbers(n * size), hg = run.Numbers(n * size);
        var x = run.Leaf(hx, n, size);
        run.DropoutKey.FirstImage(FirstImage);

        var y = run.Tape.Drop(x, rate, Layer);
        var factors = Enumerable.Range(0, n * size).Select(i => Factor(i / size, i % size, rate)).ToArray();
        run.Compare(name, y, [.. factors.Zip(hx, (f, v) => f * v)]);
        run.Backward(y, hg);
        run.CompareGradient($"{name}: gradient", x, [.. factors.Zip(hg, (f, v) => f * v)]);
    }

    public static void Normal(SelfTestRun run, int n, int size)
    {
        using var key = new RandomKey(run.Device, SelfTestRun.DropoutSeed);
        key.FirstImage(FirstImage);
        var y = run.Tape.New(n, size);
        key.Normal(y, RandomPurpose.TrainingNoise);
        var expected = new double[n * size];
        for (var i = 0; i < n; i++)
        {
            HostRandom.FillNormal(
                SelfTestRun.DropoutSeed, RandomPurpose.TrainingNoise, (ulong)(FirstImage + i), expected.AsSpan(i * size, size));
        }

        run.Compare($"normal draws, {n} of {size}", y, expected);
    }

    public static void PositionalEmbedding(SelfTestRun run, int channels)
    {
        float[] levels = [0f, -1.55f, 1.1f, 0.37f, -200.5f];
        foreach (var (endpoint, sineFirst) in new[] { (false, true), (true, false) })
        {
            var y = run.Tape.PositionalEmbedding(levels, channels, endpoint, sineFirst);
            run.Compare(
                $"positional embedding, {channels} channels{(endpoint ? ", endpoint" : "")}{(sineFirst ? ", sines first" : "")}", y,
                ReferenceEmbedding.Positional(SelfTestRun.Widen(levels), channels, endpoint, sineFirst));
        }
    }

    public static void FourierEmbedding(SelfTestRun run, int frequencies)
    {
        // c_noise = ln(sigma) / 4 at sigma from 0.002 to 80, and frequencies of standard deviation 16 and beyond.
        float[] levels = [0f, -1.5536520f, 1.0955067f, 0.37f, -0.002f];
        var f = Array.ConvertAll(run.Numbers(frequencies), v => 64f * v);
        var y = run.Tape.FourierEmbedding(levels, run.Tape.From(f, frequencies));
        run.Compare($"Fourier embedding, {frequencies} frequencies", y, ReferenceEmbedding.Fourier(levels, f));
    }

    private static double Factor(int image, int element, float rate)
    {
        var number = (ulong)(FirstImage + image);
        var purpose = (uint)RandomPurpose.Dropout | (Layer << LayerShift);
        var block = Philox.Block(
            (uint)element / 4, purpose, (uint)number, (uint)(number >> 32),
            (uint)SelfTestRun.DropoutSeed, (uint)(SelfTestRun.DropoutSeed >> 32));
        var word = (element % 4) switch
        {
            0 => block.X,
            1 => block.Y,
            2 => block.Z,
            _ => block.W,
        };
        return Philox.ToUnit(word) >= rate ? 1.0 / (1.0 - rate) : 0;
    }
}
