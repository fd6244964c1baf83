namespace IlgpuEdm.Networks;

/// <summary>Options of a <see cref="DhariwalUNet"/>, as published for ImageNet at 64 pixels (Karras et al. 2022, table 7).</summary>
public sealed record DhariwalUNetOptions : UNetOptions
{
    /// <inheritdoc/>
    public override UNet Create() => new DhariwalUNet(this);
}
