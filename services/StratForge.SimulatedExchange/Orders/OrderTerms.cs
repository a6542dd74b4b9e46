namespace StratForge.SimulatedExchange.Orders;

internal enum OrderType
{
    Market,
    Limit,
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
