using System.Security.Cryptography;
using System.Text;
using StratForge.Contracts.Market;

namespace StratForge.SimulatedExchange.Market;

/// <summary>One thing that trades here.</summary>
/// <param name="Symbol">As the market spells it: <c>AAPL</c>, <c>BTC/USD</c>.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Venue">Its listing: <c>NASDAQ</c>, <c>CRYPTO</c>.</param>
/// <param name="Tick">Smallest price step, dollars.</param>
internal sealed record Instrument(string Symbol, string Name, string Venue, decimal Tick)
{
    /// <summary>Identity on the wire, the same in every run: derived from the symbol.</summary>
    public Guid AssetId { get; } = IdOf(Symbol);

    public AssetClass Class { get; } = Symbols.ClassOf(Symbol);

    public bool IsCrypto => Class == AssetClass.Crypto;

    /// <summary>The spelling without a slash, which positions and old clients use.</summary>
    public string CompactSymbol { get; } = Symbol.Replace("/", "", StringComparison.Ordinal);

    public string WireClass => IsCrypto ? "crypto" : "us_equity";

    private static Guid IdOf(string symbol)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"asset:{symbol}"), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80); // version 8: made by a rule of our own
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}

/// <summary>The names of well-known symbols.</summary>
internal static class Listing
{
    private static readonly Dictionary<string, Instrument> Known = new Instrument[]
    {
        new("AAPL", "Apple Inc. Common Stock", "NASDAQ", 0.01m),
        new("AMZN", "Amazon.com, Inc. Common Stock", "NASDAQ", 0.01m),
        new("GOOGL", "Alphabet Inc. Class A Common Stock", "NASDAQ", 0.01m),
        new("IBM", "International Business Machines Corporation", "NYSE", 0.01m),
        new("META", "Meta Platforms, Inc. Class A Common Stock", "NASDAQ", 0.01m),
        new("MSFT", "Microsoft Corporation Common Stock", "NASDAQ", 0.01m),
        new("NVDA", "NVIDIA Corporation Common Stock", "NASDAQ", 0.01m),
        new("QQQ", "Invesco QQQ Trust, Series 1", "NASDAQ", 0.01m),
        new("SPY", "SPDR S&P 500 ETF Trust", "ARCA", 0.01m),
        new("TSLA", "Tesla, Inc. Common Stock", "NASDAQ", 0.01m),
        new("BTC/USD", "Bitcoin / US Dollar", "CRYPTO", 0.01m),
        new("ETH/USD", "Ethereum / US Dollar", "CRYPTO", 0.01m),
        new("SOL/USD", "Solana / US Dollar", "CRYPTO", 0.001m),
    }.ToDictionary(instrument => instrument.Symbol);

    public static Instrument Of(string symbol) => Known.TryGetValue(symbol, out var known)
        ? known
        : Symbols.ClassOf(symbol) == AssetClass.Crypto
            ? new Instrument(symbol, symbol, "CRYPTO", 0.01m)
            : new Instrument(symbol, symbol, "NYSE", 0.01m);
}
