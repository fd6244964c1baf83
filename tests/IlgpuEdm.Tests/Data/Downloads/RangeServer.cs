using System.Net;
using System.Net.Sockets;

namespace IlgpuEdm.Tests.Data.Downloads;

/// <summary>Serves files on this machine, whole or from a byte on, and breaks off where asked.</summary>
internal sealed class RangeServer : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly Dictionary<string, byte[]> files;
    private int requests;

    public RangeServer(Dictionary<string, byte[]> files)
    {
        this.files = files;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
        }
        listener.Prefixes.Add(Address);
        listener.Start();
        new Thread(Serve) { IsBackground = true }.Start();
    }

    public string Address { get; }

    /// <summary>After so many bytes of a file it breaks off, until set to null.</summary>
    public int? BreakAfter { get; set; }

    /// <summary>Whether it knows ranges.</summary>
    public bool KnowsRanges { get; init; } = true;

    public int Requests => requests;

    public void Dispose() => listener.Close();

    private void Serve()
    {
        try
        {
            while (true)
            {
                Answer(listener.GetContext());
                requests++;
            }
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // The listener is closed.
        }
    }

    private void Answer(HttpListenerContext context)
    {
        var response = context.Response;
        if (!files.TryGetValue(context.Request.Url!.AbsolutePath[1..], out var bytes))
        {
            response.StatusCode = 404;
            response.Close();
            return;
        }
        if (KnowsRanges && context.Request.Headers["Range"] is { } range)
        {
            var from = int.Parse(range["bytes=".Length..].TrimEnd('-'), System.Globalization.CultureInfo.InvariantCulture);
            response.StatusCode = from < bytes.Length ? 206 : 416;
            var sent = from < bytes.Length ? $"{from}-{bytes.Length - 1}" : "*";
            response.Headers["Content-Range"] = $"bytes {sent}/{bytes.Length}";
            bytes = bytes[Math.Min(from, bytes.Length)..];
        }
        response.ContentLength64 = bytes.Length;
        if (BreakAfter is { } end && end < bytes.Length)
        {
            response.OutputStream.Write(bytes, 0, end);
            response.OutputStream.Flush();
            response.Abort();
            return;
        }
        response.OutputStream.Write(bytes);
        response.Close();
    }
}
