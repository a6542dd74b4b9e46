using System.Text.RegularExpressions;

namespace StratForge.Contracts.Market;

/// <summary>How symbols are spelled: stocks as <c>AAPL</c> or <c>BRK.B</c>, crypto as <c>BTC/USD</c>, always upper case.</summary>
public static partial class Symbols
{
    /// <summary>The asset class a well-formed symbol belongs to: a slash means crypto.</summary>
    public static AssetClass ClassOf(string symbol) =>
        symbol.Contains('/', StringComparison.Ordinal) ? AssetClass.Crypto : AssetClass.Stock;

    /// <summary>Whether <paramref name="symbol"/> is well formed for its asset class. Says nothing about whether it is listed.</summary>
    public static bool IsWellFormed(string symbol) =>
        symbol is { Length: > 0 and <= 20 } && (StockPattern().IsMatch(symbol) || CryptoPattern().IsMatch(symbol));

    [GeneratedRegex(@"\A[A-Z]{1,6}(\.[A-Z]{1,2})?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex StockPattern();

    [GeneratedRegex(@"\A[A-Z]{2,8}/[A-Z]{3,5}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex CryptoPattern();
}
