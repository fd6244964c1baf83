using System.CommandLine;
using IlgpuEdm.Cli.Watch;
using IlgpuEdm.Training.Reports;

namespace IlgpuEdm.Cli.Verbs;

/// <summary><c>watch</c>: shows a run while another process trains it.</summary>
internal static class WatchVerb
{
    public static Command Create(Terminal terminal)
    {
        var folder = new Argument<string>("run") { Description = "The folder of a run." };
        var command = new Command("watch",
            "Shows a run in the terminal while another process trains it: loss, speed, score, newest samples. Ends with it, or with "
            + "Ctrl-C; on a pipe it prints one line.")
        {
            folder,
        };
        command.SetAction(parsed =>
        {
            string run = parsed.GetValue(folder)!;
            if (terminal.IsLive)
            {
                RunWatch.Show(terminal.Ansi, run, terminal.Stop);
            }
            else
            {
                terminal.Line(WatchView.Line(RunHistory.Read(run)));
            }

            return CommandLine.Success;
        });
        return command;
    }
}
