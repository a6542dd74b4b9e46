using StratForge.Contracts.Orders;
using StratForge.SimulatedExchange.Accounts;
using StratForge.SimulatedExchange.Market;
using StratForge.SimulatedExchange.Protocol;
using StratForge.Trading.Matching;

namespace StratForge.SimulatedExchange.Orders;

/// <summary>The venue's rules in the order in which Alpaca reports their breach.</summary>
internal static class OrderRules
{
    private const decimal LeastCrypto = 10m;
    private const decimal LeastFraction = 1m;
    private const decimal ShortCushion = 1.03m;

    /// <summary>The first rule an order breaks, or null when it may be taken.</summary>
    public static Refusal? Check(OrderRequest request, OrderContext context) =>
        ClassRules.Check(request, context)
        ?? PriceRules.Check(request, context)
        ?? CheckAccount(request, context)
        ?? CheckPosition(request, context)
        ?? CheckWashTrade(request, context)
        ?? CheckFunds(request, context);

    /// <summary>Whether the order opens or adds to a position, rather than closing one.</summary>
    public static bool Opens(Side side, decimal held) => side == Side.Buy ? held >= 0m : held <= 0m;

    /// <summary>Buying power an order needs, and holds while it waits. Zero for one that closes.</summary>
    public static decimal CostOf(OrderRequest request, TopOfBook quote, bool opens)
    {
        if (!opens)
        {
            return 0m;
        }

        if (request.Notional is { } notional)
        {
            return notional;
        }

        var price = request.Side == Side.Buy
            ? request.LimitPrice ?? request.StopPrice ?? quote.Ask
            : decimal.Max(request.LimitPrice ?? 0m, quote.Ask * ShortCushion);
        return request.Quantity.GetValueOrDefault() * price;
    }

    /// <summary>Units an order is for; one by amount, what it is worth at its limit or at the market.</summary>
    public static decimal UnitsOf(OrderRequest request, TopOfBook quote) =>
        request.Quantity ?? (request.Notional.GetValueOrDefault() / (request.LimitPrice ?? request.StopPrice ?? (request.Side == Side.Buy ? quote.Ask : quote.Bid)));

    /// <summary>Whether the id that the client gives the order is still free.</summary>
    public static Refusal? CheckId(OrderRequest request, OrderContext context) =>
        request.ClientOrderId is { } id && context.Book.FindByClientOrderId(id) is not null ? Refusals.Parameter("client_order_id must be unique") : null;

    private static Refusal? CheckAccount(OrderRequest request, OrderContext context) =>
        context.Book.Configuration.SuspendTrade ? Refusals.Forbidden("new orders are rejected by user request")
        : !context.TakesAuctionOrders ? Refusals.Forbidden(request.TimeInForce == TimeInForce.Opg
            ? "opg orders must be submitted after 7:00pm and before 9:28am"
            : "cls orders must be submitted after 7:00pm and before 3:50pm")
        : !context.Book.Configuration.FractionalTrading && !context.Instrument.IsCrypto && ClassRules.IsFractional(request)
            ? Refusals.Forbidden("fractional trading is disabled for this account")
        : CheckId(request, context);

    private static Refusal? CheckPosition(OrderRequest request, OrderContext context)
    {
        var symbol = context.Instrument.Symbol;
        var held = context.Book.PositionIn(symbol)?.Quantity ?? 0m;
        var opens = Opens(request.Side, held);
        var wanted = UnitsOf(request, context.Quote);
        if (CheckIntent(request, opens) is { } refusal)
        {
            return refusal;
        }

        if (!opens)
        {
            var reserved = context.Book.HeldUnits(symbol) - (context.Replaces?.HeldUnits ?? 0m);
            var available = decimal.Max(0m, decimal.Abs(held) - reserved);

            // Two orders that wait for the same opening, one of them by amount: nobody knows yet whether the units suffice for both.
            return request.Notional is not null && context.Waits && reserved > 0m
                ? Refusals.Rule("unable to open new notional orders while having open closing position orders")
                : wanted <= available ? null
                : context.Instrument.IsCrypto ? InsufficientCoins(context.Instrument, wanted, available, held)
                : InsufficientShares(context, wanted, available, decimal.Abs(held), reserved);
        }

        if (request.Side == Side.Buy)
        {
            return HasOpenOf(context, Side.Sell) ? Refusals.Forbidden("cannot open a long buy while a short sell order is open") : null;
        }

        return context.Instrument.IsCrypto ? InsufficientCoins(context.Instrument, wanted, 0m, held)
            : ClassRules.IsFractional(request) ? Refusals.Rule("fractional orders cannot be sold short")
            : context.Figures.Multiplier == 1 || context.Book.Configuration.NoShorting || context.Figures.Equity < Margin.LeastEquityForMargin
                ? Refusals.Forbidden("account is not allowed to short")
            : HasOpenOf(context, Side.Buy) ? Refusals.Forbidden("cannot open a short sell while a long buy order is open")
            : null;
    }

    private static Refusal? CheckIntent(OrderRequest request, bool opens)
    {
        var inferred = Wire.Intent(request.Side, opens);
        return request.Intent is { } specified && specified != inferred
                ? Refusals.Rule($"position intent mismatch, inferred: {inferred}, specified: {specified}")
            : request.Class is OrderClass.Bracket or OrderClass.Oto && !opens ? Refusals.Rule($"{Wire.Text(request.Class)} orders must be entry orders")
            : request.Class == OrderClass.Oco && opens ? Refusals.Rule("oco orders must be exit orders")
            : null;
    }

    // Opening orders of the other side; those that close a position are the wash-trade rule's business.
    private static bool HasOpenOf(OrderContext context, Side side)
    {
        foreach (var id in context.Book.OpenIn(context.Instrument.Symbol))
        {
            if (context.Book.Find(id) is { Opens: true } order && order.Side == side)
            {
                return true;
            }
        }

        return false;
    }

    private static Refusal? CheckWashTrade(OrderRequest request, OrderContext context)
    {
        if (request.IsExemptFromWashTrade || context.Replaces is { Class: not OrderClass.Simple })
        {
            return null;
        }

        foreach (var id in context.Book.OpenIn(context.Instrument.Symbol))
        {
            if (context.Book.Find(id) is { } resting && WashTrade.Between(resting, request.Side, request.LimitPrice) is { } reason)
            {
                return Refusals.Forbidden(
                    "potential wash trade detected. use complex orders", ("existing_order_id", resting.Id.ToString()), ("reject_reason", reason));
            }
        }

        return null;
    }

    private static Refusal? CheckFunds(OrderRequest request, OrderContext context)
    {
        var held = context.Book.PositionIn(context.Instrument.Symbol)?.Quantity ?? 0m;
        var opens = Opens(request.Side, held);
        var worth = CostOf(request, context.Quote, opens: true);
        var (isCrypto, least) = context.Instrument.IsCrypto ? (true, LeastCrypto) : (false, LeastFraction);

        // What is left of a position may always be sold whole, however little it is worth.
        var closesAll = !opens && request.Quantity == decimal.Abs(held);
        if (worth < least && (isCrypto || ClassRules.IsFractional(request)) && !closesAll)
        {
            return Refusals.Forbidden($"cost basis must be >= minimal amount of order {Wire.Text(least)}");
        }

        if (isCrypto && worth > context.CryptoOrderLimit)
        {
            return Refusals.Forbidden($"cost basis must be <= maximal amount of order {Wire.Text(context.CryptoOrderLimit)}");
        }

        if (!opens)
        {
            return null;
        }

        if (isCrypto)
        {
            var available = context.Figures.NonMarginableBuyingPower;
            return worth <= available ? null : Refusals.Forbidden(
                $"insufficient balance for USD (requested: {Wire.Text(worth)}, available: {Wire.Text(available)})",
                ("available", Wire.Text(available)),
                ("balance", Wire.Text(context.Figures.Cash)),
                ("symbol", "USD"));
        }

        return worth <= context.Figures.BuyingPower ? null : Refusals.Forbidden(
            "insufficient buying power",
            ("buying_power", Wire.Text(decimal.Round(context.Figures.BuyingPower, 2, MidpointRounding.ToZero))),
            ("cost_basis", Wire.Text(worth)));
    }

    private static Refusal InsufficientCoins(Instrument instrument, decimal wanted, decimal available, decimal balance)
    {
        var coin = instrument.Symbol[..instrument.Symbol.IndexOf('/', StringComparison.Ordinal)];
        return Refusals.Forbidden(
            $"insufficient balance for {coin} (requested: {Wire.Text(wanted)}, available: {Wire.Text(available)})",
            ("available", Wire.Text(available)),
            ("balance", Wire.Text(balance)),
            ("symbol", coin));
    }

    private static Refusal InsufficientShares(OrderContext context, decimal wanted, decimal available, decimal existing, decimal reserved)
    {
        var holders = new List<string>();
        foreach (var id in context.Book.OpenIn(context.Instrument.Symbol))
        {
            if (context.Book.Find(id) is { HeldUnits: > 0m } && id != context.Replaces?.Id)
            {
                holders.Add(id.ToString());
            }
        }

        (string, object)[] keys =
        [
            ("available", Wire.Text(available)),
            ("existing_qty", Wire.Text(existing)),
            ("held_for_orders", Wire.Text(reserved)),
            ("symbol", context.Instrument.Symbol),
        ];
        return Refusals.Forbidden(
            $"insufficient qty available for order (requested: {Wire.Text(wanted)}, available: {Wire.Text(available)})",
            holders.Count > 0 ? [.. keys, ("related_orders", holders)] : keys);
    }
}
