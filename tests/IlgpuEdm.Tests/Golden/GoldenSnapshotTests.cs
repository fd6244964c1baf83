using IlgpuEdm.Diffusion;
using IlgpuEdm.Interchange;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Golden;

/// <summary>A network pickle in the layout of the published ones loads without Python and computes what it computed there.</summary>
[TestCategory("Golden")]
public abstract class GoldenSnapshotTests : DeviceTestBase
{
    private const double Tolerance = 1e-5;

    private static string Pickle => Path.Combine(GoldenFile.Folder, "network-snapshot.pkl");

    [TestMethod]
    public void ThePickleComputesWhatIsExpected() => AssertComputes(Pickle);

    [TestMethod]
    [DataRow("net.safetensors")]
    [DataRow("net.npz")]
    [DataRow("net.pth")]
    public void WhatIsMadeOfItComputesTheSame(string name)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File(name);
        TensorFiles.Write(path, TensorFiles.Read(Pickle));
        AssertComputes(path);
    }

    private void AssertComputes(string path)
    {
        var expected = GoldenFile.Open("network-snapshot.expected");
        using var denoiser = NetworkDenoiser.Load(Device, path);
        var shape = expected.GetShape("in.x");
        var noisy = GoldenFile.NchwToNhwc(expected.GetDoubles("in.x"), shape);
        var sigma = expected.GetDoubles("in.sigma");
        var labels = expected.Contains("in.labels") ? expected.GetFloats("in.labels") : null;
        var size = noisy.Length / shape[0];
        var labelSize = (labels?.Length ?? 0) / shape[0];

        // A denoiser takes one noise level at a time.
        var denoised = Enumerable.Range(0, shape[0]).SelectMany(i => denoiser.Denoise(
            noisy[(i * size)..((i + 1) * size)], sigma[sigma.Length == 1 ? 0 : i],
            labels?[(i * labelSize)..((i + 1) * labelSize)])).ToArray();
        GoldenFile.AssertClose(GoldenFile.NhwcToNchw(denoised, shape), expected.GetDoubles("out"), Tolerance, path);
    }
}

[TestClass]
public sealed class GoldenSnapshotTestsCpu : GoldenSnapshotTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class GoldenSnapshotTestsOpenCL : GoldenSnapshotTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class GoldenSnapshotTestsCuda : GoldenSnapshotTests
{
    protected override string Spec => Cuda;
}
