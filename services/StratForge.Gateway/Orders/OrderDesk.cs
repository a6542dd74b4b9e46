using System.Diagnostics;
using System.Text.Json;
using StratForge.Contracts;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Risk;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Orders;

namespace StratForge.Gateway.Orders;

/// <summary>Where signals and orders by hand become orders: checked here as far as that needs no account, then taken in.</summary>
internal sealed class OrderDesk(BookKeeper books, ListedAssets assets, BuyPrices prices, MarketHours hours, FreshPrices fresh, Arrivals arrivals)
{
    /// <summary>Bytes of JSON a signal may carry for its author.</summary>
    private const int LargestMetadata = 4096;

    /// <summary>Takes signals in, in order; a repeat gets its stored answer.</summary>
    /// <param name="signals">The signals.</param>
    /// <param name="recordOnly">Record them, whatever they ask for.</param>
    /// <param name="cancellationToken">The caller's patience.</param>
    public async Task<ExecuteOutcome[]> ExecuteAsync(
        IReadOnlyList<ExecuteSignal> signals, bool recordOnly, CancellationToken cancellationToken)
    {
        var outcomes = new ExecuteOutcome[signals.Count];
        var orders = new List<NewOrder>(signals.Count);
        var places = new List<int>(signals.Count);
        var activities = new Activity?[signals.Count];
        var seen = new HashSet<Guid>();
        var repeats = new List<int>();
        try
        {
            for (var i = 0; i < signals.Count; i++)
            {
                var signal = recordOnly ? signals[i] with { RecordOnly = true } : signals[i];
                if (!seen.Add(signal.SignalId))
                {
                    repeats.Add(i);
                    continue;
                }

                if (!Symbols.IsWellFormed(signal.Symbol ?? ""))
                {
                    // No session has such a symbol, so there is nothing to record it under.
                    outcomes[i] = new ExecuteOutcome(
                        signal.SignalId, ExecuteOutcome.Rejected, Code: "UNKNOWN_SYMBOL",
                        Detail: "UNKNOWN_SYMBOL: stocks look like AAPL, crypto like BTC/USD");
                    continue;
                }

                activities[i] = Start(signal);
                orders.Add(await PrepareAsync(signal, activities[i]?.Id ?? Traced(signal.Traceparent), cancellationToken));
                places.Add(i);
            }

            var answers = orders.Count == 0 ? [] : await books.AskAsync(new TakeIn(orders), cancellationToken);
            for (var n = 0; n < answers.Length; n++)
            {
                outcomes[places[n]] = ToOutcome(signals[places[n]].SignalId, answers[n]);
                activities[places[n]]?.SetTag("stratforge.status", answers[n].Status).SetTag("stratforge.code", answers[n].Code);
            }

            foreach (var i in repeats)
            {
                outcomes[i] = outcomes.First(outcome => outcome?.SignalId == signals[i].SignalId);
            }

            return outcomes;
        }
        finally
        {
            foreach (var activity in activities)
            {
                activity?.Dispose();
            }
        }
    }

    /// <summary>Takes an order by hand in.</summary>
    /// <param name="userId">Its owner.</param>
    /// <param name="wish">What to trade.</param>
    /// <param name="clientOrderId">The caller's own name of it.</param>
    /// <param name="idempotencyKey">The key of the request, if it has one.</param>
    /// <param name="cancellationToken">The caller's patience.</param>
    public async Task<IntakeAnswer> PlaceAsync(
        Guid userId, OrderWish wish, string? clientOrderId, string? idempotencyKey, CancellationToken cancellationToken)
    {
        using var activity = OrderTelemetry.Source.StartActivity("place order");
        activity?.SetTag("stratforge.symbol", wish.Terms.Symbol);
        var terms = wish.Terms;
        decimal? price = null;

        // The venue is asked for no price of what can't be ordered whatever it costs. How many units a value is, only a price tells.
        var refusal = wish.Check()
            ?? (wish.Notional is null ? Check(terms, wish) : OrderRules.CheckSymbol(terms.Symbol, assets.Find(terms.Symbol), assets.Known));
        if (refusal is null)
        {
            if (terms.LimitPrice is null)
            {
                await fresh.RefreshAsync(userId, terms.Symbol, cancellationToken);
            }

            price = await PriceAsync(terms, cancellationToken);
            if (wish.Notional is not null)
            {
                terms = wish.InUnits(price, assets.Find(terms.Symbol));
                refusal = price is null ? OrderRules.NoPrice(terms.Symbol) : Check(terms, wish);
            }
        }

        if (refusal is not null && !Symbols.IsWellFormed(terms.Symbol))
        {
            return new IntakeAnswer(ExecuteOutcome.Rejected, true, null, refusal.Code, refusal.Detail, null);
        }

        var expiresAt = refusal is null ? await hours.FindExpiryAsync(terms, cancellationToken) : null;
        var receivedAt = arrivals.Next();
        var id = clientOrderId is not null ? OrderIds.Derive(userId, "client_order_id", clientOrderId)
            : idempotencyKey is not null ? OrderIds.Derive(userId, "idempotency-key", idempotencyKey)
            : Guid.CreateVersion7(receivedAt);
        var order = new NewOrder(
            id, userId, null, terms, refusal is null ? Collar(terms, price) : null, refusal, receivedAt, expiresAt, activity?.Id, clientOrderId,
            clientOrderId is null && idempotencyKey is null ? null : OrderIds.HashOf(wish), wish.Legs, wish.ExitsOnly, wish.Notional);
        return (await books.AskAsync(new TakeIn([order]), cancellationToken))[0];
    }

    /// <summary>Closes a position at the market because a switch says so.</summary>
    /// <param name="userId">Its owner.</param>
    /// <param name="closes">The position.</param>
    /// <param name="terms">The order that closes it.</param>
    /// <param name="key">The same key is the same order.</param>
    /// <param name="cancellationToken">The caller's patience.</param>
    public async Task<IntakeAnswer> CloseAsync(Guid userId, ForcedClosing closes, OrderTerms terms, string key, CancellationToken cancellationToken)
    {
        var price = await PriceAsync(terms, cancellationToken);
        var expiresAt = await hours.FindExpiryAsync(terms, cancellationToken);
        var order = new NewOrder(
            OrderIds.Derive(userId, "flatten", key), userId, null, terms, Collar(terms, price), Check(terms), arrivals.Next(), expiresAt, null,
            RequestHash: OrderIds.HashOf(new OrderWish(terms)), Closes: closes);
        return (await books.AskAsync(new TakeIn([order]), cancellationToken))[0];
    }

    /// <summary>Puts an order with other terms in the place of one that waits.</summary>
    /// <param name="userId">Its owner.</param>
    /// <param name="orderId">The order.</param>
    /// <param name="change">What is to be different.</param>
    /// <param name="clientOrderId">The caller's own name of the new one.</param>
    /// <param name="cancellationToken">The caller's patience.</param>
    public async Task<ReplaceOutcome> ReplaceAsync(
        Guid userId, Guid orderId, NewTerms change, string? clientOrderId, CancellationToken cancellationToken)
    {
        if (change.TimeInForce == "day")
        {
            await hours.EnsureKnownAsync(cancellationToken);
        }

        return await books.AskAsync(new Replacement(this, userId, orderId, change, clientOrderId, arrivals.Next()), cancellationToken);
    }

    /// <summary>Whether terms are in order, as far as that needs no account.</summary>
    internal Refusal? Check(OrderTerms terms) => OrderRules.Check(terms, assets.Find(terms.Symbol), assets.Known);

    private Refusal? Check(OrderTerms terms, OrderWish wish) => Check(terms) ?? CheckExits(terms, wish.Legs, wish.ExitsOnly);

    // An exit that the venue would refuse is refused before there is a position that relies on it.
    private Refusal? CheckExits(OrderTerms terms, ExitLegs? legs, bool exitsOnly) =>
        legs?.OrdersOf(terms, exitsOnly)
            .Select(exit => Check(exit.Terms) is { } refusal ? refusal with { Detail = $"{refusal.Detail} leg={exit.Leg}" } : null)
            .FirstOrDefault(refusal => refusal is not null);

    /// <summary>The most a unit may cost at a price; null when neither is known.</summary>
    internal decimal? Collar(OrderTerms terms, decimal? price) =>
        OrderRules.Collar(terms, price, OrderRules.StepOf(terms.Symbol, terms.LimitPrice ?? terms.StopPrice ?? price ?? 1, assets.Find(terms.Symbol)));

    /// <summary>What a unit costs by what is in memory.</summary>
    internal decimal? PriceNow(string symbol) => prices.Peek(symbol);

    /// <summary>When an order's time runs out, by what is in memory.</summary>
    internal DateTimeOffset? ExpiryOf(OrderTerms terms) => hours.ExpiryOf(terms);

    private async ValueTask<NewOrder> PrepareAsync(ExecuteSignal signal, string? traceparent, CancellationToken cancellationToken)
    {
        var assetClass = Symbols.ClassOf(signal.Symbol);
        var terms = new OrderTerms(
            signal.Symbol, signal.Action, signal.Quantity, signal.OrderType ?? "market",
            signal.TimeInForce ?? (assetClass == AssetClass.Crypto ? "gtc" : "day"), signal.LimitPrice, signal.StopPrice, signal.TrailPrice,
            signal.TrailPercent);
        var legs = signal.OrderClass == "simple" ? null : new ExitLegs(signal.TakeProfit, signal.StopLoss, signal.StopLossLimit);
        // What is only recorded has to be well formed, but nobody needs to take it.
        var refusal = new OrderWish(terms, OrderClass: signal.OrderClass, Legs: legs).Check()
            ?? (signal.RecordOnly ? OrderRules.Check(terms, null, listingsKnown: false) : Check(terms) ?? CheckExits(terms, legs, exitsOnly: false));
        var price = signal.RecordOnly || refusal is not null ? null : await PriceAsync(terms, cancellationToken);
        var stored = signal;
        if (!(signal.Confidence is >= 0 and <= 1))
        {
            stored = stored with { Confidence = 0 };
            refusal = new Refusal("BAD_SIGNAL", $"BAD_SIGNAL: confidence={signal.Confidence} min=0 max=1");
        }

        if (signal.Metadata is { ValueKind: not JsonValueKind.Undefined } metadata && StorableJson.FlawOf(metadata, LargestMetadata) is { } flaw)
        {
            stored = stored with { Metadata = null };
            refusal = new Refusal("BAD_SIGNAL", $"BAD_SIGNAL: metadata {flaw}");
        }

        var expiresAt = refusal is null && !signal.RecordOnly ? await hours.FindExpiryAsync(terms, cancellationToken) : null;
        var receivedAt = arrivals.Next();
        return new NewOrder(
            Guid.CreateVersion7(receivedAt), null, stored, Storable(terms), refusal is null ? Collar(terms, price) : null, refusal, receivedAt, expiresAt,
            traceparent, Legs: legs);
    }

    // A sale of what is held needs no price; one of what is not does, and whether it is one only the books know: what is in memory will do.
    private async ValueTask<decimal?> PriceAsync(OrderTerms terms, CancellationToken cancellationToken) =>
        terms.Side == Side.Sell ? prices.Peek(terms.Symbol) : await prices.FindAsync(terms.Symbol, cancellationToken);

    // A refused order may hold anything where a word is expected; its record says what was understood.
    private static OrderTerms Storable(OrderTerms terms) => terms with
    {
        Type = terms.Type is OrderType.Limit or OrderType.Stop or OrderType.StopLimit or OrderType.TrailingStop ? terms.Type : OrderType.Market,
        TimeInForce = terms.TimeInForce is "day" or "gtc" or "ioc" or "fok" ? terms.TimeInForce : "day",
    };

    private static Activity? Start(ExecuteSignal signal)
    {
        var current = Activity.Current;
        var activity = OrderTelemetry.Source.StartActivity("execute signal", ActivityKind.Consumer, signal.Traceparent);
        activity?.SetTag("stratforge.symbol", signal.Symbol).SetTag("stratforge.session", signal.SessionId).SetTag("stratforge.signal", signal.SignalId);

        // Several run side by side; none is the parent of the next.
        Activity.Current = current;
        return activity;
    }

    // It is written into events as it is, so it has to be what it says.
    private static string? Traced(string? traceparent) =>
        ActivityContext.TryParse(traceparent, null, out _) ? traceparent : null;

    private static ExecuteOutcome ToOutcome(Guid signalId, IntakeAnswer answer) =>
        new(signalId, answer.Status, answer.OrderId, answer.Code, answer.Detail, answer.Balance);
}
