namespace IlgpuEdm.Cli;

/// <summary>Shows how far a score is; nothing where JSON is asked for.</summary>
internal sealed class FidDisplay(Terminal terminal, bool quiet)
{
    public CancellationToken Stop => terminal.Stop;

    /// <summary>Runs something that is counted.</summary>
    public T Count<T>(string what, int count, Func<Action<int>?, T> work) => quiet
        ? work(null)
        : CountDisplay.Show(terminal, (_, tell) => work(done => tell(what, done, count)));
}
