using IlgpuEdm.Devices;
using IlgpuEdm.Diffusion;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Training;

[TestClass]
public class RunFolderTests
{
    [TestMethod]
    public void The_first_run_is_number_zero_and_named_after_what_it_trains()
    {
        using var temp = new TemporaryFolder();
        using RunFolder run = RunFolder.Open(temp.Path, FakeRun.Options(), resume: true);
        Assert.AreEqual("00000-fake-uncond-ddpmpp-edm-batch8", Path.GetFileName(run.Location), "the folder's name");
        Assert.IsFalse(run.Resumed, "there was nothing to resume");
    }

    [TestMethod]
    public void A_new_run_is_numbered_above_the_highest()
    {
        using var temp = new TemporaryFolder();
        Directory.CreateDirectory(temp.File("00006-something-else"));
        Directory.CreateDirectory(temp.File("notes"));
        using RunFolder run = RunFolder.Open(temp.Path, Described("try.2"), resume: true);
        Assert.AreEqual("00007-fake-uncond-ddpmpp-edm-batch8-try.2", Path.GetFileName(run.Location), "the folder's name");
    }

    [TestMethod]
    public void The_newest_run_with_the_same_identity_is_resumed_though_its_schedule_differs()
    {
        using var temp = new TemporaryFolder();
        RunOptions options = FakeRun.Options();
        string first = Opened(temp, options, resume: true);
        string second = Opened(temp, options, resume: false);
        Opened(temp, FakeRun.Options(seed: 4), resume: true);
        RunOptions longer = options with { Schedule = options.Schedule with { Images = 9_000, Device = "cpu", DataSource = "elsewhere" } };
        using RunFolder run = RunFolder.Open(temp.Path, longer, resume: true);
        Assert.AreNotEqual(first, second, "--resume never makes a new run");
        Assert.AreEqual(second, run.Location, "the newest of the two equal runs");
        Assert.AreEqual(9_000, RunFolder.ReadOptions(run.Location).Schedule.Images, "options.json has the new schedule");
    }

    [TestMethod]
    public void Lists_in_the_options_are_part_of_the_identity()
    {
        RunIdentity identity = FakeRun.Options().Identity;
        RunIdentity equal = identity with { Model = identity.Model with { Network = identity.Model.Network with { ChannelMult = new List<int> { 1 } } } };
        Assert.IsTrue(identity.Matches(equal), "equal lists");
        Assert.IsFalse(identity.Matches(identity with { Model = identity.Model with { Network = identity.Model.Network with { ChannelMult = [1, 2] } } }), "other lists");
    }

    [TestMethod]
    public void A_run_with_another_micro_batch_is_another_run()
    {
        RunIdentity identity = FakeRun.Options().Identity;
        Assert.IsFalse(identity.Matches(identity with { MicroBatchSize = 8 }), "its gradients are rounded differently");
    }

    [TestMethod]
    public void Options_read_back_as_they_were_written()
    {
        using var temp = new TemporaryFolder();
        RunOptions options = FakeRun.Options();
        RunIdentity identity = options.Identity;
        LossOptions loss = LossOptions.Named("edm", 0.1 + 0.2);
        options = options with
        {
            Identity = identity with { Model = identity.Model with { Loss = loss } },
            Schedule = options.Schedule.On(new DeviceRequest("cuda:0,cuda:1", KernelSchedule.Cooperative, Precision.Bf16)),
        };
        string run = Opened(temp, options, resume: true);
        RunOptions read = RunFolder.ReadOptions(run);
        Assert.IsTrue(read.Identity.Matches(options.Identity), "the identity");
        Assert.AreEqual(options.Schedule, read.Schedule, "the schedule");
        string json = File.ReadAllText(Path.Combine(run, "options.json"));
        StringAssert.Contains(json, "\"kernels\": \"cooperative\"", "a word for the kernels");
        StringAssert.Contains(json, "\"precision\": \"bf16\"", "a word for the precision");
    }

    [TestMethod]
    public void A_second_process_is_refused_a_running_folder()
    {
        using var temp = new TemporaryFolder();
        using RunFolder run = RunFolder.Open(temp.Path, FakeRun.Options(), resume: true);
        EdmException e = Assert.ThrowsExactly<EdmException>(() => RunFolder.Open(temp.Path, FakeRun.Options(), resume: true));
        StringAssert.Contains(e.Message, run.Location, "the message names the folder");
        StringAssert.Contains(e.Message, "--resume never", "the message says what to do");
    }

    [TestMethod]
    public void Damaged_options_name_the_file()
    {
        using var temp = new TemporaryFolder();
        string run = Opened(temp, FakeRun.Options(), resume: true);
        File.WriteAllText(Path.Combine(run, "options.json"), "{ \"identity\": ");
        EdmException e = Assert.ThrowsExactly<EdmException>(() => RunFolder.ReadOptions(run));
        StringAssert.Contains(e.Message, "options.json", "the message names the file");
    }

    [TestMethod]
    public void A_run_of_that_name_with_damaged_options_is_not_passed_over_in_silence()
    {
        using var temp = new TemporaryFolder();
        string run = Opened(temp, FakeRun.Options(), resume: true);
        File.WriteAllText(Path.Combine(run, "options.json"), "");
        OneClearLine.Of(() => Opened(temp, FakeRun.Options(), resume: true), run, "--resume never");
        Opened(temp, Described("other"), resume: true);
        Assert.AreNotEqual(run, Opened(temp, FakeRun.Options(), resume: false), "--resume never starts a new run");
    }

    [TestMethod]
    public void A_batch_beyond_what_an_array_holds_is_refused()
    {
        RunOptions options = FakeRun.Options();
        options = options with { Identity = options.Identity with { BatchSize = int.MaxValue, MicroBatchSize = 1 } };
        OneClearLine.Of(options.Validate, "--batch 2147483647");
    }

    [TestMethod]
    [DataRow("no/slash")]
    [DataRow("no space")]
    public void A_description_that_is_no_file_name_is_refused(string description)
    {
        EdmException e = Assert.ThrowsExactly<EdmException>(() => Described(description).Validate());
        StringAssert.Contains(e.Message, "--desc", "the message names the option");
    }

    [TestMethod]
    public void A_micro_batch_that_does_not_divide_the_batch_is_refused()
    {
        RunOptions options = FakeRun.Options();
        options = options with { Identity = options.Identity with { MicroBatchSize = 3 } };
        EdmException e = Assert.ThrowsExactly<EdmException>(options.Validate);
        StringAssert.Contains(e.Message, "--micro-batch 3", "the message names option and value");
    }

    [TestMethod]
    public void A_root_that_cannot_be_made_is_one_clear_line()
    {
        using var temp = new TemporaryFolder();
        File.WriteAllText(temp.File("file"), "");
        EdmException e = Assert.ThrowsExactly<EdmException>(() => RunFolder.Open(temp.File("file"), FakeRun.Options(), resume: true));
        StringAssert.Contains(e.Message, temp.File("file"), "the message names the path");
        StringAssert.Contains(e.Message, "is a file; choose another --out", "the message says what to do");
        Assert.AreEqual(1, e.Message.Split('\n').Length, "one line");
    }

    private static RunOptions Described(string description)
    {
        RunOptions options = FakeRun.Options();
        return options with { Identity = options.Identity with { Description = description } };
    }

    private static string Opened(TemporaryFolder temp, RunOptions options, bool resume)
    {
        using RunFolder run = RunFolder.Open(temp.Path, options, resume);
        return run.Location;
    }
}
