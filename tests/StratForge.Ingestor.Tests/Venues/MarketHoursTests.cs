using System.Globalization;
using StratForge.Contracts.Market;
using StratForge.Ingestor.Venues;

namespace StratForge.Ingestor.Tests.Venues;

public sealed class MarketHoursTests
{
    [Theory]
    [InlineData("2026-01-05T09:00:00Z", true)] // Monday, 4:00 in winter.
    [InlineData("2026-01-05T08:59:00Z", false)]
    [InlineData("2026-07-06T08:00:00Z", true)] // 4:00 in summer.
    [InlineData("2026-01-06T00:59:00Z", true)] // Monday, 19:59.
    [InlineData("2026-01-06T01:00:00Z", false)]
    [InlineData("2026-01-03T15:00:00Z", false)] // Saturday.
    [InlineData("2026-01-19T15:00:00Z", false)] // Martin Luther King's day.
    [InlineData("2026-11-27T21:59:00Z", true)] // The half day after Thanksgiving ends at 17:00.
    [InlineData("2026-11-27T22:00:00Z", false)]
    public void Stocks_trade_in_New_Yorks_sessions_and_coins_always(string at, bool isOpen)
    {
        var instant = DateTimeOffset.Parse(at, CultureInfo.InvariantCulture);

        Assert.Equal(isOpen, MarketHours.IsOpen(AssetClass.Stock, instant));
        Assert.True(MarketHours.IsOpen(AssetClass.Crypto, instant));
    }
}
