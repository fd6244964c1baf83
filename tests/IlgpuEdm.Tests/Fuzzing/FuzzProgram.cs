using System.Diagnostics;
using System.Globalization;

namespace IlgpuEdm.Tests.Fuzzing;

/// <summary>
/// The command <c>dotnet IlgpuEdm.Tests.dll fuzz READER|all COUNT|FILE [SEED]</c>: any number of inputs, or one, in a process of its own,
/// which the tests too start.
/// </summary>
internal static class FuzzProgram
{
    public static int Main(string[] args)
    {
        var targets = args is ["fuzz", var name, _, ..] ? FuzzTargets.All.Where(t => name == "all" || t.Name == name).ToList() : [];
        if (targets.Count == 0 || args.Length > 4)
        {
            var names = string.Join(", ", FuzzTargets.All.Select(t => t.Name));
            Console.Error.WriteLine($"fuzz READER COUNT|FILE [SEED]; readers: all, {names}");
            return 2;
        }
        var code = 0;
        foreach (var target in targets)
        {
            code |= Run(target, args[2], args.Length == 4 ? args[3] : "1");
        }
        FuzzFolder.Clean();
        return code;
    }

    private static int Run(FuzzTarget target, string what, string seed)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            if (File.Exists(what))
            {
                Fuzzer.Run(target, File.ReadAllBytes(what));
                Console.WriteLine($"{target.Name}: {what}, nothing found");
                return 0;
            }
            var count = int.Parse(what, CultureInfo.InvariantCulture);
            Fuzzer.Run(target, count, int.Parse(seed, CultureInfo.InvariantCulture));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{target.Name}: {count} inputs, nothing found ({Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s)"));
            return 0;
        }
        catch (AssertFailedException finding)
        {
            Console.Error.WriteLine(finding.Message);
            return 1;
        }
    }
}
