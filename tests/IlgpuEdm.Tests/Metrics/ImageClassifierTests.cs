using IlgpuEdm.Data;
using IlgpuEdm.Metrics;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Metrics;

/// <summary>Classifiers learn, repeat themselves, and come back from files as they were.</summary>
public abstract class ImageClassifierTests : DeviceTestBase
{
    [TestMethod]
    public void ItLearnsPatterns()
    {
        using var data = new Patterns(3, Patterns.Kind, count: 500);
        var options = new ClassifierTrainingOptions { Images = 800, Batch = 16, LearningRate = 1e-2 };
        using var classifier = ClassifierTraining.Train(Device, data, options);
        var overall = ClassifierEvaluation.Measure(classifier, data, maxImages: 200).Overall;
        Assert.AreEqual(200, overall.Images, "all were judged");
        Assert.IsGreaterThan(0.95, overall.Accuracy, "accuracy");
        Assert.IsGreaterThan(0.8, overall.Probability, "mean probability of the right pattern");
    }

    [TestMethod]
    [DataRow(8, 8, 1)]
    [DataRow(13, 9, 3)]
    public void SizesThatCannotBeHalvedArePadded(int height, int width, int channels)
    {
        using var data = TinyClassifier.Shapes(height, width, channels);
        using var classifier = TinyClassifier.Train(Device, data);
        var images = TinyClassifier.Images(data, 3);
        foreach (var row in classifier.Predict(images))
        {
            Assert.HasCount(4, row, "a probability a class");
            Assert.AreEqual(1, row.Sum(), 1e-12, "their sum");
            Assert.IsTrue(row.All(p => p is > 0 and < 1), "each is a probability");
        }

        Assert.HasCount(classifier.Options.Features, classifier.Features(images)[2], "features");
    }

    [TestMethod]
    public void AnImageIsJudgedAloneAsItIsAmongOthers()
    {
        using var data = TinyClassifier.Shapes();
        using var classifier = TinyClassifier.Train(Device, data);
        var images = TinyClassifier.Images(data, 150);
        double[][] together = classifier.Predict(images);
        float[][] features = classifier.Features(images);
        foreach (var i in new[] { 0, 77, 149 })
        {
            CollectionAssert.AreEqual(together[i], classifier.Predict([images[i]])[0], $"probabilities of image {i}");
            CollectionAssert.AreEqual(features[i], classifier.Features([images[i]])[0], $"features of image {i}");
        }
    }

    [TestMethod]
    public void ItComesBackFromAFileBitForBit()
    {
        using var folder = new TemporaryFolder();
        using var data = TinyClassifier.Shapes();
        using var classifier = TinyClassifier.Train(Device, data);
        var images = TinyClassifier.Images(data, 5);
        classifier.Save(folder.File("a.safetensors"));
        using var loaded = ImageClassifier.Load(Device, folder.File("a.safetensors"));
        Assert.AreEqual(classifier.Options, loaded.Options, "options");
        for (var i = 0; i < images.Length; i++)
        {
            CollectionAssert.AreEqual(classifier.Predict(images)[i], loaded.Predict(images)[i], $"probabilities of image {i}");
        }

        loaded.Save(folder.File("b.safetensors"));
        CollectionAssert.AreEqual(
            File.ReadAllBytes(folder.File("a.safetensors")), File.ReadAllBytes(folder.File("b.safetensors")), "written again");
    }

    [TestMethod]
    public void TheSameSeedTrainsTheSameClassifier()
    {
        using var folder = new TemporaryFolder();
        using var data = TinyClassifier.Shapes();
        var files = new List<byte[]>();
        foreach (var seed in new ulong[] { 3, 3, 4 })
        {
            using var classifier = ClassifierTraining.Train(Device, data, TinyClassifier.Options with { Seed = seed });
            classifier.Save(folder.File("c.safetensors"));
            files.Add(File.ReadAllBytes(folder.File("c.safetensors")));
        }

        CollectionAssert.AreEqual(files[0], files[1], "the same seed");
        CollectionAssert.AreNotEqual(files[0], files[2], "another seed");
    }

    [TestMethod]
    public void StepsTellImagesLossAndHits()
    {
        using var data = TinyClassifier.Shapes();
        var steps = new List<ClassifierStep>();
        using var classifier = ClassifierTraining.Train(Device, data, TinyClassifier.Options with { Images = 33 }, steps.Add);
        CollectionAssert.AreEqual(new long[] { 16, 32, 48 }, steps.Select(s => s.Images).ToArray(), "whole batches");
        Assert.AreEqual(Math.Log(4), steps[0].Loss, 0.7, "the first loss is about that of guessing");
        Assert.IsTrue(steps.All(s => s.Correct is >= 0 and <= 16 && s.Batch == 16), "hits of a batch");
    }

    [TestMethod]
    public void TrainingThatDivergesSaysSo()
    {
        using var data = TinyClassifier.Shapes();
        OneClearLine.Of(
            () => ClassifierTraining.Train(Device, data, TinyClassifier.Options with { LearningRate = 1e30, Images = 10_000 }), "--lr");
    }

    [TestMethod]
    public void WhatIsStoppedEnds()
    {
        using var data = TinyClassifier.Shapes();
        using var stop = new CancellationTokenSource();
        Assert.ThrowsExactly<OperationCanceledException>(
            () => ClassifierTraining.Train(Device, data, TinyClassifier.Options, _ => stop.Cancel(), stop.Token), "stopped");
    }
}

[TestClass]
public sealed class ImageClassifierTestsCpu : ImageClassifierTests
{
    protected override string Spec => Cpu;
}

[TestClass]
public sealed class ImageClassifierTestsOpenCL : ImageClassifierTests
{
    protected override string Spec => OpenCL;
}

[TestClass]
public sealed class ImageClassifierTestsCuda : ImageClassifierTests
{
    protected override string Spec => Cuda;
}
