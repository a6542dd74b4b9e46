using System.Globalization;
using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;

namespace StratForge.Trading.Orders;

/// <summary>Rules an order has to meet whoever sends it. What depends on the account is decided with the account locked.</summary>
public static class OrderRules
{
    private const int MostDecimals = 9;

    /// <summary>Most units that one order may name.</summary>
    public const decimal LargestQuantity = 1_000_000_000m;

    /// <summary>Highest price that an order may name, USD.</summary>
    public const decimal LargestPrice = 100_000_000m;

    /// <summary>The first rule that <paramref name="terms"/> break, or null.</summary>
    /// <param name="terms">The order.</param>
    /// <param name="listing">Its instrument; null when the venue lists none of that symbol.</param>
    /// <param name="listingsKnown">False while the venue's list was never read: then only form is checked and the venue decides.</param>
    public static Refusal? Check(OrderTerms terms, Listing? listing, bool listingsKnown) =>
        CheckForm(terms) ?? (listing is null
            ? listingsKnown ? Unlisted(terms.Symbol) : null
            : CheckListing(terms, listing));

    /// <summary>The first rule on its symbol alone that an order breaks, or null: whatever else it asks for, nobody could take it.</summary>
    /// <param name="symbol">What it trades.</param>
    /// <param name="listing">Its instrument; null when the venue lists none of that symbol.</param>
    /// <param name="listingsKnown">False while the venue's list was never read.</param>
    public static Refusal? CheckSymbol(string symbol, Listing? listing, bool listingsKnown) =>
        !Symbols.IsWellFormed(symbol) ? Malformed(symbol)
        : listing is null ? listingsKnown ? Unlisted(symbol) : null
        : listing.Tradable ? null : NotTradable(symbol);

    /// <summary>The most a unit may cost, or for a short sale be worth: the limit; where there is none, the price with the buffer for its moving
    /// until the fill, in whole steps.</summary>
    /// <param name="terms">The order.</param>
    /// <param name="price">What a unit costs now, USD; null when unknown.</param>
    /// <param name="step">Step of prices, USD.</param>
    /// <returns>Null when it can't be known: then the order is refused with <c>NO_PRICE</c>.</returns>
    public static decimal? Collar(OrderTerms terms, decimal? price, decimal step)
    {
        ArgumentNullException.ThrowIfNull(terms);
        if (terms is { Type: OrderType.Limit or OrderType.StopLimit, LimitPrice: { } limit } && terms.Side == Side.Buy)
        {
            return limit;
        }

        decimal? expected = terms.Type switch
        {
            OrderType.Stop or OrderType.StopLimit => terms.StopPrice,
            OrderType.TrailingStop => price + (terms.TrailPrice ?? (price * terms.TrailPercent / 100m)),
            _ => price,
        };
        // A short sale above the market is worth its limit, one below it what the market pays.
        return decimal.Max(terms.LimitPrice ?? 0, decimal.Floor((expected ?? 0) * (1 + Reservation.MarketBuyBuffer) / step) * step) is > 0 and var collar
            && expected is not null
            ? collar
            : null;
    }

    /// <summary>Step of the prices of an instrument near a price, USD.</summary>
    /// <param name="symbol">Its symbol.</param>
    /// <param name="price">The price.</param>
    /// <param name="listing">What the venue says about it; null when unknown.</param>
    /// <remarks>Stocks: two decimals from one dollar up, four below, the rule of US markets. Crypto: as listed.</remarks>
    public static decimal StepOf(string symbol, decimal price, Listing? listing) =>
        Symbols.ClassOf(symbol) == AssetClass.Crypto ? listing?.PriceStep ?? 0.000000001m : price >= 1 ? 0.01m : 0.0001m;

    /// <summary>The refusal of a market buy whose price nobody knows.</summary>
    public static Refusal NoPrice(string symbol) => Refuse("NO_PRICE", $"symbol={symbol}; no quote, no bar and no answer from the venue yet");

    private static Refusal? CheckForm(OrderTerms terms)
    {
        if (!Symbols.IsWellFormed(terms.Symbol))
        {
            return Malformed(terms.Symbol);
        }

        if (terms.Type is not (OrderType.Market or OrderType.Limit or OrderType.Stop or OrderType.StopLimit or OrderType.TrailingStop))
        {
            return Refuse("BAD_ORDER_TYPE", $"type={terms.Type} allowed=market,limit,stop,stop_limit,trailing_stop");
        }

        if (terms.TimeInForce is not ("day" or "gtc" or "ioc" or "fok"))
        {
            return Refuse("BAD_TIME_IN_FORCE", $"time_in_force={terms.TimeInForce} allowed=day,gtc,ioc,fok");
        }

        if (terms.TimeInForce is "ioc" or "fok" && terms.Type is not (OrderType.Market or OrderType.Limit))
        {
            return Refuse("BAD_TIME_IN_FORCE", $"time_in_force={terms.TimeInForce} allowed=day,gtc for type={terms.Type}");
        }

        return CheckPrice(terms, "limit_price", terms.LimitPrice, terms.Type is OrderType.Limit or OrderType.StopLimit)
            ?? CheckPrice(terms, "stop_price", terms.StopPrice, terms.Type is OrderType.Stop or OrderType.StopLimit)
            ?? CheckTrail(terms)
            ?? CheckQuantity(terms.Quantity);
    }

    private static Refusal? CheckQuantity(decimal quantity) =>
        quantity <= 0 || quantity > LargestQuantity || (quantity.Scale > MostDecimals && decimal.Round(quantity, MostDecimals) != quantity)
            ? Refuse("BAD_QUANTITY", $"quantity={Figure(quantity)} min=0.000000001 max={LargestQuantity}")
            : null;

    private static Refusal? CheckPrice(OrderTerms terms, string name, decimal? price, bool isWanted) => (isWanted, price) switch
    {
        (true, null) => Refuse("BAD_PRICE", $"{name} is required for type={terms.Type}"),
        (false, { } given) => Refuse("BAD_PRICE", $"{name}={Figure(given)}; type={terms.Type} has none"),
        (true, <= 0 or > LargestPrice) => Refuse("BAD_PRICE", $"{name}={Figure(price.Value)} must be above 0 and at most {LargestPrice}"),
        _ => null,
    };

    private static Refusal? CheckTrail(OrderTerms terms) => (terms.Type == OrderType.TrailingStop, terms.TrailPrice, terms.TrailPercent) switch
    {
        (true, null, null) or (true, not null, not null) => Refuse("BAD_PRICE", "type=trailing_stop has either trail_price or trail_percent"),
        (true, <= 0 or > LargestPrice, _) => Refuse("BAD_PRICE", $"trail_price={Figure(terms.TrailPrice.Value)} must be above 0 and at most {LargestPrice}"),
        (true, _, <= 0 or >= 100) => Refuse("BAD_PRICE", $"trail_percent={Figure(terms.TrailPercent.Value)} must be above 0 and below 100"),
        (false, null, null) or (true, _, _) => null,
        _ => Refuse("BAD_PRICE", $"type={terms.Type} has no trail"),
    };

    private static Refusal? CheckListing(OrderTerms terms, Listing listing)
    {
        if (!listing.Tradable)
        {
            return NotTradable(terms.Symbol);
        }

        return Symbols.ClassOf(terms.Symbol) == AssetClass.Crypto ? CheckCrypto(terms, listing) : CheckStock(terms, listing);
    }

    private static Refusal? CheckCrypto(OrderTerms terms, Listing listing) =>
        terms.TimeInForce is not ("gtc" or "ioc") ? Refuse("BAD_TIME_IN_FORCE", $"time_in_force={terms.TimeInForce} allowed=gtc,ioc for crypto")
        : terms.Quantity < listing.MinOrderSize ? Refuse("BAD_QUANTITY", $"quantity={Figure(terms.Quantity)} min={Figure(listing.MinOrderSize.Value)}")
        : IsOff(terms.Quantity, listing.QuantityStep) ? Refuse("BAD_QUANTITY", $"quantity={Figure(terms.Quantity)} step={Figure(listing.QuantityStep!.Value)}")
        : IsOff(terms.LimitPrice, listing.PriceStep) ? Refuse("BAD_PRICE", $"limit_price={Figure(terms.LimitPrice!.Value)} step={Figure(listing.PriceStep!.Value)}")
        : null;

    private static Refusal? CheckStock(OrderTerms terms, Listing listing)
    {
        if (!decimal.IsInteger(terms.Quantity))
        {
            if (!listing.Fractionable)
            {
                return Refuse("BAD_QUANTITY", $"quantity={Figure(terms.Quantity)} step=1; {terms.Symbol} trades in whole units");
            }

            if (terms.TimeInForce is not ("day" or "gtc"))
            {
                return Refuse("BAD_TIME_IN_FORCE", $"time_in_force={terms.TimeInForce} allowed=day,gtc for parts of a unit");
            }
        }

        return CheckStep("limit_price", terms.LimitPrice, terms.Symbol) ?? CheckStep("stop_price", terms.StopPrice, terms.Symbol);
    }

    private static Refusal? CheckStep(string name, decimal? price, string symbol) =>
        price is { } given && StepOf(symbol, given, null) is var step && IsOff(given, step)
            ? Refuse("BAD_PRICE", $"{name}={Figure(given)} step={step}")
            : null;

    private static bool IsOff(decimal? value, decimal? step) => value is { } given && step is > 0 and var unit && given % unit != 0;

    private static Refusal Malformed(string symbol) => Refuse("UNKNOWN_SYMBOL", $"symbol={symbol}; stocks look like AAPL, crypto like BTC/USD");

    private static Refusal Unlisted(string symbol) => Refuse("UNKNOWN_SYMBOL", $"symbol={symbol}");

    private static Refusal NotTradable(string symbol) => Refuse("NOT_TRADABLE", $"symbol={symbol}");

    private static Refusal Refuse(string code, string figures) => new(code, $"{code}: {figures}");

    private static string Figure(decimal value) => value.ToString("0.############################", CultureInfo.InvariantCulture);
}
