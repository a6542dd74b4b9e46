using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;

namespace StratForge.Alpaca.Tests.Streams;

public sealed class AlpacaMarketStreamTests : IAsyncLifetime
{
    private const string Bar = """[{"T":"b","S":"KO","o":86.8,"h":86.9,"l":86.7,"c":86.88,"v":5100,"n":61,"vw":86.81,"t":"2026-10-08T15:29:00Z"}]""";

    private readonly CancellationTokenSource _ending = new();
    private readonly Channel<AlpacaMarketFrame> _frames = Channel.CreateUnbounded<AlpacaMarketFrame>();
    private Venue _venue = null!;
    private AlpacaMarketStream _stream = null!;
    private Task _running = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        _venue = await Venue.OpenAsync();
        var options = _venue.Options();
        _stream = new AlpacaMarketStream(options.StockStreamUrl, options, TimeProvider.System, NullLogger<AlpacaMarketStream>.Instance);
    }

    public async Task DisposeAsync()
    {
        await _ending.CancelAsync();
        await _running;
        _stream.Dispose();
        await _venue.DisposeAsync();
        _ending.Dispose();
    }

    [Fact]
    public async Task It_greets_authenticates_and_asks_for_bars_apart_from_ticks()
    {
        await _stream.SubscribeAsync(new AlpacaSubscription(["KO"], ["KO"], ["KO", "MSFT"]), CancellationToken.None);
        Run();

        var venue = await _venue.AcceptAsync();
        Assert.Equal("/v2/iex", venue.Path);
        await venue.SendAsync("""[{"T":"success","msg":"connected"}]""");
        AssertJson("""{"action":"auth","key":"PKTEST","secret":"hush"}""", await venue.ReceiveAsync());
        await venue.SendAsync("""[{"T":"success","msg":"authenticated"}]""");

        AssertJson("""{"action":"subscribe","bars":["KO","MSFT"]}""", await venue.ReceiveAsync());
        AssertJson("""{"action":"subscribe","trades":["KO"],"quotes":["KO"]}""", await venue.ReceiveAsync());
        Assert.Equal(new AlpacaMarketMessage.Connected(1), await NextAsync());
    }

    [Fact]
    public async Task Messages_arrive_frame_by_frame_whatever_their_framing()
    {
        Run();
        var venue = await GreetAsync();

        await venue.SendAsync(Bar, binary: true);
        await venue.SendInPiecesAsync(Bar[..^1] + "," + Bar[1..], size: 7);

        Assert.Equal(86.88m, Assert.IsType<AlpacaMarketMessage.Bar>(await NextAsync()).Value.Close);
        var frame = await NextFrameAsync();
        Assert.Equal(2, frame.Messages.Count);
        Assert.InRange(frame.ReceivedAt, TimeProvider.System.GetUtcNow().AddMinutes(-1), TimeProvider.System.GetUtcNow());
    }

    [Fact]
    public async Task A_message_larger_than_any_buffer_arrives_whole()
    {
        Run();
        var venue = await GreetAsync();

        await venue.SendAsync("[" + string.Join(',', Enumerable.Repeat(Bar[1..^1], 2_000)) + "]");

        Assert.Equal(2_000, (await NextFrameAsync()).Messages.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_loss_it_connects_again_and_asks_for_all_that_is_wanted_by_then(bool politely)
    {
        await _stream.SubscribeAsync(new AlpacaSubscription(Bars: ["KO"]), CancellationToken.None);
        Run();
        var venue = await GreetAsync();
        AssertJson("""{"action":"subscribe","bars":["KO"]}""", await venue.ReceiveAsync());
        await _stream.SubscribeAsync(new AlpacaSubscription(Bars: ["MSFT"]), CancellationToken.None);
        AssertJson("""{"action":"subscribe","bars":["MSFT"]}""", await venue.ReceiveAsync());
        await _stream.UnsubscribeAsync(new AlpacaSubscription(Bars: ["KO"]), CancellationToken.None);
        AssertJson("""{"action":"unsubscribe","bars":["KO"]}""", await venue.ReceiveAsync());

        if (politely)
        {
            await venue.CloseAsync();
        }
        else
        {
            venue.Vanish();
        }

        Assert.IsType<AlpacaMarketMessage.Lost>(await NextAsync());
        venue = await GreetAsync(connection: 2);
        AssertJson("""{"action":"subscribe","bars":["MSFT"]}""", await venue.ReceiveAsync());
        await venue.SendAsync(Bar);
        Assert.IsType<AlpacaMarketMessage.Bar>(await NextAsync());
    }

    [Fact]
    public async Task Refused_keys_are_reported_and_tried_again()
    {
        Run();
        var venue = await _venue.AcceptAsync();
        await venue.SendAsync("""[{"T":"success","msg":"connected"}]""");
        await venue.ReceiveAsync();
        await venue.SendAsync("""[{"T":"error","code":402,"msg":"auth failed"}]""");

        var lost = Assert.IsType<AlpacaMarketMessage.Lost>(await NextAsync());

        Assert.Contains("402 auth failed", lost.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", lost.Reason, StringComparison.Ordinal);
        await GreetAsync();
    }

    [Fact]
    public async Task A_refusal_of_a_subscription_leaves_the_connection_alone()
    {
        Run();
        var venue = await GreetAsync();

        await venue.SendAsync("""[{"T":"error","code":405,"msg":"symbol limit exceeded"}]""");
        await venue.SendAsync(Bar);

        Assert.Equal(new AlpacaMarketMessage.Refused(405, "symbol limit exceeded"), await NextAsync());
        Assert.IsType<AlpacaMarketMessage.Bar>(await NextAsync());
    }

    [Fact]
    public async Task A_frame_that_is_no_json_is_told_and_the_connection_goes_on()
    {
        Run();
        var venue = await GreetAsync();

        await venue.SendAsync("<html>bad gateway</html>");
        await venue.SendAsync("""[{"T":"t","S":"KO","p":86,"s":1,"t":"2026-10-08T15:29:00Z"}]""");

        Assert.Equal(new AlpacaMarketMessage.Unreadable(1), await NextAsync());
        Assert.IsType<AlpacaMarketMessage.Trade>(await NextAsync());
    }

    [Fact]
    public async Task It_can_be_read_again_after_it_was_stopped()
    {
        using (var first = new CancellationTokenSource())
        {
            var running = _stream.RunAsync(Channel.CreateUnbounded<AlpacaMarketFrame>().Writer, first.Token);
            await Assert.ThrowsAsync<InvalidOperationException>(() => _stream.RunAsync(_frames.Writer, CancellationToken.None));
            var abandoned = await _venue.AcceptAsync();
            await first.CancelAsync();
            await running;
            abandoned.Vanish();
        }

        Run();

        await GreetAsync();
    }

    private void Run() => _running = _stream.RunAsync(_frames.Writer, _ending.Token);

    private async Task<VenueSocket> GreetAsync(int connection = 1)
    {
        var venue = await _venue.AcceptAsync();
        await venue.SendAsync("""[{"T":"success","msg":"connected"}]""");
        await venue.ReceiveAsync();
        await venue.SendAsync("""[{"T":"success","msg":"authenticated"}]""");
        Assert.Equal(new AlpacaMarketMessage.Connected(connection), await NextAsync());
        return venue;
    }

    private async Task<AlpacaMarketMessage> NextAsync() => Assert.Single((await NextFrameAsync()).Messages);

    private async Task<AlpacaMarketFrame> NextFrameAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return await _frames.Reader.ReadAsync(patience.Token);
    }

    private static void AssertJson(string expected, string actual) =>
        Assert.True(
            JsonElement.DeepEquals(JsonDocument.Parse(expected).RootElement, JsonDocument.Parse(actual).RootElement), $"{actual} is not {expected}");
}
