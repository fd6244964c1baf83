using System.Text.Json.Serialization;
using IlgpuEdm.Formats.Onnx;

namespace IlgpuEdm.Diffusion;

/// <summary>
/// How a network becomes a denoiser: <c>D(x; sigma) = c_skip x + c_out F(c_in x; c_noise)</c> (Karras et al. 2022, equation 7). The four
/// coefficients are what the models of table 1 differ in. Files hold it as JSON, with the model as <c>type</c>.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(EdmPreconditioner), "edm")]
[JsonDerivedType(typeof(VpPreconditioner), "vp")]
[JsonDerivedType(typeof(VePreconditioner), "ve")]
[JsonDerivedType(typeof(IddpmPreconditioner), "iddpm")]
[JsonDerivedType(typeof(PlainPreconditioner), "plain")]
[JsonDerivedType(typeof(NoisePreconditioner), "noise")]
public abstract record Preconditioner
{
    /// <summary>The name of the model, as <c>--precond</c> takes it.</summary>
    [JsonIgnore]
    public abstract string Name { get; }

    /// <summary>The lowest noise level that the network was made for.</summary>
    [JsonIgnore]
    public virtual double SigmaMin => 0;

    /// <summary>The highest noise level that the network was made for.</summary>
    [JsonIgnore]
    public virtual double SigmaMax => double.PositiveInfinity;

    /// <summary>Outputs of the network for each channel of an image; those past the first are not used.</summary>
    [JsonIgnore]
    public virtual int OutputsPerChannel => 1;

    /// <summary>The factor of the noisy image in the result.</summary>
    /// <param name="sigma">Noise level, above 0.</param>
    /// <returns>c_skip.</returns>
    public abstract double CSkip(double sigma);

    /// <summary>The factor of the network's output in the result.</summary>
    /// <param name="sigma">Noise level, above 0.</param>
    /// <returns>c_out.</returns>
    public abstract double COut(double sigma);

    /// <summary>The factor of the noisy image at the network's input.</summary>
    /// <param name="sigma">Noise level, above 0.</param>
    /// <returns>c_in.</returns>
    public abstract double CIn(double sigma);

    /// <summary>What the network is told of the noise level.</summary>
    /// <param name="sigma">Noise level, above 0.</param>
    /// <returns>c_noise.</returns>
    public abstract double CNoise(double sigma);

    /// <summary>The nearest noise level that the network knows; all but iDDPM's know every level.</summary>
    /// <param name="sigma">Noise level.</param>
    /// <returns>The level.</returns>
    public virtual double RoundSigma(double sigma) => sigma;

    /// <summary>Adds the coefficients to an ONNX graph, which computes in float32.</summary>
    /// <param name="sigma">Noise levels, <c>[N, 1, 1, 1]</c>.</param>
    /// <returns>The coefficients; those that are the same at all levels may be one number.</returns>
    internal abstract OnnxCoefficients Export(OnnxValue sigma);

    /// <summary>Checks the constants.</summary>
    /// <exception cref="EdmException">A constant is out of range.</exception>
    public virtual void Validate()
    {
    }
}
