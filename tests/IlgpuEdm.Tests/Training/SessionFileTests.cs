using IlgpuEdm.Devices;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Training;

[TestClass]
public class SessionFileTests
{
    [TestMethod]
    public void A_session_says_device_machine_and_program()
    {
        using var temp = new TemporaryFolder();
        using DeviceList devices = DeviceList.Open("cpu");
        SessionFile.Append(temp.Path, SessionRecord.Now(devices));
        SessionRecord read = SessionFile.Read(temp.Path).Single();
        StringAssert.Contains(read.Devices, "(cpu)", "the device");
        Assert.AreEqual(("fat", "fp32", Environment.ProcessorCount), (read.Kernels, read.Precision, read.Cores), "how it computes");
        Assert.MatchesRegex(@"^\d+\.\d+\.\d+", read.Version, "the program");
        Assert.MatchesRegex(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$", read.Started, "when");
        Assert.IsTrue(read.MemoryMb > 0 && read.Processor.Length > 0 && read.System.Length > 0, read.ToString());
    }

    [TestMethod]
    public void Half_a_line_takes_no_other_along()
    {
        using var temp = new TemporaryFolder();
        using DeviceList devices = DeviceList.Open("cpu");
        var session = SessionRecord.Now(devices);
        SessionFile.Append(temp.Path, session);
        File.AppendAllText(temp.File("sessions.jsonl"), "{\"started\":\"20");
        SessionFile.Append(temp.Path, session with { Cores = 7 });
        CollectionAssert.AreEqual(new[] { session, session with { Cores = 7 } }, SessionFile.Read(temp.Path).ToArray(), "sessions");
    }

    [TestMethod]
    public void Only_a_session_that_trains_is_written_down()
    {
        using var temp = new TemporaryFolder();
        Assert.AreEqual((TrainingOutcome.Finished, 1), Train(images: 8, device: "cpu"), "a new run");
        Assert.AreEqual((TrainingOutcome.AlreadyFinished, 1), Train(images: 8, device: "cpu,cpu"), "a finished run");
        Assert.AreEqual((TrainingOutcome.Finished, 2), Train(images: 16, device: "cpu"), "a longer run");

        (TrainingOutcome Outcome, int Sessions) Train(long images, string device)
        {
            RunOptions options = FakeRun.Options(images);
            options = options with { Schedule = options.Schedule with { Device = device } };
            TrainingOutcome outcome = new TrainingSession().Run(temp.Path, options, new FakeData(), resume: true, default).Outcome;
            return (outcome, SessionFile.Read(Directory.GetDirectories(temp.Path).Single()).Count);
        }
    }
}
