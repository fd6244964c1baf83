using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Convolution;
using IlgpuEdm.Kernels.Primitives;
using ForwardKernel = System.Action<
    IlgpuEdm.Kernels.Convolution.ConvolutionInput, ILGPU.ArrayView<float>, IlgpuEdm.Kernels.Convolution.ConvolutionOutput,
    IlgpuEdm.Kernels.Convolution.ConvolutionShape, IlgpuEdm.Kernels.Convolution.Epilogue>;
using GradientKernel = System.Action<
    IlgpuEdm.Kernels.Convolution.ConvolutionInput, ILGPU.ArrayView<float>, ILGPU.ArrayView<float>,
    IlgpuEdm.Kernels.Convolution.ConvolutionShape>;

namespace IlgpuEdm.Autodiff;

/// <summary>The cooperative convolution kernels: a variant a tile and a storage.</summary>
internal static class ConvolutionVariants
{
    /// <summary>The forward kernel of a variant.</summary>
    public static ForwardKernel Forward(ProductTile tile, TensorStorage storage) => tile switch
    {
        ProductTile.Tile128x128 => Forward<Tile128x128>(storage),
        ProductTile.Tile128x64 => Forward<Tile128x64>(storage),
        ProductTile.Tile64x64 => Forward<Tile64x64>(storage),
        ProductTile.Tile64x32 => Forward<Tile64x32>(storage),
        _ => Forward<Tile64x32Scalars>(storage),
    };

    /// <summary>The kernel of a variant that sums slices of the gradients of weights and bias.</summary>
    public static GradientKernel WeightGradient(ProductTile tile, TensorStorage storage) => tile switch
    {
        ProductTile.Tile128x128 => WeightGradient<Tile128x128>(storage),
        ProductTile.Tile128x64 => WeightGradient<Tile128x64>(storage),
        ProductTile.Tile64x64 => WeightGradient<Tile64x64>(storage),
        ProductTile.Tile64x32 => WeightGradient<Tile64x32>(storage),
        _ => WeightGradient<Tile64x32Scalars>(storage),
    };

    private static ForwardKernel Forward<TTile>(TensorStorage storage)
        where TTile : struct, IProductTile =>
        storage == TensorStorage.BFloat16 ? ConvolutionForward.Cooperative<TTile, BFloat16>
            : ConvolutionForward.Cooperative<TTile, Float32>;

    private static GradientKernel WeightGradient<TTile>(TensorStorage storage)
        where TTile : struct, IProductTile =>
        storage == TensorStorage.BFloat16 ? ConvolutionWeightGradient.Cooperative<TTile, BFloat16>
            : ConvolutionWeightGradient.Cooperative<TTile, Float32>;
}
