using System.Globalization;
using System.Text.Json;
using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Tests.Golden;

/// <summary>A network of the golden folder: its options from the metadata, its parameters from the tensors.</summary>
internal static class GoldenNetwork
{
    /// <summary>Reads the options; what the file leaves out has the reference's default, or the given value.</summary>
    public static UNetOptions ReadOptions(SafetensorsFile file, int resolution = 0, int channels = 0, int outputsPerChannel = 1)
    {
        using var json = JsonDocument.Parse(file.Metadata["config"]);
        var c = json.RootElement;
        var isSong = Text("model_type", "SongUNet") == "SongUNet";
        var size = Int("img_resolution", resolution);
        var imageChannels = Int("img_channels", channels);
        UNetOptions family = isSong
            ? new SongUNetOptions
            {
                Height = size,
                Width = size,
                ImageChannels = imageChannels,
                EmbeddingType = Enum.Parse<EmbeddingType>(Text("embedding_type", "positional"), ignoreCase: true),
                EncoderType = Enum.Parse<EncoderType>(Text("encoder_type", "standard"), ignoreCase: true),
                DecoderType = Enum.Parse<DecoderType>(Text("decoder_type", "standard"), ignoreCase: true),
                ChannelMultNoise = Int("channel_mult_noise", 1),
                ResampleFilter = List("resample_filter", 1, 1),
            }
            : new DhariwalUNetOptions { Height = size, Width = size, ImageChannels = imageChannels };
        return family with
        {
            OutputChannels = imageChannels * outputsPerChannel,
            LabelDim = Int("label_dim", 0),
            AugmentDim = Int("augment_dim", 0),
            ModelChannels = Int("model_channels", isSong ? 128 : 192),
            ChannelMult = isSong ? List("channel_mult", 1, 2, 2, 2) : List("channel_mult", 1, 2, 3, 4),
            ChannelMultEmb = Int("channel_mult_emb", 4),
            BlocksPerLevel = Int("num_blocks", isSong ? 4 : 3),
            AttentionResolutions = isSong ? List("attn_resolutions", 16) : List("attn_resolutions", 32, 16, 8),

            // The golden tensors were computed with dropout off, whatever the network's own.
            Dropout = 0,
        };

        string Text(string name, string otherwise) => c.TryGetProperty(name, out var value) ? value.GetString()! : otherwise;

        int Int(string name, int otherwise) => c.TryGetProperty(name, out var value) ? value.GetInt32() : otherwise;

        int[] List(string name, params int[] otherwise) =>
            c.TryGetProperty(name, out var value) ? value.EnumerateArray().Select(v => v.GetInt32()).ToArray() : otherwise;
    }

    /// <summary>Reads the weights of a network and the values that are not trained.</summary>
    public static ParameterBlock Weights(Device device, UNet network, SafetensorsFile file, string name, bool gradients = false)
    {
        var weights = new ParameterBlock(device, network.Parameters, gradients);
        weights.Load(file, "param.model.", name, fixedPrefix: "buffer.model.");
        return weights;
    }

    /// <summary>
    /// The time steps of a sampler: its settings from the metadata, what they leave out from the reference's defaults; how many steps it
    /// takes also from its name, such as edm_8.
    /// </summary>
    public static double[] TimeSteps(SafetensorsFile samplers, string name)
    {
        using var json = JsonDocument.Parse(samplers.Metadata["settings"]);
        var settings = json.RootElement.TryGetProperty(name, out var found) ? found : default;
        var parts = name.Split('_');
        var steps = parts.Length > 1 && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var number) ? number : 18;
        return EdmTimeSteps.Create(
            (int)Number("num_steps", steps), Number("sigma_min", 0.002), Number("sigma_max", 80), Number("rho", 7));

        double Number(string key, double otherwise) =>
            settings.ValueKind == JsonValueKind.Object && settings.TryGetProperty(key, out var value) ? value.GetDouble() : otherwise;
    }

    /// <summary>Compares every tensor of a block with the file's; returns how many were compared.</summary>
    public static int AssertBlock(
        SafetensorsFile file, string prefix, ParameterList list, ReadOnlySpan<float> block, double tolerance,
        Func<Parameter, float[], float[]>? select = null)
    {
        var compared = 0;
        foreach (var parameter in list.All.Where(p => p.Trained))
        {
            var actual = new float[parameter.Length];
            parameter.ToFile(block.Slice(parameter.Offset, parameter.Length), actual);
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

    /// <summary>Each trained tensor of a block, and the file's.</summary>
    public static IEnumerable<(double[] Actual, double[] Expected)> Pairs(
        SafetensorsFile file, string prefix, ParameterList list, float[] block)
    {
        foreach (var parameter in list.All.Where(p => p.Trained))
        {
            var actual = new float[parameter.Length];
            parameter.ToFile(block.AsSpan(parameter.Offset, parameter.Length), actual);
            yield return (Array.ConvertAll(actual, v => (double)v), file.GetDoubles(prefix + parameter.Name));
        }
    }

    /// <summary>The sums of a tensor over the elements of each image.</summary>
    public static double[] SumPerImage(SafetensorsFile file, string name)
    {
        var values = file.GetDoubles(name);
        var images = file.GetShape(name)[0];
        var size = values.Length / images;
        return [.. Enumerable.Range(0, images).Select(i => values.AsSpan(i * size, size).ToArray().Sum())];
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
