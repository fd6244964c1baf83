namespace IlgpuEdm.Data.Conversion;

/// <summary>Works on many items on all cores, keeps their order, and holds only a few at a time.</summary>
internal static class OrderedWork
{
    /// <summary>The results in the order of the items; an exception comes where its item's result would.</summary>
    public static IEnumerable<TResult> Run<TItem, TResult>(IEnumerable<TItem> items, Func<TItem, TResult> work)
    {
        var ahead = (2 * Environment.ProcessorCount) + 2;
        var pending = new Queue<Task<TResult>>();
        try
        {
            foreach (var item in items)
            {
                if (pending.Count == ahead)
                {
                    yield return pending.Dequeue().GetAwaiter().GetResult();
                }
                pending.Enqueue(Task.Run(() => work(item)));
            }
            while (pending.Count > 0)
            {
                yield return pending.Dequeue().GetAwaiter().GetResult();
            }
        }
        finally
        {
            // What still runs uses the source, which is closed after this.
            foreach (var task in pending)
            {
                ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
            }
        }
    }
}
