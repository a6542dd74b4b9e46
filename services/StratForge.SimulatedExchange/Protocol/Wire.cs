using System.Globalization;
using StratForge.SimulatedExchange.Orders;

namespace StratForge.SimulatedExchange.Protocol;

/// <summary>How values are spelled on the wire.</summary>
internal static class Wire
{
    /// <summary>A decimal without exponent, separators or trailing zeros.</summary>
    public static string Text(decimal number) => Decimals.Trimmed(number).ToString(CultureInfo.InvariantCulture);

    /// <summary>RFC 3339 in UTC, as many fractional digits as carry something.</summary>
    public static string Text(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    public static string Text(OrderStatus status) => status switch
    {
        OrderStatus.Accepted => "accepted",
        OrderStatus.PendingNew => "pending_new",
        OrderStatus.New => "new",
        OrderStatus.PartiallyFilled => "partially_filled",
        OrderStatus.Filled => "filled",
        OrderStatus.Canceled => "canceled",
        OrderStatus.Expired => "expired",
        _ => "replaced",
    };

    public static string Text(TimeInForce timeInForce) => timeInForce switch
    {
        TimeInForce.Day => "day",
        TimeInForce.Gtc => "gtc",
        TimeInForce.Ioc => "ioc",
        _ => "fok",
    };
}
