using IlgpuEdm.Formats;
using IlgpuEdm.Interchange;
using IlgpuEdm.Tests.Golden;

namespace IlgpuEdm.Tests.Formats;

/// <summary>Reading and writing safetensors files that are in order.</summary>
[TestClass]
public sealed class SafetensorsFileTests
{
    [TestMethod]
    public void EveryGoldenFileReads()
    {
        var paths = Directory.GetFiles(GoldenFile.Folder, "*.safetensors");
        Assert.AreNotEqual(0, paths.Length, "no golden file found");
        foreach (var path in paths)
        {
            var file = SafetensorsFile.Read(path);
            Assert.AreNotEqual(0, file.Tensors.Count, path);
            foreach (var (name, entry) in file.Tensors)
            {
                var elements = entry.Shape.Aggregate(1L, (n, d) => n * d);
                Assert.AreEqual(elements, entry.ElementCount, $"{path}: {name}");
                if (entry.Type is SafetensorsType.F32 or SafetensorsType.F64)
                {
                    Assert.AreEqual(elements, file.GetFloats(name).Length, $"{path}: {name}");
                    Assert.AreEqual(elements, file.GetDoubles(name).Length, $"{path}: {name}");
                }
            }
        }
    }

    [TestMethod]
    public void WhatIsWrittenReadsBack()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a.safetensors");
        float[] floats = [1, -2, float.NaN, float.MaxValue, 5, float.Epsilon];
        double[] doubles = [Math.PI, double.NegativeInfinity];
        new SafetensorsWriter()
            .Metadata("note", "quotes \" and umlauts ü and \n lines")
            .Metadata("empty", "")
            .Add("f", floats, 2, 3)
            .Add("d", doubles, 2)
            .Add("scalar", new float[] { 7 })
            .Add("none", Array.Empty<float>(), 0, 4)
            .Add("bytes", new byte[] { 1, 2, 3 }, 3)
            .Add("longs", new long[] { long.MinValue }, 1)
            .WriteTo(path);

        var file = SafetensorsFile.Read(path);
        Assert.AreEqual("quotes \" and umlauts ü and \n lines", file.Metadata["note"], "metadata");
        Assert.AreEqual("", file.Metadata["empty"], "empty metadata");
        CollectionAssert.AreEqual(floats, file.GetFloats("f"), "float32");
        CollectionAssert.AreEqual(doubles, file.GetDoubles("d"), "float64");
        CollectionAssert.AreEqual(new[] { 2, 3 }, file.GetShape("f"), "shape");
        CollectionAssert.AreEqual(Array.Empty<int>(), file.GetShape("scalar"), "shape of a scalar");
        CollectionAssert.AreEqual(new[] { 0, 4 }, file.GetShape("none"), "shape of an empty tensor");
        Assert.AreEqual((float)Math.PI, file.GetFloats("d")[0], "float64 read as float32");
        Assert.AreEqual(5.0, file.GetDoubles("f")[4], "float32 read as float64");
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3 }, file.Tensors["bytes"].Bytes.ToArray(), "bytes");
        Assert.IsTrue(file.Contains("f") && !file.Contains("g"), "Contains");
    }

    [TestMethod]
    [DataRow("""{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}""", "003C00C0", new float[] { 1, -2 })]
    [DataRow("""{"h":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}   """, "803F00C0", new float[] { 1, -2 })]
    [DataRow("""{"z":{"shape":[0,3],"data_offsets":[0,0],"dtype":"F32"},"h":{"data_offsets":[0,4],"shape":[],"dtype":"F32"}}""",
        "0000C03F", new[] { 1.5f })]
    [DataRow("""{"h":{"dtype":"F32","shape":[1],"data_offsets":[1,5]},"b":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}""",
        "010000C03F", new[] { 1.5f })]
    [DataRow("""{"__metadata__":{},"h":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},"z":{"dtype":"I64","shape":[0],"data_offsets":[4,4]}}""",
        "0000C07F", new[] { float.NaN })]
    public void WhatOtherWritersMayWriteIsRead(string header, string data, float[] expected)
    {
        using var folder = new TemporaryFolder();
        for (var spaces = 0; spaces < 9; spaces++)
        {
            // Data that start anywhere.
            byte[] json = System.Text.Encoding.UTF8.GetBytes(header + new string(' ', spaces));
            var file = SafetensorsFile.Read(Write(folder, json, Convert.FromHexString(data)));
            CollectionAssert.AreEqual(expected, file.GetFloats("h"), $"with {spaces} spaces");
            Assert.IsEmpty(file.Metadata, "metadata");
            Assert.AreEqual(0, file.Tensors.GetValueOrDefault("z")?.Bytes.Length ?? 0, "an empty tensor");
        }
    }

    [TestMethod]
    [DataRow("BOOL", 1)]
    [DataRow("U8", 1)]
    [DataRow("I8", 1)]
    [DataRow("F8_E4M3", 1)]
    [DataRow("F8_E5M2", 1)]
    [DataRow("F8_E8M0", 1)]
    [DataRow("I16", 2)]
    [DataRow("U16", 2)]
    [DataRow("F16", 2)]
    [DataRow("BF16", 2)]
    [DataRow("I32", 4)]
    [DataRow("U32", 4)]
    [DataRow("F32", 4)]
    [DataRow("I64", 8)]
    [DataRow("U64", 8)]
    [DataRow("F64", 8)]
    [DataRow("C64", 8)]
    public void EveryTypeIsReadAndWrittenAgain(string type, int size)
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = [.. Enumerable.Range(1, 3 * size).Select(i => (byte)i)];
        var json = $$$"""{"t":{"dtype":"{{{type}}}","shape":[3],"data_offsets":[0,{{{bytes.Length}}}]}}""";
        var file = SafetensorsFile.Read(Write(folder, System.Text.Encoding.UTF8.GetBytes(json), bytes));
        TensorFiles.Write(folder.File("b.safetensors"), file);
        var entry = SafetensorsFile.Read(folder.File("b.safetensors")).Tensors["t"];
        Assert.AreEqual((3L, file.Tensors["t"].Type), (entry.ElementCount, entry.Type), "elements");
        CollectionAssert.AreEqual(bytes, entry.Bytes.ToArray(), "bytes");
    }

    [TestMethod]
    public void DataAreAligned()
    {
        using var folder = new TemporaryFolder();
        for (var extra = 0; extra < 8; extra++)
        {
            var path = folder.File($"{extra}.safetensors");
            new SafetensorsWriter()
                .Metadata("k", new string('x', extra))
                .Add("f", new float[] { 1 }, 1)
                .Add("d", new double[] { 2 }, 1)
                .WriteTo(path);
            var bytes = File.ReadAllBytes(path);
            var dataStart = 8 + BitConverter.ToInt64(bytes);
            Assert.AreEqual(0, dataStart % 8, $"start of the data with {extra} extra characters");
            Assert.AreEqual(2.0, BitConverter.ToDouble(bytes, (int)dataStart), "the float64 tensor comes first");
        }
    }

    [TestMethod]
    public void TheSameContentGivesTheSameBytes()
    {
        using var folder = new TemporaryFolder();
        var writer = new SafetensorsWriter().Metadata("b", "1").Metadata("a", "2").Add("y", new float[3], 3).Add("x", new float[2], 2);
        writer.WriteTo(folder.File("1"));
        writer.WriteTo(folder.File("2"));
        CollectionAssert.AreEqual(File.ReadAllBytes(folder.File("1")), File.ReadAllBytes(folder.File("2")), "two writes of one content");
        CollectionAssert.AreEqual(new[] { "y", "x" }, SafetensorsFile.Read(folder.File("1")).Tensors.Keys.ToArray(), "order");
    }

    [TestMethod]
    public void AMissingTensorIsNamed()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a.safetensors");
        new SafetensorsWriter().Add("here", new byte[1], 1).WriteTo(path);
        var file = SafetensorsFile.Read(path);
        OneClearLine.Of(() => file.GetFloats("absent"), path, "absent");
        OneClearLine.Of(() => file.GetFloats("here"), path, "here", "U8");
    }

    [TestMethod]
    public void AFileThatChangesAfterItsCheckIsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a.safetensors");
        new SafetensorsWriter().Add("a", new float[] { 1, 2 }, 2).WriteTo(path);
        var file = SafetensorsFile.Read(path);
        CollectionAssert.AreEqual(new float[] { 1, 2 }, file.GetFloats("a"), "as it was");
        new SafetensorsWriter().Add("a", new float[] { 1, 2, 3 }, 3).WriteTo(path);
        OneClearLine.Of(() => file.GetFloats("a"), path, "changed");
        File.Delete(path);
        OneClearLine.Of(() => file.GetFloats("a"), path, "no such file");
    }

    [TestMethod]
    public void ABufferServesOneTensorAfterTheOther()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("a.safetensors");
        new SafetensorsWriter().Add("a", new float[] { 1, 2 }, 2).Add("b", new double[] { 3 }, 1).Add("c", new float[] { 4 }, 1).WriteTo(path);
        var file = SafetensorsFile.Read(path);
        var buffer = new byte[8];
        CollectionAssert.AreEqual(new float[] { 1, 2 }, file.GetFloats("a", buffer).ToArray(), "float32");
        CollectionAssert.AreEqual(new float[] { 3 }, file.GetFloats("b", buffer).ToArray(), "float64");
        CollectionAssert.AreEqual(new float[] { 4 }, file.GetFloats("c", buffer).ToArray(), "a shorter one");
    }

    [TestMethod]
    public void WrongShapesAndNamesAreRefused()
    {
        var writer = new SafetensorsWriter().Add("a", new float[2], 2);
        Assert.ThrowsExactly<ArgumentException>(() => writer.Add("b", new float[2], 3));
        Assert.ThrowsExactly<ArgumentException>(() => writer.Add("a", new float[2], 2));
        Assert.ThrowsExactly<ArgumentException>(() => writer.Add("__metadata__", new float[2], 2));
    }

    private static string Write(TemporaryFolder folder, byte[] header, byte[] data) =>
        folder.Write([.. BitConverter.GetBytes((long)header.Length), .. header, .. data], "x.safetensors");
}
