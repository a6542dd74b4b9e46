using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;

namespace StratForge.Alpaca.Tests.Streams;

public sealed class AlpacaTradeUpdatesTests : IAsyncLifetime
{
    private const string Authorized = """{"stream":"authorization","data":{"action":"authenticate","status":"authorized"}}""";
    private const string ListeningNow = """{"stream":"listening","data":{"streams":["trade_updates"]}}""";
    private const string Execution = "6f0b8a51-9c0f-4d84-9b57-6f5f9c7f2a10";

    private readonly CancellationTokenSource _ending = new();
    private readonly Channel<AlpacaOrderMessage> _messages = Channel.CreateUnbounded<AlpacaOrderMessage>();
    private Venue _venue = null!;
    private AlpacaTradeUpdates _updates = null!;
    private Task _running = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        _venue = await Venue.OpenAsync();
        _updates = new AlpacaTradeUpdates(_venue.Options(), TimeProvider.System, NullLogger<AlpacaTradeUpdates>.Instance);
        _running = _updates.RunAsync(_messages.Writer, _ending.Token);
    }

    public async Task DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running;
        await _venue.DisposeAsync();
        _ending.Dispose();
    }

    [Fact]
    public async Task It_authenticates_listens_and_says_so()
    {
        var venue = await _venue.AcceptAsync();

        Assert.Equal("/stream", venue.Path);
        Assert.Equal("""{"action":"authenticate","data":{"key_id":"PKTEST","secret_key":"hush"}}""", await venue.ReceiveAsync());
        await venue.SendAsync(Authorized, binary: true);
        Assert.Equal("""{"action":"listen","data":{"streams":["trade_updates"]}}""", await venue.ReceiveAsync());
        await venue.SendAsync(ListeningNow, binary: true);
        Assert.Equal(new AlpacaOrderMessage.Listening(1), await NextAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_fill_arrives_with_its_amounts_to_the_last_digit(bool binary)
    {
        var venue = await GreetAsync(1);

        await venue.SendAsync(Samples.TradeUpdate("fill", Execution), binary);

        var fill = await NextUpdateAsync();
        Assert.True(fill.IsFill);
        Assert.Equal(Guid.Parse(Execution), fill.ExecutionId);
        Assert.Equal(86.878m, fill.Price);
        Assert.Equal(0.057436865m, fill.Qty);
        Assert.Equal(0.057436865m, fill.Order.FilledQty);
        Assert.Equal("ours-1", fill.Order.ClientOrderId);
        Assert.Equal(AlpacaOrderStatus.Filled, fill.Order.Status);
        Assert.Equal(new DateTimeOffset(2026, 10, 8, 15, 10, 18, 721, TimeSpan.Zero), fill.Timestamp);
    }

    [Fact]
    public async Task Events_that_are_new_to_us_and_such_without_an_execution_are_passed_on()
    {
        var venue = await GreetAsync(1);

        await venue.SendAsync($$"""{"data":{"event":"moonwalk","order":{{Samples.Order()}},"execution_id":null},"stream":"trade_updates"}""");

        var update = await NextUpdateAsync();
        Assert.Equal("moonwalk", update.Event);
        Assert.Null(update.ExecutionId);
        Assert.False(update.IsFill);
    }

    [Fact]
    public async Task Heartbeats_and_other_streams_are_ignored()
    {
        var venue = await GreetAsync(1);

        await venue.SendAsync([1], binary: true);
        await venue.SendAsync("""{"stream":"account_updates","data":{}}""");
        await venue.SendAsync("""{"action":"error","data":{"error_message":"slow down"}}""");
        await venue.SendAsync(Samples.TradeUpdate("fill", Execution));

        Assert.Equal("fill", (await NextUpdateAsync()).Event);
    }

    [Fact]
    public async Task A_repeated_event_comes_twice_for_only_the_ledger_can_tell()
    {
        var venue = await GreetAsync(1);

        await venue.SendAsync(Samples.TradeUpdate("fill", Execution));
        await venue.SendAsync(Samples.TradeUpdate("fill", Execution));

        Assert.Equal((await NextUpdateAsync()).ExecutionId, (await NextUpdateAsync()).ExecutionId);
    }

    [Fact]
    public async Task An_event_that_overtakes_the_acknowledgement_is_not_lost()
    {
        var venue = await _venue.AcceptAsync();
        await venue.ReceiveAsync();
        await venue.SendAsync(Authorized);
        await venue.ReceiveAsync();
        await venue.SendAsync(Samples.TradeUpdate("fill", Execution));
        await venue.SendAsync(ListeningNow);

        Assert.Equal("fill", (await NextUpdateAsync()).Event);
        Assert.IsType<AlpacaOrderMessage.Listening>(await NextAsync());
    }

    [Fact]
    public async Task After_a_loss_it_listens_again_and_says_that_something_may_be_missing()
    {
        var venue = await GreetAsync(1);
        venue.Vanish();

        Assert.IsType<AlpacaOrderMessage.Lost>(await NextAsync());
        venue = await GreetAsync(2);
        await venue.SendAsync(Samples.TradeUpdate("fill", Execution));
        Assert.Equal("fill", (await NextUpdateAsync()).Event);
    }

    [Theory]
    [InlineData("""{"stream":null,"data":{}}""")]
    [InlineData("""{"stream":7,"data":{}}""")]
    [InlineData("""{"stream":"\ud800","data":{}}""")]
    public async Task A_message_whose_stream_has_no_readable_name_ends_the_connection_and_not_the_stream(string message)
    {
        var venue = await GreetAsync(1);

        await venue.SendAsync(message);

        Assert.IsType<AlpacaOrderMessage.Lost>(await NextAsync());
        await GreetAsync(2);
    }

    [Theory]
    [InlineData("""{"stream":"authorization","data":{"status":1}}""")]
    [InlineData("""{"stream":"authorization","data":[]}""")]
    public async Task Keys_are_not_accepted_by_an_answer_of_another_shape(string answer)
    {
        var venue = await _venue.AcceptAsync();
        await venue.ReceiveAsync();
        await venue.SendAsync(answer);

        Assert.IsType<AlpacaOrderMessage.Lost>(await NextAsync());
        await GreetAsync(1);
    }

    [Fact]
    public async Task A_list_of_streams_that_are_no_names_is_no_listening()
    {
        var venue = await _venue.AcceptAsync();
        await venue.ReceiveAsync();
        await venue.SendAsync(Authorized);
        await venue.ReceiveAsync();
        await venue.SendAsync("""{"stream":"listening","data":{"streams":[1]}}""");

        Assert.IsType<AlpacaOrderMessage.Lost>(await NextAsync());
        await GreetAsync(1);
    }

    [Fact]
    public async Task An_order_event_that_cannot_be_read_ends_the_connection_so_that_rest_tells_what_it_was()
    {
        var venue = await GreetAsync(1);

        await venue.SendAsync("""{"stream":"trade_updates","data":{"event":"fill","price":"86.878"}}""");

        Assert.IsType<AlpacaOrderMessage.Lost>(await NextAsync());
        await GreetAsync(2);
    }

    [Fact]
    public async Task Refused_keys_are_reported_without_them_and_tried_again()
    {
        var venue = await _venue.AcceptAsync();
        await venue.ReceiveAsync();
        await venue.SendAsync("""{"stream":"authorization","data":{"action":"authenticate","status":"unauthorized"}}""");

        var lost = Assert.IsType<AlpacaOrderMessage.Lost>(await NextAsync());
        Assert.Contains("did not accept the keys", lost.Reason, StringComparison.Ordinal);
        await GreetAsync(1);
    }

    private async Task<VenueSocket> GreetAsync(int connection)
    {
        var venue = await _venue.AcceptAsync();
        await venue.ReceiveAsync();
        await venue.SendAsync(Authorized, binary: true);
        await venue.ReceiveAsync();
        await venue.SendAsync(ListeningNow, binary: true);
        Assert.Equal(new AlpacaOrderMessage.Listening(connection), await NextAsync());
        return venue;
    }

    private async Task<AlpacaTradeUpdate> NextUpdateAsync() => Assert.IsType<AlpacaOrderMessage.Update>(await NextAsync()).Event;

    private async Task<AlpacaOrderMessage> NextAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return await _messages.Reader.ReadAsync(patience.Token);
    }
}
