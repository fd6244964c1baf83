using System.Globalization;
using ILGPU;
using IlgpuEdm.Data;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.IdealDenoiser;
using Device = IlgpuEdm.Devices.Device;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// The denoiser that is best of all for a data set that is nothing but its images: <c>D(x; sigma) = sum of y_i w_i</c> over all images y_i
/// on the scale [-1, 1], <c>w = softmax(-|x - y_i|^2 / (2 sigma^2))</c> (Karras et al. 2022, appendix B.3, equation 57). The device
/// computes in float32. An image is denoised to the same bits alone and beside others, and whether or not the set stays on the device.
/// </summary>
public sealed class IdealDenoiser : IDisposable
{
    // Bounds the memory of a launch; each read of the images from memory serves as many.
    private const int MostQueries = 64;

    private readonly Device _device;
    private readonly IImageDataset _data;
    private readonly IdealImages _images;

    /// <summary>Makes a denoiser of a data set, which must stay open while the denoiser lives.</summary>
    /// <param name="device">Where to compute; used by one thread at a time.</param>
    /// <param name="images">The data set.</param>
    /// <param name="options">Which of its images count, and how much memory they may take; null for all of them and 1 GB.</param>
    /// <param name="stop">Stops the reading of the images.</param>
    /// <exception cref="EdmException">There are no such images, or the device has no memory for them.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public IdealDenoiser(Device device, IImageDataset images, IdealDenoiserOptions? options = null, CancellationToken stop = default)
    {
        (_device, _data) = (device, images);
        using var stage = device.Profile.Stage("ideal denoiser");
        _images = new IdealImages(device, images, options ?? new(), stop);
    }

    /// <summary>The images that it knows.</summary>
    public long ImageCount => _images.Count;

    /// <summary>Whether they stay on the device, or are read again for each denoising.</summary>
    public bool IsResident => _images.IsResident;

    /// <summary>Denoises images at one noise level; a <see cref="Denoiser"/>.</summary>
    /// <param name="x">Noisy images, <c>[N, H, W, C]</c> in order, any N.</param>
    /// <param name="sigma">Their noise level, above 0.</param>
    /// <returns>The means of clean images given noisy ones, as x.</returns>
    /// <exception cref="EdmException">The values are no whole number of images, or the noise level is not above 0.</exception>
    public double[] Denoise(double[] x, double sigma) => Estimate(x, sigma).Denoised;

    /// <summary>A <see cref="Denoiser"/> that can be stopped.</summary>
    /// <param name="stop">Ends a denoising between two chunks of the data set.</param>
    /// <returns>The denoiser.</returns>
    public Denoiser Stoppable(CancellationToken stop) => (x, sigma) => Estimate(x, sigma, stop).Denoised;

    /// <summary>Denoises images at one noise level and says of how many images each denoised one is a mean.</summary>
    /// <param name="x">Noisy images, <c>[N, H, W, C]</c> in order, any N.</param>
    /// <param name="sigma">Their noise level, above 0.</param>
    /// <param name="stop">Ends it between two chunks of the data set.</param>
    /// <returns>The denoised images, and how many images are behind each.</returns>
    /// <exception cref="EdmException">The values are no whole number of images, or the noise level is not above 0.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public IdealEstimate Estimate(double[] x, double sigma, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        var (size, stride) = (_images.Size, _images.Stride);
        var count = x.Length / size;
        if (count * size != x.Length)
        {
            throw new EdmException(string.Create(
                CultureInfo.InvariantCulture,
                $"{x.Length} values are no whole number of images of {_data.Height} x {_data.Width} x {_data.Channels}, as those of "
                + $"{_data.Source} are"));
        }

        if (!(sigma > 0) || !double.IsFinite(sigma))
        {
            throw new EdmException(
                string.Create(CultureInfo.InvariantCulture, $"the noise level is {sigma}; it must be a finite number above 0"));
        }

        var estimate = new IdealEstimate(new double[x.Length], new double[count]);
        if (count == 0)
        {
            return estimate;
        }

        using var stage = _device.Profile.Stage("ideal denoiser");
        using var queries = _device.Pool.RentScratch((long)count * stride);
        using var sums = _device.Pool.RentScratch((long)count * stride);
        using var state = _device.Pool.RentScratch((long)count * IdealShape.Numbers);
        Upload(x, queries.View);
        for (var chunk = 0; chunk < _images.ChunkCount; chunk++)
        {
            stop.ThrowIfCancellationRequested();
            var images = _images.Chunk(chunk);
            for (var first = 0; first < count; first += MostQueries)
            {
                stop.ThrowIfCancellationRequested();
                var shape = new IdealShape
                {
                    Queries = Math.Min(MostQueries, count - first),
                    Stride = stride,
                    Rows = _images.RowsOf(chunk),
                    Slices = (_images.RowsOf(chunk) + IdealShape.SliceRows - 1) / IdealShape.SliceRows,
                    Scale = (float)Math.Min(0.5 / (sigma * sigma), float.MaxValue),
                    IsFirst = chunk == 0 ? 1 : 0,
                };
                Add(
                    images, shape, queries.View.SubView((long)first * stride, (long)shape.Queries * stride),
                    sums.View.SubView((long)first * stride, (long)shape.Queries * stride),
                    state.View.SubView((long)first * IdealShape.Numbers, (long)shape.Queries * IdealShape.Numbers));
            }
        }

        Download(sums.View, state.View, estimate);
        return estimate;
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => _images.Dispose();

    // Adds a chunk to what some queries have of the chunks before.
    private void Add(ArrayView<float> images, in IdealShape s, ArrayView<float> queries, ArrayView<float> sums, ArrayView<float> state)
    {
        using var numbers = _device.Pool.RentScratch((long)s.Queries * s.Slices * IdealShape.Numbers);
        using var parts = _device.Pool.RentScratch((long)s.Queries * s.Slices * s.Stride);
        double pairs = (double)s.Queries * s.Rows * s.Stride, imageBytes = 4.0 * s.Rows * s.Stride, partBytes = 4.0 * parts.View.Length;
        var merging = new KernelWork(2.0 * parts.View.Length, partBytes);
        if (!_device.IsCooperative)
        {
            var own = IdealSlices.ScratchSize(s.Queries);
            var items = _device.WorkItems(s.Slices, own);
            using var scratch = _device.Pool.RentScratch((long)items * own);
            _device.Launch(
                IdealSlices.Fat, items, new KernelWork(5 * pairs, imageBytes + partBytes),
                queries, images, numbers.View, parts.View, scratch.View, s);
            _device.Launch(IdealMerge.Fat, _device.WorkItems(s.Queries), merging, numbers.View, parts.View, state, sums, s);
            return;
        }

        using var weights = _device.Pool.RentScratch((long)s.Queries * s.Slices * IdealShape.SliceRows);
        var blocks = (s.Queries + IdealSlices.GroupQueries - 1) / IdealSlices.GroupQueries;
        var columns = (s.Stride + IdealSlices.GroupColumns - 1) / IdealSlices.GroupColumns;
        _device.Launch(
            IdealSlices.Distances, LaunchSize.OfGroups(blocks * s.Slices), new KernelWork(3 * pairs, imageBytes),
            queries, images, weights.View, s);
        _device.Launch(
            IdealSlices.Weights, LaunchSize.OfGroups(s.Queries * s.Slices), new KernelWork(0, 8.0 * weights.View.Length),
            weights.View, numbers.View, s);
        _device.Launch(
            IdealSlices.Sums, LaunchSize.OfGroups(blocks * s.Slices * columns), new KernelWork(2 * pairs, imageBytes + partBytes),
            weights.View, images, parts.View, s);
        _device.Launch(IdealMerge.Weights, LaunchSize.OfGroups(s.Queries), default, numbers.View, state, s);
        _device.Launch(
            IdealMerge.Sums, Device.Groups(s.Queries * s.Stride / 4), merging, numbers.View, parts.View, state, sums, s);
    }

    private void Upload(double[] x, ArrayView<float> queries)
    {
        var (size, stride) = (_images.Size, _images.Stride);
        _device.Write(queries, (first, values) =>
        {
            for (var i = 0; i < values.Length; i++)
            {
                var (image, place) = Math.DivRem(first + i, stride);
                values[i] = place < size ? (float)x[image * size + place] : 0f;
            }
        });
    }

    private void Download(ArrayView<float> sums, ArrayView<float> state, IdealEstimate estimate)
    {
        var (size, stride, count) = (_images.Size, _images.Stride, estimate.EffectiveImages.Length);
        var numbers = new float[count * IdealShape.Numbers];
        var image = new float[size];
        _device.Download(state, numbers.AsSpan());
        for (var i = 0; i < count; i++)
        {
            double sum = numbers[i * IdealShape.Numbers + 1], squares = numbers[i * IdealShape.Numbers + 2];
            estimate.EffectiveImages[i] = sum * sum / squares;
            _device.Download(sums.SubView((long)i * stride, stride), image.AsSpan());
            for (var j = 0; j < size; j++)
            {
                estimate.Denoised[i * size + j] = image[j] / sum;
            }
        }
    }
}
