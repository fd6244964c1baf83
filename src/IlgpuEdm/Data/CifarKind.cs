namespace IlgpuEdm.Data;

/// <summary>The two data sets of CIFAR's binary layout: some label bytes, then 32x32 bytes each of red, green and blue.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="LabelBytes">Label bytes of a record; the last is the class. CIFAR-100 has a coarse class before it.</param>
/// <param name="Classes">Number of classes.</param>
/// <param name="Folder">The folder that its archive unpacks to.</param>
internal sealed record CifarKind(string Name, int LabelBytes, int Classes, string Folder)
{
    public const int Side = 32;
    public const int PixelBytes = 3 * Side * Side;

    private const int CoarseClasses = 20;

    public static readonly CifarKind Ten = new("CIFAR-10", 1, 10, "cifar-10-batches-bin");
    public static readonly CifarKind Hundred = new("CIFAR-100", 2, 100, "cifar-100-binary");

    public int RecordBytes => LabelBytes + PixelBytes;

    /// <summary>Whether a name is one of the training files'.</summary>
    public bool IsBatchName(string path)
    {
        var name = Path.GetFileName(path);
        return this == Hundred
            ? name == "train.bin"
            : name.StartsWith("data_batch_", StringComparison.Ordinal) && name.EndsWith(".bin", StringComparison.Ordinal);
    }

    /// <summary>Whether a file of some length that begins so can be one of records.</summary>
    public bool IsRecords(ReadOnlySpan<byte> head, long length) =>
        length > 0 && length % RecordBytes == 0 && head.Length >= LabelBytes && head[LabelBytes - 1] < Classes
        && (this == Ten || head[0] < CoarseClasses);

    /// <summary>The kind of a file by its content, and by its name where that leaves a choice; null for neither.</summary>
    public static CifarKind? OfFile(string path, ReadOnlySpan<byte> head, long length) =>
        Ten.IsBatchName(path) ? Ten
        : Hundred.IsRecords(head, length) && (Hundred.IsBatchName(path) || !Ten.IsRecords(head, length)) ? Hundred
        : Ten.IsRecords(head, length) ? Ten
        : null;
}
