using IlgpuEdm.Diffusion;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Diffusion;

[TestClass]
public class ClassChoiceTests
{
    private static readonly SongUNetOptions _plain = new() { Height = 4, Width = 4, ImageChannels = 1 };

    private static readonly SongUNetOptions _conditional = _plain with { LabelDim = 10 };

    [TestMethod]
    public void AllGivesEachSeedInEachClass() => CollectionAssert.AreEqual(
        Enumerable.Range(0, 20).Select(i => new ImageSeed(i < 10 ? 7ul : 9ul, i % 10)).ToArray(),
        ClassChoice.Images(ClassChoice.All, [7, 9], _conditional).ToArray(), "two seeds, ten classes");

    [TestMethod]
    public void RandomIsTheDefaultAndDependsOnTheSeedAlone()
    {
        ulong[] seeds = [.. Enumerable.Range(0, 1000).Select(i => (ulong)i)];
        ImageSeed[] images = [.. ClassChoice.Images(null, seeds, _conditional)];
        CollectionAssert.AreEqual(ClassChoice.Images(ClassChoice.Random, seeds, _conditional).ToArray(), images, "the default");
        Assert.AreEqual(images[37], ClassChoice.Images(null, [37], _conditional)[0], "alone");
        int[] counts = [.. Enumerable.Range(0, 10).Select(c => images.Count(image => image.Class == c))];
        Assert.IsTrue(counts.All(n => n is > 60 and < 140), string.Join(' ', counts));
    }

    [TestMethod]
    public void WithoutClassesThereAreNone()
    {
        Assert.AreEqual(new ImageSeed(4), ClassChoice.Images(null, [4], _plain)[0], "no class");
        foreach (ClassChoice choice in new[] { ClassChoice.All, ClassChoice.Random, ClassChoice.Of(0) })
        {
            OneClearLine.Of(() => ClassChoice.Images(choice, [4], _plain), $"--class {choice}", "--cond");
        }
    }

    [TestMethod]
    public void AClassThatTheNetworkHasNotIsRefused() =>
        OneClearLine.Of(() => ClassChoice.Images(ClassChoice.Of(10), [4], _conditional), "--class 10", "0 to 9");
}
