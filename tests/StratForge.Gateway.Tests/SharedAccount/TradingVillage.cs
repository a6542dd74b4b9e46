using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.SharedAccount;

/// <summary>Tests of whole villages run alone: they have the machine's processes and clocks to share.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneVillage
{
    public const string Name = "one village";
}

/// <summary>The real processes around one account: an exchange that judges like Alpaca, an ingestor that brings its prices, and as many gateways as
/// a test starts, on one database and one bus.</summary>
internal sealed class TradingVillage : IAsyncDisposable
{
    /// <summary>What everybody trades; it swings by one percent around 100 USD, once in eight seconds.</summary>
    public const string Symbol = "SPY";

    /// <summary>What only a test itself trades, at the exchange.</summary>
    public const string Aside = "TSLA";

    private const string Key = "PKTEST";
    private const string Secret = "hush";
    private const string AdminKey = "the keeper of the counts";
    private const int Minutes = 600;
    private const int SwingsEvery = 8;

    private static readonly DateTimeOffset Opening = new(2013, 10, 4, 13, 30, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("village-");
    private readonly List<ServiceProcess> _processes = [];
    private readonly HttpClient _admin = new();
    private int _requestsPerMinute;

    private TradingVillage()
    {
    }

    public FreshDatabase Database { get; } = new();

    public FreshRedis Redis { get; } = new();

    /// <summary>The exchange, spoken to past the gateways with the account's own credentials.</summary>
    public HttpClient Exchange { get; } = new();

    /// <summary>Starts the exchange.</summary>
    /// <param name="requestsPerMinute">How often it may be asked; 0 is no limit.</param>
    public static async Task<TradingVillage> OpenAsync(int requestsPerMinute)
    {
        var village = new TradingVillage { _requestsPerMinute = requestsPerMinute };
        await Task.WhenAll(village.Database.InitializeAsync(), village.Redis.InitializeAsync());
        var exchange = await village.StartAsync("StratForge.SimulatedExchange", new()
        {
            ["Exchange__ApiKey"] = Key,
            ["Exchange__SecretKey"] = Secret,
            ["Exchange__AdminKey"] = AdminKey,
            ["Exchange__Replay"] = village.WriteBars(),
            ["Exchange__SpreadBps"] = "2",
            ["Exchange__PartialFillProbability"] = "0.1",
            ["Exchange__StartingCash"] = "10000000",
            ["Exchange__RequestsPerMinute"] = village._requestsPerMinute.ToString(CultureInfo.InvariantCulture),
        });
        village.Exchange.BaseAddress = village._admin.BaseAddress = exchange.Address;
        village.Exchange.DefaultRequestHeaders.Add("APCA-API-KEY-ID", Key);
        village.Exchange.DefaultRequestHeaders.Add("APCA-API-SECRET-KEY", Secret);
        village._admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
        return village;
    }

    /// <summary>Starts the ingestor.</summary>
    public Task StartIngestorAsync() => StartAsync("StratForge.Ingestor", new(AtBroker()) { ["SYMBOLS"] = Symbol });

    /// <summary>Starts a gateway.</summary>
    public Task<ServiceProcess> StartGatewayAsync()
    {
        var internalPort = Ports.Free().ToString(CultureInfo.InvariantCulture);
        return StartAsync("StratForge.Gateway", new(AtBroker())
        {
            ["INTERNAL_PORT"] = internalPort,
            ["Internal__Key"] = RunningGateway.ServiceKey,
            ["Jwt__Secret"] = "a secret of thirty-two bytes or more, for the tests only",
            ["RateLimits__AuthPerMinute"] = "100000",
            ["RateLimits__UserPerSecond"] = "100000",
            ["RateLimits__AddressPerSecond"] = "100000",
        });
    }

    /// <summary>Someone who runs the platform.</summary>
    public async Task<Client> NewAdminAsync(Uri gateway)
    {
        var admin = await Client.RegisterAsync(gateway, "admin");
        await admin.BecomeAdminAsync(Database);
        return admin;
    }

    /// <summary>Waits until a gateway knows a price of the symbol that everybody trades.</summary>
    public static Task<JsonElement> WaitForQuotesAsync(Client user) => Eventually.BecomesAsync(
        () => user.GetAsync($"/api/market-data/quotes/latest?symbols={Symbol}"),
        quotes => quotes.GetProperty("items") is var items && items.GetArrayLength() == 1 && items[0].GetProperty("askPrice").ValueKind == JsonValueKind.String);

    /// <summary>Where the gateway that keeps the books is reached.</summary>
    public Task<string?> LeaderAsync() => Database.ValueAsync<string>("select address from trading_leader");

    /// <summary>Sends an order to the exchange past the gateways.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> SubmitAsync(object order)
    {
        using var answer = await Exchange.PostAsJsonAsync("/v2/orders", order);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    public async Task<JsonElement> AskExchangeAsync(string path) => await Exchange.GetFromJsonAsync<JsonElement>(path);

    /// <summary>How often the exchange gave an answer, by method, route and status.</summary>
    public async Task<Dictionary<(string Method, string Route, int Status), long>> CountAnswersAsync() =>
        (await _admin.GetFromJsonAsync<JsonElement>("/admin/requests")).EnumerateArray().ToDictionary(
            count => (count.GetProperty("method").GetString()!, count.GetProperty("route").GetString()!, count.GetProperty("status").GetInt32()),
            count => count.GetProperty("count").GetInt64());

    /// <summary>Has the exchange book something by itself.</summary>
    public async Task BookAsync(object entry)
    {
        using var answer = await _admin.PostAsJsonAsync("/admin/activities", entry);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>What the services said last, for whoever has to look.</summary>
    public string Said => string.Join("\n----\n", _processes.Select(process => process.Said));

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes.AsEnumerable().Reverse())
        {
            process.Dispose();
        }

        Exchange.Dispose();
        _admin.Dispose();
        await Redis.DisposeAsync();
        await Database.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task<ServiceProcess> StartAsync(string service, Dictionary<string, string> environment)
    {
        var process = await ServiceProcess.StartAsync(service, environment);
        _processes.Add(process);
        return process;
    }

    private Dictionary<string, string> AtBroker()
    {
        var exchange = _admin.BaseAddress!.ToString();
        return new()
        {
            ["ConnectionStrings__stratforge"] = Database.ConnectionString,
            ["ConnectionStrings__redis"] = Redis.ConnectionString,
            ["Broker__ApiKey"] = Key,
            ["Broker__SecretKey"] = Secret,
            ["Broker__TradingUrl"] = exchange,
            ["Broker__DataUrl"] = exchange,
            ["Broker__DataStreamUrl"] = exchange,
            ["Broker__RequestsPerMinute"] = _requestsPerMinute.ToString(CultureInfo.InvariantCulture),
        };
    }

    private string WriteBars()
    {
        var path = Path.Combine(_folder.FullName, "bars.csv");
        File.WriteAllLines(path,
        [
            "symbol,timestamp,open,high,low,close,volume",
            .. Enumerable.Range(0, Minutes).SelectMany(static minute => new[] { Bar(Symbol, minute), Bar(Aside, minute) }),
        ]);
        return path;
    }

    private static string Bar(string symbol, int minute)
    {
        var (open, close) = (PriceAt(minute), PriceAt(minute + 1));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{symbol},{Opening.AddMinutes(minute):yyyy-MM-ddTHH:mm:ssZ},{open},{decimal.Max(open, close) + 0.05m},{decimal.Min(open, close) - 0.05m},{close},10000");
    }

    // Up for half of a swing, down for the other.
    private static decimal PriceAt(int minute)
    {
        var step = minute % SwingsEvery;
        return 99m + (0.5m * (step <= SwingsEvery / 2 ? step : SwingsEvery - step));
    }
}
