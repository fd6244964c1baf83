using IlgpuEdm.Formats;

namespace IlgpuEdm.Tests.Golden;

/// <summary>The golden helper itself: a comparison that cannot fail would prove nothing.</summary>
[TestClass]
public class GoldenFileTests
{
    [TestMethod]
    [TestCategory("Golden")]
    public void OpensTheOperations()
    {
        SafetensorsFile ops = GoldenFile.Open("ops");
        Assert.IsTrue(ops.Contains("conv3x3/out"), "ops holds the 3x3 convolution");
    }

    [TestMethod]
    public void RelativeErrorIsTheNormOfTheDifferenceOverTheNormOfTheExpected()
    {
        Assert.AreEqual(0.1, GoldenFile.RelativeError([3.3f, 4.4f], [3f, 4f]), 1e-6, "0.5 / 5");
        Assert.AreEqual(0.0, GoldenFile.RelativeError([0f, 0f], [0f, 0f]), "equal zeros");
        Assert.AreEqual(double.PositiveInfinity, GoldenFile.RelativeError([float.NaN], [1f]), "not a number must not pass");
    }

    [TestMethod]
    public void CloseFailsOnNotANumber() =>
        Assert.ThrowsExactly<AssertFailedException>(() => GoldenFile.AssertClose([double.NaN], [1.0], 1, "probe"));

    [TestMethod]
    public void ImagesGoToNhwcAndBack()
    {
        // n, c, h, w = 2, 2, 1, 3; values are 100 n + 10 c + w.
        int[] nchw = [0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112];
        int[] nhwc = GoldenFile.NchwToNhwc(nchw, [2, 2, 1, 3]);
        CollectionAssert.AreEqual(new[] { 0, 10, 1, 11, 2, 12, 100, 110, 101, 111, 102, 112 }, nhwc, "channels last");
        CollectionAssert.AreEqual(nchw, GoldenFile.NhwcToNchw(nhwc, [2, 2, 1, 3]), "and back");
    }

    [TestMethod]
    public void KernelsGoToOurLayoutAndBack()
    {
        int[] shape = [2, 3, 3, 2];
        int[] oihw = [.. Enumerable.Range(0, 36)];
        int[] kernel = GoldenFile.OihwToKernel(oihw, shape);
        const int o = 1, i = 2, y = 1, x = 0;
        Assert.AreEqual(oihw[((o * 3 + i) * 3 + y) * 2 + x], kernel[((y * 2 + x) * 3 + i) * 2 + o], "element [o=1, i=2, y=1, x=0]");
        CollectionAssert.AreEqual(oihw, GoldenFile.KernelToOihw(kernel, shape), "and back");
    }

    [TestMethod]
    public void LinearWeightsAreTransposed() =>
        CollectionAssert.AreEqual(new[] { 1, 4, 2, 5, 3, 6 }, GoldenFile.Transpose<int>([1, 2, 3, 4, 5, 6], [2, 3]), "[2, 3] to [3, 2]");
}
