using ILGPU;
using ILGPU.Runtime;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Kernels.Random;
using Device = IlgpuEdm.Devices.Device;

namespace IlgpuEdm.Autodiff;

/// <summary>Seed and number of the first image, in a small buffer on the device from which kernels draw.</summary>
public sealed class RandomKey : IDisposable
{
    private readonly Device _device;
    private readonly MemoryBuffer1D<uint, Stride1D.Dense> _words;
    private readonly ulong _seed;

    /// <summary>Makes the key of a seed, for image 0.</summary>
    /// <param name="device">Where the draws happen.</param>
    /// <param name="seed">The seed.</param>
    public RandomKey(Device device, ulong seed)
    {
        _device = device;
        _seed = seed;
        _words = device.Accelerator.Allocate1D<uint>(RandomKernels.KeyWords);
        FirstImage(0);
    }

    internal ArrayView<uint> View => _words.View;

    /// <summary>Sets the number of the first image of the draws that follow.</summary>
    /// <param name="image">The number, from 0.</param>
    public void FirstImage(long image)
    {
        var number = (ulong)image;
        ReadOnlySpan<uint> words = [(uint)_seed, (uint)(_seed >> 32), (uint)number, (uint)(number >> 32)];
        _device.Upload(words, View);
    }

    /// <summary>Fills a tensor with standard normals, those of image n of the batch keyed by <c>first image + n</c>.</summary>
    /// <param name="tensor">The tensor, <c>[N, ...]</c>.</param>
    /// <param name="purpose">What the draws are for.</param>
    public void Normal(Tensor tensor, RandomPurpose purpose) =>
        Draw(tensor, purpose, _device.IsCooperative ? RandomPass.Draw<NormalDraw> : RandomKernels.Normal);

    /// <summary>Fills a tensor with uniform draws between 0 and 1, keyed as <see cref="Normal"/>.</summary>
    /// <param name="tensor">The tensor, <c>[N, ...]</c>.</param>
    /// <param name="purpose">What the draws are for.</param>
    public void Uniform(Tensor tensor, RandomPurpose purpose) =>
        Draw(tensor, purpose, _device.IsCooperative ? RandomPass.Draw<UniformDraw> : RandomKernels.Uniform);

    /// <summary>Frees the buffer.</summary>
    public void Dispose() => _words.Dispose();

    private void Draw(Tensor tensor, RandomPurpose purpose, Action<ArrayView<float>, ArrayView<uint>, uint, int, int> kernel)
    {
        var batch = tensor.Size(0);
        var imageSize = tensor.Length / batch;
        using var to = tensor.Write();
        _device.Launch(
            kernel, _device.Spread(RandomKernels.Tasks(batch, imageSize)), Traffic.Of(tensor),
            to.View, View, (uint)purpose, batch, imageSize);
    }
}
