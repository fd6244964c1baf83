using ILGPU;
using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Elementwise;
using IlgpuEdm.Kernels.Optimizer;

namespace IlgpuEdm.Training;

/// <summary>A step of Adam on either schedule.</summary>
internal static class AdamLaunch
{
    /// <summary>Updates all parameters; see <see cref="Kernels.Primitives.Adam.Update"/>.</summary>
    /// <param name="device">The device.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="gradients">Their gradients.</param>
    /// <param name="m">First moments.</param>
    /// <param name="v">Second moments.</param>
    /// <param name="ema">The moving average.</param>
    /// <param name="scalars">The numbers of this step.</param>
    /// <param name="replaced">Receives, for each of <see cref="AdamKernel.Tasks"/>, how many gradients were not finite.</param>
    /// <param name="count">Parameters.</param>
    public static void Step(
        Device device, ArrayView<float> weights, ArrayView<float> gradients, ArrayView<float> m, ArrayView<float> v, ArrayView<float> ema,
        ArrayView<float> scalars, ArrayView<float> replaced, int count)
    {
        var tasks = AdamKernel.Tasks(count);
        var work = new KernelWork(0, 36.0 * count);
        if (!device.IsCooperative)
        {
            device.Launch(AdamKernel.Step, device.WorkItems(tasks), work, weights, gradients, m, v, ema, scalars, replaced, count);
            return;
        }

        const int groups = AdamKernel.GroupsOfTask;
        using var parts = device.Pool.RentScratch((long)tasks * groups);
        device.Launch(
            AdamKernel.StepCooperative, LaunchSize.OfGroups(tasks * groups), work,
            weights, gradients, m, v, ema, scalars, parts.View, count);
        device.Launch(ChannelSums.AddParts, Device.Groups(tasks), default, parts.View, replaced, tasks, groups, 1, 1f, 0);
    }
}
