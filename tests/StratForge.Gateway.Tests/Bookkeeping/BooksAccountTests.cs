using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Market;
using StratForge.Gateway.Tests.Reconciliation;
using StratForge.Gateway.Tests.SharedAccount;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Bookkeeping;

/// <summary>Books belong to one account at the broker, and a gateway that trades on another leaves them alone.</summary>
[Collection(OneVillage.Name)]
public sealed class BooksAccountTests(FreshRedis redis) : IClassFixture<FreshRedis>, IAsyncLifetime
{
    private const string Key = "PKTEST";
    private const string Secret = "hush";

    private readonly FreshDatabase _database = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("accounts-");
    private readonly Alarms _alarms = new(".BooksAccount");
    private ServiceProcess? _exchange;

    public Task InitializeAsync() => _database.InitializeAsync();

    public async Task DisposeAsync()
    {
        _exchange?.Dispose();
        await _database.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task An_exchange_that_lost_its_data_gets_no_orders_until_somebody_accepts_its_account()
    {
        await OpenExchangeAsync();
        var before = await NumberAsync();
        await using (var gateway = await StartGatewayAsync())
        {
            await TradeAsync(await Client.RegisterAsync(gateway.Address, "ada"));
        }

        // Its data folder is its account: a restart changes nothing.
        await OpenExchangeAsync();
        Assert.Equal(before, await NumberAsync());
        await using (var gateway = await StartGatewayAsync())
        {
            await TradeAsync(await Client.RegisterAsync(gateway.Address, "bea"));
        }

        await OpenExchangeAsync(isNew: true);
        var after = await NumberAsync();
        Assert.NotEqual(before, after);
        await using (var gateway = await StartGatewayAsync())
        {
            var user = await Client.RegisterAsync(gateway.Address, "cyd");
            await RefusedAsync(gateway, user, "broker-account-differs");
            Assert.Empty((await user.GetAsync("/api/positions")).GetProperty("items").EnumerateArray());
            var alarm = Assert.Single(_alarms.Lines);
            Assert.Contains($"account {before}", alarm, StringComparison.Ordinal);
            Assert.Contains("data folder was deleted", alarm, StringComparison.Ordinal);
            Assert.Contains($"Broker__AcceptAccount={after}", alarm, StringComparison.Ordinal);
        }

        Assert.Empty((await AskExchangeAsync("/v2/orders?status=all")).EnumerateArray());
        await using (var gateway = await StartGatewayAsync($"Broker:AcceptAccount={before}"))
        {
            // That is not the account it is at.
            await RefusedAsync(gateway, await Client.RegisterAsync(gateway.Address, "dov"), "broker-account-differs");
        }

        await using (var gateway = await StartGatewayAsync($"Broker:AcceptAccount={after}"))
        {
            await TradeAsync(await Client.RegisterAsync(gateway.Address, "eve"));
        }

        Assert.Equal([before, after], await _database.ValueAsync<string[]>("select array_agg(account_number order by seq) from books_accounts") ?? []);
    }

    [Fact]
    public async Task A_gateway_stops_keeping_the_books_when_another_account_stands_at_the_address_of_theirs()
    {
        await OpenExchangeAsync();
        await using var gateway = await StartGatewayAsync();
        var user = await Client.RegisterAsync(gateway.Address, "ada");
        await TradeAsync(user);

        await OpenExchangeAsync(isNew: true);

        await RefusedAsync(gateway, user, "broker-account-differs");
        Assert.Empty((await AskExchangeAsync("/v2/orders?status=all")).EnumerateArray());
    }

    [Fact]
    public async Task Books_from_before_accounts_were_noted_become_those_of_an_account_that_knows_their_orders_and_of_no_other()
    {
        await OpenExchangeAsync();
        await using (var gateway = await StartGatewayAsync())
        {
            await TradeAsync(await Client.RegisterAsync(gateway.Address, "ada"));
        }

        await _database.ExecuteAsync("truncate books_accounts");
        await using (var gateway = await StartGatewayAsync())
        {
            await TradeAsync(await Client.RegisterAsync(gateway.Address, "bea"));
            Assert.Equal(await NumberAsync(), await _database.ValueAsync<string>("select account_number from books_accounts"));
        }

        await _database.ExecuteAsync("truncate books_accounts");
        await OpenExchangeAsync(isNew: true);
        await using (var gateway = await StartGatewayAsync())
        {
            await RefusedAsync(gateway, await Client.RegisterAsync(gateway.Address, "cyd"), "broker-account-unproven");
            Assert.Equal(0, await _database.ValueAsync<long>("select count(*) from books_accounts"));
        }
    }

    [Fact]
    public async Task Orders_are_taken_while_the_broker_is_away_and_none_of_them_reaches_another_account()
    {
        var venue = new AccountVenue();
        await using (var gateway = await StartGatewayAsync(venue))
        {
            await Eventually.BecomesAsync(() => _database.ValueAsync<long>("select count(*) from books_accounts"), rows => rows == 1);
        }

        venue.IsAway = true;
        await using (var gateway = await StartGatewayAsync(venue))
        {
            var user = await Client.RegisterAsync(gateway.Address, "ada");
            gateway.Services.GetRequiredService<LastPrices>().Note(new LastPrice("SPY", 100, TradingPlatform.Now));
            await user.PostForAsync("/trade/orders", new { symbol = "SPY", qty = 1, side = "buy", type = "limit", limit_price = 100, time_in_force = "gtc" });
            await Eventually.BecomesAsync(() => _database.ValueAsync<long>("select count(*) from broker_orders"), orders => orders == 1);

            venue.AccountId = Guid.Empty;
            venue.IsAway = false;

            await RefusedAsync(gateway, user, "broker-account-differs");
        }

        Assert.Empty(await venue.ListOpenAsync(CancellationToken.None));
        venue.AccountId = Guid.AllBitsSet;
        await using (var gateway = await StartGatewayAsync(venue))
        {
            await Eventually.BecomesAsync(() => venue.ListOpenAsync(CancellationToken.None), orders => orders.Count == 1);
        }
    }

    private static async Task RefusedAsync(RunningGateway gateway, Client user, string code)
    {
        await Eventually.BecomesAsync(
            async () =>
            {
                using var answer = await user.PostAsync("/trade/orders", new { symbol = "SPY", qty = 1, side = "sell", type = "market", time_in_force = "day" });
                return $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
            },
            answer => answer.StartsWith("503 ", StringComparison.Ordinal) && answer.Contains($"\"{code}\"", StringComparison.Ordinal));
        var broker = (await gateway.Anyone().GetAsync("/health")).GetProperty("broker");
        Assert.Equal(("Degraded", code), (broker.GetProperty("status").GetString(), broker.GetProperty("code").GetString()));
    }

    private static async Task TradeAsync(Client user)
    {
        var placed = await Eventually.BecomesAsync(
            async () =>
            {
                using var answer = await user.PostAsync("/trade/orders", new { symbol = "SPY", qty = 1, side = "buy", type = "market", time_in_force = "day" });
                return (IsTaken: answer.IsSuccessStatusCode, Text: await answer.Content.ReadAsStringAsync());
            },
            answer => answer.IsTaken);
        var id = JsonElement.Parse(placed.Text).GetProperty("id").GetString();
        await Eventually.BecomesAsync(() => user.GetAsync($"/trade/orders/{id}"), order => order.GetProperty("status").GetString() == "filled");
    }

    /// <summary>Opens the exchange, where it was before if there was one.</summary>
    private async Task OpenExchangeAsync(bool isNew = false)
    {
        if (_exchange is not null)
        {
            await _exchange.KillAsync();
        }

        if (isNew)
        {
            _folder.Delete(recursive: true);
        }

        var exchange = await ServiceProcess.StartAsync(
            "StratForge.SimulatedExchange",
            new()
            {
                ["Exchange__ApiKey"] = Key,
                ["Exchange__SecretKey"] = Secret,
                ["Exchange__DataDirectory"] = _folder.FullName,
            },
            _exchange?.Address);
        _exchange?.Dispose();
        _exchange = exchange;
    }

    private async Task<string> NumberAsync() => (await AskExchangeAsync("/v2/account")).GetProperty("account_number").GetString()!;

    private async Task<JsonElement> AskExchangeAsync(string path)
    {
        using var http = new HttpClient { BaseAddress = _exchange!.Address };
        http.DefaultRequestHeaders.Add("APCA-API-KEY-ID", Key);
        http.DefaultRequestHeaders.Add("APCA-API-SECRET-KEY", Secret);
        return await http.GetFromJsonAsync<JsonElement>(path);
    }

    private Task<RunningGateway> StartGatewayAsync(params string[] settings)
    {
        var address = _exchange!.Address;
        return StartGatewayAsync(
            services => services.AddSingleton<IBroker, AlpacaBroker>().AddSingleton<IAccountHistory, AlpacaHistory>(),
            [
                $"Broker:ApiKey={Key}", $"Broker:SecretKey={Secret}", $"Broker:TradingUrl={address}", $"Broker:DataUrl={address}", $"Broker:DataStreamUrl={address}",
                .. settings,
            ]);
    }

    private Task<RunningGateway> StartGatewayAsync(AccountVenue venue) =>
        StartGatewayAsync(services => services.AddSingleton<IBroker>(venue).AddSingleton<IAccountHistory>(venue), []);

    private Task<RunningGateway> StartGatewayAsync(Action<IServiceCollection> trade, string[] settings) => RunningGateway.StartAsync(
        _database,
        redis,
        services =>
        {
            services.RemoveAll<IBroker>();
            services.RemoveAll<IAccountHistory>();
            trade(services);
            services.AddSingleton<ILoggerProvider>(_alarms);
        },
        settings);
}
