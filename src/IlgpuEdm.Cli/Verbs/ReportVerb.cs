using System.CommandLine;
using IlgpuEdm.Training;
using IlgpuEdm.Training.Reports;

namespace IlgpuEdm.Cli.Verbs;

/// <summary><c>report</c>: writes the page about a run, or about several side by side.</summary>
internal static class ReportVerb
{
    public static Command Create(Terminal terminal)
    {
        var runs = new Argument<string[]>("run")
        {
            Description = "The folder of a run, or of several to compare.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string?> output = Options.OptionalLocation("--out", "FILE",
            $"The page to write. Without it: {RunFiles.Report} in the run's folder; of several runs, in the current folder.");
        var command = new Command("report",
            "Writes what is known of a run as a page: speed, curves, samples through training, options. Training does it by itself.")
        {
            runs, output,
        };
        command.SetAction(parsed =>
        {
            string[] folders = parsed.GetValue(runs)!;
            string file = parsed.GetValue(output)
                ?? (folders.Length == 1 ? Path.Combine(folders[0], RunFiles.Report) : RunFiles.Report);
            if (parsed.Given(output))
            {
                OutputFile.RequireWritable(file, RunFiles.Report);
            }

            RunReport.Write(file, folders);
            terminal.Rows([("report", file)]);
            return CommandLine.Success;
        });
        return command;
    }
}
