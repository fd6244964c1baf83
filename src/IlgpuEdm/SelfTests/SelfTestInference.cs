using IlgpuEdm.Autodiff;
using IlgpuEdm.Autodiff.Reference;
using Windows = IlgpuEdm.Autodiff.Reference.ReferenceInference.Windows;

namespace IlgpuEdm.SelfTests;

/// <summary>Operations without a gradient; they write into the middle of wider tensors, whose other channels must stay.</summary>
internal static class SelfTestInference
{
    private const int Before = 4, Behind = 8;

    public static void Convolve(SelfTestRun run, Windows s, int inC, int outC, bool rectify)
    {
        var name = $"convolution {s.KernelY}x{s.KernelX}, stride {s.Stride}, padding {s.PadY} and {s.PadX}, {s.N} of {s.H}x{s.W}, "
            + $"{inC} to {outC} channels{(rectify ? ", rectified" : "")}";
        float[] hx = run.Numbers(s.N * s.H * s.W * inC), hw = run.Numbers(s.KernelY * s.KernelX * inC * outC), hb = run.Numbers(outC);
        var expected = ReferenceInference.Convolve(
            SelfTestRun.Widen(hx), SelfTestRun.Widen(hw), SelfTestRun.Widen(hb), s, inC, rectify);
        using var tape = new Tape(run.Device, recording: false);
        var x = tape.From(hx, s.N, s.H, s.W, inC);
        var weight = tape.From(hw, s.KernelY, s.KernelX, inC, outC);
        var bias = tape.From(hb, outC);
        run.Compare(name, tape.ConvolveGeneral(x, weight, bias, s.Stride, s.PadY, s.PadX, rectify), expected);
        Into(run, tape, name, s, outC, expected, range => tape.ConvolveGeneral(x, weight, bias, s.Stride, s.PadY, s.PadX, rectify, range));
    }

    public static void Pool(SelfTestRun run, Windows s, int c, bool maximum)
    {
        var name = $"{(maximum ? "maximum" : "mean")} of {s.KernelY}x{s.KernelX} pixels, stride {s.Stride}, padding {s.PadY}, "
            + $"{s.N} of {s.H}x{s.W}, {c} channels";
        var hx = run.Numbers(s.N * s.H * s.W * c);
        var expected = ReferenceInference.Pool(SelfTestRun.Widen(hx), s, c, maximum);
        using var tape = new Tape(run.Device, recording: false);
        var x = tape.From(hx, s.N, s.H, s.W, c);
        run.Compare(name, Apply(null), expected);
        Into(run, tape, name, s, c, expected, range => Apply(range));

        Tensor Apply(ChannelRange? range) => maximum ? tape.MaxPool(x, s.KernelY, s.Stride, s.PadY, range)
            : tape.AveragePool(x, s.KernelY, s.Stride, s.PadY, range);
    }

    public static void Resize(SelfTestRun run, int n, int h, int w, int c, int outH, int outW, int outC)
    {
        const float scale = 0.7f, shift = -0.3f;
        var hx = run.Numbers(n * h * w * c);
        using var tape = new Tape(run.Device, recording: false);
        var y = tape.ResizeBilinear(tape.From(hx, n, h, w, c), outH, outW, outC, scale, shift);
        var expected = ReferenceInference.Resize(SelfTestRun.Widen(hx), n, h, w, c, outH, outW, outC);
        run.Compare(
            $"bilinear resizing, {n} of {h}x{w} to {outH}x{outW}, {c} to {outC} channels", y,
            Array.ConvertAll(expected, v => scale * v + shift));
    }

    private static void Into(
        SelfTestRun run, Tape tape, string name, Windows s, int channels, double[] result, Action<ChannelRange> write)
    {
        var stride = Before + channels + Behind;
        var around = run.Numbers(s.N * s.OutH * s.OutW * stride);
        var y = tape.From(around, s.N, s.OutH, s.OutW, stride);
        write(new ChannelRange(y, Before));
        var expected = SelfTestRun.Widen(around);
        for (var i = 0; i < result.Length; i++)
        {
            expected[i / channels * stride + Before + i % channels] = result[i];
        }

        run.Compare($"{name}, between other channels", y, expected);
    }
}
