namespace IlgpuEdm.Formats;

/// <summary>Brings messages of other libraries into the one-line form of <see cref="EdmException"/>.</summary>
internal static class OneLine
{
    /// <summary>An exception's message as one line without a full stop at its end.</summary>
    public static string Of(Exception error) => Of(error.Message);

    /// <summary>A text as one line without a full stop at its end.</summary>
    public static string Of(string text) =>
        string.Join("; ", text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .TrimEnd('.', ' ');
}
