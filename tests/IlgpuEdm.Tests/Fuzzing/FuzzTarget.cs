namespace IlgpuEdm.Tests.Fuzzing;

/// <summary>A reader to be fed with damaged files.</summary>
/// <param name="Name">What the command calls it.</param>
/// <param name="Seeds">Makes whole files to start from.</param>
/// <param name="Read">Reads a file; what it throws but EdmException is a finding.</param>
internal sealed record FuzzTarget(string Name, Func<byte[][]> Seeds, Action<byte[]> Read)
{
    /// <summary>Repairs what would else keep all damage from being looked at, such as checksums; applied to half of the inputs.</summary>
    public Action<byte[]>? Repair { get; init; }
}
