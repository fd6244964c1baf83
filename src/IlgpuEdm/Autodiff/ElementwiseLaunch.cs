using ILGPU;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Elementwise;
using IlgpuEdm.Kernels.Primitives;
using Device = IlgpuEdm.Devices.Device;

namespace IlgpuEdm.Autodiff;

/// <summary>Element-wise kernels of either schedule; all tensors of a pass are stored alike.</summary>
internal static class ElementwiseLaunch
{
    /// <summary>Writes one value everywhere.</summary>
    public static void Fill(Tensor y, float value)
    {
        var device = y.Device;
        if (device.IsCooperative)
        {
            Map<Constant>(y, y, y, value, 0f, 0, Traffic.Of(y));
            return;
        }

        using var to = y.Write();
        device.Launch(ElementwiseKernels.Fill, Items(y), Traffic.Of(y), to.View, y.Length, value);
    }

    /// <summary><c>y = p * a + q * b</c>; b is not read where q is 0.</summary>
    public static void Combine(Tensor a, Tensor b, Tensor y, float p, float q, int accumulate)
    {
        var work = q == 0f ? Traffic.Of(a, y) : Traffic.Of(a, b, y);
        if (a.Device.IsCooperative)
        {
            Map<WeightedSum>(a, b, y, p, q, accumulate, work);
            return;
        }

        using var first = a.Read();
        using var second = (q == 0f ? a : b).Read();
        using var to = y.Write(keep: accumulate != 0);
        a.Device.Launch(
            ElementwiseKernels.Combine, Items(a), work, first.View, second.View, to.View, a.Length, p, q, accumulate);
    }

    /// <summary><c>y = p[n] * a + q[n] * b</c>, the factors those of each image n.</summary>
    public static void CombineImages(Tensor a, Tensor b, ArrayView<float> factors, Tensor y, int batch, int accumulate)
    {
        Shapes.Require(Shapes.Stored(a, y) && Shapes.Stored(b, y), [a, b, y]);
        var device = a.Device;
        if (device.IsCooperative)
        {
            device.Launch(
                y.Storage == TensorStorage.BFloat16 ? ElementwisePass.CombineImages<BFloat16> : ElementwisePass.CombineImages<Float32>,
                Device.Groups((a.Length + 3) / 4), Traffic.Of(a, b, y),
                a.View, b.View, factors, y.View, batch, a.Length / batch, accumulate);
            return;
        }

        using var first = a.Read();
        using var second = b.Read();
        using var to = y.Write(keep: accumulate != 0);
        device.Launch(
            ElementwiseKernels.CombineImages, device.WorkItems(batch), Traffic.Of(a, b, y),
            first.View, second.View, factors, to.View, batch, a.Length / batch, accumulate);
    }

    /// <summary><c>y += rate * (x - y)</c>.</summary>
    public static void Approach(Tensor x, Tensor y, float rate)
    {
        if (x.Device.IsCooperative)
        {
            Map<PartOfTheWay>(x, y, y, rate, 0f, 0, Traffic.Of(x, y, y));
            return;
        }

        using var from = x.Read();
        using var to = y.Write(keep: true);
        x.Device.Launch(ElementwiseKernels.Approach, Items(x), Traffic.Of(x, y, y), from.View, to.View, x.Length, rate);
    }

    /// <summary><c>y = silu(x)</c>.</summary>
    public static void Silu(Tensor x, Tensor y)
    {
        if (x.Device.IsCooperative)
        {
            Map<Silu>(x, x, y, 0f, 0f, 0, Traffic.Of(x, y));
            return;
        }

        using var from = x.Read();
        using var to = y.Write();
        x.Device.Launch(ElementwiseKernels.Silu, Items(x), Traffic.Of(x, y), from.View, to.View, x.Length);
    }

    /// <summary>The gradient of SiLU.</summary>
    public static void SiluGradient(Tensor x, Tensor dy, Tensor dx, int accumulate)
    {
        if (x.Device.IsCooperative)
        {
            Map<SiluGradient>(x, dy, dx, 0f, 0f, accumulate, Traffic.Of(x, dy, dx));
            return;
        }

        using var input = x.Read();
        using var from = dy.Read();
        using var to = dx.Write(keep: accumulate != 0);
        x.Device.Launch(
            ElementwiseKernels.SiluBackward, Items(x), Traffic.Of(x, dy, dx), input.View, from.View, to.View, x.Length, accumulate);
    }

    private static void Map<TOperation>(Tensor a, Tensor b, Tensor y, float p, float q, int accumulate, KernelWork work)
        where TOperation : struct, IElementwise
    {
        Shapes.Require(Shapes.Stored(a, y) && Shapes.Stored(b, y), [a, b, y]);
        y.Device.Launch(
            y.Storage == TensorStorage.BFloat16 ? ElementwisePass.Map<TOperation, BFloat16> : ElementwisePass.Map<TOperation, Float32>,
            Device.Groups((y.Length + 3) / 4), work, a.View, b.View, y.View, y.Length, p, q, accumulate);
    }

    private static int Items(Tensor y) => y.Device.WorkItems(ElementwiseKernels.Tasks(y.Length));
}
