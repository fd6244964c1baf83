using ILGPU;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Tests.Operations;

/// <summary>
/// Kernels around the portable bodies that use local memory, which exists inside kernels only. The CPU accelerator runs them as .NET code.
/// </summary>
public static class PrimitiveKernels
{
    /// <summary>The integers of a call, in order.</summary>
    public struct Integers
    {
        public int I0, I1, I2, I3, I4, I5, I6, I7, I8, I9, I10, I11, I12, I13;
    }

    /// <summary>Launches the kernel around a portable body; false if it needs none.</summary>
    internal static bool TryLaunch(Device device, string name, object[] arguments)
    {
        ArrayView<float>[] v = [.. arguments.OfType<ArrayView<float>>()];
        int[] i = [.. arguments.OfType<int>()];
        if (name.StartsWith("Winograd", StringComparison.Ordinal))
        {
            return WinogradCases.TryLaunch(device, name, v, i);
        }

        if (name is not ("Tile.MultiplyLines" or "Tile.MultiplyStrip" or "OuterTile.Accumulate32" or "OuterTile.Accumulate16"
            or "MatrixTile.Multiply" or "SquaredDistances.Compute"))
        {
            return false;
        }

        var integers = new Integers
        {
            I0 = i[0],
            I1 = i[1],
            I2 = i[2],
            I3 = i[3],
            I4 = i[4],
            I5 = i[5],
            I6 = i[6],
            I7 = i.Length > 7 ? i[7] : 0,
            I8 = i.Length > 8 ? i[8] : 0,
            I9 = i.Length > 9 ? i[9] : 0,
            I10 = i.Length > 10 ? i[10] : 0,
            I11 = i.Length > 11 ? i[11] : 0,
            I12 = i.Length > 12 ? i[12] : 0,
            I13 = i.Length > 13 ? i[13] : 0,
        };
        if (name == "Tile.MultiplyLines")
        {
            device.Launch(MultiplyLines, 1, default, v[0], v[1], v[2], v[3], v[4], v[5], arguments.OfType<float>().Single(), integers);
        }
        else if (name == "Tile.MultiplyStrip")
        {
            device.Launch(MultiplyStrip, 1, default, v[0], v[1], v[2], v[3], v[4], arguments.OfType<float>().Single(), integers);
        }
        else if (name == "MatrixTile.Multiply")
        {
            device.Launch(Multiply, 1, default, v[0], v[1], v[2], v[3], integers);
        }
        else if (name == "SquaredDistances.Compute")
        {
            device.Launch(Distances, 1, default, v[0], v[1], v[2], integers);
        }
        else
        {
            device.Launch(name == "OuterTile.Accumulate16" ? Accumulate16 : Accumulate32, 1, default, v[0], v[1], v[2], integers);
        }

        return true;
    }

    private static void MultiplyLines(
        ArrayView<float> a, ArrayView<float> b, ArrayView<float> tile, ArrayView<float> y, ArrayView<float> bias, ArrayView<float> residual,
        float scale, Integers i) =>
        Tile.MultiplyLinesPortable(
            a, i.I0, i.I1, i.I2, i.I3, i.I4, i.I5, b, i.I6, tile, i.I7, y, i.I8, i.I9, i.I10, bias, i.I11, residual, i.I12, scale, i.I13);

    private static void MultiplyStrip(
        ArrayView<float> a, ArrayView<float> b, ArrayView<float> tile, ArrayView<float> y, ArrayView<float> bias, float floor,
        Integers i) =>
        Tile.MultiplyStripPortable(
            a, i.I0, i.I1, i.I2, i.I3, i.I4, i.I5, i.I6, i.I7, b, i.I8, tile, i.I9, y, i.I10, i.I11, i.I12, bias, i.I13, floor);

    private static void Multiply(ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<float> d, Integers i) =>
        MatrixTile.MultiplyPortable(a, i.I0, i.I1, i.I2, i.I3, i.I4, b, i.I5, i.I6, c, i.I7, i.I8, i.I9, d, i.I10, i.I11);

    private static void Distances(ArrayView<float> x, ArrayView<float> y, ArrayView<float> d, Integers i) =>
        SquaredDistances.ComputePortable(x, i.I0, i.I1, y, i.I2, i.I3, i.I4, d, i.I5, i.I6);

    private static void Accumulate16(ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, Integers i) =>
        OuterTile.Accumulate16Portable(a, i.I0, i.I1, i.I2, i.I3, i.I4, b, i.I5, c, i.I6, i.I7, i.I8);

    private static void Accumulate32(ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, Integers i) =>
        OuterTile.Accumulate32Portable(a, i.I0, i.I1, i.I2, i.I3, i.I4, b, i.I5, c, i.I6, i.I7, i.I8);
}
