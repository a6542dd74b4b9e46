using System.Net;
using StratForge.SimulatedExchange.Tests.Streams;

namespace StratForge.SimulatedExchange.Tests.Market;

/// <summary>What Alpaca's free accounts may not see.</summary>
public sealed class BasicPlanTests
{
    private static Task<RunningExchange> StartAsync() => RunningExchange.StartAsync(("Plan", "basic"));

    [Fact]
    public async Task Consolidated_history_ends_a_quarter_of_an_hour_ago()
    {
        await using var exchange = await StartAsync();
        exchange.Pass(TimeSpan.FromMinutes(1));
        var now = DateTimeOffset.Parse((await exchange.GetAsync("/v2/clock"))["timestamp"].GetString()!, System.Globalization.CultureInfo.InvariantCulture).ToUniversalTime();
        var (start, recent) = ($"{now.AddMinutes(-30):yyyy-MM-ddTHH:mm:ssZ}", $"{now.AddMinutes(-5):yyyy-MM-ddTHH:mm:ssZ}");

        var denied = await exchange.GetAsync($"/v2/stocks/bars?symbols=SPY&timeframe=1Min&start={start}&end={recent}");
        var late = await exchange.GetAsync($"/v2/stocks/bars?symbols=SPY&timeframe=1Min&start={start}");
        var own = await exchange.GetAsync($"/v2/stocks/bars?symbols=SPY&timeframe=1Min&start={start}&end={recent}&feed=iex");

        Assert.Equal((HttpStatusCode.Forbidden, "subscription does not permit querying recent SIP data"), (denied.Status, denied.Message));
        Assert.InRange(late["bars"].GetProperty("SPY").GetArrayLength(), 14, 16);
        Assert.InRange(own["bars"].GetProperty("SPY").GetArrayLength(), 24, 26);
        Assert.Equal(HttpStatusCode.OK, (await exchange.GetAsync("/v2/stocks/trades/latest?symbols=SPY")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await exchange.GetAsync("/v2/stocks/snapshots?symbols=SPY&feed=sip")).Status);
    }

    [Fact]
    public async Task The_consolidated_stream_is_not_part_of_it()
    {
        await using var exchange = await StartAsync();
        using var client = await StreamClient.ConnectAsync(exchange, "/v2/sip");
        await client.TextAsync();

        await client.SendAsync(StreamClient.Authentication);

        Assert.Equal("""[{"T":"error","code":409,"msg":"insufficient subscription"}]""", await client.TextAsync());
    }

    [Fact]
    public async Task Thirty_streams_of_prices_are_the_most()
    {
        await using var exchange = await StartAsync();
        using var client = await StreamClient.OnDataAsync(exchange, "/v2/iex");
        var thirty = string.Join(',', Enumerable.Range(0, 30).Select(index => $"\"S{(char)('A' + (index / 26))}{(char)('A' + (index % 26))}\""));

        await client.SendAsync($$"""{"action":"subscribe","trades":[{{thirty}}],"bars":["*"]}""");
        var state = (await client.JsonAsync())[0];
        await client.SendAsync("""{"action":"subscribe","quotes":["AAPL"]}""");
        var refused = await client.TextAsync();
        await client.SendAsync("""{"action":"unsubscribe","trades":["SAA"]}""");
        await client.JsonAsync();
        await client.SendAsync("""{"action":"subscribe","quotes":["AAPL"]}""");

        Assert.Equal(30, state.GetProperty("trades").GetArrayLength());
        Assert.Equal("""[{"T":"error","code":405,"msg":"symbol limit exceeded"}]""", refused);
        Assert.Equal(1, (await client.JsonAsync())[0].GetProperty("quotes").GetArrayLength());
    }
}
