using IlgpuEdm.Autodiff;
using IlgpuEdm.Diffusion.Augmentation;
using IlgpuEdm.Tests.Devices;

namespace IlgpuEdm.Tests.Augmentation;

/// <summary>A test that augments images on a device.</summary>
public abstract class AugmentTestBase : DeviceTestBase
{
    /// <summary>Applies the same to each of so many images; the options only give strengths.</summary>
    protected float[] Apply(float[] images, int[] shape, params AugmentParameters[] parameters) =>
        Apply(new AugmentPipe(new AugmentOptions()), images, shape, (pipe, tape, x) => pipe.Apply(tape, x, parameters)).Images;

    /// <summary>Draws and applies what a seed gives.</summary>
    protected (float[] Images, float[] Labels) Draw(AugmentPipe pipe, float[] images, int[] shape, long firstImage, ulong seed) =>
        Apply(pipe, images, shape, (p, tape, x) => p.Apply(tape, x, firstImage, seed));

    protected static void AssertClose(float[] expected, float[] actual, double tolerance, string what)
    {
        Assert.HasCount(expected.Length, actual, what);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], tolerance, $"{what}, element {i}");
        }
    }

    private (float[] Images, float[] Labels) Apply(
        AugmentPipe pipe, float[] images, int[] shape, Func<AugmentPipe, Tape, Tensor, (Tensor Images, float[] Labels)> augment)
    {
        using var tape = new Tape(Device, recording: false);
        var x = tape.From(images, shape);
        var (result, labels) = augment(pipe, tape, x);
        CollectionAssert.AreEqual(shape, result.Shape.ToArray(), "shape of the result");
        CollectionAssert.AreEqual(images, x.ToArray(), "the images that went in");
        return (result.ToArray(), labels);
    }
}
