using System.Text.Json;
using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.Formats;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Tests.Golden;

/// <summary>A network of the golden folder: its options from the metadata, its parameters from the tensors.</summary>
internal static class GoldenNetwork
{
    /// <summary>Reads the options; null if the network is of a kind that SongUNet's DDPM++ form does not cover.</summary>
    public static SongUNetOptions ReadOptions(SafetensorsFile file, int resolution = 0, int channels = 0)
    {
        using var json = JsonDocument.Parse(file.Metadata["config"]);
        var c = json.RootElement;
        return new SongUNetOptions
        {
            Height = Int("img_resolution", resolution),
            Width = Int("img_resolution", resolution),
            ImageChannels = Int("img_channels", channels),
            LabelDim = Int("label_dim", 0),
            AugmentDim = Int("augment_dim", 0),
            ModelChannels = Int("model_channels", 128),
            ChannelMult = List("channel_mult"),
            BlocksPerLevel = Int("num_blocks", 4),
            AttentionResolutions = List("attn_resolutions"),
            Dropout = c.GetProperty("dropout").GetDouble(),
        };

        int Int(string name, int otherwise) => c.TryGetProperty(name, out var value) ? value.GetInt32() : otherwise;

        int[] List(string name) => c.GetProperty(name).EnumerateArray().Select(v => v.GetInt32()).ToArray();
    }

    /// <summary>Compares every tensor of a block with the file's; returns how many were compared.</summary>
    public static int AssertBlock(
        SafetensorsFile file, string prefix, ParameterList list, ReadOnlySpan<float> block, double tolerance,
        Func<Parameter, float[], float[]>? select = null)
    {
        var compared = 0;
        foreach (var parameter in list.All)
        {
            var actual = parameter.ToFile(block.Slice(parameter.Offset, parameter.Length));
            var expected = file.GetFloats(prefix + parameter.Name);
            if (select != null)
            {
                actual = select(parameter, actual);
                expected = select(parameter, expected);
            }

            GoldenFile.AssertClose(actual, expected, tolerance, prefix + parameter.Name);
            compared++;
        }

        return compared;
    }

    /// <summary>Puts an NCHW tensor of the file on a tape as NHWC.</summary>
    public static Tensor Images(Tape tape, SafetensorsFile file, string name)
    {
        var s = file.GetShape(name);
        return tape.From(GoldenFile.NchwToNhwc(file.GetFloats(name), s), s[0], s[2], s[3], s[1]);
    }

    /// <summary>Puts a tensor of the file on a tape as it is; null if the file has none.</summary>
    public static Tensor? Optional(Tape tape, SafetensorsFile file, string name) =>
        file.Contains(name) ? tape.From(file.GetFloats(name), file.GetShape(name)) : null;

    /// <summary>Compares NHWC images with an NCHW tensor of the file.</summary>
    public static void AssertImages(SafetensorsFile file, string name, float[] nhwc, double tolerance) =>
        GoldenFile.AssertClose(GoldenFile.NhwcToNchw(nhwc, file.GetShape(name)), file.GetFloats(name), tolerance, name);
}
