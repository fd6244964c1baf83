using ILGPU.Runtime.Cuda;
using IlgpuEdm.Devices;
using IlgpuEdm.Devices.Graphs;

namespace IlgpuEdm.Tests.Devices;

/// <summary>What is asked of the CUDA driver, without one: every capture ends, and what was made is freed once.</summary>
[TestClass]
public sealed class CudaGraphsTests
{
    private readonly Device device = TestDevices.Get("cpu");

    [TestMethod]
    public void WorkIsCapturedInstantiatedLaunchedAndFreed()
    {
        var driver = new FakeDriver();
        using (var graph = new CudaGraphs(driver).Make(device, [driver.Work(), driver.Work()]))
        {
            graph.Launch();
            graph.Launch();
        }

        CollectionAssert.AreEqual(
            (string[])["begin", "work", "work", "end", "instantiate 1", "destroy 1", "launch 2", "launch 2", "free 2"],
            driver.Calls, "calls");
    }

    [TestMethod]
    [DataRow("begin", "begin", "begin a capture")]
    [DataRow("end", "begin,work,end", "end a capture")]
    [DataRow("instantiate 1", "begin,work,end,instantiate 1,destroy 1", "instantiate a graph")]
    [DataRow("work", "begin,work,end,destroy 1", "capture a launch")]
    public void AnErrorEndsTheCaptureAndSaysWhatFailed(string fails, string calls, string what)
    {
        var driver = new FakeDriver { Fails = fails };
        var e = Assert.ThrowsExactly<GraphException>(() => new CudaGraphs(driver).Make(device, [driver.Work()]), fails);
        StringAssert.Contains(e.Message, what, "what failed");
        Assert.AreEqual(calls, string.Join(",", driver.Calls), "calls");
    }

    [TestMethod]
    public void AGraphThatIsNotLaunchedSaysSo()
    {
        var driver = new FakeDriver { Fails = "launch 2" };
        using var graph = new CudaGraphs(driver).Make(device, [driver.Work()]);
        StringAssert.Contains(Assert.ThrowsExactly<GraphException>(graph.Launch, "launch").Message, "OUT_OF_MEMORY", "the driver's error");
    }

    [TestMethod]
    public void ModesChooseWhatReplays()
    {
        using var own = Device.Open("cpu");
        own.UseGraphs(GraphMode.Software);
        Assert.IsInstanceOfType<SoftwareGraphs>(own.Graphs, "software");
        own.Graphs = null;
        own.UseGraphs(GraphMode.On);
        Assert.IsInstanceOfType<SoftwareGraphs>(own.Graphs, "on, without CUDA");
        own.Graphs = null;
        own.UseGraphs(GraphMode.Auto);
        own.UseGraphs(GraphMode.Off);
        Assert.IsNull(own.Graphs, "auto without CUDA, and off");
    }

    [TestMethod]
    public void AnUnknownModeIsRefusedByItsNames()
    {
        const string variable = "ILGPU_EDM_GRAPH_OF_A_TEST";
        Environment.SetEnvironmentVariable(variable, "sometimes");
        var e = Assert.ThrowsExactly<EdmException>(() => Device.Forced(variable, GraphMode.Auto), "no mode");
        StringAssert.Contains(e.Message, "is 'sometimes'; say auto or off or on or software", "the names");
        Environment.SetEnvironmentVariable(variable, "software");
        Assert.AreEqual(GraphMode.Software, Device.Forced(variable, GraphMode.Auto), "a mode");
        Environment.SetEnvironmentVariable(variable, null);
    }

    private sealed class FakeDriver : ICudaGraphDriver
    {
        public List<string> Calls { get; } = [];

        public string? Fails { get; init; }

        public DeviceWork Work() => new NotedWork(this);

        public CudaError BeginCapture() => Call("begin");

        public CudaError EndCapture(out nint graph)
        {
            var error = Call("end");
            graph = error == CudaError.CUDA_SUCCESS ? 1 : 0;
            return error;
        }

        public CudaError Instantiate(out nint launchable, nint graph)
        {
            launchable = 2;
            return Call($"instantiate {graph}");
        }

        public CudaError Launch(nint launchable) => Call($"launch {launchable}");

        public CudaError Destroy(nint graph) => Call($"destroy {graph}");

        public CudaError DestroyLaunchable(nint launchable) => Call($"free {launchable}");

        private CudaError Call(string what)
        {
            Calls.Add(what);
            return what == Fails ? CudaError.CUDA_ERROR_OUT_OF_MEMORY : CudaError.CUDA_SUCCESS;
        }

        private sealed class NotedWork(FakeDriver driver) : DeviceWork
        {
            public override void Run(Device device) => Assert.Fail("work is captured, not done");

            public override void Enqueue(Device device)
            {
                if (driver.Call("work") != CudaError.CUDA_SUCCESS)
                {
                    throw new InvalidOperationException("a launch");
                }
            }
        }
    }
}
