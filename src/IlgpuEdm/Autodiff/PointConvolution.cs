namespace IlgpuEdm.Autodiff;

/// <summary>
/// Convolution of images of one pixel: of a 3x3 kernel all but the centre meets zeros, so it is a matrix product whose rows are the images.
/// That of the fat schedule; the cooperative kernels serve any image.
/// </summary>
internal static class PointConvolution
{
    /// <summary><c>(conv(x) + bias + shift + residual) * scale</c>; shapes are checked by <see cref="Convolution.Convolve"/>.</summary>
    public static Tensor Convolve(
        Tape tape, Tensor x, Tensor weight, Tensor? bias, Tensor? shift, Tensor? residual, float scale, Tensor y)
    {
        var isNarrow = y.Storage != TensorStorage.Float32;
        using (var buffer = tape.Device.Pool.RentScratch(isNarrow ? y.Length : 0))
        {
            // Rounded once, at the end.
            var sums = isNarrow ? new Tensor(tape.Device, [.. y.Shape], buffer.View) : y;
            Matmul.Forward(x, Centre(weight), bias, sums);
            if (shift != null)
            {
                Elementwise.Combine(sums, shift, sums, 1f, 1f, accumulate: false);
            }

            if (residual != null || scale != 1f)
            {
                Elementwise.Combine(sums, residual, sums, scale, scale, accumulate: false);
            }

            if (isNarrow)
            {
                FloatElements.Convert(tape.Device, sums.View, y.View, y.Length, widen: false);
            }
        }

        tape.Record(y, [x, weight, bias, shift, residual], dy =>
        {
            using var buffer = tape.Device.Pool.RentScratch(scale == 1f ? 0 : dy.Length);
            var scaled = scale == 1f ? dy : new Tensor(tape.Device, [.. dy.Shape], buffer.View);
            if (scale != 1f)
            {
                Elementwise.Combine(dy, null, scaled, scale, 0f, accumulate: false);
            }

            if (tape.WantsGradient(shift, out var dShift, out var accumulate))
            {
                Elementwise.Combine(scaled, null, dShift, 1f, 0f, accumulate != 0);
            }

            var dWeight = tape.GradientToAddTo(weight);
            var dBias = tape.GradientToAddTo(bias);
            var wanted = tape.WantsGradient(x, out var dx, out accumulate);
            Matmul.Backward(
                x, scaled, Centre(weight), dWeight == null ? null : Centre(dWeight), dBias, wanted ? dx : null, accumulate);
            tape.AddGradient(residual, dy, scale);
        });
        return y;
    }

    private static Tensor Centre(Tensor kernel)
    {
        int taps = kernel.Size(0) * kernel.Size(1), size = kernel.Size(2) * kernel.Size(3);
        return new Tensor(kernel.Device, [kernel.Size(2), kernel.Size(3)], kernel.View.SubView(taps / 2 * size, size));
    }
}
