using System.Diagnostics;
using System.Text;
using System.Text.Json;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Broker;
using StratForge.Trading.Orders;

namespace StratForge.Gateway.Orders;

/// <summary>Where signals and orders by hand become orders: checked here as far as that needs no account, then taken in.</summary>
internal sealed class OrderDesk(OrderIntake intake, ListedAssets assets, BuyPrices prices, Arrivals arrivals)
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

            var answers = await intake.AcceptAsync(orders, cancellationToken);
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
    /// <param name="terms">What to trade.</param>
    /// <param name="clientOrderId">The caller's own name of it.</param>
    /// <param name="idempotencyKey">The key of the request, if it has one.</param>
    /// <param name="cancellationToken">The caller's patience.</param>
    public async Task<IntakeAnswer> PlaceAsync(
        Guid userId, OrderTerms terms, string? clientOrderId, string? idempotencyKey, CancellationToken cancellationToken)
    {
        using var activity = OrderTelemetry.Source.StartActivity("place order");
        activity?.SetTag("stratforge.symbol", terms.Symbol);
        var (refusal, unitCost) = await CheckAsync(terms, cancellationToken);
        if (refusal is not null && !Symbols.IsWellFormed(terms.Symbol))
        {
            return new IntakeAnswer(ExecuteOutcome.Rejected, true, null, refusal.Code, refusal.Detail, null);
        }

        var receivedAt = arrivals.Next();
        var id = clientOrderId is not null ? OrderIds.Derive(userId, "client_order_id", clientOrderId)
            : idempotencyKey is not null ? OrderIds.Derive(userId, "idempotency-key", idempotencyKey)
            : Guid.CreateVersion7(receivedAt);
        var order = new NewOrder(
            id, userId, null, Storable(terms), unitCost, refusal, receivedAt, activity?.Id, clientOrderId,
            clientOrderId is null && idempotencyKey is null ? null : OrderIds.HashOf(terms));
        return (await intake.AcceptAsync([order], cancellationToken))[0];
    }

    private async ValueTask<NewOrder> PrepareAsync(ExecuteSignal signal, string? traceparent, CancellationToken cancellationToken)
    {
        var assetClass = Symbols.ClassOf(signal.Symbol);
        var terms = new OrderTerms(
            signal.Symbol, signal.Action, signal.Quantity, signal.OrderType ?? "market",
            signal.TimeInForce ?? (assetClass == AssetClass.Crypto ? "gtc" : "day"), signal.LimitPrice);
        // What is only recorded has to be well formed, but nobody needs to take it.
        var (refusal, unitCost) = signal.RecordOnly
            ? (OrderRules.Check(terms, null, listingsKnown: false), 0)
            : await CheckAsync(terms, cancellationToken);
        var stored = signal;
        if (!(signal.Confidence is >= 0 and <= 1))
        {
            stored = stored with { Confidence = 0 };
            refusal = new Refusal("BAD_SIGNAL", $"BAD_SIGNAL: confidence={signal.Confidence} min=0 max=1");
        }

        if (signal.Metadata is { ValueKind: not JsonValueKind.Undefined } metadata
            && (Encoding.UTF8.GetByteCount(metadata.GetRawText()) is > LargestMetadata and var bytes || HoldsZero(metadata, out bytes)))
        {
            stored = stored with { Metadata = null };
            refusal = new Refusal("BAD_SIGNAL", $"BAD_SIGNAL: metadata_bytes={bytes} max={LargestMetadata}, without zero characters");
        }

        var receivedAt = arrivals.Next();
        return new NewOrder(
            Guid.CreateVersion7(receivedAt), null, stored, Storable(terms), unitCost, refusal, receivedAt, traceparent);
    }

    private async ValueTask<(Refusal? Refusal, decimal UnitCost)> CheckAsync(OrderTerms terms, CancellationToken cancellationToken)
    {
        if (OrderRules.Check(terms, assets.Find(terms.Symbol), assets.Known) is { } refusal)
        {
            return (refusal, 0);
        }

        if (terms.Side == Side.Sell)
        {
            return (null, 0);
        }

        var price = terms.LimitPrice ?? await prices.FindAsync(terms.Symbol, cancellationToken);
        return OrderRules.UnitCost(terms, price) is { } cost ? (null, cost) : (OrderRules.NoPrice(terms.Symbol), 0);
    }

    // A refused order may hold anything where a word is expected; its record says what was understood.
    private static OrderTerms Storable(OrderTerms terms) => terms with
    {
        Type = terms.Type == "limit" ? "limit" : "market",
        TimeInForce = terms.TimeInForce is "day" or "gtc" or "ioc" or "fok" ? terms.TimeInForce : "day",
    };

    // jsonb has no zero character.
    private static bool HoldsZero(JsonElement metadata, out int bytes)
    {
        var text = metadata.GetRawText();
        bytes = Encoding.UTF8.GetByteCount(text);
        return text.Contains("\\u0000", StringComparison.Ordinal);
    }

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
