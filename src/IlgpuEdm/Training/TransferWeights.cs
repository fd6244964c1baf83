using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Interchange;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Training;

/// <summary>The weights of another network that a run starts from.</summary>
internal static class TransferWeights
{
    /// <summary>Reads the file that a run names; needs no device, so that a wrong file costs nothing.</summary>
    /// <param name="path">A snapshot, a network pickle, or a file made of one of these.</param>
    /// <param name="identity">The run.</param>
    /// <returns>The file, which holds all parameters of the network.</returns>
    /// <exception cref="EdmException">The file is damaged, has changed, or belongs to another network.</exception>
    public static SafetensorsFile Read(string path, RunIdentity identity)
    {
        if (FileBytes.Hash(path) != identity.TransferHash)
        {
            throw new EdmException($"--transfer {path}: it changed while the run was being set up; start again");
        }

        var parameters = identity.Model.Network.Create().Parameters;
        if (identity.Model.Loss.LearnedUncertainty)
        {
            _ = new UncertaintyHead(parameters);
        }

        var file = TensorFiles.ReadNetwork(path);
        ParameterBlock.RequireFit(parameters, file, NetworkDenoiser.Prefix, $"--transfer {path}");
        return file;
    }
}
