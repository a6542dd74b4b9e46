using StratForge.Contracts.Market;

namespace StratForge.Ingestor.Subscriptions;

/// <summary>Symbols that are kept whether or not a session wants them: <c>SYMBOLS</c> and <c>CRYPTO_SYMBOLS</c>, comma-separated.</summary>
internal sealed class PermanentSymbols
{
    private readonly Dictionary<AssetClass, IReadOnlyList<string>> _symbols;

    /// <exception cref="InvalidOperationException">A symbol is not well formed or of the other class.</exception>
    public PermanentSymbols(IConfiguration configuration) => _symbols = new()
    {
        [AssetClass.Stock] = Parse(configuration, "SYMBOLS", AssetClass.Stock),
        [AssetClass.Crypto] = Parse(configuration, "CRYPTO_SYMBOLS", AssetClass.Crypto),
    };

    public IReadOnlyList<string> Of(AssetClass assetClass) => _symbols[assetClass];

    private static List<string> Parse(IConfiguration configuration, string key, AssetClass assetClass)
    {
        var symbols = (configuration[key] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(static symbol => symbol.ToUpperInvariant())
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return symbols.Find(symbol => !Symbols.IsWellFormed(symbol) || Symbols.ClassOf(symbol) != assetClass) is { } wrong
            ? throw new InvalidOperationException($"{key} holds '{wrong}', which is not a {assetClass.ToString().ToLowerInvariant()} symbol.")
            : symbols;
    }
}
