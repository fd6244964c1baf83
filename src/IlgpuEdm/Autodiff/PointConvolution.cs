using IlgpuEdm.Kernels.Matmul;

namespace IlgpuEdm.Autodiff;

/// <summary>
/// Convolution of images of one pixel: of a 3x3 kernel all but the centre meets zeros, so it is a matrix product whose rows are the images.
/// </summary>
internal static class PointConvolution
{
    /// <summary><c>(conv(x) + bias + shift + residual) * scale</c>; shapes are checked by <see cref="Convolution.Convolve"/>.</summary>
    public static Tensor Convolve(
        Tape tape, Tensor x, Tensor weight, Tensor? bias, Tensor? shift, Tensor? residual, float scale, Tensor y)
    {
        int batch = x.Size(0), inputs = weight.Size(2), outputs = weight.Size(3);
        var product = new MatmulShape { Outer = 1, Inner = 1 };
        Matmul.Multiply(x, Centre(weight), bias, y, product with
        {
            Rows = batch,
            Columns = outputs,
            Depth = inputs,
            StrideA = inputs,
            StrideB = outputs,
            StrideC = outputs,
        });
        if (shift != null)
        {
            Elementwise.Combine(y, shift, y, 1f, 1f, accumulate: false);
        }

        if (residual != null || scale != 1f)
        {
            Elementwise.Combine(y, residual, y, scale, scale, accumulate: false);
        }

        tape.Record(y, [x, weight, bias, shift, residual], dy =>
        {
            if (scale != 1f)
            {
                Elementwise.Combine(dy, null, dy, scale, 0f, accumulate: false);
            }

            if (tape.WantsGradient(shift, out var dShift, out var accumulate))
            {
                Elementwise.Combine(dy, null, dShift, 1f, 0f, accumulate != 0);
            }

            if (tape.GradientToAddTo(bias) is { } dBias)
            {
                // The batch takes the place of the pixels of one image.
                Channels.Sum(dy, new Tensor(dy.Device, [1, outputs], dBias.View), accumulate: true);
            }

            if (tape.GradientToAddTo(weight) is { } dWeight)
            {
                Matmul.Multiply(x, dy, null, Centre(dWeight), product with
                {
                    Rows = inputs,
                    Columns = outputs,
                    Depth = batch,
                    TransposeA = 1,
                    StrideA = inputs,
                    StrideB = outputs,
                    StrideC = outputs,
                }, accumulate: 1);
            }

            if (tape.WantsGradient(x, out var dx, out accumulate))
            {
                Matmul.Multiply(dy, Centre(weight), null, dx, product with
                {
                    Rows = batch,
                    Columns = inputs,
                    Depth = outputs,
                    StrideA = outputs,
                    TransposeB = 1,
                    StrideB = outputs,
                    StrideC = inputs,
                }, accumulate: accumulate);
            }

            if (residual != null)
            {
                tape.AddGradient(residual, dy);
            }
            else
            {
                dy.Release();
            }
        });
        return y;
    }

    private static Tensor Centre(Tensor kernel)
    {
        int taps = kernel.Size(0) * kernel.Size(1), size = kernel.Size(2) * kernel.Size(3);
        return new Tensor(kernel.Device, [kernel.Size(2), kernel.Size(3)], kernel.View.SubView(taps / 2 * size, size));
    }
}
