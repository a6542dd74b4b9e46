using StratForge.Contracts.Market;
using StratForge.Strategies.Feeds;
using StratForge.Strategies.Indicators;

namespace StratForge.Strategies;

/// <summary>The bars of one symbol in one timeframe, as <see cref="Strategy.Subscribe"/> ordered them.</summary>
/// <remarks>Longer bars are made of one-minute bars. Those shorter than a day begin at round times, counted from midnight in New York for stocks
/// and UTC for crypto, and never reach over midnight. A stock's day is the exchange's regular session, 9:30 to 16:00 (13:00 on half days);
/// what trades before and after is not in it. A bar is there when the minute that ends it has closed or, when that minute had no
/// trade, before the next event; one without any trade is not there at all, and neither is one that had begun before the first minute that was fed.</remarks>
public sealed class BarFeed
{
    private readonly List<Indicator> _indicators = [];
    private readonly bool _isCrypto;
    private Bar _building;
    private bool _isBuilding;
    private long _opensAt;
    private long? _fedSince;

    internal BarFeed(string symbol, int minutes)
    {
        Symbol = symbol;
        Minutes = minutes;
        _isCrypto = Symbols.ClassOf(symbol) == AssetClass.Crypto;
    }

    /// <summary>Its symbol.</summary>
    public string Symbol { get; }

    /// <summary>Length of its bars, minutes; 1440 is a day.</summary>
    public int Minutes { get; }

    /// <summary>Its bars so far, newest first.</summary>
    public BarHistory Bars { get; } = new();

    /// <summary>Its bars until every indicator on it has a value.</summary>
    internal int WarmUp { get; private set; }

    /// <summary>Bars seen so far.</summary>
    internal long Seen { get; private set; }

    /// <summary>When the bar that is being built ends, milliseconds; <see cref="long.MaxValue"/> when none is.</summary>
    internal long EndsAt { get; private set; } = long.MaxValue;

    internal int Indicators => _indicators.Count;

    // One-minute bars a warm-up takes, whatever the minute at which it begins: what it begins in the midst of is no bar. A day of a stock has 390 minutes.
    internal long WarmUpMinutes => WarmUp == 0 ? 0 : ((WarmUp + 1L) * (Minutes == Timeframes.Day && !_isCrypto ? 390 : Minutes)) - 1;

    internal void Declare(Indicator indicator)
    {
        _indicators.Add(indicator);
        WantAtLeast(indicator.WarmUp);
    }

    internal void WantAtLeast(int bars)
    {
        WarmUp = Math.Max(WarmUp, bars);
        Bars.KeepAtLeast(WarmUp);
    }

    /// <summary>Takes a bar of its own length.</summary>
    internal void See(in Bar bar)
    {
        Seen++;
        Bars.Add(bar);
        foreach (var indicator in _indicators)
        {
            indicator.Update(bar);
        }
    }

    /// <summary>Builds on with the next minute. A bar that ended before it was taken with <see cref="Finish"/>.</summary>
    internal void Build(in Bar minute)
    {
        if (!_isBuilding)
        {
            if (!Begin(minute))
            {
                return;
            }

            _isBuilding = true;
            _building = new Bar(Symbol, _opensAt, minute.Open, minute.High, minute.Low, minute.Close, minute.Volume, Minutes) { ClosesAtMs = EndsAt };
            return;
        }

        _building = _building with
        {
            High = minute.High > _building.High ? minute.High : _building.High,
            Low = minute.Low < _building.Low ? minute.Low : _building.Low,
            Close = minute.Close,
            Volume = _building.Volume + minute.Volume,
        };
    }

    /// <summary>Hands out the bar that was being built.</summary>
    internal Bar Finish()
    {
        _isBuilding = false;
        EndsAt = long.MaxValue;
        return _building;
    }

    private bool Begin(in Bar minute)
    {
        _fedSince ??= minute.OpensAtMs;
        var (opensAt, endsAt) = PeriodOf(minute.OpensAtMs);
        if (minute.OpensAtMs < opensAt || minute.OpensAtMs >= endsAt || opensAt < _fedSince)
        {
            return false;
        }

        (_opensAt, EndsAt) = (opensAt, endsAt);
        return true;
    }

    // Of a day without a session it is empty.
    private (long OpensAt, long EndsAt) PeriodOf(long ms)
    {
        var date = _isCrypto ? ExchangeCalendar.DateOf(ms) : ExchangeCalendar.DateAt(ms);
        if (Minutes == Timeframes.Day && !_isCrypto)
        {
            return ExchangeCalendar.IsTradingDay(date) ? (ExchangeCalendar.OpenOf(date), ExchangeCalendar.CloseOf(date)) : (0, 0);
        }

        var midnight = _isCrypto ? ExchangeCalendar.Midnight(date) : ExchangeCalendar.At(date, 0);
        var length = Minutes * Bar.LengthMs;
        var opensAt = midnight + ((ms - midnight) / length * length);
        return (opensAt, opensAt + length);
    }
}
