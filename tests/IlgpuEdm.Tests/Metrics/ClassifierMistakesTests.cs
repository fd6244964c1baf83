using IlgpuEdm.Devices;
using IlgpuEdm.Formats;
using IlgpuEdm.Metrics;
using IlgpuEdm.Tests.Devices;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Metrics;

/// <summary>Data that do not do, and files that are no classifiers, give one clear line.</summary>
[TestClass]
public sealed class ClassifierMistakesTests
{
    private static Device Device => TestDevices.Get("cpu");

    [TestMethod]
    public void DataWithoutLabelsCannotBeLearned()
    {
        using var data = new Patterns(0, _ => -1);
        OneClearLine.Of(() => ClassifierTraining.Train(Device, data, TinyClassifier.Options), "fake data", "no labels", "dataset.json");
    }

    [TestMethod]
    public void OneClassCannotBeLearned()
    {
        using var data = new Patterns(1, _ => 0);
        OneClearLine.Of(() => ClassifierTraining.Train(Device, data, TinyClassifier.Options), "fake data", "one class");
    }

    [TestMethod]
    public void TestDataThatDoNotFitAreFoundBeforeTraining()
    {
        using var data = new Patterns(3, i => (int)(i % 3));
        using var more = new Patterns(4, i => (int)(i % 4));
        using var larger = new Patterns(3, i => (int)(i % 3), size: 16);
        using var bare = new Patterns(0, _ => -1);
        OneClearLine.Of(() => ClassifierTraining.RequireFit(data, more), "4 classes", "the classifier 3");
        OneClearLine.Of(() => ClassifierTraining.RequireFit(data, larger), "16x16", "12x12");
        OneClearLine.Of(() => ClassifierTraining.RequireFit(data, bare), "no labels");
        ClassifierTraining.RequireFit(data, data);
    }

    [TestMethod]
    public void ImagesOfAnotherSizeAreRefused()
    {
        using var data = TinyClassifier.Shapes();
        using var classifier = TinyClassifier.Train(Device, data);
        using var larger = TinyClassifier.Shapes(height: 16);
        using var colour = TinyClassifier.Shapes(channels: 3);
        OneClearLine.Of(() => ClassifierEvaluation.Measure(classifier, larger), "12x16 with 1 channel", "12x12 with 1 channel");
        OneClearLine.Of(() => ClassifierEvaluation.Measure(classifier, colour), "12x12 with 3 channels", "12x12 with 1 channel");
        Assert.ThrowsExactly<ArgumentException>(() => classifier.Predict([new byte[143]]), "a byte is missing");
    }

    [TestMethod]
    public void FewerClassesInTheDataAreFine()
    {
        using var data = TinyClassifier.Shapes();
        using var classifier = TinyClassifier.Train(Device, data);
        using var fewer = new Patterns(2, _ => 1);
        var evaluation = ClassifierEvaluation.Measure(classifier, fewer, maxImages: 7);
        CollectionAssert.AreEqual(new long[] { 0, 7, 0, 0 }, evaluation.Classes.Select(c => c.Images).ToArray(), "images of each class");
    }

    [TestMethod]
    public void AnotherFileIsNoClassifier()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("other.safetensors");
        new SafetensorsWriter().Metadata("format", "ilgpu-edm-snapshot").Add("a", new float[] { 1 }).WriteTo(path);
        OneClearLine.Of(() => ImageClassifier.Load(Device, path), path, "no classifier", "classifier train");
        OneClearLine.Of(() => ImageClassifier.Load(Device, folder.File("absent")), "absent", "no such file");
    }

    [TestMethod]
    [DataRow("""{"height":12,"width":12,"image_channels":1}""")]
    [DataRow("""{"height":12,"width":12,"image_channels":1,"classes":1}""")]
    [DataRow("""{"height":12,"width":12,"image_channels":2,"classes":4}""")]
    [DataRow("""{"height":0,"width":12,"image_channels":1,"classes":4}""")]
    [DataRow("""{"height":12,"width":12,"image_channels":1,"classes":4,"channels":32,"blocks_per_level":0}""")]
    [DataRow("""{"height":12,"width":12,"image_channels":1,"classes":4,"halvings":9}""")]
    [DataRow("null")]
    [DataRow("{]")]
    public void DamagedMetadataAreFound(string options)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("damaged.safetensors");
        new SafetensorsWriter().Metadata("format", ImageClassifier.Format).Metadata("classifier", options).WriteTo(path);
        OneClearLine.Of(() => ImageClassifier.Load(Device, path), path, "damaged");
    }

    [TestMethod]
    public void MetadataThatAskForMoreThanTheFileHoldsTakeNoMemory()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("greedy.safetensors");
        const string options = """{"height":64,"width":64,"image_channels":3,"classes":1000000,"features":1024}""";
        new SafetensorsWriter().Metadata("format", ImageClassifier.Format).Metadata("classifier", options).WriteTo(path);
        OneClearLine.Of(() => ImageClassifier.Load(Device, path), path, "do not fit its metadata");
    }

    [TestMethod]
    public void ATruncatedFileIsFound()
    {
        using var folder = new TemporaryFolder();
        using var data = TinyClassifier.Shapes();
        using var classifier = TinyClassifier.Train(Device, data);
        var path = folder.File("cut.safetensors");
        classifier.Save(path);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^3]);
        OneClearLine.Of(() => ImageClassifier.Load(Device, path), path);
    }

    [TestMethod]
    public void OptionsOutOfRangeAreNamed()
    {
        var options = TinyClassifier.Options;
        OneClearLine.Of((options with { Images = 0 }).Validate, "--images");
        OneClearLine.Of((options with { Batch = 0 }).Validate, "--batch");
        OneClearLine.Of((options with { LearningRate = double.NaN }).Validate, "--lr");
        OneClearLine.Of((options with { MaxShift = -1 }).Validate, "shift");
        OneClearLine.Of((options with { MaxNoise = -1 }).Validate, "noise");
    }
}
