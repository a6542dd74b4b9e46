using System.Globalization;
using StratForge.Contracts.Sessions;
using StratForge.Trading.Ledger;

namespace StratForge.Worker.Replays;

/// <summary>Books the fills of a session once more, by the rules that the gateway books them by, and compares the entries.</summary>
/// <param name="user">The session's owner.</param>
internal sealed class LedgerReplay(Guid user)
{
    // The parts of one execution differ from units × price by a cent at most: the largest remainders get it (docs/ledger.md).
    private const decimal Cent = 0.01m;

    private readonly Dictionary<string, Holding> _positions = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, (decimal Filled, decimal? AveragePrice)> _orders = [];

    /// <summary>Fills booked.</summary>
    public int Fills { get; private set; }

    /// <summary>Entries compared.</summary>
    public int Postings { get; private set; }

    /// <summary>Books one fill.</summary>
    /// <returns>What is not as it was booked, if anything.</returns>
    public ReplayDifference? Book(RecordedFill fill)
    {
        var cash = fill.Postings
            .Where(posting => posting is { Asset: "USD", Reason: PostingReason.Trade })
            .Sum(posting => posting.Amount);
        if (Math.Abs(cash - (fill.Quantity * fill.Price)) > Cent)
        {
            return Differs(fill, "cash", fill.Quantity * fill.Price, cash);
        }

        var order = _orders.GetValueOrDefault(fill.OrderId);
        var position = _positions.GetValueOrDefault(fill.Symbol, Holding.Flat) with
        {
            Reserved = fill.Effect == PositionEffect.Close ? fill.Quantity : 0,
        };
        OrderFill booked;
        try
        {
            booked = OrderFill.Book(
                user,
                fill.Symbol,
                new OrderState(
                    fill.Side, fill.Effect, fill.Ordered, order.Filled, order.AveragePrice, fill.Reserved,
                    fill.Effect == PositionEffect.Close ? fill.Ordered - order.Filled : 0, fill.Collar),
                position,
                new FillShare(fill.Quantity, fill.Price, cash, fill.Fee));
        }
        catch (InvalidOperationException impossible)
        {
            return new ReplayDifference(NameOf(fill), fill.At, "booking", "possible", impossible.Message);
        }

        _orders[fill.OrderId] = (booked.Order.Filled, booked.Order.AveragePrice);
        _positions[fill.Symbol] = booked.Position;
        Fills++;
        Postings += fill.Postings.Count;
        return ComparePostings(fill, booked.Postings)
            ?? (booked.CashAmount != fill.CashAmount ? Differs(fill, "cash amount", fill.CashAmount, booked.CashAmount) : null)
            ?? (booked.RealisedPnl != fill.RealisedPnl ? Differs(fill, "realised P&L", fill.RealisedPnl, booked.RealisedPnl) : null);
    }

    private static ReplayDifference? ComparePostings(RecordedFill fill, IReadOnlyList<Posting> booked)
    {
        // Both exits of a bracket draw on one reservation, which stands in the ledger under the first of them: of these only what was traded
        // can be compared.
        if (fill.IsExit)
        {
            return null;
        }

        for (var i = 0; i < Math.Max(fill.Postings.Count, booked.Count); i++)
        {
            var (expected, got) = (fill.Postings.ElementAtOrDefault(i), booked.ElementAtOrDefault(i));
            if (expected != got)
            {
                return new ReplayDifference(NameOf(fill), fill.At, $"posting {i + 1}", TextOf(expected), TextOf(got));
            }
        }

        return null;
    }

    private static ReplayDifference Differs(RecordedFill fill, string field, decimal expected, decimal got) => new(
        NameOf(fill), fill.At, field, expected.ToString(CultureInfo.InvariantCulture), got.ToString(CultureInfo.InvariantCulture));

    private static string NameOf(RecordedFill fill) => $"fill {fill.ExecutionId} of order {fill.OrderId}";

    private static string TextOf(Posting? posting) => posting is null ? "none" : string.Create(
        CultureInfo.InvariantCulture,
        $"{posting.Amount:0.############} {posting.Asset} {NameOf(posting.Debit)} → {NameOf(posting.Credit)} ({posting.Reason})");

    private static string NameOf(LedgerAccount account) => account.Owner == LedgerAccount.House ? $"house {account.Kind}" : account.Kind;
}
