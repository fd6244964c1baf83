using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using IlgpuEdm.Data;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Tests.Data;

/// <summary>Makes files in the layouts of data sets.</summary>
internal static class TestData
{
    public const int CifarRecordBytes = 3073;

    public static byte[] IdxImages(byte[] pixels, params int[] sizes)
    {
        var file = new byte[4 + (4 * sizes.Length) + pixels.Length];
        file[2] = 8;
        file[3] = (byte)sizes.Length;
        for (var i = 0; i < sizes.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(4 + (4 * i)), sizes[i]);
        }
        pixels.CopyTo(file, 4 + (4 * sizes.Length));
        return file;
    }

    public static byte[] IdxLabels(params byte[] labels) => IdxImages(labels, labels.Length);

    public static byte[] Gzip(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }
        return target.ToArray();
    }

    /// <summary>Records with label i % 10 and pseudo-random planes.</summary>
    public static byte[] CifarBatch(int records, int seed)
    {
        var bytes = new byte[records * CifarRecordBytes];
        new Random(seed).NextBytes(bytes);
        for (var i = 0; i < records; i++)
        {
            bytes[i * CifarRecordBytes] = (byte)(i % 10);
        }
        return bytes;
    }

    /// <summary>A batch of CIFAR's Python version as Python 2 pickled it: bytes [N, 3072] and labels i % classes.</summary>
    public static byte[] CifarPickle(int images, int classes, string labelsName, byte[] pixels)
    {
        using var pickle = new MemoryStream();
        Append(0x80, 2, (byte)'}', (byte)'(');
        Text(labelsName);
        Latin("](");
        for (var i = 0; i < images; i++)
        {
            Append((byte)'K', (byte)(i % classes));
        }
        Latin("e");
        Text("data");
        Latin("cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\0\x85");
        Text("b");
        Append((byte)'t', (byte)'R', (byte)'(', (byte)'K', 1, (byte)'K', (byte)images, (byte)'M', 0, 12, 0x86);
        Latin("cnumpy\ndtype\n(");
        Text("u1");
        Latin("K\0K\u0001tR(K\u0003");
        Text("|");
        Latin("NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb\x89T");
        Append(BitConverter.GetBytes(pixels.Length));
        Append(pixels);
        Latin("tbu.");
        return pickle.ToArray();

        void Append(params byte[] part) => pickle.Write(part);

        void Latin(string text) => pickle.Write(Encoding.Latin1.GetBytes(text));

        void Text(string text) => Latin($"U{(char)text.Length}{text}");
    }

    public static byte[] Tar(params (string Name, byte[] Bytes)[] files)
    {
        using var target = new MemoryStream();
        using (var tar = new TarWriter(target, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var (name, bytes) in files)
            {
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
            }
        }
        return target.ToArray();
    }

    public static byte[] Zip(params (string Name, byte[] Bytes)[] files)
    {
        using var target = new MemoryStream();
        using (var zip = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in files)
            {
                using var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(bytes);
            }
        }
        return target.ToArray();
    }

    public static byte[] Png(int seed, int width = 6, int height = 4, int channels = 3) =>
        ImageCodec.Default.EncodePng(Pixels(seed, width * height * channels), width, height, channels);

    public static byte[] Pixels(int seed, int count) => Formats.TestPixels.Random(seed, count);

    public static byte[] Image(this IImageDataset data, long index)
    {
        var pixels = new byte[data.Height * data.Width * data.Channels];
        data.ReadImage(index, pixels);
        return pixels;
    }
}
