namespace IlgpuEdm.Tests.Fuzzing;

/// <summary>Every reader.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
        [.. DatasetTargets.All, .. ImageTargets.All, .. TensorTargets.All, .. RecordTargets.All];

    public static FuzzTarget Named(string name) => All.First(t => t.Name == name);
}
