namespace IlgpuEdm.Data.Conversion;

/// <summary>How images are brought to the size asked for.</summary>
public enum ImageTransform
{
    /// <summary>Resized as a whole; where no size is asked for, left as they are.</summary>
    None,

    /// <summary>The largest part in the middle that has the proportions asked for, resized; in colour.</summary>
    CenterCrop,

    /// <summary>
    /// As <see cref="CenterCrop"/>, then laid on a black square as wide as asked for; images that are smaller than asked for are
    /// left out. In colour.
    /// </summary>
    CenterCropWide,
}
