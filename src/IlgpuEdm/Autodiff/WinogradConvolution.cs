using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Convolution;

namespace IlgpuEdm.Autodiff;

/// <summary>
/// For which layers a 3x3 convolution is computed by F(2x2, 3x3) (Lavin and Gray 2016): 16 products for 36. Its transforms only add,
/// subtract and halve, and its sums are nine times shorter: a test holds the largest error at 256 channels, relative to the largest
/// value, below 2e-6 in the output and 1e-6 in the gradient of the weights.
/// </summary>
internal static class WinogradConvolution
{
    // Remainders go channel by channel, which costs more than the products save.
    private const int Vector = 4;
    private const int Least = 8;

    /// <summary>Whether a layer is computed so: by its shape alone, so that neither machine nor batch changes a result.</summary>
    /// <param name="shape">Height, width, channels and kernel.</param>
    /// <param name="method">What is asked for.</param>
    /// <returns>
    /// For <see cref="ConvolutionMethod.Auto"/> true for 3x3 kernels on images with more than one row and column whose channels are
    /// multiples of 4, at least 8.
    /// </returns>
    public static bool Serves(in ConvolutionShape shape, ConvolutionMethod method) =>
        method != ConvolutionMethod.Direct && shape is { Kernel: 3, Height: > 1, Width: > 1 }
        && (method == ConvolutionMethod.Winograd
            || (shape is { In: >= Least, Out: >= Least } && shape.In % Vector == 0 && shape.Out % Vector == 0));
}
