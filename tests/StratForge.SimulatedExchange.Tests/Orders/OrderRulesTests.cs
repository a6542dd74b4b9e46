using StratForge.Contracts.Orders;
using StratForge.SimulatedExchange.Accounts;
using StratForge.SimulatedExchange.Market;
using StratForge.SimulatedExchange.Orders;
using StratForge.Trading.Matching;

namespace StratForge.SimulatedExchange.Tests.Orders;

public sealed class OrderRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 2, 3, 15, 0, 0, TimeSpan.Zero);

    private static OrderRequest Buy(
        decimal? qty = 1, decimal? limit = null, TimeInForce timeInForce = TimeInForce.Day, decimal? notional = null, bool extended = false, string symbol = "SPY") =>
        new(symbol, notional is null ? qty : null, notional, Side.Buy, limit is null ? OrderType.Market : OrderType.Limit, timeInForce, limit, extended, null);

    private static OrderRequest Sell(decimal qty, decimal? limit = null) => Buy(qty, limit) with { Side = Side.Sell };

    private static string? Refused(OrderRequest request, AccountBook? book = null, int multiplier = 4, decimal price = 100m)
    {
        book ??= Account(100_000m);
        var instrument = Listing.Of(request.Symbol);
        var holdings = book.Positions.Select(position => (position, instrument, price));
        var figures = Margin.Of(book.Cash, book.HeldCash, holdings, multiplier);
        return OrderRules.Check(request, new OrderContext(instrument, new TopOfBook(price, price), book, figures, 200_000m))?.Message;
    }

    private static AccountBook Account(decimal cash, decimal held = 0m, string symbol = "SPY")
    {
        var book = new AccountBook();
        book.Open(Guid.Empty, cash, Now);
        if (held != 0m)
        {
            book.Book(new Execution(Guid.Empty, Guid.Empty, symbol, Side.Buy, held, 100m, 0m, held, held, 0m, Now));
        }

        return book;
    }

    private static AccountBook WithOpen(AccountBook book, Side side, decimal? limit, bool opens)
    {
        book.Put(new Order
        {
            Id = Guid.CreateVersion7(Now), ClientOrderId = "open", Symbol = "SPY", Side = side, Type = limit is null ? OrderType.Market : OrderType.Limit,
            TimeInForce = TimeInForce.Gtc, Status = OrderStatus.New, CreatedAt = Now, UpdatedAt = Now, SubmittedAt = Now, Quantity = 1m, LimitPrice = limit, Opens = opens,
        });
        return book;
    }

    [Fact]
    public void Fractions_and_amounts_are_for_day_orders()
    {
        Assert.Equal("fractional orders must be DAY orders", Refused(Buy(1.5m, timeInForce: TimeInForce.Gtc)));
        Assert.Equal("fractional orders must be DAY orders", Refused(Buy(notional: 50m, timeInForce: TimeInForce.Ioc)));
        Assert.Null(Refused(Buy(1.5m)));
        Assert.Null(Refused(Buy(notional: 50m)));
    }

    [Theory]
    [InlineData(290.123, "invalid limit_price 290.123. sub-penny increment does not fulfill minimum pricing criteria")]
    [InlineData(0.12345, "invalid limit_price 0.12345. sub-penny increment does not fulfill minimum pricing criteria")]
    [InlineData(290.12, null)]
    [InlineData(0.1234, null)]
    public void Prices_have_whole_cents_and_below_a_dollar_hundredths_of_them(double limit, string? message) =>
        Assert.Equal(message, Refused(Buy(1m, (decimal)limit)));

    [Fact]
    public void Orders_worth_too_little_or_too_much_are_refused()
    {
        Assert.Equal("notional must be >= 1.00", Refused(Buy(notional: 0.5m)));
        Assert.Equal("cost basis must be >= minimal amount of order 1", Refused(Buy(0.001m)));
        Assert.Equal("cost basis must be >= minimal amount of order 10", Refused(Buy(0.05m, symbol: "BTC/USD", timeInForce: TimeInForce.Gtc)));
        Assert.Equal(
            "cost basis must be <= maximal amount of order 200000",
            Refused(Buy(2001m, symbol: "BTC/USD", timeInForce: TimeInForce.Gtc), Account(1_000_000m)));
        Assert.Null(Refused(Sell(0.001m), Account(0m, 0.001m)));
    }

    [Fact]
    public void Extended_hours_are_for_limit_orders()
    {
        Assert.Equal("extended hours order must be DAY or GTC limit orders", Refused(Buy(extended: true)));
        Assert.Equal("extended hours order must be DAY or GTC limit orders", Refused(Buy(limit: 99m, timeInForce: TimeInForce.Ioc, extended: true)));
        Assert.Null(Refused(Buy(limit: 99m, timeInForce: TimeInForce.Gtc, extended: true)));
    }

    [Fact]
    public void Selling_short_needs_margin_whole_shares_and_no_buy_in_the_way()
    {
        Assert.Null(Refused(Sell(10)));
        Assert.Equal("account is not allowed to short", Refused(Sell(10), multiplier: 1));
        Assert.Equal("account is not allowed to short", Refused(Sell(1), Account(1_999m)));
        Assert.Equal("fractional orders cannot be sold short", Refused(Sell(0.5m)));
        Assert.Equal(
            "cannot open a short sell while a long buy order is open",
            Refused(Sell(1, 110m), WithOpen(Account(100_000m), Side.Buy, 90m, opens: true)));
        Assert.Equal("insufficient buying power", Refused(Sell(4_000), Account(100_000m)));
    }

    [Fact]
    public void One_order_does_not_turn_a_long_position_short() =>
        Assert.Equal("insufficient qty available for order (requested: 11, available: 10)", Refused(Sell(11), Account(100_000m, 10m)));

    [Fact]
    public void What_the_owner_suspends_is_refused()
    {
        var book = Account(100_000m);
        book.Configure(new AccountConfiguration { SuspendTrade = true, NoShorting = true, FractionalTrading = false });
        Assert.Equal("new orders are rejected by user request", Refused(Buy(), book));

        book.Configure(book.Configuration with { SuspendTrade = false });
        Assert.Equal("account is not allowed to short", Refused(Sell(1), book));
        Assert.Equal("fractional trading is disabled for this account", Refused(Buy(0.5m), book));
    }

    // The whole matrix: a resting order on one side, a new one on the other.
    [Theory]
    [InlineData(null, null, true)]
    [InlineData(null, 120.0, true)]
    [InlineData(110.0, null, true)]
    [InlineData(110.0, 111.0, true)]
    [InlineData(110.0, 110.0, true)]
    [InlineData(110.0, 109.0, false)]
    public void A_buy_that_could_meet_an_open_sale_is_a_wash_trade(double? sale, double? buy, bool refused)
    {
        var resting = WithOpen(Account(100_000m, 10m), Side.Sell, (decimal?)sale, opens: false);

        Assert.Equal(
            refused ? "potential wash trade detected. use complex orders" : null,
            Refused(Buy(1m, (decimal?)buy), resting));
    }
}
