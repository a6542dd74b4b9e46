using StratForge.Contracts.Calendar;
using StratForge.Contracts.Market;

namespace StratForge.Ingestor.Venues;

/// <summary>When bars are to be expected.</summary>
internal static class MarketHours
{
    /// <summary>Whether a market trades at an instant of its own clock: stocks from 4:00 until the end of the after-hours session in New York, on days on which
    /// the exchanges open; crypto always.</summary>
    public static bool IsOpen(AssetClass assetClass, DateTimeOffset at)
    {
        if (assetClass == AssetClass.Crypto)
        {
            return true;
        }

        var date = NewYork.DateOf(at);
        var time = TimeOnly.FromDateTime(NewYork.Local(at).DateTime);
        return TradingCalendar.IsTradingDay(date) && time >= TradingCalendar.PreMarket && time < TradingCalendar.AfterHoursEndOf(date);
    }
}
