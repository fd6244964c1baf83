using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.SelfTests;

namespace IlgpuEdm.Tests.Operations;

/// <summary>Self-attention.</summary>
public abstract class AttentionTests : OperationTestBase
{
    [TestMethod]
    [DataRow(2, 5, 7, 20, 1)]
    [DataRow(1, 6, 7, 40, 2)]
    [DataRow(2, 1, 1, 8, 2)]
    [DataRow(3, 3, 3, 6, 3)]
    [DataRow(1, 13, 5, 33, 1)]
    [DataRow(2, 8, 8, 64, 2)]
    [DataRow(1, 16, 16, 256, 1)]
    [DataRow(1, 9, 15, 128, 2)]
    [DataRow(1, 9, 15, 96, 1)]
    [DataRow(1, 5, 7, 260, 1)]
    [DataRow(1, 5, 13, 70, 1)]
    public void MatchesTheReference(int n, int h, int w, int c, int heads) =>
        AssertMatchesReference(run => SelfTestAttention.Attend(run, n, h, w, c, heads));

    [TestMethod]
    public void AnImageAloneIsTheImageOfABatchToTheBit()
    {
        const int images = 7, tokens = 70, c = 24, heads = 2, size = tokens * 3 * c;
        float[] hx = Numbers(1, images * size), hg = Numbers(2, images * tokens * c);
        var all = Input(hx, images, tokens, 1, 3 * c);
        var y = Tape.Attend(all, heads);
        var output = y.ToArray();
        Backward(y, hg);
        for (var image = 0; image < images; image++)
        {
            var one = Input(hx[(image * size)..((image + 1) * size)], 1, tokens, 1, 3 * c);
            var alone = Tape.Attend(one, heads);
            CollectionAssert.AreEqual(output[(image * tokens * c)..((image + 1) * tokens * c)], alone.ToArray(), $"output {image}");
            Backward(alone, hg[(image * tokens * c)..((image + 1) * tokens * c)]);
            CollectionAssert.AreEqual(
                all.Gradient!.ToArray()[(image * size)..((image + 1) * size)], one.Gradient!.ToArray(), $"gradient {image}");
        }
    }

    [TestMethod]
    public void RepeatedGradientsAreTheSameToTheBit()
    {
        const int tokens = 130, c = 24, heads = 2;
        float[] hx = Numbers(1, 2 * tokens * 3 * c), hg = Numbers(2, 2 * tokens * c);
        Assert.IsTrue(Gradient().SequenceEqual(Gradient()), "the same gradient twice");

        int[] Gradient()
        {
            var x = Input(hx, 2, tokens, 1, 3 * c);
            Backward(Tape.Attend(x, heads), hg);
            return Array.ConvertAll(x.Gradient!.ToArray(), BitConverter.SingleToInt32Bits);
        }
    }

    [TestMethod]
    [DataRow(2, 70, 24, 2)]
    [DataRow(1, 35, 9, 3)]
    public void BothStoragesAgree(int n, int tokens, int c, int heads) => NarrowStorage.AssertMatchesFloat32(
        Device, (tape, inputs) => tape.Attend(inputs[0], heads), [n, tokens, 1, 3 * c]);

    [TestMethod]
    public void AQueryThatIsNoNumberShowsInItsOutput()
    {
        const int tokens = 20, c = 4;
        var hx = Numbers(1, tokens * 3 * c);
        hx[3 * (3 * c)] = float.NaN;
        var y = Tape.Attend(Input(hx, 1, tokens, 1, 3 * c), heads: 1).ToArray();
        for (var i = 0; i < y.Length; i++)
        {
            Assert.AreEqual(i / c == 3, float.IsNaN(y[i]), $"element {i}: {y[i]}");
        }
    }

    [TestMethod]
    [DataRow(37)]
    [DataRow(150)]
    public void ScoresOfThousandsDoNotOverflow(int tokens)
    {
        // With all values 1 a softmax that sums to 1 gives 1, whatever the scores.
        const int c = 16;
        var hx = Array.ConvertAll(Numbers(1, tokens * 3 * c), v => 100f * v);
        for (var token = 0; token < tokens; token++)
        {
            hx.AsSpan((token * 3 + 2) * c, c).Fill(1f);
        }

        var y = Tape.Attend(Input(hx, 1, tokens, 1, 3 * c), heads: 2).ToArray();
        Assert.IsTrue(y.All(v => MathF.Abs(v - 1f) < 1e-5f), $"the output lies between {y.Min()} and {y.Max()}");
    }

    [TestMethod]
    public void EqualKeysGiveTheMeanOfTheValuesExactly()
    {
        // 16 tokens: probabilities of 1/16 and sums of whole numbers are exact.
        const int tokens = 16, c = 5;
        var hx = new float[tokens * 3 * c];
        var values = Integers(1, tokens * c);
        for (var token = 0; token < tokens; token++)
        {
            values.AsSpan(token * c, c).CopyTo(hx.AsSpan((token * 3 + 2) * c));
            hx.AsSpan(token * 3 * c, c).Fill(token);
        }

        var y = Tape.Attend(Input(hx, 1, 4, 4, 3 * c), heads: 1);
        AssertExact(
            [.. Enumerable.Range(0, tokens * c).Select(i => Enumerable.Range(0, tokens).Sum(t => (double)values[t * c + i % c]) / tokens)],
            y, "mean of the values");
    }
}

[TestClass]
public sealed class AttentionTestsCpu : AttentionTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class AttentionTestsOpenCL : AttentionTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
[TestCategory("Slow")]
public sealed class AttentionTestsOpenCLCooperative : AttentionTests
{
    protected override string Spec => OpenCLCooperative;
}

[TestClass]
public sealed class AttentionTestsEmulator : OperationTestBase
{
    protected override string Spec => Emulator;

    [TestMethod]
    [DataRow(2, 2, 3, 8, 2)]
    [DataRow(1, 2, 2, 3, 1)]
    public void MatchesTheReference(int n, int h, int w, int c, int heads) =>
        AssertMatchesReference(run => SelfTestAttention.Attend(run, n, h, w, c, heads));
}

[TestClass]
public sealed class AttentionTestsCuda : AttentionTests
{
    protected override string Spec => Cuda;
}
