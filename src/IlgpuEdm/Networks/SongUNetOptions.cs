using System.Text.Json.Serialization;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Networks;

/// <summary>How a network is told the noise level.</summary>
[JsonConverter(typeof(SnakeCaseEnum<EmbeddingType>))]
public enum EmbeddingType
{
    /// <summary>Sines and cosines of wavelengths in a geometric series, as in DDPM++.</summary>
    Positional,

    /// <summary>Sines and cosines of random frequencies, as in NCSN++.</summary>
    Fourier,
}

/// <summary>What the encoder of a <see cref="SongUNet"/> gets beside the first convolution.</summary>
[JsonConverter(typeof(SnakeCaseEnum<EncoderType>))]
public enum EncoderType
{
    /// <summary>Nothing.</summary>
    Standard,

    /// <summary>The input image, halved, through a 1x1 convolution at each level.</summary>
    Skip,

    /// <summary>A pyramid of 3x3 convolutions, halved, at each level.</summary>
    Residual,
}

/// <summary>Where the output of a <see cref="SongUNet"/> comes from.</summary>
[JsonConverter(typeof(SnakeCaseEnum<DecoderType>))]
public enum DecoderType
{
    /// <summary>The last level.</summary>
    Standard,

    /// <summary>The sum over all levels, upsampled.</summary>
    Skip,
}

/// <summary>
/// Options of a <see cref="SongUNet"/>; the defaults are those of DDPM++ (Karras et al. 2022, table 7).
/// </summary>
public sealed record SongUNetOptions : UNetOptions
{
    /// <summary>How the network is told the noise level.</summary>
    public EmbeddingType EmbeddingType { get; init; }

    /// <summary>Channels of the noise embedding, as a multiple of the model's: 1 for DDPM++, 2 for NCSN++.</summary>
    public int ChannelMultNoise { get; init; } = 1;

    /// <summary>What the encoder gets beside the first convolution.</summary>
    public EncoderType EncoderType { get; init; }

    /// <summary>Where the output comes from.</summary>
    public DecoderType DecoderType { get; init; }

    /// <summary>The filter of up- and downsampling, its weights along one axis: [1, 1] for DDPM++, [1, 3, 3, 1] for NCSN++.</summary>
    public IReadOnlyList<int> ResampleFilter { get; init; } = [1, 1];

    /// <inheritdoc/>
    public override UNet Create() => new SongUNet(this);

    /// <inheritdoc/>
    internal override void ValidateRanges()
    {
        base.ValidateRanges();
        Require(Enum.IsDefined(EmbeddingType), $"the embedding type {EmbeddingType} is not known");
        Require(Enum.IsDefined(EncoderType), $"the encoder type {EncoderType} is not known");
        Require(Enum.IsDefined(DecoderType), $"the decoder type {DecoderType} is not known");
        Require(ChannelMultNoise is > 0 and <= 16, $"a noise embedding of {ChannelMultNoise} times the channels is not from 1 to 16");
        Require(
            EmbeddingType == EmbeddingType.Fourier || ModelChannels * ChannelMultNoise >= 4,
            $"--channels {ModelChannels} is too few for a positional embedding, which needs 4");
        Require(
            ResampleFilter is { Count: >= 2 and <= 16 } && ResampleFilter.Count % 2 == 0 && ResampleFilter.Sum(w => (long)w) != 0
            && ResampleFilter.SequenceEqual(ResampleFilter.Reverse()),
            "the resampling filter must be a symmetric list of 2, 4, ... 16 numbers whose sum is not 0");
    }
}
