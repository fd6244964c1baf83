namespace IlgpuEdm.Data;

/// <summary>A data set of images of one size, 8 bits a channel. Reading is safe from many threads at once.</summary>
public interface IImageDataset : IDisposable
{
    /// <summary>A short name made of letters, digits, dots, dashes and underscores, as used in the names of runs.</summary>
    string Name { get; }

    /// <summary>Where the data came from: a full path, or a description where there is none.</summary>
    string Source { get; }

    /// <summary>Number of images, at least one.</summary>
    long Count { get; }

    /// <summary>Height of every image in pixels.</summary>
    int Height { get; }

    /// <summary>Width of every image in pixels.</summary>
    int Width { get; }

    /// <summary>Channels of every image: 1 for grey, 3 for RGB.</summary>
    int Channels { get; }

    /// <summary>Number of classes, or length of a label vector; 0 where there are no labels.</summary>
    int LabelDim { get; }

    /// <summary>Whether the labels are vectors of numbers rather than classes.</summary>
    bool HasLabelVectors => false;

    /// <summary>Copies one image.</summary>
    /// <param name="index">Its number, 0 to Count - 1.</param>
    /// <param name="pixels">Receives height x width x channels bytes.</param>
    void ReadImage(long index, Span<byte> pixels);

    /// <summary>The class of one image.</summary>
    /// <param name="index">Its number, 0 to Count - 1.</param>
    /// <returns>0 to LabelDim - 1, or -1 where there are no labels or where they are vectors.</returns>
    int Label(long index);

    /// <summary>The label of one image as a vector, which conditional training gives to the network.</summary>
    /// <param name="index">Its number, 0 to Count - 1.</param>
    /// <param name="label">Receives LabelDim numbers: the vector, or 1 at the class and 0 elsewhere.</param>
    void ReadLabel(long index, Span<float> label)
    {
        label.Clear();
        if (Label(index) is >= 0 and var number)
        {
            label[number] = 1;
        }
    }

    /// <summary>A short hash of what matters in the data (number, shape, labels, some images), for telling data sets apart.</summary>
    string Fingerprint { get; }
}
