using System.Globalization;
using StratForge.Contracts.Market;

namespace StratForge.Alpaca.Tests;

public sealed class AlpacaDataClientTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 10, 8, 13, 30, 0, TimeSpan.Zero);

    private Venue _venue = null!;
    private AlpacaDataClient _client = null!;

    public async Task InitializeAsync()
    {
        _venue = await Venue.OpenAsync();
        _client = new AlpacaDataClient(_venue.Options(), TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _venue.DisposeAsync();
    }

    [Fact]
    public async Task Bars_are_read_page_by_page_until_there_is_no_token()
    {
        _venue.Answers = asked => new Answer(200, asked.Target.Contains("page_token=next", StringComparison.Ordinal)
            ? """{"bars":{"MSFT":[{"t":"2026-10-08T13:31:00Z","o":431.02,"h":431.2,"l":430.98,"c":431.11,"v":18422,"n":203,"vw":431.087}]},"next_page_token":null}"""
            : """{"bars":{"KO":[{"t":"2026-10-08T13:30:00Z","o":86.8,"h":86.9,"l":86.7,"c":86.88,"v":5100,"n":61,"vw":86.81}]},"next_page_token":"next"}""");

        var pages = await _client.ListBarsAsync(
            AssetClass.Stock, new AlpacaBarQuery(["KO", "MSFT"], Start, Start.AddMinutes(1)), CancellationToken.None).ToListAsync();

        Assert.Equal(["KO", "MSFT"], pages.Select(static page => page.Symbol));
        Assert.Equal(new AlpacaBar(Start.AddMinutes(1), 431.02m, 431.2m, 430.98m, 431.11m, 18422, 203, 431.087m), Assert.Single(pages[1].Bars));
        Assert.Equal(
            "/v2/stocks/bars?symbols=KO%2CMSFT&feed=iex&timeframe=1Min&start=2026-10-08T13%3A30%3A00Z&end=2026-10-08T13%3A31%3A00Z&limit=10000",
            _venue.Requests.First().Target);
    }

    [Fact]
    public async Task Crypto_has_its_own_paths_and_no_feed()
    {
        _venue.Answers = _ => new Answer(200, """
            {"bars":{"BTC/USD":[{"t":"2026-10-08T13:30:00Z","o":83412.55,"h":83412.55,"l":83400,"c":83400.005,"v":0.00410071,"n":0,"vw":0}]},"next_page_token":null}
            """);

        var (symbol, bars) = Assert.Single(await _client.ListBarsAsync(
            AssetClass.Crypto, new AlpacaBarQuery(["BTC/USD"], Start), CancellationToken.None).ToListAsync());

        Assert.Equal("BTC/USD", symbol);
        Assert.Equal("0.00410071", bars[0].Volume.ToString(CultureInfo.InvariantCulture));
        Assert.StartsWith("/v1beta3/crypto/us/bars?symbols=BTC%2FUSD&timeframe=1Min&start=", Assert.Single(_venue.Requests).Target, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"bars":{},"next_page_token":null}""")]
    [InlineData("""{"bars":null,"next_page_token":null}""")]
    [InlineData("""{"bars":{"KO":null}}""")]
    public async Task No_bars_are_an_empty_list(string body)
    {
        _venue.Answers = _ => new Answer(200, body);

        Assert.Empty(await _client.ListBarsAsync(AssetClass.Stock, new AlpacaBarQuery(["KO"], Start), CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task A_token_that_leads_nowhere_ends_the_list()
    {
        _venue.Answers = _ => new Answer(200, """{"bars":{},"next_page_token":"again"}""");

        Assert.Empty(await _client.ListBarsAsync(AssetClass.Stock, new AlpacaBarQuery(["KO"], Start), CancellationToken.None).ToListAsync());
        Assert.Equal(2, _venue.Requests.Count);
    }

    [Fact]
    public async Task The_last_price_of_each_symbol_comes_from_the_latest_calls()
    {
        _venue.Answers = asked => new Answer(200, asked.Target.Split('?')[0] switch
        {
            "/v2/stocks/quotes/latest" => """{"quotes":{"KO":{"t":"2026-10-08T13:30:00.5Z","ax":"V","ap":86.9,"as":200,"bx":"V","bp":86.88,"bs":100,"c":["R"],"z":"A"}}}""",
            "/v2/stocks/trades/latest" => """{"trades":{"KO":{"t":"2026-10-08T13:30:00.4Z","x":"V","p":86.885,"s":25,"c":["@"],"i":52983525029461,"z":"A"}}}""",
            "/v1beta3/crypto/us/latest/bars" => """{"bars":{"BTC/USD":{"t":"2026-10-08T13:29:00Z","o":1,"h":2,"l":1,"c":2,"v":0,"n":0,"vw":0}}}""",
            _ => """{"message":"?"}""",
        });

        var quotes = await _client.GetLatestQuotesAsync(AssetClass.Stock, ["KO"], CancellationToken.None);
        var trades = await _client.GetLatestTradesAsync(AssetClass.Stock, ["KO"], CancellationToken.None);
        var bars = await _client.GetLatestBarsAsync(AssetClass.Crypto, ["BTC/USD"], CancellationToken.None);

        Assert.Equal(86.88m, quotes["KO"].BidPrice);
        Assert.Equal(200m, quotes["KO"].AskSize);
        Assert.Equal(52983525029461, trades["KO"].Id);
        Assert.Equal(2m, bars["BTC/USD"].Close);
    }

    [Fact]
    public async Task A_refusal_of_the_data_service_has_a_text_but_no_code()
    {
        _venue.Answers = _ => new Answer(400, """{"message":"invalid symbol: BTCUSD does not match ^[A-Z]+x?/[A-Z]+$"}""");

        var refused = await Assert.ThrowsAsync<AlpacaException>(() =>
            _client.GetLatestQuotesAsync(AssetClass.Crypto, ["BTCUSD"], CancellationToken.None));

        Assert.Null(refused.Error!.Code);
        Assert.StartsWith("invalid symbol", refused.Error.Message, StringComparison.Ordinal);
    }
}
