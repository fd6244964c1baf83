namespace IlgpuEdm.Networks;

/// <summary>How the weights and biases of a layer start: the rule and its factors.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Weight">Factor of the weights.</param>
/// <param name="Bias">Factor of the biases; 0 starts them at 0.</param>
internal readonly record struct LayerStart(StartRule Rule, double Weight, double Bias)
{
    /// <summary>The weights' start.</summary>
    public ParameterStart Weights(int fanIn, int fanOut) => Of(fanIn, fanOut, Weight);

    /// <summary>The biases' start; the fans are those of the weights.</summary>
    public ParameterStart Biases(int fanIn, int fanOut) => Of(fanIn, fanOut, Bias);

    private ParameterStart Of(int fanIn, int fanOut, double factor) => Rule switch
    {
        StartRule.XavierUniform => new ParameterStart(0f, Math.Sqrt(6.0 / (fanIn + fanOut)) * factor, Normal: false),
        StartRule.KaimingUniform => new ParameterStart(0f, Math.Sqrt(3.0 / fanIn) * factor, Normal: false),
        _ => new ParameterStart(0f, Math.Sqrt(1.0 / fanIn) * factor, Normal: true),
    };
}

/// <summary>Rules by which a layer's first weights follow from its fans.</summary>
internal enum StartRule
{
    /// <summary>Uniform within <c>sqrt(6 / (fanIn + fanOut))</c>.</summary>
    XavierUniform,

    /// <summary>Uniform within <c>sqrt(3 / fanIn)</c>.</summary>
    KaimingUniform,

    /// <summary>Normal with deviation <c>sqrt(1 / fanIn)</c>.</summary>
    KaimingNormal,
}
