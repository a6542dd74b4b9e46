using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Market;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Reconciliation;

/// <summary>A gateway on stores of its own, trading at a venue that keeps an account, with someone who runs it.</summary>
internal sealed class TradingPlatform : IAsyncDisposable
{
    private readonly Alarms _alarms = new(".Reconciliation.");

    public static readonly DateTimeOffset Now = new(2024, 3, 5, 15, 0, 0, TimeSpan.Zero);

    public FreshDatabase Database { get; } = new();

    public FreshRedis Redis { get; } = new();

    public AccountVenue Venue { get; } = new();

    public RunningGateway Gateway { get; private set; } = null!;

    public Client Admin { get; private set; } = null!;

    /// <summary>Lines that were logged as errors about books and broker.</summary>
    public IReadOnlyCollection<string> Raised => [.. _alarms.Lines];

    /// <summary>Starts one.</summary>
    /// <param name="before">What the account holds before the platform: asset and amount.</param>
    public static async Task<TradingPlatform> StartAsync(params (string Asset, decimal Amount)[] before)
    {
        var platform = new TradingPlatform();
        foreach (var (asset, amount) in before)
        {
            platform.Venue.Put(asset, amount);
        }

        await Task.WhenAll(platform.Database.InitializeAsync(), platform.Redis.InitializeAsync());
        platform.Gateway = await RunningGateway.StartAsync(platform.Database, platform.Redis, services =>
        {
            services.RemoveAll<IBroker>();
            services.AddSingleton<IBroker>(platform.Venue);
            services.RemoveAll<IAccountHistory>();
            services.AddSingleton<IAccountHistory>(platform.Venue);
            services.AddSingleton<ILoggerProvider>(platform._alarms);
        });
        platform.Admin = await platform.Gateway.NewAdminAsync(platform.Database);
        await Eventually.BecomesAsync(
            () => platform.Admin.GetAsync("/api/admin/reconciliation"), report => report.GetProperty("checkedAt").ValueKind != JsonValueKind.Null);
        return platform;
    }

    /// <summary>Makes a price known.</summary>
    public void Price(string symbol, decimal price) => Gateway.Services.GetRequiredService<LastPrices>().Note(new LastPrice(symbol, price, Now));

    /// <summary>Buys or sells at a price, and waits until that is booked.</summary>
    public async Task<Guid> TradeAsync(Client user, string symbol, string side, decimal quantity, decimal price)
    {
        Venue.FillsAt = price;
        var order = await PlaceAsync(user, symbol, side, quantity, price);
        await Eventually.BecomesAsync(
            () => user.GetAsync($"/trade/orders/{order}"), state => state.GetProperty("status").GetString() == "filled");
        return order;
    }

    /// <summary>Places a limit order.</summary>
    public async Task<Guid> PlaceAsync(Client user, string symbol, string side, decimal quantity, decimal limit)
    {
        Price(symbol, limit);
        return (await user.PostForAsync("/trade/orders", new { symbol, qty = quantity, side, type = "limit", limit_price = limit, time_in_force = "gtc" }))
            .GetProperty("id").GetGuid();
    }

    /// <summary>Compares now; the report by asset.</summary>
    public async Task<Dictionary<string, JsonElement>> CheckAsync() => ByAsset(await Admin.PostForAsync("/api/admin/reconciliation/check"));

    /// <summary>Entries of the history, newest first.</summary>
    public Task<List<JsonElement>> HistoryAsync() => Admin.ListAsync("/api/admin/reconciliation/history");

    public static Dictionary<string, JsonElement> ByAsset(JsonElement report) =>
        report.GetProperty("assets").EnumerateArray().ToDictionary(asset => asset.GetProperty("asset").GetString()!, StringComparer.Ordinal);

    public async ValueTask DisposeAsync()
    {
        if (Gateway is not null)
        {
            await Gateway.DisposeAsync();
        }

        await Database.DisposeAsync();
        await Redis.DisposeAsync();
    }
}
