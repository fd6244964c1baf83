using IlgpuEdm.Autodiff;
using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Figures;

/// <summary>The gradients of a network's output layer for single images, by the loss and the backward pass of training.</summary>
internal sealed class OutputGradients : IDisposable
{
    private readonly Device _device;
    private readonly PreconditionedNetwork _network;
    private readonly Batch _images;
    private readonly ParameterBlock _weights;
    private readonly RandomKey _noise;

    /// <summary>Takes a copy of the weights, with room for gradients.</summary>
    public OutputGradients(Device device, NetworkDenoiser denoiser, Batch images, ulong seed)
    {
        _device = device;
        _network = denoiser.Preconditioned;
        _images = images;
        _weights = new ParameterBlock(device, _network.Network.Parameters, gradients: true);
        _weights.CopyFrom(denoiser.Weights);
        _noise = new RandomKey(device, seed);
    }

    /// <summary>The norms of the gradients at a noise level, mean over the images; class labels are left out.</summary>
    /// <param name="weight">The loss's weight.</param>
    /// <param name="sigma">The noise level.</param>
    /// <param name="stop">Ends the measurement.</param>
    /// <returns>
    /// That of the network's output, as a root mean square over its values, and that of the output layer's weights, summed over pixels.
    /// </returns>
    public (double Output, double Weights) Norms(LossWeight weight, double sigma, CancellationToken stop)
    {
        var loss = new DenoisingLoss(_network, weight);
        (double output, double weights) = (0, 0);
        for (int image = 0; image < _images.Size; image++)
        {
            stop.ThrowIfCancellationRequested();
            (double one, double other) = OfImage(loss, image, sigma);
            output += one / _images.Size;
            weights += other / _images.Size;
        }

        return (output, weights);
    }

    private (double Output, double Weights) OfImage(DenoisingLoss loss, int image, double sigma)
    {
        UNetOptions options = _network.Network.Options;
        int size = options.Height * options.Width * options.ImageChannels;
        using var tape = new Tape(_device, recording: true);
        Tensor y = tape.From(_images.Images.AsSpan(image * size, size), 1, options.Height, options.Width, options.ImageChannels);
        Tensor noise = tape.New([.. y.Shape]);
        _noise.FirstImage(_images.FirstImage + image);
        _noise.Normal(noise, RandomPurpose.TrainingNoise);
        Elementwise.Fill(_weights.Gradients!, 0f);
        DenoisingLossResult result = loss.Forward(new NetworkPass(tape, _weights), y, noise, [sigma], factor: 1f);

        // The loss knows the gradient with respect to D = c_skip x + c_out F.
        double output = Math.Abs(_network.Preconditioner.COut(sigma)) * Norm(result.Gradient) / Math.Sqrt(size);
        result.Backward(tape);
        return (output, Norm(_weights[_network.Network.OutputWeights].Gradient!));
    }

    private static double Norm(Tensor tensor) => Math.Sqrt(tensor.ToArray().Sum(v => (double)v * v));

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        _noise.Dispose();
        _weights.Dispose();
    }
}
