using System.Net;
using System.Text;

namespace StratForge.SimulatedExchange.Tests.Protocol;

public sealed class FrontDoorTests
{
    private static string Basic(string pair) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));

    [Fact]
    public async Task Only_the_right_pair_opens_the_account()
    {
        await using var exchange = await RunningExchange.StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await exchange.GetAsync("/v2/account")).Status);
        Assert.Equal(HttpStatusCode.OK, (await exchange.SendBareAsync("/v2/account", ("Authorization", Basic($"{RunningExchange.Key}:{RunningExchange.Secret}")))).Status);
        foreach (var headers in ((string, string)[][])
        [
            [],
            [("APCA-API-KEY-ID", RunningExchange.Key)],
            [("APCA-API-KEY-ID", RunningExchange.Key), ("APCA-API-SECRET-KEY", "wrong")],
            [("Authorization", Basic("nobody:nothing"))],
            [("Authorization", "Bearer abc")],
        ])
        {
            var refused = await exchange.SendBareAsync("/v2/account", headers);
            Assert.Equal((HttpStatusCode.Unauthorized, """{"message":"unauthorized."}"""), (refused.Status, refused.Text));
        }
    }

    [Fact]
    public async Task Asking_for_an_upgrade_opens_no_other_door()
    {
        await using var exchange = await RunningExchange.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(exchange.Address, "/v2/account"));
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.ParseAdd("websocket");
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        using var stranger = new HttpClient();

        using var response = await stranger.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Crypto_history_is_public_but_not_to_a_wrong_key()
    {
        await using var exchange = await RunningExchange.StartAsync();
        const string Path = "/v1beta3/crypto/us/latest/quotes?symbols=BTC/USD";

        Assert.Equal(HttpStatusCode.OK, (await exchange.SendBareAsync(Path)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await exchange.SendBareAsync(Path, ("APCA-API-KEY-ID", "PKOTHER"), ("APCA-API-SECRET-KEY", "x"))).Status);
    }

    [Fact]
    public async Task A_page_may_ask_what_it_may_send_before_it_shows_credentials()
    {
        await using var exchange = await RunningExchange.StartAsync();
        using var stranger = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Options, new Uri(exchange.Address, "/v2/orders"));

        using var response = await stranger.SendAsync(request);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Contains("Apca-Api-Key-Id", response.Headers.GetValues("Access-Control-Allow-Headers").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_answer_has_a_request_id_of_its_own()
    {
        await using var exchange = await RunningExchange.StartAsync();
        Answer[] answers = [await exchange.GetAsync("/v2/account"), await exchange.GetAsync("/v2/nowhere"), await exchange.SendBareAsync("/v2/clock")];

        Assert.All(answers, answer => Assert.Matches("^[0-9a-f]{32}$", answer.Headers["X-Request-ID"]));
        Assert.Equal(3, answers.Select(answer => answer.Headers["X-Request-ID"]).Distinct().Count());
        Assert.Equal((HttpStatusCode.NotFound, 40410000, "endpoint not found"), (answers[1].Status, answers[1].Code, answers[1].Message));
    }

    [Theory]
    [InlineData("/v2/nowhere")]
    [InlineData("/X.Y")]
    [InlineData("/v2/stocks/SPY/a.csv")]
    public async Task What_is_not_there_is_refused_in_the_envelope(string path)
    {
        await using var exchange = await RunningExchange.StartAsync();

        var refused = await exchange.GetAsync(path);

        Assert.Equal((HttpStatusCode.NotFound, 40410000, "endpoint not found"), (refused.Status, refused.Code, refused.Message));
    }

    [Fact]
    public async Task What_nobody_foresaw_is_answered_in_the_envelope_under_the_id_of_the_request()
    {
        await using var exchange = await RunningExchange.StartAsync();
        Assert.Throws<OverflowException>(() => exchange.Floor.Do<int>((view, draft) =>
        {
            draft.Configure(view.Book.Configuration);
            throw new OverflowException();
        }));

        var failed = await exchange.GetAsync("/v2/account");

        Assert.Equal((HttpStatusCode.InternalServerError, 50010000), (failed.Status, failed.Code));
        Assert.Matches("^[0-9a-f]{32}$", failed.Headers["X-Request-ID"]);
    }

    [Fact]
    public async Task A_body_that_is_not_JSON_is_refused()
    {
        await using var exchange = await RunningExchange.StartAsync();

        var refused = await exchange.SendAsync(HttpMethod.Post, "/v2/orders", "{\"symbol\":");

        Assert.Equal((HttpStatusCode.BadRequest, 40010000, "request body format is invalid"), (refused.Status, refused.Code, refused.Message));
    }

    [Fact]
    public async Task Trading_and_data_each_have_their_minute_of_requests()
    {
        await using var exchange = await RunningExchange.StartAsync(("RequestsPerMinute", "3"));
        for (var request = 0; request < 3; request++)
        {
            var answer = await exchange.GetAsync("/v2/clock");
            Assert.Equal((HttpStatusCode.OK, "3", $"{2 - request}"), (answer.Status, answer.Headers["X-RateLimit-Limit"], answer.Headers["X-RateLimit-Remaining"]));
        }

        var refused = await exchange.GetAsync("/v2/clock");
        Assert.Equal((HttpStatusCode.TooManyRequests, """{"message":"too many requests."}"""), (refused.Status, refused.Text));
        Assert.False(refused.Headers.ContainsKey("Retry-After"));
        Assert.Equal(HttpStatusCode.OK, (await exchange.GetAsync("/v2/stocks/trades/latest?symbols=SPY")).Status);

        exchange.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(HttpStatusCode.OK, (await exchange.GetAsync("/v2/clock")).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await exchange.GetAsync("/v2/clock")).Status);
    }

    [Fact]
    public async Task The_page_for_Prometheus_needs_no_keys_and_takes_no_request_from_the_account()
    {
        await using var exchange = await RunningExchange.StartAsync(("RequestsPerMinute", "1"));
        using var scraper = new HttpClient();
        for (var scrape = 0; scrape < 2; scrape++)
        {
            using var page = await scraper.GetAsync(new Uri(exchange.Address, "/metrics"));
            Assert.Equal((HttpStatusCode.OK, "text/plain"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType));
        }

        Assert.Equal(HttpStatusCode.OK, (await exchange.GetAsync("/v2/clock")).Status);
    }

    [Theory]
    [InlineData("Speed", "0", "Exchange:Speed must be above 0")]
    [InlineData("SecretKey", "", "Exchange:ApiKey and Exchange:SecretKey are needed")]
    [InlineData("Multiplier", "3", "Exchange:Multiplier must be 1, 2 or 4")]
    [InlineData("PartialFillProbability", "1", "Exchange:PartialFillProbability must lie between 0 and 0.95")]
    public async Task A_wrong_setting_stops_the_start_with_its_name(string key, string value, string sentence)
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => RunningExchange.StartAsync((key, value)));

        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
    }
}
