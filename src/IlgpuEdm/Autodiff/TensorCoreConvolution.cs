using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Convolution;
using IlgpuEdm.Kernels.Primitives;
using ForwardKernel = System.Action<
    IlgpuEdm.Kernels.Convolution.ConvolutionInput, ILGPU.ArrayView<float>, IlgpuEdm.Kernels.Convolution.ConvolutionOutput,
    IlgpuEdm.Kernels.Convolution.ConvolutionShape, IlgpuEdm.Kernels.Convolution.Epilogue>;
using GradientKernel = System.Action<
    IlgpuEdm.Kernels.Convolution.ConvolutionInput, ILGPU.ArrayView<float>, ILGPU.ArrayView<float>,
    IlgpuEdm.Kernels.Convolution.ConvolutionShape, int>;

namespace IlgpuEdm.Autodiff;

/// <summary>Launches of the convolution kernels for tensor cores.</summary>
internal static class TensorCoreConvolution
{
    /// <summary>
    /// Whether a layer runs on tensor cores: if the precision allows it, and channels come 16 bytes at a time. By the layer's shape alone.
    /// </summary>
    /// <param name="device">The device.</param>
    /// <param name="storage">How activations are stored.</param>
    /// <param name="s">The convolution that is made.</param>
    /// <param name="firstOfInput">Channels of the input's first tensor.</param>
    /// <param name="firstOfOutput">Channels of the output's first tensor.</param>
    public static bool Serves(Device device, TensorStorage storage, in ConvolutionShape s, int firstOfInput, int firstOfOutput)
    {
        var vector = 4 * Numbers(storage);
        return Multiply(device, storage)
            && s.In % vector == 0 && firstOfInput % vector == 0 && s.Out % vector == 0 && firstOfOutput % 4 == 0;
    }

    /// <summary>Whether tensor cores multiply what is stored so.</summary>
    /// <param name="device">The device.</param>
    /// <param name="storage">How activations are stored.</param>
    public static bool Multiply(Device device, TensorStorage storage) =>
        device.UsesTensorCores && (storage == TensorStorage.BFloat16 || device.Precision == Precision.Tf32);

    /// <summary>Convolves with the weights, or for the input's gradient with turned weights.</summary>
    public static void Forward(
        Device device, PackedWeightCache? cache, TensorStorage storage, ConvolutionInput x, Tensor weight, ConvolutionOutput y,
        in ConvolutionShape shape, bool turned, Epilogue epilogue)
    {
        var length = (long)shape.Kernel * shape.Kernel * TensorWeights.TapWords(shape.In, Numbers(storage)) * shape.Out;
        using var own = device.Pool.RentScratch(cache == null ? length : 0);
        var words = own.View;
        if (cache?.Find(weight, turned, length, out words) is not true)
        {
            device.Launch(
                storage == TensorStorage.BFloat16 ? TensorWeights.Pack<BFloat16Format> : TensorWeights.Pack<Tf32Format>,
                device.Spread((int)length), new KernelWork(0, 4.0 * (weight.Length + length)), weight.View, words, shape, turned ? 1 : 0);
        }

        var wide = IsWide(device, shape.Out);
        var tiles = ProductTiles.Count((long)shape.Batch * shape.Height * shape.Width, TensorForward.Rows)
            * ProductTiles.Count(shape.Out, wide ? 128 : 64);
        device.Launch(
            Forward(wide, storage), LaunchSize.OfGroups((int)tiles), CooperativeConvolution.Work(shape, storage),
            x, words, y, shape, epilogue);
    }

    /// <summary>Adds to the gradients of weights and bias.</summary>
    public static void WeightGradient(
        Device device, ConvolutionInput x, Tensor dy, Tensor dWeight, Tensor? dBias, ConvolutionShape shape, float scale)
    {
        var wide = IsWide(device, shape.Out);
        var tiles = ProductTiles.Count(shape.Depth, TensorWeightGradient.Rows)
            * ProductTiles.Count(shape.Out, wide ? 128 : 64);
        var pixels = (long)shape.Batch * shape.Height * shape.Width;
        var chunk = TensorWeights.Chunk * Numbers(dy.Storage);
        var slices = ProductTiles.Slices(tiles, pixels / chunk);
        var slicePixels = (int)ProductTiles.Count(ProductTiles.Count(pixels, slices), chunk) * chunk;
        shape.Slices = (int)ProductTiles.Count(pixels, slicePixels);
        using var partial = device.Pool.RentScratch((long)shape.Slices * (shape.Depth + 1) * shape.Out);
        device.Launch(
            Gradient(wide, dy.Storage), LaunchSize.OfGroups((int)tiles * shape.Slices), CooperativeConvolution.Work(shape, dy.Storage),
            x, dy.View, partial.View, shape, slicePixels);
        CooperativeConvolution.AddSlices(device, partial.View, dWeight, null, shape, scale);
        if (dBias != null)
        {
            Convolution.BiasGradient(dy, dBias, scale);
        }
    }

    private static int Numbers(TensorStorage storage) => storage == TensorStorage.BFloat16 ? 2 : 1;

    // 128 columns but where they are few, or much of the last tile would be empty.
    private static bool IsWide(Device device, int columns) => device.Tile switch
    {
        ProductTile.Tile128x128 => true,
        ProductTile.Auto => ProductTiles.Are128Wide(columns),
        _ => false,
    };

    private static ForwardKernel Forward(bool wide, TensorStorage storage) => (wide, storage) switch
    {
        (false, TensorStorage.Float32) => TensorForward.Cooperative<TensorTile64, Tf32Format, Float32>,
        (false, _) => TensorForward.Cooperative<TensorTile64, BFloat16Format, BFloat16>,
        (true, TensorStorage.Float32) => TensorForward.Cooperative<TensorTile128, Tf32Format, Float32>,
        _ => TensorForward.Cooperative<TensorTile128, BFloat16Format, BFloat16>,
    };

    private static GradientKernel Gradient(bool wide, TensorStorage storage) => (wide, storage) switch
    {
        (false, TensorStorage.Float32) => TensorWeightGradient.Cooperative<TensorTile64, Tf32Format, Float32>,
        (false, _) => TensorWeightGradient.Cooperative<TensorTile64, BFloat16Format, BFloat16>,
        (true, TensorStorage.Float32) => TensorWeightGradient.Cooperative<TensorTile128, Tf32Format, Float32>,
        _ => TensorWeightGradient.Cooperative<TensorTile128, BFloat16Format, BFloat16>,
    };
}
