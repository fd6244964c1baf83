using IlgpuEdm.Diffusion;
using IlgpuEdm.Formats;
using IlgpuEdm.Formats.Onnx;
using IlgpuEdm.Networks;

namespace IlgpuEdm.Interchange;

/// <summary>
/// Writes a denoiser, network and preconditioning, as an ONNX file: <c>denoised = D(x; sigma)</c> of any number of images, NCHW, each with
/// its own noise level. Dropout is off; augmentation labels, which training gives, are zero where they are left out.
/// </summary>
internal static class OnnxDenoiser
{
    /// <summary>Writes the file; it is whole or absent.</summary>
    /// <param name="path">The file.</param>
    /// <param name="file">The network's weights and description.</param>
    /// <param name="metadata">Texts to go along.</param>
    /// <exception cref="EdmException">
    /// The description is missing or damaged, the weights do not fit it or exceed what an ONNX file can have, or it cannot be written.
    /// </exception>
    public static void Write(string path, SafetensorsFile file, IReadOnlyDictionary<string, string> metadata)
    {
        var (options, preconditioner) = NetworkDenoiser.ReadConfiguration(file, file.Path);
        var network = options.Create();
        ParameterBlock.RequireFit(network.Parameters, file, NetworkDenoiser.Prefix, file.Path);
        OnnxFile.Write(path, Graph(network, preconditioner, file), "denoiser", metadata);
    }

    private static OnnxGraph Graph(UNet network, Preconditioner preconditioner, SafetensorsFile file)
    {
        var options = network.Options;
        int[] image = [options.ImageChannels, options.Height, options.Width];
        var graph = new OnnxGraph();
        var x = graph.Input("x", image);
        var sigma = graph.Input("sigma").Reshape(-1, 1, 1, 1);
        OnnxValue? classLabels = options.LabelDim > 0 ? graph.Input("class_labels", options.LabelDim) : null;
        OnnxValue? augmentLabels = options.AugmentDim > 0 ? graph.OptionalInput("augment_labels", options.AugmentDim) : null;
        var c = preconditioner.Export(sigma);
        var f = network.Export(
            new OnnxPass(graph, file, NetworkDenoiser.Prefix), x * c.CIn, c.CNoise.Reshape(-1, 1), classLabels, augmentLabels);
        if (options.OutputChannels > options.ImageChannels)
        {
            f = f.FirstChannels(options.ImageChannels);
        }

        graph.Output("denoised", x * c.CSkip + f * c.COut, image);
        return graph;
    }
}
