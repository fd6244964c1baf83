namespace IlgpuEdm.Metrics;

/// <summary>What is known of a set of images in the features of a network.</summary>
/// <param name="Statistics">Mean and covariance.</param>
/// <param name="Origin">Where they come from; null where a file does not say.</param>
/// <param name="Features">The features of each image, which KID and precision and recall need; null where they were not kept.</param>
public sealed record FeatureSet(FeatureStatistics Statistics, FeatureOrigin? Origin, IReadOnlyList<float[]>? Features)
{
    /// <summary>SHA-256 of the file that it was read from, in hexadecimal digits; null where it was measured.</summary>
    public string? FileHash { get; init; }
}

/// <summary>What features were computed of, and how; sets can be compared where all but the images agree.</summary>
/// <param name="Network">The feature network, in a few words.</param>
/// <param name="NetworkHash">SHA-256 of its weights' file, in hexadecimal digits.</param>
/// <param name="Resize">How an image became its input.</param>
/// <param name="Images">Name of the images.</param>
/// <param name="Fingerprint">Hash of the images, which tells sets apart.</param>
public sealed record FeatureOrigin(string Network, string NetworkHash, string Resize, string Images, string Fingerprint)
{
    private const int ShownDigits = 16;

    /// <summary>The digits of a hash that are shown: enough to tell any two apart.</summary>
    /// <param name="hash">A hash in hexadecimal digits.</param>
    public static string Short(string hash) => hash.Length > ShownDigits ? hash[..ShownDigits] : hash;
}
