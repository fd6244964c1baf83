using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Training;

[TestClass]
public class SaveClockTests
{
    [TestMethod]
    public void No_state_grows_older_than_the_interval()
    {
        var time = new ManualTime();
        var clock = new SaveClock(interval: 10, time) { SecondsPerSave = 0.5 };
        double oldest = 0;
        for (int step = 0; step < 200; step++)
        {
            time.Seconds += 0.7 + (0.1 * (step % 3));
            oldest = Math.Max(oldest, clock.Age);
            if (clock.IsDue(0.8))
            {
                time.Seconds += 0.5;
                oldest = Math.Max(oldest, clock.Age);
                clock.Saved();
            }
        }

        Assert.IsTrue(oldest is > 8 and <= 10, $"{oldest} s: saved in time, but not needlessly often");
    }

    [TestMethod]
    public void A_long_task_ahead_is_a_reason_to_save_now()
    {
        var time = new ManualTime();
        var clock = new SaveClock(interval: 60, time);
        time.Seconds = 30;
        Assert.IsFalse(clock.IsDue(1), "a step ahead");
        Assert.IsTrue(clock.IsDue(25), "a grid ahead, which may take a little longer than the last one");
    }

    private sealed class ManualTime : TimeProvider
    {
        public double Seconds { get; set; }

        public override long TimestampFrequency => 1_000_000;

        public override long GetTimestamp() => (long)(Seconds * 1_000_000);
    }
}
