using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace StratForge.Alpaca.Tests;

public sealed class AlpacaTradingClientTests : IAsyncLifetime
{
    private static readonly AlpacaOrderRequest ABuy = new("KO", AlpacaSide.Buy, AlpacaOrderType.Market, "day", "ours-1", Qty: 1.50m);

    private Venue _venue = null!;
    private AlpacaTradingClient _client = null!;

    public async Task InitializeAsync()
    {
        _venue = await Venue.OpenAsync();
        _client = new AlpacaTradingClient(_venue.Options(), TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _venue.DisposeAsync();
    }

    [Fact]
    public async Task Amounts_of_the_account_arrive_to_the_last_digit()
    {
        _venue.Answers = _ => new Answer(200, Samples.Account);

        var account = await _client.GetAccountAsync(CancellationToken.None);

        Assert.Equal(90210.55m, account.Cash);
        Assert.Equal("100003.74258806517", account.LastEquity.ToString(CultureInfo.InvariantCulture));
        Assert.Equal("ACTIVE", account.Status);
        Assert.True(account.ShortingEnabled);
    }

    [Fact]
    public async Task Every_request_carries_the_keys()
    {
        _venue.Answers = _ => new Answer(200, Samples.Account);

        await _client.GetAccountAsync(CancellationToken.None);

        var asked = Assert.Single(_venue.Requests);
        Assert.Equal("PKTEST", asked.Headers["APCA-API-KEY-ID"]);
        Assert.Equal("hush", asked.Headers["APCA-API-SECRET-KEY"]);
        Assert.Equal("/v2/account", asked.Target);
    }

    [Fact]
    public async Task An_order_is_sent_with_amounts_as_plain_text_and_nothing_that_is_unset()
    {
        _venue.Answers = _ => new Answer(200, Samples.Order());

        await _client.SubmitOrderAsync(ABuy with { Type = AlpacaOrderType.Limit, LimitPrice = 0.000012300m, Qty = 100000000m }, CancellationToken.None);

        var asked = Assert.Single(_venue.Requests);
        Assert.Equal("POST /v2/orders", $"{asked.Method} {asked.Target}");
        Assert.Equal(
            """{"symbol":"KO","side":"buy","type":"limit","time_in_force":"day","client_order_id":"ours-1","qty":"100000000","limit_price":"0.0000123"}""",
            asked.Body);
        Assert.StartsWith("application/json", asked.Headers["Content-Type"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"1.25\"")]
    [InlineData("1.25")]
    public async Task Amounts_are_read_from_text_and_from_numbers(string qty)
    {
        _venue.Answers = _ => new Answer(200, Samples.Order(qty: qty));

        var order = await _client.SubmitOrderAsync(ABuy, CancellationToken.None);

        Assert.Equal(1.25m, order.Qty);
        Assert.Equal(Guid.Parse(Samples.OrderId), order.Id);
        Assert.Equal(AlpacaOrderStatus.PendingNew, order.Status);
        Assert.False(order.IsOver);
        Assert.Null(order.FilledAvgPrice);
        Assert.Equal(new DateTimeOffset(2026, 10, 8, 20, 0, 0, TimeSpan.Zero), order.ExpiresAt);
        Assert.Equal(18, order.CreatedAt!.Value.Second);
    }

    [Fact]
    public async Task A_refusal_keeps_status_code_text_and_every_further_key()
    {
        _venue.Answers = _ => new Answer(403, """
            {"available":"0","code":40310000,"existing_qty":"4","held_for_orders":"4",
             "message":"insufficient qty available for order (requested: 4, available: 0)","related_orders":["a","b"],"symbol":"KO"}
            """);

        var refused = await Assert.ThrowsAsync<AlpacaException>(() => _client.SubmitOrderAsync(ABuy, CancellationToken.None));

        var error = refused.Error!;
        Assert.Equal(HttpStatusCode.Forbidden, error.Status);
        Assert.Equal(40310000, error.Code);
        Assert.Equal("insufficient qty available for order (requested: 4, available: 0)", error.Message);
        Assert.Equal("4", error.ContextText("existing_qty"));
        Assert.Equal(2, error.Context["related_orders"].GetArrayLength());
        Assert.Equal("0123456789abcdef", error.RequestId);
        Assert.False(refused.OutcomeIsUnknown);
        Assert.False(refused.IsTransient);
    }

    [Theory]
    [InlineData(401, "<html><head><title>401 Authorization Required</title></head></html>", "text/html")]
    [InlineData(502, "", "text/plain")]
    [InlineData(403, "[]", "application/json")]
    [InlineData(500, "{\"message\":17}", "application/json")]
    [InlineData(429, "{\"message\": \"too many requests.\"}\n", "application/json")]
    public async Task An_error_body_of_any_kind_becomes_an_error(int status, string body, string contentType)
    {
        _venue.Answers = _ => new Answer(status, body, contentType);

        var refused = await Assert.ThrowsAsync<AlpacaException>(() => _client.GetAccountAsync(CancellationToken.None));

        Assert.Equal((HttpStatusCode)status, refused.Error!.Status);
        Assert.Null(refused.Error.Code);
        Assert.NotEmpty(refused.Error.Message);
    }

    [Fact]
    public async Task A_body_that_is_no_order_leaves_the_outcome_of_a_post_unknown()
    {
        _venue.Answers = _ => new Answer(200, "<html>ok</html>", "text/html");

        var unreadable = await Assert.ThrowsAsync<AlpacaException>(() => _client.SubmitOrderAsync(ABuy, CancellationToken.None));

        Assert.True(unreadable.OutcomeIsUnknown);
        Assert.IsType<JsonException>(unreadable.InnerException);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_failed_post_is_sent_once_and_its_outcome_is_unknown(int status)
    {
        _venue.Answers = _ => new Answer(status, "");

        var failed = await Assert.ThrowsAsync<AlpacaException>(() => _client.SubmitOrderAsync(ABuy, CancellationToken.None));

        Assert.True(failed.OutcomeIsUnknown);
        Assert.Single(_venue.Requests);
    }

    [Fact]
    public async Task No_answer_in_time_leaves_the_outcome_unknown()
    {
        var never = new TaskCompletionSource();
        _venue.Answers = _ => new Answer(200, Samples.Order(), Hold: never.Task);
        using var impatient = new AlpacaTradingClient(_venue.Options(o => o.RequestTimeout = TimeSpan.FromMilliseconds(150)), TimeProvider.System);

        var late = await Assert.ThrowsAsync<AlpacaException>(() => impatient.SubmitOrderAsync(ABuy, CancellationToken.None));

        never.SetResult();
        Assert.True(late.OutcomeIsUnknown);
        Assert.Null(late.Error);
        Assert.IsType<TimeoutException>(late.InnerException);
    }

    [Fact]
    public async Task A_venue_that_is_not_there_is_an_unknown_outcome_too()
    {
        var address = _venue.Address;
        await _venue.DisposeAsync();
        _venue = await Venue.OpenAsync();
        using var client = new AlpacaTradingClient(_venue.Options(o => o.TradingUrl = address), TimeProvider.System);

        var unreachable = await Assert.ThrowsAsync<AlpacaException>(() => client.SubmitOrderAsync(ABuy, CancellationToken.None));

        Assert.True(unreachable.OutcomeIsUnknown);
        Assert.IsType<HttpRequestException>(unreachable.InnerException);
    }

    [Fact]
    public async Task Giving_up_is_a_cancellation_not_an_error()
    {
        var never = new TaskCompletionSource();
        _venue.Answers = _ => new Answer(200, Samples.Account, Hold: never.Task);
        using var givingUp = new CancellationTokenSource();

        var asking = _client.GetAccountAsync(givingUp.Token);
        await givingUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        never.SetResult();
    }

    [Fact]
    public async Task A_repeated_client_order_id_is_recognised()
    {
        _venue.Answers = _ => new Answer(422, """{"code":40010001,"message":"client_order_id must be unique"}""");

        var refused = await Assert.ThrowsAsync<AlpacaException>(() => _client.SubmitOrderAsync(ABuy, CancellationToken.None));

        Assert.True(refused.Error!.IsDuplicateClientOrderId);
    }

    [Fact]
    public async Task An_order_is_found_by_the_id_its_sender_chose()
    {
        _venue.Answers = _ => new Answer(200, Samples.Order());

        var order = await _client.FindOrderByClientIdAsync("grid/42 &x", CancellationToken.None);

        Assert.Equal("ours-1", order?.ClientOrderId);
        Assert.Equal("/v2/orders:by_client_order_id?client_order_id=grid%2F42%20%26x", Assert.Single(_venue.Requests).Target);
    }

    [Fact]
    public async Task What_the_venue_does_not_know_is_null()
    {
        _venue.Answers = _ => new Answer(404, """{"code":40410000,"message":"order not found for x"}""");

        Assert.Null(await _client.FindOrderByClientIdAsync("x", CancellationToken.None));
        Assert.Null(await _client.FindOrderAsync(Guid.Parse(Samples.OrderId), CancellationToken.None));
        Assert.Null(await _client.FindPositionAsync("KO", CancellationToken.None));
        Assert.Null(await _client.FindAssetAsync("BTC/USD", CancellationToken.None));
        Assert.Equal("/v2/assets/BTC%2FUSD", _venue.Requests.Last().Target);
    }

    [Fact]
    public async Task Orders_are_listed_as_asked()
    {
        _venue.Answers = _ => new Answer(200, $"[{Samples.Order()},{Samples.Order("filled", "1", "86.878")}]");

        var orders = await _client.ListOrdersAsync(
            new AlpacaOrderQuery("all", 100, After: new DateTimeOffset(2026, 10, 8, 15, 0, 0, 250, TimeSpan.Zero), Ascending: true, Symbols: ["KO", "BTC/USD"]),
            CancellationToken.None);

        Assert.Equal(86.878m, orders[1].FilledAvgPrice);
        Assert.True(orders[1].IsOver);
        Assert.Equal(
            "/v2/orders?status=all&limit=100&after=2026-10-08T15%3A00%3A00.25Z&direction=asc&symbols=KO%2CBTC%2FUSD",
            Assert.Single(_venue.Requests).Target);
    }

    [Fact]
    public async Task A_cancel_is_done_when_the_venue_took_it()
    {
        _venue.Answers = _ => new Answer(204, "");

        await _client.CancelOrderAsync(Guid.Parse(Samples.OrderId), CancellationToken.None);

        Assert.Equal($"/v2/orders/{Samples.OrderId}", Assert.Single(_venue.Requests).Target);
    }

    [Fact]
    public async Task A_replacement_sends_only_what_changes()
    {
        _venue.Answers = _ => new Answer(200, Samples.Order());

        await _client.ReplaceOrderAsync(Guid.Parse(Samples.OrderId), new AlpacaOrderChange(LimitPrice: 86.10m), CancellationToken.None);

        var asked = Assert.Single(_venue.Requests);
        Assert.Equal("PATCH", asked.Method);
        Assert.Equal("""{"limit_price":"86.1"}""", asked.Body);
    }

    [Fact]
    public async Task Cancelling_everything_tells_the_fate_of_each_order()
    {
        _venue.Answers = _ => new Answer(207, $$"""[{"id":"{{Samples.OrderId}}","status":200}]""");

        var outcomes = await _client.CancelAllOrdersAsync(CancellationToken.None);

        Assert.Equal(new AlpacaCancelOutcome(Guid.Parse(Samples.OrderId), 200), Assert.Single(outcomes));
    }

    [Fact]
    public async Task A_crypto_position_knows_the_symbol_it_is_traded_under()
    {
        _venue.Answers = _ => new Answer(200, """
            [{"asset_id":"276e2673-764b-4ab6-a611-caf665ca6340","symbol":"BTCUSD","exchange":"CRYPTO","asset_class":"crypto","asset_marginable":false,
              "qty":"0.09975","qty_available":"0.09975","side":"long","avg_entry_price":"83412.553333","cost_basis":"8320.402195","market_value":null,
              "unrealized_pl":"-1.2","current_price":null,"lastday_price":"83000"}]
            """);

        var position = Assert.Single(await _client.ListPositionsAsync(CancellationToken.None));

        Assert.Equal("BTC/USD", position.TradedSymbol);
        Assert.Equal(0.09975m, position.Qty);
        Assert.Equal(83412.553333m, position.AvgEntryPrice);
        Assert.Null(position.MarketValue);
    }

    [Fact]
    public async Task Activities_are_read_page_by_page_until_one_is_short()
    {
        var pages = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [""] = $"[{Fill("20261008111018097::11111111-1111-4111-8111-111111111111")},{Fill("20261008111018098::22222222-2222-4222-8222-222222222222")}]",
            ["20261008111018098%3A%3A22222222-2222-4222-8222-222222222222"] = $"[{Fill("20261008111018099::33333333-3333-4333-8333-333333333333")}]",
        };
        _venue.Answers = asked => new Answer(200, pages[asked.Target.Split("page_token=").ElementAtOrDefault(1) ?? ""]);

        var activities = await _client.ListActivitiesAsync(
            new AlpacaActivityQuery(["FILL"], PageSize: 2), CancellationToken.None).ToListAsync();

        Assert.Equal(3, activities.Count);
        Assert.Equal(Guid.Parse("33333333-3333-4333-8333-333333333333"), activities[2].ExecutionId);
        Assert.Equal(0.057436865m, activities[0].Qty);
        Assert.Equal("/v2/account/activities?activity_types=FILL&direction=asc&page_size=2", _venue.Requests.First().Target);

        static string Fill(string id) => $$"""
            {"id":"{{id}}","activity_type":"FILL","transaction_time":"2026-10-08T15:10:18.097465Z","type":"fill","price":"86.878","qty":"0.057436865",
             "side":"buy","symbol":"KO","leaves_qty":"0","order_id":"{{Samples.OrderId}}","cum_qty":"0.057436865","order_status":"filled"}
            """;
    }

    [Fact]
    public async Task The_calendar_tells_half_days()
    {
        _venue.Answers = _ => new Answer(200, """
            [{"date":"2026-11-27","open":"09:30","close":"13:00","session_open":"0400","session_close":"1700","settlement_date":"2026-11-30"}]
            """);

        var day = Assert.Single(await _client.ListCalendarAsync(new DateOnly(2026, 11, 27), new DateOnly(2026, 11, 27), CancellationToken.None));

        Assert.Equal(new TimeOnly(13, 0), day.Close);
        Assert.Equal(new DateOnly(2026, 11, 30), day.SettlementDate);
    }

    [Fact]
    public async Task The_clock_may_carry_new_yorks_offset()
    {
        _venue.Answers = _ => new Answer(200, """
            {"timestamp":"2026-10-08T11:10:22.634169784-04:00","is_open":true,"next_open":"2026-10-09T09:30:00-04:00","next_close":"2026-10-08T16:00:00-04:00"}
            """);

        var clock = await _client.GetClockAsync(CancellationToken.None);

        Assert.Equal(new DateTimeOffset(2026, 10, 8, 20, 0, 0, TimeSpan.Zero), clock.NextClose);
        Assert.Equal(new DateTimeOffset(2026, 10, 8, 15, 10, 22, TimeSpan.Zero), clock.Timestamp.AddTicks(-(clock.Timestamp.Ticks % TimeSpan.TicksPerSecond)));
    }

    [Fact]
    public async Task The_trace_goes_with_the_order()
    {
        _venue.Answers = _ => new Answer(200, Samples.Order());
        using var source = new ActivitySource("StratForge.Alpaca.Tests");
        using var listener = new ActivityListener
        {
            ShouldListenTo = static heard => heard.Name is "StratForge.Alpaca.Tests" or "System.Net.Http",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);

        using var activity = source.StartActivity("submit");
        await _client.SubmitOrderAsync(ABuy, CancellationToken.None);

        Assert.Contains(activity!.TraceId.ToHexString(), Assert.Single(_venue.Requests).Headers["traceparent"], StringComparison.Ordinal);
    }
}
