using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;
using IlgpuEdm.Cli.Verbs;
using IlgpuEdm.SelfTests;

namespace IlgpuEdm.Cli;

/// <summary>The command line: parses, runs a verb, turns what goes wrong into one line and an exit code.</summary>
internal static class CommandLine
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int Usage = 2;
    private const int HelpWidth = 110;

    /// <summary>Runs one command.</summary>
    /// <param name="args">The arguments, verb first.</param>
    /// <param name="output">Takes results and progress.</param>
    /// <param name="error">Takes error lines.</param>
    /// <param name="stop">Asks a verb to come to an orderly end.</param>
    /// <returns>0, 1 for a failure, 2 for wrong usage.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error, CancellationToken stop = default)
    {
        CultureInfo culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            return RunInvariant(args, output, error, stop);
        }
        catch (EdmException e)
        {
            error.WriteLine($"error: {OneLine(e.Message)}");
            return Failure;
        }
        catch (OutOfMemoryException)
        {
            error.WriteLine("error: there is not enough memory; use a smaller --batch, --micro-batch, --channels or --resolution");
            return Failure;
        }
        catch (Exception e) when (Environment.GetEnvironmentVariable("EDM_DEBUG") is null)
        {
            error.WriteLine($"error: {OneLine(e.Message)} ({e.GetType().Name}; set EDM_DEBUG=1 to see where)");
            return Failure;
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    /// <summary>All verbs, without their actions tied to anything yet.</summary>
    public static Command CreateRoot(Terminal terminal)
    {
        var root = new Command(
            "ilgpu-edm", "Trains EDM diffusion models and draws images with them, in pure C#, on any GPU vendor and on CPUs.")
        {
            DemoVerb.Create(terminal),
            TrainVerb.Create(terminal),
            SampleVerb.Create(terminal),
            EditVerb.Create(terminal),
            InterpolateVerb.Create(terminal),
            LikelihoodVerb.Create(terminal),
            EmaVerb.Create(terminal),
            ExplainVerb.Create(terminal),
            ReportVerb.Create(terminal),
            WatchVerb.Create(terminal),
            ClassifierVerb.Create(terminal),
            FidVerb.Create(terminal),
            DatasetVerb.Create(terminal),
            BenchVerb.Create(terminal),
            InfoVerb.Create(terminal),
            ConvertVerb.Create(terminal),
            DevicesVerb.Create(terminal),
            SelfTestVerb.Create(terminal),
        };
        root.Options.Add(new VersionOption());
        root.Options.Add(new HelpOption { Action = new HelpAction { MaxWidth = HelpWidth } });
        return root;
    }

    /// <summary>The line that says what is wrong with the arguments; null where nothing is.</summary>
    public static string? UsageError(ParseResult parsed) =>
        Mistake(parsed) is { } message ? $"error: {OneLine(message)} ({HelpHint(parsed)})" : null;

    private static int RunInvariant(string[] args, TextWriter output, TextWriter error, CancellationToken stop)
    {
        Command root = CreateRoot(new Terminal(output, stop));
        ParseResult parsed = root.Parse(args.Length > 0 ? args : ["--help"], new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (UsageError(parsed) is { } line)
        {
            error.WriteLine(line);
            return Usage;
        }

        if (parsed.Action is HelpAction)
        {
            using var help = new StringWriter();
            parsed.Invoke(new InvocationConfiguration { Output = help, Error = error, EnableDefaultExceptionHandler = false });
            output.Write(HelpGroups.Arrange(parsed.CommandResult.Command.Name, help.ToString()));
            return args.Length > 0 ? Success : Usage;
        }

        int code = parsed.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        return args.Length > 0 ? code : Usage;
    }

    // An unknown word explains the other errors.
    private static string? Mistake(ParseResult parsed) =>
        parsed.UnmatchedTokens is [var unknown, ..] ? $"'{unknown}' is not known"
        : parsed.Errors.Count > 0 ? parsed.Errors[0].Message.TrimEnd('.')
        : parsed.CommandResult.Children.OfType<OptionResult>().FirstOrDefault(IsCutShort) is { } option
            ? $"{option.Option.Name} is given twice, once without a value"
        : null;

    private static bool IsCutShort(OptionResult option) => option.Tokens.Count > 0 && option.IdentifierTokenCount > option.Tokens.Count;

    private static string HelpHint(ParseResult parsed)
    {
        string hint = "--help";
        for (var command = parsed.CommandResult; command is not null; command = command.Parent as CommandResult)
        {
            hint = $"{command.Command.Name} {hint}";
        }

        return $"see: {hint}";
    }

    private static string OneLine(string message) => string.Join(' ', message.Split('\n', '\r').Select(line => line.Trim())).Trim();
}
