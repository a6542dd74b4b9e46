using System.Text.Json;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Market;

namespace StratForge.SimulatedExchange.Streams;

/// <summary>What one data connection has subscribed to; changed as a whole, read from the market's side without a lock.</summary>
internal sealed class Subscription
{
    private const string Everything = "*";

    // Far above any list of symbols here; what it bounds is the acknowledgement, which repeats them all.
    private const int MostSymbols = 5_000;

    // Of the basic plan: pairs of symbol and channel over trades and quotes, and order books.
    private const int MostPricesOfBasic = 30;
    private const int MostBooksOfBasic = 10;

    private readonly SortedDictionary<string, SortedSet<string>> _channels = new(StringComparer.Ordinal);
    private readonly DataFeedKind _kind;
    private readonly MarketDataPlan _plan;
    private readonly int _listed;
    private volatile Wanted _wanted = new([], [], [], [], [], []);

    /// <param name="kind">Which endpoint it is.</param>
    /// <param name="plan">What bounds it.</param>
    /// <param name="listed">Symbols that the endpoint carries: what <c>*</c> counts as.</param>
    public Subscription(DataFeedKind kind, MarketDataPlan plan, int listed)
    {
        (_kind, _plan, _listed) = (kind, plan, listed);
        foreach (var name in kind.Channels)
        {
            _channels[name] = new SortedSet<string>(StringComparer.Ordinal);
        }
    }

    private sealed record Wanted(
        HashSet<string> Trades, HashSet<string> Quotes, HashSet<string> Books, HashSet<string> Bars, HashSet<string> DailyBars,
        HashSet<string> Statuses);

    /// <summary>The channels of this endpoint with their symbols, every one present.</summary>
    public IEnumerable<(string Channel, IReadOnlyCollection<string> Symbols)> State =>
        _kind.Channels.Select(name => (name, (IReadOnlyCollection<string>)_channels[name]));

    /// <summary>Adds or removes what a message lists.</summary>
    /// <returns>An error's code and text, or null; with an error nothing has changed.</returns>
    public (int Code, string Message)? Change(JsonElement message, bool add)
    {
        var changes = new List<(string Channel, string Symbol)>();
        foreach (var property in message.EnumerateObject().Where(property => property.Name != "action" && property.Value.ValueKind != JsonValueKind.Null))
        {
            if (property.Value.ValueKind != JsonValueKind.Array)
            {
                return (400, "invalid syntax");
            }

            if (!_channels.ContainsKey(property.Name))
            {
                if (property.Value.GetArrayLength() == 0)
                {
                    continue; // Some clients list every channel of every feed, most of them empty.
                }

                return (410, "invalid subscribe action for this feed");
            }

            foreach (var item in property.Value.EnumerateArray())
            {
                var symbol = item.ValueKind == JsonValueKind.String ? item.GetString()! : "";
                if (symbol != Everything && (symbol.Length == 0 || !_kind.Spells(symbol)))
                {
                    return (400, "invalid syntax");
                }

                changes.Add((property.Name, symbol));
                if (property.Name == "trades" && _channels.ContainsKey("corrections"))
                {
                    changes.Add(("corrections", symbol));
                    changes.Add(("cancelErrors", symbol));
                }
            }
        }

        if (add && IsTooMuch(changes))
        {
            return (405, "symbol limit exceeded");
        }

        foreach (var (channel, symbol) in changes)
        {
            _ = add ? _channels[channel].Add(symbol) : _channels[channel].Remove(symbol);
        }

        _wanted = new Wanted(Held("trades"), Held("quotes"), Held("orderbooks"), Held("bars"), Held("dailyBars"), Held("statuses"));
        return null;
    }

    public bool Wants(MarketTick tick)
    {
        var wanted = _wanted;
        return _kind.Carries(tick.Instrument) && tick switch
        {
            MarketTick.Trade => Holds(wanted.Trades, tick.Instrument),
            MarketTick.Quote => Holds(wanted.Quotes, tick.Instrument),
            MarketTick.Book => Holds(wanted.Books, tick.Instrument),
            MarketTick.MinuteBar => Holds(wanted.Bars, tick.Instrument),
            MarketTick.Status => Holds(wanted.Statuses, tick.Instrument),
            _ => Holds(wanted.DailyBars, tick.Instrument),
        };
    }

    public bool WantsMinuteBars => _wanted.Bars.Count > 0;

    public bool WantsDayBars(Instrument instrument) => _kind.Carries(instrument) && Holds(_wanted.DailyBars, instrument);

    public bool WantsOrderBooks(Instrument instrument) => _kind.Carries(instrument) && Holds(_wanted.Books, instrument);

    private bool IsTooMuch(List<(string Channel, string Symbol)> changes)
    {
        var added = changes.Distinct().Where(change => !_channels[change.Channel].Contains(change.Symbol)).ToList();
        return _channels.Values.Sum(symbols => symbols.Count) + added.Count > MostSymbols
            || (_plan == MarketDataPlan.Basic
                && (Weight("trades") + Weight("quotes") > MostPricesOfBasic || Weight("orderbooks") > MostBooksOfBasic));

        int Weight(string channel) => !_channels.TryGetValue(channel, out var held) ? 0
            : held.Concat(added.Where(change => change.Channel == channel).Select(change => change.Symbol))
                .Sum(symbol => symbol == Everything ? _listed : 1);
    }

    private HashSet<string> Held(string channel) => _channels.TryGetValue(channel, out var symbols) ? [.. symbols] : [];

    private static bool Holds(HashSet<string> symbols, Instrument instrument) =>
        symbols.Count > 0 && (symbols.Contains(instrument.Symbol) || symbols.Contains(Everything));
}
