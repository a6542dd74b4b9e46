namespace StratForge.Alpaca.Tests;

public sealed class AlpacaActivityTests
{
    [Theory]
    [InlineData("BTCUSD", "BTC/USD")]
    [InlineData("SPY", "SPY")]
    [InlineData("AUSD", "AUSD")]
    [InlineData("BRK.B", "BRK.B")]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void An_entry_is_about_what_orders_spell_with_a_slash(string? listed, string? traded) =>
        Assert.Equal(traded, new AlpacaActivity { Id = "20240305::1", ActivityType = "FEE", Symbol = listed }.TradedSymbol);
}
