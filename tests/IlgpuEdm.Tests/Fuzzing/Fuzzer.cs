using System.Diagnostics;

namespace IlgpuEdm.Tests.Fuzzing;

/// <summary>Feeds a reader with damaged files: each ends in success or in one clear line, soon and without much memory.</summary>
internal sealed class Fuzzer
{
    // Generous, since the machine may be busy; what loops without end passes any limit.
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(20);

    private readonly FuzzTarget target;
    private readonly Process process = Process.GetCurrentProcess();
    private volatile Input? current;
    private AssertFailedException? finding;
    private long resident;

    private Fuzzer(FuzzTarget target) => this.target = target;

    /// <summary>Runs so many inputs and throws at the first finding, whose bytes it leaves in a file.</summary>
    /// <param name="target">The reader.</param>
    /// <param name="count">The number of inputs.</param>
    /// <param name="seed">Determines the inputs, each together with its number.</param>
    public static void Run(FuzzTarget target, int count, int seed) => Run(target, Inputs(target, count, seed));

    /// <summary>Runs one input, such as one that was a finding.</summary>
    public static void Run(FuzzTarget target, byte[] input) => Run(target, [new Input("the given input", input)]);

    private static void Run(FuzzTarget target, IEnumerable<Input> inputs)
    {
        var fuzzer = new Fuzzer(target);
        var thread = new Thread(() => fuzzer.FeedAll(inputs)) { IsBackground = true };
        thread.Start();
        while (!thread.Join(TimeSpan.FromMilliseconds(200)))
        {
            // A reader that never returns cannot be stopped, but can be told of.
            if (fuzzer.current is { } input && Stopwatch.GetElapsedTime(input.Start) > MostTime)
            {
                throw fuzzer.Finding(input, $"it is not done after {MostTime.TotalSeconds:F0} s");
            }
        }
        if (fuzzer.finding is { } finding)
        {
            throw finding;
        }
    }

    private static IEnumerable<Input> Inputs(FuzzTarget target, int count, int seed)
    {
        var seeds = target.Seeds();
        for (var i = 0; i < seeds.Length; i++)
        {
            yield return new Input($"whole file {i}", seeds[i], IsWhole: true);
        }
        for (var i = 0; i < count; i++)
        {
            var random = new Random(HashCode(seed, i));
            var input = target.IsJson && random.Next(2) == 0 ? JsonMutation.Mutate(random, seeds) : Mutation.Mutate(random, seeds);
            if (random.Next(2) == 0)
            {
                target.Repair?.Invoke(input);
            }
            yield return new Input($"input {i} of seed {seed}", input);
        }
    }

    private void FeedAll(IEnumerable<Input> inputs)
    {
        try
        {
            resident = PeakWorkingSet();
            foreach (var input in inputs)
            {
                current = input with { Start = Stopwatch.GetTimestamp() };
                Feed(current);
                current = null;
            }
        }
        catch (AssertFailedException error)
        {
            finding = error;
        }
        catch (Exception error)
        {
            finding = new AssertFailedException($"{target.Name}: an input cannot be made: {error}", error);
        }
    }

    private void Feed(Input input)
    {
        var allocated = GC.GetTotalAllocatedBytes();
        try
        {
            target.Read(input.Bytes);
        }
        catch (EdmException error) when (!input.IsWhole && IsOneClearLine(error.Message))
        {
        }
        catch (Exception error)
        {
            throw Finding(input, error.ToString());
        }
        // What is taken and given back by any thread, and what the process grew by, native memory included.
        var before = resident;
        resident = PeakWorkingSet();
        var taken = Math.Max(GC.GetTotalAllocatedBytes() - allocated, resident - before);
        if (taken > target.MostBytes + (2000L * input.Bytes.Length))
        {
            throw Finding(input, $"it took {taken >> 20} MB");
        }
        if (Stopwatch.GetElapsedTime(input.Start) is var time && time > MostTime)
        {
            throw Finding(input, $"it took {time.TotalSeconds:F0} s");
        }
    }

    private bool IsOneClearLine(string message) =>
        message.AsSpan().IndexOfAny('\r', '\n') < 0 && message.Length < 2000 && message.Contains(target.NamesInErrors);

    private long PeakWorkingSet()
    {
        process.Refresh();
        return process.PeakWorkingSet64;
    }

    private AssertFailedException Finding(Input input, string what)
    {
        var path = Path.Combine(Path.GetTempPath(), $"fuzz-{target.Name}-{string.Concat(input.Name.Where(char.IsAsciiLetterOrDigit))}");
        File.WriteAllBytes(path, input.Bytes);
        return new AssertFailedException($"{target.Name}, {input.Name}, kept as {path}: {what}");
    }

    private static int HashCode(int seed, int number) => unchecked((seed * 1_000_003) ^ (number * 16_777_619));

    // A whole file must not be refused.
    private sealed record Input(string Name, byte[] Bytes, bool IsWhole = false, long Start = 0);
}
