using System.Collections.Concurrent;
using System.Text.Json;
using Npgsql;
using StratForge.Contracts;
using StratForge.Contracts.Market;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Market;

/// <summary>The newest price of every symbol, kept from the bus; for symbols nobody is subscribed to, from the stored bars.</summary>
/// <remarks>Holds one entry per symbol that was ever published or asked for; the number of listed symbols bounds it.</remarks>
internal sealed partial class LastPrices(NpgsqlDataSource database, TimeProvider clock, ILogger<LastPrices> logger)
{
    // An older market time than the one held is a late message, unless the market was set back (another replay file, a wiped
    // exchange): then messages keep coming with older times, and after this long the held price is plainly the stale one.
    private static readonly TimeSpan SetBackAfter = TimeSpan.FromSeconds(10);

    // A streamed quote is heard far more often. Bars go on without them where the data plan streams bars only, and the quote that somebody asked for
    // once would stand beside them for hours.
    private static readonly TimeSpan QuoteKeptFor = TimeSpan.FromMinutes(1);

    private const int LastYear = 9999;

    private readonly ConcurrentDictionary<string, Entry> _prices = new(StringComparer.Ordinal);

    // No price that came is later, in ticks: for most instants it tells without a look at all of them that the market is not there yet.
    private long _latest;

    /// <summary>Told of every symbol of which a price came.</summary>
    public Action<string>? Came { get; set; }

    /// <summary>Where the market's clock stands, as far as the bus has told; null until it brought a price.</summary>
    /// <remarks>The newest time among the symbols that are still moving: one that fell silent before the market was set back
    /// would otherwise hold the clock in the future.</remarks>
    public DateTimeOffset? MarketTime
    {
        get
        {
            var live = _prices.Values.Where(entry => entry.Live).ToArray();
            if (live.Length == 0)
            {
                return null;
            }

            var heardAt = live.Max(entry => entry.NotedAt);
            return live.Where(entry => heardAt - entry.NotedAt < SetBackAfter).Max(entry => entry.Price.At);
        }
    }

    /// <summary>Whether the market's clock has come to an instant, as far as the bus has told.</summary>
    public bool HasReached(DateTimeOffset instant)
    {
        if (Interlocked.Read(ref _latest) < instant.UtcTicks)
        {
            return false;
        }

        // The market may have been set back since.
        var at = MarketTime;
        Interlocked.Exchange(ref _latest, at?.UtcTicks ?? 0);
        return at >= instant;
    }

    /// <summary>What is in memory, without looking further.</summary>
    public LastPrice? Peek(string symbol) => _prices.TryGetValue(symbol, out var entry) ? entry.Price : null;

    /// <summary>When the price of a symbol last came in, by our clock; null if it never did.</summary>
    public DateTimeOffset? HeardAt(string symbol) =>
        _prices.TryGetValue(symbol, out var entry) && entry.Live ? entry.NotedAt : null;

    /// <summary>The same of what an order can trade at: of the bid and offer, where they are known, else of the price.</summary>
    public DateTimeOffset? QuotedAt(string symbol) =>
        _prices.TryGetValue(symbol, out var entry) && entry.Live ? entry.Price.BidPrice is null ? entry.NotedAt : entry.QuotedAt : null;

    /// <summary>The newest price, from memory or else the last stored bar; null when the platform never saw the symbol.</summary>
    public async ValueTask<LastPrice?> FindAsync(string symbol, CancellationToken cancellationToken) =>
        Peek(symbol) ?? (await FindAsync([symbol], cancellationToken)).GetValueOrDefault(symbol);

    /// <summary>The newest prices of those <paramref name="symbols"/> that have one; at most one query for all of them.</summary>
    public async ValueTask<IReadOnlyDictionary<string, LastPrice>> FindAsync(
        IReadOnlyCollection<string> symbols, CancellationToken cancellationToken)
    {
        string[] unknown = [.. symbols.Where(symbol => !_prices.ContainsKey(symbol)).Distinct(StringComparer.Ordinal)];
        if (unknown.Length > 0)
        {
            foreach (var price in await ReadStoredAsync(unknown, cancellationToken))
            {
                _prices.TryAdd(price.Symbol, new Entry(price, clock.GetUtcNow(), QuotedAt: default, Live: false));
            }
        }

        var found = new Dictionary<string, LastPrice>(symbols.Count, StringComparer.Ordinal);
        foreach (var symbol in symbols)
        {
            if (Peek(symbol) is { } price)
            {
                found[symbol] = price;
            }
        }

        return found;
    }

    /// <summary>Takes in a price that came just now.</summary>
    public void Note(LastPrice price) => Note(price, clock.GetUtcNow());

    /// <summary>Takes in a quote that the venue was asked for: it is as old as the market has come since.</summary>
    public void NoteAsked(LastPrice quote)
    {
        var now = clock.GetUtcNow();
        var age = ((MarketTime ?? now) - quote.At).Ticks;
        Note(quote, now - TimeSpan.FromTicks(Math.Clamp(age, 0, TimeSpan.TicksPerDay)));
    }

    /// <summary>Takes in a quote as it is on the bus.</summary>
    /// <param name="symbol">Whose.</param>
    /// <param name="message">What came.</param>
    /// <returns>Whether it is one whole JSON object, so that it can go to clients.</returns>
    public bool TakeQuote(string symbol, ReadOnlySpan<byte> message)
    {
        var isWhole = QuoteReader.TryRead(message, symbol, out var price);
        if (price is not null)
        {
            Note(price);
        }
        else if (isWhole)
        {
            LogUnreadable(symbol, "it is no quote of it with a bid, an offer and a time");
        }

        return isWhole;
    }

    /// <summary>Takes in a closed bar as it is on the bus.</summary>
    /// <param name="symbol">Whose.</param>
    /// <param name="message">What came.</param>
    public void TakeBar(string symbol, ReadOnlySpan<byte> message)
    {
        try
        {
            if (JsonSerializer.Deserialize(message, ContractsJson.Default.BarMessage) is { Close: > 0 and < QuoteReader.Absurd, Timestamp.Year: < LastYear } bar &&
                bar.Symbol == symbol)
            {
                Note(new LastPrice(symbol, bar.Close, bar.Timestamp.AddMinutes(1)));
            }
        }
        catch (JsonException exception)
        {
            LogUnreadable(symbol, exception.Message);
        }
    }

    private void Note(LastPrice price, DateTimeOffset quotedAt)
    {
        var now = clock.GetUtcNow();
        _prices.AddOrUpdate(
            price.Symbol,
            static (_, news) => new Entry(news.price, news.now, news.quotedAt, Live: true),
            static (_, held, news) =>
                held.Live && news.price.At < held.Price.At && news.now - held.NotedAt <= SetBackAfter ? held
                // A bar brings no quote; the one before it is still the newest, for a while.
                : news.price.BidPrice is null && news.now - held.QuotedAt <= QuoteKeptFor
                    ? new Entry(
                        news.price with { BidPrice = held.Price.BidPrice, AskPrice = held.Price.AskPrice }, news.now, held.QuotedAt, Live: true)
                : new Entry(news.price, news.now, news.quotedAt, Live: true),
            (price, now, quotedAt));
        for (var latest = Interlocked.Read(ref _latest); price.At.UtcTicks > latest; latest = Interlocked.Read(ref _latest))
        {
            Interlocked.CompareExchange(ref _latest, price.At.UtcTicks, latest);
        }

        Came?.Invoke(price.Symbol);
    }

    private async Task<List<LastPrice>> ReadStoredAsync(string[] symbols, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            select wanted.symbol, bar.close, bar.time
            from unnest($1::text[]) as wanted (symbol)
            cross join lateral (
                select close, time
                from market_data
                where symbol = wanted.symbol and timeframe = '1m'
                order by time desc
                limit 1) as bar
            """, [symbols]);
        return await command.ListAsync(
            rows => new LastPrice(rows.GetString(0), rows.GetDecimal(1), rows.At(2).AddMinutes(1)), cancellationToken);
    }

    /// <param name="Price">The price, with the newest quote.</param>
    /// <param name="NotedAt">When it came, by our clock.</param>
    /// <param name="QuotedAt">When the quote came, or whatever else was the newest then.</param>
    /// <param name="Live">It came, and was not read from a stored bar.</param>
    private sealed record Entry(LastPrice Price, DateTimeOffset NotedAt, DateTimeOffset QuotedAt, bool Live);

    [LoggerMessage(LogLevel.Warning, "A price of {Symbol} on the bus can't be read: {Reason}")]
    private partial void LogUnreadable(string symbol, string reason);
}
