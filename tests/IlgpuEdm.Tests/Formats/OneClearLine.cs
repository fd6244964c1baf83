namespace IlgpuEdm.Tests.Formats;

/// <summary>Asserts that something fails as a user should see it: an EdmException with one line that holds given words.</summary>
internal static class OneClearLine
{
    public static string Of(Action action, params string[] words)
    {
        var error = Assert.ThrowsExactly<EdmException>(action);
        Assert.IsFalse(error.Message.Contains('\n') || error.Message.Contains('\r'), $"more than one line: {error.Message}");
        foreach (var word in words)
        {
            Assert.Contains(word, error.Message, $"'{word}' is missing in: {error.Message}");
        }
        return error.Message;
    }
}
