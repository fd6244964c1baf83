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

    /// <summary>Writes rows of a name and a value.</summary>
    public void Rows(IEnumerable<(string Name, string Value)> rows)
    {
        Table table = new Table().Border(TableBorder.None).HideHeaders().AddColumn(new TableColumn("").NoWrap()).AddColumn("");
        foreach ((string name, string value) in rows)
        {
            table.AddRow(Markup.Escape(name), Markup.Escape(value));
        }

        Ansi.Write(table);
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
