using System.Diagnostics;

namespace IlgpuEdm.Tests.Fuzzing;

/// <summary>Damaged files for every reader of data sets.</summary>
[TestClass]
public sealed class FuzzTests
{
    private const int Few = 300;
    private const int Many = 20_000;

    [TestMethod]
    [DataRow("idx")]
    [DataRow("cifar")]
    [DataRow("tar")]
    [DataRow("cifar-python")]
    [DataRow("arrays")]
    [DataRow("zip")]
    [DataRow("labels")]
    [DataRow("parquet")]
    public void AFewInputs(string reader) => Fuzzer.Run(FuzzTargets.Named(reader), Few, seed: 1);

    [TestMethod]
    [TestCategory("Slow")]
    [DataRow("idx")]
    [DataRow("cifar")]
    [DataRow("tar")]
    [DataRow("cifar-python")]
    [DataRow("arrays")]
    [DataRow("zip")]
    [DataRow("labels")]
    public void ManyInputs(string reader) => Fuzzer.Run(FuzzTargets.Named(reader), Many, seed: 2);

    // A fault in the image library ends the process, not only the test.
    [TestMethod]
    [DataRow("png")]
    [DataRow("image")]
    public void AFewImages(string reader) => RunChild(reader, Few, seed: 1);

    private static void RunChild(string reader, int count, int seed)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(FuzzTests).Assembly.Location, "fuzz", reader, $"{count}", $"{seed}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, $"exit code; {output.Result}{error.Result}");
        StringAssert.Contains(output.Result, "nothing found", "stdout");
    }
}
