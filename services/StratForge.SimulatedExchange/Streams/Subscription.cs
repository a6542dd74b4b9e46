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

    private static readonly string[] StockChannels =
        ["trades", "quotes", "bars", "updatedBars", "dailyBars", "statuses", "lulds", "corrections", "cancelErrors"];

    private static readonly string[] CryptoChannels = ["trades", "quotes", "orderbooks", "bars", "updatedBars", "dailyBars"];

    private readonly SortedDictionary<string, SortedSet<string>> _channels = new(StringComparer.Ordinal);
    private readonly string[] _names;
    private readonly bool _crypto;
    private volatile Wanted _wanted = new([], [], [], []);

    public Subscription(bool crypto)
    {
        (_crypto, _names) = (crypto, crypto ? CryptoChannels : StockChannels);
        foreach (var name in _names)
        {
            _channels[name] = new SortedSet<string>(StringComparer.Ordinal);
        }
    }

    private sealed record Wanted(HashSet<string> Trades, HashSet<string> Quotes, HashSet<string> Bars, HashSet<string> DailyBars);

    /// <summary>The channels of this endpoint with their symbols, every one present.</summary>
    public IEnumerable<(string Channel, IReadOnlyCollection<string> Symbols)> State =>
        _names.Select(name => (name, (IReadOnlyCollection<string>)_channels[name]));

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
                if (symbol != Everything && (symbol.Length == 0 || symbol.Contains('/', StringComparison.Ordinal) != _crypto))
                {
                    return (400, "invalid syntax");
                }

                changes.Add((property.Name, symbol));
                if (!_crypto && property.Name == "trades")
                {
                    changes.Add(("corrections", symbol));
                    changes.Add(("cancelErrors", symbol));
                }
            }
        }

        if (add && _channels.Values.Sum(symbols => symbols.Count) + changes.Count > MostSymbols)
        {
            return (405, "symbol limit exceeded");
        }

        foreach (var (channel, symbol) in changes)
        {
            _ = add ? _channels[channel].Add(symbol) : _channels[channel].Remove(symbol);
        }

        _wanted = new Wanted([.. _channels["trades"]], [.. _channels["quotes"]], [.. _channels["bars"]], [.. _channels["dailyBars"]]);
        return null;
    }

    public bool Wants(MarketTick tick)
    {
        var wanted = _wanted;
        return tick.Instrument.IsCrypto == _crypto && tick switch
        {
            MarketTick.Trade => Holds(wanted.Trades, tick.Instrument),
            MarketTick.Quote => Holds(wanted.Quotes, tick.Instrument),
            MarketTick.MinuteBar => Holds(wanted.Bars, tick.Instrument),
            _ => Holds(wanted.DailyBars, tick.Instrument),
        };
    }

    public bool WantsMinuteBars => _wanted.Bars.Count > 0;

    public bool WantsDayBars(Instrument instrument) => instrument.IsCrypto == _crypto && Holds(_wanted.DailyBars, instrument);

    private static bool Holds(HashSet<string> symbols, Instrument instrument) =>
        symbols.Count > 0 && (symbols.Contains(instrument.Symbol) || symbols.Contains(Everything));
}
