using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Tests.Golden;

/// <summary>The network of preconditioners.safetensors under EDM's preconditioning, and the images of the file.</summary>
internal sealed class GoldenDenoiser : IDisposable
{
    private readonly ParameterBlock _weights;

    public GoldenDenoiser(Device device)
    {
        var file = GoldenFile.Open("preconditioners");
        int[] shape = file.GetShape("in.x");
        Network = new PreconditionedNetwork(GoldenNetwork.ReadOptions(file, shape[2], shape[1]).Create(), new EdmPreconditioner());
        _weights = new ParameterBlock(device, Network.Network.Parameters);
        _weights.Load(file, "param.", "preconditioners");
        Denoiser = new NetworkDenoiser(device, Network, _weights);

        // The file's are noisy, each by its own level: scaled back to about unit variance they serve as images.
        double[] sigma = file.GetDoubles("in.sigma");
        Images = GoldenFile.NchwToNhwc(file.GetDoubles("in.x"), shape);
        ImageSize = Images.Length / shape[0];
        for (int i = 0; i < Images.Length; i++)
        {
            double level = sigma[i / ImageSize];
            Images[i] /= Math.Sqrt(1 + level * level);
        }
    }

    public PreconditionedNetwork Network { get; }

    public NetworkDenoiser Denoiser { get; }

    /// <summary>Flattened, one after the other, <c>[N, H, W, C]</c>.</summary>
    public double[] Images { get; }

    public int ImageSize { get; }

    public void Dispose()
    {
        Denoiser.Dispose();
        _weights.Dispose();
    }
}
