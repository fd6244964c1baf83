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
    private readonly HashSet<string> compared = [];

    public GoldenOperation(string name) => this.name = name;

    /// <summary>The name in the file.</summary>
    public string Name => name;

    /// <summary>All operations that the file holds tensors of, or settings.</summary>
    public static IEnumerable<string> Names { get; } =
        Ops.Value.Tensors.Keys.Select(tensor => tensor.Split('/')[0]).Concat(Settings.Keys).Distinct().Order().ToList();

    private static Dictionary<string, JsonElement> Settings =>
        JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(Ops.Value.Metadata["ops"])!;

    /// <summary>The taps of the operation's resampling filter; [1, 1] unless the settings name another.</summary>
    public int[] Filter => Setting("filt") is { } filter ? [.. filter.EnumerateArray().Select(tap => (int)tap.GetDouble())] : [1, 1];

    /// <summary>Whether a setting is there and true.</summary>
    public bool IsTrue(string setting) => Setting(setting)?.GetBoolean() ?? false;

    /// <summary>What an implementation must compute: the output and the gradients that the file holds.</summary>
    public IEnumerable<string> Results =>
        from tensor in Ops.Value.Tensors.Keys
        where tensor == name + "/out" || tensor.StartsWith(name + "/grad.", StringComparison.Ordinal)
        select tensor[(name.Length + 1)..];

    /// <summary>A number or boolean of the operation's settings.</summary>
    public JsonElement? Setting(string key) =>
        Settings.TryGetValue(name, out JsonElement settings) && settings.TryGetProperty(key, out JsonElement value) ? value : null;

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

    /// <summary>Fails if a result of the file was not compared.</summary>
    public void AssertAllCompared() =>
        CollectionAssert.AreEquivalent(Results.ToList(), compared.ToList(), $"{name}: results in ops.safetensors, and those compared");

    public void AssertClose(double[] actual, string tensor, double tolerance, string detail = "")
    {
        compared.Add(tensor);
        GoldenFile.AssertClose(actual, Values(tensor), tolerance, $"{name}/{tensor}{detail}");
    }

    public void AssertOutput(double[] actual, double tolerance = OutputTolerance) => AssertClose(actual, "out", tolerance);

    public void AssertGradient(double[] actual, string tensor) => AssertClose(actual, "grad." + tensor, GradientTolerance);
}
