using System.Reflection;
using IlgpuEdm.Autodiff;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Kernels;
using IlgpuEdm.Networks;
using IlgpuEdm.Tests.Golden;

namespace IlgpuEdm.Tests.Devices;

/// <summary>What is launched on a device of the cooperative schedule, by its profile of a forward and a backward pass.</summary>
[TestClass]
[TestCategory("Slow")]
public sealed class CooperativeProfileTestsOpenCLCooperative : DeviceTestBase
{
    protected override string Spec => OpenCLCooperative;

    [TestMethod]
    [DataRow("net_ddpmpp")]
    [DataRow("net_adm")]
    public void HeavyOperationsRunAsGroupsOfThreads(string name)
    {
        var launched = Launched(name);
        foreach (var kernel in launched)
        {
            Assert.IsTrue(
                PtxCompiler.IsCooperative(kernel) || kernel.IsDefined(typeof(EitherScheduleAttribute)),
                $"{PtxCompiler.Name(kernel)} is of the fat schedule");
        }

        string[] groups = [.. launched.Where(PtxCompiler.IsCooperative).Select(k => k.DeclaringType!.Name).Distinct()];
        CollectionAssert.IsSubsetOf(
            new[]
            {
                "ConvolutionForward", "ConvolutionWeightGradient", "GroupNormForward", "GroupNormBackward", "AttentionForward",
                "AttentionBackward", "ElementwisePass",
            },
            groups, string.Join(", ", groups));
    }

    private List<MethodInfo> Launched(string name)
    {
        var file = GoldenFile.Open(name);
        var network = GoldenNetwork.ReadOptions(file).Create();
        using var weights = GoldenNetwork.Weights(Device, network, file, name, gradients: true);
        Device.Profile.Clear();
        Device.Profile.Enabled = true;
        try
        {
            var sigma = file.GetDoubles("in.sigma");
            using var tape = new Tape(Device, recording: true);
            new DenoisingLoss(new PreconditionedNetwork(network, new EdmPreconditioner()), new EdmWeight()).Forward(
                new NetworkPass(tape, weights), GoldenNetwork.Images(tape, file, "in.y"), GoldenNetwork.Images(tape, file, "in.noise"),
                sigma, 1f / sigma.Length, GoldenNetwork.Optional(tape, file, "in.labels"),
                GoldenNetwork.Optional(tape, file, "in.augment_labels")).Backward(tape);
            return [.. Device.Profile.Top(int.MaxValue).Select(k => PtxCompiler.Find(k.Name))];
        }
        finally
        {
            Device.Profile.Enabled = false;
            Device.Profile.Clear();
        }
    }
}
