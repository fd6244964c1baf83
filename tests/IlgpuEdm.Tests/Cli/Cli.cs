using System.Diagnostics;
using IlgpuEdm.Cli;

namespace IlgpuEdm.Tests.Cli;

/// <summary>What a command printed and how it ended.</summary>
internal sealed record CliResult(int Code, string Output, string Error)
{
    /// <summary>Asserts that it failed with one line on stderr that has given words in it.</summary>
    public void AssertOneLine(int code, params string[] words)
    {
        Assert.AreEqual(code, Code, $"exit code; stderr: {Error}");
        Assert.AreEqual("", Output, "stdout");
        string[] lines = Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.HasCount(1, lines, $"one line: {Error}");
        StringAssert.StartsWith(lines[0], "error: ", "stderr");
        foreach (string word in words)
        {
            Assert.Contains(word, lines[0], $"'{word}' is missing in: {lines[0]}");
        }
    }
}

/// <summary>Runs the command line in this process, or as one of its own.</summary>
internal static class Cli
{
    public static CliResult Run(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = CommandLine.Run(args, output, error);
        return new CliResult(code, output.ToString(), error.ToString());
    }

    /// <summary>Starts a process of the command line with some environment variables.</summary>
    public static Process Start(string[] args, params (string Name, string Value)[] environment) =>
        Dotnet.Start([Program, .. args], environment);

    public static CliResult RunProcess(string[] args, params (string Name, string Value)[] environment) =>
        Dotnet.Run([Program, .. args], environment);

    private static string Program => Path.Combine(AppContext.BaseDirectory, "ilgpu-edm.dll");
}
