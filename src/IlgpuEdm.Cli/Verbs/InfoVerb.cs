using System.CommandLine;
using IlgpuEdm.Training;

namespace IlgpuEdm.Cli.Verbs;

/// <summary><c>info</c>: says what a path is.</summary>
internal static class InfoVerb
{
    public static Command Create(Terminal terminal)
    {
        var path = new Argument<string>("path") { Description = "A data set, a snapshot, a training state or the folder of a run." };
        var command = new Command(
            "info", "Says what a data set, checkpoint or run is; of a data set also its standard deviation, sigma_data.")
        {
            path,
        };
        command.SetAction(parsed =>
        {
            terminal.Rows(PathDescription.Of(parsed.GetValue(path)!));
            return CommandLine.Success;
        });
        return command;
    }
}
