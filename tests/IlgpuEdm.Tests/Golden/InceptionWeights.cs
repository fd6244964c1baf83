using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using IlgpuEdm.Formats;
using IlgpuEdm.Interchange;
using IlgpuEdm.Metrics;

namespace IlgpuEdm.Tests.Golden;

/// <summary>The weights of the golden Inception-v3, by the formula that its file's metadata state.</summary>
/// <param name="file">The golden file.</param>
internal sealed class InceptionWeights(SafetensorsFile file)
{
    // What is computed here; a file of another formula must not pass unnoticed.
    private const string Formula =
        "for the tensor NAME, element i (row-major): h = (i + crc32(NAME) + seed) mod 2^32; then all mod 2^32: h ^= h>>16; "
        + "h *= 0x85ebca6b; h ^= h>>13; h *= 0xc2b2ae35; h ^= h>>16; u = h/2^32*2-1 (float64); convolution weight u*sqrt(6/fan_in); "
        + "bn.weight 1+0.1u; running_var 0.9+0.1u; bn.bias, running_mean 0.03u; fc is not used";

    private readonly uint _seed = uint.Parse(file.Metadata["seed"], CultureInfo.InvariantCulture);

    /// <summary>Writes all of them to a file of 96 MB, of the kind that its name says.</summary>
    /// <param name="path">The file.</param>
    /// <param name="more">Tensors beside those of the network.</param>
    public void Write(string path, params (string Name, int[] Shape)[] more) => TensorFiles.Write(
        path, new SafetensorsFile(path, new Dictionary<string, string>(), new InceptionModel().Tensors.Concat(more).Select(
            t => new SafetensorsEntry(
                t.Name, SafetensorsType.F32, t.Shape, MemoryMarshal.AsBytes(Of(t.Name, t.Shape).AsSpan()).ToArray()))));

    /// <summary>The elements of a tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its shape in PyTorch's order.</param>
    public float[] Of(string name, int[] shape)
    {
        Assert.AreEqual(Formula, file.Metadata["weights"], "the formula of the weights");
        var values = new float[shape.Aggregate(1, (a, b) => a * b)];
        var (factor, shift) = name switch
        {
            _ when name.EndsWith(".conv.weight", StringComparison.Ordinal) => (Math.Sqrt(6.0 / (values.Length / shape[0])), 0),
            _ when name.EndsWith(".bn.weight", StringComparison.Ordinal) => (0.1, 1),
            _ when name.EndsWith(".running_var", StringComparison.Ordinal) => (0.1, 0.9),
            _ => (0.03, 0.0),
        };
        var start = Crc32.Compute(Encoding.UTF8.GetBytes(name)) + _seed;
        Parallel.For(0, (values.Length >> 12) + 1, part =>
        {
            for (var i = part << 12; i < Math.Min((part + 1) << 12, values.Length); i++)
            {
                var h = (uint)i + start;
                h ^= h >> 16;
                h *= 0x85ebca6b;
                h ^= h >> 13;
                h *= 0xc2b2ae35;
                h ^= h >> 16;
                values[i] = (float)((h / 4294967296.0 * 2 - 1) * factor + shift);
            }
        });
        return values;
    }
}
