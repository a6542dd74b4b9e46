using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using StratForge.Alpaca;
using StratForge.Contracts.Market;

namespace StratForge.SimulatedExchange.Tests.Sdk;

/// <summary>The common part of the day, through the client with which the platform trades.</summary>
internal static class OwnClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public static async Task LiveAsync(RunningExchange exchange)
    {
        var options = new AlpacaOptions
        {
            ApiKey = RunningExchange.Key,
            SecretKey = RunningExchange.Secret,
            TradingUrl = exchange.Address,
            DataUrl = exchange.Address,
            DataStreamUrl = exchange.Address,
        };
        using var patience = new CancellationTokenSource(Patience);
        using var trading = new AlpacaTradingClient(options, TimeProvider.System);
        using var data = new AlpacaDataClient(options, TimeProvider.System);
        var updates = Channel.CreateUnbounded<AlpacaOrderMessage>();
        var frames = Channel.CreateUnbounded<AlpacaMarketFrame>();
        using var stream = new AlpacaMarketStreams(options, TimeProvider.System, NullLogger<AlpacaMarketStream>.Instance).Open(AssetClass.Stock);
        using var end = new CancellationTokenSource();
        var listening = Task.WhenAll(
            new AlpacaTradeUpdates(options, TimeProvider.System, NullLogger<AlpacaTradeUpdates>.Instance).RunAsync(updates.Writer, end.Token),
            stream.RunAsync(frames.Writer, end.Token));
        await First(updates.Reader, message => message is AlpacaOrderMessage.Listening);
        await stream.SubscribeAsync(new AlpacaSubscription(Bars: ["SPY"]), patience.Token);
        await First(frames.Reader, frame => frame.Messages.Any(message => message is AlpacaMarketMessage.Subscribed { State.Bars.Count: 1 }));

        Assert.Equal(100_000m, (await trading.GetAccountAsync(patience.Token)).Cash);
        Assert.True((await trading.GetClockAsync(patience.Token)).IsOpen);
        Assert.Equal(3, (await trading.ListAssetsAsync("us_equity", "active", patience.Token)).Count);

        await Submit("core-market", "SPY", "buy", "market", 10);
        await Told("core-market", "fill");
        var resting = await Submit("core-limit", "SPY", "buy", "limit", 5, limit: 99.5m, timeInForce: "gtc");
        await trading.ReplaceOrderAsync(resting.Id, new AlpacaOrderChange(LimitPrice: 99m, ClientOrderId: "core-limit-2"), patience.Token);
        await Told("core-limit", "replaced");
        var unwanted = await Submit("core-cancel", "SPY", "buy", "limit", 1, limit: 90m);
        await trading.CancelOrderAsync(unwanted.Id, patience.Token);
        await Told("core-cancel", "canceled");
        await trading.SubmitOrderAsync(new AlpacaOrderRequest("AAPL", "buy", "market", "day", "core-notional", Notional: 25.5m), patience.Token);
        await Submit("core-crypto", "BTC/USD", "buy", "market", 0.1m, timeInForce: "gtc");
        await Submit("core-short", "MSFT", "sell", "market", 5);

        exchange.Pass(TimeSpan.FromMinutes(4));
        await Told("core-limit-2", "fill");
        await Submit("core-stop", "SPY", "sell", "stop", 5, stop: 98.5m);

        exchange.Pass(TimeSpan.FromMinutes(1));
        await Submit("core-stop-limit", "SPY", "buy", "stop_limit", 2, limit: 106m, stop: 104m);

        exchange.Pass(TimeSpan.FromMinutes(2));
        await trading.SubmitOrderAsync(new AlpacaOrderRequest("SPY", "sell", "trailing_stop", "day", "core-trail", Qty: 4, TrailPrice: 2m), patience.Token);

        exchange.Pass(TimeSpan.FromMinutes(2));
        await Told("core-trail", "fill");
        await Submit("core-ioc", "SPY", "buy", "limit", 1, limit: 90m, timeInForce: "ioc");
        await Submit("core-fok", "SPY", "buy", "limit", 1, limit: 110m, timeInForce: "fok");
        await Submit("core-cover", "MSFT", "buy", "market", 5);
        await Told("core-cover", "fill");

        var executions = new List<AlpacaActivity>();
        await foreach (var activity in trading.ListActivitiesAsync(new AlpacaActivityQuery(["FILL"], PageSize: 3), patience.Token))
        {
            executions.Add(activity);
        }

        Assert.Equal(10, executions.Select(execution => execution.ExecutionId).Distinct().Count());
        await foreach (var (symbol, bars) in data.ListBarsAsync(
            AssetClass.Stock, new AlpacaBarQuery(["SPY"], BarFile.Start, BarFile.Start.AddMinutes(8)), patience.Token))
        {
            Assert.Equal("SPY", symbol);
            Assert.Equal([100m, 100m, 101m, 102m, 99m, 98m, 100m, 105m, 105m], bars.Select(bar => bar.Close));
        }

        await First(frames.Reader, frame => frame.Messages.OfType<AlpacaMarketMessage.Bar>().Any(bar => bar.Value.Time == BarFile.Start.AddMinutes(8)));
        await end.CancelAsync();
        await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        Task<AlpacaOrder> Submit(
            string id, string symbol, string side, string type, decimal quantity, decimal? limit = null, decimal? stop = null, string timeInForce = "day") =>
            trading.SubmitOrderAsync(new AlpacaOrderRequest(symbol, side, type, timeInForce, id, quantity, LimitPrice: limit, StopPrice: stop), patience.Token);

        Task Told(string id, string name) => First(
            updates.Reader, message => message is AlpacaOrderMessage.Update({ } update) && update.Event == name && update.Order.ClientOrderId == id);

        async Task First<T>(ChannelReader<T> reader, Func<T, bool> fits)
        {
            while (!fits(await reader.ReadAsync(patience.Token)))
            {
                // What comes before it is not waited for.
            }
        }
    }
}
