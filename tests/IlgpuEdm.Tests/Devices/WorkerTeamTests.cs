using IlgpuEdm.Devices;
using IlgpuEdm.Kernels.Primitives;

namespace IlgpuEdm.Tests.Devices;

[TestClass]
public sealed class WorkerTeamTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(5)]
    public void Each_work_item_runs_once_in_every_launch(int threads)
    {
        using var team = new WorkerTeam(threads);
        var work = new Counting();
        for (var launch = 0; launch < 20_000; launch++)
        {
            var items = 1 + launch * 7 % 13;
            work.Start(items);
            team.Run(work, items);
            CollectionAssert.AreEqual(Enumerable.Repeat(1, items).ToArray(), work.Runs, $"launch {launch}");
        }
    }

    [TestMethod]
    public void Threads_that_fell_asleep_wake_for_the_next_launch()
    {
        using var team = new WorkerTeam(3);
        for (var launch = 0; launch < 5; launch++)
        {
            // Two items wait for each other: one thread alone would never end.
            using var meeting = new Barrier(2);
            Thread.Sleep(20);
            team.Run(new Calling(() => Assert.IsTrue(meeting.SignalAndWait(TimeSpan.FromSeconds(30)))), 2);
        }
    }

    [TestMethod]
    public void An_exception_in_a_work_item_reaches_the_launching_thread_and_the_team_goes_on()
    {
        using var team = new WorkerTeam(2);
        var failing = new Calling(() =>
        {
            if (WorkItem.Index() == 3)
            {
                throw new InvalidOperationException("item 3");
            }
        });
        Assert.AreEqual("item 3", Assert.ThrowsExactly<InvalidOperationException>(() => team.Run(failing, 8)).Message);
        var work = new Counting();
        work.Start(8);
        team.Run(work, 8);
        Assert.AreEqual(8, work.Runs.Sum());
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(WorkerTeam.MaxItems + 1)]
    public void A_number_of_items_that_it_cannot_count_is_refused(int items)
    {
        using var team = new WorkerTeam(2);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => team.Run(new Calling(() => Assert.Fail("an item ran")), items));
    }

    private sealed class Counting : TeamWork
    {
        public int[] Runs { get; private set; } = [];

        public void Start(int items) => Runs = new int[items];

        public override void RunItem()
        {
            Assert.AreEqual(Runs.Length, WorkItem.Count());
            Interlocked.Increment(ref Runs[WorkItem.Index()]);
        }
    }

    private sealed class Calling(Action action) : TeamWork
    {
        public override void RunItem() => action();
    }
}
