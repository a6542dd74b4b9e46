namespace StratForge.Alpaca;

/// <summary>Alpaca spells crypto pairs in two ways: <c>BTC/USD</c> in orders and market data, <c>BTCUSD</c> in positions and fees.</summary>
public static class AlpacaSymbols
{
    // USDT and USDC before USD: the longest quote currency that fits is the right one.
    private static readonly string[] QuoteCurrencies = ["USDT", "USDC", "USD", "BTC"];

    /// <summary>The pair with its slash; unchanged when it has one or no known quote currency ends it.</summary>
    public static string ToPair(string symbol)
    {
        if (symbol.Contains('/', StringComparison.Ordinal))
        {
            return symbol;
        }

        foreach (var quote in QuoteCurrencies)
        {
            if (symbol.Length > quote.Length && symbol.EndsWith(quote, StringComparison.Ordinal))
            {
                return $"{symbol.AsSpan(0, symbol.Length - quote.Length)}/{quote}";
            }
        }

        return symbol;
    }
}
