using IlgpuEdm.Tests.Cli;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Packages;

/// <summary>The samples, built against the sources.</summary>
[TestClass]
public class SampleTests
{
    [TestMethod]
    [DataRow(Samples.OnePixelWorld)]
    [DataRow(Samples.OwnKernel)]
    public void Runs(string name) => Run(name, "cpu");

    [TestMethod]
    [TestCategory("Slow")]
    public void TrainingRuns() => Run(Samples.FolderTraining, "cpu");

    [TestMethod]
    [TestCategory("Slow")]
    public void TheKernelRunsOnOpenCl()
    {
        _ = TestDevices.Get("opencl");
        Run(Samples.OwnKernel, "opencl");
    }

    [TestMethod]
    [DataRow(Samples.FolderTraining)]
    [DataRow(Samples.OwnKernel)]
    public void ADeviceThatIsNotKnownIsAnErrorOfOneLine(string name) =>
        Dotnet.Run([Path.Combine(AppContext.BaseDirectory, $"{name}.dll"), "--device", "abacus"]).AssertOneLine(1, "abacus");

    private static void Run(string name, string device)
    {
        using var temporary = new TemporaryFolder();
        Samples.Run(name, AppContext.BaseDirectory, temporary, device);
    }
}
