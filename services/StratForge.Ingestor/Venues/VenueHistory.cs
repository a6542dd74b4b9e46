using System.Runtime.CompilerServices;
using StratForge.Alpaca;
using StratForge.Contracts.Market;
using StratForge.Ingestor.Bars;
using StratForge.Ingestor.Subscriptions;

namespace StratForge.Ingestor.Venues;

/// <summary>Asks the venue's REST for bars and for its time, again and again until it answers.</summary>
internal sealed partial class VenueHistory(
    AlpacaDataClient data, AlpacaTradingClient trading, TimeProvider clock, ILogger<VenueHistory> logger)
{
    private static readonly TimeSpan FirstRetryAfter = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LastRetryAfter = TimeSpan.FromSeconds(5);

    // Many symbols at once after a reconnect must not use up the venue's requests per minute in one breath. And however many are watched: what is
    // traded waits for these few requests, and not for theirs.
    private readonly RequestTurns _turns = new(atOnce: 4);

    /// <summary>The venue's present, which in a replay lies in the past.</summary>
    public async Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken)
    {
        for (var wait = FirstRetryAfter; ; wait = Longer(wait))
        {
            try
            {
                return (await trading.GetClockAsync(cancellationToken)).Timestamp.ToUniversalTime();
            }
            catch (AlpacaException refused)
            {
                LogRetry("its time", refused.Message, wait.TotalMilliseconds);
                await Task.Delay(refused.Error?.RetryAfter ?? wait, clock, cancellationToken);
            }
        }
    }

    /// <summary>Bars from <paramref name="from"/> to <paramref name="through"/>, both included, page after page in time order.</summary>
    /// <param name="assetClass">Whose history.</param>
    /// <param name="symbol">Whose bars.</param>
    /// <param name="from">Start of the first.</param>
    /// <param name="through">Start of the last.</param>
    /// <param name="need">Why they are wanted, as of now: the most needed are asked for first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <remarks>A refusal that no repetition would change ends the list: then the venue does not have these bars for us.</remarks>
    public async IAsyncEnumerable<IReadOnlyList<AlpacaBar>> BarsAsync(
        AssetClass assetClass, string symbol, DateTimeOffset from, DateTimeOffset through, Func<Need> need,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var wait = FirstRetryAfter;
        while (from <= through)
        {
            AlpacaException? failure = null;
            await _turns.EnterAsync(need, cancellationToken);
            try
            {
                var pages = data.ListBarsAsync(
                    assetClass, new AlpacaBarQuery([symbol], from, through, Timeframe.VenueName), cancellationToken).GetAsyncEnumerator(cancellationToken);
                await using (pages)
                {
                    while (true)
                    {
                        try
                        {
                            if (!await pages.MoveNextAsync())
                            {
                                yield break;
                            }
                        }
                        catch (AlpacaException refused)
                        {
                            failure = refused;
                            break;
                        }

                        if (string.Equals(pages.Current.Symbol, symbol, StringComparison.Ordinal))
                        {
                            // What was delivered is not asked for again after a failure.
                            from = pages.Current.Bars[^1].Time + Timeframe.Length;
                            wait = FirstRetryAfter;
                            yield return pages.Current.Bars;
                        }
                    }
                }
            }
            finally
            {
                _turns.Leave();
            }

            if (!failure.IsTransient)
            {
                LogRefused(symbol, failure.Message);
                yield break;
            }

            LogRetry($"bars of {symbol}", failure.Message, wait.TotalMilliseconds);
            await Task.Delay(failure.Error?.RetryAfter ?? wait, clock, cancellationToken);
            wait = Longer(wait);
        }
    }

    private static TimeSpan Longer(TimeSpan wait) => wait * 2 < LastRetryAfter ? wait * 2 : LastRetryAfter;

    [LoggerMessage(LogLevel.Warning, "The venue did not give {What}: {Reason}. Asking again in {Milliseconds:0} ms")]
    private partial void LogRetry(string what, string reason, double milliseconds);

    [LoggerMessage(LogLevel.Error, "The venue refuses bars of {Symbol}: {Reason}")]
    private partial void LogRefused(string symbol, string reason);
}
