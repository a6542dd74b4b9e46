using StratForge.Contracts.Market;

namespace StratForge.Contracts.Tests;

public sealed class SymbolsTests
{
    [Theory]
    [InlineData("AAPL")]
    [InlineData("BRK.B")]
    [InlineData("BTC/USD")]
    public void A_symbol_as_the_venue_spells_it_is_well_formed(string symbol) =>
        Assert.True(Symbols.IsWellFormed(symbol));

    [Theory]
    [InlineData("")]
    [InlineData("aapl")]
    [InlineData("BRK-B")]
    [InlineData("BTCUSDT/")]
    [InlineData("BTC/USD\n")]
    [InlineData("A B")]
    [InlineData("TOOLONGSYMBOL")]
    [InlineData("market_data:*")]
    public void Anything_else_is_not(string symbol) =>
        Assert.False(Symbols.IsWellFormed(symbol));

    [Fact]
    public void A_slash_makes_it_crypto()
    {
        Assert.Equal(AssetClass.Crypto, Symbols.ClassOf("BTC/USD"));
        Assert.Equal(AssetClass.Stock, Symbols.ClassOf("BRK.B"));
    }
}
