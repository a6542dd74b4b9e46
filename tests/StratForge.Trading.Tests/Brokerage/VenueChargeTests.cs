using StratForge.Contracts.Orders;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Ledger;

namespace StratForge.Trading.Tests.Brokerage;

/// <summary>What the venue books by itself, in the house.</summary>
public class VenueChargeTests
{
    private readonly TradingFloor _floor = new();

    public VenueChargeTests() => _floor.Quote(100, 100);

    [Fact]
    public void A_fee_in_cash_is_paid_and_a_dividend_received_and_noted()
    {
        var user = _floor.Open();

        _floor.House.Book(Charge(user, -0.30m), PostingReason.Fee, "USD", null);
        _floor.House.Book(Charge(user, 2m), PostingReason.Dividend, "USD", null);

        Assert.Equal(100_001.70m, user.Now.Cash);
        Assert.Equal(
            ["0.30 cash > fees", "2 market > cash", "2 dividends > dividends"],
            _floor.House.Pending.Postings.Select(booked => $"{booked.Posting.Amount} {booked.Posting.Debit.Kind} > {booked.Posting.Credit.Kind}"));
        Assert.Equal(["fee", "dividend"], _floor.House.Pending.Events.Select(told => told.Portfolio!.Reason));
    }

    [Fact]
    public void A_fee_in_coins_makes_the_rest_dearer_and_takes_none_that_are_promised()
    {
        var user = _floor.Open();
        _floor.Quote(100, 100, TradingFloor.Coin);
        _floor.Fill(_floor.Place(user, Side.Buy, 10, symbol: TradingFloor.Coin, time: "gtc"), 100);
        var position = user.PositionOf(null, TradingFloor.Coin);
        _floor.Place(user, Side.Sell, 9.97m, limit: 200, symbol: TradingFloor.Coin, time: "gtc");
        var cost = decimal.Round(position.Now.Quantity * position.Now.AveragePrice, 6);
        var net = _floor.House.BookOf(TradingFloor.Coin).Net;

        _floor.House.Book(Charge(user, -0.008m, TradingFloor.Coin), PostingReason.Fee, TradingFloor.Coin, null);

        // 0.005 were free; the house bears the rest.
        Assert.Equal((9.97m, 9.97m), (position.Now.Quantity, position.Now.Reserved));
        Assert.Equal(cost, decimal.Round(position.Now.Quantity * position.Now.AveragePrice, 6));
        Assert.Equal(net - 0.008m, _floor.House.BookOf(TradingFloor.Coin).Net);
        Assert.Equal(
            ["0.005 units > fees", "0.003 units > market"],
            _floor.House.Pending.Postings.Select(booked => $"{booked.Posting.Amount} {booked.Posting.Debit.Kind} > {booked.Posting.Credit.Kind}"));
    }

    [Fact]
    public void A_fee_that_takes_the_last_coin_is_a_loss_of_what_it_cost()
    {
        var (after, pnl) = new Holding(0.5m, 100, 0, 7).Charged(-0.5m);

        Assert.Equal((new Holding(0, 0, 0, -43), -50m), (after, pnl));
    }

    [Fact]
    public void Interest_is_the_houses()
    {
        _floor.House.Book(new AccountCharge(null, null, null, -3.21m), PostingReason.Interest, "USD", null);

        var posting = Assert.Single(_floor.House.Pending.Postings).Posting;
        Assert.Equal(
            new Posting(new(LedgerAccount.House, LedgerKind.Cash), new(LedgerAccount.House, LedgerKind.Market), "USD", 3.21m, PostingReason.Interest), posting);
    }

    private static AccountCharge Charge(Account user, decimal amount, string symbol = TradingFloor.Stock) => new(user.UserId, null, symbol, amount);
}
