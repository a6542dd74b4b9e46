using StratForge.Contracts.Orders;
using StratForge.Trading.Ledger;

namespace StratForge.Trading.Brokerage;

/// <content>Booking what the venue booked in the account by itself: fees, dividends, interest.</content>
public sealed partial class House
{
    /// <summary>Books one owner's part. The account of a user was admitted.</summary>
    /// <param name="charge">The part.</param>
    /// <param name="reason"><see cref="PostingReason.Fee"/>, <see cref="PostingReason.Dividend"/> or <see cref="PostingReason.Interest"/>.</param>
    /// <param name="asset"><c>USD</c>, or the symbol whose units it is in.</param>
    /// <param name="bookingId">The venue's id of it, where that is one.</param>
    public void Book(AccountCharge charge, string reason, string asset, Guid? bookingId)
    {
        ArgumentNullException.ThrowIfNull(charge);
        if (charge.UserId is not { } userId)
        {
            BookForHouse(charge.Amount, reason, asset, bookingId);
            return;
        }

        var account = _accounts[userId];
        if (asset != Usd)
        {
            BookUnits(account, charge, reason, bookingId);
        }
        else
        {
            BookCash(account, charge, reason, bookingId);
        }

        Set(account, account.Now with { LastEventId = account.Now.LastEventId + 1 });
        _pending.Events.Add(new AccountEvent(account.Now.LastEventId, "portfolio", account, null, null, new PortfolioEvent(reason, account.Now.Cash)));
    }

    private void BookForHouse(decimal amount, string reason, string asset, Guid? bookingId)
    {
        var house = LedgerAccount.House;
        Move(house, LedgerKind.Market, house, asset == Usd ? LedgerKind.Cash : LedgerKind.Units, asset, amount, reason, bookingId);
        if (asset != Usd)
        {
            ChangeNet(BookOf(asset), amount);
        }
    }

    private void BookCash(Account account, AccountCharge charge, string reason, Guid? bookingId)
    {
        var (user, amount) = (account.UserId, charge.Amount);
        Set(account, account.Now with { Cash = account.Now.Cash + amount });
        if (reason == PostingReason.Dividend)
        {
            Move(LedgerAccount.House, LedgerKind.Market, user, LedgerKind.Cash, Usd, amount, reason, bookingId);
            Move(LedgerAccount.House, LedgerKind.Dividends, user, LedgerKind.Dividends, Usd, amount, reason, bookingId);
            return;
        }

        Move(user, LedgerKind.Fees, user, LedgerKind.Cash, Usd, amount, reason, bookingId);
    }

    // Units that are sold or promised already can't be taken: the house bears them.
    private void BookUnits(Account account, AccountCharge charge, string reason, Guid? bookingId)
    {
        var position = account.PositionOf(charge.SessionId, charge.Symbol!);
        var units = position.Now.Quantity > 0 ? decimal.Max(charge.Amount, -position.Now.Free) : 0;
        if (units != 0)
        {
            var (after, pnl) = position.Now.Charged(units);
            Set(position, after);
            Move(account.UserId, LedgerKind.Fees, account.UserId, LedgerKind.Units, charge.Symbol!, units, reason, bookingId);
            Move(LedgerAccount.House, LedgerKind.RealisedPnl, account.UserId, LedgerKind.RealisedPnl, Usd, pnl, PostingReason.Pnl, bookingId);
            ChangeNet(BookOf(charge.Symbol!), units);
        }

        if (charge.Amount != units)
        {
            BookForHouse(charge.Amount - units, reason, charge.Symbol!, bookingId);
        }
    }

    /// <summary>Moves an amount one way, or, below zero, the other.</summary>
    private void Move(Guid from, string fromKind, Guid to, string toKind, string asset, decimal amount, string reason, Guid? bookingId = null)
    {
        var (debit, credit) = (new LedgerAccount(from, fromKind), new LedgerAccount(to, toKind));
        if (amount != 0)
        {
            _pending.Postings.Add(new BookedPosting(
                amount > 0 ? new Posting(debit, credit, asset, amount, reason) : new Posting(credit, debit, asset, -amount, reason), ExecutionId: bookingId));
        }
    }
}
