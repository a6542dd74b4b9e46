using System.Globalization;
using System.Text.Json;
using StratForge.Alpaca;

namespace StratForge.Gateway.Tests.Reconciliation;

/// <summary>What the venue books in the account by itself finds its owners, once, and leaves no drift.</summary>
public sealed class VenueBookingTests : IAsyncLifetime
{
    private static readonly DateOnly s_day = new(2024, 3, 5);

    private TradingPlatform _platform = null!;
    private int _entries;

    public async Task InitializeAsync() => _platform = await TradingPlatform.StartAsync(("USD", 1_000_000));

    public async Task DisposeAsync() => await _platform.DisposeAsync();

    [Fact]
    public async Task Fees_on_sales_are_paid_by_those_who_sold_by_what_they_brought_or_by_units()
    {
        var (one, other, buyer) = (await _platform.Gateway.NewUserAsync(), await _platform.Gateway.NewUserAsync(), await _platform.Gateway.NewUserAsync());
        await SellAsync(one, "AAPL", 30, 100);
        await SellAsync(other, "SPY", 10, 400);
        await _platform.TradeAsync(buyer, "AAPL", "buy", 5, 100);
        var before = (await CashAsync(one), await CashAsync(other), await CashAsync(buyer));

        _platform.Venue.Book(Entry("FEE", -0.70m, description: "REG fee for proceed of $7000.00 on 2024-03-05"));
        _platform.Venue.Book(Entry("FEE", -0.04m, description: "TAF fee for proceed of 40 shares (2 trades) on 2024-03-05"));
        await CheckAsync();

        Assert.Equal(
            (before.Item1 - 0.30m - 0.03m, before.Item2 - 0.40m - 0.01m, before.Item3), (await CashAsync(one), await CashAsync(other), await CashAsync(buyer)));
        var statement = await one.GetAsync("/api/statements");
        Assert.Equal("0.33", Assert.Single(statement.GetProperty("fees").EnumerateArray()).GetProperty("amount").GetString());
        Assert.True(statement.GetProperty("check").GetProperty("matches").GetBoolean());
    }

    [Fact]
    public async Task An_entry_is_booked_once_however_often_it_is_read()
    {
        var user = await _platform.Gateway.NewUserAsync();
        await SellAsync(user, "AAPL", 30, 100);
        var before = await CashAsync(user);
        _platform.Venue.Book(Entry("FEE", -0.70m));

        await CheckAsync();
        await Task.WhenAll(CheckAsync(), CheckAsync());

        Assert.Equal(before - 0.70m, await CashAsync(user));
        Assert.Equal(1, await _platform.Database.ValueAsync<long>("select count(*) from venue_bookings"));
    }

    [Fact]
    public async Task A_dividend_is_paid_to_those_who_held_when_its_day_began()
    {
        var (one, other, late) = (await _platform.Gateway.NewUserAsync(), await _platform.Gateway.NewUserAsync(), await _platform.Gateway.NewUserAsync());
        await _platform.TradeAsync(one, "AAPL", "buy", 10, 100);
        await _platform.TradeAsync(other, "AAPL", "buy", 30, 100);
        var before = (await CashAsync(one), await CashAsync(other));

        // On the day of the trades nobody held anything when it began.
        _platform.Venue.Book(Entry("DIV", 4m, "AAPL", 40));
        await CheckAsync();
        Assert.Equal(before, (await CashAsync(one), await CashAsync(other)));

        _platform.Venue.Book(Entry("DIV", 8.02m, "AAPL", 40, s_day.AddDays(1)));
        _platform.Venue.Book(Entry("DIVNRA", -0.80m, "AAPL", 40, s_day.AddDays(1)));
        await CheckAsync();

        Assert.Equal((before.Item1 + 2.00m - 0.20m, before.Item2 + 6.01m - 0.60m), (await CashAsync(one), await CashAsync(other)));
        Assert.Equal(100_000m, await CashAsync(late));
        Assert.Equal("1.8", (await one.GetAsync("/api/statements")).GetProperty("dividends").GetString());
        Assert.Contains("dividend", (await one.ListAsync("/api/ledger", 100)).Select(entry => entry.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task A_fee_in_coins_that_the_fills_have_paid_moves_nothing_and_one_by_another_schedule_corrects_them()
    {
        var user = await _platform.Gateway.NewUserAsync();
        await _platform.TradeAsync(user, "BTC/USD", "buy", 1, 40_000);
        Assert.Equal("0.9975", await UnitsAsync(user));

        // 22 basis points in the end, where the fill was charged 25.
        _platform.Venue.Book(Entry("CFEE", 0, "BTCUSD", -0.0010m));
        _platform.Venue.Book(Entry("CFEE", 0, "BTCUSD", -0.0012m));
        await CheckAsync();
        Assert.Equal("0.9975", await UnitsAsync(user));

        _platform.Venue.Put("BTC/USD", 0.0003m);
        _platform.Venue.Date = s_day.AddDays(1);
        await CheckAsync();
        Assert.Equal("0.9978", await UnitsAsync(user));

        // One that comes late is on top of it.
        _platform.Venue.Book(Entry("CFEE", 0, "BTCUSD", -0.0001m), units: -0.0001m);
        await CheckAsync();
        Assert.Equal("0.9977", await UnitsAsync(user));
    }

    [Fact]
    public async Task Interest_is_the_houses_and_so_is_a_fee_that_nobody_caused()
    {
        var user = await _platform.Gateway.NewUserAsync();

        _platform.Venue.Book(Entry("INT", 12.34m));
        _platform.Venue.Book(Entry("FEE", -0.34m));
        _platform.Venue.Book(Entry("INT", 1m) with { Status = "canceled", NetAmount = null });
        var assets = await CheckAsync();

        // 1,000,000 less what the user and the admin were given.
        Assert.Equal("800012", assets["USD"].GetProperty("madeUpOf").GetProperty("house").GetString());
        Assert.Equal(100_000m, await CashAsync(user));
    }

    private async Task<Dictionary<string, JsonElement>> CheckAsync()
    {
        var assets = await _platform.CheckAsync();
        Assert.All(assets.Values, asset => Assert.Equal("matches", asset.GetProperty("status").GetString()));
        Assert.Empty(_platform.Raised);
        return assets;
    }

    private async Task SellAsync(Client user, string symbol, decimal quantity, decimal price)
    {
        await _platform.TradeAsync(user, symbol, "buy", quantity, price);
        await _platform.TradeAsync(user, symbol, "sell", quantity, price);
    }

    private static async Task<decimal> CashAsync(Client user) =>
        decimal.Parse((await user.GetAsync("/api/portfolio")).GetProperty("cash").GetString()!, CultureInfo.InvariantCulture);

    private static async Task<string?> UnitsAsync(Client user) =>
        Assert.Single((await user.GetAsync("/api/positions")).GetProperty("items").EnumerateArray()).GetProperty("quantity").GetString();

    private AlpacaActivity Entry(string type, decimal net, string? symbol = null, decimal? quantity = null, DateOnly? date = null, string? description = null) => new()
    {
        Id = $"20240305160000000::019a0000-0000-7000-8000-{++_entries:d12}",
        ActivityType = type,
        Date = date ?? s_day,
        NetAmount = net,
        Symbol = symbol,
        Qty = quantity,
        Description = description,
        Status = "executed",
    };
}
