using System.Diagnostics;
using System.Text.RegularExpressions;

namespace IlgpuEdm.Tests.Devices;

/// <summary>
/// NVIDIA's assembler on every kernel, where it is found on the PATH or named by the environment variable PTXAS: it takes the text, and no
/// register spills to memory.
/// </summary>
[TestClass]
[TestCategory("Slow")]
public sealed partial class PtxAssemblerTests
{
    [TestMethod]
    public void NothingSpills()
    {
        var assembler = Find();
        if (assembler == null)
        {
            Assert.Inconclusive("not assembled: no ptxas on the PATH, and PTXAS names none");
        }

        var complaints = new List<string>();
        foreach (var kernel in PtxCompiler.Kernels.Where(PtxCompiler.IsCooperative))
        {
            if (Complaint(assembler, PtxCompiler.Text(kernel)) is { } complaint)
            {
                complaints.Add($"{PtxCompiler.Name(kernel)}: {complaint}");
            }
        }

        Assert.IsEmpty(complaints, string.Join('\n', complaints));
    }

    private static string? Complaint(string assembler, string text)
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var source = Path.Combine(folder.FullName, "kernel.ptx");
            File.WriteAllText(source, text);
            var start = new ProcessStartInfo(assembler, ["-arch=sm_80", "-v", "-o", Path.Combine(folder.FullName, "kernel.cubin"), source])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            };
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var report = process.StandardError.ReadToEnd() + output.Result;
            process.WaitForExit();
            return process.ExitCode == 0 && NoSpills().IsMatch(report) ? null : report;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string? Find()
    {
        var named = Environment.GetEnvironmentVariable("PTXAS");
        if (!string.IsNullOrEmpty(named))
        {
            return named;
        }

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return folders.Select(f => Path.Combine(f, OperatingSystem.IsWindows() ? "ptxas.exe" : "ptxas")).FirstOrDefault(File.Exists);
    }

    [GeneratedRegex(@"\b0 bytes spill stores, 0 bytes spill loads")]
    private static partial Regex NoSpills();
}
