using System.Text;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Tests.Formats;

/// <summary>Safetensors files that break the format's rules give one clear line.</summary>
[TestClass]
public sealed class SafetensorsDamageTests
{
    [TestMethod]
    public void AFolderIsNoFile()
    {
        using var folder = new TemporaryFolder();
        OneClearLine.Of(() => SafetensorsFile.Read(folder.Path), folder.Path, "this is a folder");
    }

    [TestMethod]
    public void EveryTruncationIsFound()
    {
        using var folder = new TemporaryFolder();
        var whole = Sample(folder);
        for (var length = 0; length < whole.Length; length++)
        {
            var path = folder.Write(whole[..length], "cut.safetensors");
            OneClearLine.Of(() => SafetensorsFile.Read(path), path);
        }
    }

    [TestMethod]
    public void BytesBehindTheEndAreFound()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write([.. Sample(folder), 0], "long.safetensors");
        OneClearLine.Of(() => SafetensorsFile.Read(path), path, "follow the last tensor");
    }

    [TestMethod]
    public void EveryFlippedByteBehindTheChecksumIsFound()
    {
        using var folder = new TemporaryFolder();
        var whole = Sample(folder);
        var checksum = whole.AsSpan().IndexOf("sha256:"u8);
        Assert.IsGreaterThan(0, checksum, "the file has a checksum");
        for (var i = checksum + 7; i < whole.Length; i++)
        {
            var bytes = (byte[])whole.Clone();
            bytes[i] ^= 0x01;
            var path = folder.Write(bytes, "flip.safetensors");
            OneClearLine.Of(() => SafetensorsFile.Read(path), path);
        }
    }

    [TestMethod]
    public void FlippedHeaderBytesNeverCrashTheReader()
    {
        using var folder = new TemporaryFolder();
        var whole = Sample(folder);
        var end = 8 + (int)BitConverter.ToInt64(whole);
        for (var i = 0; i < end; i++)
        {
            foreach (var flip in new byte[] { 0x01, 0x20, 0x80, 0xff })
            {
                var bytes = (byte[])whole.Clone();
                bytes[i] ^= flip;
                var path = folder.Write(bytes, "flip.safetensors");
                try
                {
                    // A flip inside a name or a text leaves a valid file.
                    SafetensorsFile.Read(path);
                }
                catch (EdmException error)
                {
                    Assert.IsFalse(error.Message.Contains('\n'), error.Message);
                    Assert.Contains(path, error.Message, "the path is missing");
                }
            }
        }
    }

    [TestMethod]
    [DataRow("[]", "JSON object")]
    [DataRow("{", "JSON")]
    [DataRow("{} {}", "JSON")]
    [DataRow("""{"__metadata__":{"a":1},"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "'a'")]
    [DataRow("""{"__metadata__":[],"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "__metadata__")]
    [DataRow("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "'t' is")]
    [DataRow("""{"__metadata__":{},"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"__metadata__":{}}""", "__metadata__")]
    [DataRow("""{"__metadata__":{"a":"1","a":"2"},"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "'a' is there twice")]
    [DataRow("""{"t":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}}""", "'shape' twice")]
    [DataRow("""{"t":{"dtype":"f32","shape":[1],"data_offsets":[0,4]}}""", "unknown dtype 'f32'")]
    [DataRow("""{"t":{"dtype":"F4","shape":[8],"data_offsets":[0,4]}}""", "unknown dtype 'F4'")]
    [DataRow("""{"t":{"dtype":"F16","shape":[1],"data_offsets":[0,3]},"u":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}}""", "not fit")]
    [DataRow("""{"t":{"dtype":"F32","shape":[4294967297],"data_offsets":[0,4]}}""", "shape")]
    [DataRow("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,1e999]}}""", "data_offsets")]
    [DataRow("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", "data_offsets")]
    [DataRow("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", "overlaps")]
    [DataRow(""" {"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "JSON object")]
    [DataRow("""{"t":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}""", "F99")]
    [DataRow("""{"t":{"dtype":3,"shape":[1],"data_offsets":[0,4]}}""", "dtype")]
    [DataRow("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "does not fit")]
    [DataRow("""{"t":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,4]}}""", "does not fit")]
    [DataRow("""{"t":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "shape")]
    [DataRow("""{"t":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", "shape")]
    [DataRow("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", "data_offsets")]
    [DataRow("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", "data_offsets")]
    [DataRow("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "data_offsets")]
    [DataRow("""{"t":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", "hole")]
    [DataRow("""{"t":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}""", "follow the last tensor")]
    [DataRow("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", "hole")]
    [DataRow("""{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", "overlaps")]
    [DataRow("""{"t":{"dtype":"F32","shape":[1]}}""", "data_offsets")]
    [DataRow("""{"t":5}""", "lacks")]
    [DataRow("""{"a\nb":5}""", "'a; b'")]
    [DataRow("""{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "JSON")]
    public void ABrokenRuleIsNamed(string header, string word)
    {
        using var folder = new TemporaryFolder();
        var json = Encoding.UTF8.GetBytes(header);
        var path = folder.Write([.. BitConverter.GetBytes((long)json.Length), .. json, 0, 0, 0, 0], "broken.safetensors");
        OneClearLine.Of(() => SafetensorsFile.Read(path), path, word);
    }

    [TestMethod]
    public void HeaderLengthsBeyondTheFileOrTheLimitAreFound()
    {
        using var folder = new TemporaryFolder();
        var tail = Encoding.UTF8.GetBytes("{}  ");
        var behind = folder.Write([.. BitConverter.GetBytes(5UL), .. tail], "behind");
        OneClearLine.Of(() => SafetensorsFile.Read(behind), "behind the end");
        var huge = folder.Write([.. BitConverter.GetBytes(ulong.MaxValue), .. tail], "huge");
        OneClearLine.Of(() => SafetensorsFile.Read(huge), "100 MB");
        var invalid = folder.Write([.. BitConverter.GetBytes(4UL), (byte)'{', (byte)'"', 0xff, (byte)'}'], "utf8");
        OneClearLine.Of(() => SafetensorsFile.Read(invalid), "JSON");
    }

    [TestMethod]
    public void AMissingFileOrAFolderIsNamed()
    {
        using var folder = new TemporaryFolder();
        OneClearLine.Of(() => SafetensorsFile.Read(folder.File("absent")), "absent", "no such file");
        OneClearLine.Of(() => SafetensorsFile.Read(Path.Combine(folder.Path, "no", "where")), "no such file");
        OneClearLine.Of(() => SafetensorsFile.Read(folder.Path), folder.Path);
    }

    private static byte[] Sample(TemporaryFolder folder)
    {
        var path = folder.File("whole.safetensors");
        new SafetensorsWriter().Metadata("k", "v").Add("a", new float[] { 1, 2 }, 2).Add("b", new float[] { 3 }).WriteTo(path);
        return File.ReadAllBytes(path);
    }
}
