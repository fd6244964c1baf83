using System.Diagnostics;
using System.Security.Cryptography;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Tests.Interchange;

/// <summary>
/// PyTorch in a process of Python, /usr/bin/python3 or the one that EDM_PYTHON names. Where it is missing a test is inconclusive, or
/// fails if EDM_REQUIRE_PYTORCH is 1.
/// </summary>
internal static class PyTorch
{
    // A line a tensor: name, type, shape, SHA-256 of the elements in row-major order.
    private const string Show = """
        import hashlib, json, struct, sys, torch
        def show(state):
            for name, t in state.items():
                t = t.detach()
                raw = (t.view(torch.int16) if t.dtype == torch.bfloat16 else t).contiguous().numpy().tobytes()
                print(name, str(t.dtype)[6:], ','.join(map(str, t.shape)), hashlib.sha256(raw).hexdigest(), sep='|')

        """;

    private static readonly Dictionary<SafetensorsType, string> Types = new()
    {
        [SafetensorsType.F64] = "float64",
        [SafetensorsType.F32] = "float32",
        [SafetensorsType.F16] = "float16",
        [SafetensorsType.BF16] = "bfloat16",
        [SafetensorsType.I64] = "int64",
        [SafetensorsType.I32] = "int32",
        [SafetensorsType.I16] = "int16",
        [SafetensorsType.I8] = "int8",
        [SafetensorsType.U8] = "uint8",
        [SafetensorsType.Bool] = "bool",
    };

    private static readonly Lazy<(int Code, string Output, string Error)> Import = new(() => Start("-c", "import torch"));

    private static string Python => Environment.GetEnvironmentVariable("EDM_PYTHON") ?? "/usr/bin/python3";

    /// <summary>Ends the test where there is no PyTorch.</summary>
    public static void Require()
    {
        var (code, _, error) = Import.Value;
        if (code != 0)
        {
            Assert.AreNotEqual("1", Environment.GetEnvironmentVariable("EDM_REQUIRE_PYTORCH"), $"PyTorch is required: {error}");
            Assert.Inconclusive($"left out: {Python} has no torch ({error.Trim().Split('\n')[^1]})");
        }
    }

    /// <summary>Runs a script that may call show(state), and asserts that it shows the tensors of a file, bit for bit.</summary>
    /// <param name="expected">The tensors, in any order.</param>
    /// <param name="script">The script, with sys.argv[1] for the path.</param>
    /// <param name="path">A file.</param>
    public static void AssertShows(SafetensorsFile expected, string script, string path) =>
        CollectionAssert.AreEqual(expected.Tensors.Values.Select(Line).Order().ToList(), Run(script, path).Order().ToList(), path);

    /// <summary>Runs a script that may call show(state).</summary>
    /// <returns>What it printed.</returns>
    public static List<string> Run(string script, string path)
    {
        var (code, output, error) = Start("-c", Show + script, path);
        Assert.AreEqual(0, code, $"{Path.GetFileName(path)}: {error}");
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    /// <summary>A tensor as a script shows it.</summary>
    public static string Line(SafetensorsEntry entry) =>
        $"{entry.Name}|{Types[entry.Type]}|{string.Join(",", entry.Shape)}|{Convert.ToHexStringLower(SHA256.HashData(entry.Bytes.Span))}";

    private static (int Code, string Output, string Error) Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            process.WaitForExit();
            return (process.ExitCode, output.Result, error.Result);
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return (1, "", error.Message);
        }
    }
}
