using System.Buffers;
using IlgpuEdm.Formats;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Training;

/// <summary>A disk that fills up while something is being saved.</summary>
[TestClass]
public class FullDiskTests
{
    [TestMethod]
    public void A_state_that_cannot_be_written_leaves_the_older_ones_and_no_temporary()
    {
        using var temp = new TemporaryFolder();
        var model = new FakeModel { FullDisk = new FullDisk(readsThatFit: 9) };
        OneClearLine.Of(() => FakeRun.Train(temp.Path, FakeRun.Options(), model), "training-state-000000040.safetensors");
        string folder = Directory.GetDirectories(temp.Path).Single();
        CollectionAssert.AreEqual(
            new[] { "training-state-000000024.safetensors", "training-state-000000032.safetensors" },
            Directory.GetFiles(folder, "training-state-*").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal).ToArray(),
            "states");
    }

    [TestMethod]
    public void With_room_again_the_run_ends_as_if_nothing_had_happened()
    {
        using var temp = new TemporaryFolder();
        string whole = FakeRun.Train(temp.File("whole"), FakeRun.Options(), new FakeModel()).Folder;
        var model = new FakeModel { FullDisk = new FullDisk(readsThatFit: 15) };
        Assert.ThrowsExactly<EdmException>(() => FakeRun.Train(temp.File("full"), FakeRun.Options(), model));
        RunComparison.AssertEqual(whole, FakeRun.Train(temp.File("full"), FakeRun.Options(), new FakeModel()).Folder);
    }
}

/// <summary>
/// A tensor whose reading fails, in the middle of its file, as writing to a full disk does. A file reads its tensors twice: for its checksum
/// and for its data.
/// </summary>
internal sealed class FullDisk(int readsThatFit) : MemoryManager<float>
{
    private readonly float[] values = new float[4];
    private int reads;

    public void AddTo(SafetensorsWriter file) => file.Add("bulk", CreateMemory(values.Length), values.Length);

    public override Span<float> GetSpan() => reads++ < readsThatFit ? values : throw new IOException("No space left on device");

    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
