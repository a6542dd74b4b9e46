using System.Globalization;
using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;

namespace StratForge.Trading.Orders;

/// <summary>Rules an order has to meet whoever sends it. What depends on the account is decided with the account locked.</summary>
public static class OrderRules
{
    private const int MostDecimals = 9;
    private const decimal LargestQuantity = 1_000_000_000m;
    private const decimal LargestPrice = 100_000_000m;

    /// <summary>The first rule that <paramref name="terms"/> break, or null.</summary>
    /// <param name="terms">The order.</param>
    /// <param name="listing">Its instrument; null when the venue lists none of that symbol.</param>
    /// <param name="listingsKnown">False while the venue's list was never read: then only form is checked and the venue decides.</param>
    public static Refusal? Check(OrderTerms terms, Listing? listing, bool listingsKnown) =>
        CheckForm(terms) ?? (listing is null
            ? listingsKnown ? Refuse("UNKNOWN_SYMBOL", $"symbol={terms.Symbol}") : null
            : CheckListing(terms, listing));

    /// <summary>USD to reserve per unit of a buy: its limit, or the price with the buffer for its moving until the fill.</summary>
    /// <param name="terms">A buy.</param>
    /// <param name="price">What a unit costs now; null when unknown.</param>
    /// <returns>Null when it can't be known: then the order is refused with <c>NO_PRICE</c>.</returns>
    public static decimal? UnitCost(OrderTerms terms, decimal? price) =>
        terms.LimitPrice ?? (price * (1 + Reservation.MarketBuyBuffer));

    /// <summary>The refusal of a market buy whose price nobody knows.</summary>
    public static Refusal NoPrice(string symbol) => Refuse("NO_PRICE", $"symbol={symbol}; no quote, no bar and no answer from the venue yet");

    private static Refusal? CheckForm(OrderTerms terms)
    {
        if (!Symbols.IsWellFormed(terms.Symbol))
        {
            return Refuse("UNKNOWN_SYMBOL", $"symbol={terms.Symbol}; stocks look like AAPL, crypto like BTC/USD");
        }

        if (terms.Type is not ("market" or "limit"))
        {
            return Refuse("BAD_ORDER_TYPE", $"type={terms.Type} allowed=market,limit");
        }

        if (terms.TimeInForce is not ("day" or "gtc" or "ioc" or "fok"))
        {
            return Refuse("BAD_TIME_IN_FORCE", $"time_in_force={terms.TimeInForce} allowed=day,gtc,ioc,fok");
        }

        if (terms.Quantity <= 0 || terms.Quantity > LargestQuantity || terms.Quantity.Scale > MostDecimals && decimal.Round(terms.Quantity, MostDecimals) != terms.Quantity)
        {
            return Refuse("BAD_QUANTITY", $"quantity={Figure(terms.Quantity)} min=0.000000001 max={LargestQuantity}");
        }

        return (terms.Type, terms.LimitPrice) switch
        {
            ("limit", null) => Refuse("BAD_PRICE", "limit_price is required for a limit order"),
            ("market", not null) => Refuse("BAD_PRICE", $"limit_price={Figure(terms.LimitPrice.Value)}; a market order has none"),
            ("limit", <= 0 or > LargestPrice) => Refuse("BAD_PRICE", $"limit_price={Figure(terms.LimitPrice.Value)} must be above 0 and at most {LargestPrice}"),
            _ => null,
        };
    }

    private static Refusal? CheckListing(OrderTerms terms, Listing listing)
    {
        if (!listing.Tradable)
        {
            return Refuse("NOT_TRADABLE", $"symbol={terms.Symbol}");
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

            if (terms.TimeInForce != "day")
            {
                return Refuse("BAD_TIME_IN_FORCE", $"time_in_force={terms.TimeInForce} allowed=day for parts of a unit");
            }
        }

        // Two decimals from one dollar up, four below: the rule of US markets.
        var step = terms.LimitPrice >= 1 ? 0.01m : 0.0001m;
        return IsOff(terms.LimitPrice, step) ? Refuse("BAD_PRICE", $"limit_price={Figure(terms.LimitPrice!.Value)} step={step}") : null;
    }

    private static bool IsOff(decimal? value, decimal? step) => value is { } given && step is > 0 and var unit && given % unit != 0;

    private static Refusal Refuse(string code, string figures) => new(code, $"{code}: {figures}");

    private static string Figure(decimal value) => value.ToString("0.############################", CultureInfo.InvariantCulture);
}
