using StratForge.Contracts.Market;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Orders;

namespace StratForge.Gateway.Orders;

/// <summary>An order by hand as its sender put it.</summary>
/// <param name="Terms">What to trade; the quantity is zero where a value was named instead.</param>
/// <param name="Notional">Value to trade, USD.</param>
/// <param name="OrderClass"><c>simple</c>, <c>bracket</c>, <c>oco</c> or <c>oto</c>.</param>
/// <param name="Legs">What it leaves behind once it is filled.</param>
internal sealed record OrderWish(OrderTerms Terms, decimal? Notional = null, string OrderClass = "simple", ExitLegs? Legs = null)
{
    // Alpaca counts parts of a unit in billionths.
    private const decimal UnitsPerNano = 1_000_000_000m;

    /// <summary>Whether it is one of two exits itself.</summary>
    public bool ExitsOnly => OrderClass == "oco";

    /// <summary>The terms in units: a value buys what it pays for at the price, in whole steps.</summary>
    /// <param name="price">What a unit costs, USD; null when unknown.</param>
    /// <param name="listing">The instrument; null when unknown.</param>
    public OrderTerms InUnits(decimal? price, Listing? listing)
    {
        // A price that is none is refused as such.
        if (Notional is not { } value || price is null || (Terms.LimitPrice ?? price) is not (> 0 and <= OrderRules.LargestPrice and var unit))
        {
            return Terms;
        }

        if (value > OrderRules.LargestQuantity * unit)
        {
            return Terms with { Quantity = OrderRules.LargestQuantity + 1 };
        }

        var step = listing is { Fractionable: false } ? 1 : listing?.QuantityStep is > 0 and { } given ? given : 1 / UnitsPerNano;
        return Terms with { Quantity = decimal.Floor(value / unit / step) * step };
    }

    /// <summary>The first rule on values and exits that it breaks, or null.</summary>
    public Refusal? Check()
    {
        if (Notional is not null && (Terms.Type is not (OrderType.Market or OrderType.Limit) || OrderClass != "simple"))
        {
            return new Refusal("BAD_NOTIONAL", "BAD_NOTIONAL: a value can be named for simple market and limit orders; give qty");
        }

        return OrderClass == "simple" ? null : CheckExits();
    }

    private Refusal? CheckExits()
    {
        if (Symbols.ClassOf(Terms.Symbol) == AssetClass.Crypto && OrderClass != "simple" && Terms.TimeInForce != "gtc")
        {
            return new Refusal("BAD_TIME_IN_FORCE", $"BAD_TIME_IN_FORCE: time_in_force={Terms.TimeInForce} allowed=gtc for order_class={OrderClass}");
        }

        if (Terms.TimeInForce is not ("day" or "gtc"))
        {
            return new Refusal("BAD_TIME_IN_FORCE", $"BAD_TIME_IN_FORCE: time_in_force={Terms.TimeInForce} allowed=day,gtc for order_class={OrderClass}");
        }

        return (OrderClass, Legs) switch
        {
            ("bracket", not { TakeProfit: > 0, Stop: > 0 }) => Exits("order_class=bracket needs take_profit.limit_price and stop_loss.stop_price"),
            ("oto", not ({ TakeProfit: > 0, Stop: null } or { TakeProfit: null, Stop: > 0 })) => Exits("order_class=oto needs either take_profit or stop_loss"),
            ("oco", not { Stop: > 0 }) => Exits("order_class=oco needs take_profit.limit_price and stop_loss.stop_price"),
            _ => null,
        };
    }

    private static Refusal Exits(string sentence) => new("BAD_EXITS", $"BAD_EXITS: {sentence}");
}
