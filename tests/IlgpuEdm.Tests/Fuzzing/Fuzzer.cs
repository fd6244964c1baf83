using System.Diagnostics;

namespace IlgpuEdm.Tests.Fuzzing;

/// <summary>Feeds a reader with damaged files: each ends in success or in one clear line, soon and without much memory.</summary>
internal static class Fuzzer
{
    private const long MostBytes = 512L << 20;

    // Generous, since the machine may be busy; what loops without end passes any limit.
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(20);

    /// <summary>Runs so many inputs and throws at the first finding, whose bytes it leaves in a file.</summary>
    public static void Run(FuzzTarget target, int count, int seed)
    {
        var seeds = target.Seeds();
        foreach (var whole in seeds)
        {
            target.Read(whole);
        }
        for (var i = 0; i < count; i++)
        {
            // Each input follows from the seed and its number, so that one can be repeated.
            var random = new Random(HashCode(seed, i));
            var input = Mutation.Mutate(random, seeds);
            if (random.Next(2) == 0)
            {
                target.Repair?.Invoke(input);
            }
            Feed(target, input, i);
        }
    }

    private static void Feed(FuzzTarget target, byte[] input, int number)
    {
        var start = Stopwatch.GetTimestamp();
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            target.Read(input);
        }
        catch (EdmException error) when (!error.Message.Contains('\n') && error.Message.Length < 2000)
        {
        }
        catch (Exception error)
        {
            throw Finding(target, input, number, error.ToString());
        }
        if (GC.GetAllocatedBytesForCurrentThread() - before is > MostBytes and var bytes)
        {
            throw Finding(target, input, number, $"it took {bytes >> 20} MB");
        }
        if (Stopwatch.GetElapsedTime(start) > MostTime)
        {
            throw Finding(target, input, number, $"it took {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s");
        }
    }

    private static AssertFailedException Finding(FuzzTarget target, byte[] input, int number, string what)
    {
        var path = Path.Combine(Path.GetTempPath(), $"fuzz-{target.Name}-{number}");
        File.WriteAllBytes(path, input);
        return new AssertFailedException($"{target.Name}, input {number}, kept as {path}: {what}");
    }

    private static int HashCode(int seed, int number) => unchecked((seed * 1_000_003) ^ (number * 16_777_619));
}
