using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;
using StratForge.Trading.Ledger;
using StratForge.Trading.Orders;
using StratForge.Trading.Risk;

namespace StratForge.Trading.Brokerage;

/// <content>What owners and administrators ask for besides orders.</content>
public sealed partial class House
{
    /// <summary>Takes an open order back: at once when it is in the house, else as soon as the venue gives it up.</summary>
    /// <param name="order">The order.</param>
    /// <param name="detail">Why, where its owner did not ask for it.</param>
    public void Cancel(Order order, string? detail = null)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (!order.IsOpen)
        {
            return;
        }

        if (order.Now.BrokerOrderId is not { } brokerOrderId)
        {
            Close(order, OrderStatus.Canceled, null, detail);
        }
        else if (!order.Now.CancelAsked)
        {
            Set(order, order.Now with { CancelAsked = true });
            Recall(_brokerOrders[brokerOrderId], "its owner wants it back");
        }
    }

    /// <summary>Sets when an order's time runs out, where nobody knew when it was taken in. Whoever asks for it writes it down.</summary>
    /// <param name="order">The order.</param>
    /// <param name="at">On the market's clock.</param>
    public static void End(Order order, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (order.IsOpen)
        {
            order.End(at);
        }
    }

    /// <summary>Puts an order with other terms in the place of one that waits in the house.</summary>
    /// <param name="order">The one in the house.</param>
    /// <param name="id">Id of the new one.</param>
    /// <param name="terms">Its terms, checked as far as that needs no account.</param>
    /// <param name="collar">The most a unit may cost.</param>
    /// <param name="expiresAt">When its time runs out, on the market's clock.</param>
    /// <param name="risk">What its owner and the house allow.</param>
    /// <param name="now">Now.</param>
    /// <param name="clientOrderId">The caller's own key of the new one.</param>
    /// <param name="refusal">Why it can't be done.</param>
    /// <returns>The new one; null when it can't be done, then nothing changed.</returns>
    public Order? Replace(
        Order order, Guid id, OrderTerms terms, decimal? collar, DateTimeOffset? expiresAt, RiskTerms risk, DateTimeOffset now, string? clientOrderId,
        out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(risk);
        // Who leaves the quantity as it is means what the order asks for now, where that has become less.
        var rest = (terms.Quantity == order.Terms.Quantity ? order.Quantity : terms.Quantity) - order.Now.Filled;
        refusal = CheckReplacement(order, terms) ?? CheckRisk(order, terms with { Quantity = rest }, risk, now);
        var needsCash = order.Side == Side.Buy || order.Facts.Effect == PositionEffect.Open;
        if (refusal is null && needsCash && collar is null)
        {
            refusal = OrderRules.NoPrice(order.Symbol);
        }

        var cash = needsCash && refusal is null ? CashFor(order.Side, order.Facts.Effect, rest, collar!.Value, order.Position.Now) : 0;
        if (refusal is null && cash > order.Account.Now.Cash + order.Now.ReservedCash)
        {
            refusal = Refuse(
                "INSUFFICIENT_FUNDS", $"required={Figure(cash)} available={Figure(order.Account.Now.Cash + order.Now.ReservedCash)}");
        }

        var holdsUnits = order.Now.ReservedUnits > 0;
        if (refusal is null && holdsUnits && rest > order.Position.Now.Free + order.Now.ReservedUnits)
        {
            refusal = Refuse(
                "INSUFFICIENT_QUANTITY", $"required={Figure(rest)} available={Figure(order.Position.Now.Free + order.Now.ReservedUnits)}");
        }

        if (refusal is not null)
        {
            return null;
        }

        Release(order);
        var successor = Create(
            order.Position,
            order.Facts with
            {
                Id = id, Terms = terms with { Quantity = rest }, CreatedAt = now, ExpiresAt = expiresAt, Replaces = order.Id, ClientOrderId = clientOrderId,
                RequestHash = null,
                // The other of a pair knows the first one by its id.
                ParentId = order.Facts.ParentId ?? (order.Facts.Leg is null ? null : order.Id),
            },
            new OrderProgress(OrderStatus.Accepted, CollarPrice: needsCash ? collar : null, TrailsSince: order.Now.TrailsSince));
        ReserveCash(successor, cash);
        if (holdsUnits)
        {
            ReserveUnits(successor, rest);
        }

        Set(order, order.Now with { Status = OrderStatus.Replaced, ReplacedBy = id });
        if (order.Now.Filled > 0 && order.Facts.SignalId is { } signal)
        {
            _pending.SignalResults.Add(new SignalResult(signal, "PARTIAL", null, null));
        }

        Tell(order, "order", null);
        Tell(successor, "order", null);
        return successor;
    }

    /// <summary>Begins an account anew: what it holds goes to the house, and it gets a fresh deposit. History stays.</summary>
    /// <param name="account">The account; nothing of it is open.</param>
    /// <param name="deposit">USD it begins with.</param>
    public void Reset(Account account, decimal deposit)
    {
        ArgumentNullException.ThrowIfNull(account);
        if (account.Orders.Any(order => order.IsOpen))
        {
            throw new InvalidOperationException("An account with open orders can't begin anew.");
        }

        var user = account.UserId;
        foreach (var position in account.Positions.ToArray())
        {
            Move(user, LedgerKind.Units, LedgerAccount.House, LedgerKind.Units, position.Symbol, position.Now.Quantity, PostingReason.Reset);
            Set(position, Holding.Flat);
        }

        Move(user, LedgerKind.Margin, user, LedgerKind.Cash, Usd, account.Now.Margin, PostingReason.Reset);
        Move(user, LedgerKind.Cash, LedgerAccount.House, LedgerKind.Cash, Usd, account.Now.Cash + account.Now.Margin, PostingReason.Reset);
        Move(LedgerAccount.House, LedgerKind.Cash, user, LedgerKind.Cash, Usd, deposit, PostingReason.Deposit);
        Set(account, account.Now with { Cash = deposit, Margin = 0, LastEventId = account.Now.LastEventId + 1 });
        _pending.Events.Add(new AccountEvent(account.Now.LastEventId, "portfolio", account, null, null, new PortfolioEvent("reset", deposit)));
    }

    /// <summary>Tells an account what happened to a session of its own.</summary>
    /// <param name="account">The session's owner.</param>
    /// <param name="told">Where the session stands.</param>
    public void Tell(Account account, SessionEvent told)
    {
        ArgumentNullException.ThrowIfNull(account);
        Set(account, account.Now with { LastEventId = account.Now.LastEventId + 1 });
        _pending.Events.Add(new AccountEvent(account.Now.LastEventId, "session", account, null, null, Session: told));
    }

    /// <summary>Tells an account that an alert of its own fired.</summary>
    /// <param name="account">The alert's owner.</param>
    /// <param name="told">What fired.</param>
    public void Tell(Account account, AlertEvent told)
    {
        ArgumentNullException.ThrowIfNull(account);
        Set(account, account.Now with { LastEventId = account.Now.LastEventId + 1 });
        _pending.Events.Add(new AccountEvent(account.Now.LastEventId, "alert", account, null, null, Alert: told));
    }

    /// <summary>Moves a difference from the broker, which somebody has explained, to the house's suspense account.</summary>
    /// <param name="asset"><c>USD</c> or a symbol.</param>
    /// <param name="amount">What the broker has more than the books; below zero for less.</param>
    /// <param name="isOpening">What was there before the platform: it becomes the house's own.</param>
    public void Repair(string asset, decimal amount, bool isOpening)
    {
        ArgumentNullException.ThrowIfNull(asset);
        var house = LedgerAccount.House;
        var kind = isOpening ? asset == Usd ? LedgerKind.Cash : LedgerKind.Units : LedgerKind.Suspense;
        Move(house, LedgerKind.Capital, house, kind, asset, amount, PostingReason.Repair);
        if (asset != Usd)
        {
            // What nobody holds is at the broker all the same.
            ChangeNet(BookOf(asset), amount);
        }
    }

    // As a new order, beside everything but the one whose place it takes. One that only asks for less takes risk away and is always let.
    private static Refusal? CheckRisk(Order order, OrderTerms terms, RiskTerms risk, DateTimeOffset now)
    {
        if (terms.Quantity < order.Remaining && terms with { Quantity = order.Terms.Quantity } == order.Terms)
        {
            return null;
        }

        var exposure = ExposureOf(order.Account, terms, now);
        return RiskChecks.Check(
            terms, order.Facts.Effect, exposure with { Incoming = exposure.Incoming - order.Remaining, OpenOrders = exposure.OpenOrders - 1 }, risk);
    }

    private static Refusal? CheckReplacement(Order order, OrderTerms terms) =>
        order switch
        {
            { Now.Status: OrderStatus.Held } => Refuse("ORDER_HELD", "its entry is not filled yet; replace it once it is, or cancel the entry and place the bracket anew"),
            { Terms.Type: OrderType.TrailingStop, Now.TriggeredAt: not null } => Refuse("ORDER_EXECUTING", "its stop was reached: it trades as soon as it can, or can be canceled"),
            { IsInHouse: false } => Refuse("ORDER_EXECUTING", "it is at the broker this moment; try again when it is filled or back"),
            { Facts: { Leg: null } } when KinOf(order).Any() => Refuse("BRACKET_CAN_NOT_CHANGE", "cancel the bracket and place it anew; its exits can be replaced once the entry is filled"),
            _ when terms.Quantity <= order.Now.Filled => Refuse("BAD_QUANTITY", $"quantity={Figure(terms.Quantity)} filled={Figure(order.Now.Filled)}"),
            _ when terms == order.Terms => Refuse("NOTHING_CHANGED", "the order has these terms already"),
            _ => null,
        };
}
