using IlgpuEdm.Networks;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// A trained network, alone or guided: by itself without a class (classifier-free guidance) or by a second network (autoguidance). See
/// <see cref="Guidance"/> for the formulas.
/// </summary>
public sealed class GuidedNetwork
{
    private readonly NetworkDenoiser _main;
    private readonly NetworkDenoiser? _guide;
    private readonly double _weight;
    private readonly SigmaInterval _interval;

    /// <summary>Puts the two together; the networks stay the caller's.</summary>
    /// <param name="main">The network.</param>
    /// <param name="weight">The weight of guidance, at least 0; 1 is none.</param>
    /// <param name="guide">
    /// A second network for images of the same size, which knows the same classes or none; null for the first one without a class.
    /// </param>
    /// <param name="interval">The noise levels that are guided; null for all.</param>
    /// <exception cref="EdmException">The weight is out of range, there is nothing to guide with, or the guide does not fit.</exception>
    public GuidedNetwork(NetworkDenoiser main, double weight = 1, NetworkDenoiser? guide = null, SigmaInterval? interval = null)
    {
        OptionRange.NotNegative("--guidance", weight);
        _main = main;
        _guide = guide;
        _weight = weight;
        _interval = interval ?? SigmaInterval.All;
        if (guide is not null)
        {
            RequireFit(main.Network, guide.Network);
        }
        else if (weight != 1)
        {
            RequireClasses(main.Network);
        }
    }

    /// <summary>What the network is made of.</summary>
    public UNetOptions Network => _main.Network;

    /// <summary>The standard deviation of the data that the network was trained on, as far as it says; else 0.5.</summary>
    public double SigmaData => _main.Preconditioner switch
    {
        EdmPreconditioner edm => edm.SigmaData,
        NoisePreconditioner noise => noise.SigmaData,
        _ => 0.5,
    };

    /// <summary>The noise levels that all networks in use know.</summary>
    public SigmaRange Range => _guide is null || _weight == 1 ? _main.Range : _main.Range with
    {
        Min = Math.Max(_main.Range.Min, _guide.Range.Min),
        Max = Math.Min(_main.Range.Max, _guide.Range.Max),
    };

    /// <summary>The denoiser of some images.</summary>
    /// <param name="images">The images, of which the classes count; as many as x will hold.</param>
    /// <param name="stop">Makes the denoiser throw an <see cref="OperationCanceledException"/> at its next call.</param>
    /// <returns>D(x; sigma).</returns>
    public Denoiser Denoiser(IReadOnlyList<ImageSeed> images, CancellationToken stop = default)
    {
        float[]? labels = Labels(images, Network.LabelDim);
        Denoiser main = Call(_main, labels, stop);
        if (_weight == 1)
        {
            return main;
        }

        return _guide is null
            ? Guidance.ClassifierFree(main, Call(_main, null, stop), _weight, _interval)
            : Guidance.Auto(main, Call(_guide, _guide.Network.LabelDim == 0 ? null : labels, stop), _weight, _interval);
    }

    private static Denoiser Call(NetworkDenoiser network, float[]? labels, CancellationToken stop) => (x, sigma) =>
    {
        stop.ThrowIfCancellationRequested();
        return network.Denoise(x, sigma, labels);
    };

    private static float[]? Labels(IReadOnlyList<ImageSeed> images, int classes)
    {
        if (classes == 0)
        {
            return null;
        }

        var labels = new float[images.Count * classes];
        for (int i = 0; i < images.Count; i++)
        {
            if (images[i].Class is int index)
            {
                labels[i * classes + index] = 1f;
            }
        }

        return labels;
    }

    private static void RequireClasses(UNetOptions main)
    {
        if (main.LabelDim == 0)
        {
            throw new EdmException("--guidance: this network knows no classes to be guided to; give --guide-network, or leave it out");
        }

        if (main.LabelDropout == 0)
        {
            throw new EdmException("--guidance: this network was trained without --label-dropout, so it cannot draw without a class; "
                + "train it with --label-dropout 0.1, or give --guide-network");
        }
    }

    private static void RequireFit(UNetOptions main, UNetOptions guide)
    {
        if ((main.Height, main.Width, main.ImageChannels) != (guide.Height, guide.Width, guide.ImageChannels))
        {
            throw new EdmException($"--guide-network draws {Size(guide)}, --network {Size(main)}; give one for images of the same size");
        }

        if (guide.LabelDim != 0 && guide.LabelDim != main.LabelDim)
        {
            throw new EdmException(
                $"--guide-network knows {guide.LabelDim} classes, --network {main.LabelDim}; give one for the same classes");
        }
    }

    private static string Size(UNetOptions network) => $"{network.Width}x{network.Height} pixels of {network.ImageChannels} channels";
}
