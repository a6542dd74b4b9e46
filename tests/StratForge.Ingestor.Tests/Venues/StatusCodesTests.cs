using StratForge.Alpaca;
using StratForge.Contracts.Market;
using StratForge.Ingestor.Venues;

namespace StratForge.Ingestor.Tests.Venues;

public sealed class StatusCodesTests
{
    [Theory]
    [InlineData("H", "T1", TradingState.Halted)]
    [InlineData("2", "P", TradingState.Halted)]
    [InlineData("2", "M", TradingState.Paused)]
    [InlineData("P", "LUDP", TradingState.Paused)]
    [InlineData("Q", "T3", TradingState.Quoting)]
    [InlineData("T", "", TradingState.Trading)]
    [InlineData("3", "", TradingState.Trading)]
    [InlineData("5", "", null)]
    [InlineData("E", "", null)]
    public void Codes_of_both_tapes_say_whether_a_stock_trades(string code, string reason, TradingState? expected) =>
        Assert.Equal(expected, StatusCodes.Of("SPY", new AlpacaTradingStatus(DateTimeOffset.UnixEpoch, code, "", reason, ""))?.State);
}
