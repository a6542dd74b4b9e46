namespace StratForge.SimulatedExchange.Orders;

internal enum OrderType
{
    Market,
    Limit,
    Stop,
    StopLimit,
    TrailingStop,
}

/// <summary>What an order belongs to.</summary>
internal enum OrderClass
{
    /// <summary>Itself alone.</summary>
    Simple,

    /// <summary>An entry with a take-profit and a stop-loss.</summary>
    Bracket,

    /// <summary>A take-profit and a stop-loss of a position that is there; the take-profit is the parent.</summary>
    Oco,

    /// <summary>An entry with one of the two exits.</summary>
    Oto,
}

internal enum TimeInForce
{
    Day,
    Gtc,
    Ioc,
    Fok,
}

/// <summary>Where an order stands, in Alpaca's words.</summary>
internal enum OrderStatus
{
    Accepted,
    PendingNew,
    New,
    PartiallyFilled,
    Filled,
    Canceled,
    Expired,
    Replaced,

    /// <summary>A leg that waits for its turn.</summary>
    Held,
}

internal static class TimesInForce
{
    public static TimeInForce Parse(string text) => text switch
    {
        "day" => TimeInForce.Day,
        "gtc" => TimeInForce.Gtc,
        "ioc" => TimeInForce.Ioc,
        _ => TimeInForce.Fok,
    };
}
