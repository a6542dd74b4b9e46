using StratForge.SimulatedExchange.Orders;

namespace StratForge.SimulatedExchange.Accounts;

/// <summary>An execution, or an entry that is none.</summary>
internal readonly record struct Activity(Guid Id, DateTimeOffset At, Execution? Execution, OwnEntry? Own)
{
    /// <summary>What it is about; null when that is no symbol.</summary>
    public string? Symbol => Execution?.Symbol ?? Own?.Symbol;

    /// <summary>What the account's cash moved by.</summary>
    public decimal Cash => Execution?.Cash ?? Own?.Cash ?? 0m;

    /// <summary>What the position moved by.</summary>
    public decimal Units => Execution?.Units ?? Own?.Units ?? 0m;

    public static Activity Of(Execution execution) => new(execution.Id, execution.At, execution, null);

    public static Activity Of(OwnEntry entry) => new(entry.Id, entry.At, null, entry);

    /// <summary>Everything that happened in an account, in order.</summary>
    public static IEnumerable<Activity> AllOf(AccountBook book) =>
        book.Executions.Select(Of).Concat(book.OwnEntries.Select(Of)).OrderBy(static activity => activity.At);
}
