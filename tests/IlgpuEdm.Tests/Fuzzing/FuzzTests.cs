using System.Diagnostics;

namespace IlgpuEdm.Tests.Fuzzing;

/// <summary>Damaged files for every reader: a few each here, many each in processes of their own.</summary>
[TestClass]
public sealed class FuzzTests
{
    private const int Few = 200;
    private const int Many = 20_000;

    /// <summary>The names of all readers.</summary>
    public static IEnumerable<string[]> Readers => FuzzTargets.All.Select(t => new[] { t.Name });

    [TestMethod]
    [DynamicData(nameof(Readers))]
    public void AFewInputs(string reader)
    {
        var target = FuzzTargets.Named(reader);
        if (target.IsNative)
        {
            RunChild(reader, Few, seed: 1);
        }
        else
        {
            Fuzzer.Run(target, Few, seed: 1);
        }
    }

    [TestMethod]
    [TestCategory("Slow")]
    [DynamicData(nameof(Readers))]
    public void ManyInputs(string reader) => RunChild(reader, Many, seed: 2);

    [TestMethod]
    public void AWholeFileThatIsRefusedIsAFinding()
    {
        var target = new FuzzTarget("refusing", () => [[1, 2, 3]], _ => throw new EdmException("refused"));
        Fuzzer.Run(target, [1, 2, 3]);
        var finding = Assert.ThrowsExactly<AssertFailedException>(() => Fuzzer.Run(target, 1, seed: 1));
        StringAssert.Contains(finding.Message, "whole file 0");
        File.Delete(Path.Combine(Path.GetTempPath(), "fuzz-refusing-wholefile0"));
    }

    [ClassCleanup]
    public static void Clean() => FuzzFolder.Clean();

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
