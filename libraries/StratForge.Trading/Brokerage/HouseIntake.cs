using StratForge.Contracts.Internal;
using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Trading.Ledger;
using StratForge.Trading.Orders;
using StratForge.Trading.Risk;

namespace StratForge.Trading.Brokerage;

/// <content>Taking orders in.</content>
public sealed partial class House
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>Takes an order in or refuses it; a signal is recorded either way. The account was admitted, and no order or signal of this id is known.</summary>
    /// <param name="incoming">The order.</param>
    public IntakeAnswer Accept(IncomingOrder incoming)
    {
        ArgumentNullException.ThrowIfNull(incoming);
        var account = _accounts[incoming.UserId];
        var answer = Decide(incoming, account);
        if (incoming is { Signal: { } signal, Session: { } session } && answer.Status != ExecuteOutcome.Fenced)
        {
            _pending.Signals.Add(new NewSignal(signal, account.UserId, session.StrategyId, incoming.Terms, incoming.ReceivedAt, answer));
        }

        return answer;
    }

    private IntakeAnswer Decide(IncomingOrder incoming, Account account)
    {
        if (incoming is { Session: { } owned, Signal: { } signal } && owned.LeaseEpoch > signal.LeaseEpoch)
        {
            return new IntakeAnswer(ExecuteOutcome.Fenced, false, null, null, null, account.Now.Cash);
        }

        var refusal = incoming.Session switch
        {
            { EndedAt: { } endedAt } => Refuse("SESSION_NOT_RUNNING", $"ended at {endedAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}"),
            { Status: "PAUSED" } => Refuse("SESSION_PAUSED", "its owner paused it; signals are taken again once it is resumed"),
            { Status: "STOPPING" } => Refuse("SESSION_STOPPING", "its owner stopped it; no new signal is taken"),
            { } session when !session.Trades(incoming.Terms.Symbol) =>
                Refuse("SYMBOL_NOT_SUBSCRIBED", $"requested={incoming.Terms.Symbol} subscribed={string.Join(',', session.Further?.Prepend(session.Symbol) ?? [session.Symbol])}"),
            _ => incoming.Refusal,
        };
        if (refusal is null && (incoming.Signal is { RecordOnly: true } || incoming.Session is { Mode: not "PAPER" }))
        {
            return new IntakeAnswer(ExecuteOutcome.Recorded, true, null, null, null, account.Now.Cash);
        }

        var order = refusal is null ? Open(incoming, account, out refusal) : null;
        return order is null
            ? new IntakeAnswer(ExecuteOutcome.Rejected, true, null, refusal!.Code, refusal.Detail, account.Now.Cash)
            : new IntakeAnswer(ExecuteOutcome.Accepted, true, order.Id, null, null, account.Now.Cash, order);
    }

    private Order? Open(IncomingOrder incoming, Account account, out Refusal? refusal)
    {
        var terms = incoming.Terms;
        var position = account.PositionOf(incoming.SessionId, terms.Symbol);
        var effect = EffectOf(incoming, position, out refusal);
        if (refusal is not null)
        {
            return null;
        }

        if (incoming.Risk is { } risk
            && RiskChecks.Check(terms, effect, ExposureOf(account, terms, incoming.ReceivedAt), risk) is { } limit)
        {
            refusal = limit;
            return null;
        }

        var units = effect == PositionEffect.Close ? UnitsFor(terms, position, out refusal) : 0;
        if (refusal is not null)
        {
            return null;
        }

        var cash = 0m;
        if (terms.Side == Side.Buy || effect == PositionEffect.Open)
        {
            if (incoming.Collar is not { } collar)
            {
                refusal = OrderRules.NoPrice(terms.Symbol);
                return null;
            }

            cash = CashFor(terms.Side, effect, terms.Quantity, collar, position.Now);
            if (cash > account.Now.Cash)
            {
                refusal = Refuse("INSUFFICIENT_FUNDS", $"required={Figure(cash)} available={Figure(account.Now.Cash)}");
                return null;
            }
        }

        if (CheckLegs(incoming, effect) is { } misfit)
        {
            refusal = misfit;
            return null;
        }

        return Create(incoming, position, effect, cash, units);
    }

    private Order Create(IncomingOrder incoming, Position position, PositionEffect effect, decimal cash, decimal units)
    {
        var terms = incoming.Terms;
        var order = Create(
            position,
            new OrderFacts(
                incoming.Id, terms, effect, incoming.Signal?.SignalId, incoming.ReceivedAt, incoming.ExpiresAt, incoming.Traceparent,
                incoming.ClientOrderId, incoming.RequestHash, Leg: incoming.ExitsOnly ? ExitLeg.TakeProfit : null, Notional: incoming.Notional),
            new OrderProgress(OrderStatus.Accepted, CollarPrice: terms.Side == Side.Buy || effect == PositionEffect.Open ? incoming.Collar : null));
        ReserveCash(order, cash);
        if (units > 0)
        {
            ReserveUnits(order, units);
        }

        Tell(order, "order", null);
        if (incoming.Legs is { } legs)
        {
            AddLegs(order, legs, incoming.ReceivedAt);
        }

        return order;
    }

    // Whether it opens or closes is settled when it is taken in: by what is held, and by what is on its way.
    private static PositionEffect EffectOf(IncomingOrder incoming, Position position, out Refusal? refusal)
    {
        var (terms, held) = (incoming.Terms, position.Now.Quantity);
        refusal = null;
        if (terms.Side == Side.Sell)
        {
            return held > 0 || position.IsOpening(Side.Buy) ? PositionEffect.Close
                : held == 0 && (incoming.Risk is not { Limits.AllowShorting: true } || Symbols.ClassOf(terms.Symbol) == AssetClass.Crypto) ? PositionEffect.Close
                : PositionEffect.Open;
        }

        if (held < 0)
        {
            return PositionEffect.Close;
        }

        if (position.IsOpening(Side.Sell))
        {
            refusal = Refuse("OPPOSITE_ORDER_OPEN", "a short sale of this position is open; cancel it or let it fill before buying");
        }

        return PositionEffect.Open;
    }

    // A sale may count on units that its position's own open buys will bring: then it waits for them without a reservation.
    private static decimal UnitsFor(OrderTerms terms, Position position, out Refusal? refusal)
    {
        refusal = null;
        Order[] own = [.. position.Account.Orders.Where(order => order.IsOpen && ReferenceEquals(order.Position, position))];
        var promised = own.Where(order => WaitsForUnits(order)).Sum(order => order.Remaining);
        var free = position.Now.Free - promised;
        if (terms.Quantity <= free)
        {
            return terms.Quantity;
        }

        var incoming = terms.Side == Side.Buy
            ? 0
            : own.Where(order => order.Side == Side.Buy && (order.Limit is null || terms.Type == OrderType.Market) && !order.AwaitsStop)
                .Sum(order => ArrivingOf(order));
        if (terms.Quantity > free + incoming)
        {
            refusal = Refuse(
                "INSUFFICIENT_QUANTITY",
                $"required={Figure(terms.Quantity)} available={Figure(decimal.Max(free, 0))} incoming={Figure(incoming)}");
        }

        return 0;
    }

    // A sell without a reservation that is not a leg waiting for its sibling: it counts on units still to come.
    private static bool WaitsForUnits(Order order) =>
        order is { Facts: { Effect: PositionEffect.Close, Leg: not ExitLeg.StopLoss }, Now: { ReservedUnits: 0, Status: not OrderStatus.Held } } && order.Remaining > 0;

    private static decimal ArrivingOf(Order buy) =>
        Symbols.ClassOf(buy.Symbol) == AssetClass.Crypto
            ? decimal.Truncate(buy.Remaining * (1 - Fees.CryptoFee.Rate) * 1_000_000_000m) / 1_000_000_000m
            : buy.Remaining;

    private static Exposure ExposureOf(Account account, OrderTerms terms, DateTimeOffset now) => new(
        account.Positions.Where(position => position.Symbol == terms.Symbol).Sum(position => position.Now.Quantity),
        account.Wanted(terms.Symbol, terms.Side),
        account.OpenOrders,
        account.OrdersSince(now - Minute));

    private static Refusal Refuse(string code, string figures) => new(code, $"{code}: {figures}");
}
