using System.Globalization;
using StratForge.Contracts.Orders;
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
        OrderStatus.Held => "held",
        _ => "replaced",
    };

    public static string Text(OrderType type) => type switch
    {
        OrderType.Market => "market",
        OrderType.Limit => "limit",
        OrderType.Stop => "stop",
        OrderType.StopLimit => "stop_limit",
        _ => "trailing_stop",
    };

    /// <summary>A simple order has no class in answers.</summary>
    public static string Text(OrderClass orderClass) => orderClass switch
    {
        OrderClass.Simple => "",
        OrderClass.Bracket => "bracket",
        OrderClass.Oco => "oco",
        _ => "oto",
    };

    /// <summary>What an order does to the position.</summary>
    public static string Intent(Side side, bool opens) => (side, opens) switch
    {
        (Side.Buy, true) => "buy_to_open",
        (Side.Buy, false) => "buy_to_close",
        (_, true) => "sell_to_open",
        _ => "sell_to_close",
    };

    public static string Text(TimeInForce timeInForce) => timeInForce switch
    {
        TimeInForce.Day => "day",
        TimeInForce.Gtc => "gtc",
        TimeInForce.Ioc => "ioc",
        TimeInForce.Opg => "opg",
        TimeInForce.Cls => "cls",
        _ => "fok",
    };
}
