using Spectre.Console;

namespace IlgpuEdm.Cli;

/// <summary>Where a verb writes, and how it learns that it is to end.</summary>
internal sealed class Terminal
{
    private const int PlainWidth = 140;

    public Terminal(TextWriter output, CancellationToken stop)
    {
        Output = output;
        Stop = stop;
        IsLive = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        Ansi = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = IsLive ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = IsLive ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!IsLive)
        {
            Ansi.Profile.Width = PlainWidth;
        }
    }

    /// <summary>Plain text, such as a line of JSON.</summary>
    public TextWriter Output { get; }

    /// <summary>Tables and progress.</summary>
    public IAnsiConsole Ansi { get; }

    /// <summary>Set when the user has asked to stop.</summary>
    public CancellationToken Stop { get; }

    /// <summary>Whether somebody watches: lines can be redrawn.</summary>
    public bool IsLive { get; }

    /// <summary>Writes one line as it is.</summary>
    public void Line(string text) => Output.WriteLine(text);

    /// <summary>Writes rows of a name and a value, never broken: they may be paths to copy.</summary>
    public void Rows(IEnumerable<(string Name, string Value)> rows)
    {
        (string Name, string Value)[] all = [.. rows];
        int width = all.Max(row => row.Name.Length) + 2;
        foreach ((string name, string value) in all)
        {
            Line((name.PadRight(width) + value).TrimEnd());
        }
    }

    /// <summary>Writes a table with a header.</summary>
    public void Table(string[] header, IEnumerable<string[]> rows)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string name in header)
        {
            table.AddColumn(new TableColumn(Markup.Escape(name)).NoWrap());
        }

        foreach (string[] row in rows)
        {
            table.AddRow(row.Select(Markup.Escape).ToArray());
        }

        Ansi.Write(table);
    }
}
