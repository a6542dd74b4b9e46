namespace StratForge.SimulatedExchange.Faults;

/// <summary>What goes wrong.</summary>
internal enum FaultKind
{
    /// <summary>A request or its answer waits; a stream waits with all that comes after.</summary>
    Delay,

    /// <summary>A request is answered with a status of 500 or above.</summary>
    Error,

    /// <summary>A request is answered as one too many.</summary>
    RateLimit,

    /// <summary>A request's connection is reset, a stream's is closed.</summary>
    Disconnect,

    /// <summary>An event is sent twice.</summary>
    Duplicate,

    /// <summary>An event is not sent.</summary>
    Drop,

    /// <summary>An event is sent after the one that follows it.</summary>
    Reorder,

    /// <summary>An order that could trade whole trades in part.</summary>
    PartialFill,
}

/// <summary>Where something goes wrong. One occasion may be several: a new order is one of the trading requests.</summary>
[Flags]
internal enum FaultTarget
{
    None = 0,

    /// <summary><c>POST /v2/orders</c>.</summary>
    OrderSubmit = 1,

    /// <summary>Every request below <c>/v2/orders</c>.</summary>
    Orders = 2,

    /// <summary>Every request that is not for market data.</summary>
    Trading = 4,

    /// <summary>Every request for market data.</summary>
    Data = 8,

    /// <summary>Events of the order stream.</summary>
    TradeUpdates = 16,

    /// <summary>Messages of the market-data streams.</summary>
    MarketData = 32,

    /// <summary>Moments at which an order trades.</summary>
    Fills = 64,

    Requests = OrderSubmit | Orders | Trading | Data,
    Streams = TradeUpdates | MarketData,
}

/// <summary>On which side of the exchange's work a request fails.</summary>
internal enum FaultMoment
{
    /// <summary>The exchange has not seen it: nothing happened.</summary>
    Before,

    /// <summary>The exchange has done what was asked; its answer is late or lost.</summary>
    After,
}

/// <summary>Something that is to go wrong, so that a client shows what it does then.</summary>
/// <param name="Kind">What.</param>
/// <param name="On">Where: one target.</param>
internal sealed record Fault(FaultKind Kind, FaultTarget On)
{
    private const int MostTimes = 1_000_000;
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    /// <summary>Of requests. Default after for a delay, before for the others.</summary>
    public FaultMoment When { get; init; } = Kind == FaultKind.Delay ? FaultMoment.After : FaultMoment.Before;

    /// <summary>How often it strikes before it is over.</summary>
    /// <value>1 to 1,000,000; 0 is until it is deleted. Default 1.</value>
    public int Times { get; init; } = 1;

    /// <summary>Occasions it lets pass before it begins.</summary>
    /// <value>0 to 1,000,000. Default 0.</value>
    public int Skip { get; init; }

    /// <summary>How likely it strikes at an occasion.</summary>
    /// <value>Above 0, at most 1. Default 1.</value>
    public double Probability { get; init; } = 1;

    /// <summary>Seed of its own random numbers: the same seed strikes at the same occasions.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Real time that a delay takes.</summary>
    /// <value>Above zero, at most a minute.</value>
    public TimeSpan Delay { get; init; }

    /// <summary>HTTP status of an error.</summary>
    /// <value>500 to 599. Default 500.</value>
    public int Status { get; init; } = StatusCodes.Status500InternalServerError;

    /// <summary>Share of an order's open units that a partial fill gives it, rounded to whole shares where it has them; at least one.</summary>
    /// <value>Above 0, below 1. Default 0.5.</value>
    public double Part { get; init; } = 0.5;

    /// <summary>Only events and fills of this symbol, as the market spells it. Null: of every symbol.</summary>
    public string? Symbol { get; init; }

    /// <summary>Only events of this name: <c>fill</c>, <c>canceled</c>; <c>bar</c>, <c>trade</c>. Null: every event.</summary>
    public string? Event { get; init; }

    /// <summary>What makes no sense in it, in a sentence for who asked; null when it can be planned.</summary>
    public string? Flaw() =>
        !FitsTarget ? $"{FaultWords.Of(Kind)} does not happen on {FaultWords.Of(On)}: requests know delay, error, rate_limit and disconnect, streams delay, "
            + "duplicate, drop, reorder and disconnect, fills partial_fill"
        : Times is < 0 or > MostTimes ? $"times must lie between 0 (until deleted) and {MostTimes}"
        : Skip is < 0 or > MostTimes ? $"skip must lie between 0 and {MostTimes}"
        : Probability is not (> 0 and <= 1) ? "probability must be above 0 and at most 1"
        : Kind == FaultKind.Delay && (Delay <= TimeSpan.Zero || Delay > LongestDelay)
            ? $"a delay needs delay_ms, above 0 and at most {LongestDelay.TotalMilliseconds}"
        : Status is < 500 or > 599 ? "status must lie between 500 and 599"
        : Part is not (> 0 and < 1) ? "part must lie between 0 and 1"
        : Symbol is not null && On.HasAny(FaultTarget.Requests) ? "requests have no symbol: leave it out"
        : Event is not null && !On.HasAny(FaultTarget.Streams) ? "only streams have events: leave event out"
        : null;

    private bool FitsTarget => Kind switch
    {
        FaultKind.Error or FaultKind.RateLimit => On.HasAny(FaultTarget.Requests),
        FaultKind.Delay or FaultKind.Disconnect => On.HasAny(FaultTarget.Requests | FaultTarget.Streams),
        FaultKind.PartialFill => On == FaultTarget.Fills,
        _ => On.HasAny(FaultTarget.Streams),
    };
}
