using System.Text.Json;
using IlgpuEdm.Formats;
using IlgpuEdm.Tests.Golden;

namespace IlgpuEdm.Tests.Reference;

/// <summary>One operation of ops.safetensors in our layouts and float64: images NHWC, kernels [ky, kx, in, out].</summary>
internal sealed class GoldenOperation
{
    private const double OutputTolerance = 1e-6;
    private const double GradientTolerance = 1e-5;
    private static readonly Lazy<SafetensorsFile> Ops = new(() => GoldenFile.Open("ops"));

    private readonly string name;

    public GoldenOperation(string name) => this.name = name;

    /// <summary>All operations of the file with this prefix that use no filter but [1, 1].</summary>
    public static IEnumerable<string> Names(string prefix)
    {
        using JsonDocument settings = JsonDocument.Parse(Ops.Value.Metadata["ops"]);
        return [.. settings.RootElement.EnumerateObject()
            .Where(op => op.Name.StartsWith(prefix, StringComparison.Ordinal) && HasPlainFilter(op.Value))
            .Select(op => op.Name)];
    }

    private static bool HasPlainFilter(JsonElement settings) =>
        !settings.TryGetProperty("filt", out JsonElement filter) || filter.EnumerateArray().All(tap => tap.GetDouble() == 1);

    /// <summary>A number or boolean of the operation's settings.</summary>
    public JsonElement? Setting(string key)
    {
        JsonElement operations = JsonSerializer.Deserialize<JsonElement>(Ops.Value.Metadata["ops"]);
        return operations.GetProperty(name).TryGetProperty(key, out JsonElement value) ? value : null;
    }

    /// <summary>The shape as the file has it.</summary>
    public int[] Shape(string tensor) => Ops.Value.GetShape($"{name}/{tensor}");

    /// <summary>The values in our layout.</summary>
    public double[] Values(string tensor)
    {
        double[] values = Ops.Value.GetDoubles($"{name}/{tensor}");
        int[] shape = Shape(tensor);
        return tensor.EndsWith(".weight", StringComparison.Ordinal) && shape.Length == 4 ? GoldenFile.OihwToKernel(values, shape)
            : tensor.EndsWith(".weight", StringComparison.Ordinal) && shape.Length == 2 ? GoldenFile.Transpose(values, shape)
            : shape.Length == 4 ? GoldenFile.NchwToNhwc(values, shape)
            : values;
    }

    public void AssertOutput(double[] actual, double tolerance = OutputTolerance) =>
        GoldenFile.AssertClose(actual, Values("out"), tolerance, name + "/out");

    public void AssertGradient(double[] actual, string tensor) =>
        GoldenFile.AssertClose(actual, Values("grad." + tensor), GradientTolerance, $"{name}/grad.{tensor}");
}
