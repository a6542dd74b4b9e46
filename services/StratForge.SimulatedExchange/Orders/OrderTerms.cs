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

    /// <summary>The opening auction of the next session, or not at all.</summary>
    Opg,

    /// <summary>The closing auction, or not at all.</summary>
    Cls,
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
        "opg" => TimeInForce.Opg,
        "cls" => TimeInForce.Cls,
        _ => TimeInForce.Fok,
    };

    /// <summary>Whether an order takes part in one auction and in nothing else.</summary>
    public static bool IsAuction(this TimeInForce timeInForce) => timeInForce is TimeInForce.Opg or TimeInForce.Cls;

    /// <summary>Whether what cannot trade at its moment is canceled.</summary>
    public static bool IsImmediate(this TimeInForce timeInForce) => timeInForce is TimeInForce.Ioc or TimeInForce.Fok || timeInForce.IsAuction();
}
