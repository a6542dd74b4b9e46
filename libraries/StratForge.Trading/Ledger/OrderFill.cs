using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Trading.Fees;

namespace StratForge.Trading.Ledger;

/// <summary>One order's part of one execution.</summary>
/// <param name="Quantity">Units, greater than zero.</param>
/// <param name="Price">USD per unit.</param>
/// <param name="Cash">What changes hands before fees, USD, whole cents.</param>
/// <param name="Fee">In units for a crypto buy, in USD for a crypto sell, else zero.</param>
public readonly record struct FillShare(decimal Quantity, decimal Price, decimal Cash, decimal Fee)
{
    /// <summary>Splits an execution of a broker order among its orders. The shares sum exactly to what the venue booked.</summary>
    /// <param name="assetClass">Decides the fee.</param>
    /// <param name="side">Decides what the fee is taken from.</param>
    /// <param name="quantity">Units executed.</param>
    /// <param name="price">USD per unit.</param>
    /// <param name="remaining">What each order still wants, oldest first.</param>
    /// <returns>One share per order; a share may be zero.</returns>
    public static FillShare[] Split(AssetClass assetClass, Side side, decimal quantity, decimal price, IReadOnlyList<decimal> remaining)
    {
        var units = ProRata.Units(quantity, remaining);
        var proceeds = ExecutionCash.Of(quantity, price);
        var cash = ProRata.Cash(proceeds, units);
        var fees = (assetClass, side) switch
        {
            (AssetClass.Crypto, Side.Buy) => ProRata.FeeUnits(CryptoFee.OfBuy(quantity), units),
            (AssetClass.Crypto, Side.Sell) => ProRata.Cash(CryptoFee.OfSale(proceeds), units),
            _ => new decimal[units.Length],
        };
        return [.. units.Select((share, i) => new FillShare(share, price, cash[i], fees[i]))];
    }
}

/// <summary>An order as far as booking a fill is concerned.</summary>
/// <param name="Side">Direction.</param>
/// <param name="Quantity">Units ordered.</param>
/// <param name="Filled">Units filled so far.</param>
/// <param name="AveragePrice">Average price of those; null when none.</param>
/// <param name="ReservedCash">USD still reserved for a buy.</param>
/// <param name="ReservedUnits">Units still reserved for a sell.</param>
public readonly record struct OrderState(
    Side Side, decimal Quantity, decimal Filled, decimal? AveragePrice, decimal ReservedCash, decimal ReservedUnits)
{
    /// <summary>Units it still wants.</summary>
    public decimal Remaining => Quantity - Filled;
}

/// <summary>What one fill does to an order, its position and its owner's money.</summary>
/// <param name="Order">The order afterwards.</param>
/// <param name="Position">The position afterwards.</param>
/// <param name="CashAmount">What the owner's cash, free and reserved together, changed by: below zero for a buy.</param>
/// <param name="FreeCashChange">What the free part changed by.</param>
/// <param name="RealisedPnl">Profit of a sell, USD.</param>
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
        if (share.Quantity <= 0 || share.Quantity > order.Remaining)
        {
            throw new InvalidOperationException($"A fill of {share.Quantity} for an order that wants {order.Remaining}.");
        }

        var filled = order with
        {
            Filled = order.Filled + share.Quantity,
            AveragePrice = decimal.Round(
                (((order.AveragePrice ?? 0) * order.Filled) + (share.Price * share.Quantity)) / (order.Filled + share.Quantity), PriceDecimals),
        };
        return order.Side == Side.Buy
            ? Buy(user, symbol, order, filled, position, share)
            : Sell(user, symbol, filled, position, share);
    }

    private static OrderFill Buy(Guid user, string symbol, OrderState order, OrderState filled, Holding position, FillShare share)
    {
        // The reservation goes in proportion, the last fill takes what is left of it. A price beyond the reservation is paid
        // from free cash: the trade has happened.
        var portion = filled.Remaining == 0
            ? order.ReservedCash
            : decimal.Floor(order.ReservedCash * share.Quantity / order.Remaining * 100m) / 100m;
        var fromReserved = decimal.Min(portion, share.Cash);
        var postings = new List<Posting>(5);
        Add(postings, new(user, LedgerKind.CashReserved), new(LedgerAccount.House, LedgerKind.Market), "USD", fromReserved, PostingReason.Trade);
        Add(postings, new(user, LedgerKind.Cash), new(LedgerAccount.House, LedgerKind.Market), "USD", share.Cash - fromReserved, PostingReason.Trade);
        Add(postings, new(user, LedgerKind.CashReserved), new(user, LedgerKind.Cash), "USD", portion - fromReserved, PostingReason.Release);
        Add(postings, new(LedgerAccount.House, LedgerKind.Market), new(user, LedgerKind.Units), symbol, share.Quantity, PostingReason.Trade);
        Add(postings, new(user, LedgerKind.Units), new(LedgerAccount.House, LedgerKind.Fees), symbol, share.Fee, PostingReason.Fee);

        return new OrderFill(
            filled with { ReservedCash = order.ReservedCash - portion },
            position.Bought(share.Quantity - share.Fee, share.Cash),
            -share.Cash,
            portion - share.Cash,
            0,
            postings);
    }

    private static OrderFill Sell(Guid user, string symbol, OrderState filled, Holding position, FillShare share)
    {
        if (share.Quantity > filled.ReservedUnits)
        {
            throw new InvalidOperationException($"A sale of {share.Quantity} for an order with {filled.ReservedUnits} reserved.");
        }

        var proceeds = share.Cash - share.Fee;
        var (after, pnl) = position.Sold(share.Quantity, proceeds);
        var postings = new List<Posting>(3);
        Add(postings, new(user, LedgerKind.UnitsReserved), new(LedgerAccount.House, LedgerKind.Market), symbol, share.Quantity, PostingReason.Trade);
        Add(postings, new(LedgerAccount.House, LedgerKind.Market), new(user, LedgerKind.Cash), "USD", share.Cash, PostingReason.Trade);
        Add(postings, new(user, LedgerKind.Cash), new(LedgerAccount.House, LedgerKind.Fees), "USD", share.Fee, PostingReason.Fee);
        return new OrderFill(filled with { ReservedUnits = filled.ReservedUnits - share.Quantity }, after, proceeds, proceeds, pnl, postings);
    }

    private static void Add(List<Posting> postings, LedgerAccount debit, LedgerAccount credit, string asset, decimal amount, string reason)
    {
        if (amount > 0)
        {
            postings.Add(new Posting(debit, credit, asset, amount, reason));
        }
    }
}
