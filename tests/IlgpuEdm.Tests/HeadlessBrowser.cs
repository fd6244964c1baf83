using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IlgpuEdm.Tests;

/// <summary>
/// A Chromium without a window, driven over its DevTools protocol, that notes what goes wrong in a page and what it asks the network for.
/// </summary>
internal sealed class HeadlessBrowser : IDisposable
{
    private const string BeyondScript = """
        (() => {
          const wrong = [];
          for (const e of document.querySelectorAll('body *')) {
            const box = e.getBoundingClientRect();
            if (box.right > innerWidth + 0.5 || box.left < -0.5) {
              wrong.push('beyond the page: ' + e.tagName + ' ' + (e.className.baseVal ?? e.className) + ' ' + e.textContent.slice(0, 40));
            }
          }
          if (document.documentElement.scrollWidth > innerWidth) wrong.push('scrolls: ' + document.documentElement.scrollWidth);
          return wrong.join('; ');
        })()
        """;

    private const string LabelsScript = """
        (() => {
          const wrong = [];
          const place = e => e.closest('[class]')?.className.baseVal ?? e.closest('div')?.className;
          const name = e => place(e) + ' ' + e.textContent.trim().slice(0, 40);
          const box = e => e.getBoundingClientRect();
          for (const svg of document.querySelectorAll('svg')) {
            const texts = [...svg.querySelectorAll('text')];
            const edge = box(svg);
            for (const [i, e] of texts.entries()) {
              const a = box(e);
              const within = a.left >= edge.left && a.right <= edge.right && a.top >= edge.top && a.bottom <= edge.bottom;
              if (!within) wrong.push('cut off: ' + name(e));
              for (const f of texts.slice(i + 1)) {
                const b = box(f);
                if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom) wrong.push(name(e) + ' on ' + name(f));
              }
            }
          }
          return wrong.join('; ');
        })()
        """;

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "chrome.exe"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo profile = Directory.CreateTempSubdirectory("ilgpu-edm-browser-");
    private readonly CancellationTokenSource giveUp = new(Patience);
    private readonly ClientWebSocket socket = new();
    private readonly Process process;
    private int calls;
    private bool loaded;

    private HeadlessBrowser(string program)
    {
        var start = new ProcessStartInfo(program,
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--hide-scrollbars",
            "--remote-debugging-port=0", $"--user-data-dir={profile.FullName}", "about:blank",
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Errors that the page has written to its console, or that the browser has.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>What was asked for beside the page itself and what it holds.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Starts a browser; where none is installed the test is inconclusive, or fails if EDM_REQUIRE_BROWSER is 1.</summary>
    public static HeadlessBrowser Start()
    {
        string? program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        if (program is null)
        {
            Assert.AreNotEqual("1", Environment.GetEnvironmentVariable("EDM_REQUIRE_BROWSER"), "a Chromium is required");
            Assert.Inconclusive("no Chromium is installed");
        }

        var browser = new HeadlessBrowser(program);
        try
        {
            browser.Connect();
        }
        catch
        {
            browser.Dispose();
            throw;
        }

        return browser;
    }

    /// <summary>Opens a file at a width in pixels, light or dark, and waits until it has loaded.</summary>
    public void Open(string file, int width, bool dark)
    {
        Call("Emulation.setDeviceMetricsOverride",
            new { width, height = 900, deviceScaleFactor = 1, mobile = width < 600 });
        Call("Emulation.setEmulatedMedia",
            new { features = new[] { new { name = "prefers-color-scheme", value = dark ? "dark" : "light" } } });
        loaded = false;
        Call("Page.navigate", new { url = new Uri(file).AbsoluteUri });
        while (!loaded)
        {
            Note(Receive());
        }
    }

    /// <summary>The value of an expression in the page, as text.</summary>
    public string Evaluate(string expression)
    {
        JsonNode result = Call("Runtime.evaluate", new { expression = $"String({expression})", returnByValue = true });
        Assert.IsNull(result["exceptionDetails"], $"{expression}: {result["exceptionDetails"]}");
        return (string)result["result"]!["value"]!;
    }

    /// <summary>A picture of the whole page.</summary>
    public byte[] Picture() =>
        Convert.FromBase64String((string)Call("Page.captureScreenshot", new { captureBeyondViewport = true })["data"]!);

    /// <summary>What is wider than the page; empty where nothing is.</summary>
    public string BeyondThePage() => Evaluate(BeyondScript);

    /// <summary>Labels that are cut off at the edge of their drawing or touch another; empty where none do.</summary>
    public string MisplacedLabels() => Evaluate(LabelsScript);

    /// <summary>For eyes: with EDM_SCREENSHOTS set, leaves a picture of the page in the folder that it names.</summary>
    public void Keep(string name)
    {
        if (Environment.GetEnvironmentVariable("EDM_SCREENSHOTS") is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(Path.Combine(folder, name), Picture());
        }
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        process.Dispose();
        socket.Dispose();
        giveUp.Dispose();
        DeleteProfile();
    }

    // The browser's own helpers may still be writing into it for a moment.
    private void DeleteProfile()
    {
        for (int attempt = 0; attempt < 20; attempt++)
        {
            try
            {
                profile.Delete(recursive: true);
                return;
            }
            catch (IOException)
            {
                Thread.Sleep(100);
            }
        }
    }

    private void Connect()
    {
        string portFile = Path.Combine(profile.FullName, "DevToolsActivePort");
        while (!File.Exists(portFile) || File.ReadAllLines(portFile).Length < 2)
        {
            giveUp.Token.ThrowIfCancellationRequested();
            Thread.Sleep(50);
        }

        using var http = new HttpClient();
        string list = http.GetStringAsync($"http://127.0.0.1:{File.ReadAllLines(portFile)[0]}/json/list", giveUp.Token).Result;
        JsonNode page = JsonNode.Parse(list)!.AsArray().First(target => (string)target!["type"]! == "page")!;
        socket.ConnectAsync(new Uri((string)page["webSocketDebuggerUrl"]!), giveUp.Token).Wait();
        foreach (string domain in new[] { "Page", "Runtime", "Log", "Network" })
        {
            Call($"{domain}.enable", new { });
        }
    }

    private JsonNode Call(string method, object parameters)
    {
        int id = ++calls;
        byte[] message = JsonSerializer.SerializeToUtf8Bytes(new { id, method, @params = parameters });
        socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, giveUp.Token).Wait();
        while (true)
        {
            JsonNode answer = Receive();
            if (answer["id"] is { } answered && (int)answered == id)
            {
                return answer["result"] ?? throw new InvalidOperationException(
                    string.Create(CultureInfo.InvariantCulture, $"{method}: {answer["error"]}"));
            }

            Note(answer);
        }
    }

    private JsonNode Receive()
    {
        using var text = new MemoryStream();
        byte[] part = new byte[1 << 16];
        ValueWebSocketReceiveResult received;
        do
        {
            received = socket.ReceiveAsync(part.AsMemory(), giveUp.Token).AsTask().Result;
            text.Write(part, 0, received.Count);
        }
        while (!received.EndOfMessage);
        return JsonNode.Parse(text.ToArray())!;
    }

    private void Note(JsonNode message)
    {
        JsonNode? what = message["params"];
        switch ((string?)message["method"])
        {
            case "Page.loadEventFired":
                loaded = true;
                break;
            case "Runtime.exceptionThrown":
                Problems.Add(what!["exceptionDetails"]!.ToJsonString());
                break;
            case "Runtime.consoleAPICalled" when (string)what!["type"]! is "error" or "warning" or "assert":
                Problems.Add(what.ToJsonString());
                break;
            case "Log.entryAdded":
                Problems.Add(what!["entry"]!.ToJsonString());
                break;
            case "Network.requestWillBeSent" when (string?)what!["type"] != "Document"
                && !((string)what["request"]!["url"]!).StartsWith("data:", StringComparison.Ordinal):
                Requests.Add((string)what["request"]!["url"]!);
                break;
        }
    }
}
