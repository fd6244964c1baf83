using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;

namespace IlgpuEdm.Metrics;

/// <summary>
/// Inception-v3 up to its 2048 features, in the variant that FID is defined with: the layers, and how an image goes through them.
/// </summary>
internal sealed class InceptionModel
{
    /// <summary>Height and width of the input.</summary>
    public const int Side = 299;

    /// <summary>Number of features.</summary>
    public const int Features = 2048;

    private const int Channels = 3;
    private readonly List<InceptionLayer> _layers = [];
    private readonly List<Func<Tape, Tensor, Tensor>> _stages = [];

    /// <summary>Declares the layers; no device is needed.</summary>
    public InceptionModel()
    {
        // 299x299 to 35x35 pixels.
        Layer("Conv2d_1a_3x3", 3, new(32, 3, 3, 2, Padded: false));
        Layer("Conv2d_2a_3x3", 32, new(32, 3, 3, 1, Padded: false));
        Layer("Conv2d_2b_3x3", 32, new(64, 3, 3, 1, Padded: true));
        _stages.Add((tape, x) => tape.MaxPool(x, 3, stride: 2));
        Layer("Conv2d_3b_1x1", 64, new(80, 1, 1, 1, Padded: false));
        Layer("Conv2d_4a_3x3", 80, new(192, 3, 3, 1, Padded: false));
        _stages.Add((tape, x) => tape.MaxPool(x, 3, stride: 2));

        Block(InceptionBlocks.A(_layers, "Mixed_5b", 192, 32));
        Block(InceptionBlocks.A(_layers, "Mixed_5c", 256, 64));
        Block(InceptionBlocks.A(_layers, "Mixed_5d", 288, 64));
        Block(InceptionBlocks.B(_layers, "Mixed_6a", 288));
        Block(InceptionBlocks.C(_layers, "Mixed_6b", 768, 128));
        Block(InceptionBlocks.C(_layers, "Mixed_6c", 768, 160));
        Block(InceptionBlocks.C(_layers, "Mixed_6d", 768, 160));
        Block(InceptionBlocks.C(_layers, "Mixed_6e", 768, 192));
        Block(InceptionBlocks.D(_layers, "Mixed_7a", 768));
        Block(InceptionBlocks.E(_layers, "Mixed_7b", 1280, InceptionPool.Average));
        Block(InceptionBlocks.E(_layers, "Mixed_7c", 2048, InceptionPool.Maximum));

        void Layer(string name, int inputs, InceptionLayerShape shape)
        {
            var layer = new InceptionLayer(name, inputs, shape);
            _layers.Add(layer);
            _stages.Add((tape, x) => layer.Forward(tape, x));
        }

        void Block(InceptionBlock block) => _stages.Add(block.Forward);
    }

    /// <summary>All tensors that a file of weights holds, with PyTorch's shapes.</summary>
    public IEnumerable<(string Name, int[] Shape)> Tensors => _layers.SelectMany(layer => layer.Tensors);

    /// <summary>Takes the weights.</summary>
    /// <param name="device">The device.</param>
    /// <param name="tensors">Gives the elements of each of <see cref="Tensors"/>, row-major; called by one thread.</param>
    public void Load(Device device, Func<string, int[], float[]> tensors)
    {
        foreach (var layer in _layers)
        {
            layer.Load(device, tensors);
        }
    }

    /// <summary>Computes features.</summary>
    /// <param name="tape">A tape that does not record.</param>
    /// <param name="images">Images of 0 to 255, <c>[N, H, W, 1 or 3]</c>; given back.</param>
    /// <returns><c>[N, 2048]</c>.</returns>
    public Tensor Forward(Tape tape, Tensor images)
    {
        // From 0 to 255 to the scale [-1, 1].
        var x = Next(tape, images, tape.ResizeBilinear(images, Side, Side, Channels, 2f / 255, -1f));
        foreach (var stage in _stages)
        {
            x = Next(tape, x, stage(tape, x));
        }

        return Next(tape, x, tape.MeanPixels(x));
    }

    /// <summary>Gives the memory of the weights back.</summary>
    public void Release()
    {
        foreach (var layer in _layers)
        {
            layer.Release();
        }
    }

    private static Tensor Next(Tape tape, Tensor before, Tensor after)
    {
        tape.Release(before);
        return after;
    }
}
