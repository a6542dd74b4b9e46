using System.Globalization;
using StratForge.Contracts.Orders;
using StratForge.Trading.Ledger;
using StratForge.Trading.Orders;

namespace StratForge.Trading.Brokerage;

/// <content>Promising money and units to orders, giving them back, and ending orders.</content>
public sealed partial class House
{
    private const string Usd = "USD";

    /// <summary>Share of a short sale's worth that its owner puts up besides what the sale brings.</summary>
    /// <remarks>Half: initial margin of Regulation T for short sales, 150 % of the worth of which the proceeds are 100.</remarks>
    public const decimal ShortMargin = 0.5m;

    private static decimal CashFor(Side side, PositionEffect effect, decimal quantity, decimal collar, Holding holding) => (side, effect) switch
    {
        (Side.Buy, PositionEffect.Open) => Cents(quantity * collar),
        (Side.Buy, _) => decimal.Max(0, Cents(quantity * collar) - holding.MarginOf(quantity)),
        (Side.Sell, PositionEffect.Open) => Cents(quantity * collar * ShortMargin),
        _ => 0,
    };

    private static decimal Cents(decimal amount) => decimal.Ceiling(amount * 100m) / 100m;

    private void ReserveCash(Order order, decimal amount)
    {
        if (amount == 0)
        {
            return;
        }

        var account = order.Account;
        Set(account, account.Now with { Cash = account.Now.Cash - amount, Reserved = account.Now.Reserved + amount });
        Set(order, order.Now with { ReservedCash = order.Now.ReservedCash + amount });
        Post(order, LedgerKind.Cash, LedgerKind.CashReserved, Usd, amount, PostingReason.Reserve);
    }

    private void ReserveUnits(Order order, decimal units)
    {
        Set(order.Position, order.Position.Now with { Reserved = order.Position.Now.Reserved + units });
        Set(order, order.Now with { ReservedUnits = order.Now.ReservedUnits + units });
        if (order.Side == Side.Sell)
        {
            Post(order, LedgerKind.Units, LedgerKind.UnitsReserved, order.Symbol, units, PostingReason.Reserve);
        }
    }

    /// <summary>Gives back what is still reserved for an order.</summary>
    private void Release(Order order)
    {
        var (cash, units) = (order.Now.ReservedCash, order.Now.ReservedUnits);
        if (cash > 0)
        {
            var account = order.Account;
            Set(account, account.Now with { Cash = account.Now.Cash + cash, Reserved = account.Now.Reserved - cash });
            Post(order, LedgerKind.CashReserved, LedgerKind.Cash, Usd, cash, PostingReason.Release);
        }

        if (units > 0)
        {
            Set(order.Position, order.Position.Now with { Reserved = order.Position.Now.Reserved - units });
            if (order.Side == Side.Sell)
            {
                Post(order, LedgerKind.UnitsReserved, LedgerKind.Units, order.Symbol, units, PostingReason.Release);
            }
        }

        if (cash > 0 || units > 0)
        {
            Set(order, order.Now with { ReservedCash = 0, ReservedUnits = 0 });
        }
    }

    /// <summary>Ends an order before it is filled: what is reserved goes back, its signal and its owner learn it, its legs end with it.</summary>
    private void Close(Order order, string status, string? code, string? detail)
    {
        Release(order);
        Set(order, order.Now with { Status = status, Code = code, Detail = detail, BrokerOrderId = null, HeldUntil = null });
        if (order.Facts.SignalId is { } signal)
        {
            _pending.SignalResults.Add(new SignalResult(
                signal,
                status == OrderStatus.Rejected ? "REJECTED" : order.Now.Filled > 0 ? "PARTIAL" : "EXPIRED",
                status == OrderStatus.Rejected ? code : null,
                detail));
        }

        Tell(order, "order", null);
        CloseKin(order, status);
    }

    private void Post(Order order, string from, string to, string asset, decimal amount, string reason)
    {
        var user = order.Account.UserId;
        _pending.Postings.Add(new BookedPosting(
            new Posting(new LedgerAccount(user, from), new LedgerAccount(user, to), asset, amount, reason), order.Id));
    }

    private void Tell(Order order, string kind, FillDetail? fill)
    {
        var account = order.Account;
        var position = order.Position.Now;
        Set(account, account.Now with { LastEventId = account.Now.LastEventId + 1 });
        _pending.Events.Add(new AccountEvent(
            account.Now.LastEventId,
            kind,
            account,
            order,
            new OrderEvent(
                order.Id, order.Facts.SignalId, order.Symbol, order.Side, order.Now.Status, order.Quantity, order.Now.Filled, order.Now.AveragePrice,
                order.Now.Code, fill, new PositionView(position.Quantity, position.AveragePrice), account.Now.Cash,
                order.Facts.Leg)));
    }

    private static string Figure(decimal value) => value.ToString("0.############################", CultureInfo.InvariantCulture);
}
