using System.Globalization;
using IlgpuEdm.Autodiff;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Augmentation;

namespace IlgpuEdm.Diffusion.Augmentation;

/// <summary>
/// The augmentation of training images (Karras et al. 2022, appendix F.2, after "Training generative adversarial networks with limited
/// data", 2020). The network is told by labels what was done to an image; in sampling the labels are zero, so what augmentation does to
/// images does not leak into those that are drawn.
/// </summary>
public sealed class AugmentPipe
{
    /// <summary>Makes a pipeline.</summary>
    /// <param name="options">The augmentations.</param>
    /// <exception cref="EdmException">An option is out of range.</exception>
    public AugmentPipe(AugmentOptions options)
    {
        options.Validate();
        Options = options;
    }

    /// <summary>The augmentations.</summary>
    public AugmentOptions Options { get; }

    /// <summary>Numbers of an image's label.</summary>
    public int LabelDim => Options.LabelDim;

    /// <summary>Draws and applies what is done to each image of a batch, or of a part of one.</summary>
    /// <param name="tape">Owns the result; nothing is recorded.</param>
    /// <param name="images">Images on the [-1, 1] scale, <c>[N, H, W, C]</c>; they stay as they are.</param>
    /// <param name="firstImage">Number of the first image, counted from the start of training.</param>
    /// <param name="seed">The run's seed.</param>
    /// <returns>
    /// New images, <c>[N, H, W, C]</c>, and labels, <c>[N, LabelDim]</c>. Those of an image follow from seed and number alone.
    /// </returns>
    /// <exception cref="EdmException">Images of this size cannot be augmented so; see <see cref="RequireFit"/>.</exception>
    /// <exception cref="ArgumentException">The tensor has not four dimensions.</exception>
    public (Tensor Images, float[] Labels) Apply(Tape tape, Tensor images, long firstImage, ulong seed) =>
        Apply(tape, images, Draw(firstImage, images.Size(0), seed));

    /// <summary>Applies what was drawn.</summary>
    /// <param name="tape">Owns the result; nothing is recorded.</param>
    /// <param name="images">Images on the [-1, 1] scale, <c>[N, H, W, C]</c>; they stay as they are.</param>
    /// <param name="parameters">What is done to each.</param>
    /// <returns>New images, <c>[N, H, W, C]</c>, and labels, <c>[N, LabelDim]</c>.</returns>
    /// <exception cref="EdmException">
    /// Images of this size cannot be augmented so; see <see cref="RequireFit"/>. Or parameters that no draw gives move an image too far.
    /// </exception>
    /// <exception cref="ArgumentException">Tensor and parameters do not fit.</exception>
    public (Tensor Images, float[] Labels) Apply(Tape tape, Tensor images, IReadOnlyList<AugmentParameters> parameters) =>
        Apply(tape, images, parameters, sharedMargin: false);

    /// <summary>Draws what is done to images.</summary>
    /// <param name="firstImage">Number of the first image, counted from the start of training.</param>
    /// <param name="count">Images.</param>
    /// <param name="seed">The run's seed.</param>
    /// <returns>The parameters of each image.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The first image or the count is negative.</exception>
    public AugmentParameters[] Draw(long firstImage, int count, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstImage);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var parameters = new AugmentParameters[count];
        for (var i = 0; i < count; i++)
        {
            parameters[i] = AugmentParameters.Draw(Options, new SeededAugmentDraws(seed, (ulong)(firstImage + i)));
        }

        return parameters;
    }

    /// <summary>Checks that images of a size can be augmented as the options say.</summary>
    /// <param name="height">Rows of an image.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="channels">Channels.</param>
    /// <exception cref="EdmException">
    /// Colours of images that have neither 1 nor 3 channels were to be changed, or images below 2 x 2 pixels to be resampled.
    /// </exception>
    public void RequireFit(int height, int width, int channels)
    {
        if (Options.ChangesColours && channels is not (1 or 3))
        {
            throw new EdmException(string.Create(
                CultureInfo.InvariantCulture,
                $"Colour augmentation needs images of 1 or 3 channels, not {channels}: leave brightness to saturation out."));
        }

        if (Options.Resamples && (height < 2 || width < 2))
        {
            throw new EdmException(string.Create(
                CultureInfo.InvariantCulture,
                $"Images of {height} x {width} pixels are too small to be scaled, rotated or moved: leave --augment out."));
        }
    }

    /// <summary>
    /// As the public method; a margin that all images of the batch share is what the published pipeline has, and the golden images.
    /// </summary>
    internal (Tensor Images, float[] Labels) Apply(
        Tape tape, Tensor images, IReadOnlyList<AugmentParameters> parameters, bool sharedMargin)
    {
        Shapes.Require(images.Shape.Count == 4 && images.Size(0) == parameters.Count, [images]);
        RequireFit(images.Size(1), images.Size(2), images.Size(3));
        var result = tape.New([.. images.Shape]);
        Move(images, result, parameters);
        Warp(result, parameters, sharedMargin);
        Recolour(result, parameters);
        return (result, Labels(parameters, images.Size(1), images.Size(2)));
    }

    private float[] Labels(IReadOnlyList<AugmentParameters> parameters, int height, int width)
    {
        var labels = new float[parameters.Count * LabelDim];
        for (var i = 0; i < parameters.Count; i++)
        {
            AugmentLabels.Write(Options, parameters[i], height, width, labels.AsSpan(i * LabelDim, LabelDim));
        }

        return labels;
    }

    private void Move(Tensor images, Tensor result, IReadOnlyList<AugmentParameters> parameters)
    {
        int batch = images.Size(0), height = images.Size(1), width = images.Size(2);
        var entries = new int[batch * PixelKernels.MoveEntry];
        for (var i = 0; i < batch; i++)
        {
            var map = PixelMap.Of(Options, parameters[i], height, width);
            var o = i * PixelKernels.MoveEntry;
            entries[o] = (map.FlipX ? PixelKernels.FlipX : 0) | (map.FlipY ? PixelKernels.FlipY : 0)
                | (map.Transposed ? PixelKernels.Transpose : 0);
            entries[o + 1] = map.Right;
            entries[o + 2] = map.Up;
        }

        using var table = new DeviceTable<int>(images.Device, entries);
        var device = images.Device;
        device.Launch(
            device.IsCooperative ? PixelPass.Move : PixelKernels.Move,
            device.IsCooperative ? Device.Groups(images.Length) : device.WorkItems(batch * height), new KernelWork(0, 8.0 * images.Length),
            images.View, result.View, table.View, batch, height, width, images.Size(3));
    }

    private void Warp(Tensor images, IReadOnlyList<AugmentParameters> parameters, bool sharedMargin)
    {
        int height = images.Size(1), width = images.Size(2);
        AffineMap[] maps = [.. parameters.Select(p => AffineMap.InverseOf(Options, p, height, width))];
        var shared = AugmentMargin.Of(maps, height, width);
        WarpedImage[] list =
        [
            .. from i in Enumerable.Range(0, maps.Length)
               where maps[i] != AffineMap.Identity
               select new WarpedImage(i, maps[i], sharedMargin ? shared : AugmentMargin.Of([maps[i]], height, width)),
        ];
        AugmentWarp.Run(images, list);
    }

    private void Recolour(Tensor images, IReadOnlyList<AugmentParameters> parameters)
    {
        int height = images.Size(1), width = images.Size(2), channels = images.Size(3);
        List<int> list = [];
        List<float> entries = [];
        for (var i = 0; i < parameters.Count; i++)
        {
            if (ColourMatrix.Of(Options, parameters[i]) is { } matrix)
            {
                list.Add(i);
                entries.AddRange(matrix.Entry(grey: channels == 1));
            }
        }

        if (list.Count == 0)
        {
            return;
        }

        Shapes.Require(channels is 1 or 3, [images]);
        using var numbers = new DeviceTable<int>(images.Device, [.. list]);
        using var table = new DeviceTable<float>(images.Device, [.. entries]);
        var device = images.Device;
        device.Launch(
            device.IsCooperative ? PixelPass.Recolour : PixelKernels.Recolour,
            device.IsCooperative ? Device.Groups(list.Count * height * width) : device.WorkItems(list.Count * height),
            new KernelWork(0, 8.0 * list.Count * height * width),
            images.View, numbers.View, table.View, list.Count, height, width, channels);
    }
}
