namespace StratForge.SimulatedExchange.Accounts;

/// <summary>A list of symbols that the account's owner keeps under a name.</summary>
/// <param name="Id">Identity on the wire.</param>
/// <param name="Name">Unique in the account, 1 to 64 characters.</param>
/// <param name="Symbols">As the market spells them, in the order in which they were added, each once.</param>
/// <param name="CreatedAt">Market time.</param>
/// <param name="UpdatedAt">Market time of the last change.</param>
internal sealed record Watchlist(Guid Id, string Name, IReadOnlyList<string> Symbols, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public const int LongestName = 64;

    /// <summary>Most symbols of one list. A bound of this exchange's own: Alpaca documents none.</summary>
    public const int MostSymbols = 1_000;

    /// <summary>Most lists of one account. A bound of this exchange's own: Alpaca documents none.</summary>
    public const int MostLists = 200;
}
