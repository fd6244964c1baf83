using System.Text;
using IlgpuEdm.Tests.Formats;
using IlgpuEdm.Training;

namespace IlgpuEdm.Tests.Training;

/// <summary>Whatever moment a run is killed at, resumed it ends as if nothing had happened.</summary>
[TestClass]
public class KillTests
{
    [TestMethod]
    public void Killed_at_every_call_of_the_model()
    {
        using var temp = new TemporaryFolder();
        string whole = FakeRun.Train(temp.File("whole"), FakeRun.Options(stateSeconds: 0), new FakeModel()).Folder;
        for (int call = 1; call <= 110; call += 8)
        {
            string root = temp.File($"killed-{call}");
            try
            {
                FakeRun.Train(root, FakeRun.Options(stateSeconds: 0), new FakeModel { DiesAtCall = call });
            }
            catch (KilledException)
            {
            }

            RunComparison.AssertEqual(whole, FakeRun.Train(root, FakeRun.Options(stateSeconds: 0), new FakeModel()).Folder);
        }
    }

    [TestMethod]
    [DataRow(1, 0.0)]
    [DataRow(2, 0.02)]
    [DataRow(3, 1000.0)]
    public void Killed_again_and_again_with_torn_files(int seed, double stateSeconds)
    {
        using var temp = new TemporaryFolder();
        var random = new Random(seed);
        RunOptions options = FakeRun.Options(stateSeconds: stateSeconds);
        string whole = FakeRun.Train(temp.File("whole"), options, new FakeModel()).Folder;
        string root = temp.File("killed");
        for (int kill = 0; kill < 20; kill++)
        {
            int lines = random.Next(2, 12);
            try
            {
                FakeRun.Train(root, options, new FakeModel { DiesAtCall = random.Next(1, 40) },
                    onLine: _ => Die(--lines <= 0), onProgress: _ => Die(random.Next(100) == 0));
            }
            catch (KilledException)
            {
                Tear(Directory.GetDirectories(root).Single(), random);
            }
        }

        RunComparison.AssertEqual(whole, FakeRun.Train(root, options, new FakeModel()).Folder);
    }

    [TestMethod]
    public void A_damaged_newest_state_falls_back_to_the_one_before()
    {
        using var temp = new TemporaryFolder();
        string whole = FakeRun.Train(temp.File("whole"), FakeRun.Options(), new FakeModel()).Folder;
        Assert.ThrowsExactly<KilledException>(
            () => FakeRun.Train(temp.File("damaged"), FakeRun.Options(), new FakeModel { DiesAtCall = 60 }));
        string folder = Directory.GetDirectories(temp.File("damaged")).Single();
        string newest = RunComparison.LastState(folder);
        File.WriteAllBytes(newest, File.ReadAllBytes(newest)[..^5]);
        (_, List<string> lines, _) = FakeRun.Train(temp.File("damaged"), FakeRun.Options(), new FakeModel());
        Assert.IsTrue(lines.Any(line => line.Contains(Path.GetFileName(newest), StringComparison.Ordinal)), string.Join('\n', lines));
        RunComparison.AssertEqual(whole, folder);
    }

    [TestMethod]
    public void Where_no_state_can_be_read_the_run_is_not_silently_started_over()
    {
        using var temp = new TemporaryFolder();
        string folder = FakeRun.Train(temp.Path, FakeRun.Options(), new FakeModel()).Folder;
        foreach (string state in Directory.GetFiles(folder, "training-state-*"))
        {
            File.WriteAllText(state, "not a state");
        }

        EdmException e = Assert.ThrowsExactly<EdmException>(
            () => FakeRun.Train(temp.Path, FakeRun.Options(images: 800), new FakeModel()));
        StringAssert.Contains(e.Message, "training-state-000000400", "the message names a file");
        StringAssert.Contains(e.Message, "--resume never", "the message says what to do");
    }

    private static void Die(bool now)
    {
        if (now)
        {
            throw new KilledException();
        }
    }

    // What a kill in the middle of a write leaves: half a line, half a temporary file.
    private static void Tear(string folder, Random random)
    {
        string file = Path.Combine(folder, random.Next(2) == 0 ? "stats.jsonl" : "stats.csv");
        if (random.Next(2) == 0 && File.Exists(file))
        {
            byte[] bytes = File.ReadAllBytes(file);
            File.WriteAllBytes(file, [.. bytes, .. Encoding.UTF8.GetBytes("{\"images\":16,\"lo")]);
        }

        File.WriteAllText(Path.Combine(folder, "training-state-000000999.safetensors.tmp"), "half of it");
        File.WriteAllText(Path.Combine(folder, "report.html.tmp"), "<!DOCTYPE ht");
    }
}
