using System.Net;
using System.Net.Http.Headers;
using IlgpuEdm.Formats;

namespace IlgpuEdm.Data.Downloads;

/// <summary>Fetches a file by HTTP; what an earlier attempt left is continued by a range request.</summary>
internal sealed class HttpFetch(TimeSpan patience, CancellationToken stop)
{
    /// <summary>Makes a file complete; what has come stays if it breaks off.</summary>
    /// <exception cref="EdmException">The server gave no answer, refused, or broke off.</exception>
    public void Get(string address, string path, Action<long, long?> onProgress)
    {
        using var handler = new SocketsHttpHandler { ConnectTimeout = patience };
        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        using var alarm = CancellationTokenSource.CreateLinkedTokenSource(stop);
        alarm.CancelAfter(patience);
        try
        {
            using var target = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            if (target.Length > 0)
            {
                request.Headers.Range = new RangeHeaderValue(target.Length, null);
            }
            using var response = Send(client, request, alarm.Token);
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                // All of it is there already, or too much; the checksum tells.
                return;
            }
            response.EnsureSuccessStatusCode();
            if (response.StatusCode != HttpStatusCode.PartialContent || response.Content.Headers.ContentRange?.From != target.Length)
            {
                target.SetLength(0);
            }
            target.Position = target.Length;
            Copy(response.Content, target, alarm, onProgress);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException error)
        {
            throw new EdmException($"no answer within {patience.TotalSeconds:0} s", error);
        }
        catch (HttpRequestException error)
        {
            throw new EdmException(OneLine.Of(error), error);
        }
    }

    private static HttpResponseMessage Send(HttpClient client, HttpRequestMessage request, CancellationToken alarm) =>
        client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, alarm).GetAwaiter().GetResult();

    private void Copy(HttpContent content, FileStream target, CancellationTokenSource alarm, Action<long, long?> onProgress)
    {
        var start = target.Length;
        var total = start + content.Headers.ContentLength;
        using var source = content.ReadAsStreamAsync(alarm.Token).GetAwaiter().GetResult();
        var buffer = new byte[1 << 16];
        while (true)
        {
            alarm.CancelAfter(patience);
            int read;
            try
            {
                read = source.ReadAsync(buffer, alarm.Token).AsTask().GetAwaiter().GetResult();
            }
            catch (IOException error)
            {
                throw new EdmException(
                    $"broke off after {target.Length} bytes ({OneLine.Of(error)}); the same command goes on there", error);
            }
            if (read == 0)
            {
                break;
            }
            target.Write(buffer, 0, read);
            onProgress(target.Length, total);
        }
        if (total is { } all && target.Length < all)
        {
            throw new EdmException($"broke off after {target.Length} of {all} bytes; the same command goes on there");
        }
        target.Flush(flushToDisk: true);
    }
}
