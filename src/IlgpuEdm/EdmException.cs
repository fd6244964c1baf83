namespace IlgpuEdm;

/// <summary>
/// An error that a user can act on: a wrong option, a damaged file, a missing device, a run that diverged. Its message is
/// one line that says what is wrong, where, and what to do; the command line prints it and ends with exit code 1.
/// </summary>
public class EdmException : Exception
{
    /// <summary>Creates the error with its one-line message.</summary>
    /// <param name="message">What is wrong, where, and what to do.</param>
    /// <param name="inner">The cause, kept for debugging; never shown to the user.</param>
    public EdmException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
