namespace StratForge.Alpaca;

/// <summary>One entry of the account's history: an execution, a fee, a transfer: <c>GET /v2/account/activities</c>.</summary>
public sealed record AlpacaActivity
{
    /// <summary>Sorts by time and serves as page token.</summary>
    public required string Id { get; init; }
    /// <summary><c>FILL</c>, <c>CFEE</c>, <c>FEE</c>, <c>JNLC</c>, ...</summary>
    public required string ActivityType { get; init; }
    /// <summary>When an execution happened, on the venue's clock.</summary>
    public DateTimeOffset? TransactionTime { get; init; }
    /// <summary><c>fill</c> or <c>partial_fill</c>.</summary>
    public string? Type { get; init; }
    /// <summary>Price of this execution.</summary>
    public decimal? Price { get; init; }
    /// <summary>Units of this execution, or of the fee (below zero).</summary>
    public decimal? Qty { get; init; }
    /// <summary><c>buy</c> or <c>sell</c>.</summary>
    public string? Side { get; init; }
    /// <summary>The symbol; fees spell crypto without its slash.</summary>
    public string? Symbol { get; init; }
    /// <summary>Units of the order that are still open.</summary>
    public decimal? LeavesQty { get; init; }
    /// <summary>The order.</summary>
    public Guid? OrderId { get; init; }
    /// <summary>Units of the order filled so far.</summary>
    public decimal? CumQty { get; init; }
    /// <summary>Status of the order afterwards.</summary>
    public string? OrderStatus { get; init; }
    /// <summary>Day of an entry that is no execution.</summary>
    public DateOnly? Date { get; init; }
    /// <summary>What it did to the account's cash.</summary>
    public decimal? NetAmount { get; init; }
    /// <summary>What was paid per unit, USD, for a dividend.</summary>
    public decimal? PerShareAmount { get; init; }
    /// <summary>For a reader.</summary>
    public string? Description { get; init; }
    /// <summary>State of an entry that is no execution: <c>executed</c>, <c>correct</c>, <c>canceled</c>.</summary>
    public string? Status { get; init; }

    /// <summary>The symbol as orders spell it: entries about pairs leave their slash out, and no stock's is as long as a pair's.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string? TradedSymbol => Symbol switch
    {
        null or "" => null,
        { Length: >= 6 } symbol => AlpacaSymbols.ToPair(symbol),
        var symbol => symbol,
    };

    /// <summary>The execution's id when the entry is an execution: the part of <see cref="Id"/> after its time; null otherwise.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public Guid? ExecutionId =>
        Id.IndexOf("::", StringComparison.Ordinal) is >= 0 and var at && Guid.TryParse(Id.AsSpan(at + 2), out var id) ? id : null;
}

/// <summary>Which activities to list. Null leaves a filter out.</summary>
/// <param name="ActivityTypes">Types to include: <c>FILL</c>.</param>
/// <param name="OrderId">Executions of one order only.</param>
/// <param name="After">Created strictly after.</param>
/// <param name="Until">Created strictly before.</param>
/// <param name="Ascending">Oldest first; otherwise newest first.</param>
/// <param name="PageSize">Entries per request, 1 to 100.</param>
public sealed record AlpacaActivityQuery(
    IReadOnlyList<string>? ActivityTypes = null,
    Guid? OrderId = null,
    DateTimeOffset? After = null,
    DateTimeOffset? Until = null,
    bool Ascending = true,
    int PageSize = 100);
