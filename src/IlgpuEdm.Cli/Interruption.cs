namespace IlgpuEdm.Cli;

/// <summary>Turns the end that a user has asked for into one line.</summary>
internal static class Interruption
{
    /// <summary>Does some work; where it is stopped, says what becomes of it.</summary>
    public static T Tell<T>(string outcome, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (OperationCanceledException e)
        {
            throw new EdmException($"stopped; {outcome}", e);
        }
    }
}
