using ILGPU;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Tests.Operations;

/// <summary>Random arguments for the primitives of F(2x2, 3x3), and kernels around those portable bodies that use local memory.</summary>
public static class WinogradCases
{
    internal static object[] Input(Random r)
    {
        int tiles = r.Next(1, 6), channels = r.Next(1, 40), pixel = channels + r.Next(5), line = (2 * tiles + 2) * pixel + r.Next(5);
        int tile = channels + r.Next(5), frequency = tiles * tile + r.Next(5);
        return [Data(r, 4 * line + 9), r.Next(9), line, pixel, tiles, channels, Data(r, 16 * frequency + 5), r.Next(5), tile, frequency];
    }

    internal static object[] Output(Random r)
    {
        int width = r.Next(1, 10), columns = r.Next(1, 33), tile = columns + r.Next(5), frequency = (width + 1) / 2 * tile + r.Next(5);
        int pixel = columns + r.Next(5), line = width * pixel + r.Next(5), size = 2 * line + 9;
        return
        [
            Data(r, 16 * frequency + 9), r.Next(9), tile, frequency, width, r.Next(1, 3), columns,
            Data(r, size), r.Next(9), line, pixel, Data(r, columns + 5), r.Next(-1, 5), Data(r, size), r.Next(-1, 5),
            r.NextSingle(), r.Next(2),
        ];
    }

    internal static object[] Gradient(Random r)
    {
        int width = r.Next(1, 10), columns = r.Next(1, 33), pixel = columns + r.Next(5), line = width * pixel + r.Next(5);
        var frequency = (width + 1) / 2 * 32 + r.Next(5);
        return
        [
            Data(r, 2 * line + 9), r.Next(9), line, pixel, width, r.Next(1, 3), columns, Data(r, 16 * frequency + 5), r.Next(5), frequency,
        ];
    }

    internal static object[] Kernel(Random r)
    {
        int count = 16 * r.Next(1, 5), stride = count + r.Next(5);
        return [Data(r, 16 * stride + 9), r.Next(9), stride, count];
    }

    internal static object[] KernelGradient(Random r)
    {
        int count = 16 * r.Next(1, 5), stride = count + r.Next(5), tap = count + r.Next(5);
        return [Data(r, 16 * stride + 9), r.Next(9), stride, Data(r, 9 * tap + 5), r.Next(5), tap, count];
    }

    internal static object[] Product(Random r)
    {
        int tiles = r.Next(1, 20), depth = r.Next(1, 20), width = 16 * r.Next(1, 3);
        int v = tiles * depth + r.Next(5), m = tiles * width + r.Next(5);
        return
        [
            Data(r, 16 * v + 9), r.Next(9), v, tiles, depth, Data(r, 16 * depth * width + 9), r.Next(9),
            Data(r, 16 * m + 5), r.Next(5), m, width,
        ];
    }

    internal static object[] Outer(Random r)
    {
        int tiles = r.Next(1, 20), channels = r.Next(1, 20), tile = channels + r.Next(5);
        int v = tiles * tile + r.Next(5), z = tiles * 32 + r.Next(5), du = channels * 32 + r.Next(5);
        return
        [
            Data(r, 16 * v + 9), r.Next(9), v, tile, tiles, channels, Data(r, 16 * z + 9), r.Next(9), z,
            Data(r, 16 * du + 5), r.Next(5), du, 16 * r.Next(1, 3), r.Next(2),
        ];
    }

    /// <summary>Launches the kernel around a portable body; false if it needs none.</summary>
    internal static bool TryLaunch(Device device, string name, ArrayView<float>[] v, int[] i)
    {
        if (name == "WinogradProduct.Multiply")
        {
            device.Launch(Multiply, 1, default, v[0], v[1], v[2], new PrimitiveKernels.Integers
            {
                I0 = i[0],
                I1 = i[1],
                I2 = i[2],
                I3 = i[3],
                I4 = i[4],
                I5 = i[5],
                I6 = i[6],
                I7 = i[7],
            });
        }
        else if (name == "WinogradOuter.Accumulate")
        {
            device.Launch(Accumulate, 1, default, v[0], v[1], v[2], new PrimitiveKernels.Integers
            {
                I0 = i[0],
                I1 = i[1],
                I2 = i[2],
                I3 = i[3],
                I4 = i[4],
                I5 = i[5],
                I6 = i[6],
                I7 = i[7],
                I8 = i[8],
                I9 = i[9],
                I10 = i[10],
            });
        }

        return name is "WinogradProduct.Multiply" or "WinogradOuter.Accumulate";
    }

    private static float[] Data(Random random, int length) => PrimitiveCases.Data(random, length);

    private static void Multiply(ArrayView<float> v, ArrayView<float> u, ArrayView<float> m, PrimitiveKernels.Integers i) =>
        WinogradProduct.MultiplyPortable(v, i.I0, i.I1, i.I2, i.I3, u, i.I4, m, i.I5, i.I6, i.I7);

    private static void Accumulate(ArrayView<float> v, ArrayView<float> z, ArrayView<float> du, PrimitiveKernels.Integers i) =>
        WinogradOuter.AccumulatePortable(v, i.I0, i.I1, i.I2, i.I3, i.I4, z, i.I5, i.I6, du, i.I7, i.I8, i.I9, i.I10);
}
