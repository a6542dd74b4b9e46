namespace StratForge.Alpaca.Tests;

public sealed class AlpacaSymbolsTests
{
    [Theory]
    [InlineData("BTCUSD", "BTC/USD")]
    [InlineData("BTCUSDT", "BTC/USDT")]
    [InlineData("ETHUSDC", "ETH/USDC")]
    [InlineData("ETHBTC", "ETH/BTC")]
    [InlineData("BTC/USD", "BTC/USD")]
    [InlineData("USD", "USD")]
    public void A_pair_without_its_slash_gets_it_back(string listed, string traded) => Assert.Equal(traded, AlpacaSymbols.ToPair(listed));
}
