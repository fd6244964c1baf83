using IlgpuEdm.Autodiff.Reference;

namespace IlgpuEdm.Tests.Reference;

/// <summary>The options of the positional embedding that no golden tensor covers.</summary>
[TestClass]
public class ReferenceEmbeddingTests
{
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void SinFirstSwapsTheHalves(bool endpoint)
    {
        double[] cosFirst = ReferenceEmbedding.Positional([0.4, -1.5], 8, endpoint, sinFirst: false);
        double[] sinFirst = ReferenceEmbedding.Positional([0.4, -1.5], 8, endpoint, sinFirst: true);
        double[] swapped = [.. cosFirst[4..8], .. cosFirst[..4], .. cosFirst[12..], .. cosFirst[8..12]];
        CollectionAssert.AreEqual(swapped, sinFirst, "[sin, cos]");
    }

    [TestMethod]
    public void FourierFeaturesOfQuarterTurnsAreExactUpToTheRoundingOfTheirAngles()
    {
        double[] embedding = ReferenceEmbedding.Fourier([0.25f, 0.5f, -2f], [1f, 16f]);
        double[] expected = [0, 1, 1, 0, -1, 1, 0, 0, 1, 1, 0, 0];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], embedding[i], 2e-5, $"element {i}");
        }
    }
}
