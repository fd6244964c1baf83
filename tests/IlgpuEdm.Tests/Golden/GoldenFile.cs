using IlgpuEdm.Formats;

namespace IlgpuEdm.Tests.Golden;

/// <summary>
/// The golden tensors: opens them, compares with them, and changes between PyTorch's layouts (NCHW, OIHW, [out, in]) and
/// ours (NHWC, [ky, kx, in, out], [in, out]).
/// </summary>
internal static class GoldenFile
{
    /// <summary>The folder named by EDM_GOLDEN, else tests/golden below the folder of the solution.</summary>
    public static string Folder { get; } = FindFolder();

    /// <summary>Reads one file of the folder by its bare name, such as "ops".</summary>
    public static SafetensorsFile Open(string name) => SafetensorsFile.Read(Path.Combine(Folder, name + ".safetensors"));

    /// <summary>||actual - expected|| / ||expected||; infinite where a value is not a number.</summary>
    public static double RelativeError(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        var a = new double[actual.Length];
        var b = new double[expected.Length];
        for (int i = 0; i < a.Length; i++)
        {
            a[i] = actual[i];
        }

        for (int i = 0; i < b.Length; i++)
        {
            b[i] = expected[i];
        }

        return RelativeError(a, b);
    }

    /// <summary>||actual - expected|| / ||expected||; infinite where a value is not a number.</summary>
    public static double RelativeError(ReadOnlySpan<double> actual, ReadOnlySpan<double> expected)
    {
        Assert.AreEqual(expected.Length, actual.Length, "number of values to compare");
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            norm += expected[i] * expected[i];
        }

        double error = difference == 0 ? 0 : Math.Sqrt(difference / norm);
        return double.IsNaN(error) ? double.PositiveInfinity : error;
    }

    /// <summary>Fails unless the relative error is at most the tolerance, with both in the message.</summary>
    public static void AssertClose(ReadOnlySpan<double> actual, ReadOnlySpan<double> expected, double tolerance, string what)
    {
        double error = RelativeError(actual, expected);
        Assert.IsLessThanOrEqualTo(tolerance, error, $"{what}: relative error {error:g3}, allowed {tolerance:g3}");
    }

    /// <summary>Fails unless the relative error is at most the tolerance, with both in the message.</summary>
    public static void AssertClose(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, double tolerance, string what)
    {
        double error = RelativeError(actual, expected);
        Assert.IsLessThanOrEqualTo(tolerance, error, $"{what}: relative error {error:g3}, allowed {tolerance:g3}");
    }

    /// <summary>[N, C, H, W] to [N, H, W, C]; the shape is the source's.</summary>
    public static T[] NchwToNhwc<T>(T[] values, int[] nchw) => Permute(values, nchw, [0, 2, 3, 1]);

    /// <summary>[N, H, W, C] to [N, C, H, W]; the shape is the target's, [N, C, H, W].</summary>
    public static T[] NhwcToNchw<T>(T[] values, int[] nchw) => Permute(values, [nchw[0], nchw[2], nchw[3], nchw[1]], [0, 3, 1, 2]);

    /// <summary>[out, in, ky, kx] to [ky, kx, in, out]; the shape is the source's.</summary>
    public static T[] OihwToKernel<T>(T[] values, int[] oihw) => Permute(values, oihw, [2, 3, 1, 0]);

    /// <summary>[ky, kx, in, out] to [out, in, ky, kx]; the shape is the target's, [out, in, ky, kx].</summary>
    public static T[] KernelToOihw<T>(T[] values, int[] oihw) => Permute(values, [oihw[2], oihw[3], oihw[1], oihw[0]], [3, 2, 0, 1]);

    /// <summary>[rows, columns] to [columns, rows], such as a linear weight from [out, in]; the shape is the source's.</summary>
    public static T[] Transpose<T>(T[] values, int[] shape) => Permute(values, shape, [1, 0]);

    /// <summary>Reorders the axes: axis i of the result is axis <c>axes[i]</c> of the source.</summary>
    public static T[] Permute<T>(T[] values, int[] shape, int[] axes)
    {
        var strides = new int[shape.Length];
        for (int i = shape.Length - 1, stride = 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= shape[i];
        }

        var result = new T[values.Length];
        var index = new int[shape.Length];
        for (int target = 0; target < result.Length; target++)
        {
            int source = 0;
            for (int i = 0; i < axes.Length; i++)
            {
                source += index[i] * strides[axes[i]];
            }

            result[target] = values[source];
            for (int i = axes.Length - 1; i >= 0 && ++index[i] == shape[axes[i]]; i--)
            {
                index[i] = 0;
            }
        }

        return result;
    }

    private static string FindFolder()
    {
        string? named = Environment.GetEnvironmentVariable("EDM_GOLDEN");
        return string.IsNullOrEmpty(named) ? Path.Combine(Repository.Root, "tests", "golden") : named;
    }
}
