using System.Diagnostics;

namespace IlgpuEdm.Tests.Cli;

/// <summary>Processes of <c>dotnet</c>.</summary>
internal static class Dotnet
{
    /// <summary>Starts one with some environment variables.</summary>
    public static Process Start(string[] args, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", args)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Runs one to its end.</summary>
    public static CliResult Run(string[] args, params (string Name, string Value)[] environment)
    {
        using Process process = Start(args, environment);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.WaitForExit();
        return new CliResult(process.ExitCode, output.Result, error.Result);
    }
}
