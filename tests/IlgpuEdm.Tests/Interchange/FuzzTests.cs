using System.Diagnostics;
using System.Globalization;
using IlgpuEdm.Formats;
using IlgpuEdm.Formats.Numpy;
using IlgpuEdm.Formats.Pickle;
using IlgpuEdm.Formats.Torch;
using IlgpuEdm.Interchange;
using IlgpuEdm.Tests.Formats;

namespace IlgpuEdm.Tests.Interchange;

/// <summary>
/// Readers of damaged files end in success or an EdmException of one line, in bounded time and memory. The plain run takes a few
/// inputs; the
/// slow one 20,000 a reader, or as many as EDM_FUZZ_INPUTS says.
/// </summary>
[TestClass]
public sealed class FuzzTests
{
    private const int Few = 400;
    private const int Many = 20_000;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>The readers that are tried.</summary>
    public static string[][] Readers => [["pickle"], ["npy"], ["npz"], ["safetensors"], ["pth"], ["legacy"], ["network"]];

    [TestMethod]
    [DynamicData(nameof(Readers))]
    public void AFewDamagedFilesAreHandled(string reader) => Fuzz(reader, 0, Few);

    [TestMethod]
    [TestCategory("Slow")]
    [DynamicData(nameof(Readers))]
    public void ManyDamagedFilesAreHandled(string reader) => Fuzz(
        reader, Few,
        int.TryParse(Environment.GetEnvironmentVariable("EDM_FUZZ_INPUTS"), CultureInfo.InvariantCulture, out var count) ? count : Many);

    private static void Fuzz(string reader, int first, int count)
    {
        using var folder = new TemporaryFolder();
        var seeds = Seeds(reader, folder);
        var path = folder.File("damaged");
        var clock = new Stopwatch();
        foreach (var seed in seeds)
        {
            File.WriteAllBytes(path, seed);
            Read(reader, path);
        }

        for (var i = first; i < first + count; i++)
        {
            var bytes = Mutations.Of(seeds, i);
            File.WriteAllBytes(path, bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            clock.Restart();
            try
            {
                Read(reader, path);
            }
            catch (EdmException error) when (!error.Message.Contains('\n') && error.Message.StartsWith(path, StringComparison.Ordinal))
            {
                // Refused as it should be.
            }
            catch (Exception error)
            {
                var shown = Convert.ToHexString(bytes.AsSpan(0, Math.Min(bytes.Length, 4000)));
                Assert.Fail($"{reader}, mutation {i}: {error.GetType().Name}: {error.Message}; {shown}");
            }

            Assert.IsLessThan(Longest, clock.Elapsed, $"{reader}, mutation {i}: time");

            // Packed arrays may unfold to what deflate can hold; a network's description to the largest network. Nothing else grows.
            var spent = GC.GetAllocatedBytesForCurrentThread() - before;
            var most = (reader == "network" ? 512L << 20 : 8 << 20) + 2000L * bytes.Length;
            Assert.IsLessThan(most, spent, $"{reader}, mutation {i}: memory");
        }
    }

    private static void Read(string reader, string path)
    {
        switch (reader)
        {
            case "pickle":
                PickleFile.Read(path);
                break;
            case "npy":
                NpyFile.Read(path);
                break;
            case "npz":
                NpzFile.Read(path);
                break;
            case "safetensors":
                SafetensorsFile.Read(path);
                break;
            case "pth" or "legacy":
                TorchFile.Read(path);
                break;
            default:
                TensorFiles.Read(path);
                break;
        }
    }

    private static byte[][] Seeds(string reader, TemporaryFolder folder)
    {
        var path = folder.File("whole");
        var tensor = PickleAssembler.Protocol(2).Dict(("w", w => w.Tensor("FloatStorage", "0", 6, 0, [2, 3], [3, 1]))).Stop();
        float[] storage = [1, 2, 3, 4, 5, 6];
        byte[] npy = NumpyTests.File("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 1), }", new byte[8]);
        switch (reader)
        {
            case "pickle":
                return
                [
                    .. PickleTests.Corpus, PickleTests.Array(2, a => a.Op("U").Op(4, 1, 0, 2, 0), fortran: true).Stop(),
                    NetworkPickleTests.Snapshot("EDMPrecond", "SongUNet", [], model => model.Ints(32, 3, 3)),
                ];
            case "npy":
                return [npy, NumpyTests.File("{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }", [1, 2, 3], version: 2)];
            case "npz":
                NpzFile.Write(
                    path,
                    new Dictionary<string, NumpyArray> { ["a"] = NpyFile.Array([1.0, 2], 2), ["b"] = NpyFile.Array(storage, 6) });
                return [File.ReadAllBytes(path), PackedZip(npy)];
            case "safetensors":
                new SafetensorsWriter().Metadata("k", "v").Add("a", storage, 2, 3).Add("b", new byte[] { 1, 2 }, 2).WriteTo(path);
                return [File.ReadAllBytes(path)];
            case "pth":
                TorchFile.Write(
                    path, [new SafetensorsEntry("w", SafetensorsType.F32, [1, 2], new byte[8])],
                    new Dictionary<string, string> { ["k"] = "v" });
                return [File.ReadAllBytes(path), TorchFileTests.Zip(tensor, storage)];
            case "legacy":
                return [TorchFileTests.Legacy(tensor, storage)];
            default:
                return
                [
                    NetworkPickleTests.Snapshot("EDMPrecond", "SongUNet", [], model => model.Ints(32, 3, 3)),
                    NetworkPickleTests.Snapshot("VPPrecond", "SongUNet", [], model => model.Ints(16, 1, 1), ("num_blocks", a => a.Int(1))),
                    TorchFileTests.Legacy(tensor, storage), TorchFileTests.Zip(tensor, storage),
                ];
        }
    }

    private static byte[] PackedZip(byte[] npy)
    {
        using var stream = new MemoryStream();
        using (var zip = new System.IO.Compression.ZipArchive(stream, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("a.npy").Open();
            entry.Write(npy);
        }

        return stream.ToArray();
    }
}
