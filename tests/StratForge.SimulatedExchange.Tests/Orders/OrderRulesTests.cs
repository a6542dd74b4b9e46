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

    private static OrderRequest Stop(Side side, decimal stop, decimal? limit = null) =>
        Buy(limit: limit) with { Side = side, Type = limit is null ? OrderType.Stop : OrderType.StopLimit, StopPrice = stop };

    private static OrderRequest Trailing(Side side, decimal trail) => Buy() with { Side = side, Type = OrderType.TrailingStop, TrailPrice = trail };

    private static OrderRequest Bracket(Side side = Side.Buy, decimal? limit = null, decimal profit = 110m, decimal loss = 90m) =>
        Buy(10m, limit) with { Side = side, Class = OrderClass.Bracket, TakeProfit = profit, StopLoss = loss };

    private static OrderRequest Oco(decimal profit = 110m, decimal loss = 90m) =>
        Sell(10m, profit) with { Class = OrderClass.Oco, TakeProfit = profit, StopLoss = loss };

    private static string? Refused(OrderRequest request, AccountBook? book = null, int multiplier = 4, decimal price = 100m)
    {
        book ??= Account(100_000m);
        var instrument = Listing.Of(request.Symbol);
        var holdings = book.Positions.Select(position => (position, instrument, price));
        var figures = Margin.Of(book.Cash, book.HeldCash, holdings, multiplier);
        return OrderRules.Check(request, new OrderContext(instrument, price, new TopOfBook(price, price), book, figures, 200_000m))?.Message;
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

    private static AccountBook WithOpen(
        AccountBook book, Side side, decimal? limit, bool opens, OrderType? type = null, OrderClass orderClass = OrderClass.Simple)
    {
        book.Put(new Order
        {
            Id = Guid.CreateVersion7(Now), ClientOrderId = "open", Symbol = "SPY", Side = side, Type = type ?? (limit is null ? OrderType.Market : OrderType.Limit),
            Class = orderClass, TimeInForce = TimeInForce.Gtc, Status = OrderStatus.New, CreatedAt = Now, UpdatedAt = Now, SubmittedAt = Now, Quantity = 1m, LimitPrice = limit, Opens = opens,
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

    // Alpaca's matrix: resting orders down, new ones across. A buy comes; the resting sale and the new buy cross only at 110.
    [Theory]
    [InlineData(nameof(OrderType.Market), null)]
    [InlineData(nameof(OrderType.Stop), null)]
    [InlineData(nameof(OrderType.Limit), 110.0)]
    [InlineData(nameof(OrderType.StopLimit), 110.0)]
    public void Only_two_limits_that_do_not_cross_may_stand_against_each_other(string resting, double? sale)
    {
        var book = WithOpen(Account(100_000m, 10m), Side.Sell, (decimal?)sale, opens: false, Enum.Parse<OrderType>(resting));
        const string WashTrade = "potential wash trade detected. use complex orders";

        Assert.Equal(WashTrade, Refused(Buy(), book));
        Assert.Equal(WashTrade, Refused(Stop(Side.Buy, 105m), book));
        Assert.Equal(WashTrade, Refused(Buy(limit: 110m), book));
        Assert.Equal(WashTrade, Refused(Stop(Side.Buy, 105m, limit: 110m), book));
        Assert.Equal(sale is null ? WashTrade : null, Refused(Buy(limit: 109m), book));
        Assert.Equal(sale is null ? WashTrade : null, Refused(Stop(Side.Buy, 105m, limit: 109m), book));
        Assert.Null(Refused(Trailing(Side.Buy, 5m), book));
        Assert.Null(Refused(Bracket(), book));
    }

    [Fact]
    public void Complex_orders_and_trailing_stops_stand_in_nobodys_way()
    {
        Assert.Null(Refused(Buy(), WithOpen(Account(100_000m, 10m), Side.Sell, null, opens: false, OrderType.TrailingStop)));
        Assert.Null(Refused(Buy(), WithOpen(Account(100_000m, 10m), Side.Sell, 110m, opens: false, OrderType.Limit, OrderClass.Oco)));
    }

    [Fact]
    public void A_stop_lies_on_its_side_of_the_market()
    {
        Assert.Equal("stop price must be less than current price", Refused(Stop(Side.Sell, 100m)));
        Assert.Equal("stop price must be greater than current price", Refused(Stop(Side.Buy, 100m)));
        Assert.Equal("stop price must be less than current price", Refused(Stop(Side.Sell, 101m, limit: 90m)));
        Assert.Equal("trail_price must be less than current price", Refused(Trailing(Side.Sell, 100m)));
        Assert.Null(Refused(Stop(Side.Sell, 99.99m)));
        Assert.Null(Refused(Stop(Side.Buy, 100.01m)));
        Assert.Equal("invalid stop_price 99.001. sub-penny increment does not fulfill minimum pricing criteria", Refused(Stop(Side.Sell, 99.001m)));
    }

    [Fact]
    public void Fractions_are_for_simple_orders_of_divisible_stocks()
    {
        Assert.Equal("fractional orders must be simple orders", Refused(Bracket() with { Quantity = 1.5m }));
        Assert.Equal("fractional orders must be market, limit, stop or stop_limit orders", Refused(Trailing(Side.Buy, 1m) with { Quantity = 1.5m }));
        Assert.Null(Refused(Stop(Side.Buy, 105m) with { Quantity = 1.5m }));
    }

    [Fact]
    public void Stops_and_groups_last_a_day_or_longer()
    {
        Assert.Equal("stop orders must be DAY or GTC orders", Refused(Stop(Side.Buy, 105m) with { TimeInForce = TimeInForce.Ioc }));
        Assert.Equal("trailing_stop orders must be DAY or GTC orders", Refused(Trailing(Side.Buy, 5m) with { TimeInForce = TimeInForce.Fok }));
        Assert.Equal("bracket orders must be DAY or GTC orders", Refused(Bracket() with { TimeInForce = TimeInForce.Ioc }));
        Assert.Equal("extended hours order must be DAY or GTC limit orders", Refused(Bracket(limit: 99m) with { ExtendedHours = true }));
    }

    [Fact]
    public void Crypto_has_no_stops_without_a_limit_and_no_groups()
    {
        OrderRequest Crypto(OrderRequest request) => request with { Symbol = "BTC/USD", TimeInForce = TimeInForce.Gtc };

        Assert.Equal("invalid order type for crypto order", Refused(Crypto(Stop(Side.Buy, 105m))));
        Assert.Equal("invalid order type for crypto order", Refused(Crypto(Trailing(Side.Buy, 5m))));
        Assert.Equal("invalid crypto time_in_force", Refused(Crypto(Stop(Side.Buy, 105m, 106m)) with { TimeInForce = TimeInForce.Ioc }));
        Assert.Equal("crypto orders not allowed for advanced order_class: otoco", Refused(Crypto(Bracket())));
        Assert.Equal("crypto orders not allowed for advanced order_class: oco", Refused(Crypto(Oco())));
        Assert.Equal("crypto orders not allowed for advanced order_class: oto", Refused(Crypto(Bracket()) with { Class = OrderClass.Oto }));
        Assert.Null(Refused(Crypto(Stop(Side.Buy, 105m, 106m))));
    }

    [Fact]
    public void The_exits_of_a_group_lie_around_its_entry_and_the_market()
    {
        Assert.Null(Refused(Bracket()));
        Assert.Null(Refused(Bracket(Side.Sell, profit: 90m, loss: 110m)));
        Assert.Equal("take_profit.limit_price must be > stop_loss.stop_price", Refused(Bracket(profit: 90m, loss: 90m)));
        Assert.Equal("take_profit.limit_price must be < stop_loss.stop_price", Refused(Bracket(Side.Sell, profit: 110m, loss: 90m)));
        Assert.Equal("take_profit.limit_price must be >= base_price + 0.01", Refused(Bracket(profit: 100m)));
        Assert.Equal("take_profit.limit_price must be <= base_price - 0.01", Refused(Bracket(Side.Sell, profit: 100m, loss: 110m)));
        Assert.Equal("stop_loss.stop_price must be <= base_price - 0.01", Refused(Bracket(loss: 100m)));
        Assert.Equal("stop_loss.stop_price must be >= base_price + 0.01", Refused(Bracket(Side.Sell, profit: 90m, loss: 100m)));
        Assert.Equal("stop_loss.stop_price must be <= base_price - 0.01", Refused(Bracket(limit: 95m, loss: 95m)));
        Assert.Equal("invalid take_profit.limit_price 110.001. sub-penny increment does not fulfill minimum pricing criteria", Refused(Bracket(profit: 110.001m)));
        Assert.Equal("stop_loss.stop_price must be <= base_price - 0.01", Refused(Oco(loss: 100m), Account(100_000m, 10m)));
        Assert.Null(Refused(Oco(), Account(100_000m, 10m)));
    }

    [Fact]
    public void Entries_enter_exits_leave_and_the_client_may_say_what_it_means()
    {
        Assert.Equal("bracket orders must be entry orders", Refused(Bracket(Side.Sell, profit: 90m, loss: 110m), Account(100_000m, 10m)));
        Assert.Equal("oto orders must be entry orders", Refused(Bracket(Side.Sell, profit: 90m, loss: 110m) with { Class = OrderClass.Oto }, Account(100_000m, 10m)));
        Assert.Equal("oco orders must be exit orders", Refused(Oco()));
        Assert.Equal(
            "position intent mismatch, inferred: sell_to_open, specified: sell_to_close", Refused(Sell(1m) with { Intent = "sell_to_close" }));
        Assert.Null(Refused(Sell(1m) with { Intent = "sell_to_open" }));
        Assert.Null(Refused(Sell(1m) with { Intent = "sell_to_close" }, Account(100_000m, 10m)));
    }
}
