using StratForge.Contracts.Orders;

namespace StratForge.Trading.Ledger;

/// <summary>An order as far as booking a fill is concerned.</summary>
/// <param name="Side">Direction.</param>
/// <param name="Effect">Whether it opens a position or closes one.</param>
/// <param name="Quantity">Units ordered.</param>
/// <param name="Filled">Units filled so far.</param>
/// <param name="AveragePrice">Average price of those; null when none.</param>
/// <param name="ReservedCash">USD still reserved for it.</param>
/// <param name="ReservedUnits">Units still reserved for it.</param>
/// <param name="Collar">The most a unit may cost: what is reserved. Null for a sale.</param>
public readonly record struct OrderState(
    Side Side,
    PositionEffect Effect,
    decimal Quantity,
    decimal Filled,
    decimal? AveragePrice,
    decimal ReservedCash,
    decimal ReservedUnits,
    decimal? Collar = null)
{
    /// <summary>Units it still wants.</summary>
    public decimal Remaining => Quantity - Filled;
}

/// <summary>What one fill does to an order, its position and its owner's money.</summary>
/// <param name="Order">The order afterwards.</param>
/// <param name="Position">The position afterwards.</param>
/// <param name="CashAmount">What the owner's money, free, reserved and margin together, changed by: below zero for a purchase.</param>
/// <param name="FreeCashChange">What the free part changed by.</param>
/// <param name="RealisedPnl">Profit of a closing, USD.</param>
/// <param name="Postings">The ledger entries, in order.</param>
public sealed record OrderFill(
    OrderState Order, Holding Position, decimal CashAmount, decimal FreeCashChange, decimal RealisedPnl, IReadOnlyList<Posting> Postings)
{
    private const int PriceDecimals = 12;

    /// <summary>Books a fill.</summary>
    /// <param name="user">The order's owner.</param>
    /// <param name="symbol">Its symbol.</param>
    /// <param name="order">Before the fill.</param>
    /// <param name="position">Before the fill.</param>
    /// <param name="share">The fill.</param>
    /// <exception cref="InvalidOperationException">The fill is larger than what the order still wants or has reserved: the books are wrong.</exception>
    public static OrderFill Book(Guid user, string symbol, OrderState order, Holding position, FillShare share)
    {
        ArgumentNullException.ThrowIfNull(position);
        if (share.Quantity <= 0 || share.Quantity > order.Remaining)
        {
            throw new InvalidOperationException($"A fill of {share.Quantity} for an order that wants {order.Remaining}.");
        }

        var units = decimal.Min(order.ReservedUnits, share.Quantity);
        var filled = order with
        {
            Filled = order.Filled + share.Quantity,
            AveragePrice = decimal.Round(
                (((order.AveragePrice ?? 0) * order.Filled) + (share.Price * share.Quantity)) / (order.Filled + share.Quantity), PriceDecimals),
            ReservedUnits = order.ReservedUnits - units,
        };

        // What the units still wanted keep of the reservation: their part of it, whole cents, and nothing once there are none.
        var kept = decimal.Min(order.ReservedCash, decimal.Ceiling(order.ReservedCash * filled.Remaining / order.Remaining * 100m) / 100m);
        var booking = new Booking(user, symbol);
        return (order.Side, order.Effect) switch
        {
            (Side.Buy, PositionEffect.Open) => booking.Buy(filled, position, share, kept),
            (Side.Sell, PositionEffect.Close) => booking.Sell(filled, position, share, units),
            (Side.Sell, _) => booking.Short(filled, position, share, kept),
            _ => booking.Cover(filled, position, share, kept, units),
        };
    }

    /// <summary>The entries of one fill, as they are collected.</summary>
    private readonly struct Booking(Guid user, string symbol)
    {
        private const string Usd = "USD";

        private readonly List<Posting> _postings = new(6);

        public OrderFill Buy(OrderState filled, Holding position, FillShare share, decimal kept)
        {
            // Executions are paid in whole cents, so many small parts can cost a little more than the whole that was reserved: what goes
            // beyond all of it at prices within the collar is the house's to bear.
            var rounding = IsWithinCollar(filled, share) ? decimal.Max(0, share.Cash - filled.ReservedCash) : 0;
            var paid = share.Cash - rounding;
            var freed = Pay(ref filled, share, paid, paid, kept);
            Move(House(LedgerKind.Rounding), House(LedgerKind.Market), Usd, rounding, PostingReason.Trade);
            Move(House(LedgerKind.Market), User(LedgerKind.Units), symbol, share.Quantity, PostingReason.Trade);
            Move(User(LedgerKind.Units), User(LedgerKind.Fees), symbol, share.Fee, PostingReason.Fee);
            return new OrderFill(filled, position.Bought(share.Quantity - share.Fee, paid), -paid, freed - paid, 0, _postings);
        }

        public OrderFill Sell(OrderState filled, Holding position, FillShare share, decimal units)
        {
            if (units < share.Quantity)
            {
                throw new InvalidOperationException($"A sale of {share.Quantity} for an order with {units} reserved.");
            }

            var proceeds = share.Cash - share.Fee;
            var (after, pnl) = position.Sold(share.Quantity, proceeds);
            Move(User(LedgerKind.UnitsReserved), House(LedgerKind.Market), symbol, share.Quantity, PostingReason.Trade);
            Move(House(LedgerKind.Market), User(LedgerKind.Cash), Usd, share.Cash, PostingReason.Trade);
            Move(User(LedgerKind.Cash), User(LedgerKind.Fees), Usd, share.Fee, PostingReason.Fee);
            Note(pnl);
            return new OrderFill(filled, after, proceeds, proceeds, pnl, _postings);
        }

        // What a short sale brings is not the owner's to spend: it stays as margin, with what was reserved for it.
        public OrderFill Short(OrderState filled, Holding position, FillShare share, decimal kept)
        {
            var (proceeds, portion) = (share.Cash - share.Fee, filled.ReservedCash - kept);
            Move(User(LedgerKind.Units), House(LedgerKind.Market), symbol, share.Quantity, PostingReason.Trade);
            Move(House(LedgerKind.Market), User(LedgerKind.Margin), Usd, share.Cash, PostingReason.Trade);
            Move(User(LedgerKind.Margin), User(LedgerKind.Fees), Usd, share.Fee, PostingReason.Fee);
            Move(User(LedgerKind.CashReserved), User(LedgerKind.Margin), Usd, portion, PostingReason.Reserve);
            return new OrderFill(
                filled with { ReservedCash = kept }, position.Shorted(share.Quantity, proceeds, proceeds + portion), proceeds, 0, 0, _postings);
        }

        // Paid with the margin of the units first, then with what was reserved beyond it, then with free cash. Short sales at other prices
        // since the reservation change the margin of a unit; the loss is the owner's all the same, to the cent.
        public OrderFill Cover(OrderState filled, Holding position, FillShare share, decimal kept, decimal units)
        {
            if (units < share.Quantity)
            {
                throw new InvalidOperationException($"A purchase of {share.Quantity} owed units for an order with {units} reserved.");
            }

            var released = position.MarginOf(share.Quantity);
            Move(User(LedgerKind.Margin), User(LedgerKind.Cash), Usd, released, PostingReason.Release);
            var freed = Pay(ref filled, share, share.Cash, decimal.Max(0, share.Cash - released), kept);
            var (after, pnl) = position.Covered(share.Quantity, share.Cash);
            Move(House(LedgerKind.Market), User(LedgerKind.Units), symbol, share.Quantity, PostingReason.Trade);
            Note(pnl);
            return new OrderFill(filled, after, -share.Cash, released + freed - share.Cash, pnl, _postings);
        }

        /// <summary>Pays for units. Within the collar a part may take of the reservation what it costs, and gives back what the rest does not
        /// need: so the whole never costs more than was reserved for it. A price beyond the collar is paid from free cash as far as it
        /// exceeds the part's own reservation: the trade has happened.</summary>
        /// <returns>What left the reservation, spent or given back.</returns>
        private decimal Pay(ref OrderState order, FillShare share, decimal paid, decimal needed, decimal kept)
        {
            var reserved = order.ReservedCash;
            var fromReserved = decimal.Min(needed, IsWithinCollar(order, share) ? reserved : reserved - kept);
            var left = decimal.Min(kept, reserved - fromReserved);
            Move(User(LedgerKind.CashReserved), House(LedgerKind.Market), Usd, fromReserved, PostingReason.Trade);
            Move(User(LedgerKind.Cash), House(LedgerKind.Market), Usd, paid - fromReserved, PostingReason.Trade);
            Move(User(LedgerKind.CashReserved), User(LedgerKind.Cash), Usd, reserved - fromReserved - left, PostingReason.Release);
            order = order with { ReservedCash = left };
            return reserved - left;
        }

        private static bool IsWithinCollar(OrderState order, FillShare share) => share.Price <= order.Collar;

        private void Note(decimal pnl)
        {
            var (from, to) = pnl > 0
                ? (House(LedgerKind.RealisedPnl), User(LedgerKind.RealisedPnl))
                : (User(LedgerKind.RealisedPnl), House(LedgerKind.RealisedPnl));
            Move(from, to, Usd, Math.Abs(pnl), PostingReason.Pnl);
        }

        private LedgerAccount User(string kind) => new(user, kind);

        private static LedgerAccount House(string kind) => new(LedgerAccount.House, kind);

        private void Move(LedgerAccount from, LedgerAccount to, string asset, decimal amount, string reason)
        {
            if (amount > 0)
            {
                _postings.Add(new Posting(from, to, asset, amount, reason));
            }
        }
    }
}
