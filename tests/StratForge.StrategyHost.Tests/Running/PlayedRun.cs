using System.Globalization;
using System.Text.Json;
using StratForge.Contracts;
using StratForge.Contracts.Hosting;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;
using StratForge.Strategies;
using StratForge.Strategies.Testing;

namespace StratForge.StrategyHost.Tests.Running;

/// <summary>Plays bars to a real host as a worker does, fills its orders, and writes down what it answered.</summary>
internal sealed class PlayedRun : IAsyncDisposable
{
    private const int Chunk = 200;
    private const double Cash = 100_000;

    private readonly HostProcess _host;
    private readonly TrialBroker _broker;
    private readonly string _symbol;
    private readonly RunHash _hash;
    private readonly string[] _symbols;
    private long _seq;
    private long _tickets;

    private PlayedRun(HostProcess host, string symbol, LoadedFrame loaded, IReadOnlyDictionary<string, JsonElement> parameters)
    {
        _host = host;
        _symbol = symbol;
        _broker = new TrialBroker(symbol, Cash);
        _hash = new RunHash(symbol, 7, Cash, loaded.Parameters, parameters);
        _symbols = [symbol, .. loaded.Subscriptions?.Where(one => one.Feed == SubscriptionFrame.Bars).Select(one => one.Symbol) ?? []];
    }

    /// <summary>Every signal with the number of its event.</summary>
    public List<(long Seq, SignalFrame Signal)> Signals { get; } = [];

    public List<PlotFrame> Plots { get; } = [];

    public List<MarkFrame> Marks { get; } = [];

    public string State { get; private set; } = "";

    public string Hash => _hash.Current();

    /// <summary>Symbols it wants bars of.</summary>
    public IReadOnlyList<string> Symbols => _symbols;

    public static async Task<PlayedRun> StartAsync(string language, byte[] code, string symbol, IReadOnlyDictionary<string, JsonElement> parameters)
    {
        var host = await HostProcess.StartAsync(language);
        await host.ReadAsync();
        await host.LoadAsync(code, parameters, symbol);
        var answer = await host.ReadRawAsync();
        var loaded = JsonSerializer.Deserialize(answer, ContractsJson.Default.LoadedFrame);
        Assert.True(loaded?.Name is not null, System.Text.Encoding.UTF8.GetString(answer));
        return new PlayedRun(host, symbol, loaded, parameters);
    }

    /// <summary>Plays bars, in order: those that nothing waits for in chunks, the others instant by instant.</summary>
    public async Task PlayAsync(Bar[] bars)
    {
        for (var i = 0; i < bars.Length;)
        {
            var count = 1;
            if (!_broker.HasOrders)
            {
                count = Math.Min(Chunk, bars.Length - i);
            }
            else
            {
                while (i + count < bars.Length && bars[i + count].OpensAtMs == bars[i].OpensAtMs)
                {
                    count++;
                }

                foreach (var bar in bars.AsMemory(i, count).ToArray())
                {
                    await TellAsync(_broker.Match(bar));
                }
            }

            var (first, waited) = (_seq + 1, _broker.HasOrders);
            for (var end = i + count; i < end;)
            {
                var rows = bars[i..end].Select(bar => Array.IndexOf(_symbols, bar.Symbol) is > 0 and var place
                    ? new object[] { bar.OpensAtMs, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume, place }
                    : [bar.OpensAtMs, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume]);
                var done = await AskAsync(new { type = "bars", seq = _seq + 1, bars = rows });
                foreach (var bar in bars.AsMemory(i, (int)(done.Seq - _seq)).ToArray())
                {
                    _hash.Bar(bar.Symbol, bar.OpensAtMs, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume);
                    if (!waited)
                    {
                        await TellAsync(_broker.Match(bar));
                    }
                }

                i += (int)(done.Seq - _seq);
                _seq = done.Seq;
                await AnsweredAsync(done, bars[i - 1].ClosesAtMs);
                if (!waited && _broker.HasOrders)
                {
                    break;
                }
            }

            Assert.True(_seq >= first);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _hash.Dispose();
        await _host.DisposeAsync();
    }

    private async Task AnsweredAsync(DoneFrame done, long atMs)
    {
        _hash.Answer(done);
        Plots.AddRange(done.Plots ?? []);
        Marks.AddRange(done.Marks ?? []);
        State = done.State is { } state ? $"{state.Version} {state.Value.GetRawText()}" : State;
        await TellAsync(_broker.Cancel([.. done.Cancels ?? []], done.CancelAll));
        foreach (var frame in done.Signals ?? [])
        {
            Signals.Add((_seq, frame));
            var signal = Read(frame) with { Ticket = new Ticket(++_tickets, Read(frame), frame.Symbol ?? _symbol) };
            var (told, refusal) = _broker.Take(signal, atMs);
            if (told is not null)
            {
                await TellAsync([told]);
                continue;
            }

            var status = refusal == "RECORDED" ? "RECORDED" : "REJECTED";
            _hash.Outcome(_tickets, status, refusal, order: null);
            await AnsweredAsync(
                await AskAsync(new { type = "outcome", seq = _seq, outcomes = new[] { new { ticket = _tickets, status, code = refusal } } }), atMs);
        }
    }

    private async Task TellAsync(IEnumerable<TrialEvent> events)
    {
        foreach (var told in events)
        {
            var (update, fill) = (told.Update, told.Fill);
            var order = new OrderEvent(
                new Guid(int.Parse(update.OrderId.Split('-')[1], CultureInfo.InvariantCulture), 0, 0, new byte[8]), null, update.Symbol,
                update.Action == SignalAction.Buy ? Side.Buy : Side.Sell, update.Status, (decimal)update.Quantity, (decimal)update.FilledQuantity,
                (decimal?)update.AverageFillPrice, null,
                fill is null ? null : new FillDetail(Guid.Empty, (decimal)fill.Quantity, (decimal)fill.Price, 0, "USD", fill.At),
                new PositionView((decimal)told.Position.Quantity, (decimal)told.Position.AveragePrice), (decimal)told.Cash, update.Exit);
            _hash.Update(order);
            var atMs = fill?.At.ToUnixTimeMilliseconds() ?? 0;
            await AnsweredAsync(
                await AskAsync(new
                {
                    type = "update",
                    seq = _seq,
                    ticket = told.Ticket,
                    cash = (double)order.Cash,
                    position = new { quantity = (double)order.Position.Quantity, averagePrice = (double)order.Position.AveragePrice },
                    order = JsonSerializer.SerializeToElement(order, ContractsJson.Default.OrderEvent),
                }),
                atMs);
        }
    }

    private async Task<DoneFrame> AskAsync(object frame)
    {
        await _host.SendAsync(frame);
        var answer = await _host.ReadRawAsync();
        var text = System.Text.Encoding.UTF8.GetString(answer);
        Assert.StartsWith("{\"type\":\"done\"", text, StringComparison.Ordinal);
        return JsonSerializer.Deserialize(answer, ContractsJson.Default.DoneFrame)!;
    }

    private static Signal Read(SignalFrame frame) => new(
        frame.Action == "BUY" ? SignalAction.Buy : SignalAction.Sell, double.Parse(frame.Quantity, CultureInfo.InvariantCulture))
    {
        LimitPrice = Number(frame.LimitPrice),
        StopPrice = Number(frame.StopPrice),
        TakeProfit = Number(frame.TakeProfit),
        StopLoss = Number(frame.StopLoss),
        StopLossLimit = Number(frame.StopLossLimit),
        Symbol = frame.Symbol,
        RecordOnly = frame.RecordOnly,
    };

    private static double? Number(string? text) => text is null ? null : double.Parse(text, CultureInfo.InvariantCulture);
}
