using IlgpuEdm.Formats.Onnx;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// The four coefficients of a <see cref="Preconditioner"/> in an ONNX graph, each one number an image, <c>[N, 1, 1, 1]</c>, or one for all.
/// </summary>
/// <param name="CSkip">The factor of the noisy image in the result.</param>
/// <param name="COut">The factor of the network's output in the result.</param>
/// <param name="CIn">The factor of the noisy image at the network's input.</param>
/// <param name="CNoise">What the network is told of the noise level.</param>
internal readonly record struct OnnxCoefficients(OnnxValue CSkip, OnnxValue COut, OnnxValue CIn, OnnxValue CNoise);
