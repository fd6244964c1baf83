using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Data;

/// <summary>
/// Prepares batches ahead on a thread of its own. What is in a batch depends on data, seed and the number of its first image
/// alone, so a loader that starts later goes on exactly like one that never stopped.
/// </summary>
public sealed class BatchLoader : IDisposable
{
    private const int BatchesAhead = 3;

    private static readonly float[] UnitScale = [.. Enumerable.Range(0, 256).Select(v => PixelScale.ToUnit((byte)v))];
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly IImageDataset data;
    private readonly int batchSize;
    private readonly ulong seed;
    private readonly bool xflip;
    private readonly ImageOrder order;
    private readonly byte[] pixels;
    private readonly ConcurrentQueue<float[]> spare = new();
    private readonly BlockingCollection<Batch> ready = new(BatchesAhead);
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationToken stopToken;
    private readonly Thread thread;
    private ExceptionDispatchInfo? failure;
    private int disposed;

    /// <summary>Starts to prepare batches.</summary>
    /// <param name="data">The data set; it stays open as long as the loader, and the caller's to close.</param>
    /// <param name="batchSize">Images in a batch.</param>
    /// <param name="seed">The seed of the run: of the order of images and of the mirroring.</param>
    /// <param name="firstImage">How many images training has already seen.</param>
    /// <param name="xflip">Whether to mirror images left to right with probability 1/2, by a draw keyed by the image's number
    /// in training.</param>
    public BatchLoader(IImageDataset data, int batchSize, ulong seed, long firstImage, bool xflip)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);
        ArgumentOutOfRangeException.ThrowIfNegative(firstImage);
        (this.data, this.batchSize, this.seed, this.xflip) = (data, batchSize, seed, xflip);
        order = new ImageOrder(data.Count, seed);
        pixels = new byte[data.Height * data.Width * data.Channels];
        stopToken = stop.Token;
        thread = new Thread(() => Prepare(firstImage)) { IsBackground = true, Name = "batch loader" };
        thread.Start();
    }

    /// <summary>The next batch, as soon as it is ready.</summary>
    /// <returns>A batch that is the caller's own.</returns>
    /// <exception cref="EdmException">Reading the data failed.</exception>
    /// <exception cref="ObjectDisposedException">The loader is closed.</exception>
    public Batch Next()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref disposed) != 0, this);
        try
        {
            return ready.Take(stopToken);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            throw new ObjectDisposedException(nameof(BatchLoader), error);
        }
        catch (InvalidOperationException) when (failure is not null)
        {
            failure.Throw();
            throw;
        }
    }

    /// <summary>Gives a batch back, so that its memory serves a later one.</summary>
    /// <param name="batch">A batch of this loader's that nobody reads any more.</param>
    public void Recycle(Batch batch) => spare.Enqueue(batch.Images);

    /// <summary>Stops the thread; batches that were prepared are dropped.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }
        stop.Cancel();
        // A read that hangs shall not hang the program; what such a thread still uses is left to it.
        if (thread.Join(LongestWait))
        {
            ready.Dispose();
            stop.Dispose();
        }
    }

    private void Prepare(long image)
    {
        try
        {
            while (true)
            {
                ready.Add(Read(image), stopToken);
                image += batchSize;
            }
        }
        catch (OperationCanceledException) when (stopToken.IsCancellationRequested)
        {
        }
        catch (Exception error)
        {
            failure = ExceptionDispatchInfo.Capture(error);
            ready.CompleteAdding();
        }
    }

    private Batch Read(long firstImage)
    {
        if (!spare.TryDequeue(out var images))
        {
            images = GC.AllocateUninitializedArray<float>(checked(batchSize * pixels.Length));
        }

        var labels = new int[batchSize];
        var vectors = data.HasLabelVectors ? new float[batchSize * data.LabelDim] : null;
        for (var i = 0; i < batchSize; i++)
        {
            stopToken.ThrowIfCancellationRequested();
            var number = firstImage + i;
            var index = order[number];
            data.ReadImage(index, pixels);
            labels[i] = data.Label(index);
            if (vectors is not null)
            {
                data.ReadLabel(index, vectors.AsSpan(i * data.LabelDim, data.LabelDim));
            }
            var mirrored = xflip && HostRandom.Uniform(seed, RandomPurpose.XFlip, (ulong)number, 0) < 0.5;
            Scale(images.AsSpan(i * pixels.Length, pixels.Length), mirrored);
        }
        return new Batch { FirstImage = firstImage, Size = batchSize, Images = images, Labels = labels, LabelVectors = vectors };
    }

    private void Scale(Span<float> image, bool mirrored)
    {
        if (!mirrored)
        {
            for (var i = 0; i < image.Length; i++)
            {
                image[i] = UnitScale[pixels[i]];
            }
            return;
        }
        var channels = data.Channels;
        var rowLength = data.Width * channels;
        for (var i = 0; i < image.Length; i++)
        {
            var (row, inRow) = Math.DivRem(i, rowLength);
            var (x, c) = Math.DivRem(inRow, channels);
            image[i] = UnitScale[pixels[(row * rowLength) + ((data.Width - 1 - x) * channels) + c]];
        }
    }
}
