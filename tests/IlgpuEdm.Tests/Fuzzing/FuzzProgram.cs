using System.Globalization;

namespace IlgpuEdm.Tests.Fuzzing;

/// <summary>
/// The command <c>dotnet IlgpuEdm.Tests.dll fuzz READER|all COUNT [SEED]</c>: any number of inputs, in a process of its own, which the
/// tests too start for readers in native code.
/// </summary>
internal static class FuzzProgram
{
    public static int Main(string[] args)
    {
        if (args is not ["fuzz", var name, var count, .. var rest]
            || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var inputs)
            || !int.TryParse(rest.FirstOrDefault("1"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed))
        {
            Console.Error.WriteLine($"fuzz READER COUNT [SEED]; readers: all, {string.Join(", ", FuzzTargets.All.Select(t => t.Name))}");
            return 2;
        }
        try
        {
            foreach (var target in name == "all" ? FuzzTargets.All : [FuzzTargets.Named(name)])
            {
                Fuzzer.Run(target, inputs, seed);
                Console.WriteLine($"{target.Name}: {inputs} inputs, nothing found");
            }
            return 0;
        }
        catch (AssertFailedException finding)
        {
            Console.Error.WriteLine(finding.Message);
            return 1;
        }
        finally
        {
            FuzzTargets.Clean();
        }
    }
}
