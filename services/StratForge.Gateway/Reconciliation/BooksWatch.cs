using System.Collections.Concurrent;
using StratForge.Gateway.Bookkeeping;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Ledger;

namespace StratForge.Gateway.Reconciliation;

/// <summary>Remembers in which assets something happened at the broker or to the sums, so that a comparison knows what it straddled.</summary>
/// <remarks>Holds one number per symbol ever traded. Complete while this gateway is the writer; before that it says nothing.</remarks>
internal sealed class BooksWatch(BookKeeper books) : IHostedService
{
    private readonly ConcurrentDictionary<string, long> _touched = new(StringComparer.Ordinal);
    private long _mark;

    /// <summary>Rises with every commit that may matter.</summary>
    public long Mark => Interlocked.Read(ref _mark);

    /// <summary>Whether something happened to an asset after a mark.</summary>
    public bool Moved(string asset, long since) => _touched.TryGetValue(asset, out var mark) && mark > since;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        books.Committed += Note;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        books.Committed -= Note;
        return Task.CompletedTask;
    }

    // On the writer's thread, after each commit: most touch nothing of this.
    private void Note(Changes changes)
    {
        HashSet<string> assets =
        [
            .. changes.Touched<BrokerOrder>().Select(order => order.Facts.Symbol),
            .. changes.Postings
                .Where(static booked => booked is
                {
                    OrderId: null,
                    Posting.Reason: PostingReason.Repair or PostingReason.Fee or PostingReason.Dividend or PostingReason.Interest,
                })
                .Select(booked => booked.Posting.Asset),
        ];
        if (assets.Count == 0)
        {
            return;
        }

        assets.Add(BookedAsset.Usd);
        var mark = Interlocked.Read(ref _mark) + 1;
        foreach (var asset in assets)
        {
            _touched[asset] = mark;
        }

        Interlocked.Exchange(ref _mark, mark);
    }
}
