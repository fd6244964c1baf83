using IlgpuEdm.Devices;
using IlgpuEdm.Formats;
using IlgpuEdm.Interchange;

namespace IlgpuEdm.Metrics;

/// <summary>Opens feature networks, told by the contents of their files.</summary>
public static class FeatureNetworks
{
    /// <summary>Reads a feature network.</summary>
    /// <param name="device">Where to compute.</param>
    /// <param name="path">Weights of Inception-v3 (see <see cref="InceptionNetwork.Load"/>), or a classifier of this program.</param>
    /// <returns>The network; dispose it before the device.</returns>
    /// <exception cref="EdmException">The file is missing, damaged or no feature network.</exception>
    public static IFeatureNetwork Open(Device device, string path)
    {
        path = LocalFile.Of(path);
        if (TensorFiles.KindOf(path) != TensorFileKind.None)
        {
            var file = TensorFiles.Read(path);
            if (ImageClassifier.IsIn(file))
            {
                return ClassifierFeatures.Load(device, path);
            }

            if (InceptionNetwork.IsIn(file))
            {
                return InceptionNetwork.Of(device, file, path);
            }
        }

        throw new EdmException(
            $"{path} is no feature network; give weights of Inception-v3 as 'dataset get inception' gets them, or a classifier that "
            + "'fid train-features' or 'classifier train' wrote");
    }
}
