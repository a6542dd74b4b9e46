using System.Text.Json.Serialization;
using StratForge.SimulatedExchange.Accounts;
using StratForge.SimulatedExchange.Orders;

namespace StratForge.SimulatedExchange.Persistence;

/// <summary>One line of the journal: what one request or one step of the market changed, whole or not at all.</summary>
/// <param name="Number">Rises by one.</param>
/// <param name="At">Market time.</param>
/// <param name="Opening">The account's first commit.</param>
/// <param name="Orders">The last state in this commit of each order it touched.</param>
/// <param name="Executions">Executions, in order.</param>
/// <param name="Configuration">Settings, when they changed.</param>
/// <param name="Equity">Equity at a close, when one passed.</param>
/// <param name="OwnEntry">What the exchange booked by itself.</param>
/// <param name="Watchlists">The last state in this commit of each watchlist it touched.</param>
/// <param name="DroppedWatchlists">Ids of watchlists that are gone.</param>
internal sealed record Commit(
    long Number,
    DateTimeOffset At,
    Opening? Opening = null,
    IReadOnlyList<Order>? Orders = null,
    IReadOnlyList<Execution>? Executions = null,
    AccountConfiguration? Configuration = null,
    EquityMark? Equity = null,
    OwnEntry? OwnEntry = null,
    IReadOnlyList<Watchlist>? Watchlists = null,
    IReadOnlyList<Guid>? DroppedWatchlists = null)
{
    /// <summary>Does to <paramref name="book"/> what this commit did when it happened.</summary>
    public void ApplyTo(AccountBook book)
    {
        if (Opening is { } opening)
        {
            book.Open(opening.AccountId, opening.Cash, At);
        }

        foreach (var order in Orders ?? [])
        {
            book.Put(order);
        }

        foreach (var execution in Executions ?? [])
        {
            book.Book(execution);
        }

        if (Configuration is not null)
        {
            book.Configure(Configuration);
        }

        if (Equity is not null)
        {
            book.MarkEquity(Equity);
        }

        if (OwnEntry is not null)
        {
            book.Book(OwnEntry);
        }

        foreach (var list in Watchlists ?? [])
        {
            book.Keep(list);
        }

        foreach (var dropped in DroppedWatchlists ?? [])
        {
            book.DropWatchlist(dropped);
        }

        book.MoveClock(At, Number);
    }
}

/// <summary>A new account.</summary>
internal sealed record Opening(Guid AccountId, decimal Cash);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(Commit))]
[JsonSerializable(typeof(AccountSnapshot))]
internal sealed partial class JournalJson : JsonSerializerContext;
