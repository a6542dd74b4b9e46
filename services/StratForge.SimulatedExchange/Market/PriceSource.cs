using System.Collections.Immutable;
using StratForge.Contracts.Calendar;
using StratForge.Trading.Matching;

namespace StratForge.SimulatedExchange.Market;

/// <summary>Where prices come from: every bar of every instrument, past and still to come. Callers keep to the past.</summary>
internal abstract class PriceSource
{
    private readonly Dictionary<string, Instrument> _bySpelling = [];
    private readonly Dictionary<Guid, Instrument> _byId = [];

    protected PriceSource(IEnumerable<Instrument> instruments)
    {
        Instruments = [.. instruments.OrderBy(instrument => instrument.Symbol, StringComparer.Ordinal)];
        foreach (var instrument in Instruments)
        {
            _bySpelling[instrument.Symbol] = instrument;
            _bySpelling[instrument.CompactSymbol] = instrument;
            _byId[instrument.AssetId] = instrument;
        }
    }

    public static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>Ordered by symbol.</summary>
    public ImmutableArray<Instrument> Instruments { get; }

    /// <summary><c>synthetic</c> or <c>replay</c>.</summary>
    public abstract string Mode { get; }

    /// <summary>Names this market's data: two sources with the same key give the same prices.</summary>
    public abstract string Key { get; }

    /// <summary>Width of the quote when the configuration does not say.</summary>
    public abstract decimal DefaultSpreadBps { get; }

    /// <summary>By symbol, by the spelling without slash, or by asset id.</summary>
    public Instrument? Find(string symbol) =>
        _bySpelling.TryGetValue(symbol, out var instrument) || (Guid.TryParse(symbol, out var id) && _byId.TryGetValue(id, out instrument))
            ? instrument
            : null;

    /// <summary>By the market data API's own spelling, which is strict: <c>AAPL</c>, <c>BTC/USD</c>.</summary>
    public Instrument? Listed(string symbol, bool crypto) =>
        _bySpelling.TryGetValue(symbol, out var instrument) && instrument.Symbol == symbol && instrument.IsCrypto == crypto ? instrument : null;

    /// <summary>Whether an instrument trades here, rather than being known by its past days alone.</summary>
    public virtual bool Trades(Instrument instrument) => true;

    /// <summary>Where the market clock begins, on a whole minute.</summary>
    public abstract DateTimeOffset BeginsAt(DateTimeOffset realNow);

    /// <summary>The minute at which the clock goes on when it stands at <paramref name="minute"/>; null at the end of the market.</summary>
    public abstract DateTimeOffset? GoesOnAt(DateTimeOffset minute);

    /// <summary>The latest time the market clock may show.</summary>
    public abstract DateTimeOffset LatestAt(DateTimeOffset realNow);

    /// <summary>The bar that opens at <paramref name="minute"/>, if one does.</summary>
    public abstract PriceBar? MinuteBar(Instrument instrument, DateTimeOffset minute);

    /// <summary>The last minute bar that opens before <paramref name="instant"/>.</summary>
    public abstract PriceBar? LastBarBefore(Instrument instrument, DateTimeOffset instant);

    /// <summary>Start of the first minute bar at or after <paramref name="instant"/>.</summary>
    public abstract DateTimeOffset? NextBarAt(Instrument instrument, DateTimeOffset instant);

    /// <summary>The whole day's bar when all of the day lies before <paramref name="visibleUntil"/>, else the part of it that does.</summary>
    public abstract PriceBar? DayBar(Instrument instrument, DateOnly day, DateTimeOffset visibleUntil);

    /// <summary>The first day at or after <paramref name="day"/> that has a bar.</summary>
    public abstract DateOnly? DayOnOrAfter(Instrument instrument, DateOnly day);

    /// <summary>The last day at or before <paramref name="day"/> that has a bar.</summary>
    public abstract DateOnly? DayOnOrBefore(Instrument instrument, DateOnly day);

    /// <summary>The minute bars that open in <c>[from, to)</c>, in order.</summary>
    public IEnumerable<PriceBar> Minutes(Instrument instrument, DateTimeOffset from, DateTimeOffset to)
    {
        for (var next = NextBarAt(instrument, from); next < to; next = NextBarAt(instrument, next.Value + Minute))
        {
            if (MinuteBar(instrument, next.Value) is { } bar)
            {
                yield return bar;
            }
        }
    }

    /// <summary>The last price at <paramref name="instant"/>, or null before the instrument's first bar.</summary>
    public decimal? PriceAt(Instrument instrument, DateTimeOffset instant)
    {
        var minute = MinuteOf(instant);
        return MinuteBar(instrument, minute) is { } bar
            ? BarPath.PriceAt(bar.Open, bar.High, bar.Low, bar.Close, instant - minute)
            : LastBarBefore(instrument, minute)?.Close;
    }

    public static DateTimeOffset MinuteOf(DateTimeOffset instant) =>
        new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);

    /// <summary>The day an instant belongs to: New York's for stocks, UTC's for crypto.</summary>
    public static DateOnly DayOf(Instrument instrument, DateTimeOffset instant) =>
        instrument.IsCrypto ? DateOnly.FromDateTime(instant.UtcDateTime) : NewYork.DateOf(instant);

    /// <summary>Midnight at the beginning of a day, which stamps its bar.</summary>
    public static DateTimeOffset StartOf(Instrument instrument, DateOnly day) =>
        instrument.IsCrypto ? new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) : NewYork.Midnight(day);
}
