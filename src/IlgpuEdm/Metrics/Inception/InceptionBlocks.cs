namespace IlgpuEdm.Metrics;

/// <summary>
/// The five kinds of block of Inception-v3 (Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", 2016, figures 5
/// to 7 and 10), in the variant that FID is defined with: average pools leave out what lies beyond the edges.
/// </summary>
internal static class InceptionBlocks
{
    /// <summary>Figure 5: a 5x5 beside two 3x3 in a row. 35x35 pixels.</summary>
    public static InceptionBlock A(List<InceptionLayer> layers, string name, int inputs, int pooled) =>
        new InceptionBlock(layers, name, inputs)
            .Chain(Step("branch1x1", 64, 1, 1))
            .Chain(Step("branch5x5_1", 48, 1, 1), Step("branch5x5_2", 64, 5, 5))
            .Chain(Step("branch3x3dbl_1", 64, 1, 1), Step("branch3x3dbl_2", 96, 3, 3), Step("branch3x3dbl_3", 96, 3, 3))
            .Pooled(InceptionPool.Average, Step("branch_pool", pooled, 1, 1));

    /// <summary>Figure 10: from 35x35 to 17x17 pixels.</summary>
    public static InceptionBlock B(List<InceptionLayer> layers, string name, int inputs) =>
        new InceptionBlock(layers, name, inputs)
            .Chain(ByTwo("branch3x3", 384))
            .Chain(Step("branch3x3dbl_1", 64, 1, 1), Step("branch3x3dbl_2", 96, 3, 3), ByTwo("branch3x3dbl_3", 96))
            .Pooled(InceptionPool.MaximumByTwo);

    /// <summary>Figure 6: 7x7 as 1x7 and 7x1. 17x17 pixels.</summary>
    public static InceptionBlock C(List<InceptionLayer> layers, string name, int inputs, int narrow) =>
        new InceptionBlock(layers, name, inputs)
            .Chain(Step("branch1x1", 192, 1, 1))
            .Chain(Step("branch7x7_1", narrow, 1, 1), Step("branch7x7_2", narrow, 1, 7), Step("branch7x7_3", 192, 7, 1))
            .Chain(
                Step("branch7x7dbl_1", narrow, 1, 1), Step("branch7x7dbl_2", narrow, 7, 1), Step("branch7x7dbl_3", narrow, 1, 7),
                Step("branch7x7dbl_4", narrow, 7, 1), Step("branch7x7dbl_5", 192, 1, 7))
            .Pooled(InceptionPool.Average, Step("branch_pool", 192, 1, 1));

    /// <summary>As figure 10: from 17x17 to 8x8 pixels.</summary>
    public static InceptionBlock D(List<InceptionLayer> layers, string name, int inputs) =>
        new InceptionBlock(layers, name, inputs)
            .Chain(Step("branch3x3_1", 192, 1, 1), ByTwo("branch3x3_2", 320))
            .Chain(
                Step("branch7x7x3_1", 192, 1, 1), Step("branch7x7x3_2", 192, 1, 7), Step("branch7x7x3_3", 192, 7, 1),
                ByTwo("branch7x7x3_4", 192))
            .Pooled(InceptionPool.MaximumByTwo);

    /// <summary>Figure 7: 3x3 as 1x3 beside 3x1. 8x8 pixels. FID's second one takes the largest where the first takes means.</summary>
    public static InceptionBlock E(List<InceptionLayer> layers, string name, int inputs, InceptionPool pool) =>
        new InceptionBlock(layers, name, inputs)
            .Chain(Step("branch1x1", 320, 1, 1))
            .Split([Step("branch3x3_1", 384, 1, 1)], Step("branch3x3_2a", 384, 1, 3), Step("branch3x3_2b", 384, 3, 1))
            .Split(
                [Step("branch3x3dbl_1", 448, 1, 1), Step("branch3x3dbl_2", 384, 3, 3)],
                Step("branch3x3dbl_3a", 384, 1, 3), Step("branch3x3dbl_3b", 384, 3, 1))
            .Pooled(pool, Step("branch_pool", 192, 1, 1));

    // Height and width stay.
    private static InceptionStep Step(string name, int outputs, int kernelY, int kernelX) =>
        new(name, new InceptionLayerShape(outputs, kernelY, kernelX, 1, Padded: true));

    private static InceptionStep ByTwo(string name, int outputs) => new(name, new InceptionLayerShape(outputs, 3, 3, 2, Padded: false));
}
