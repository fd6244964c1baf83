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
}
